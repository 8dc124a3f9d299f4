# Two snapshots of one block.

resource "aws_db_snapshot" "main" { # expect: ["own"] private; ["demo"] public authenticated read
  for_each               = { own = [], demo = ["all"] }
  db_instance_identifier = "main"
  db_snapshot_identifier = each.key
  shared_accounts        = each.value
}
