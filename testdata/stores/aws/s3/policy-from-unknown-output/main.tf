# The policy is an output of a resource that does not exist yet.

resource "aws_s3_bucket" "site" { # expect: undetermined terraform_data.policy.output
  bucket = "acme-site"
}

resource "terraform_data" "policy" {
  input = {
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-site/*" }]
  }
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode(terraform_data.policy.output)
}
