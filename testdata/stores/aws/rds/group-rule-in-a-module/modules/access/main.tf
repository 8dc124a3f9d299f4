variable "group" {
  type = string
}

variable "clients" {
  type = string
}

resource "aws_vpc_security_group_ingress_rule" "in" {
  security_group_id = var.group
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = var.clients
}
