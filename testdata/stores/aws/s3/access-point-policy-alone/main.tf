# Neither the access point nor its bucket is in the input.

resource "aws_s3control_access_point_policy" "data" { # expect: undetermined
  access_point_arn = "arn:aws:s3:us-east-1:111122223333:accesspoint/data"
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Principal = "*"
    Action    = "s3:GetObject"
    Resource  = "arn:aws:s3:us-east-1:111122223333:accesspoint/data/object/*"
  }] })
}
