variable "name" { type = string }
variable "public" {
  type    = bool
  default = false
}
variable "tags" {
  type    = map(string)
  default = {}
}
resource "terraform_data" "this" {
  input = { name = var.name, public = var.public, tags = merge({ Name = var.name }, var.tags) }
}
output "name" { value = upper(var.name) }
output "public" { value = var.public }
output "tags" { value = terraform_data.this.input.tags }
