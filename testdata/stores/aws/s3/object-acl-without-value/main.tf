# The ACL of the object has no value.

variable "acl" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.acl
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_object" "report" {
  bucket  = aws_s3_bucket.site.id
  key     = "report.html"
  content = "<p>report</p>"
  acl     = var.acl
}
