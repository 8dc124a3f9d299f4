# A default subnet is routed to the internet.

resource "aws_default_vpc" "main" {}

resource "aws_default_subnet" "main" {
  availability_zone = "eu-west-1a"
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [aws_default_subnet.main.id]
}

resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = aws_default_vpc.main.id
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
