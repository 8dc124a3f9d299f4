# A text that doubles forty times: 2^40 bytes. The bucket beside it is public all the same.

locals {
  l00 = "aaaaaaaa"
  l01 = "${local.l00}${local.l00}"
  l02 = "${local.l01}${local.l01}"
  l03 = "${local.l02}${local.l02}"
  l04 = "${local.l03}${local.l03}"
  l05 = "${local.l04}${local.l04}"
  l06 = "${local.l05}${local.l05}"
  l07 = "${local.l06}${local.l06}"
  l08 = "${local.l07}${local.l07}"
  l09 = "${local.l08}${local.l08}"
  l10 = "${local.l09}${local.l09}"
  l11 = "${local.l10}${local.l10}"
  l12 = "${local.l11}${local.l11}"
  l13 = "${local.l12}${local.l12}"
  l14 = "${local.l13}${local.l13}"
  l15 = "${local.l14}${local.l14}"
  l16 = "${local.l15}${local.l15}"
  l17 = "${local.l16}${local.l16}"
  l18 = "${local.l17}${local.l17}"
  l19 = "${local.l18}${local.l18}"
  l20 = "${local.l19}${local.l19}"
  l21 = "${local.l20}${local.l20}"
  l22 = "${local.l21}${local.l21}"
  l23 = "${local.l22}${local.l22}"
  l24 = "${local.l23}${local.l23}"
  l25 = "${local.l24}${local.l24}"
  l26 = "${local.l25}${local.l25}"
  l27 = "${local.l26}${local.l26}"
  l28 = "${local.l27}${local.l27}"
  l29 = "${local.l28}${local.l28}"
  l30 = "${local.l29}${local.l29}"
  l31 = "${local.l30}${local.l30}"
  l32 = "${local.l31}${local.l31}"
  l33 = "${local.l32}${local.l32}"
  l34 = "${local.l33}${local.l33}"
  l35 = "${local.l34}${local.l34}"
  l36 = "${local.l35}${local.l35}"
  l37 = "${local.l36}${local.l36}"
  l38 = "${local.l37}${local.l37}"
  l39 = "${local.l38}${local.l38}"
  l40 = "${local.l39}${local.l39}"
}

resource "aws_s3_bucket" "bomb" {
  bucket = local.l40
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
