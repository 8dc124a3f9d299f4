module "left" {
  source = "../m05"
}

module "right" {
  source = "../m05"
}
