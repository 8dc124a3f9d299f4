# Logging alone grants nothing.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}

resource "aws_s3_bucket_logging" "app" {
  bucket        = "acme-app"
  target_bucket = aws_s3_bucket.site.id
  target_prefix = "app/"
}
