# Placeholders are replaced by the bucket's own id and ARN, which are known after apply, as a common module
# does. Statements, and where they stand, stay as they are; so does an id that stood there before, since a
# bucket's name has no capital letters. What a variable holds may be anything, a quote as well.

variable "reader" {
  type = string
}

resource "aws_s3_bucket" "document" { # expect: public anonymous read
  bucket_prefix = "site-"
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["_S3_BUCKET_ARN_/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "document" {
  bucket = aws_s3_bucket.document.id
  policy = replace(
    replace(
      replace(data.aws_iam_policy_document.site.json, "_S3_BUCKET_ID_", aws_s3_bucket.document.id),
      "_S3_BUCKET_ARN_", aws_s3_bucket.document.arn
    ),
    "_AWS_ACCOUNT_ID_", data.aws_caller_identity.current.account_id
  )
}

resource "aws_s3_bucket" "file" { # expect: public anonymous read
  bucket_prefix = "site-"
}

resource "aws_s3_bucket_policy" "file" {
  bucket = aws_s3_bucket.file.id
  policy = replace(file("${path.module}/policy.json"), "BUCKET_NAME", aws_s3_bucket.file.id)
}

resource "aws_s3_bucket" "own" { # expect: public anonymous read
  bucket_prefix = "site-"
}

resource "aws_s3_bucket_policy" "own" {
  bucket = aws_s3_bucket.own.id
  policy = replace(
    replace(file("${path.module}/policy.json"), "BUCKET_NAME", aws_s3_bucket.own.id),
    "_AWS_ACCOUNT_ID_", data.aws_caller_identity.current.account_id
  )
}

resource "aws_s3_bucket" "given" { # expect: undetermined var.reader
  bucket_prefix = "site-"
}

resource "aws_s3_bucket_policy" "given" {
  bucket = aws_s3_bucket.given.id
  policy = replace(
    jsonencode({
      Statement = [{
        Effect    = "Allow"
        Principal = { AWS = "READER" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.given.arn}/*"
      }]
    }),
    "READER", var.reader
  )
}
