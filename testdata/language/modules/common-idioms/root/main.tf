variable "create" {
  type    = bool
  default = true
}
variable "environments" {
  type = map(object({
    cidr    = string
    azs     = optional(list(string), ["a", "b"])
    public  = optional(bool, false)
    subnets = optional(map(object({ newbits = optional(number, 8), netnum = number })), {})
  }))
  default = {
    prod = { cidr = "10.0.0.0/16", public = true, subnets = { app = { netnum = 1 }, db = { netnum = 2, newbits = 4 } } }
    dev  = { cidr = "10.1.0.0/16", azs = ["a"] }
  }
}
locals {
  name   = coalesce(null, "", "fallback")
  labels = merge({ managed_by = "terraform" }, var.create ? { created = "yes" } : {}, null)
  subnets = flatten([
    for env, settings in var.environments : [
      for name, subnet in settings.subnets : {
        key  = "${env}/${name}"
        cidr = cidrsubnet(settings.cidr, subnet.newbits, subnet.netnum)
        open = settings.public && name != "db"
      }
    ]
  ])
  by_key  = { for s in local.subnets : s.key => s }
  grouped = { for s in local.subnets : s.open ? "open" : "closed" => s.key... }
  pairs   = { for pair in setproduct(keys(var.environments), ["read", "write"]) : join("-", pair) => { env = pair[0], right = pair[1] } }
  lookups = [lookup(var.environments, "prod", null) != null, lookup(local.labels, "nope", "d"), try(var.environments.nope.cidr, "none")]
  indexed = { for i, s in local.subnets : tostring(i) => s.cidr }
  sorted  = sort(distinct(concat([for e in values(var.environments) : e.azs]...)))
  zipped  = zipmap(keys(local.by_key), values(local.by_key)[*].cidr)
  first   = element(concat(local.subnets[*].cidr, [""]), 0)
  ternary = var.create ? [for s in local.subnets : s.cidr if s.open] : []
}
resource "terraform_data" "subnet" {
  for_each = { for k, s in local.by_key : k => s if var.create }
  input    = merge(each.value, { labels = local.labels })
}
resource "terraform_data" "maybe" {
  count = var.create && length(local.subnets) > 1 ? 1 : 0
  input = one([for s in local.subnets : s.cidr if s.open])
}
resource "terraform_data" "pair" {
  for_each = local.pairs
  input    = "${each.value.env}:${each.value.right}"
}
output "locals" {
  value = {
    name    = local.name
    labels  = local.labels
    grouped = local.grouped
    lookups = local.lookups
    indexed = local.indexed
    sorted  = local.sorted
    zipped  = local.zipped
    first   = local.first
    ternary = local.ternary
  }
}
output "maybe" { value = try(terraform_data.maybe[0].input, "") }
output "splat" { value = join("", terraform_data.maybe[*].input) }
output "inputs" { value = { for k, s in terraform_data.subnet : k => s.input.open } }
