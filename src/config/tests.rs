//! Folders on disk, what they declare, and where their calls lead.

use std::path::Path;

use super::load::Loader;
use super::{Child, Module, Node, Root, providers};
use crate::address::{Mode, Name};
use crate::source::fixture::{told, tree};
use crate::source::{Fence, Sources};
use crate::syntax::{Block, Body, Expr};

fn written(sources: &Sources, expression: &Expr) -> String {
    sources.text(expression.span).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn body(sources: &Sources, from: &Body) -> String {
    let attributes = from.attributes.iter().map(|a| format!("{}={}", a.name, written(sources, &a.value)));
    let blocks = from.blocks.iter().map(|block| block_text(sources, block));
    attributes.chain(blocks).collect::<Vec<_>>().join(" ")
}

fn block_text(sources: &Sources, block: &Block) -> String {
    let words = std::iter::once(&block.kind).chain(block.labels.iter().map(|(label, _)| label));
    let words: Vec<&str> = words.map(|word| &**word).collect();
    format!("{}{{{}}}", words.join(" "), body(sources, &block.body))
}

/// One line for each declaration.
fn declared(sources: &Sources, module: &Module) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, variable) in &module.variables {
        let default = variable.default.as_ref().map(|d| written(sources, &d.expression));
        let default = default.unwrap_or_else(|| "-".into());
        lines.push(format!("var.{name}: {:?} = {default}", variable.constraint));
    }
    for (name, local) in &module.locals {
        lines.push(format!("local.{name} = {}", written(sources, &local.expression)));
    }
    for resource in module.resources.values() {
        let mode = if resource.mode == Mode::Managed { "" } else { "data." };
        let mut words = vec![format!("{mode}{}.{}", resource.resource_type, resource.name)];
        let repetition =
            [("count", &resource.count), ("for_each", &resource.for_each), ("enabled", &resource.enabled)];
        words.extend(repetition.into_iter().filter_map(|(name, value)| {
            value.as_ref().map(|value| format!("[{name} {}]", written(sources, value)))
        }));
        words.extend(resource.provider.iter().map(|provider| {
            format!("[provider {} {}]", provider.name, provider.alias.as_deref().unwrap_or("-"))
        }));
        if !resource.ignore_changes.is_empty() {
            words.push(format!("[ignore {}]", resource.ignore_changes.join(",")));
        }
        lines.push(format!("{}: {}", words.join(" "), body(sources, &resource.body)));
    }
    for (name, call) in &module.calls {
        let source = call.source.as_ref().map_or("-", |(source, _)| source);
        let arguments: Vec<String> = call
            .arguments
            .iter()
            .map(|(name, (value, _))| format!("{name}={}", written(sources, value)))
            .collect();
        lines.push(format!("module.{name} {source}: {}", arguments.join(" ")));
    }
    for (name, output) in &module.outputs {
        let value = output.value.as_ref().map(|value| written(sources, value));
        lines.push(format!("output.{name} = {}", value.unwrap_or_else(|| "-".into())));
    }
    for provider in &module.providers {
        let alias = provider.reference.alias.as_deref().unwrap_or("-");
        lines.push(format!(
            "provider.{} {alias}: {}",
            provider.reference.name,
            body(sources, &provider.block.body)
        ));
    }
    for (name, required) in &module.required_providers {
        lines.push(format!("required.{name} {:?} {:?}", required.source, required.version));
    }
    lines
}

/// Asserts what a folder of these files declares, and what is said about it.
#[track_caller]
fn assert_folder(files: &[(&str, &str)], expected: &[&str], diagnostics: &[&str]) {
    let (_holder, top) = tree(files);
    let sources = Sources::new(top.clone());
    let fence = Fence::around(&top, &top);
    let module = Loader::new(&sources).module(&top, &fence).unwrap();
    assert_eq!(told(&sources, &module.diagnostics), diagnostics);
    assert_eq!(declared(&sources, &module), expected);
}

