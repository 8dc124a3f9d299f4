# The ARN of the access point is put together from its parts.

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket" "data" { # expect: public anonymous read
  bucket = "data"
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Principal = "*"
    Action    = "s3:*"
    Resource  = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
    Condition = { StringEquals = { "s3:DataAccessPointAccount" = local.account } }
  }] })
}

resource "aws_s3_access_point" "data" {
  bucket = aws_s3_bucket.data.id
  name   = "data"

  public_access_block_configuration {
    block_public_policy     = false
    restrict_public_buckets = false
  }
}

resource "aws_s3control_access_point_policy" "data" {
  access_point_arn = "arn:aws:s3:${data.aws_region.current.name}:${local.account}:accesspoint/${aws_s3_access_point.data.name}"
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Principal = "*"
    Action    = "s3:GetObject"
    Resource  = "arn:aws:s3:${data.aws_region.current.name}:${local.account}:accesspoint/data/object/*"
  }] })
}
