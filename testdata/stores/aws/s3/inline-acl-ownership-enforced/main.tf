# BucketOwnerEnforced disables the argument too.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
  acl    = "public-read"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
