variable "environment" {
  type    = string
  default = "prod"
}

module "site" {
  source = "../modules/site"
  name   = "acme-one"
  open   = var.environment == "demo"
}
