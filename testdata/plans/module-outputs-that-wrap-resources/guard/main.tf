variable "stores" {}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = var.stores.main.res.id
  restrict_public_buckets = true
}
