terraform {
  required_version = ">= 1.5, < 2.0.0"
  backend "local" {
    path = "nowhere.tfstate"
  }
}

moved {
  from = terraform_data.old
  to   = terraform_data.new
}

moved {
  from = module.gone
  to   = module.m
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

check "health" {
  assert {
    condition     = terraform_data.new.input == "x"
    error_message = "Not ${terraform_data.new.input}."
  }
}

resource "terraform_data" "new" {
  input = "x"
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
    replace_triggered_by  = [terraform_data.first.id]
    precondition {
      condition     = terraform_data.first.input == 1
      error_message = "Arithmetic has changed."
    }
    postcondition {
      condition     = self.input == "x"
      error_message = "Not ${self.input}."
    }
  }
  provisioner "local-exec" {
    command    = "echo ${self.id}"
    on_failure = continue
  }
  connection {
    type = "ssh"
    host = self.id
  }
}

resource "terraform_data" "first" {
  input = 1
}

resource "terraform_data" "other" {
  depends_on       = [module.m]
  input            = "y"
  triggers_replace = [1, null]
}

module "m" {
  source     = "./m"
  depends_on = [terraform_data.first]
}

output "new" {
  value       = terraform_data.new.input
  description = "With a precondition."
  depends_on  = [terraform_data.other]
  precondition {
    condition     = terraform_data.new.input != ""
    error_message = "Empty."
  }
}
output "m" { value = module.m.x }
