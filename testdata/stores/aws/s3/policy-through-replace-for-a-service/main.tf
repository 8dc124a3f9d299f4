# The same replacements in policies that let in a service of this account, an account and the identity of a
# distribution.

resource "aws_s3_bucket" "document" { # expect: private
  bucket_prefix = "logs-"
}

data "aws_caller_identity" "current" {}

resource "aws_cloudfront_origin_access_identity" "site" {}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["_S3_BUCKET_ARN_/*"]
    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["_AWS_ACCOUNT_ID_"]
    }
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["_S3_BUCKET_ARN_/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.site.iam_arn]
    }
  }
}

resource "aws_s3_bucket_policy" "document" {
  bucket = aws_s3_bucket.document.id
  policy = replace(
    replace(
      replace(data.aws_iam_policy_document.logs.json, "_S3_BUCKET_ID_", aws_s3_bucket.document.id),
      "_S3_BUCKET_ARN_", aws_s3_bucket.document.arn
    ),
    "_AWS_ACCOUNT_ID_", data.aws_caller_identity.current.account_id
  )
}

resource "aws_s3_bucket" "file" { # expect: private
  bucket_prefix = "logs-"
}

resource "aws_s3_bucket_policy" "file" {
  bucket = aws_s3_bucket.file.id
  policy = replace(
    replace(file("${path.module}/policy.json"), "BUCKET_NAME", aws_s3_bucket.file.id),
    "_AWS_ACCOUNT_ID_", data.aws_caller_identity.current.account_id
  )
}
