module "left" {
  source = "../m01"
}

module "right" {
  source = "../m01"
}
