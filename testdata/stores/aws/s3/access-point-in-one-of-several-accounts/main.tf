# The provider may be in either of two accounts, and the delegation names one of them.
# It does nothing otherwise, so it counts as the own one.

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012", "210987654321"]
}

resource "aws_s3_bucket" "site" { # expect: public anonymous read
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
      Resource  = ["arn:aws:s3:::acme-site", "arn:aws:s3:::acme-site/*"]
      Condition = { StringEquals = { "s3:DataAccessPointAccount" = "123456789012" } }
    }]
  })
}

resource "aws_s3_access_point" "readers" {
  bucket = aws_s3_bucket.site.id
  name   = "readers"
  public_access_block_configuration {
    block_public_acls       = false
    block_public_policy     = false
    ignore_public_acls      = false
    restrict_public_buckets = false
  }
}

resource "aws_s3control_access_point_policy" "readers" {
  access_point_arn = aws_s3_access_point.readers.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:us-east-1:123456789012:accesspoint/readers/object/*"
    }]
  })
}
