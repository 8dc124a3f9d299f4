# Joins through each.key, and through for_each over the resource itself.

locals {
  buckets = {
    web  = { open = true }
    logs = { open = false }
  }
}

resource "aws_s3_bucket" "this" { # expect: ["web"] public anonymous read; ["logs"] private
  for_each = local.buckets
  bucket   = "acme-${each.key}"
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = local.buckets
  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = !each.value.open
  ignore_public_acls      = true
  restrict_public_buckets = !each.value.open
}

data "aws_iam_policy_document" "this" {
  for_each = local.buckets
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.this[each.key].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  policy   = data.aws_iam_policy_document.this[each.key].json
}