#[test]
fn names_of_files() {
    assert_folder(
        &[
            ("a.tf", "locals { a = 1 }"),
            ("b.TF", "locals { b = 1 }"),
            (".c.tf", "locals { c = 1 }"),
            ("d.tf~", "locals { d = 1 }"),
            ("#e.tf#", "locals { e = 1 }"),
            ("f.tf.json", r#"{"locals": {"f": 1}}"#),
            ("g.tftest.hcl", "locals { g = 1 }"),
            ("h.tf/x.tf", "locals { h = 1 }"),
        ],
        &["local.a = 1", "local.f = 1"],
        &[],
    );
}

#[test]
fn tofu_files_come_first() {
    assert_folder(
        &[
            ("a.tf", "locals { a = 1 }"),
            ("a.tofu", "locals { a = 2 }"),
            ("b.tf", "locals { b = 1 }"),
            ("a.tf.json", r#"{"locals": {"c": 1}}"#),
        ],
        &["local.a = 2", "local.b = 1", "local.c = 1"],
        &["note: `.tofu` files are read as OpenTofu reads them; Terraform ignores them @ "],
    );
}

#[test]
fn meta_arguments() {
    let native = r#"
resource "aws_s3_bucket" "b" {
  count    = 2
  provider = aws.replica
  bucket   = "x"
  depends_on = [aws_x.y]
  lifecycle {
    ignore_changes = [acl, tags["x"], versioning[0].enabled]
    enabled        = var.on
  }
  provisioner "local-exec" { command = "true" }
  connection { host = "h" }
  versioning { enabled = true }
}
data "aws_x" "d" {
  for_each = toset(["a"])
  provider = "aws"
  lifecycle { ignore_changes = all }
}
moved {
  from = a.b
  to   = a.c
}
check "c" {}
made_up "x" {}
"#;
    assert_folder(
        &[("main.tf", native)],
        &[
            "aws_s3_bucket.b [count 2] [enabled var.on] [provider aws replica] \
             [ignore acl,tags,versioning]: bucket=\"x\" versioning{enabled=true}",
            "data.aws_x.d [for_each toset([\"a\"])] [provider aws -] [ignore all]: ",
        ],
        &["warning: Unsupported block type @ made_up \"x\""],
    );
    let json = r#"{"resource": {"aws_s3_bucket": {"b": {
        "count": 2, "provider": "aws.replica", "bucket": "x", "depends_on": ["aws_x.y"],
        "lifecycle": [{"ignore_changes": ["acl", "tags[\"x\"]"]}],
        "provisioner": [{"local-exec": {"command": "true"}}], "connection": {},
        "dynamic": {"rule": {"for_each": [1], "content": {"a": 1}}}
    }}}}"#;
    assert_folder(
        &[("main.tf.json", json)],
        &["aws_s3_bucket.b [count 2] [provider aws replica] [ignore acl,tags]: \
           bucket=\"x\" dynamic rule{for_each=[1] content{a=1}}"],
        &[],
    );
}

#[test]
fn overrides() {
    let main = r#"
variable "v" {
  type    = string
  default = "12"
}
resource "t" "r" {
  a = { x = 1, y = 2 }
  b = 2
  count = 1
  rule { n = 1 }
  rule { n = 2 }
  other { n = 3 }
  dynamic "made" {
    for_each = []
    content {}
  }
  lifecycle {
    ignore_changes        = [a]
    create_before_destroy = true
  }
}
module "m" {
  source = "./m"
  x      = 1
}
locals {
  one = 1
  two = 2
}
output "o" { value = 1 }
provider "aws" {
  region = "a"
  profile = "p"
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "1" }
    google = { source = "hashicorp/google" }
  }
}
"#;
    let first = r#"
