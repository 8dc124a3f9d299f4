# The twin of policy-of-a-bucket-made-elsewhere: a block names the same bucket.

resource "aws_s3_bucket_policy" "foreign" { # expect: private
  bucket = "bucket-made-elsewhere"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::bucket-made-elsewhere/*"
    }]
  })
}

resource "aws_s3_bucket_public_access_block" "foreign" {
  bucket                  = "bucket-made-elsewhere"
  restrict_public_buckets = true
}
