# A pattern that takes exponential time in engines that step back.

resource "aws_s3_bucket" "bomb" {
  bucket = length(regexall("(a+)+$", join("", [for i in range(100000) : i == 99999 ? "!" : "a"]))) == 0 ? "acme-site" : "acme-other"
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
