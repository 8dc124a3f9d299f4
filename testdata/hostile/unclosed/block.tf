locals {
  e = 1
