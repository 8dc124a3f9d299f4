# Which buckets there will be has no value; every one of them is closed.

variable "names" {
  type = set(string)
}

resource "aws_s3_bucket" "this" { # expect: [*] private
  for_each = var.names
  bucket   = each.key
}
