# The API stands in a module that is handed the name of the bucket.

resource "aws_s3_bucket" "uploads" { # expect: public anonymous read
  bucket = "acme-uploads"
}

resource "aws_s3_bucket_public_access_block" "uploads" {
  bucket                  = aws_s3_bucket.uploads.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

module "files" {
  source = "./files"
  bucket = aws_s3_bucket.uploads.id
}
