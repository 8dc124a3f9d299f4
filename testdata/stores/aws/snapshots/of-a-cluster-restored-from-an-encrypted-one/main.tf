# A cluster that is restored from an encrypted snapshot is encrypted, whatever it says itself.

resource "aws_rds_cluster" "main" {
  cluster_identifier = "main"
  engine             = "aurora-postgresql"
  storage_encrypted  = true
}

resource "aws_db_cluster_snapshot" "main" {
  db_cluster_identifier          = aws_rds_cluster.main.cluster_identifier
  db_cluster_snapshot_identifier = "main"
}

resource "aws_rds_cluster" "restored" {
  cluster_identifier  = "restored"
  engine              = "aurora-postgresql"
  snapshot_identifier = aws_db_cluster_snapshot.main.id
}

resource "aws_db_cluster_snapshot" "restored" { # expect: private
  db_cluster_identifier          = aws_rds_cluster.restored.cluster_identifier
  db_cluster_snapshot_identifier = "restored"
  shared_accounts                = ["all"]
}
