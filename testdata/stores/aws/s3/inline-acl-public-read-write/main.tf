# The deprecated acl argument of the bucket itself.

resource "aws_s3_bucket" "site" { # expect: public anonymous list write
  bucket = "acme-site"
  acl    = "public-read-write"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
