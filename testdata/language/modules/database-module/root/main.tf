terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "password" {
  type      = string
  sensitive = true
  default   = "correct-horse-battery"
}

locals {
  engines = {
    postgres = { engine = "postgres", version = "16.3", port = 5432, parameters = { log_connections = 1, "rds.force_ssl" = true } }
    mysql    = { engine = "mysql", version = "8.0", port = "3306", public = true, replicas = 2 }
  }
}

module "database" {
  source   = "./database"
  for_each = local.engines

  identifier          = "app-${each.key}"
  engine              = each.value.engine
  engine_version      = each.value.version
  port                = each.value.port
  publicly_accessible = lookup(each.value, "public", false)
  password            = var.password
  parameters          = [for name, value in lookup(each.value, "parameters", {}) : { name = name, value = value }]
  replicas            = lookup(each.value, "replicas", 0)
  subnet_ids          = ["subnet-1", "subnet-2"]
  allowed_cidrs       = each.key == "mysql" ? ["0.0.0.0/0", "10.0.0.0/8"] : ["10.0.0.0/8"]
  vpc_id              = "vpc-1"
}

output "ports" { value = { for name, db in module.database : name => db.port } }
output "families" { value = values(module.database)[*].family }
output "replicas" { value = module.database["mysql"].replica_names }
