# One of two generated statements is for everyone.

variable "readers" {
  default = {
    staff = { type = "AWS", ids = ["123456789012"] }
    world = { type = "*", ids = ["*"] }
  }
}

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

data "aws_iam_policy_document" "site" {
  dynamic "statement" {
    for_each = var.readers
    content {
      sid       = statement.key
      actions   = ["s3:GetObject"]
      resources = ["${aws_s3_bucket.site.arn}/*"]
      principals {
        type        = statement.value.type
        identifiers = statement.value.ids
      }
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}
