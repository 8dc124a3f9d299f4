readers = ["*"]
