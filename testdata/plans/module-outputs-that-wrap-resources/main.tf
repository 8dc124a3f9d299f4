locals {
  policy = {
    for n in ["open", "shut", "a", "z"] : n => jsonencode({
      Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-${n}/*" }]
    })
  }
}

module "open" {
  source = "./store"
  name   = "acme-open"
}

resource "aws_s3_bucket_policy" "open" {
  bucket = module.open.wrapped.store.bucket.id
  policy = local.policy.open
}

module "shut" {
  source = "./store"
  name   = "acme-shut"
}

resource "aws_s3_bucket_policy" "shut" {
  bucket = module.shut.wrapped["store"].bucket.bucket
  policy = local.policy.shut
}

module "guard" {
  source = "./guard"
  stores = { main = { res = module.shut.bucket } }
}

# A module as a whole, whose output is the first step behind `each.value`.
module "each" {
  source   = "./store"
  for_each = toset(["a", "z"])
  name     = "acme-${each.key}"
}

resource "aws_s3_bucket_policy" "each" {
  for_each = module.each
  bucket   = each.value.bucket.id
  policy   = local.policy[each.key]
}

resource "aws_s3_bucket_public_access_block" "z" {
  for_each                = { z = module.each["z"] }
  bucket                  = each.value.id
  restrict_public_buckets = true
}

module "groups" {
  source = "./groups"
}

resource "aws_vpc_security_group_ingress_rule" "open" {
  security_group_id = module.groups.open.group.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_db_instance" "open" {
  identifier             = "open"
  engine                 = "postgres"
  instance_class         = "db.t3.micro"
  publicly_accessible    = true
  vpc_security_group_ids = [module.groups.db_id]
}

resource "aws_db_instance" "shut" {
  identifier             = "shut"
  engine                 = "postgres"
  instance_class         = "db.t3.micro"
  publicly_accessible    = true
  vpc_security_group_ids = [module.groups.app_id]
}
