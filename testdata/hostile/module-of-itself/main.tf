# A module that calls itself.

module "again" {
  source = "./"
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}
