# The bucket that the logs go to is not in the input.

resource "aws_s3_bucket_logging" "app" { # expect: public anonymous read
  bucket        = "app"
  target_bucket = "logs-of-another-configuration"
  target_prefix = "app/"

  target_grant {
    permission = "READ"
    grantee {
      type = "Group"
      uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
    }
  }
}
