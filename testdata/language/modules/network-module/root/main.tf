terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = []
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
  default_tags {
    tags = { Owner = "platform" }
  }
}

provider "aws" {
  alias                       = "far"
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

module "vpc" {
  source = "./vpc"
  name   = "main"
  cidr   = "10.20.0.0/16"
  azs    = ["a", "b", "c"]
  tiers = {
    public   = { newbits = 8, offset = 0, public = true }
    private  = { newbits = 4, offset = 1 }
    database = { newbits = 8, offset = 100, azs = ["a", "b"] }
  }
}

module "far" {
  source    = "./vpc"
  providers = { aws = aws.far }
  name      = "far"
  cidr      = "10.30.0.0/16"
  azs       = ["a"]
  tiers     = {}
}

module "rules" {
  source = "./rules"
  vpc_id = module.vpc.id
  rules = {
    "web"  = ["443", "80-81"]
    "data" = ["5432"]
  }
  sources = { web = ["0.0.0.0/0"], data = module.vpc.cidrs.private }
}

output "cidrs" { value = module.vpc.cidrs }
output "far" { value = module.far.cidrs }
output "rules" { value = module.rules.names }
