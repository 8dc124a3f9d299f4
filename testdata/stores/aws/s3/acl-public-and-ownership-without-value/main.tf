# Whether ACLs count has no value.

variable "ownership" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.ownership
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = var.ownership
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read"
}
