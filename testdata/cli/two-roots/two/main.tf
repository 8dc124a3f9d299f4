module "site" {
  source = "../modules/site"
  name   = "acme-two"
}
