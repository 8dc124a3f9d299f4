locals {
  c = "${never_ends
}
