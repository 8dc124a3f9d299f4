module "left" {
  source = "../m02"
}

module "right" {
  source = "../m02"
}
