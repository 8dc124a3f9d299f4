# Four loops over a thousand inside of each other: 10^12 steps.

locals {
  thousand = range(1000)
  all      = flatten([for a in local.thousand : [for b in local.thousand : [for c in local.thousand : [for d in local.thousand : a + b + c + d]]]])
}

resource "aws_s3_bucket" "bomb" {
  count  = length(local.all)
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
