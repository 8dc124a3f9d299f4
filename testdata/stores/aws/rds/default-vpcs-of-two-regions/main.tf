# Only the default VPC of another region has its routes and its default group taken away.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "north"
  region = "eu-north-1"
}

resource "aws_default_vpc" "a_north" {
  provider = aws.north
}

resource "aws_default_vpc" "main" {}

resource "aws_default_route_table" "north" {
  provider               = aws.north
  default_route_table_id = aws_default_vpc.a_north.default_route_table_id
  route                  = []
}

resource "aws_default_security_group" "north" {
  provider = aws.north
}

resource "aws_default_subnet" "main" {
  availability_zone = "eu-west-1a"
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [aws_default_subnet.main.id]
}

resource "aws_db_instance" "main" { # expect: public network connect
  engine               = "postgres"
  instance_class       = "db.t4g.micro"
  db_subnet_group_name = aws_db_subnet_group.main.name
  publicly_accessible  = true
}
