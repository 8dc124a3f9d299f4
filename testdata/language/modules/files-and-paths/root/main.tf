module "child" {
  source = "./child"
  names  = ["a", "b"]
}
locals {
  settings = yamldecode(file("${path.module}/data/settings.yaml"))
  policies = { for f in fileset("${path.module}/data", "*.json") : trimsuffix(f, ".json") => jsondecode(file("${path.module}/data/${f}")) }
}
resource "terraform_data" "policy" {
  for_each = local.policies
  input    = jsonencode(each.value)
}
output "child" { value = module.child.all }
output "settings" { value = local.settings.buckets }
output "public" { value = [for name, bucket in local.settings.buckets : name if try(bucket.public, false)] }
output "paths" { value = [path.module, path.root, terraform.workspace, basename(abspath(path.root)) != ""] }
output "rendered" { value = templatefile("${path.module}/data/policy.tftpl", { bucket = "logs", readers = ["x", "y"] }) }
output "decoded" { value = jsondecode(templatefile("data/policy.tftpl", { bucket = "b", readers = [] })).Statement[0].Resource }
