# What tfward takes as settled in this repository. Everything here is optional, and every change of it shows up in
# the report of a pull request.

# How loud a rule is: off, info, warning or error. `tfward rules` lists them.
#
# rule "public-bucket" {
#   level = "warning"
# }

# Root modules that are not checked.
#
# skip = ["examples"]

# What a root module is evaluated with, when its own files do not say it.
#
# root "envs/prod" {
#   workspace = "prod"
#   var_files = ["envs/prod.tfvars"]
# }

# A finding that is accepted. The reason is mandatory; after the day, the finding is back.
#
# allow "public-bucket" {
#   address = "module.website.*"
#   reason  = "the website is for everyone"
#   until   = "2027-01-31"
# }
