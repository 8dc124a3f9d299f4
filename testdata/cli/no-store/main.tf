# A configuration without any data store: exit 0, and it says so.

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
