# Messages that could not be delivered are written with an ACL for everyone.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_iot_topic_rule" "positions" {
  name        = "positions"
  enabled     = true
  sql         = "SELECT * FROM 'positions'"
  sql_version = "2016-03-23"
  error_action {
    s3 {
      bucket_name = aws_s3_bucket.site.id
      key         = "failed"
      role_arn    = "arn:aws:iam::123456789012:role/iot"
      canned_acl  = "public-read"
    }
  }
}
