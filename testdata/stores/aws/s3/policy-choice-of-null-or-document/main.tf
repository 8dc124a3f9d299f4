# The variable is null, so it must be the document.

variable "policy" {
  type    = string
  default = null
}

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = var.policy != null ? var.policy : data.aws_iam_policy_document.site.json
}
