resource "aws_s3_bucket" "this" { # expect: undetermined var.number
}

output "id" {
  value = aws_s3_bucket.this.id
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::*/*"
    }]
  })
}
