# The deprecated argument of the bucket itself.

resource "aws_s3_bucket" "site" { # expect: public authenticated read
  bucket        = "acme-site"
  request_payer = "Requester"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}
