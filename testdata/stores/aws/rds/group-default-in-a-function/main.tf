# The default group of the VPC stays closed on its way through functions.

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_db_instance" "plain" {
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = [aws_vpc.main.default_security_group_id]
}

resource "aws_db_instance" "compact" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = compact(["", aws_vpc.main.default_security_group_id])
}

