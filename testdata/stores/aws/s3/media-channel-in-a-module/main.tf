# The channel stands in a module that is handed the name of the bucket.

resource "aws_s3_bucket" "media" { # expect: public anonymous read
  bucket = "acme-media"
}

resource "aws_s3_bucket_ownership_controls" "media" {
  bucket = aws_s3_bucket.media.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

module "live" {
  source = "./live"
  bucket = aws_s3_bucket.media.bucket
}
