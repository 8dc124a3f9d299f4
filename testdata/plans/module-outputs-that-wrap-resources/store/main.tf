variable "name" {}

resource "aws_s3_bucket" "this" {
  bucket = var.name
}

output "bucket" {
  value = aws_s3_bucket.this
}

output "id" {
  value = aws_s3_bucket.this.id
}

output "wrapped" {
  value = { store = { bucket = aws_s3_bucket.this }, tags = {} }
}
