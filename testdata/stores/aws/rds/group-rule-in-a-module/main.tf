# The rule that opens the group stands in a module.

resource "aws_security_group" "db" {
  name   = "db"
  vpc_id = aws_vpc.main.id
}

module "access" {
  source  = "./modules/access"
  group   = aws_security_group.db.id
  clients = "0.0.0.0/0"
}

resource "aws_db_instance" "main" { # expect: public network connect
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.db.id]
  publicly_accessible    = true
}
