resource "aws_security_group" "web" {
  tags = { c = 3 }
  dynamic "ingress" {
    for_each = ["443", "8443"]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
}
resource "aws_s3_bucket_public_access_block" "b" {
  block_public_acls   = true
  block_public_policy = true
}
variable "size" {
  type = number
}
