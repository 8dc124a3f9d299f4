exposure = "public"
