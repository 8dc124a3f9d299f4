# A copy is shared with all accounts.

resource "aws_db_snapshot_copy" "main" { # expect: public authenticated read
  source_db_snapshot_identifier = "arn:aws:rds:eu-west-1:123456789012:snapshot:nightly"
  target_db_snapshot_identifier = "copy"
  shared_accounts               = ["all"]
}
