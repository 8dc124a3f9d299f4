# The acl argument has no value.

variable "acl" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.acl
  bucket = "acme-site"
  acl    = var.acl
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
