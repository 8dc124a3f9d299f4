# A count below zero, and one that is no whole number.

resource "aws_s3_bucket" "a" {
  count  = -1
  bucket = "a"
}

resource "aws_s3_bucket" "b" {
  count  = 1.5
  bucket = "b"
}
