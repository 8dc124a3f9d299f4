# Whether the snapshot that the instance is restored from is encrypted, the input does not show.

resource "aws_db_instance" "restored" {
  identifier          = "restored"
  engine              = "postgres"
  snapshot_identifier = "made-elsewhere"
}

resource "aws_db_snapshot" "restored" { # expect: undetermined
  db_instance_identifier = aws_db_instance.restored.identifier
  db_snapshot_identifier = "restored"
  shared_accounts        = ["all"]
}
