# Without a bucket of its own the policy hangs on the other one.

variable "own" {
  type = bool
}

resource "aws_s3_bucket" "own" { # expect: undetermined var.own
  count  = var.own ? 1 : 0
  bucket = "acme-own"
}

resource "aws_s3_bucket" "other" { # expect: undetermined var.own
  bucket = "acme-other"
}

resource "aws_s3_bucket_policy" "open" {
  bucket = try(aws_s3_bucket.own[0].id, aws_s3_bucket.other.id)
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
