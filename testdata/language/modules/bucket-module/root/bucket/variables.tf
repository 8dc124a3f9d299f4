variable "create" {
  description = "Whether there is a bucket at all."
  type        = bool
  default     = true
}
variable "bucket" {
  type    = string
  default = null
}
variable "bucket_prefix" {
  type    = string
  default = null
}
variable "acl" {
  type    = string
  default = null
}
variable "policy" {
  type    = string
  default = null
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "force_destroy" {
  type    = bool
  default = false
}
variable "website" {
  type    = any
  default = {}
}
variable "cors_rule" {
  type    = any
  default = []
}
variable "versioning" {
  type    = map(string)
  default = {}
}
variable "logging" {
  type    = any
  default = {}
}
variable "grant" {
  type    = any
  default = []
}
variable "owner" {
  type    = map(string)
  default = {}
}
variable "lifecycle_rule" {
  type    = any
  default = []
}
variable "server_side_encryption_configuration" {
  type    = any
  default = {}
}
variable "object_lock_enabled" {
  type    = bool
  default = false
}
variable "attach_deny_insecure_transport" {
  type    = bool
  default = false
}
variable "attach_policy" {
  type    = bool
  default = false
}
variable "attach_public_policy" {
  type    = bool
  default = true
}
variable "public_read_prefixes" {
  type    = list(string)
  default = []
}
variable "control_object_ownership" {
  type    = bool
  default = false
}
variable "object_ownership" {
  type    = string
  default = "BucketOwnerEnforced"
  validation {
    condition     = contains(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"], var.object_ownership)
    error_message = "No such ownership."
  }
}
variable "block_public_acls" {
  type    = bool
  default = true
}
variable "block_public_policy" {
  type    = bool
  default = true
}
variable "ignore_public_acls" {
  type    = bool
  default = true
}
variable "restrict_public_buckets" {
  type    = bool
  default = true
}
