# What the vehicles send: where they were, and what their control units say.

variable "name" {
  type = string
}

variable "exposure" {
  type = string
}

variable "endpoint_id" {
  type = string
}

module "locations" {
  source   = "../bucket"
  name     = "${var.name}-vehicle-locations"
  exposure = var.exposure
}

# Looks public and is not: the policy admits everyone, the block takes it out of force.
resource "aws_s3_bucket" "handover" { # expect: private
  bucket = "${var.name}-handover"
}

resource "aws_s3_bucket_public_access_block" "handover" {
  bucket                  = aws_s3_bucket.handover.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

data "aws_iam_policy_document" "handover" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.handover.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "handover" {
  bucket = aws_s3_bucket.handover.id
  policy = data.aws_iam_policy_document.handover.json
}

# Looks public and is not: everyone who comes through one endpoint of one network.
resource "aws_s3_bucket" "diagnostics" { # expect: private
  bucket = "${var.name}-diagnostics"
}

data "aws_iam_policy_document" "diagnostics" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.diagnostics.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpce"
      values   = [var.endpoint_id]
    }
  }
}

resource "aws_s3_bucket_policy" "diagnostics" {
  bucket = aws_s3_bucket.diagnostics.id
  policy = data.aws_iam_policy_document.diagnostics.json
}
