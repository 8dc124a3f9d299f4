variable "name" {
  type     = string
  nullable = false
  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.name))
    error_message = "Three to 24 lower case letters and digits."
  }
}
variable "resource_group_name" { type = string }
variable "location" { type = string }
variable "account_tier" {
  type    = string
  default = "Standard"
}
variable "replication" {
  type     = string
  default  = "ZRS"
  nullable = false
}
variable "public_network_access_enabled" {
  type    = bool
  default = true
}
variable "allow_nested_items_to_be_public" {
  type    = bool
  default = null
}
variable "containers" {
  type = map(object({
    name          = string
    public_access = optional(string, "None")
    metadata      = optional(map(string))
    timeouts      = optional(object({ create = optional(string), delete = optional(string) }))
  }))
  default  = {}
  nullable = false
}
variable "network_rules" {
  type = object({
    default_action = optional(string, "Deny")
    bypass         = optional(set(string), [])
    ip_rules       = optional(set(string), [])
    subnet_ids     = optional(set(string), [])
    private_links = optional(set(object({
      resource_id = string
      tenant_id   = optional(string)
    })))
    timeouts = optional(object({ create = optional(string) }))
  })
  default = {}
}
variable "blob_properties" {
  type = object({
    versioning_enabled = optional(bool, false)
    cors_rule = optional(list(object({
      allowed_headers    = list(string)
      allowed_methods    = list(string)
      allowed_origins    = list(string)
      exposed_headers    = list(string)
      max_age_in_seconds = number
    })))
    delete_retention_policy = optional(object({ days = optional(number, 7) }), { days = 7 })
    restore_policy          = optional(object({ days = number }))
  })
  default = null
}
variable "tags" {
  type    = map(string)
  default = null
}
locals {
  has_public = anytrue([for c in var.containers : c.public_access != "None"])
}
resource "azurerm_storage_account" "this" {
  name                            = var.name
  resource_group_name             = var.resource_group_name
  location                        = var.location
  account_tier                    = var.account_tier
  account_replication_type        = upper(var.replication)
  public_network_access_enabled   = var.public_network_access_enabled
  allow_nested_items_to_be_public = coalesce(var.allow_nested_items_to_be_public, local.has_public)
  tags                            = var.tags

  dynamic "blob_properties" {
    for_each = var.blob_properties == null ? [] : [var.blob_properties]
    content {
      versioning_enabled = blob_properties.value.versioning_enabled
      dynamic "cors_rule" {
        for_each = blob_properties.value.cors_rule == null ? [] : blob_properties.value.cors_rule
        content {
          allowed_headers    = cors_rule.value.allowed_headers
          allowed_methods    = cors_rule.value.allowed_methods
          allowed_origins    = cors_rule.value.allowed_origins
          exposed_headers    = cors_rule.value.exposed_headers
          max_age_in_seconds = cors_rule.value.max_age_in_seconds
        }
      }
      dynamic "delete_retention_policy" {
        for_each = blob_properties.value.delete_retention_policy[*]
        content {
          days = delete_retention_policy.value.days
        }
      }
      dynamic "restore_policy" {
        for_each = blob_properties.value.restore_policy[*]
        content {
          days = restore_policy.value.days
        }
      }
    }
  }
  lifecycle {
    precondition {
      condition     = var.account_tier != "Premium" || var.replication != "GRS"
      error_message = "Not together."
    }
  }
}
resource "azurerm_storage_account_network_rules" "this" {
  count                      = var.network_rules == null ? 0 : 1
  storage_account_id         = azurerm_storage_account.this.id
  default_action             = var.network_rules.default_action
  bypass                     = var.network_rules.bypass
  ip_rules                   = var.network_rules.ip_rules
  virtual_network_subnet_ids = var.network_rules.subnet_ids
  dynamic "private_link_access" {
    for_each = var.network_rules.private_links == null ? [] : var.network_rules.private_links
    content {
      endpoint_resource_id = private_link_access.value.resource_id
    }
  }
}
resource "azurerm_storage_container" "this" {
  for_each              = var.containers
  name                  = each.value.name
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = lower(each.value.public_access) == "none" ? "private" : lower(each.value.public_access)
  metadata              = each.value.metadata
}
output "containers" { value = { for k, c in azurerm_storage_container.this : k => c.container_access_type } }
output "default_action" { value = try(azurerm_storage_account_network_rules.this[0].default_action, "Allow") }
