# One private bucket: exit 0.

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}
