# The module is handed the access point, and may hold a policy for it.

resource "aws_s3_bucket" "site" { # expect: undetermined module.policy
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
    public_access_block {
      block_public_acls       = false
      block_public_policy     = false
      ignore_public_acls      = false
      restrict_public_buckets = false
    }
  }
}

module "policy" {
  source  = "acme/policy/aws"
  version = "1.0.0"
  point   = aws_s3control_multi_region_access_point.readers.id
}
