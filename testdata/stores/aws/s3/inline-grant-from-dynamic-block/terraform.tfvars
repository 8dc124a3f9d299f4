groups = ["AllUsers"]
