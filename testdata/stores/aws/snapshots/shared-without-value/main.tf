# Who it is shared with has no value.

variable "partners" {
  type = list(string)
}

resource "aws_db_snapshot" "main" { # expect: undetermined var.partners
  db_instance_identifier = "main"
  db_snapshot_identifier = "open"
  shared_accounts        = var.partners
}
