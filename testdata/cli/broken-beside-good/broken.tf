resource "aws_s3_bucket" "cut_off" {
  bucket = "acme-cut-off
