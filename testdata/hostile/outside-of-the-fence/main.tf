# Files outside of the project: nothing of them is read, and nothing of them is printed.

locals {
  relative = file("../../../../../../../../etc/passwd")
  absolute = file("/etc/passwd")
  home     = fileexists("~/.ssh/id_rsa")
  listed   = fileset("/etc", "*")
  template = templatefile("/etc/hostname", {})
}

module "above" {
  source = "../../../../../../../../etc"
}

resource "aws_s3_bucket" "bomb" {
  bucket = "acme-${sha256("${local.relative}${local.absolute}${local.template}")}"
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}
