# The module is handed the bucket as a whole, and may hold a policy for it.

resource "aws_s3_bucket" "site" { # expect: undetermined module.site
}

module "site" {
  source  = "acme/site/aws"
  version = "1.0.0"
  bucket  = aws_s3_bucket.site
}
