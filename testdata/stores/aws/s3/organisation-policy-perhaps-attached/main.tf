# Whether the organisation's policy is attached to this account is not known.

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.target
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
    }]
  })
}

resource "aws_organizations_policy" "closed" {
  name = "closed"
  type = "S3_POLICY"
  content = jsonencode({
    s3_attributes = { public_access_block_configuration = { "@@assign" = "all" } }
  })
}

resource "aws_organizations_policy_attachment" "closed" {
  policy_id = aws_organizations_policy.closed.id
  target_id = var.target
}

variable "target" {
  type = string
}
