# The environment picks the ACL from a map.

variable "environment" {
  type    = string
  default = "demo"
}

locals {
  acls = { prod = "private", demo = "public-read" }
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
  acl    = lookup(local.acls, var.environment, "private")
}
