# Other unknowns, other calls, and a function that gives something else each time: perhaps the same name.

variable "stage" {
  type = string
}

variable "color" {
  type = string
}

resource "aws_s3_bucket" "lower" { # expect: undetermined var.color
  bucket = "site-${lower(var.stage)}"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "other" {
  bucket             = "site-${lower(var.color)}"
  ignore_public_acls = true
}

resource "aws_s3_bucket" "upper" { # expect: undetermined var.stage
  bucket = "logs-${substr(var.stage, 0, 2)}"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "upper" {
  bucket             = "logs-${substr(var.stage, 0, 3)}"
  ignore_public_acls = true
}

resource "aws_s3_bucket" "salted" { # expect: undetermined var.stage
  bucket = "salt-${bcrypt(var.stage)}"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "salted" {
  bucket             = "salt-${bcrypt(var.stage)}"
  ignore_public_acls = true
}
