variable "internal" {
  default = true
}

variable "partner" {
  default = "sg-0123456789abcdef0"
}

resource "aws_security_group" "open" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "closed" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}

resource "aws_db_instance" "internal" {
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  publicly_accessible    = true
  vpc_security_group_ids = var.internal ? [aws_security_group.closed.id] : [aws_security_group.open.id]
}

resource "aws_db_instance" "external" {
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  publicly_accessible    = true
  vpc_security_group_ids = [var.internal ? aws_security_group.open.id : aws_security_group.closed.id]
}

resource "aws_db_instance" "both" {
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  publicly_accessible    = true
  vpc_security_group_ids = [aws_security_group.closed.id, aws_security_group.open.id]
}

# What nobody knows beside what is closed.
resource "aws_db_instance" "partner" {
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  publicly_accessible    = true
  vpc_security_group_ids = [aws_security_group.closed.id, var.partner]
}
