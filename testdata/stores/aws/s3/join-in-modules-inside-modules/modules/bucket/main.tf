variable "name" {
  type = string
}

variable "policy" {
  type    = string
  default = null
}

resource "aws_s3_bucket" "this" { # expect: module.team["red"].module.bucket[0] public anonymous list; module.team["red"].module.bucket[1] public anonymous list; module.team["blue"].module.bucket[0] private; module.team["blue"].module.bucket[1] private
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
