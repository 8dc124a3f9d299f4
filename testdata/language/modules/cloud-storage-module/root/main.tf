# What Google's provider makes of it is not known here: the arguments are.
variable "public" {
  type    = bool
  default = true
}
module "buckets" {
  source     = "./buckets"
  project_id = "acme"
  prefix     = "acme-eu"
  names      = ["Site", "logs"]
  location   = "europe-west3"
  versioning = { logs = true }
  viewers    = { Site = var.public ? ["allUsers"] : [], logs = ["group:ops@example.com", "user:a@example.com"] }
  iam_members = [
    { role = "roles/storage.objectAdmin", members = ["serviceAccount:ci@acme.iam.gserviceaccount.com"] },
    { role = "roles/storage.legacyBucketReader", members = ["allAuthenticatedUsers"], buckets = ["logs"] },
  ]
  lifecycle_rules = [{
    action    = { type = "SetStorageClass", storage_class = "NEARLINE" }
    condition = { age = "30", matches_storage_class = "STANDARD,REGIONAL", with_state = "ANY" }
  }]
  cors = [{ origin = ["https://example.com"], method = ["GET"], max_age_seconds = 60 }]
}
output "names" { value = module.buckets.names }
output "members" { value = module.buckets.members }
