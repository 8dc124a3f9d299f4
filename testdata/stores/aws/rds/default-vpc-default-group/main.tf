# No groups named: the default group of the default VPC decides, and its rules are not shown.

resource "aws_db_instance" "main" { # expect: public network connect
  engine              = "mysql"
  instance_class      = "db.t4g.micro"
  publicly_accessible = true
}
