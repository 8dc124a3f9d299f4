# The pipeline deploys objects for the owner of the bucket only.

resource "aws_s3_bucket" "site" { # expect: private
  bucket = "acme-site"
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_codepipeline" "site" {
  name     = "site"
  role_arn = "arn:aws:iam::123456789012:role/pipeline"
  artifact_store {
    type     = "S3"
    location = "acme-artifacts"
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "S3"
      version          = "1"
      output_artifacts = ["site"]
      configuration = {
        S3Bucket    = "acme-artifacts"
        S3ObjectKey = "site.zip"
      }
    }
  }
  stage {
    name = "Deploy"
    action {
      name            = "Deploy"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "S3"
      version         = "1"
      input_artifacts = ["site"]
      configuration = {
        BucketName = aws_s3_bucket.site.bucket
        Extract    = "true"
        CannedACL  = "bucket-owner-full-control"
      }
    }
  }
}
