# Two buckets that need the name of the other.

resource "aws_s3_bucket" "a" {
  bucket = "${aws_s3_bucket.b.bucket}-a"
}

resource "aws_s3_bucket" "b" {
  bucket = "${aws_s3_bucket.a.bucket}-b"
}
