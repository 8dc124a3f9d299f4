# A rendered text is no file: what it says stands where the template was given, or at the `file` call.

resource "aws_s3_bucket" "file" { # expect: public anonymous read
  bucket = "acme-file"
}

data "template_file" "policy" {
  template = file("${path.module}/policy.json")
  vars     = { bucket = aws_s3_bucket.file.id }
}

resource "aws_s3_bucket_policy" "file" {
  bucket = aws_s3_bucket.file.id
  policy = data.template_file.policy.rendered
}

variable "principal" {
  type    = string
  default = "*"
}

locals {
  policy = "$${jsonencode({ Statement = { Effect = \"Allow\", Principal = who, Action = \"s3:GetObject\", Resource = \"arn:aws:s3:::acme-string/*\" } })}"
}

resource "aws_s3_bucket" "string" { # expect: public anonymous read
  bucket = "acme-string"
}

resource "aws_s3_bucket_policy" "string" {
  bucket = aws_s3_bucket.string.id
  policy = templatestring(local.policy, { who = var.principal })
}
