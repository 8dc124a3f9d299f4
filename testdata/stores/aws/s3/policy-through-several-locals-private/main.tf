# The twin of policy-through-several-locals: one word in terraform.tfvars.

variable "environments" {
  type = map(string)
}

variable "environment" {
  type    = string
  default = "demo"
}

locals {
  exposure = lookup(var.environments, var.environment, "private")
  readers  = local.exposure == "public" ? ["*"] : ["210987654321"]
}

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = local.readers }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}
