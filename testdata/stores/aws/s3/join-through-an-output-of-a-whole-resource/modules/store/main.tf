resource "aws_s3_bucket" "this" { # expect: ["open"] public anonymous read; ["shut"] private
  for_each = toset(["open", "shut"])
  bucket   = "acme-${each.key}"
}

output "buckets" {
  value = aws_s3_bucket.this
}
