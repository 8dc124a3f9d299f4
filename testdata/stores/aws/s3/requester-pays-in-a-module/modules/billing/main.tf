variable "bucket" {
  type = string
}

variable "payer" {
  type = string
}

resource "aws_s3_bucket_request_payment_configuration" "site" {
  bucket = var.bucket
  payer  = var.payer
}
