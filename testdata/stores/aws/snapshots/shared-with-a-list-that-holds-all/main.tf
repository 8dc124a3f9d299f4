# One entry of many is all.

variable "partners" {
  type    = list(string)
  default = ["210987654321"]
}

resource "aws_db_snapshot" "main" { # expect: public authenticated read
  db_instance_identifier = "main"
  db_snapshot_identifier = "open"
  shared_accounts        = concat(var.partners, ["all"])
}
