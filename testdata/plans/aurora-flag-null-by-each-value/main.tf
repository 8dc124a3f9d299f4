variable "publicly_accessible" {
  type    = bool
  default = null
}

locals {
  instances = { writer = {}, reader = { publicly_accessible = true } }
}

resource "aws_security_group" "open" {
  name = "open"
  ingress {
    from_port   = 3306
    to_port     = 3306
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_rds_cluster" "this" {
  cluster_identifier     = "acme"
  engine                 = "aurora-mysql"
  vpc_security_group_ids = [aws_security_group.open.id]
}

resource "aws_rds_cluster_instance" "this" {
  for_each            = local.instances
  identifier          = "acme-${each.key}"
  cluster_identifier  = aws_rds_cluster.this.id
  engine              = aws_rds_cluster.this.engine
  instance_class      = "db.r5.large"
  publicly_accessible = try(each.value.publicly_accessible, var.publicly_accessible)
}
