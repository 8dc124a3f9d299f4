authorization = "NONE"
