# Who may read stands in terraform.tfvars.

variable "readers" {
  type = list(string)
}

resource "aws_s3_bucket" "site" { # expect: public anonymous read
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
