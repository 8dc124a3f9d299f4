# No ownership resource in the input: nothing here disables ACLs.

resource "aws_s3_bucket" "site" { # expect: public anonymous list write
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read-write"
}
