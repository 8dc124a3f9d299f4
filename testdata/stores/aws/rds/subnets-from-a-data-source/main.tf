# The subnets are looked up: their routes are not in the input, and the flag speaks for one.

data "aws_subnets" "main" {
  filter {
    name   = "vpc-id"
    values = ["vpc-0a1b2c3d4e5f60718"]
  }
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = data.aws_subnets.main.ids
}

resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = "vpc-0a1b2c3d4e5f60718"
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "main" { # expect: public network connect
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
  publicly_accessible    = true
}
