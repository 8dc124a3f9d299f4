locals {
  b = "never ends
}
