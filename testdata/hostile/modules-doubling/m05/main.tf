module "left" {
  source = "../m06"
}

module "right" {
  source = "../m06"
}
