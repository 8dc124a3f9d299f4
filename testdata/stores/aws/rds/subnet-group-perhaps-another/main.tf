# If there is no private group, the database gets the public one.

variable "make" {
  type = bool
}

resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }

resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }

resource "aws_subnet" "pub" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "pub" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "pub" {
  subnet_id      = aws_subnet.pub.id
  route_table_id = aws_route_table.pub.id
}

resource "aws_subnet" "priv" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_db_subnet_group" "priv" {
  count      = var.make ? 1 : 0
  subnet_ids = [aws_subnet.priv.id]
}

resource "aws_db_subnet_group" "pub" {
  subnet_ids = [aws_subnet.pub.id]
}

resource "aws_security_group" "db" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "main" { # expect: undetermined var.make
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = try(aws_db_subnet_group.priv[0].name, aws_db_subnet_group.pub.name)
  vpc_security_group_ids = [aws_security_group.db.id]
}
