# Anonymous callers are denied, any account remains.

resource "aws_s3_bucket" "site" { # expect: public authenticated read
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::acme-site/*"
      },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::acme-site/*"
        Condition = { Null = { "aws:PrincipalArn" = "true" } }
      },
    ]
  })
}
