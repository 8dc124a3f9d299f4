# Group and subnets are literals: nothing in the input closes the flag.

resource "aws_db_instance" "main" { # expect: public network connect
  engine                 = "mysql"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = "made-elsewhere"
  vpc_security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  publicly_accessible    = true
}
