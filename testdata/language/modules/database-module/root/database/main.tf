variable "create" {
  type    = bool
  default = true
}
variable "identifier" { type = string }
variable "engine" { type = string }
variable "engine_version" { type = string }
variable "family" {
  type    = string
  default = ""
}
variable "instance_class" {
  type    = string
  default = "db.t3.micro"
}
variable "allocated_storage" {
  type    = number
  default = 20
}
variable "max_allocated_storage" {
  type    = number
  default = 0
}
variable "username" {
  type    = string
  default = "admin1"
}
variable "password" {
  type      = string
  sensitive = true
}
variable "port" { type = string }
variable "publicly_accessible" {
  type    = bool
  default = false
}
variable "parameters" {
  type    = list(map(string))
  default = []
}
variable "options" {
  type    = any
  default = []
}
variable "replicas" {
  type    = number
  default = 0
}
variable "subnet_ids" { type = list(string) }
variable "vpc_id" { type = string }
variable "allowed_cidrs" {
  type    = list(string)
  default = []
}
variable "monitoring_interval" {
  type    = number
  default = 0
}
variable "blue_green_update" {
  type    = map(string)
  default = {}
}
variable "s3_import" {
  type    = map(string)
  default = null
}
variable "timeouts" {
  type    = map(string)
  default = {}
}
variable "tags" {
  type    = map(string)
  default = {}
}

locals {
  major   = split(".", var.engine_version)[0]
  family  = coalesce(var.family, "${var.engine}${var.engine == "mysql" ? var.engine_version : local.major}")
  is_mssql = startswith(var.engine, "sqlserver")
}

resource "aws_db_subnet_group" "this" {
  count       = var.create ? 1 : 0
  name_prefix = format("%s-", var.identifier)
  subnet_ids  = var.subnet_ids
  tags        = merge(var.tags, { Name = var.identifier })
}

resource "aws_db_parameter_group" "this" {
  count  = var.create && length(var.parameters) > 0 ? 1 : 0
  name   = var.identifier
  family = local.family
  dynamic "parameter" {
    for_each = var.parameters
    content {
      name         = parameter.value.name
      value        = parameter.value.value
      apply_method = lookup(parameter.value, "apply_method", null)
    }
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "this" {
  name        = "${var.identifier}-db"
  description = "Access to ${var.identifier}"
  vpc_id      = var.vpc_id

  dynamic "ingress" {
    for_each = { for cidr in sort(var.allowed_cidrs) : cidr => cidr if cidr != "" }
    iterator = source
    content {
      description = "from ${source.key}"
      from_port   = var.port
      to_port     = var.port
      protocol    = "tcp"
      cidr_blocks = [source.value]
    }
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "this" {
  count = var.create ? 1 : 0

  identifier             = var.identifier
  engine                 = var.engine
  engine_version         = var.engine_version
  instance_class         = var.instance_class
  allocated_storage      = var.allocated_storage
  max_allocated_storage  = var.max_allocated_storage == 0 ? null : var.max_allocated_storage
  username               = var.username
  password               = var.password
  port                   = var.port
  publicly_accessible    = var.publicly_accessible
  db_subnet_group_name   = try(aws_db_subnet_group.this[0].name, null)
  parameter_group_name   = one(aws_db_parameter_group.this[*].name)
  vpc_security_group_ids = compact([aws_security_group.this.id, ""])
  monitoring_interval    = var.monitoring_interval
  skip_final_snapshot    = true
  character_set_name     = local.is_mssql ? "SQL_Latin1_General_CP1_CI_AS" : null

  dynamic "restore_to_point_in_time" {
    for_each = var.s3_import != null ? [var.s3_import] : []
    content {
      restore_time = lookup(restore_to_point_in_time.value, "restore_time", null)
    }
  }
  dynamic "blue_green_update" {
    for_each = length(var.blue_green_update) > 0 ? [var.blue_green_update] : []
    content {
      enabled = try(blue_green_update.value.enabled, null)
    }
  }
  timeouts {
    create = lookup(var.timeouts, "create", null)
    delete = try(var.timeouts.delete, "40m")
  }
}

resource "aws_db_instance" "replica" {
  count               = var.create ? var.replicas : 0
  identifier          = "${var.identifier}-${count.index + 1}"
  replicate_source_db = aws_db_instance.this[0].identifier
  instance_class      = var.instance_class
  publicly_accessible = var.publicly_accessible && count.index == 0
  skip_final_snapshot = true
}

output "port" { value = tonumber(one(aws_db_instance.this[*].port)) }
output "family" { value = local.family }
output "replica_names" { value = aws_db_instance.replica[*].identifier }
