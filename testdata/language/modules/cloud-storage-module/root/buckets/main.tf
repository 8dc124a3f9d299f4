variable "project_id" { type = string }
variable "names" { type = list(string) }
variable "prefix" {
  type    = string
  default = ""
}
variable "location" {
  type    = string
  default = "EU"
}
variable "storage_class" {
  type    = string
  default = "STANDARD"
}
variable "versioning" {
  type    = map(bool)
  default = {}
}
variable "force_destroy" {
  type    = map(bool)
  default = {}
}
variable "viewers" {
  type    = map(list(string))
  default = {}
}
variable "labels" {
  type    = map(string)
  default = {}
}
variable "iam_members" {
  type = list(object({
    role    = string
    members = list(string)
    buckets = optional(list(string))
  }))
  default = []
}
variable "lifecycle_rules" {
  type = set(object({
    action    = map(string)
    condition = map(string)
  }))
  default = []
}
variable "cors" {
  type    = set(any)
  default = []
}
variable "retention" {
  type    = any
  default = {}
}
variable "encryption_key_names" {
  type    = map(string)
  default = {}
}
variable "public_access_prevention" {
  type    = string
  default = "inherited"
}
locals {
  names_set = toset(var.names)
  name_of   = { for n in var.names : n => lower(join("-", compact([var.prefix, n]))) }
  grants = merge([
    for grant in var.iam_members : {
      for pair in setproduct(coalesce(grant.buckets, var.names), grant.members) :
      "${pair[0]} ${grant.role} ${pair[1]}" => { bucket = pair[0], role = grant.role, member = pair[1] }
    }
  ]...)
}
resource "google_storage_bucket" "buckets" {
  for_each                    = local.names_set
  name                        = local.name_of[each.value]
  project                     = var.project_id
  location                    = var.location
  storage_class               = var.storage_class
  uniform_bucket_level_access = true
  public_access_prevention    = var.public_access_prevention
  force_destroy               = lookup(var.force_destroy, lower(each.value), false)
  labels                      = merge(var.labels, { name = replace("${each.value}-x", "/[^a-zA-Z]/", "") })
  versioning {
    enabled = lookup(var.versioning, lower(each.value), false)
  }
  dynamic "encryption" {
    for_each = trimspace(lookup(var.encryption_key_names, lower(each.value), "")) == "" ? [] : [1]
    content {
      default_kms_key_name = trimspace(var.encryption_key_names[lower(each.value)])
    }
  }
  dynamic "retention_policy" {
    for_each = lookup(var.retention, each.value, {}) != {} ? [var.retention[each.value]] : []
    content {
      retention_period = retention_policy.value.period
    }
  }
  dynamic "cors" {
    for_each = var.cors
    content {
      origin          = lookup(cors.value, "origin", null)
      method          = lookup(cors.value, "method", null)
      response_header = lookup(cors.value, "response_header", null)
      max_age_seconds = lookup(cors.value, "max_age_seconds", null)
    }
  }
  dynamic "lifecycle_rule" {
    for_each = var.lifecycle_rules
    content {
      action {
        type          = lifecycle_rule.value.action.type
        storage_class = lookup(lifecycle_rule.value.action, "storage_class", null)
      }
      condition {
        age                   = lookup(lifecycle_rule.value.condition, "age", null)
        with_state            = lookup(lifecycle_rule.value.condition, "with_state", contains(keys(lifecycle_rule.value.condition), "is_live") ? (lifecycle_rule.value.condition["is_live"] ? "LIVE" : null) : null)
        matches_storage_class = contains(keys(lifecycle_rule.value.condition), "matches_storage_class") ? split(",", lifecycle_rule.value.condition["matches_storage_class"]) : null
      }
    }
  }
}
resource "google_storage_bucket_iam_binding" "viewers" {
  for_each = { for name, members in var.viewers : name => members if length(members) > 0 }
  bucket   = google_storage_bucket.buckets[each.key].name
  role     = "roles/storage.objectViewer"
  members  = each.value
}
resource "google_storage_bucket_iam_member" "members" {
  for_each = local.grants
  bucket   = google_storage_bucket.buckets[each.value.bucket].name
  role     = each.value.role
  member   = each.value.member
}
output "names" { value = { for k, b in google_storage_bucket.buckets : k => b.name } }
output "members" { value = keys(google_storage_bucket_iam_member.members) }
