# An object without an ACL opens nothing, and is no store.

resource "aws_s3_object" "page" {
  bucket  = "made-elsewhere"
  key     = "index.html"
  content = "hello"
}

resource "aws_s3_object" "open" { # expect: public anonymous read
  bucket  = "another-one"
  key     = "index.html"
  content = "hello"
  acl     = "public-read"
}
