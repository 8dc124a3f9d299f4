# The text is a variable without a value.

variable "policy" {
  type = string
}

resource "aws_s3_bucket" "site" { # expect: undetermined var.policy
  bucket = "acme-site"
  policy = var.policy
}
