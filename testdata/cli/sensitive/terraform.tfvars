shared_secret = "correct-horse-battery-staple"
