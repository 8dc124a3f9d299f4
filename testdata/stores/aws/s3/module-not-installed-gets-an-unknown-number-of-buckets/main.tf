# The module is handed all buckets, and may hold policies for them.

variable "number" {
  type = number
}

resource "aws_s3_bucket" "site" { # expect: undetermined module.site
  count = var.number
}

module "site" {
  source  = "acme/site/aws"
  version = "1.0.0"
  buckets = aws_s3_bucket.site
}
