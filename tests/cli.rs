//! The real binary: exit codes, formats, options, and the contract of `--format json`.
//!
//! Inputs that need more than one file stand in `testdata/cli`; what they show is said in its README. The
//! environment holds nothing that Terraform or tfward would read.

#![allow(clippy::disallowed_methods, reason = "tests make and read their own files")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// What a run said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON: {error}\n{self:?}"))
    }

    /// `ADDRESS verdict` of every store in a JSON report.
    #[track_caller]
    fn verdicts(&self) -> Vec<String> {
        list(&self.json(), "stores")
            .iter()
            .map(|store| format!("{} {}", text(store, "address"), text(store, "verdict")))
            .collect()
    }
}

/// The binary in a directory, with no variable of the environment that it would read.
fn tfward(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfward"));
    command.current_dir(directory);
    for (name, _) in std::env::vars_os() {
        let read = ["TF_", "GITHUB_", "CLICOLOR", "NO_COLOR"];
        if read.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

#[track_caller]
fn said(command: &mut Command) -> Said {
    let output = command.output().expect("tfward starts");
    Said {
        code: output.status.code().expect("no signal ends it"),
        out: String::from_utf8(output.stdout).expect("reports are UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// Runs arguments, split at blanks, in a directory of `testdata/cli`.
#[track_caller]
fn run(directory: &str, arguments: &str) -> Said {
    said(tfward(&cases().join(directory)).args(arguments.split_whitespace()))
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cli")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A working tree with these files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    std::fs::create_dir(top.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = top.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    top
}

const PRIVATE: &str = "resource \"aws_s3_bucket\" \"site\" {}\n";

#[test]
fn exit_codes() {
    let table = [
        ("public", "check", 1),
        ("public", "check --fail-on undetermined", 1),
        ("public", "check --fail-on never", 0),
        ("private", "check", 0),
        ("private", "check --fail-on undetermined", 0),
        ("undetermined", "check", 0),
        ("undetermined", "check --fail-on undetermined", 1),
        ("undetermined", "check --fail-on never", 0),
        ("undetermined", "check --var acl=public-read", 1),
        ("undetermined", "check --var acl=private", 0),
        ("undetermined", "check --var-file open.tfvars", 1),
        ("undetermined", "check --var-file shut.tfvars", 0),
        ("undetermined", "check --var-file shut.tfvars --var acl=public-read", 1),
        ("undetermined", "check --var acl=public-read --var-file shut.tfvars", 0),
        ("undetermined", "check --var-file none.tfvars", 2),
        ("undetermined", "check --var none=1", 2),
        ("no-store", "check", 0),
        ("empty", "check", 2),
        (".", "check none", 2),
        (".", "check public empty", 2),
        (".", "check public private", 1),
        (".", "check private no-store", 0),
        ("public", "check main.tf", 1),
        ("broken-beside-good", "check", 2),
        ("broken-beside-good", "check --fail-on never", 2),
        ("undeclared-variable", "check", 2),
        ("undeclared-resource", "check", 2),
        ("module-not-installed", "check", 2),
        ("module-directory-missing", "check", 2),
        ("missing-file", "check", 2),
        ("duplicate-resource", "check", 2),
        ("precedence", "check", 0),
        ("precedence", "check --var acl=public-read", 1),
        ("workspace", "check", 0),
        ("workspace", "check --workspace demo", 1),
        ("override", "check", 0),
        ("two-roots", "check", 0),
        ("two-roots", "check --var environment=demo", 1),
        ("two-roots", "check one two", 0),
        ("sensitive", "check", 1),
    ];
    let wrong: Vec<String> = table
        .into_iter()
        .filter_map(|(directory, arguments, expected)| {
            let said = run(directory, arguments);
            (said.code != expected).then(|| {
                format!(
                    "{directory}: {arguments}: {}, expected {expected}\n{}{}",
                    said.code, said.out, said.err
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bad_usage_is_2_and_says_so_on_standard_error() {
    for arguments in [
        "",
        "check --format yaml",
        "check --format json --format short",
        "check --fail-on sometimes",
        "check --var novalue",
        "check --quiet --verbose",
        "check --nonsense",
        "explain",
        "explain aws_s3_bucket.gone",
        "rules no-such-rule",
        "nonsense",
    ] {
        let said = run("private", arguments);
        assert_eq!(said.code, 2, "{arguments}: {said:?}");
        assert!(!said.err.is_empty() && said.out.is_empty(), "{arguments}: {said:?}");
    }
    for arguments in ["--help", "--version", "check --help"] {
        let said = run("private", arguments);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{arguments}");
        assert!(!said.out.is_empty(), "{arguments}");
    }
}

#[test]
fn the_last_line_of_human_counts() {
    let table = [
        ("public", "1 public, 0 undetermined, 0 private"),
        ("private", "0 public, 0 undetermined, 1 private"),
        ("undetermined", "0 public, 1 undetermined, 0 private"),
        ("two-roots", "0 public, 0 undetermined, 2 private"),
        ("no-store", "0 public, 0 undetermined, 0 private"),
        ("broken-beside-good", "1 public, 0 undetermined, 0 private, 1 error"),
        ("empty", "0 public, 0 undetermined, 0 private, 1 error"),
    ];
    for (directory, expected) in table {
        for quiet in ["", " --quiet", " --verbose"] {
            let said = run(directory, &format!("check --color never{quiet}"));
            assert_eq!(said.out.lines().last(), Some(expected), "{directory}{quiet}");
        }
    }
    assert!(run("no-store", "check").out.starts_with("No data store found\n"));
    assert!(run("empty", "check").out.contains("nothing to check under `.`"));
}

#[test]
fn colours_only_when_asked_for() {
    let escapes = |arguments: &str| run("public", arguments).out.contains('\u{1b}');
    assert!(escapes("check --color always"));
    assert!(!escapes("check"));
    assert!(!escapes("check --color never"));
    let with = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = tfward(&cases().join("public"));
        let said = said(command.envs(variables.iter().copied()).arg("check").args(arguments));
        // What is for a terminal only is not said to a pipe.
        assert_eq!(said.err, "");
        assert!(!said.out.contains("\x1b]8;"));
        said.out.contains('\u{1b}')
    };
    assert!(with(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!with(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
    assert!(with(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!with(&[("CLICOLOR_FORCE", "0"), ("CLICOLOR", "1")], &[]));
    assert!(with(&[("FORCE_HYPERLINK", "1")], &["--color", "always"]));
}

#[test]
fn timing_is_said_on_standard_error_when_asked_for() {
    let said = run("public", "check --verbose");
    let time =
        said.err.strip_prefix("read, evaluated and judged: ").and_then(|rest| rest.strip_suffix(" s\n"));
    assert!(time.is_some_and(|time| time.parse::<f64>().is_ok()), "{said:?}");
}

#[test]
fn short_is_one_line_each() {
    let said = run(".", "check public undetermined broken-beside-good --format short");
    let expected = [
        "broken-beside-good/main.tf:14:19: error: anyone can read objects in `aws_s3_bucket.site` [public-bucket] (aws_s3_bucket.site)",
        "public/main.tf:13:19: error: anyone can read objects in `aws_s3_bucket.site` [public-bucket] (aws_s3_bucket.site)",
        "undetermined/main.tf:4:1: warning: whether `aws_s3_bucket.site` is public depends on `var.acl`, which has no value; pass `--var acl=…` or a plan [public-bucket] (aws_s3_bucket.site)",
        "broken-beside-good/broken.tf:2:12: error: Unterminated template string",
    ];
    assert_eq!(said.out.lines().collect::<Vec<_>>(), expected);
    assert_eq!(said.code, 2);
}

#[test]
fn outputs_go_to_files() {
    let target = tempfile::tempdir().unwrap();
    let path = |name: &str| target.path().join(name);
    let mut command = tfward(&cases().join("public"));
    command.args(["check", "--format", "json", "--output"]).arg(path("report.json"));
    command.args(["--format", "short", "--output"]).arg(path("report.txt")).args(["--format", "human"]);
    let all = said(&mut command);
    assert_eq!(all.code, 1, "{all:?}");
    for (name, format) in [("report.json", "json"), ("report.txt", "short")] {
        let alone = run("public", &format!("check --format {format}")).out;
        assert_eq!(std::fs::read_to_string(path(name)).unwrap(), alone, "{format}");
    }
    assert_eq!(all.out, run("public", "check").out);

    let nowhere = path("none/report.json");
    let said = said(tfward(&cases().join("public")).args(["check", "--output"]).arg(&nowhere));
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: cannot write"), "{said:?}");
}

#[test]
fn the_environment_is_weaker_than_files() {
    let code = |directory: &str, name: &str, value: &str| {
        said(tfward(&cases().join(directory)).arg("check").env(name, value)).code
    };
    assert_eq!(code("undetermined", "TF_VAR_acl", "public-read"), 1);
    assert_eq!(code("undetermined", "TF_VAR_acl", "private"), 0);
    assert_eq!(code("undetermined", "TF_VAR_none", "public-read"), 0);
    assert_eq!(code("precedence", "TF_VAR_acl", "public-read"), 0);
    assert_eq!(code("workspace", "TF_WORKSPACE", "demo"), 1);
    assert_eq!(code("workspace", "TF_WORKSPACE", "other"), 0);
    let option = said(
        tfward(&cases().join("workspace")).args(["check", "--workspace", "x"]).env("TF_WORKSPACE", "demo"),
    );
    assert_eq!(option.code, 0);
}

#[test]
fn names_given_to_no_root_are_bad_usage() {
    let said = run("two-roots", "check --var environment=demo --var nowhere=1 --format short");
    assert_eq!(said.code, 2);
    assert!(said.out.contains("no root module declares a variable named \"nowhere\""), "{}", said.out);
    assert!(!said.out.contains("named \"environment\""), "{}", said.out);
}

#[test]
fn the_good_file_beside_a_broken_one_is_judged() {
    let said = run("broken-beside-good", "check --format json");
    assert_eq!(said.verdicts(), ["aws_s3_bucket.site public"]);
    let said = run("module-not-installed", "check --format json");
    assert_eq!(said.verdicts(), ["aws_s3_bucket.data public"]);
    let said = run("undeclared-variable", "check --format json");
    assert_eq!(said.verdicts(), ["aws_s3_bucket.site undetermined"]);
}

#[test]
fn errors_in_what_nobody_asks_for_are_told() {
    let files = [(
        "main.tf",
        "resource \"null_resource\" \"a\" {\n  triggers = { a = var.gone, b = each.key }\n}\n\
         locals {\n  a = local.b\n}\noutput \"o\" {\n  value = data.aws_vpc.gone.id\n}\n",
    )];
    let top = tree(&files);
    let said = said(tfward(top.path()).args(["check", "--format", "short"]));
    let messages: Vec<&str> =
        said.out.lines().map(|line| line.split(": ").nth(2).unwrap_or_default()).collect();
    assert_eq!(
        messages,
        [
            "Reference to undeclared input variable",
            "Reference to \"each\" in context without for_each",
            "Reference to undeclared local value",
            "Reference to undeclared resource",
        ]
    );
    assert_eq!(said.code, 2);
}

#[test]
fn cycles_end() {
    let cycle = "locals {\n  a = local.b\n  b = local.a\n}\n";
    let bucket = "resource \"aws_s3_bucket\" \"site\" {\n  bucket = local.a\n}\n";
    let locals = tree(&[("a.tf", cycle), ("b.tf", bucket)]);
    let said_of = |top: &tempfile::TempDir| said(tfward(top.path()).args(["check", "--format", "json"]));
    let report = said_of(&locals);
    assert_eq!(report.code, 2);
    assert_eq!(report.verdicts(), ["aws_s3_bucket.site private"]);
    assert!(report.out.contains("Cycle: local."), "{}", report.out);

    let modules = tree(&[
        ("main.tf", &format!("module \"a\" {{\n  source = \"./a\"\n}}\n{PRIVATE}")),
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n"),
    ]);
    let report = said_of(&modules);
    assert_eq!(report.code, 2);
    assert_eq!(report.verdicts(), ["aws_s3_bucket.site private"]);
    assert!(report.out.contains("Module calls itself"), "{}", report.out);
}

#[test]
fn a_hundred_roots_twice_are_the_same_bytes() {
    let mut files: Vec<(String, String)> = (0..100)
        .map(|number| {
            let open = if number % 3 == 0 { "true" } else { "var.open" };
            let text = format!(
                "variable \"open\" {{}}\nmodule \"site\" {{\n  source = \"../modules/site\"\n  name   = \"site-{number}\"\n  open   = {open}\n}}\n"
            );
            (format!("root-{number:03}/main.tf"), text)
        })
        .collect();
    let module = std::fs::read_to_string(cases().join("two-roots/modules/site/main.tf")).unwrap();
    files.push(("modules/site/main.tf".to_owned(), module));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let top = tree(&files);
    for format in ["json", "human", "short"] {
        let run = || said(tfward(top.path()).args(["check", "--format", format]));
        let first = run();
        assert_eq!(first, run(), "{format}");
        assert_eq!(first.code, 1);
        if format == "json" {
            let report = first.json();
            let summary = report.get("summary").unwrap();
            let counts = ["public", "undetermined", "private", "errors"].map(|key| summary.get(key).unwrap());
            assert_eq!(counts.map(|count| count.as_u64().unwrap()), [34, 66, 0, 0]);
        }
    }
}

#[test]
fn explain_tells_every_root_that_has_the_address() {
    let said = run("two-roots", "explain module.site.aws_s3_bucket.site");
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(said.out.contains("one") && said.out.contains("two"), "{}", said.out);

    let said = run("public", "explain aws_s3_bucket.site --format json");
    let store = said.json();
    assert_eq!((text(&store, "address"), text(&store, "verdict")), ("aws_s3_bucket.site", "public"));

    let said = run("public", "explain aws_s3_bucket_policy.site");
    assert_eq!(said.code, 2);
    assert_eq!(
        said.err,
        "error: `aws_s3_bucket_policy.site` is no data store; it acts on `aws_s3_bucket.site`\n"
    );
    let said = run("public", "explain aws_s3_bucket.sites");
    assert_eq!(
        said.err,
        "error: `aws_s3_bucket.sites` is no data store; the nearest addresses are `aws_s3_bucket.site`\n"
    );
}

#[test]
fn a_module_outside_of_the_project_says_what_to_do() {
    let database = "module \"vpc\" {\n  source = \"../modules/vpc\"\n}\n\
        resource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\"\n  publicly_accessible = true\n  \
        vpc_security_group_ids = module.vpc.groups\n}\n";
    let top = tree(&[("live/main.tf", database), ("modules/vpc/main.tf", "")]);
    let help = "help: run the check from `..`, which holds both";
    let check = || said(tfward(&top.path().join("live")).args(["check"]));
    assert!(!check().out.contains(help), "{}", check().out);
    std::fs::remove_dir(top.path().join(".git")).unwrap();
    assert!(check().out.contains(help), "{}", check().out);

    let explained = said(tfward(&top.path().join("live")).args(["explain", "aws_db_instance.main"])).out;
    let lack = "`module.vpc` is not read; run `terraform init`, or see the error at its call";
    let lines: Vec<&str> = explained.lines().collect();
    assert!(explained.contains(lack), "{explained}");
    let repeated = lines.iter().zip(lines.iter().skip(1)).any(|(line, next)| line == next);
    assert!(!repeated, "{explained}");
}

#[test]
fn resolve_shows_what_the_verdicts_come_from() {
    let said = run("sensitive", "resolve");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!said.out.contains("correct-horse-battery-staple"), "{}", said.out);
    let report = said.json();
    assert_eq!(report.get("schema_version").and_then(Value::as_u64), Some(1));
    let resources = list(&report, "resources");
    let addresses: Vec<&str> = resources.iter().map(|resource| text(resource, "address")).collect();
    assert_eq!(addresses, ["aws_s3_bucket.site", "aws_s3_bucket_policy.site"]);
    let [bucket, policy] = resources else { panic!("{report}") };
    let value = |resource: &Value, name: &str| resource.pointer(&format!("/values/{name}")).cloned();
    assert_eq!(value(bucket, "bucket"), Some("acme-site".into()));
    assert_eq!(value(policy, "policy"), Some("(sensitive)".into()));
    for resource in resources {
        for key in ["address", "mode", "type", "name", "provider", "values", "unknown"] {
            assert!(resource.get(key).is_some(), "{key} is missing in {resource}");
        }
    }
    assert!(report.get("outputs").is_some_and(Value::is_object));
    assert_eq!(list(&report, "diagnostics"), &[] as &[Value]);
    assert_eq!(run("undeclared-variable", "resolve").code, 2);
}

#[test]
fn rules_are_listed_and_have_pages() {
    let all = run("private", "rules");
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    let names: Vec<&str> = all.out.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(names.contains(&"public-bucket") && names.contains(&"public-database"), "{names:?}");
    let json: Value = run("private", "rules --format json").json();
    assert_eq!(json.as_array().map(Vec::len), Some(names.len()));
    let page = run("private", "rules public-bucket");
    assert_eq!(page.code, 0);
    assert!(page.out.contains("`aws_s3_bucket`"), "{}", page.out);
}

#[test]
fn a_sensitive_value_is_in_no_report() {
    for arguments in [
        "check",
        "check --verbose",
        "check --format json",
        "check --format short",
        "explain aws_s3_bucket.site",
        "explain aws_s3_bucket.site --format json",
        "resolve",
    ] {
        let said = run("sensitive", arguments);
        for secret in ["correct-horse-battery-staple", "aws:UserAgent", "StringEquals"] {
            assert!(!said.out.contains(secret) && !said.err.contains(secret), "{arguments}: {said:?}");
        }
    }
}

/// Whoever reads the report may stop reading: no panic, no message.
#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    use std::io::Read;
    use std::process::{Command as Process, Stdio};
    let buckets: Vec<String> =
        (0..2_000).map(|number| format!("resource \"aws_s3_bucket\" \"b{number}\" {{}}\n")).collect();
    let text = buckets.concat();
    let top = tree(&[("main.tf", &text)]);
    let mut child = Process::new(env!("CARGO_BIN_EXE_tfward"))
        .args(["check", "--format", "json"])
        .current_dir(top.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(2), ""));
}

#[test]
fn standard_input_is_left_alone() {
    let said = said(tfward(&cases().join("private")).arg("check").write_stdin("{\"a\": "));
    assert_eq!(said.code, 0);
}

/// Keys of the objects of the contract: what must be there, and what may be.
struct Shape {
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const REPORT: Shape = Shape {
    required: &[
        "schema_version",
        "tool",
        "summary",
        "stores",
        "findings",
        "diagnostics",
        "not_judged",
        "settings",
        "suppressions",
    ],
    optional: &[],
};
const SUMMARY: Shape = Shape { required: &["public", "undetermined", "private", "errors"], optional: &[] };
const STORE: Shape = Shape {
    required: &["address", "type", "kind", "tier", "verdict", "access", "because", "unknown", "remarks"],
    optional: &["root", "audience", "change", "location"],
};
const FINDING: Shape = Shape {
    required: &["rule", "level", "address", "message", "because", "help"],
    optional: &["root", "change", "location", "suppressed"],
};
const BECAUSE: Shape =
    Shape { required: &["address", "effect", "message"], optional: &["attribute", "location"] };
const UNKNOWN: Shape = Shape { required: &["name", "message"], optional: &["location"] };
const REMARK: Shape = Shape { required: &["code", "message"], optional: &["location"] };
const DIAGNOSTIC: Shape = Shape { required: &["severity", "message"], optional: &["location"] };
const LOCATION: Shape =
    Shape { required: &["path", "line", "column", "end_line", "end_column"], optional: &[] };

#[track_caller]
fn assert_shape(value: &Value, shape: &Shape) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for key in shape.required {
        assert!(object.contains_key(*key), "{key} is missing: {value}");
    }
    for (key, entry) in object {
        let known = shape.required.contains(&key.as_str()) || shape.optional.contains(&key.as_str());
        assert!(known, "{key} is not in the contract: {value}");
        assert!(!entry.is_null(), "{key} has no value and should be left out: {value}");
    }
    if let Some(location) = object.get("location") {
        assert_shape(location, &LOCATION);
        let number = |key| location.get(key).and_then(Value::as_u64).unwrap();
        assert!(number("line") >= 1 && number("column") >= 1, "{location}");
        assert!(!text(location, "path").contains('\\'), "{location}");
    }
}

#[track_caller]
fn assert_shapes(values: &[Value], shape: &Shape) {
    for value in values {
        assert_shape(value, shape);
    }
}

#[track_caller]
fn assert_report(report: &Value) {
    assert_shape(report, &REPORT);
    assert_eq!(report.get("schema_version"), Some(&1.into()));
    let tool = report.get("tool").unwrap();
    assert_eq!((text(tool, "name"), text(tool, "version")), ("tfward", env!("CARGO_PKG_VERSION")));
    let summary = report.get("summary").unwrap();
    assert_shape(summary, &SUMMARY);
    let stores = list(report, "stores");
    for verdict in ["public", "undetermined", "private"] {
        let count = stores.iter().filter(|store| text(store, "verdict") == verdict).count();
        assert_eq!(summary.get(verdict), Some(&count.into()), "{verdict}");
    }
    for store in stores {
        assert_shape(store, &STORE);
        let (verdict, audience) = (text(store, "verdict"), text(store, "audience"));
        assert_eq!(
            verdict == "public",
            ["anonymous", "authenticated", "network"].contains(&audience),
            "{store}"
        );
        assert!(["core", "extended"].contains(&text(store, "tier")), "{store}");
        assert_eq!(verdict == "undetermined", !list(store, "unknown").is_empty(), "{store}");
        assert!(!list(store, "because").is_empty() || verdict == "undetermined", "{store}");
        let order = ["read", "list", "write", "admin", "connect"];
        let access =
            list(store, "access").iter().map(|letter| order.iter().position(|known| letter == known));
        let access: Option<Vec<usize>> = access.collect();
        assert!(access.unwrap_or_else(|| panic!("{store}")).is_sorted(), "{store}");
        list(store, "because").iter().for_each(assert_because);
        assert_shapes(list(store, "unknown"), &UNKNOWN);
        assert_shapes(list(store, "remarks"), &REMARK);
    }
    for finding in list(report, "findings") {
        assert_shape(finding, &FINDING);
        assert!(["error", "warning", "info"].contains(&text(finding, "level")), "{finding}");
        list(finding, "because").iter().for_each(assert_because);
        let same =
            |store: &&Value| ["root", "address"].iter().all(|key| text(store, key) == text(finding, key));
        assert_eq!(stores.iter().filter(same).count(), 1, "{finding}");
    }
    let diagnostics = list(report, "diagnostics");
    assert_shapes(diagnostics, &DIAGNOSTIC);
    let errors = diagnostics.iter().filter(|diagnostic| text(diagnostic, "severity") == "error").count();
    assert_eq!(summary.get("errors"), Some(&errors.into()));
    for kind in ["stores", "findings", "diagnostics"] {
        let places: Vec<(&str, u64)> = list(report, kind)
            .iter()
            .filter_map(|entry| entry.get("location"))
            .map(|at| (text(at, "path"), at.get("line").and_then(Value::as_u64).unwrap()))
            .collect();
        assert!(places.is_sorted(), "{kind}: {places:?}");
    }
}

fn assert_because(because: &Value) {
    assert_shape(because, &BECAUSE);
    assert!(["opens", "closes", "absent", "unknown"].contains(&text(because, "effect")), "{because}");
}

#[test]
fn json_keeps_its_contract() {
    for entry in std::fs::read_dir(cases()).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let said = said(tfward(&entry.path()).args(["check", "--format", "json"]));
        assert_report(&said.json());
        let incomplete = said.json().pointer("/summary/errors").and_then(Value::as_u64) != Some(0);
        assert_eq!(said.code == 2, incomplete, "{}", entry.path().display());
    }
    let together = run(".", "check --format json");
    assert_report(&together.json());
    assert_eq!(together.code, 2);
}

/// The examples of a page that have that mark, as the page has them.
fn examples(page: &str, mark: &str) -> Vec<String> {
    let begin = format!("```hcl {mark}\n");
    page.split(begin.as_str())
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn examples_on_rule_pages_hold() {
    let rules = said(tfward(&cases()).args(["rules", "--format", "json"])).json();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/pages");
    let mut wrong = Vec::new();
    for rule in rules.as_array().expect("a list") {
        let name = text(rule, "name");
        let Ok(page) = std::fs::read_to_string(pages.join(format!("{name}.md"))) else {
            if !list(rule, "types").is_empty() {
                wrong.push(format!("{name} judges something and has no page"));
            }
            continue;
        };
        for (mark, code) in [("rejected", 1), ("accepted", 0)] {
            let examples = examples(&page, mark);
            if examples.is_empty() {
                wrong.push(format!("{name} has no example that is {mark}"));
            }
            for example in examples {
                let tree = tree(&[("main.tf", &example)]);
                let said = said(tfward(tree.path()).args(["check", "--format", "json"]));
                let report = said.json();
                let is_private = |store: &Value| text(store, "verdict") == "private";
                let holds = match mark {
                    "rejected" => {
                        list(&report, "findings").iter().all(|finding| text(finding, "rule") == name)
                    }
                    _ => list(&report, "stores").iter().all(is_private),
                };
                let nothing = list(&report, "stores").is_empty() || !list(&report, "diagnostics").is_empty();
                if said.code != code || !holds || nothing {
                    wrong.push(format!("{name}, {mark}: {}", said.out));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How wide the terminal of the picture is.
const COLUMNS: usize = 116;

/// Breaks lines where a terminal does; escape sequences have no width.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let (mut column, mut in_escape) = (0, false);
    for character in text.chars() {
        in_escape |= character == '\u{1b}';
        if in_escape {
            in_escape = character != 'm';
        } else if character == '\n' {
            column = 0;
        } else {
            if column == COLUMNS {
                out.push('\n');
                column = 0;
            }
            column += 1;
        }
        out.push(character);
    }
    out
}

#[test]
fn the_picture_in_the_readme_shows_a_real_report() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments = ["check", "testdata/incident"];
    let report = said(tfward(top).args(arguments).args(["--color", "always"])).out;
    let first = report.split("\n\n").next().unwrap_or_default();
    let last = report.lines().last().unwrap_or_default();
    let screen = format!("$ tfward {}\n{first}\n\n…\n\n{last}\n", arguments.join(" "));
    let picture = anstyle_svg::Term::new().render_svg(&wrapped(&screen));
    let file = top.join("docs/report.svg");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(&file, &picture).expect("it is written");
    }
    let drawn = std::fs::read_to_string(&file).expect("docs/report.svg").replace("\r\n", "\n");
    assert!(drawn == picture, "`INSTA_UPDATE=always cargo test --locked --test cli picture` draws it anew");
    let readme = std::fs::read_to_string(top.join("README.md")).expect("README.md");
    assert!(readme.contains("](docs/report.svg)"));
}
