# Text that is no JSON: an error, and nobody can say what it would have opened.

resource "aws_s3_bucket" "site" { # expect: undetermined
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = "{ Statement = everyone }"
}
