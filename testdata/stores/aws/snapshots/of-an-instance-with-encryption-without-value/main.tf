# Whether the database is encrypted has no value.

variable "encrypted" {
  type = bool
}

resource "aws_db_instance" "main" { # expect: private
  identifier        = "main"
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  storage_encrypted = var.encrypted
}

resource "aws_db_snapshot" "main" { # expect: undetermined var.encrypted
  db_instance_identifier = aws_db_instance.main.identifier
  db_snapshot_identifier = "open"
  shared_accounts        = ["all"]
}
