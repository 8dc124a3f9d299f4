module "left" {
  source = "../m18"
}

module "right" {
  source = "../m18"
}
