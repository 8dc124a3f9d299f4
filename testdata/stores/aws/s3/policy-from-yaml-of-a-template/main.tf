# YAML in which only the bucket's own ARN or id is not known: that is part of a string and changes nothing
# else. A variable without a value may change everything.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket_prefix = "site-"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode(yamldecode(templatefile("${path.module}/policy.yaml", {
    arn     = aws_s3_bucket.site.arn
    account = "*"
  })))
}

resource "aws_s3_bucket" "data" { # expect: private
  bucket_prefix = "data-"
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode(yamldecode(templatefile("${path.module}/policy.yaml", {
    arn     = aws_s3_bucket.data.arn
    account = data.aws_caller_identity.current.account_id
  })))
}

data "aws_caller_identity" "current" {}

variable "account" {
  type = string
}

resource "aws_s3_bucket" "given" { # expect: undetermined var.account
  bucket_prefix = "given-"
}

resource "aws_s3_bucket_policy" "given" {
  bucket = aws_s3_bucket.given.id
  policy = jsonencode(yamldecode(templatefile("${path.module}/policy.yaml", {
    arn     = aws_s3_bucket.given.arn
    account = var.account
  })))
}
