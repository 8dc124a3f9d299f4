# Allow with NotPrincipal lets everyone else in; the document is a file.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = file("${path.module}/policy.json")
}
