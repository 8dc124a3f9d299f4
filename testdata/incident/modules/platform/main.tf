# One platform: a network, the telemetry of its vehicles, and three databases.

variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "exposure" {
  type = string
  validation {
    condition     = contains(["public", "private"], var.exposure)
    error_message = "An environment is public or private."
  }
}

locals {
  exposed = var.exposure == "public"
}

module "network" {
  source = "../network"
  name   = var.name
  cidr   = var.cidr
}

module "telemetry" {
  source      = "../telemetry"
  name        = var.name
  exposure    = var.exposure
  endpoint_id = module.network.s3_endpoint_id
}

# Which device belongs to which vehicle.
module "fleet" {
  source     = "../database"
  name       = "${var.name}-fleet"
  vpc_id     = module.network.vpc_id
  subnet_ids = local.exposed ? module.network.edge_subnet_ids : module.network.inner_subnet_ids
  clients    = local.exposed ? ["0.0.0.0/0"] : [var.cidr]
  public     = local.exposed
}

# The flag is on and the group is open, but nothing leads from the internet into these subnets.
module "billing" {
  source     = "../database"
  name       = "${var.name}-billing"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.inner_subnet_ids
  clients    = ["0.0.0.0/0"]
  public     = true
}

# The flag is on and the subnets are routed, but the group admits the workshops' own network only.
module "workshop" {
  source     = "../database"
  name       = "${var.name}-workshop"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.edge_subnet_ids
  clients    = ["203.0.113.0/24", "10.0.0.0/8"]
  public     = true
}
