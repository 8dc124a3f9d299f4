module "left" {
  source = "../m04"
}

module "right" {
  source = "../m04"
}
