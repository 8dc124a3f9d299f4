# The cluster is encrypted, and so are its snapshots.

resource "aws_rds_cluster" "main" { # expect: private
  cluster_identifier = "main"
  engine             = "aurora-postgresql"
  storage_encrypted  = true
}

resource "aws_db_cluster_snapshot" "main" { # expect: private
  db_cluster_identifier          = aws_rds_cluster.main.cluster_identifier
  db_cluster_snapshot_identifier = "open"
  shared_accounts                = ["all"]
}
