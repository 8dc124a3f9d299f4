# The twin of inline-acl-public-read-write.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
  acl    = "private"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
