# The blocks come from a variable in terraform.tfvars.

variable "groups" {
  type    = list(string)
  default = []
}

resource "aws_s3_bucket" "site" { # expect: public anonymous list
  bucket = "acme-site"
  dynamic "grant" {
    for_each = var.groups
    content {
      type        = "Group"
      permissions = ["READ"]
      uri         = "http://acs.amazonaws.com/groups/global/${grant.value}"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
