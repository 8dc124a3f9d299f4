variable "readers" {
  type = string
}

resource "aws_s3_bucket" "this" { # expect: public anonymous read
  bucket = "acme-site"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.readers }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}
