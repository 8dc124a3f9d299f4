# Shared with all accounts: anyone restores a copy.

resource "aws_db_snapshot" "main" { # expect: public authenticated read
  db_instance_identifier = "main"
  db_snapshot_identifier = "open"
  shared_accounts        = ["all"]
}
