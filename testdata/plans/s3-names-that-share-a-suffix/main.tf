resource "terraform_data" "x" {}
resource "aws_s3_bucket" "a" { bucket = "a-${terraform_data.x.id}" }
resource "aws_s3_bucket" "b" { bucket = "b-${terraform_data.x.id}" }
resource "aws_s3_bucket_acl" "a" {
  bucket = aws_s3_bucket.b.bucket
  acl    = "public-read"
}
resource "aws_s3_bucket_public_access_block" "x" {
  bucket                  = aws_s3_bucket.a.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
