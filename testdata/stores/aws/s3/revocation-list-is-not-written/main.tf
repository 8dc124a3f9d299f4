# No list of revoked certificates is written.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_acmpca_certificate_authority" "main" {
  certificate_authority_configuration {
    key_algorithm     = "RSA_4096"
    signing_algorithm = "SHA512WITHRSA"
    subject {
      common_name = "example.com"
    }
  }
  revocation_configuration {
    crl_configuration {
      enabled            = false
      expiration_in_days = 7
      s3_bucket_name     = aws_s3_bucket.site.id
      s3_object_acl      = "PUBLIC_READ"
    }
  }
}
