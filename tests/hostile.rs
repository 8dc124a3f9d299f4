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

/// When a run counts as one that never ends, on a slow machine and without optimisation.
const WATCHDOG: Duration = Duration::from_secs(120);

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
        one("many chained conditionals", nested("var.u ? 1 : ", "2", "", 500)),
        one("nested for", nested("flatten([for x in range(1000) : ", "x", "])", 20)),
        one("nested calls", nested("upper(", "\"x\"", ")", 60)),
        one("many nested calls", nested("upper(", "\"x\"", ")", 5000)),
        one("nested templates", nested("\"${", "1", "}\"", 20)),
        one("many minuses", format!("{}1", "-".repeat(10_000))),
        one("many nots", format!("{}true", "!".repeat(10_000))),
        one("long traversal", format!("var.u{}", ".a".repeat(30_000))),
        one("long indexes", format!("var.u{}", "[0]".repeat(30_000))),
        one("long splats", format!("var.u{}", "[*]".repeat(10_000))),
        one("long legacy splats", format!("var.u{}", ".*.a".repeat(10_000))),
        one("long sum", format!("1{}", " + 1".repeat(10_000))),
        one("long list", format!("[{}]", "1, ".repeat(30_000))),
        one("long object", format!("{{{}}}", (0..5000).fold(String::new(), |all, n| format!("{all}k{n} = 1\n")))),
        one("long template", format!("\"{}\"", "${var.u}".repeat(10_000))),
        one("long arguments", format!("concat({})", "[1], ".repeat(10_000).trim_end_matches(", "))),
        one("huge exponents", "[1e999999999, 1e-999999999, 1e999999999 + 1e-999999999, tostring(1e99999999)]".to_owned()),
        one("huge powers", "[pow(2, 1000000000), pow(10, -1000000000), pow(2, 0.5), log(0, 0)]".to_owned()),
        one("many digits", format!("{} * {}", "9".repeat(20_000), "9".repeat(20_000))),
        one("parseint", format!("parseint(\"{}\", 36)", "z".repeat(20_000))),
        one("large regex", "regexall(\"(((a{1000}){1000}){1000}){1000}\", \"a\")".to_owned()),
        one("regex on long text", "regexall(\"(a*)*b\", join(\"\", [for x in range(1000) : join(\"\", [for y in range(1000) : \"a\"])]))".to_owned()),
        one("empty matches", "regexall(\"\", join(\"\", [for x in range(1000) : join(\"\", [for y in range(1000) : \"a\"])]))".to_owned()),
        one("split", "split(\"\", join(\"\", [for x in range(1000) : join(\"\", [for y in range(1000) : \"a\"])]))".to_owned()),
        one("subnets", "[for n in range(1000) : cidrsubnets(\"10.0.0.0/8\", [for x in range(1000) : 24]...)]".to_owned()),
        one("template loops", nested("%{ for x in range(1000) }", "x", "%{ endfor }", 5).replacen('%', "\"%", 1) + "\""),
        one("chunks", "chunklist(range(1000), 1)".to_owned()),
        one("matchkeys", "matchkeys(range(1000), range(1000), range(1000))".to_owned()),
        one("distinct", "distinct(flatten([for x in range(300) : [for y in range(300) : x * 1000 + y]]))".to_owned()),
        one("sets of objects", "toset([for x in range(300) : { a = x, b = toset([for y in range(100) : { c = y }]) }])".to_owned()),
        one("contains", "[for x in range(1000) : contains(range(1000), x)]".to_owned()),
        one("formatlist", "formatlist(\"%s%s\", range(1000), range(1000))".to_owned()),
        one("paddings", "[format(\"%1000000d\", 1), format(\"%.1000000f\", 1), format(\"%*d\", 1000000000, 1)]".to_owned()),
        one("substrings", "[for x in range(1000) : substr(join(\"\", range(1000)), x, -1)]".to_owned()),
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
        ("deep chain", chain("a", 2000, "1", |a| format!("{a} + 1")) + &uses("local.a2000")),
        ("wide cycle", (0..300).fold("locals {\n".to_owned(), |all, n| format!("{all}  a{n} = local.a{}\n", (n + 1) % 300)) + "}\n" + &uses("local.a0")),
        ("dense cycle", (0..150).fold("locals {\n".to_owned(), |all, n| {
            let others: Vec<String> = (0..150).map(|other| format!("local.a{other}")).collect();
            format!("{all}  a{n} = [{}]\n", others.join(", "))
        }) + "}\n" + &uses("local.a0")),
        ("undeclared names", (0..500).fold("locals {\n".to_owned(), |all, n| format!("{all}  a{n} = var.v{n}\n")) + "}\n"),
        ("many causes", format!("{unknown}resource \"aws_s3_bucket\" \"m\" {{\n  count = 3000\n}}\nlocals {{\n  all = join(\",\", aws_s3_bucket.m[*].arn)\n}}\nresource \"aws_s3_bucket\" \"n\" {{\n  count = 1000\n  bucket = local.all\n}}\n{}", uses("local.all"))),
        ("unknown conditions", format!("{unknown}resource \"aws_s3_bucket\" \"m\" {{\n  count = 3000\n}}\n{}", uses("[for b in aws_s3_bucket.m : b.id if b.arn != \"\"]"))),
        ("counts", buckets(2, "\n  count = 2000\n")),
        ("for_each", buckets(3, "\n  for_each = toset([for x in range(1000) : \"#-${x}\"])\n")),
        ("dynamic blocks", "resource \"aws_s3_bucket\" \"b\" {\n  dynamic \"a\" {\n    for_each = range(1000)\n    content {\n      dynamic \"b\" {\n        for_each = range(1000)\n        content {\n          dynamic \"c\" {\n            for_each = range(1000)\n            content {}\n          }\n        }\n      }\n    }\n  }\n}\n".to_owned()),
        ("dynamic blocks of unknowns", format!("variable \"u\" {{}}\nresource \"aws_s3_bucket\" \"b\" {{\n{}\n{}\n}}\n", "  dynamic \"a\" {\n    for_each = var.u\n    content {\n".repeat(25), "    }\n  }\n".repeat(25))),
        ("many arguments", format!("resource \"aws_s3_bucket\" \"b\" {{\n{}}}\n", (0..3000).fold(String::new(), |all, n| format!("{all}  a{n} = {n}\n")))),
        ("one argument many times", format!("resource \"aws_s3_bucket\" \"b\" {{\n{}}}\n", "  a = 1\n".repeat(3000))),
        ("many duplicates", "resource \"aws_s3_bucket\" \"b\" {}\n".repeat(2000)),
        ("many errors", "resource \"aws_s3_bucket\" {}\n}\n= 1\n".repeat(1000)),
        ("many broken blocks", "resource \"aws_s3_bucket\" \"b\" {\n  a = (\n}\n".repeat(500)),
        ("many open braces", "a {\n".repeat(5000)),
        ("many closing braces", "}\n".repeat(5000)),
        ("many quotes", "\"".repeat(5_001)),
        ("many heredocs", "a = <<A\n".repeat(2000)),
        ("many interpolations", format!("locals {{\n  a = \"{}", "${\"".repeat(2000))),
        ("many comments", "/*".repeat(5000) + "\n" + &"# x\n".repeat(5000)),
        ("type constraints", format!("variable \"t\" {{\n  type = {}\n}}\n", nested("list(", "string", ")", 60))),
        ("many type constraints", format!("variable \"t\" {{\n  type = {}\n}}\n", nested("object({ a = optional(", "string", ", {}) })", 20))),
    ]);
    bombs
}

/// A file of its own beside a public bucket.
fn bomb(text: &str) {
    let tree = Tree::new(&[("bomb.tf", text), ("site.tf", SITE)]);
    let (_, report) = ends(&tree.top());
    let verdict = site(&report);
    assert!(matches!(verdict, Some("public" | "undetermined")), "{verdict:?}");
    let count = messages(&report).len();
    assert!(count <= 110, "{count} diagnostics");
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
    trials.sort_by(|left, right| left.name().cmp(right.name()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}
