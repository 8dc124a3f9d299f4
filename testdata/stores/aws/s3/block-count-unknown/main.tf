# Whether the block exists has no value.

variable "protect" {
  type = bool
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.protect
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}

resource "aws_s3_bucket_public_access_block" "site" {
  count                   = var.protect ? 1 : 0
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
