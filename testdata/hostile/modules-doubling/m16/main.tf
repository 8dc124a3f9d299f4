module "left" {
  source = "../m17"
}

module "right" {
  source = "../m17"
}
