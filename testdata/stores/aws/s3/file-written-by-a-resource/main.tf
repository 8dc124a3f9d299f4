# Files that a data source or a resource writes are not there yet. That is no error; what they hold is not
# known, which matters to a policy and not to a hash.

data "archive_file" "site" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/.build/site.zip"
}

locals {
  archive = "./${data.archive_file.site.output_path}"
}

resource "aws_s3_bucket" "artifacts" { # expect: private
  bucket = "acme-artifacts"
}

resource "aws_s3_object" "site" {
  bucket      = aws_s3_bucket.artifacts.id
  key         = "site.zip"
  source      = data.archive_file.site.output_path
  etag        = filemd5(data.archive_file.site.output_path)
  source_hash = filebase64sha256(local.archive)
}

resource "local_file" "policy" {
  filename = "${path.module}/written.json"
  content  = "{}"
}

resource "aws_s3_bucket" "site" { # expect: undetermined local_file.policy.filename
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = file(local_file.policy.filename)
}
