# The principal is read from elsewhere: it may be "*".

data "aws_ssm_parameter" "reader" {
  name = "reader"
}

resource "aws_s3_bucket" "site" { # expect: undetermined data.aws_ssm_parameter.reader.insecure_value
  bucket = "acme-site"
}

data "aws_iam_policy_document" "site" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::acme-site/*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_ssm_parameter.reader.insecure_value]
    }
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = data.aws_iam_policy_document.site.json
}
