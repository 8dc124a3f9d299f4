# ‮etavirp si tekcub siht‬

resource "aws_s3_bucket" "site" {
  for_each = toset(["⁦private⁩", "acme​site", "‏site"])
  bucket   = each.key
}

resource "aws_s3_bucket_policy" "site" {
  for_each = aws_s3_bucket.site
  bucket   = each.value.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${each.value.arn}/*" }]
  })
}
