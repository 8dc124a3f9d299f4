# A module shares what it makes.

module "handover" {
  source   = "./modules/handover"
  database = "main"
}
