# A value that holds the one before twice: small in memory if it is shared, 2^40 leaves when it is
# written out by jsonencode.

locals {
  l00 = { a = "x", b = "x" }
  l01 = { a = local.l00, b = local.l00 }
  l02 = { a = local.l01, b = local.l01 }
  l03 = { a = local.l02, b = local.l02 }
  l04 = { a = local.l03, b = local.l03 }
  l05 = { a = local.l04, b = local.l04 }
  l06 = { a = local.l05, b = local.l05 }
  l07 = { a = local.l06, b = local.l06 }
  l08 = { a = local.l07, b = local.l07 }
  l09 = { a = local.l08, b = local.l08 }
  l10 = { a = local.l09, b = local.l09 }
  l11 = { a = local.l10, b = local.l10 }
  l12 = { a = local.l11, b = local.l11 }
  l13 = { a = local.l12, b = local.l12 }
  l14 = { a = local.l13, b = local.l13 }
  l15 = { a = local.l14, b = local.l14 }
  l16 = { a = local.l15, b = local.l15 }
  l17 = { a = local.l16, b = local.l16 }
  l18 = { a = local.l17, b = local.l17 }
  l19 = { a = local.l18, b = local.l18 }
  l20 = { a = local.l19, b = local.l19 }
  l21 = { a = local.l20, b = local.l20 }
  l22 = { a = local.l21, b = local.l21 }
  l23 = { a = local.l22, b = local.l22 }
  l24 = { a = local.l23, b = local.l23 }
  l25 = { a = local.l24, b = local.l24 }
  l26 = { a = local.l25, b = local.l25 }
  l27 = { a = local.l26, b = local.l26 }
  l28 = { a = local.l27, b = local.l27 }
  l29 = { a = local.l28, b = local.l28 }
  l30 = { a = local.l29, b = local.l29 }
  l31 = { a = local.l30, b = local.l30 }
  l32 = { a = local.l31, b = local.l31 }
  l33 = { a = local.l32, b = local.l32 }
  l34 = { a = local.l33, b = local.l33 }
  l35 = { a = local.l34, b = local.l34 }
  l36 = { a = local.l35, b = local.l35 }
  l37 = { a = local.l36, b = local.l36 }
  l38 = { a = local.l37, b = local.l37 }
  l39 = { a = local.l38, b = local.l38 }
  l40 = { a = local.l39, b = local.l39 }
}

resource "aws_s3_bucket" "bomb" {
  bucket = sha256(jsonencode(local.l40))
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = "*"
      Action = "s3:GetObject"
      Resource = "arn:aws:s3:::acme-site/*"
    }]
  })
}
