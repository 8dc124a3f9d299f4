# The twin of group-default-opened-by-hand: managed and without a rule.

resource "aws_default_security_group" "default" {
  vpc_id = aws_vpc.main.id
}

resource "aws_db_instance" "main" { # expect: private
  engine               = "postgres"
  instance_class       = "db.t4g.micro"
  db_subnet_group_name = aws_db_subnet_group.main.name
  publicly_accessible  = true
}
