# The block acts on the first instance; how many there are is not known.

variable "number" {
  type = number
}

module "store" {
  source = "./bucket"
  count  = var.number
}

resource "aws_s3_bucket_public_access_block" "first" {
  bucket                  = module.store[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
