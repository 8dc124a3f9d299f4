# The list stands in terraform.tfvars.

variable "partners" {
  type = list(string)
}

resource "aws_db_snapshot" "main" { # expect: public authenticated read
  db_instance_identifier = "main"
  db_snapshot_identifier = "open"
  shared_accounts        = var.partners
}
