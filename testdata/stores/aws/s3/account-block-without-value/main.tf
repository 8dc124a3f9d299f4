# Whether the account cuts policies has no value.

variable "closed" {
  type = bool
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.closed
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

resource "aws_s3_account_public_access_block" "account" {
  restrict_public_buckets = var.closed
}
