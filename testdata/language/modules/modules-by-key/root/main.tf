locals {
  buckets = {
    web  = { public = true, tags = { team = "a" } }
    logs = { public = false }
  }
}
module "one" {
  source = "./leaf"
  name   = "one"
}
module "counted" {
  source = "./leaf"
  count  = 2
  name   = "c${count.index}"
}
module "none" {
  source = "./leaf"
  count  = 0
  name   = "never"
}
module "keyed" {
  source   = "./leaf"
  for_each = local.buckets
  name     = each.key
  public   = each.value.public
  tags     = try(each.value.tags, {})
}
module "trees" {
  source   = "./tree"
  for_each = toset(["x", "y"])
  name     = each.key
  leaves   = { for n in range(2) : "l${n}" => "${each.value}-${n}" }
}
output "one" { value = module.one }
output "counted" { value = module.counted[*].name }
output "second" { value = module.counted[1].name }
output "none" { value = module.none[*].name }
output "no_name" { value = try(module.none[0].name, "nobody") }
output "one_or_null" { value = one(module.none[*].name) }
output "keyed" { value = { for k, m in module.keyed : k => m.name if m.public } }
output "names" { value = sort(values(module.keyed)[*].name) }
output "web_tags" { value = module.keyed["web"].tags }
output "keys" { value = keys(module.keyed) }
output "leaves" { value = { for k, t in module.trees : k => t.names } }
output "deep" { value = module.trees["y"].names["l1"] }
output "missing" { value = try(module.one.nope, "no such output") }
output "can" { value = can(module.keyed["nope"].name) }
output "length" { value = [length(module.counted), length(module.keyed), length(module.none)] }
