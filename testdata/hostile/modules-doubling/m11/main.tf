module "left" {
  source = "../m12"
}

module "right" {
  source = "../m12"
}
