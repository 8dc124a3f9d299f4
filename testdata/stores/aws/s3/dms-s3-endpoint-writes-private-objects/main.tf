# The twin of dms-s3-endpoint-writes-public-objects.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_dms_s3_endpoint" "export" {
  endpoint_id             = "export"
  endpoint_type           = "target"
  bucket_name             = aws_s3_bucket.site.id
  service_access_role_arn = "arn:aws:iam::123456789012:role/dms"
  canned_acl_for_objects  = "private"
}
