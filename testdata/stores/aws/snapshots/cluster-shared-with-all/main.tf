# A snapshot of a cluster, shared with all accounts.

resource "aws_db_cluster_snapshot" "main" { # expect: public authenticated read
  db_cluster_identifier          = "main"
  db_cluster_snapshot_identifier = "open"
  shared_accounts                = ["all"]
}
