# Serverless clusters of the first version are encrypted unless they say otherwise.

resource "aws_rds_cluster" "main" { # expect: private
  cluster_identifier = "main"
  engine             = "aurora-postgresql"
  engine_mode        = "serverless"
}

resource "aws_db_cluster_snapshot" "main" { # expect: private
  db_cluster_identifier          = aws_rds_cluster.main.id
  db_cluster_snapshot_identifier = "open"
  shared_accounts                = ["all"]
}
