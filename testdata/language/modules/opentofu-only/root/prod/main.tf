output "name" { value = "production" }
