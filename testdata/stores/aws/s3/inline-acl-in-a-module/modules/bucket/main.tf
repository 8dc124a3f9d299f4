variable "acl" {
  type    = string
  default = "private"
}

resource "aws_s3_bucket" "this" { # expect: module.site public anonymous list; module.data private
  bucket_prefix = "acme-"
  acl           = var.acl
}
