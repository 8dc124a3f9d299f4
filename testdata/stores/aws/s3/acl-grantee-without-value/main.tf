# Who the group is has no value.

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

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  access_control_policy {
    grant {
      permission = "READ"
      grantee {
        type = "Group"
        uri  = var.group
      }
    }
    owner {
      id = "1111111111111111111111111111111111111111111111111111111111111111"
    }
  }
}
