//! Inputs that try to make the program hang, crash, read what it must not, or print what it must not.
//!
//! `testdata/hostile` holds those that fit in a few files; the others are made here. Every run ends by
//! itself with a documented exit code, says nothing of a bug, and prints nothing that a terminal or a CI
//! would obey. The watchdog is generous: it is there to fail a run that would never end.

#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use assert_cmd::Command;
use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use tfward::cli::Cli;
use tfward::run::{Progress, Surroundings, on_large_stack, run as run_in_process};

/// When a run counts as one that never ends, on a slow machine and without optimisation.
const WATCHDOG: Duration = Duration::from_secs(300);

/// How much larger inputs are with optimisation than without.
const SCALE: usize = if cfg!(debug_assertions) { 1 } else { 10 };

/// What a run said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

/// Runs the binary in a directory and checks what holds for every run.
#[track_caller]
fn run(directory: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfward"));
    command.args(arguments).current_dir(directory).timeout(WATCHDOG);
    for (name, _) in std::env::vars_os() {
        if ["TF_", "GITHUB_", "CLICOLOR", "NO_COLOR"].iter().any(|p| name.to_string_lossy().starts_with(p)) {
            command.env_remove(name);
        }
    }
    let output = command.output().expect("tfward starts");
    let place = format!("{} {arguments:?}", directory.display());
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let Some(code @ 0..=2) = output.status.code() else {
        panic!("{place}: {}: {}", output.status, err.chars().take(2_000).collect::<String>());
    };
    let out = String::from_utf8(output.stdout).unwrap_or_else(|error| panic!("{place}: {error}"));
    assert!(!err.contains("bug") && !err.contains("panicked"), "{place}: {err}");
    for text in [&out, &err] {
        assert_harmless(text, &place);
    }
    Said { code, out, err }
}

/// Asserts that nothing in a text moves the cursor, turns lines around or speaks to a CI.
#[track_caller]
fn assert_harmless(text: &str, place: &str) {
    let hidden = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    for line in text.lines() {
        let command = line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
        assert!(
            !command && !line.contains(hidden),
            "{place}: {:?}",
            line.chars().take(500).collect::<String>()
        );
    }
}

