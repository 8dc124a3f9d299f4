# The deprecated argument, in a module that gets the ACL.

module "site" {
  source = "./modules/bucket"
  acl    = "public-read"
}

module "data" {
  source = "./modules/bucket"
}
