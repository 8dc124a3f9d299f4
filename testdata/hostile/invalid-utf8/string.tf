resource "aws_s3_bucket" "latin" {
  bucket = "café"
}
