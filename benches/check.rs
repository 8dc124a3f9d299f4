//! How long a check takes: parsing, evaluating and judging generated estates, reading generated plans, and one
//! expansion bomb.
//!
//! An estate of `n` resources is made of modules, each called with `for_each`, that hold buckets with their
//! policies, blocks and ACLs, databases with their networks, and subnets with their routes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a test may panic"
)]
#![allow(clippy::disallowed_methods, reason = "the benchmark writes the estates that it reads")]
#![allow(missing_docs, reason = "criterion's macros")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tfward::access::Assumptions;
use tfward::config::Root;
use tfward::config::load::Loader;
use tfward::eval::Evaluator;
use tfward::input::variables::VariableValues;
use tfward::model::Model;
use tfward::model::Want;
use tfward::plan::Asked;
use tfward::run::on_large_stack;
use tfward::source::{Fence, Sources, Span};
use tfward::stores::judge_all;

/// Resources in one instance of the bucket module.
const BUCKET: usize = 5;
/// Resources in one instance of the database module.
const DATABASE: usize = 15;
/// Instances of each module in one call, at most.
const KEYS: usize = 10;

const BUCKETS: &str = r#"
variable "name" { type = string }
variable "open" {
  type    = bool
  default = false
}
locals {
  flags = { for flag in ["acls", "policy"] : flag => !var.open }
  tags  = merge({ name = var.name }, { managed = "terraform" })
}
resource "aws_s3_bucket" "this" {
  bucket = format("%s-data", lower(var.name))
  tags   = local.tags
}
resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = local.flags["acls"]
  ignore_public_acls      = local.flags.acls
  block_public_policy     = local.flags["policy"]
  restrict_public_buckets = lookup(local.flags, "policy", true)
}
resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    object_ownership = var.open ? "ObjectWriter" : "BucketOwnerEnforced"
  }
}
resource "aws_s3_bucket_acl" "this" {
  bucket     = aws_s3_bucket.this.id
  acl        = var.open ? "public-read" : "private"
  depends_on = [aws_s3_bucket_ownership_controls.this]
}
resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Tls", Effect = "Deny", Principal = "*", Action = "s3:*", Resource = ["${aws_s3_bucket.this.arn}/*"],
        Condition = { Bool = { "aws:SecureTransport" = "false" } } },
      { Sid = "Read", Effect = "Allow", Principal = var.open ? "*" : { AWS = "arn:aws:iam::123456789012:root" },
        Action = ["s3:GetObject", "s3:ListBucket"], Resource = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"] },
    ]
  })
}
"#;

const DATABASES: &str = r#"
variable "name" { type = string }
variable "cidr" { type = string }
variable "open" {
  type    = bool
  default = false
}
locals {
  zones = ["a", "b"]
}
resource "aws_vpc" "this" {
  cidr_block = var.cidr
}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}
resource "aws_subnet" "this" {
  for_each   = toset(local.zones)
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(var.cidr, 8, index(local.zones, each.key))
}
resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
}
resource "aws_route" "this" {
  route_table_id         = aws_route_table.this.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}
resource "aws_route_table_association" "this" {
  for_each       = aws_subnet.this
  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}
resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = aws_vpc.this.id
  dynamic "ingress" {
    for_each = var.open ? ["0.0.0.0/0"] : ["10.0.0.0/8"]
    content {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}
resource "aws_security_group_rule" "this" {
  security_group_id = aws_security_group.this.id
  type              = "ingress"
  from_port         = 5432
  to_port           = 5432
  protocol          = "tcp"
  cidr_blocks       = [var.cidr]
}
resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = [for subnet in aws_subnet.this : subnet.id]
}
resource "aws_db_instance" "this" {
  count                  = 2
  identifier             = "${var.name}-${count.index}"
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = true
  storage_encrypted      = true
}
resource "aws_db_snapshot" "this" {
  db_instance_identifier = aws_db_instance.this[0].identifier
  db_snapshot_identifier = "${var.name}-before"
}
resource "aws_db_parameter_group" "this" {
  family = "postgres16"
}
"#;

/// A few lines that ask for a hundred million strings, and as many buckets.
const BOMB: &str = r#"
locals {
  a = [for i in range(100) : "x"]
  b = [for i in range(100) : local.a]
  c = [for i in range(100) : local.b]
  d = flatten([for i in range(100) : local.c])
}
resource "aws_s3_bucket" "this" {
  for_each = toset([for i, x in local.d : tostring(i)])
  bucket   = each.key
}
"#;

/// Writes an estate of about so many resources.
fn estate(folder: &Path, resources: usize) {
    for (name, text) in [("buckets", BUCKETS), ("databases", DATABASES)] {
        let module = folder.join("modules").join(name);
        std::fs::create_dir_all(&module).unwrap();
        std::fs::write(module.join("main.tf"), text).unwrap();
    }
    // Two of three resources stand in modules for buckets.
    let keys = (resources / (2 * DATABASE + DATABASE)).clamp(1, KEYS);
    let calls = (resources / (keys * (2 * DATABASE + DATABASE))).max(1);
    let keys: Vec<String> = (0..keys).map(|key| format!("k{key} = {}", key == 0)).collect();
    let keys = keys.join(", ");
    let mut text = String::new();
    for call in 0..calls {
        for part in 0..2 * DATABASE / BUCKET {
            let _ = write!(
                text,
                "module \"buckets_{call}_{part}\" {{\n  source   = \"./modules/buckets\"\n  for_each = {{ {keys} }}\n  \
                 name     = \"b{call}-{part}-${{each.key}}\"\n  open     = each.value\n}}\n"
            );
        }
        let _ = write!(
            text,
            "module \"databases_{call}\" {{\n  source   = \"./modules/databases\"\n  for_each = {{ {keys} }}\n  \
             name     = \"d{call}-${{each.key}}\"\n  cidr     = \"10.{}.0.0/16\"\n  open     = each.value\n}}\n",
            call % 256
        );
    }
    std::fs::write(folder.join("main.tf"), text).unwrap();
}

fn parse(folder: &Path, sources: &Sources) -> (Root, Fence) {
    let fence = Fence::around(folder, folder);
    (Loader::new(sources).load_root(folder, &fence), fence)
}

fn evaluate(sources: &Sources, fence: &Fence, root: &Root) -> Model {
    let given = VariableValues::new();
    let evaluator = Evaluator::new(sources, fence, root, &given, Some("default".into()));
    evaluator.build(&|_| Want::Attributes, false).model
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let holder = tempfile::tempdir().unwrap();
    let folder = holder.path().canonicalize().unwrap();
    (holder, folder)
}

fn estates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("estate");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    for resources in [100, 1_000, 10_000] {
        let (_holder, folder) = folder();
        estate(&folder, resources);
        let sources = Sources::new(folder.clone());
        let (root, fence) = parse(&folder, &sources);
        let model = evaluate(&sources, &fence, &root);
        group.throughput(Throughput::Elements(model.instances.len() as u64));
        group.bench_function(BenchmarkId::new("parse", resources), |bencher| {
            bencher.iter(|| parse(&folder, &Sources::new(folder.clone())));
        });
        group.bench_function(BenchmarkId::new("evaluate", resources), |bencher| {
            bencher.iter(|| evaluate(&sources, &fence, &root));
        });
        group.bench_function(BenchmarkId::new("judge", resources), |bencher| {
            bencher.iter(|| judge_all(black_box(&model), &Assumptions::default()));
        });
        group.bench_function(BenchmarkId::new("check", resources), |bencher| {
            bencher.iter(|| {
                let sources = Sources::new(folder.clone());
                let (root, fence) = parse(&folder, &sources);
                judge_all(&evaluate(&sources, &fence, &root), &Assumptions::default())
            });
        });
    }
    group.finish();
}

/// Writes a plan of so many modules, each with a bucket, its policy and its block, and three times as much that
/// no verdict depends on. Of every second module all is there already.
fn plan(modules: usize) -> String {
    let document = |text: &str| text.replace('"', "\\\"");
    let policy = document(
        r#"{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Resource":"arn:aws:s3:::NAME/*"}]}"#,
    );
    let resources = [
        ("aws_s3_bucket", r#""acl":null,"arn":"arn:aws:s3:::NAME","bucket":"NAME","force_destroy":false,"id":"NAME","region":"eu-west-1""#.to_owned()),
        ("aws_s3_bucket_policy", format!(r#""bucket":"NAME","id":"NAME","policy":"{policy}""#)),
        ("aws_s3_bucket_public_access_block", r#""block_public_acls":true,"block_public_policy":true,"bucket":"NAME","id":"NAME","ignore_public_acls":true,"restrict_public_buckets":false"#.to_owned()),
    ];
    let others = ["aws_cloudwatch_metric_alarm", "aws_iam_role", "aws_ssm_parameter"].iter().flat_map(|name| {
        std::iter::repeat_n((*name, r#""arn":"arn:aws:x:::NAME","description":"of NAME","id":"NAME","name":"NAME","value":"something that nobody asks for""#.to_owned()), 3)
    });
    let resources: Vec<(&str, String)> = resources.into_iter().chain(others).collect();
    let mut changes = Vec::new();
    for module in 0..modules {
        for (index, (resource_type, values)) in resources.iter().enumerate() {
            let values = values.replace("NAME", &format!("data-{module}"));
            let (actions, before) = match module % 2 {
                0 => (r#""create""#, "null".to_owned()),
                _ => (r#""no-op""#, format!("{{{values}}}")),
            };
            changes.push(format!(
                r#"{{"address":"module.m{module}.{resource_type}.r{index}","module_address":"module.m{module}","mode":"managed","type":"{resource_type}","name":"r{index}","provider_name":"registry.terraform.io/hashicorp/aws","change":{{"actions":[{actions}],"before":{before},"after":{{{values}}},"after_unknown":{{}},"before_sensitive":{{}},"after_sensitive":{{}}}}}}"#
            ));
        }
    }
    format!(
        r#"{{"format_version":"1.2","planned_values":{{"root_module":{{}}}},"resource_changes":[{}],"configuration":{{"root_module":{{}}}},"complete":true,"errored":false}}"#,
        changes.join(",")
    )
}

/// What a check asks of a type, as far as these plans have it.
fn wanted(resource_type: &str) -> Want {
    if resource_type.starts_with("aws_s3_bucket") { Want::Attributes } else { Want::Nothing }
}

fn plans(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    let span = Span { file: Sources::new(PathBuf::from("/")).add("plan.json", ""), start: 0, end: 0 };
    let asked = Asked { want: &wanted, copies: &|_| Vec::new(), everything: false };
    for modules in [100, 1_000] {
        let text = plan(modules);
        let read = || tfward::plan::read(text.as_bytes(), span, &asked).unwrap();
        let model = read().after;
        group.throughput(Throughput::Bytes(text.len() as u64));
        // The floor: what it takes the parser to skip everything.
        group.bench_function(BenchmarkId::new("skip", modules), |bencher| {
            bencher.iter(|| serde_json::from_str::<serde::de::IgnoredAny>(black_box(&text)).unwrap());
        });
        group.bench_function(BenchmarkId::new("read", modules), |bencher| bencher.iter(read));
        group.bench_function(BenchmarkId::new("judge", modules), |bencher| {
            bencher.iter(|| judge_all(black_box(&model), &Assumptions::default()));
        });
    }
    group.finish();
}

fn bomb(criterion: &mut Criterion) {
    let (_holder, folder) = folder();
    std::fs::write(folder.join("main.tf"), BOMB).unwrap();
    let mut group = criterion.benchmark_group("bomb");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    group.bench_function("evaluate", |bencher| {
        bencher.iter(|| {
            on_large_stack(|| {
                let sources = Sources::new(folder.clone());
                let (root, fence) = parse(&folder, &sources);
                evaluate(&sources, &fence, &root)
            })
        });
    });
    group.finish();
}

criterion_group!(benches, estates, plans, bomb);
criterion_main!(benches);
