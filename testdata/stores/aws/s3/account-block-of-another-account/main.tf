# The block belongs to the account of the aliased provider: it protects the bucket there, not the one
# here.

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "inner"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::210987654321:role/deploy"
  }
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
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}

resource "aws_s3_bucket" "inner" { # expect: private
  provider = aws.inner
  bucket   = "acme-inner"
}

resource "aws_s3_bucket_policy" "inner" {
  provider = aws.inner
  bucket   = aws_s3_bucket.inner.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-inner/*"
    }]
  })
}

resource "aws_s3_account_public_access_block" "account" {
  provider                = aws.inner
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
