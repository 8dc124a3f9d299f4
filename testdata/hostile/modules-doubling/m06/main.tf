module "left" {
  source = "../m07"
}

module "right" {
  source = "../m07"
}
