# The twin of cluster-shared-with-all-but-serverless: provisioned clusters are not shown encrypted.

resource "aws_rds_cluster" "main" { # expect: private
  cluster_identifier = "main"
  engine             = "aurora-postgresql"
  engine_mode        = "provisioned"
}

resource "aws_db_cluster_snapshot" "main" { # expect: public authenticated read
  db_cluster_identifier          = aws_rds_cluster.main.id
  db_cluster_snapshot_identifier = "open"
  shared_accounts                = ["all"]
}
