module "left" {
  source = "./m00"
}

module "right" {
  source = "./m00"
}
