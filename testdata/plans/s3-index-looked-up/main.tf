variable "peer" {
  default = { a = "b", b = "a" }
}

resource "aws_s3_bucket" "site" {
  for_each      = var.peer
  bucket_prefix = "site-"
}

data "aws_iam_policy_document" "open" {
  for_each = { a = "*", b = "111122223333" }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.site[each.key].arn}/*"]
    principals {
      type        = "AWS"
      identifiers = [each.value]
    }
  }
}

# Each bucket has the policy of the other one.
resource "aws_s3_bucket_policy" "site" {
  for_each = var.peer
  bucket   = aws_s3_bucket.site[each.value].id
  policy   = data.aws_iam_policy_document.open[var.peer[each.value]].json
}

resource "aws_s3_bucket" "docs" {
  for_each      = var.peer
  bucket_prefix = "docs-"
}

resource "aws_s3_bucket_policy" "docs" {
  for_each = var.peer
  bucket   = aws_s3_bucket.docs[each.key].id
  policy   = data.aws_iam_policy_document.docs[var.peer[each.key]].json
}

data "aws_iam_policy_document" "docs" {
  for_each = { a = "*", b = "111122223333" }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*", aws_s3_bucket.docs["a"].arn]
    principals {
      type        = "AWS"
      identifiers = [each.value]
    }
  }
}
