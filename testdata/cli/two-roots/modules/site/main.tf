variable "name" {
  type = string
}

variable "open" {
  type    = bool
  default = false
}

resource "aws_s3_bucket" "site" {
  bucket = var.name
}

resource "aws_s3_bucket_policy" "site" {
  count  = var.open ? 1 : 0
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.site.arn}/*"
    }]
  })
}
