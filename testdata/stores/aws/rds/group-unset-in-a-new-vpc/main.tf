# The default group of a VPC that is made here admits itself only.

resource "aws_db_instance" "main" { # expect: private
  engine               = "postgres"
  instance_class       = "db.t4g.micro"
  db_subnet_group_name = aws_db_subnet_group.main.name
  publicly_accessible  = true
}
