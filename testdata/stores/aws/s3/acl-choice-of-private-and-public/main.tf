# The twin of acl-choice-of-two-private-ones: one answer opens.

variable "site" {
  type = bool
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.site
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
  acl    = var.site ? "public-read" : "private"
}
