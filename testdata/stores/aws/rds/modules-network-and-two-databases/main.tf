# A network module and two users of it: the subnets decide.

module "network" {
  source = "./modules/network"
  public = ["10.20.1.0/24", "10.20.2.0/24"]
  inner  = ["10.20.11.0/24", "10.20.12.0/24"]
}

module "open" {
  source     = "./modules/database"
  name       = "open"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.public_subnet_ids
}

module "inner" {
  source     = "./modules/database"
  name       = "inner"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.inner_subnet_ids
}
