# Files of a share are written with an ACL for everyone.

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_storagegateway_nfs_file_share" "share" {
  client_list  = ["10.0.0.0/16"]
  gateway_arn  = "arn:aws:storagegateway:us-east-1:123456789012:gateway/sgw-12A3456B"
  location_arn = aws_s3_bucket.site.arn
  role_arn     = "arn:aws:iam::123456789012:role/gateway"
  object_acl   = "public-read"
}
