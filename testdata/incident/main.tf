# The estate behind the connected cars of Larkfield Mobility, a maker that does not exist.
#
# It retells a misconfiguration that a car maker reported in 2023: where its customers' vehicles had
# been, and the identifiers of their devices, could be read from the internet for ten years, because a
# cloud environment was set to "public" where "private" was meant. Nothing in this file is wrong, nor in
# the modules. The mistake is one word in terraform.tfvars.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "environments" {
  description = "The platforms to run, and whom each of them serves."
  type = map(object({
    cidr     = string
    exposure = optional(string, "private")
  }))
}

module "platform" {
  source   = "./modules/platform"
  for_each = var.environments

  name     = "larkfield-${each.key}"
  cidr     = each.value.cidr
  exposure = each.value.exposure
}