variable "v" { type = number }
resource "t" "r" {
  a = { x = 9 }
  count = 5
  dynamic "rule" {
    for_each = []
    content {}
  }
  lifecycle { ignore_changes = [b] }
}
locals { two = 3 }
resource "t" "absent" {}
locals { three = 3 }
"#;
    let second = r#"{
  "resource": {"t": {"r": {"made": {"n": 4}, "b": 3}}},
  "output": {"o": {"value": 2}},
  "module": {"m": {"source": "./n", "y": 2}},
  "provider": {"aws": {"region": "b"}},
  "terraform": {"required_providers": {"aws": {"source": "other/aws"}}}
}"#;
    let last = "locals { two = 4 }";
    assert_folder(
        &[("main.tf", main), ("a_override.tf", first), ("b_override.tf.json", second), ("override.tf", last)],
        &[
            "var.v: Number = \"12\"",
            "local.one = 1",
            "local.two = 4",
            "t.r [count 5] [ignore b]: a={ x = 9 } made={\"n\": 4} b=3 other{n=3} dynamic rule{for_each=[] content{}}",
            "module.m ./n: x=1 y=2",
            "output.o = 2",
            "provider.aws -: profile=\"p\" region=\"b\"",
            "required.aws Some(\"other/aws\") None",
            "required.google Some(\"hashicorp/google\") None",
        ],
        &[
            "error: Missing base local value definition to override @ three",
            "error: Missing resource to override @ resource \"t\" \"absent\"",
        ],
    );
}

#[test]
fn a_native_block_overrides_json() {
    let json = r#"{"resource": {"t": {"r": {
        "rule": {"n": 1}, "keep": 1, "dynamic": {"rule": {"for_each": [1], "content": {}}, "made": {"for_each": [], "content": {}}}
    }}}}"#;
    assert_folder(
        &[("main.tf.json", json), ("override.tf", "resource \"t\" \"r\" {\n  rule { n = 2 }\n}\n")],
        &["t.r: keep=1 dynamic made{for_each=[] content{}} rule{n=2}"],
        &[],
    );
}

#[test]
fn names_declared_twice() {
    let main = r#"
variable "a" { default = 1 }
variable "a" { default = 2 }
resource "t" "r" { a = 1 }
resource "t" "r" { a = 2 }
locals { l = 1 }
locals { l = 2 }
provider "p" {}
provider "p" { a = 1 }
provider "p" { alias = "x" }
resource "t" {}
resource "t" "n.n" {}
variable "b" "c" {}
resource "t" "both" {
  count    = 1
  for_each = {}
}
module "m" {}
stray = 1
"#;
    assert_folder(
        &[("main.tf", main)],
        &[
            "var.a: Any = 1",
            "local.l = 1",
            "t.both [count 1] [for_each {}]: ",
            "t.r: a=1",
            "module.m -: ",
            "provider.p -: ",
            "provider.p x: alias=\"x\"",
        ],
        &[
            "error: Duplicate local value definition @ l",
            "error: Duplicate provider configuration @ provider \"p\"",
            "error: Duplicate resource configuration @ resource \"t\" \"r\"",
            "error: Duplicate variable declaration @ variable \"a\"",
            "error: Extraneous label for variable @ \"c\"",
            "error: Invalid combination of \"count\" and \"for_each\" @ for_each",
            "error: Invalid resource name @ \"n.n\"",
            "error: Missing name for resource @ resource \"t\"",
            "error: Missing required argument @ module \"m\"",
            "error: Unsupported argument @ stray",
        ],
    );
}

#[test]
fn a_broken_file_costs_itself() {
    let (_holder, top) = tree(&[
        ("good.tf", "locals { a = 1 }"),
        ("bad.tf", "resource \"t\" \"r\" {\n  a = = 1\n}\nlocals { b = 1 }\n"),
    ]);
    std::fs::write(top.parent().unwrap().join("secret.tf"), "locals { secret = 1 }").unwrap();
    std::os::unix::fs::symlink("../secret.tf", top.join("link.tf")).unwrap();
    let sources = Sources::new(top.clone());
    let module = Loader::new(&sources).module(&top, &Fence::around(&top, &top)).unwrap();
    assert_eq!(declared(&sources, &module), ["local.a = 1", "local.b = 1"]);
    let headers: Vec<String> = module.lost.iter().map(|lost| lost.header.join(" ")).collect();
    assert_eq!(headers, ["resource t r", ""]);
    assert_eq!(module.diagnostics.len(), 2);
    assert!(module.diagnostics[1].message.contains("outside of the project"));
}

