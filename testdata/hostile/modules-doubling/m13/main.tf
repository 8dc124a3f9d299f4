module "left" {
  source = "../m14"
}

module "right" {
  source = "../m14"
}
