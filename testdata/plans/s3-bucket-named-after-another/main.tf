resource "aws_s3_bucket" "b" { bucket_prefix = "t-b" }
resource "aws_s3_bucket" "l" {
  bucket = "${aws_s3_bucket.b.id}-logs"
}
resource "aws_s3_bucket_acl" "a" {
  bucket = aws_s3_bucket.l.id
  acl    = "public-read"
}
resource "aws_s3_bucket_public_access_block" "x" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
