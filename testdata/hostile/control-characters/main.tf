# [31mred[0m  

resource "aws_s3_bucket" "site" {
  for_each = { "]0;title" = 1, "line\nbreak\r\u001b[2J" = 2 }
  bucket   = "acme-[2K${each.value}"
}

resource "aws_s3_bucket_policy" "site" {
  for_each = aws_s3_bucket.site
  bucket   = each.value.id
  policy = jsonencode({
    Statement = [{ Sid = "[8mhidden", Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${each.value.arn}/*" }]
  })
}
