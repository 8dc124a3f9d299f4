module "left" {
  source = "../m15"
}

module "right" {
  source = "../m15"
}
