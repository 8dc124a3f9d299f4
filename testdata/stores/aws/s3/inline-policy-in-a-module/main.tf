# The deprecated argument, in a module that gets the principal.

module "site" {
  source  = "./modules/bucket"
  readers = "*"
}
