resource "terraform_data" "first" {
  input = timestamp()
}

# Everything in it is known, and it is read at apply all the same.
data "aws_iam_policy_document" "site" {
  for_each = { open = "*", shut = "111122223333" }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [each.value]
    }
  }
  depends_on = [terraform_data.first]
}

resource "aws_s3_bucket" "site" {
  for_each = data.aws_iam_policy_document.site
}

resource "aws_s3_bucket_policy" "site" {
  for_each = data.aws_iam_policy_document.site
  bucket   = aws_s3_bucket.site[each.key].id
  policy   = each.value.json
}
