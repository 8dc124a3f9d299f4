variable "target" {
  type = string
}

variable "readers" {
  type = string
}

resource "aws_s3_bucket_logging" "app" {
  bucket        = "acme-app"
  target_bucket = var.target
  target_prefix = "app/"
  target_grant {
    permission = "READ"
    grantee {
      type = "Group"
      uri  = "http://acs.amazonaws.com/groups/global/${var.readers}"
    }
  }
}
