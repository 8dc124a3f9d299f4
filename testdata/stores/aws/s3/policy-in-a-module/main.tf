# Bucket and policy stand in a module, the principal in the call.

module "site" {
  source  = "./modules/bucket"
  name    = "acme-site"
  readers = "*"
}
