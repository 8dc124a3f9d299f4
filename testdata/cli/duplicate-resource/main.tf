# Two resources of one address.

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}
