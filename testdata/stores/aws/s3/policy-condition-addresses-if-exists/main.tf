# A caller behind a VPC endpoint of their own has no aws:SourceIp, and IfExists lets them pass.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
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
      Condition = { IpAddressIfExists = { "aws:SourceIp" = "203.0.113.0/24" } }
    }]
  })
}
