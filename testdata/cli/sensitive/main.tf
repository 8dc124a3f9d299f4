# A sensitive variable inside a policy: the verdict stands, the value and the policy never appear in a
# report. Its value is in terraform.tfvars, so that a test can look for it.

variable "shared_secret" {
  type      = string
  sensitive = true
}

resource "aws_s3_bucket" "site" {
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
      Condition = { StringEquals = { "aws:UserAgent" = var.shared_secret } }
    }]
  })
}
