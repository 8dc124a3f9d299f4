# The look-alike: a canonical user.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
  grant {
    type        = "CanonicalUser"
    permissions = ["READ_ACP", "WRITE"]
    id          = "1111111111111111111111111111111111111111111111111111111111111111"
  }
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
