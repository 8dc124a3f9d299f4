exposure = "internal"
