# The ACL stands in a module, its bucket outside.

resource "aws_s3_bucket" "site" { # expect: public anonymous list
  bucket = "acme-site"
}

module "acl" {
  source = "./modules/acl"
  bucket = aws_s3_bucket.site.id
}
