output "x" { value = "from m" }
