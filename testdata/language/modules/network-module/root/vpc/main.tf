terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
variable "name" { type = string }
variable "cidr" { type = string }
variable "azs" { type = list(string) }
variable "tiers" {
  type = map(object({
    newbits = number
    offset  = number
    public  = optional(bool, false)
    azs     = optional(list(string))
    tags    = optional(map(string), {})
  }))
}
locals {
  subnets = merge([
    for tier, t in var.tiers : {
      for i, az in coalesce(t.azs, var.azs) : "${tier}-${az}" => {
        tier   = tier
        az     = "eu-central-1${az}"
        cidr   = cidrsubnet(var.cidr, t.newbits, t.offset + i)
        public = t.public
        tags   = t.tags
      }
    }
  ]...)
  has_public = anytrue([for t in var.tiers : t.public])
}
resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}
resource "aws_internet_gateway" "this" {
  count  = local.has_public ? 1 : 0
  vpc_id = aws_vpc.this.id
}
resource "aws_subnet" "this" {
  for_each                = local.subnets
  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.value.az
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = each.value.public
  tags                    = merge({ Name = format("%s-%s", var.name, each.key), Tier = title(each.value.tier) }, each.value.tags)
}
resource "aws_route_table" "this" {
  for_each = toset([for s in local.subnets : s.tier])
  vpc_id   = aws_vpc.this.id
  dynamic "route" {
    for_each = each.key == "public" ? aws_internet_gateway.this[*].id : []
    content {
      cidr_block = "0.0.0.0/0"
      gateway_id = route.value
    }
  }
}
resource "aws_route_table_association" "this" {
  for_each       = aws_subnet.this
  subnet_id      = each.value.id
  route_table_id = aws_route_table.this[local.subnets[each.key].tier].id
}
output "id" { value = aws_vpc.this.id }
output "cidrs" { value = { for tier in keys(var.tiers) : tier => [for k, s in aws_subnet.this : s.cidr_block if local.subnets[k].tier == tier] } }
