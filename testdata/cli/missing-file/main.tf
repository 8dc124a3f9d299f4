# file() of a file that does not exist: an error, and the policy is not known.

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = file("${path.module}/policy.json")
}
