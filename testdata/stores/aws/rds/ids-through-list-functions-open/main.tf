# The same functions with a group that is open to the internet, and with routed subnets; whether there are any
# of these is not known.

data "aws_availability_zones" "available" {}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, 2)
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "inner" {
  count      = length(local.zones)
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "inner" {
  count  = length(local.zones)
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "inner" {
  count          = length(local.zones)
  subnet_id      = element(aws_subnet.inner[*].id, count.index)
  route_table_id = element(aws_route_table.inner[*].id, count.index)
}

resource "aws_db_subnet_group" "main" {
  subnet_ids = slice(aws_subnet.inner[*].id, 0, 2)
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "open" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "distinct" { # expect: public network connect
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = distinct([aws_security_group.app.id, aws_security_group.open.id])
}

resource "aws_db_instance" "union" { # expect: public network connect
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = setunion([aws_security_group.app.id], [aws_security_group.open.id])
}

resource "aws_db_instance" "split" { # expect: public network connect
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = split(",", join(",", [aws_security_group.app.id, aws_security_group.open.id]))
}

resource "aws_db_instance" "compact" { # expect: public network connect
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = compact(["", aws_security_group.open.id])
}

resource "aws_db_instance" "flatten" { # expect: public network connect
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = flatten([[], [aws_security_group.open.id]])
}

resource "aws_db_instance" "slice" { # expect: undetermined data.aws_availability_zones.available.names
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.open.id]
}
