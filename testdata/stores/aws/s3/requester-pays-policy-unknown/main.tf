# Requester pays refuses unsigned requests only: an unknown policy may still let in any account.

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

resource "aws_s3_bucket_request_payment_configuration" "site" {
  bucket = aws_s3_bucket.site.id
  payer  = "Requester"
}
