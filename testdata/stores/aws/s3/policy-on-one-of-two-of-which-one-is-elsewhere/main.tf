# Whichever bucket gets the policy is open, and one of the two is not in the input.

variable "own" {
  type = bool
}

variable "other" {
  type = string
}

resource "aws_s3_bucket" "own" { # expect: undetermined var.own
  bucket = "acme-own"
}

resource "aws_s3_bucket_policy" "open" { # expect: public anonymous read
  bucket = var.own ? aws_s3_bucket.own.id : var.other
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-*"
    }]
  })
}
