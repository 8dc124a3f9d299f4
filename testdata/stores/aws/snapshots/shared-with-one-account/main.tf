# The twin of shared-with-all: one account is named.

resource "aws_db_snapshot" "main" { # expect: private
  db_instance_identifier = "main"
  db_snapshot_identifier = "shared"
  shared_accounts        = ["210987654321"]
}
