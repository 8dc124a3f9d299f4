# No value: nobody can say.

variable "policy" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.policy
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = var.policy
}
