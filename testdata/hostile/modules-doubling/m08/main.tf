module "left" {
  source = "../m09"
}

module "right" {
  source = "../m09"
}
