# Whoever it is shared with, an encrypted one is not shared with all.

variable "partners" {
  type = list(string)
}

resource "aws_db_instance" "main" { # expect: private
  identifier        = "main"
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  storage_encrypted = true
}

resource "aws_db_snapshot" "main" { # expect: private
  db_instance_identifier = aws_db_instance.main.identifier
  db_snapshot_identifier = "open"
  shared_accounts        = var.partners
}
