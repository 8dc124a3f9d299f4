resource "aws_s3_bucket" "site" {
  for_each = toset([
    "::error file=main.tf,line=1::all is well",
    "\n::set-output name=verdict::private",
    "##[error]all is well",
    "##vso[task.complete result=Succeeded]",
    "%0A::stop-commands::x",
    "<script>alert(1)</script>",
    "| a | table |",
    "`code` **bold** [link](https://example.com)",
  ])
  bucket = each.key
}

resource "aws_s3_bucket_policy" "site" {
  for_each = aws_s3_bucket.site
  bucket   = each.value.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${each.value.arn}/*" }]
  })
}
