# The switch has no value, but both answers let everyone list.

variable "upload" {
  type = bool
}

resource "aws_s3_bucket" "site" { # expect: public anonymous list
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = var.upload ? "public-read-write" : "public-read"
}
