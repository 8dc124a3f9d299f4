# The workspace decides: public in "demo" (--workspace demo or TF_WORKSPACE), private elsewhere.

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = terraform.workspace == "demo" ? "public-read" : "private"
}
