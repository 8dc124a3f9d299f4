# A copy of a cluster snapshot, shared with all accounts.

resource "aws_rds_cluster_snapshot_copy" "main" { # expect: public authenticated read
  source_db_cluster_snapshot_identifier = "arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:nightly"
  target_db_cluster_snapshot_identifier = "copy"
  shared_accounts                       = ["all"]
}
