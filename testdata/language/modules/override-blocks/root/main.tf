terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
resource "aws_security_group" "web" {
  name = "web"
  tags = { a = 1, b = 2 }
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "as_attribute" {
  name    = "as-attribute"
  ingress = []
  egress = [for port in [1, 2] : {
    from_port        = port, to_port = port, protocol = "tcp", cidr_blocks = ["10.0.0.0/8"], description = null
    ipv6_cidr_blocks = [], prefix_list_ids = [], security_groups = [], self = false
  }]
}
resource "aws_s3_bucket_public_access_block" "b" {
  bucket            = "b"
  block_public_acls = false
}
variable "size" {
  type    = string
  default = "12"
}
locals {
  kept     = "kept"
  replaced = "before"
}
output "size" { value = var.size }
output "locals" { value = [local.kept, local.replaced] }
