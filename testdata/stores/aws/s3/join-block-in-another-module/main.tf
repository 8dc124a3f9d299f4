# The block stands in a sibling module; its bucket comes through an output and a variable.

locals {
  policy = {
    for name in ["acme-open", "acme-shut"] : name => jsonencode({
      Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::${name}/*" }]
    })
  }
}

module "open" {
  source = "./modules/bucket"
  name   = "acme-open"
  policy = local.policy["acme-open"]
}

module "shut" {
  source = "./modules/bucket"
  name   = "acme-shut"
  policy = local.policy["acme-shut"]
}

module "guard_open" {
  source    = "./modules/guard"
  bucket_id = module.open.id
  closed    = false
}

module "guard_shut" {
  source    = "./modules/guard"
  bucket_id = module.shut.id
}
