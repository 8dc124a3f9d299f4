# FULL_CONTROL on objects is reading and their ACLs.

resource "aws_s3_bucket" "site" { # expect: public anonymous read admin
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_logging" "app" {
  bucket        = "acme-app"
  target_bucket = aws_s3_bucket.site.id
  target_prefix = "app/"
  target_grant {
    permission = "FULL_CONTROL"
    grantee {
      type = "Group"
      uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
    }
  }
}
