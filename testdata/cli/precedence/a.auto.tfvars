acl = "public-read-write"
