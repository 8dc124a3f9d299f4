# Instances of modules inside instances of modules.

module "team" {
  source   = "./modules/team"
  for_each = { red = false, blue = true }
  team     = each.key
  closed   = each.value
}
