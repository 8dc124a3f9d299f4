# Transcoded media are readable for everyone.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_elastictranscoder_pipeline" "media" {
  input_bucket = "acme-raw"
  role         = "arn:aws:iam::123456789012:role/transcoder"
  content_config {
    bucket        = aws_s3_bucket.site.id
    storage_class = "Standard"
  }
  content_config_permissions {
    grantee_type = "Group"
    grantee      = "AllUsers"
    access       = ["Read"]
  }
  thumbnail_config {
    bucket        = aws_s3_bucket.site.id
    storage_class = "Standard"
  }
}
