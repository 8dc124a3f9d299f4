# BucketOwnerEnforced covers objects.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_object" "report" {
  bucket  = aws_s3_bucket.site.id
  key     = "report.html"
  content = "<p>report</p>"
  acl     = "public-read"
}
