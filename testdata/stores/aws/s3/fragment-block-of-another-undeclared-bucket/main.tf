# The twin of fragment-block-of-the-same-undeclared-bucket.

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

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.other.id
  restrict_public_buckets = true
}
