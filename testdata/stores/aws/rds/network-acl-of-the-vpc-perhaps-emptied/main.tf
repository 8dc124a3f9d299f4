# The default ACL is managed and has no rule: it denies everything.

resource "aws_default_network_acl" "default" {
  count                  = var.emptied
  default_network_acl_id = aws_vpc.main.default_network_acl_id
}

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

resource "aws_db_instance" "main" { # expect: undetermined var.emptied
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
  publicly_accessible    = true
}

variable "emptied" {
  type = number
}
