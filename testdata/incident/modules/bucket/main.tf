# A bucket that serves the public or the company, as its environment says.

variable "name" {
  type = string
}

variable "exposure" {
  type = string
}

variable "readers" {
  description = "Who reads when the bucket is private."
  type        = list(string)
  default     = ["arn:aws:iam::123456789012:role/analytics"]
}

locals {
  open = var.exposure == "public"
}

resource "aws_s3_bucket" "this" { # expect: module.platform["vehicles"] public anonymous read list; private
  bucket = var.name
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = !local.open
  restrict_public_buckets = !local.open
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = local.open ? ["*"] : var.readers
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json
}
