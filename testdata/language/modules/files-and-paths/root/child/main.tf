variable "names" { type = list(string) }
output "all" {
  value = {
    module    = path.module
    root      = path.root
    of_root   = file("data/closed.json")
    of_module = file("${path.module}/templates/own.txt")
    rendered  = templatefile("${path.module}/templates/list.tftpl", { names = var.names })
    exists    = [fileexists("data/open.json"), fileexists("${path.module}/data/open.json")]
    files     = fileset(path.module, "**")
  }
}
