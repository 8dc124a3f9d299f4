# The twin of copy-shared-with-all: the copy is encrypted with a key.

resource "aws_db_snapshot_copy" "main" { # expect: private
  source_db_snapshot_identifier = "arn:aws:rds:eu-west-1:123456789012:snapshot:nightly"
  target_db_snapshot_identifier = "copy"
  shared_accounts               = ["all"]
  kms_key_id                    = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}
