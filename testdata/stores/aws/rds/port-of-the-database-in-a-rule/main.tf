# The rule takes the port from the database, which leaves it to the engine.

resource "aws_security_group" "db" {
  name = "db"
}

resource "aws_security_group_rule" "db" {
  type              = "ingress"
  security_group_id = aws_security_group.db.id
  cidr_blocks       = ["0.0.0.0/0"]
  protocol          = "tcp"
  from_port         = aws_db_instance.main.port
  to_port           = aws_db_instance.main.port
}

resource "aws_db_instance" "main" { # expect: public network connect
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = [aws_security_group.db.id]
}
