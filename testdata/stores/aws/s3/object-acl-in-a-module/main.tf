# One of the uploads of a module is public.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

module "upload" {
  source = "./modules/upload"
  bucket = aws_s3_bucket.site.id
  files  = { "a.html" = "private", "b.html" = "public-read" }
}
