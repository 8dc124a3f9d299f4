resource "aws_s3_bucket" "shut" {
  bucket = "acme-shut"
}

resource "aws_s3_bucket" "open" {
  bucket = "acme-open"
}

resource "aws_iot_topic_rule" "copy" {
  name        = "copy"
  enabled     = true
  sql         = "SELECT * FROM 'topic'"
  sql_version = "2016-03-23"
  s3 {
    bucket_name = aws_s3_bucket.shut.bucket
    canned_acl  = "private"
    key         = "a"
    role_arn    = "arn:aws:iam::123456789012:role/iot"
  }
  s3 {
    bucket_name = aws_s3_bucket.open.bucket
    canned_acl  = "public-read"
    key         = "a"
    role_arn    = "arn:aws:iam::123456789012:role/iot"
  }
}
