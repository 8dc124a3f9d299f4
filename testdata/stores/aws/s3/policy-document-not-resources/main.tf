# Everything but one prefix is open for everyone; that the ARNs are unknown changes nothing.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site.arn}/public/*"]
    principals {
      type        = "AWS"
      identifiers = ["123456789012"]
    }
  }
  statement {
    actions       = ["s3:GetObject"]
    not_resources = ["${aws_s3_bucket.site.arn}/secret/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}
