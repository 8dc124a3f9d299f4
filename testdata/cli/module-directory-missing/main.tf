# A local module whose directory does not exist.

module "site" {
  source = "./modules/site"
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}
