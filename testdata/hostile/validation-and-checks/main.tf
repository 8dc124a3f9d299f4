variable "acl" {
  type    = string
  default = "public-read"
  validation {
    condition     = 1 / 0 > var.acl
    error_message = "never"
  }
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  lifecycle {
    postcondition {
      condition     = self.bucket == var.acl
      error_message = "never"
    }
  }
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
