# A policy whose bucket is not in the input is its own store.

resource "aws_s3_bucket_policy" "foreign" { # expect: public anonymous read
  bucket = "bucket-made-elsewhere"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::bucket-made-elsewhere/*"
    }]
  })
}
