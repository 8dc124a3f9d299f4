# Recordings of a MediaLive channel belong to the owner of the bucket, and to nobody else.

resource "aws_s3_bucket" "media" { # expect: private
  bucket = "acme-media"
}

resource "aws_s3_bucket_ownership_controls" "media" {
  bucket = aws_s3_bucket.media.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_medialive_channel" "live" {
  name          = "live"
  channel_class = "SINGLE_PIPELINE"
  role_arn      = "arn:aws:iam::123456789012:role/live"
  destinations {
    id = "out"
    settings {
      url = "s3ssl://${aws_s3_bucket.media.id}/live/out"
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
              canned_acl = "BUCKET_OWNER_FULL_CONTROL"
            }
          }
        }
      }
    }
  }
}
