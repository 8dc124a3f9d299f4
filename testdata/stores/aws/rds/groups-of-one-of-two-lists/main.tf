# Either list holds a closed group only.

variable "on" {
  type = bool
}

resource "aws_security_group" "a" {}

resource "aws_security_group" "b" {}

resource "aws_db_instance" "main" { # expect: private
  engine                 = "postgres"
  publicly_accessible    = true
  vpc_security_group_ids = var.on ? [aws_security_group.a.id] : [aws_security_group.b.id]
}
