# The twin of network-made-elsewhere-and-open-group: the group is in the input, and closed.

resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = "vpc-0a1b2c3d4e5f60718"
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_db_instance" "main" { # expect: private
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = "made-elsewhere"
  vpc_security_group_ids = [aws_security_group.db.id]
  publicly_accessible    = true
}
