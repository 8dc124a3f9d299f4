variable "database" {
  type = string
}

variable "partners" {
  type    = list(string)
  default = ["all"]
}

resource "aws_db_snapshot" "main" { # expect: public authenticated read
  db_instance_identifier = var.database
  db_snapshot_identifier = "handover"
  shared_accounts        = var.partners
}
