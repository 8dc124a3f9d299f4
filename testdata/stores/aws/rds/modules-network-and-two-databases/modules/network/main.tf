variable "public" {
  type = list(string)
}

variable "inner" {
  type = list(string)
}

resource "aws_vpc" "this" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_internet_gateway" "this" {
  count  = length(var.public) > 0 ? 1 : 0
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  count      = length(var.public)
  vpc_id     = aws_vpc.this.id
  cidr_block = var.public[count.index]
}

resource "aws_subnet" "inner" {
  count      = length(var.inner)
  vpc_id     = aws_vpc.this.id
  cidr_block = var.inner[count.index]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route" "world" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = one(aws_internet_gateway.this[*].id)
}

resource "aws_route_table_association" "public" {
  count          = length(var.public)
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "inner" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "inner" {
  count          = length(var.inner)
  subnet_id      = element(aws_subnet.inner[*].id, count.index)
  route_table_id = aws_route_table.inner.id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "public_subnet_ids" {
  value = aws_subnet.public[*].id
}

output "inner_subnet_ids" {
  value = [for subnet in aws_subnet.inner : subnet.id]
}
