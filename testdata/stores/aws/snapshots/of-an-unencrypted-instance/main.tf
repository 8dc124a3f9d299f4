# The twin of of-an-encrypted-instance.

resource "aws_db_instance" "main" { # expect: private
  identifier        = "main"
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  storage_encrypted = false
}

resource "aws_db_snapshot" "main" { # expect: public authenticated read
  db_instance_identifier = aws_db_instance.main.identifier
  db_snapshot_identifier = "open"
  shared_accounts        = ["all"]
}
