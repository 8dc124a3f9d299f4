resource "aws_security_group" "db" {
  name = "db"
}

resource "aws_security_group" "app" {
  name = "app"
}

output "open" {
  value = { group = aws_security_group.db, name = "open" }
}

output "all" {
  value = { db = aws_security_group.db, app = aws_security_group.app }
}

output "db_id" {
  value = aws_security_group.db.id
}

output "app_id" {
  value = aws_security_group.app.id
}
