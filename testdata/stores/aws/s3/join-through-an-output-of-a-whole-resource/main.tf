# A whole resource is handed out through an output and indexed by the caller.

module "store" {
  source = "./modules/store"
}

resource "aws_s3_bucket_public_access_block" "open" {
  bucket = module.store.buckets["open"].id
}

resource "aws_s3_bucket_public_access_block" "shut" {
  bucket                  = module.store.buckets["shut"].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "each" {
  for_each = module.store.buckets
  bucket   = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::${each.value.bucket}/*"
    }]
  })
}
