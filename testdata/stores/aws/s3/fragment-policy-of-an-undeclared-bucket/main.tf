# A part of a configuration: the bucket is not declared. An error, and the policy is judged as its own
# store.

resource "aws_s3_bucket_policy" "site" { # expect: public anonymous read
  bucket = aws_s3_bucket.gone.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.gone.arn}/*"
    }]
  })
}
