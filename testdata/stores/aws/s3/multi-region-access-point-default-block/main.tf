# The twin of multi-region-access-point-public.

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

resource "aws_s3control_multi_region_access_point" "readers" {
  details {
    name = "readers"
    region {
      bucket = aws_s3_bucket.site.id
    }
  }
}

resource "aws_s3control_multi_region_access_point_policy" "readers" {
  details {
    name = "readers"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3::123456789012:accesspoint/alias.mrap/object/*"
      }]
    })
  }
}
