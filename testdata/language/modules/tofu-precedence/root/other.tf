output "only_tf" { value = "tf" }
