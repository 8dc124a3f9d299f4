partners = ["all"]
