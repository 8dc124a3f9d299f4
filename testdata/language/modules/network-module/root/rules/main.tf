variable "vpc_id" { type = string }
variable "rules" { type = map(list(string)) }
variable "sources" { type = map(list(string)) }
locals {
  all = merge(flatten([
    for name, ports in var.rules : [
      for port in ports : [
        for cidr in lookup(var.sources, name, []) : {
          "${name}:${port}:${cidr}" = {
            name = name
            from = tonumber(split("-", port)[0])
            to   = tonumber(reverse(split("-", port))[0])
            cidr = cidr
          }
        }
      ]
    ]
  ])...)
}
resource "aws_security_group" "this" {
  for_each = var.rules
  name     = each.key
  vpc_id   = var.vpc_id
}
resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each          = local.all
  security_group_id = aws_security_group.this[each.value.name].id
  from_port         = each.value.from
  to_port           = each.value.to
  ip_protocol       = "tcp"
  cidr_ipv4         = each.value.cidr
}
output "names" { value = keys(local.all) }
