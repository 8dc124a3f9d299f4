/* never ends
locals {
  d = 1
}
