# The ACL stands in a file in JSON.

variable "acl" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: public anonymous list
  bucket = "acme-site"
  acl    = var.acl
}
