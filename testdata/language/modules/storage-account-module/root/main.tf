# What Azure's provider makes of it is not known here: the arguments are.
resource "azurerm_resource_group" "main" {
  name     = "rg-main"
  location = "westeurope"
}
module "account" {
  source              = "./account"
  name                = "acmedata"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  containers = {
    web     = { name = "web", public_access = "Blob" }
    private = { name = "private" }
  }
  network_rules = { default_action = "Deny", ip_rules = ["203.0.113.0/24"], bypass = ["AzureServices"] }
  blob_properties = {
    versioning_enabled = true
    delete_retention_policy = { days = 10 }
    cors_rule = [{ allowed_methods = ["GET"], allowed_origins = ["*"], allowed_headers = ["*"], exposed_headers = ["*"], max_age_in_seconds = 10 }]
  }
}
module "open" {
  source              = "./account"
  name                = "acmeopen"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  network_rules       = null
}
output "containers" { value = module.account.containers }
output "default_action" { value = [module.account.default_action, module.open.default_action] }
