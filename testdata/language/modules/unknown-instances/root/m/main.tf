variable "fixed" { type = string }
resource "terraform_data" "inner" { input = var.fixed }
output "fixed" { value = var.fixed }
