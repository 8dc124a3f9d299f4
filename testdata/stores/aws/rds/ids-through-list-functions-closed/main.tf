# Groups that let nobody in from outside stay known through the functions that lists usually go through: what
# may be there twice is there in any case, an id is never empty, and a number of subnets that is not known
# leaves which one, not whether it is one of them.

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

resource "aws_route_table" "inner" {
  count  = length(local.zones)
  vpc_id = aws_vpc.main.id
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

resource "aws_security_group" "db" {
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

resource "aws_db_instance" "distinct" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = distinct([aws_security_group.app.id, aws_security_group.db.id])
}

resource "aws_db_instance" "union" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = setunion([aws_security_group.app.id], [aws_security_group.db.id])
}

resource "aws_db_instance" "split" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = split(",", join(",", [aws_security_group.app.id, aws_security_group.db.id]))
}

resource "aws_db_instance" "compact" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = compact(["", aws_vpc.main.default_security_group_id])
}

resource "aws_db_instance" "flatten" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = flatten([[], [aws_vpc.main.default_security_group_id]])
}

resource "aws_db_instance" "slice" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.open.id]
}