/// `path: files declared there`, for every module in the tree; `missing` where a call leads nowhere.
fn paths(node: &Node, name: &str, out: &mut Vec<String>) {
    out.push(format!("{name} {}", node.path));
    for (call, child) in &node.children {
        let name = format!("{name}.{call}");
        match child {
            Child::Found(child) => paths(child, &name, out),
            Child::Missing => out.push(format!("{name} missing")),
        }
    }
}

fn load<'s>(sources: &'s Sources, folder: &Path) -> (Root, Vec<String>, Vec<String>, Loader<'s>) {
    let mut loader = Loader::new(sources);
    let root = loader.load_root(folder, &Fence::around(folder, sources.working_directory()));
    let mut out = Vec::new();
    paths(&root.node, "root", &mut out);
    let told = told(sources, &root.diagnostics);
    (root, out, told, loader)
}

#[test]
fn calls() {
    let manifest = r#"{"Modules": [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "net", "Source": "git::https://github.com/x/net.git//sub?ref=v1", "Dir": ".terraform/modules/net/sub"},
        {"Key": "net.deep", "Source": "registry.terraform.io/a/deep/aws", "Version": "1.0.0", "Dir": ".terraform/modules/net.deep"},
        {"Key": "stale", "Source": "registry.terraform.io/a/old/aws", "Dir": ".terraform/modules/stale"},
        {"Key": "escape", "Source": "a/escape/aws", "Dir": "../../outside"}
    ]}"#;
    let main = r#"
module "local" { source = "./m" }
module "up" { source = "./../shared" }
module "net" { source = "github.com/x/net//sub?ref=v1" }
module "stale" { source = "a/new/aws" }
module "escape" { source = "a/escape/aws" }
module "absent" { source = "a/absent/aws" }
module "etc" { source = "../../../../../../../etc" }
module "nowhere" { source = "./nowhere" }
module "empty" { source = "./empty" }
module "computed" { source = "${var.x}" }
"#;
    let (_holder, top) = tree(&[
        ("root/main.tf", main),
        ("root/.terraform/modules/modules.json", manifest),
        (
            "root/.terraform.lock.hcl",
            "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5.1.0\"\n}\n",
        ),
        (
            "root/.terraform/modules/net/sub/main.tf",
            "module \"deep\" {\n  source = \"a/deep/aws\"\n}\nmodule \"inner\" {\n  source = \"./inner\"\n}\n",
        ),
        ("root/.terraform/modules/net/sub/inner/main.tf", ""),
        ("root/.terraform/modules/net.deep/main.tf", ""),
        ("root/.terraform/modules/stale/main.tf", ""),
        ("root/m/main.tf", "module \"s\" {\n  source = \"../../shared\"\n}\n"),
        ("root/empty/notes.md", ""),
        ("shared/main.tf", "locals { a = 1 }\nlocals { a = 2 }\n"),
    ]);
    let outside = top.parent().unwrap().join("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("main.tf"), "").unwrap();
    let sources = Sources::new(top.clone());
    let (root, out, told, _) = load(&sources, &top.join("root"));
    assert_eq!(
        out,
        [
            "root .",
            "root.absent missing",
            "root.computed missing",
            "root.empty missing",
            "root.escape missing",
            "root.etc missing",
            "root.local m",
            "root.local.s ../shared",
            "root.net .terraform/modules/net/sub",
            "root.net.deep .terraform/modules/net.deep",
            "root.net.inner .terraform/modules/net/sub/inner",
            "root.nowhere missing",
            "root.stale .terraform/modules/stale",
            "root.up ../shared",
        ]
    );
    assert_eq!(
        told,
        [
            "error: Duplicate local value definition @ a",
            "error: Module directory is empty @ \"./empty\"",
            "error: Module not installed @ \"a/absent/aws\"",
            "error: Module not installed @ module \"computed\"",
            "error: Unreadable module directory @ \"../../../../../../../etc\"",
            "error: Unreadable module directory @ \"./nowhere\"",
            "error: Unreadable module directory @ \"a/escape/aws\"",
            "warning: Module source has changed @ \"a/new/aws\"",
        ]
    );
    let locked: Vec<(Name, Name)> = root.locked.into_iter().collect();
    assert_eq!(locked, [("hashicorp/aws".into(), "5.1.0".into())]);
}

