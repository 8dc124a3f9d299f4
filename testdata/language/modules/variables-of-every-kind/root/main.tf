variable "any" {
  type    = any
  default = { list = [1, "a"], none = null }
}
variable "untyped" {
  default = "12"
}
variable "old_list" {
  type    = list
  default = ["a", 1]
}
variable "old_map" {
  type    = map
  default = { a = "x", b = 2 }
}
variable "numbers_of_text" {
  type    = set(number)
  default = ["10", 9, "9"]
}
variable "nested" {
  type = map(object({
    size    = optional(number, 5)
    tags    = optional(map(string), {})
    rules   = optional(list(object({ port = number, cidrs = optional(list(string), ["10.0.0.0/8"]) })), [])
    logging = optional(object({ enabled = optional(bool, false), bucket = optional(string) }), {})
    extra   = optional(object({ deep = optional(string, "never seen") }))
  }))
  default = {
    small = {}
    large = {
      size    = "50"
      tags    = { a = 1 }
      rules   = [{ port = 443 }, { port = "22", cidrs = null }]
      logging = { bucket = "logs" }
      unknown = "dropped"
    }
  }
}
variable "pair" {
  type    = tuple([string, object({ a = optional(string, "d") })])
  default = [1, {}]
}
variable "matrix" {
  type    = list(list(number))
  default = [["1"], []]
}
variable "checked" {
  type    = string
  default = "ok"
  validation {
    condition     = length(var.checked) > 1 && can(regex("^[a-z]+$", var.checked))
    error_message = "Must be lower case, not ${var.checked}."
  }
}
variable "passing" {
  type      = string
  default   = "fleeting"
  ephemeral = true
}
variable "computed_default" {
  type    = list(number)
  default = [for n in [1, 2] : n * 10]
}

module "nulls" {
  source      = "./child"
  nullable    = null
  not_null    = null
  with_object = { a = null }
  typed       = 5
}

module "left_out" {
  source = "./child"
  typed  = true
}

output "any" { value = var.any }
output "untyped" { value = var.untyped }
output "old_list" { value = var.old_list }
output "old_map" { value = var.old_map }
output "numbers_of_text" { value = var.numbers_of_text }
output "nested" { value = var.nested }
output "pair" { value = var.pair }
output "matrix" { value = var.matrix }
output "checked" { value = var.checked }
output "computed_default" { value = var.computed_default }
output "nulls" { value = module.nulls.all }
output "left_out" { value = module.left_out.all }
