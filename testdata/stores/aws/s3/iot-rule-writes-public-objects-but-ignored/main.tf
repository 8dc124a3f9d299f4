# Public ACLs are ignored.

resource "aws_s3_bucket" "site" { # expect: private
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
  s3 {
    bucket_name = aws_s3_bucket.site.id
    key         = "positions"
    role_arn    = "arn:aws:iam::123456789012:role/iot"
    canned_acl  = "public-read"
  }
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = aws_s3_bucket.site.id
  ignore_public_acls = true
}
