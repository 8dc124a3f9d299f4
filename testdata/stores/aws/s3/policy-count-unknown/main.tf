# Whether the policy exists depends on a variable without a value.

variable "public" {
  type = bool
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.public
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  count  = var.public ? 1 : 0
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
