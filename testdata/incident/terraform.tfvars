environments = {
  dealers = {
    cidr = "10.41.0.0/16"
  }
  vehicles = {
    cidr     = "10.40.0.0/16"
    exposure = "public"
  }
}
