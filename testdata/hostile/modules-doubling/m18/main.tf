module "left" {
  source = "../m19"
}

module "right" {
  source = "../m19"
}
