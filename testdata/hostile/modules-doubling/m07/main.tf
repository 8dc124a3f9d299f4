module "left" {
  source = "../m08"
}

module "right" {
  source = "../m08"
}
