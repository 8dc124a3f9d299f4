# A Multi-AZ cluster has no flag in the provider: the service decides.

resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_rds_cluster" "main" { # expect: undetermined
  engine                    = "postgres"
  db_cluster_instance_class = "db.m6gd.large"
  storage_type              = "gp3"
  allocated_storage         = 100
  db_subnet_group_name      = aws_db_subnet_group.main.name
  vpc_security_group_ids    = [aws_security_group.db.id]
}