#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    let (_holder, top) = tree(&[("main.tf", "module \"m\" {\n  source = \"./link\"\n}\n")]);
    let outside = top.parent().unwrap().join("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("main.tf"), "").unwrap();
    std::os::unix::fs::symlink("../outside", top.join("link")).unwrap();
    let sources = Sources::new(top.clone());
    let (_, out, told, _) = load(&sources, &top);
    assert_eq!(out, ["root .", "root.m missing"]);
    assert_eq!(told, ["error: Unreadable module directory @ \"./link\""]);
}

#[test]
fn circles_end() {
    let call = |name: &str, source: &str| format!("module \"{name}\" {{\n  source = \"{source}\"\n}}\n");
    let (_holder, top) = tree(&[
        ("main.tf", &(call("a", "./a") + &call("self", "."))),
        ("a/main.tf", &call("b", "../b")),
        ("b/main.tf", &call("a", "../a")),
    ]);
    let sources = Sources::new(top.clone());
    let (_, out, told, _) = load(&sources, &top);
    assert_eq!(out, ["root .", "root.a a", "root.a.b b", "root.a.b.a missing", "root.self missing"]);
    assert_eq!(told, ["error: Module calls itself @ \".\"", "error: Module calls itself @ \"../a\""]);
}

#[test]
fn the_number_of_calls_is_limited() {
    // Each folder calls the next one ten times.
    let files: Vec<(String, String)> = (0..60)
        .map(|level: u32| {
            let calls =
                (0..10).map(|n| format!("module \"m{n}\" {{\n  source = \"../f{}\"\n}}\n", level + 1));
            (format!("f{level}/main.tf"), calls.collect())
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (_holder, top) = tree(&files);
    let sources = Sources::new(top.clone());
    let (_, out, told, _) = load(&sources, &top.join("f0"));
    assert!(out.len() <= 10 * (super::load::MOST_CALLS + 1));
    assert_eq!(told.iter().filter(|line| line.contains("Too many module calls")).count(), 1);
    assert!(told.iter().any(|line| line.contains("Module calls nested too deeply")));
}

#[test]
fn provider_configurations() {
    let main = r#"
terraform {
  required_providers {
    amazon = { source = "registry.terraform.io/hashicorp/aws" }
  }
}
provider "amazon" { region = "a" }
provider "amazon" {
  alias  = "west"
  region = "w"
}
resource "aws_s3_bucket" "default" {}
resource "aws_s3_bucket" "west" { provider = amazon.west }
resource "google_x" "unconfigured" {}
module "inherits" { source = "./child" }
module "mapped" {
  source    = "./child"
  providers = {
    aws       = amazon.west
    aws.other = amazon
  }
}
"#;
    let child = r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
resource "aws_s3_bucket" "default" {}
resource "aws_s3_bucket" "other" { provider = aws.other }
provider "google" { project = "p" }
resource "google_x" "own" {}
resource "google_y" "beta" { provider = google-beta }
module "grandchild" { source = "../grandchild" }
"#;
    let grandchild = "resource \"aws_s3_bucket\" \"deep\" {}\nresource \"google_x\" \"deep\" {}\n";
    let (_holder, top) =
        tree(&[("main.tf", main), ("child/main.tf", child), ("grandchild/main.tf", grandchild)]);
    let sources = Sources::new(top.clone());
    let (root, _, told, _) = load(&sources, &top);
    assert_eq!(told, Vec::<String>::new());
    let lines: Vec<String> = ["", "inherits", "mapped", "inherits.grandchild", "mapped.grandchild"]
        .into_iter()
        .flat_map(|calls| configurations(&root, calls))
        .collect();
    assert_eq!(
        lines,
        [
            " aws_s3_bucket default: hashicorp/aws [] amazon - written",
            " aws_s3_bucket west: hashicorp/aws [] amazon west written",
            " google_x unconfigured: hashicorp/google [] google - unwritten",
            "inherits aws_s3_bucket default: hashicorp/aws [] amazon - written",
            "inherits aws_s3_bucket other: hashicorp/aws [inherits] aws other unwritten",
            "inherits google_x own: hashicorp/google [inherits] google - written",
            "inherits google_y beta: hashicorp/google-beta [] google-beta - unwritten",
            "mapped aws_s3_bucket default: hashicorp/aws [] amazon west written",
            "mapped aws_s3_bucket other: hashicorp/aws [] amazon - written",
            "mapped google_x own: hashicorp/google [mapped] google - written",
            "mapped google_y beta: hashicorp/google-beta [] google-beta - unwritten",
            "inherits.grandchild aws_s3_bucket deep: hashicorp/aws [] amazon - written",
            "inherits.grandchild google_x deep: hashicorp/google [inherits] google - written",
            "mapped.grandchild aws_s3_bucket deep: hashicorp/aws [] amazon west written",
            "mapped.grandchild google_x deep: hashicorp/google [mapped] google - written",
        ]
    );
}

/// `CALLS TYPE NAME: SOURCE [DECLARED IN] NAME ALIAS written`, for each resource of a module.
fn configurations(root: &Root, calls: &str) -> Vec<String> {
    let calls: Vec<Name> = calls.split('.').filter(|call| !call.is_empty()).map(Name::from).collect();
    let mut node = &*root.node;
    for call in &calls {
        let Child::Found(child) = &node.children[call] else { panic!("{call} is missing") };
        node = child;
    }
    let line = |resource: &super::Resource| {
        let found = providers::of_resource(&root.node, &calls, resource).unwrap();
        format!(
            "{} {} {}: {} [{}] {} {} {}",
            calls.join("."),
            resource.resource_type,
            resource.name,
            found.source,
            found.module.join("."),
            found.reference.name,
            found.reference.alias.as_deref().unwrap_or("-"),
            if found.block.is_some() { "written" } else { "unwritten" },
        )
    };
    node.module.resources.values().map(line).collect()
}

#[test]
fn empty_provider_blocks_stand_for_what_is_handed_in() {
    let main = r#"
provider "aws" {
  alias  = "west"
  region = "w"
}
module "handed" {
  source    = "./child"
  providers = {
    aws   = aws.west
    aws.a = aws.west
  }
}
module "alone" { source = "./child" }
"#;
    let child = r#"
provider "aws" {}
provider "aws" { alias = "a" }
provider "aws" {
  alias  = "own"
  region = "o"
}
resource "aws_x" "default" {}
resource "aws_x" "empty" { provider = aws.a }
resource "aws_x" "own" { provider = aws.own }
"#;
    let (_holder, top) = tree(&[("main.tf", main), ("child/main.tf", child)]);
    let sources = Sources::new(top.clone());
    let (root, _, told, _) = load(&sources, &top);
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(
        configurations(&root, "handed"),
        [
            "handed aws_x default: hashicorp/aws [] aws west written",
            "handed aws_x empty: hashicorp/aws [] aws west written",
            "handed aws_x own: hashicorp/aws [handed] aws own written",
        ]
    );
    assert_eq!(
        configurations(&root, "alone"),
        [
            "alone aws_x default: hashicorp/aws [alone] aws - written",
            "alone aws_x empty: hashicorp/aws [alone] aws a written",
            "alone aws_x own: hashicorp/aws [alone] aws own written",
        ]
    );
}
