# One module, two calls, one of them open.

module "site" {
  source  = "./modules/bucket"
  name    = "acme-site"
  readers = "*"
}

module "data" {
  source  = "./modules/bucket"
  name    = "acme-data"
  readers = "210987654321"
}
