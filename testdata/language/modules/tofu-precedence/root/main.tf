output "main" { value = "tf" }
