# The same call of the same unknowns is the same name, whatever it is.

variable "stage" {
  type = string
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "aws_s3_bucket" "formatted" { # expect: private
  bucket = format("data-%s", random_id.suffix.hex)
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "formatted" {
  bucket             = format("data-%s", random_id.suffix.hex)
  ignore_public_acls = true
}

resource "aws_s3_bucket" "joined" { # expect: private
  bucket = join("-", ["logs", var.stage, random_id.suffix.hex])
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "joined" {
  bucket             = "logs-${var.stage}-${random_id.suffix.hex}"
  ignore_public_acls = true
}

resource "aws_s3_bucket" "lower" { # expect: private
  bucket = lower("Site-${var.stage}")
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "lower" {
  bucket             = "site-${lower(var.stage)}"
  ignore_public_acls = true
}

resource "aws_s3_bucket" "hashed" { # expect: private
  bucket = substr(sha256("x-${random_id.suffix.hex}"), 0, 20)
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "hashed" {
  bucket             = substr(sha256("x-${random_id.suffix.hex}"), 0, 20)
  ignore_public_acls = true
}
