# The provider reaches the module through its providers map.

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "there"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::210987654321:role/deploy"
  }
}

module "here" {
  source = "./modules/site"
  name   = "acme-here"
}

module "there" {
  source = "./modules/site"
  name   = "acme-there"
  providers = {
    aws = aws.there
  }
}

resource "aws_s3_account_public_access_block" "account" {
  provider                = aws.there
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
