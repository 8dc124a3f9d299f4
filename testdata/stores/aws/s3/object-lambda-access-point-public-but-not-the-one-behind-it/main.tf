# The Object Lambda access point lets everyone in, and the access point behind it does not: a caller needs both.

resource "aws_s3_bucket" "site" { # expect: private
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
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:us-east-1:123456789012:accesspoint/readers/object/*"
    }]
  })
}

resource "aws_s3control_object_lambda_access_point" "resized" {
  name = "resized"
  configuration {
    supporting_access_point = aws_s3_access_point.readers.arn
    transformation_configuration {
      actions = ["GetObject"]
      content_transformation {
        aws_lambda {
          function_arn = "arn:aws:lambda:us-east-1:123456789012:function:resize"
        }
      }
    }
  }
}

resource "aws_s3control_object_lambda_access_point_policy" "resized" {
  name = aws_s3control_object_lambda_access_point.resized.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3-object-lambda:GetObject"
      Resource  = aws_s3control_object_lambda_access_point.resized.arn
    }]
  })
}
