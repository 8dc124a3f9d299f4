# A product of six lists of a hundred: 10^12 tuples.

locals {
  hundred = range(100)
  product = setproduct(local.hundred, local.hundred, local.hundred, local.hundred, local.hundred, local.hundred)
}

resource "aws_s3_bucket" "bomb" {
  count  = length(local.product)
  bucket = "acme-${count.index}"
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
