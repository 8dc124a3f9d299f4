# A module sets up the logging of another bucket.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

module "logging" {
  source  = "./modules/logging"
  target  = aws_s3_bucket.site.id
  readers = "AllUsers"
}
