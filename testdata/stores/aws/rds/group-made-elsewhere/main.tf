# The group is named by a literal: nothing in the input closes a true flag.

resource "aws_db_instance" "main" { # expect: public network connect
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  publicly_accessible    = true
}
