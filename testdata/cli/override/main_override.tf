resource "aws_s3_bucket_acl" "site" {
  acl = "private"
}
