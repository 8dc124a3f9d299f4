provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

locals {
  defaults = {
    force_destroy = false
    tags          = { Stage = "prod" }
  }
  buckets = {
    site = {
      acl     = "public-read"
      website = { index_document = "index.html", error_document = "404.html", routing_rules = [
        { condition = { key_prefix_equals = "docs/" }, redirect = { replace_key_prefix_with = "documents/" } },
        { redirect = { host_name = "example.com", protocol = "https" } },
      ] }
      cors_rule               = [{ allowed_methods = ["GET"], allowed_origins = ["https://example.com"], max_age_seconds = 3000 }]
      block_public_acls       = false
      block_public_policy     = false
      ignore_public_acls      = false
      restrict_public_buckets = false
      control_object_ownership = true
      object_ownership         = "BucketOwnerPreferred"
      public_read_prefixes     = ["assets", "docs"]
    }
    logs = {
      versioning     = { enabled = true, mfa_delete = false }
      lifecycle_rule = [
        { id = "expire", expiration = { days = 30 }, noncurrent_version_expiration = { days = 7 } },
        { id = "archive", enabled = false, filter = { prefix = "old/", tags = { keep = "yes" } }, transition = [
          { days = 30, storage_class = "STANDARD_IA" }, { days = 60, storage_class = "GLACIER" },
        ] },
      ]
      server_side_encryption_configuration = { rule = { bucket_key_enabled = true, apply_server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = "alias/logs" } } }
      attach_deny_insecure_transport       = true
      tags                                 = { Stage = "all", Kind = "logs" }
    }
    plain = {}
    off   = { create = false, acl = "public-read-write" }
  }
}

module "bucket" {
  source   = "./bucket"
  for_each = local.buckets

  create                               = try(each.value.create, true)
  bucket                               = "acme-${each.key}"
  acl                                  = try(each.value.acl, null)
  force_destroy                        = try(each.value.force_destroy, local.defaults.force_destroy)
  website                              = try(each.value.website, {})
  cors_rule                            = try(each.value.cors_rule, [])
  versioning                           = try(each.value.versioning, {})
  lifecycle_rule                       = try(each.value.lifecycle_rule, [])
  server_side_encryption_configuration = try(each.value.server_side_encryption_configuration, {})
  attach_deny_insecure_transport       = try(each.value.attach_deny_insecure_transport, false)
  public_read_prefixes                 = try(each.value.public_read_prefixes, [])
  control_object_ownership             = try(each.value.control_object_ownership, false)
  object_ownership                     = try(each.value.object_ownership, "BucketOwnerEnforced")
  block_public_acls                    = try(each.value.block_public_acls, true)
  block_public_policy                  = try(each.value.block_public_policy, true)
  ignore_public_acls                   = try(each.value.ignore_public_acls, true)
  restrict_public_buckets              = try(each.value.restrict_public_buckets, true)
  tags                                 = merge(local.defaults.tags, try(each.value.tags, {}))
}

output "policies" { value = { for name, bucket in module.bucket : name => bucket.has_policy } }
output "websites" { value = compact([for bucket in module.bucket : bucket.website_index]) }
output "rules" { value = module.bucket["logs"].rule_ids }
