# The blocks start at the second bucket.

variable "names" {
  default = ["alpha-data", "beta-data", "gamma-data"]
}

resource "aws_s3_bucket" "this" { # expect: [0] public anonymous read; [1] private; [2] private
  count  = length(var.names)
  bucket = var.names[count.index]
}

resource "aws_s3_bucket_public_access_block" "rest" {
  count                   = 2
  bucket                  = aws_s3_bucket.this[count.index + 1].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_public_access_block" "first" {
  bucket = aws_s3_bucket.this[0].id
}

resource "aws_s3_bucket_policy" "this" {
  count  = length(var.names)
  bucket = element(aws_s3_bucket.this[*].id, count.index)
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
