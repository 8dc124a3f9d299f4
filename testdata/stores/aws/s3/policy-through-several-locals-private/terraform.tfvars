environments = {
  demo = "private"
  prod = "private"
}
