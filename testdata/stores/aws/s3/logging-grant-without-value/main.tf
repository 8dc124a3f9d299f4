# Who reads the logs has no value.

variable "group" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.group
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_logging" "app" {
  bucket        = "acme-app"
  target_bucket = aws_s3_bucket.site.id
  target_prefix = "app/"
  target_grant {
    permission = "READ"
    grantee {
      type = "Group"
      uri  = var.group
    }
  }
}
