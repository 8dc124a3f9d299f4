variable "bucket" {
  type = string
}

variable "files" {
  type = map(string)
}

resource "aws_s3_object" "this" {
  for_each = var.files
  bucket   = var.bucket
  key      = each.key
  content  = each.key
  acl      = each.value
}
