# Which groups are attached has no value.

variable "groups" {
  type = list(string)
}

resource "aws_db_instance" "main" { # expect: undetermined var.groups
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = var.groups
  publicly_accessible    = true
}
