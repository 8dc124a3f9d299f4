# Who the group is has no value.

variable "group" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.group
  bucket = "acme-site"
  grant {
    type        = "Group"
    permissions = ["READ_ACP", "WRITE"]
    uri         = var.group
  }
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
