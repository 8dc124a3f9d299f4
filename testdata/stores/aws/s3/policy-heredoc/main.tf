# A heredoc; Statement is one object, not a list.

variable "name" {
  default = "acme-site"
}

resource "aws_s3_bucket" "site" { # expect: public anonymous read
  bucket = var.name
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.bucket
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::${var.name}/*"
      }
    }
  EOT
}
