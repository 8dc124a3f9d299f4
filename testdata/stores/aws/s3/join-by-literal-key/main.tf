# A literal key in the reference, and each.value of a set.

resource "aws_s3_bucket" "this" { # expect: ["web"] public anonymous read; ["logs"] private
  for_each = toset(["web", "logs"])
  bucket   = "acme-${each.key}"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.this["logs"].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_public_access_block" "web" {
  bucket = aws_s3_bucket.this["web"].id
}

resource "aws_s3_bucket_policy" "each" {
  for_each = toset(["web", "logs"])
  bucket   = aws_s3_bucket.this[each.value].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-${each.value}/*"
    }]
  })
}
