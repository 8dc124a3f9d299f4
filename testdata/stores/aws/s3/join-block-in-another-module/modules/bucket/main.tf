variable "name" {
  type = string
}

variable "policy" {
  type    = string
  default = null
}

resource "aws_s3_bucket" "this" { # expect: module.open public anonymous read; module.shut private
  bucket = var.name
}

resource "aws_s3_bucket_policy" "this" {
  count  = var.policy == null ? 0 : 1
  bucket = aws_s3_bucket.this.id
  policy = var.policy
}

output "id" {
  value = aws_s3_bucket.this.id
}
