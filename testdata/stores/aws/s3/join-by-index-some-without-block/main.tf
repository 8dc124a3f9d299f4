# Three buckets, two blocks, joined by the same index.

variable "names" {
  default = ["alpha-data", "beta-data", "gamma-data"]
}

resource "aws_s3_bucket" "this" { # expect: [0] private; [1] private; [2] public anonymous read
  count  = length(var.names)
  bucket = var.names[count.index]
}

resource "aws_s3_bucket_public_access_block" "this" {
  count                   = 2
  bucket                  = aws_s3_bucket.this[count.index].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "this" {
  count  = length(var.names)
  bucket = aws_s3_bucket.this[count.index].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::${var.names[count.index]}/*"
    }]
  })
}
