# Flag and group are open; the routes are not in the input.

resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = "vpc-0a1b2c3d4e5f60718"
  ingress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "main" { # expect: public network connect
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = "made-elsewhere"
  vpc_security_group_ids = [aws_security_group.db.id]
  publicly_accessible    = true
}
