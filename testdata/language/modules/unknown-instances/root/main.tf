# Terraform asks for these; without an answer one instance stands for all.
variable "amount" {
  type = number
}
variable "buckets" {
  type = map(object({ acl = string }))
}
variable "on" {
  type = bool
}
resource "terraform_data" "counted" {
  count = var.amount
  input = { fixed = "x", index = count.index }
}
resource "terraform_data" "keyed" {
  for_each = var.buckets
  input    = { name = "bucket-${each.key}", acl = each.value.acl, fixed = true }
}
resource "terraform_data" "either" {
  for_each = var.on ? { a = 1, b = 2 } : { a = 1 }
  input    = "${each.key}=${each.value}"
}
resource "terraform_data" "maybe" {
  count = var.on ? 1 : 0
  input = "known"
}
module "m" {
  source   = "./m"
  for_each = var.buckets
  fixed    = "y"
}
output "counted" { value = length(terraform_data.counted) }
output "inputs" { value = terraform_data.keyed["a"].input }
output "module" { value = module.m["a"].fixed }
output "known" { value = "known" }
