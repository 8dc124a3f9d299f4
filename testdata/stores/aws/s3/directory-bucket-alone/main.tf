# Directory buckets are always closed.

resource "aws_s3_directory_bucket" "site" { # expect: private
  bucket = "acme-site--use1-az4--x-s3"
  location {
    name = "use1-az4"
  }
}
