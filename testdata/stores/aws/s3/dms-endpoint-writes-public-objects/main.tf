# The older resource type with a settings block.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_dms_endpoint" "export" {
  endpoint_id   = "export"
  endpoint_type = "target"
  engine_name   = "s3"
  s3_settings {
    bucket_name             = aws_s3_bucket.site.id
    service_access_role_arn = "arn:aws:iam::123456789012:role/dms"
    canned_acl_for_objects  = "public-read"
  }
}
