# The ACL stands in an automatically loaded file, which beats the default.

variable "acl" {
  type    = string
  default = "private"
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
  acl    = var.acl
}
