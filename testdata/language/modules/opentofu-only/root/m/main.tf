variable "stage" {
  type       = string
  deprecated = "use something else"
}
output "stage" { value = var.stage }