/// Runs every command that evaluates, and returns what `check --format json` said.
#[track_caller]
fn ends(directory: &Path) -> (i32, Value) {
    let report = run(directory, &["check", "--format", "json"]);
    for arguments in
        [&["check", "--verbose"] as &[_], &["check", "--format", "short"], &["explain", "aws_s3_bucket.site"]]
    {
        let said = run(directory, arguments);
        if arguments.first() == Some(&"check") {
            assert_eq!(said.code, report.code, "{} {arguments:?}", directory.display());
        }
        assert!(said.err.len() < 10_000, "{} {arguments:?}", directory.display());
    }
    run(directory, &["resolve"]);
    let json = serde_json::from_str(&report.out).unwrap_or_else(|error| panic!("{error}: {}", report.out));
    (report.code, json)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The verdict of `aws_s3_bucket.site`, when it is a store.
fn site(report: &Value) -> Option<&str> {
    let site = list(report, "stores").iter().find(|store| text(store, "address") == "aws_s3_bucket.site")?;
    Some(text(site, "verdict"))
}

fn messages(report: &Value) -> Vec<&str> {
    list(report, "diagnostics").iter().map(|diagnostic| text(diagnostic, "message")).collect()
}

/// A working tree, and beside it what it must not see.
struct Tree {
    holder: tempfile::TempDir,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let holder = tempfile::tempdir().unwrap();
        let tree = Self { holder };
        std::fs::create_dir_all(tree.top().join(".git")).unwrap();
        std::fs::create_dir_all(tree.outside()).unwrap();
        std::fs::write(tree.outside().join("secret.txt"), SECRET).unwrap();
        std::fs::write(
            tree.outside().join("main.tf"),
            format!("output \"o\" {{\n  value = \"{SECRET}\"\n}}\n"),
        )
        .unwrap();
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    fn top(&self) -> PathBuf {
        self.holder.path().join("tree")
    }

    fn outside(&self) -> PathBuf {
        self.holder.path().join("outside")
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.top().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

const SECRET: &str = "what-lies-outside-4711";

/// A bucket that anyone may read.
const SITE: &str = r#"
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-site/*" }]
  })
}
"#;

/// What does not end with 2: there is nothing wrong with it but what it holds.
const COMPLETE: &[&str] = &[
    "bidirectional-text",
    "byte-order-mark",
    "control-characters",
    "huge-number",
    "links",
    "long-names",
    "validation-and-checks",
    "workflow-commands",
];

/// Where the site's verdict needs what cannot be known: a file that cannot be read at all may hold what
/// closes it, or the value that opens it is the one that is wrong.
const UNDETERMINED: &[&str] = &[
    "cycle-of-locals",
    "cycle-of-one-local",
    "deep-json-syntax",
    "deep-policy",
    "not-an-object",
    "null-bytes",
    "unclosed",
    "utf16",
];

/// An input of `testdata/hostile`: a bucket named `site` beside the trap is judged all the same.
fn stored(directory: &Path, name: &str) {
    let (code, report) = ends(directory);
    assert_eq!(code, if COMPLETE.contains(&name) { 1 } else { 2 }, "{:?}", messages(&report));
    let main = std::fs::read_to_string(directory.join("main.tf")).unwrap_or_default();
    let opens = main.contains("Principal = \"*\"") || main.contains("_acl\"");
    if opens && main.contains("resource \"aws_s3_bucket\" \"site\" {\n  bucket = \"acme-site\"") {
        let expected = if UNDETERMINED.contains(&name) { "undetermined" } else { "public" };
        assert_eq!(site(&report), Some(expected));
    }
    assert!(messages(&report).iter().all(|message| message.len() < 2_000));
}

/// `count` lines `NAME0 = FIRST`, `NAME1 = …` made from the name before, inside of a `locals` block.
fn chain(name: &str, count: usize, first: &str, next: impl Fn(&str) -> String) -> String {
    let mut text = format!("locals {{\n  {name}0 = {first}\n");
    for number in 1..=count {
        let _ = writeln!(text, "  {name}{number} = {}", next(&format!("local.{name}{}", number - 1)));
    }
    text + "}\n"
}

/// A bucket with that name, an output and an ACL of the same value.
fn uses(value: &str) -> String {
    format!(
        "resource \"aws_s3_bucket\" \"bomb\" {{\n  bucket = {value}\n}}\n\
         resource \"aws_s3_bucket_acl\" \"bomb\" {{\n  bucket = aws_s3_bucket.bomb.id\n  acl = {value}\n}}\n\
         resource \"aws_s3_bucket_policy\" \"bomb\" {{\n  bucket = aws_s3_bucket.bomb.id\n  policy = {value}\n}}\n\
         output \"bomb\" {{\n  value = {value}\n}}\n"
    )
}

/// Texts that grow with every step, or are as deep or as long as may be, by name.
fn bombs() -> Vec<(&'static str, String)> {
    let unknown = "variable \"u\" {}\nvariable \"s\" {\n  sensitive = true\n  default = \"x\"\n}\nresource \"aws_s3_bucket\" \"other\" {}\n";
    let double = |name: &'static str, first: &str, next: &dyn Fn(&str) -> String| {
        (name, format!("{unknown}{}{}", chain("a", 45, first, next), uses("local.a45")))
    };
    let mut bombs = vec![
        double("text", "\"x\"", &|a| format!("\"${{{a}}}${{{a}}}\"")),
        double("text of holes", "aws_s3_bucket.other.id", &|a| format!("\"${{{a}}}-${{{a}}}\"")),
        double("text of variables", "var.u", &|a| format!("\"${{{a}}}-${{{a}}}\"")),
        double("sensitive text", "var.s", &|a| format!("\"${{{a}}}${{{a}}}\"")),
        double("sensitive sums", "length(var.s)", &|a| format!("{a} + {a}")),
        double("unknown sums", "var.u", &|a| format!("{a} + {a}")),
        double("lists", "[1]", &|a| format!("[{a}, {a}]")),
        double("concatenated lists", "[1]", &|a| format!("concat({a}, {a})")),
        double("flattened lists", "[1]", &|a| format!("flatten([{a}, {a}])")),
        double("objects", "{ x = var.u }", &|a| format!("{{ x = {a}, y = {a} }}")),
        double("objects as JSON", "{ x = var.u }", &|a| format!("jsonencode({{ x = {a}, y = {a} }})")),
        double("JSON in JSON", "\"\\\"\"", &|a| format!("jsonencode({a})")),
        double("JSON with holes in JSON", "aws_s3_bucket.other.id", &|a| {
            format!("jsonencode([{a}, \"\\\"\"])")
        }),
        double("conditionals", "var.u", &|a| format!("var.u ? {a} : {a}")),
        double("conditionals of objects", "{ x = 1 }", &|a| format!("var.u ? {{ x = {a} }} : {{ y = {a} }}")),
        double("conditionals of lists", "[]", &|a| format!("var.u ? [{a}] : [{a}, {a}]")),
        double("known conditionals", "[]", &|a| format!("true ? [{a}] : [{a}]")),
        double("for", "[1]", &|a| format!("flatten([for x in {a} : [x, x]])")),
        double("for over unknowns", "[var.u]", &|a| {
            format!("flatten([for x in {a} : [x, x] if var.u == 1])")
        }),
        double("format", "\"x\"", &|a| format!("format(\"%s%s\", {a}, {a})")),
        double("join", "\"x\"", &|a| format!("join({a}, [{a}, {a}])")),
        double("replace", "\"x\"", &|a| format!("replace({a}, \"x\", \"xx\")")),
        double("merge", "{ x = var.u }", &|a| format!("merge({{ y = {a} }}, {{ z = {a} }})")),
        double("products", "3", &|a| format!("{a} * {a}")),
        double("products of fractions", "1.000001", &|a| format!("{a} * {a}")),
        double("quotients", "3", &|a| format!("1 / ({a} + 1 / {a})")),
        double("powers", "3", &|a| format!("pow({a}, {a})")),
        double("try", "var.u", &|a| format!("try({a}.x, {a}.y, {a})")),
        double("indexes", "[[var.u]]", &|a| format!("[{a}[var.u], {a}[var.u]]")),
        double("splats", "[{ x = [] }]", &|a| format!("[{{ x = {a}[*].x }}, {{ x = {a}[*].x }}]")),
        double("comparisons", "[1]", &|a| format!("[{a} == {a}, {a}, {a}]")),
        double("sets", "toset([var.u])", &|a| format!("setunion([{a}], [{a}, [{a}]])")),
        double("base64", "\"x\"", &|a| format!("base64encode(\"${{{a}}}${{{a}}}\")")),
        double("YAML", "{ x = 1 }", &|a| format!("yamlencode({{ x = {a}, y = {a} }})")),
        double("zipmap", "{ x = 1 }", &|a| format!("zipmap([\"x\", \"y\"], [{a}, {a}])")),
        double("coalesce", "var.u", &|a| format!("coalesce({a}, {a})")),
    ];
    let one = |name: &'static str, value: String| (name, format!("{unknown}{}", uses(&value)));
    let nested = |open: &str, middle: &str, close: &str, depth: usize| {
        format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    bombs.extend([
        one("nested conditionals", nested("(var.u ? ", "1", " : 2)", 60)),
        one("chained conditionals", nested("var.u ? 1 : ", "2", "", 63)),
        one("many chained conditionals", nested("var.u ? 1 : ", "2", "", 500 * SCALE)),
        one("nested for", nested("flatten([for x in range(1000) : ", "x", "])", 20)),
        one("nested calls", nested("upper(", "\"x\"", ")", 60)),
        one("many nested calls", nested("upper(", "\"x\"", ")", 5_000 * SCALE)),
        one("nested templates", nested("\"${", "1", "}\"", 20)),
        one("many minuses", format!("{}1", "-".repeat(10_000 * SCALE))),
        one("many nots", format!("{}true", "!".repeat(10_000 * SCALE))),
        one("long traversal", format!("var.u{}", ".a".repeat(30_000 * SCALE))),
        one("long indexes", format!("var.u{}", "[0]".repeat(30_000 * SCALE))),
        one("long splats", format!("var.u{}", "[*]".repeat(10_000 * SCALE))),
        one("long legacy splats", format!("var.u{}", ".*.a".repeat(10_000 * SCALE))),
        one("long sum", format!("1{}", " + 1".repeat(10_000 * SCALE))),
        one("long list", format!("[{}]", "1, ".repeat(30_000 * SCALE))),
        one("long object", format!("{{{}}}", (0..5_000 * SCALE).fold(String::new(), |all, n| format!("{all}k{n} = 1\n")))),
        one("long template", format!("\"{}\"", "${var.u}".repeat(10_000 * SCALE))),
        one("long arguments", format!("concat({})", "[1], ".repeat(10_000 * SCALE).trim_end_matches(", "))),
        one("huge exponents", "[1e999999999, 1e-999999999, 1e999999999 + 1e-999999999, tostring(1e99999999)]".to_owned()),
        one("huge powers", "[pow(2, 1000000000), pow(10, -1000000000), pow(2, 0.5), log(0, 0)]".to_owned()),
        one("many digits", format!("{} * {}", "9".repeat(20_000 * SCALE), "9".repeat(20_000 * SCALE))),
        one("parseint", format!("parseint(\"{}\", 36)", "z".repeat(20_000 * SCALE))),
        one("large regex", "regexall(\"(((a{1000}){1000}){1000}){1000}\", \"a\")".to_owned()),
        one("regex on long text", "regexall(\"(a*)*b\", join(\"\", [for x in range(300) : join(\"\", [for y in range(1000) : \"a\"])]))".to_owned()),
        one("empty matches", "regexall(\"\", join(\"\", [for x in range(300) : join(\"\", [for y in range(1000) : \"a\"])]))".to_owned()),
        one("split", "split(\"\", join(\"\", [for x in range(300) : join(\"\", [for y in range(1000) : \"a\"])]))".to_owned()),
        one("subnets", "[for n in range(1000) : cidrsubnets(\"10.0.0.0/8\", [for x in range(200) : 24]...)]".to_owned()),
        one("template loops", nested("%{ for x in range(1000) }", "x", "%{ endfor }", 5).replacen('%', "\"%", 1) + "\""),
        one("chunks", "chunklist(range(1000), 1)".to_owned()),
        one("matchkeys", "matchkeys(range(1000), range(1000), range(1000))".to_owned()),
        one("distinct", "distinct(flatten([for x in range(100) : [for y in range(100) : x * 1000 + y]]))".to_owned()),
        one("sets of objects", "toset([for x in range(300) : { a = x, b = toset([for y in range(100) : { c = y }]) }])".to_owned()),
        one("contains", "[for x in range(1000) : contains(range(1000), x)]".to_owned()),
        one("formatlist", "formatlist(\"%s%s\", range(1000), range(1000))".to_owned()),
        one("paddings", "[format(\"%1000000d\", 1), format(\"%.1000000f\", 1), format(\"%*d\", 1000000000, 1)]".to_owned()),
        one("substrings", "[for x in range(200) : substr(join(\"\", range(1000)), x, -1)]".to_owned()),
    ]);
    let buckets = |count: usize, body: &str| {
        (0..count).fold(String::new(), |mut all, number| {
            let _ = writeln!(
                all,
                "resource \"aws_s3_bucket\" \"b{number}\" {{{}}}",
                body.replace('#', &number.to_string())
            );
            all
        })
    };
    bombs.extend([
        ("deep chain", chain("a", 4_000, "1", |a| format!("{a} + 1")) + &uses("local.a4000")),
        ("wide cycle", (0..3_000).fold("locals {\n".to_owned(), |all, n| format!("{all}  a{n} = local.a{}\n", (n + 1) % 3_000)) + "}\n" + &uses("local.a0")),
        ("dense cycle", (0..150).fold("locals {\n".to_owned(), |all, n| {
            let others: Vec<String> = (0..150).map(|other| format!("local.a{other}")).collect();
            format!("{all}  a{n} = [{}]\n", others.join(", "))
        }) + "}\n" + &uses("local.a0")),
        ("undeclared names", (0..500 * SCALE).fold("locals {\n".to_owned(), |all, n| format!("{all}  a{n} = var.v{n}\n")) + "}\n"),
        ("many causes", format!("{unknown}resource \"aws_s3_bucket\" \"m\" {{\n  count = 3000\n}}\nlocals {{\n  all = join(\",\", aws_s3_bucket.m[*].arn)\n}}\nresource \"aws_s3_bucket\" \"n\" {{\n  count = 1000\n  bucket = local.all\n}}\n{}", uses("local.all"))),
        ("unknown conditions", format!("{unknown}resource \"aws_s3_bucket\" \"m\" {{\n  count = 3000\n}}\n{}", uses("[for b in aws_s3_bucket.m : b.id if b.arn != \"\"]"))),
        ("counts", buckets(15, "\n  count = 10000\n").replace("aws_s3_bucket", "null_resource")),
        ("for_each", buckets(3, "\n  for_each = toset([for x in range(1000) : \"#-${x}\"])\n")),
        ("dynamic blocks", "resource \"aws_s3_bucket\" \"b\" {\n  dynamic \"a\" {\n    for_each = range(1000)\n    content {\n      dynamic \"b\" {\n        for_each = range(1000)\n        content {\n          dynamic \"c\" {\n            for_each = range(1000)\n            content {}\n          }\n        }\n      }\n    }\n  }\n}\n".to_owned()),
        ("dynamic blocks of unknowns", format!("variable \"u\" {{}}\nresource \"aws_s3_bucket\" \"b\" {{\n{}\n{}\n}}\n", "  dynamic \"a\" {\n    for_each = var.u\n    content {\n".repeat(25), "    }\n  }\n".repeat(25))),
        ("many arguments", format!("resource \"aws_s3_bucket\" \"b\" {{\n{}}}\n", (0..3_000 * SCALE).fold(String::new(), |all, n| format!("{all}  a{n} = {n}\n")))),
        ("one argument many times", format!("resource \"aws_s3_bucket\" \"b\" {{\n{}}}\n", "  a = 1\n".repeat(3_000 * SCALE))),
        ("many duplicates", "resource \"aws_s3_bucket\" \"b\" {}\n".repeat(2_000 * SCALE)),
        ("many errors", "resource \"aws_s3_bucket\" {}\n}\n= 1\n".repeat(1_000 * SCALE)),
        ("many broken blocks", "resource \"aws_s3_bucket\" \"b\" {\n  a = (\n}\n".repeat(500 * SCALE)),
        ("many open braces", "a {\n".repeat(5_000 * SCALE)),
        ("many closing braces", "}\n".repeat(5_000 * SCALE)),
        ("many quotes", "\"".repeat(5_000 * SCALE + 1)),
        ("many heredocs", "a = <<A\n".repeat(2_000 * SCALE)),
        ("many interpolations", format!("locals {{\n  a = \"{}", "${\"".repeat(2_000 * SCALE))),
        ("many comments", "/*".repeat(5_000 * SCALE) + "\n" + &"# x\n".repeat(5_000 * SCALE)),
        ("type constraints", format!("variable \"t\" {{\n  type = {}\n}}\n", nested("list(", "string", ")", 60))),
        ("many type constraints", format!("variable \"t\" {{\n  type = {}\n}}\n", nested("object({ a = optional(", "string", ", {}) })", 20))),
    ]);
    bombs
}

/// A file of its own beside a public bucket.
fn bomb(text: &str) {
    let tree = Tree::new(&[("bomb.tf", text), ("site.tf", SITE)]);
    let report = run(&tree.top(), &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&report.out).unwrap();
    run(&tree.top(), &["resolve"]);
    let verdict = site(&report);
    assert!(matches!(verdict, Some("public" | "undetermined")), "{verdict:?}");
    let count = messages(&report).len();
    assert!(count <= 110, "{count} diagnostics");
}

/// What reaches out of the working tree: nothing of it is read, and nothing of it is printed.
fn outside_of_the_fence() {
    let reads = [
        "file(\"../outside/secret.txt\")",
        "file(\"${path.module}/../outside/secret.txt\")",
        "file(\"${path.cwd}/../outside/secret.txt\")",
        "file(\"../../../../../../../../etc/passwd\")",
        "file(\"/etc/passwd\")",
        "file(\"/dev/zero\")",
        "file(\"~/.bashrc\")",
        "file(\".\")",
        "filebase64(\"../outside/secret.txt\")",
        "filesha256(\"../outside/secret.txt\")",
        "templatefile(\"../outside/secret.txt\", {})",
        "fileexists(\"../outside/secret.txt\")",
        "fileset(\"..\", \"**\")",
        "fileset(\"/\", \"**\")",
        "fileset(\".\", \"../outside/*\")",
        "fileset(\".\", \"**/**/**/**/**/**/**\")",
        "try(file(\"../outside/secret.txt\"), \"closed\")",
    ];
    let mut text = String::from("locals {\n");
    for (number, read) in reads.iter().enumerate() {
        let _ = writeln!(text, "  r{number} = {read}");
    }
    text += "}\n";
    for number in 0..reads.len() {
        let _ = writeln!(text, "output \"r{number}\" {{\n  value = local.r{number}\n}}");
    }
    let tree = Tree::new(&[
        ("main.tf", &text),
        ("site.tf", SITE),
        (
            "modules.tf",
            "module \"out\" {\n  source = \"../outside\"\n}\nmodule \"far\" {\n  source = \"../../../../etc\"\n}\noutput \"out\" {\n  value = module.out.o\n}\n",
        ),
    ]);
    let secret = tree.outside().join("secret.txt");
    tree.write(
        "absolute.tf",
        format!("output \"absolute\" {{\n  value = file({:?})\n}}\n", secret.display().to_string()),
    );
    no_secret(&tree, &["check", "resolve"]);
    // The module outside may be anything: it does not open the bucket less.
    let (code, report) = ends(&tree.top());
    assert_eq!((code, site(&report)), (2, Some("public")));
}

#[track_caller]
fn no_secret(tree: &Tree, commands: &[&str]) {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let passwd = passwd.lines().next().filter(|line| line.len() > 10).unwrap_or(SECRET);
    for command in commands {
        for format in ["human", "json", "short"] {
            let mut arguments = vec![*command];
            if *command == "check" {
                arguments.extend(["--format", format]);
            }
            let said = run(&tree.top(), &arguments);
            for secret in [SECRET, passwd] {
                assert!(
                    !said.out.contains(secret) && !said.err.contains(secret),
                    "{arguments:?}: {}",
                    said.out
                );
            }
        }
    }
}

/// What `terraform init` leaves behind may be anything.
fn what_init_leaves() {
    let manifests = [
        r#"{"Modules":[{"Key":"m","Source":"a/b/c","Dir":"../outside"}]}"#,
        r#"{"Modules":[{"Key":"m","Source":"a/b/c","Dir":"/etc"}]}"#,
        r#"{"Modules":[{"Key":"m","Source":"a/b/c","Dir":"."}]}"#,
        r#"{"Modules":[{"Key":"m","Source":"a/b/c","Dir":".terraform/modules/none"}]}"#,
        r#"{"Modules":[{"Key":"m","Source":"a/b/c","Dir":""}]}"#,
        r#"{"Modules":{}}"#,
        "{\"Modules\":[",
        "",
        "\u{0}",
    ];
    for manifest in manifests {
        let tree = Tree::new(&[
            ("main.tf", "module \"m\" {\n  source = \"a/b/c\"\n}\noutput \"o\" {\n  value = module.m.o\n}\n"),
            ("site.tf", SITE),
            (".terraform/modules/modules.json", manifest),
        ]);
        no_secret(&tree, &["check", "resolve"]);
        let (code, report) = ends(&tree.top());
        assert_eq!((code, site(&report)), (2, Some("public")), "{manifest}");
    }
    let deep = format!("{}{}", "[".repeat(10_000 * SCALE), "]".repeat(10_000 * SCALE));
    for (path, text) in [
        (".terraform/modules/modules.json", deep.as_str()),
        (".terraform.lock.hcl", "provider \"registry.terraform.io/hashicorp/aws\" {\n"),
        (".terraform.lock.hcl", &"{".repeat(10_000 * SCALE)),
        (".terraform/environment", &"x".repeat(1_000_000)),
        (".terraform/environment", "\u{1b}[2J\n::error::x"),
        ("terraform.tfvars", &deep),
        ("terraform.tfvars", "x = file(\"../outside/secret.txt\")\ny = ["),
        ("terraform.tfvars.json", &deep),
        ("a.auto.tfvars", "\u{1b}]0;x\u{7} = 1\n::error:: = 2\n"),
    ] {
        let tree = Tree::new(&[("site.tf", SITE), (path, text)]);
        let (_, report) = ends(&tree.top());
        assert_eq!(site(&report), Some("public"), "{path}");
    }
}

#[cfg(unix)]
fn links_and_devices() {
    use std::os::unix::fs::symlink;
    let tree = Tree::new(&[("site.tf", SITE), ("sub/modules/a/main.tf", "output \"a\" {\n  value = 1\n}\n")]);
    let top = tree.top();
    symlink("loop-b.tf", top.join("loop-a.tf")).unwrap();
    symlink("loop-a.tf", top.join("loop-b.tf")).unwrap();
    symlink(tree.outside().join("main.tf"), top.join("out.tf")).unwrap();
    symlink("/dev/zero", top.join("zero.tf")).unwrap();
    symlink("/etc/passwd", top.join("passwd.tf")).unwrap();
    symlink("..", top.join("sub/up")).unwrap();
    symlink(".", top.join("sub/here")).unwrap();
    symlink("/", top.join("sub/everything")).unwrap();
    symlink(tree.outside(), top.join("sub/outside")).unwrap();
    std::fs::create_dir(top.join("folder.tf")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(top.join("pipe.tf"))
        .arg(top.join("terraform.tfvars"))
        .status();
    tree.write("reads.tf", "locals {\n  pipe = try(file(\"pipe.tf\"), 1)\n  out = fileset(\"sub\", \"**\")\n}\noutput \"o\" {\n  value = [local.pipe, local.out, file(\"sub/outside/secret.txt\")]\n}\n");
    no_secret(&tree, &["check", "resolve"]);
    let (code, report) = ends(&top);
    assert_eq!(code, 2);
    // Of the files that cannot be read, any may hold what closes the bucket.
    assert_eq!(site(&report), Some("undetermined"));
    let told = messages(&report).join("\n");
    for name in ["loop-a.tf", "out.tf", "zero.tf", "passwd.tf"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    if made.is_ok_and(|status| status.success()) {
        assert!(told.contains("`pipe.tf` is not a regular file"), "{told}");
        for name in ["modules.json", "environment"] {
            let tree = Tree::new(&[("site.tf", SITE)]);
            let folder = if name == "modules.json" { ".terraform/modules" } else { ".terraform" };
            std::fs::create_dir_all(tree.top().join(folder)).unwrap();
            let pipe = tree.top().join(folder).join(name);
            assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
            assert_eq!(site(&ends(&tree.top()).1), Some("public"), "{name}");
        }
    }
}

#[cfg(unix)]
fn names_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new(&[("site.tf", SITE)]);
    let name = |bytes: &[u8]| tree.top().join(std::ffi::OsStr::from_bytes(bytes));
    std::fs::write(name(b"caf\xe9.tf"), "locals {\n  a = var.gone\n}\n").unwrap();
    std::fs::write(name(b"\x1b[2J.tf"), "locals {\n  b = var.gone\n}\n").unwrap();
    std::fs::create_dir(name(b"::error::folder\n")).unwrap();
    std::fs::write(name(b"::error::folder\n/main.tf"), "locals {\n  b = var.gone\n}\n").unwrap();
    std::fs::write(name("\u{202e}ft.niam.tf".as_bytes()), "locals {\n  c = var.gone\n}\n").unwrap();
    let (code, report) = ends(&tree.top());
    assert_eq!((code, site(&report)), (2, Some("public")));
    assert_eq!(messages(&report).len(), 4);
}

fn many_files() {
    let tree = Tree::new(&[("site.tf", SITE)]);
    for number in 0..20_000 {
        let (name, text) = match number % 4 {
            0 => (format!("f{number}.tf"), format!("locals {{\n  l{number} = {number}\n}}\n")),
            1 => (format!("f{number}.txt"), "x".to_owned()),
            2 => (format!("f{number}.tf.json"), "{}".to_owned()),
            _ => (format!("f{number}.tf~"), "{".to_owned()),
        };
        tree.write(&name, text);
    }
    let said = run(&tree.top(), &["check"]);
    assert_eq!((said.code, said.out.lines().last()), (1, Some("1 public, 0 undetermined, 0 private")));
}

fn many_folders() {
    let tree = Tree::new(&[("site.tf", SITE)]);
    for number in 0..1_000 {
        tree.write(&format!("d{}/d{number}/main.tf", number % 7), "resource \"aws_s3_bucket\" \"b\" {}\n");
    }
    let mut deep = String::new();
    for _ in 0..200 {
        deep += "d/";
        tree.write(&format!("{deep}main.tf"), "module \"next\" {\n  source = \"./d\"\n}\n");
    }
    let said = run(&tree.top(), &["check"]);
    assert_eq!(said.out.lines().last(), Some("1 public, 0 undetermined, 1000 private, 1 error"));
}

/// Ten or a hundred thousand blocks.
fn many_blocks() {
    let mut text = String::from(SITE);
    for number in 0..10_000 * SCALE {
        let _ = writeln!(text, "resource \"aws_s3_bucket\" \"b{number}\" {{}}");
    }
    let tree = Tree::new(&[("main.tf", &text)]);
    let said = run(&tree.top(), &["check"]);
    let expected = format!("1 public, 0 undetermined, {} private", 10_000 * SCALE);
    assert_eq!((said.code, said.out.lines().last()), (1, Some(expected.as_str())));
}

/// Buckets and as many policies: each is joined with its own.
fn many_joins() {
    let mut text = String::from(SITE);
    for number in 0..1_000 * SCALE {
        let _ = write!(
            text,
            "resource \"aws_s3_bucket\" \"b{number}\" {{}}\nresource \"aws_s3_bucket_acl\" \"b{number}\" {{\n  bucket = aws_s3_bucket.b{number}.id\n  acl = \"private\"\n}}\n"
        );
    }
    let tree = Tree::new(&[("main.tf", &text)]);
    let said = run(&tree.top(), &["check"]);
    let expected = format!("1 public, 0 undetermined, {} private", 1_000 * SCALE);
    assert_eq!((said.code, said.out.lines().last()), (1, Some(expected.as_str())));
}

/// Modules that are made ten thousand times, and each makes ten thousand more.
fn many_module_instances() {
    let tree = Tree::new(&[
        ("site.tf", SITE),
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n  count  = 10000\n}\n"),
        (
            "a/main.tf",
            "module \"b\" {\n  source = \"../b\"\n  count  = 10000\n}\nresource \"aws_s3_bucket\" \"a\" {}\n",
        ),
        ("b/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  count = 10000\n}\n"),
    ]);
    let said = run(&tree.top(), &["check", "--format", "short"]);
    assert_eq!(said.code, 2);
    assert!(said.out.contains("too many instances"), "{}", said.out.lines().last().unwrap_or_default());
}

/// A small generator of numbers (xorshift), so that every run makes the same ones.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    /// A range of at most `length` bytes.
    fn range(&mut self, bytes: &[u8], length: usize) -> std::ops::Range<usize> {
        let start = self.below(bytes.len() + 1);
        start..(start + self.below(length) + 1).min(bytes.len())
    }
}

/// What mutations put in: what opens, closes, refers and counts.
const WORDS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "${",
    "%{",
    "}}",
    "$${",
    "<<EOT\n",
    "EOT\n",
    "=",
    "\n",
    ",",
    ".",
    "*",
    "[*]",
    ".*.",
    "?",
    ":",
    "=>",
    "...",
    "!",
    "-",
    "&&",
    "null",
    "true",
    "0",
    "-1",
    "1e400",
    "0.1",
    "\\u0000",
    "\\",
    "/*",
    "#",
    "\u{feff}",
    "\u{202e}",
    "\u{e9}",
    "\0",
    "var.",
    "local.",
    "each.key",
    "count.index",
    "self",
    "data.",
    "module.",
    "path.module",
    "for x in ",
    "if ",
    "dynamic \"x\" ",
    "for_each = ",
    "count = ",
    "content ",
    "jsonencode(",
    "jsondecode(",
    "try(",
    "merge(",
    "concat(",
    "format(\"%s\", ",
    "element(",
    "lookup(",
    "toset(",
    "range(",
    "%{ for x in y }",
    "%{ endfor }",
    "%{ if x }",
    "%{ endif }",
    "terraform.workspace",
    "provider::x::y(",
    "timestamp()",
    "sensitive(",
    "resource \"aws_s3_bucket\" \"b\" {\n",
    "variable \"v\" {\n",
    "locals {\n",
    "module \"m\" {\n  source = \"./\"\n",
    "*\": \"*\"",
    "arn:aws:s3:::",
];

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>, others: &[(PathBuf, Vec<u8>)]) {
    match dice.below(7) {
        0 => {
            let at = dice.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        1 => {
            let range = dice.range(bytes, 40);
            bytes.drain(range);
        }
        2 => {
            let copy = bytes.get(dice.range(bytes, 60)).unwrap_or_default().to_vec();
            let at = dice.below(bytes.len() + 1);
            bytes.splice(at..at, copy);
        }
        3 => {
            let other = others.get(dice.below(others.len())).map_or(&[][..], |(_, other)| other);
            let copy = other.get(dice.range(other, 200)).unwrap_or_default().to_vec();
            let at = dice.below(bytes.len() + 1);
            bytes.splice(at..at, copy);
        }
        4 => {
            let range = dice.range(bytes, 4);
            let word = WORDS.get(dice.below(WORDS.len())).copied().unwrap_or_default();
            bytes.splice(range, word.bytes());
        }
        _ => {
            let at = dice.below(bytes.len() + 1);
            let word = WORDS.get(dice.below(WORDS.len())).copied().unwrap_or_default();
            bytes.splice(at..at, word.bytes());
        }
    }
}

/// The configuration files below a folder that are not large.
fn configurations(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            configurations(&path, found);
        } else if [".tf", ".tf.json"].iter().any(|extension| name.ends_with(extension)) {
            found.extend(
                std::fs::read(&path).ok().filter(|bytes| bytes.len() < 10_000).map(|bytes| (path, bytes)),
            );
        }
    }
}

/// Configurations with something wrong at random: each run ends, says something harmless, and does not panic.
fn mutations() {
    const MOST: usize = 5_000;
    let mut files = Vec::new();
    configurations(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"), &mut files);
    assert!(files.len() > 100, "{}", files.len());
    let mut dice = Dice(0x7477_6172_6431_3337);
    let tree = Tree::new(&[]);
    let top = tree.top().canonicalize().unwrap();
    let started = std::time::Instant::now();
    for round in 0..MOST {
        if started.elapsed() > Duration::from_secs(10) {
            break;
        }
        let (path, original) = files.get(dice.below(files.len())).unwrap();
        let mut bytes = original.clone();
        for _ in 0..=dice.below(6) {
            mutate(&mut dice, &mut bytes, &files);
        }
        let name = if path.to_string_lossy().ends_with(".json") { "main.tf.json" } else { "main.tf" };
        std::fs::write(top.join(name), &bytes).unwrap();
        let command = [&["check"] as &[_], &["check", "--format", "json"], &["resolve"]];
        let command = command.get(round % 3).unwrap();
        let cli = Cli::read(std::iter::once(&"tfward").chain(*command)).unwrap();
        let mut out = Vec::new();
        let code = on_large_stack(|| {
            let surroundings = Surroundings {
                working_directory: top.clone(),
                environment: Vec::new(),
                today: jiff::civil::date(2026, 1, 1),
                terminal: tfward::run::Terminal::default(),
                progress: Progress::new(false),
            };
            run_in_process(&cli, &surroundings, &mut out)
        });
        let from = || format!("round {round}, from {}:\n{}", path.display(), String::from_utf8_lossy(&bytes));
        let Some(Ok(0..=2)) = code else { panic!("{}", from()) };
        assert_harmless(&String::from_utf8(out).unwrap(), &from());
        std::fs::remove_file(top.join(name)).unwrap();
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hostile");
    let mut trials: Vec<Trial> = Vec::new();
    for entry in std::fs::read_dir(&top).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        trials.push(trial(&format!("testdata/{name}"), move || stored(&entry.path(), &name)));
    }
    for (name, text) in bombs() {
        trials.push(trial(&format!("bombs/{}", name.replace(' ', "-")), move || bomb(&text)));
    }
    trials.extend([
        trial("files/outside-of-the-fence", outside_of_the_fence),
        trial("files/what-init-leaves", what_init_leaves),
        trial("files/many-files", many_files),
        trial("files/many-folders", many_folders),
        trial("mutations", mutations),
        trial("large/blocks", many_blocks),
        trial("large/joins", many_joins),
        trial("large/module-instances", many_module_instances),
    ]);
    #[cfg(unix)]
    trials.extend([
        trial("files/links-and-devices", links_and_devices),
        trial("files/names-that-are-no-text", names_that_are_no_text),
    ]);
    trials.sort_by(|left, right| left.name().cmp(right.name()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}
