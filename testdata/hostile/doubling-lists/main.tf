# A list that doubles forty times.

locals {
  l00 = ["a"]
  l01 = concat(local.l00, local.l00)
  l02 = concat(local.l01, local.l01)
  l03 = concat(local.l02, local.l02)
  l04 = concat(local.l03, local.l03)
  l05 = concat(local.l04, local.l04)
  l06 = concat(local.l05, local.l05)
  l07 = concat(local.l06, local.l06)
  l08 = concat(local.l07, local.l07)
  l09 = concat(local.l08, local.l08)
  l10 = concat(local.l09, local.l09)
  l11 = concat(local.l10, local.l10)
  l12 = concat(local.l11, local.l11)
  l13 = concat(local.l12, local.l12)
  l14 = concat(local.l13, local.l13)
  l15 = concat(local.l14, local.l14)
  l16 = concat(local.l15, local.l15)
  l17 = concat(local.l16, local.l16)
  l18 = concat(local.l17, local.l17)
  l19 = concat(local.l18, local.l18)
  l20 = concat(local.l19, local.l19)
  l21 = concat(local.l20, local.l20)
  l22 = concat(local.l21, local.l21)
  l23 = concat(local.l22, local.l22)
  l24 = concat(local.l23, local.l23)
  l25 = concat(local.l24, local.l24)
  l26 = concat(local.l25, local.l25)
  l27 = concat(local.l26, local.l26)
  l28 = concat(local.l27, local.l27)
  l29 = concat(local.l28, local.l28)
  l30 = concat(local.l29, local.l29)
  l31 = concat(local.l30, local.l30)
  l32 = concat(local.l31, local.l31)
  l33 = concat(local.l32, local.l32)
  l34 = concat(local.l33, local.l33)
  l35 = concat(local.l34, local.l34)
  l36 = concat(local.l35, local.l35)
  l37 = concat(local.l36, local.l36)
  l38 = concat(local.l37, local.l37)
  l39 = concat(local.l38, local.l38)
  l40 = concat(local.l39, local.l39)
}

resource "aws_s3_bucket" "bomb" {
  for_each = toset(local.l40)
  bucket   = each.key
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::acme-site/*"
    }]
  })
}
