data "template_file" "policy" {
  template = file("${path.module}/files/policy.tpl")
  vars = {
    bucket = "logs"
    open   = true
  }
}
data "local_file" "settings" {
  filename = "${path.module}/files/settings.json"
}
data "local_file" "later" {
  filename = "${path.module}/files/made-later.json"
}
data "null_data_source" "values" {
  inputs = {
    a = "1"
  }
}
output "policy" { value = data.template_file.policy.rendered }
output "settings" { value = jsondecode(data.local_file.settings.content).acl }
output "md5" { value = data.local_file.settings.content_md5 }
output "later" { value = data.local_file.later.content }
output "inputs" { value = data.null_data_source.values.outputs["a"] }
