module "left" {
  source = "../m13"
}

module "right" {
  source = "../m13"
}
