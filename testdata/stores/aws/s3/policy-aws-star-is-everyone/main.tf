# { AWS = "*" } is everyone, without credentials too; three letters.

resource "aws_s3_bucket" "site" { # expect: public anonymous read list write
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]
      Resource  = ["arn:aws:s3:::acme-site", "arn:aws:s3:::acme-site/*"]
    }]
  })
}
