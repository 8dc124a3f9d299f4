# Each source of values beats the one before: default, terraform.tfvars, *.auto.tfvars in name order;
# TF_VAR_acl is weaker than all files, --var stronger. As it stands the ACL is private.

variable "acl" {
  type    = string
  default = "public-read"
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = var.acl
}
