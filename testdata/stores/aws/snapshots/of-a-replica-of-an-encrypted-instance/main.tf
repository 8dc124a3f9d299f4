# A replica is encrypted like its source, and AWS shares no encrypted snapshot with everybody.

resource "aws_db_instance" "main" {
  identifier        = "main"
  engine            = "postgres"
  storage_encrypted = true
}

resource "aws_db_instance" "replica" {
  identifier          = "replica"
  replicate_source_db = aws_db_instance.main.identifier
}

resource "aws_db_snapshot" "replica" { # expect: private
  db_instance_identifier = aws_db_instance.replica.identifier
  db_snapshot_identifier = "replica"
  shared_accounts        = ["all"]
}
