variable "name" { type = string }
variable "leaves" { type = map(string) }
module "leaf" {
  source   = "../leaf"
  for_each = var.leaves
  name     = "${var.name}.${each.value}"
}
output "names" { value = { for k, l in module.leaf : k => l.name } }
