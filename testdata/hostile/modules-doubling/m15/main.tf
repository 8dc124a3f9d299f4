module "left" {
  source = "../m16"
}

module "right" {
  source = "../m16"
}
