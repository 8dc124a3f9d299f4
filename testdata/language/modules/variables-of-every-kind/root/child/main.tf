variable "nullable" {
  type    = string
  default = "default"
}
variable "not_null" {
  type     = string
  default  = "default"
  nullable = false
}
variable "with_object" {
  type    = object({ a = optional(string, "default"), b = optional(number) })
  default = {}
}
variable "typed" {
  type = string
}
output "all" {
  value = {
    nullable    = var.nullable
    not_null    = var.not_null
    with_object = var.with_object
    typed       = var.typed
  }
}
