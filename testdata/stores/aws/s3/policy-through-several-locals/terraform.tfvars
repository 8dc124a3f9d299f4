environments = {
  demo = "public"
  prod = "private"
}
