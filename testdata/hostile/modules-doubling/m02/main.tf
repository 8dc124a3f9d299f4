module "left" {
  source = "../m03"
}

module "right" {
  source = "../m03"
}
