# Nothing grants anything.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}
