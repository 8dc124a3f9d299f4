# A reference to a resource that is not declared.

resource "aws_s3_bucket_policy" "gone" {
  bucket = aws_s3_bucket.gone.id
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
