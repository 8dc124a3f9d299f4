variable "bucket" {
  type = string
}

resource "aws_medialive_channel" "live" {
  name          = "live"
  channel_class = "SINGLE_PIPELINE"
  role_arn      = "arn:aws:iam::123456789012:role/live"
  destinations {
    id = "out"
    settings {
      url = "s3ssl://${var.bucket}/live/out"
    }
  }
  encoder_settings {
    output_groups {
      output_group_settings {
        archive_group_settings {
          destination {
            destination_ref_id = "out"
          }
          archive_cdn_settings {
            archive_s3_settings {
              canned_acl = "PUBLIC_READ"
            }
          }
        }
      }
    }
  }
}
