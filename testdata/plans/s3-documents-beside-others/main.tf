variable "policy" {
  default = <<-EOT
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
  EOT
}

variable "readers" {
  default = ["*"]
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket" "site" {
  for_each      = toset(["variable", "document", "literal", "principal"])
  bucket_prefix = each.key
}

data "aws_iam_policy_document" "tls" {
  statement {
    sid       = "Tls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.site["literal"].arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

data "aws_iam_policy_document" "variable" {
  source_policy_documents = compact([data.aws_iam_policy_document.tls.json, var.policy])
}

data "aws_iam_policy_document" "document" {
  source_policy_documents = compact([data.aws_iam_policy_document.tls.json, data.aws_iam_policy_document.read.json])
}

data "aws_iam_policy_document" "literal" {
  source_policy_documents = compact([data.aws_iam_policy_document.tls.json, jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })])
}

resource "aws_iam_role" "reader" {
  assume_role_policy = "{}"
}

data "aws_iam_policy_document" "principal" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = distinct(concat([aws_iam_role.reader.arn], var.readers))
    }
  }
}

resource "aws_s3_bucket_policy" "variable" {
  bucket = aws_s3_bucket.site["variable"].id
  policy = data.aws_iam_policy_document.variable.json
}

resource "aws_s3_bucket_policy" "document" {
  bucket = aws_s3_bucket.site["document"].id
  policy = data.aws_iam_policy_document.document.json
}

resource "aws_s3_bucket_policy" "literal" {
  bucket = aws_s3_bucket.site["literal"].id
  policy = data.aws_iam_policy_document.literal.json
}

resource "aws_s3_bucket_policy" "principal" {
  bucket = aws_s3_bucket.site["principal"].id
  policy = data.aws_iam_policy_document.principal.json
}
