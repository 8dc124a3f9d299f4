# Nothing is shared.

resource "aws_db_snapshot" "main" { # expect: private
  db_instance_identifier = "main"
  db_snapshot_identifier = "own"
}
