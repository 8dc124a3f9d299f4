//! Settings, suppressions and baselines, through the real binary: what each changes, and what is said about it.

#![allow(clippy::disallowed_methods, reason = "tests write their own files")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::fmt::Write;
use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

/// A public bucket, `aws_s3_bucket.a`.
const PUBLIC: &str = "resource \"aws_s3_bucket\" \"a\" {\n}\n\
    resource \"aws_s3_bucket_acl\" \"a\" {\n  bucket = aws_s3_bucket.a.id\n  acl    = \"public-read\"\n}\n";

/// A database that is public by what a group lets in.
const DATABASE: &str = r#"
resource "aws_db_instance" "a" {
  publicly_accessible    = true
  vpc_security_group_ids = [aws_security_group.a.id]
}
resource "aws_security_group" "a" {
  ingress {
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["52.0.0.0/8"]
  }
}
"#;

/// A working tree.
struct Tree(tempfile::TempDir);

/// What a check did.
struct Checked {
    code: i32,
    json: Value,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().expect("a temporary folder"));
        std::fs::create_dir_all(tree.0.path().join(".git")).expect("a folder");
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::cargo_bin("tfward").expect("the binary");
        command.current_dir(self.0.path()).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TF_") {
                command.env_remove(name);
            }
        }
        let output = command.output().expect("it runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().expect("a code"), text + &errors)
    }

    fn check(&self, arguments: &[&str]) -> Checked {
        let all: Vec<&str> =
            ["check", "--format", "json"].into_iter().chain(arguments.iter().copied()).collect();
        let (code, text) = self.run(&all);
        Checked { code, json: serde_json::from_str(&text).expect(&text) }
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("-")
}

fn place(value: &Value) -> String {
    match &value["location"] {
        Value::Object(at) => format!("{}:{}", at["path"].as_str().expect("a path"), at["line"]),
        _ => "-".to_owned(),
    }
}

impl Checked {
    /// The exit code, then one line each: findings, diagnostics, settings and suppressions.
    fn lines(&self) -> String {
        let mut lines = format!("{}\n", self.code);
        for finding in self.json["findings"].as_array().expect("a list") {
            let suppressed = &finding["suppressed"];
            let suppressed = if suppressed.is_object() {
                format!(
                    " ({}, {}, {})",
                    text(suppressed, "reason"),
                    text(suppressed, "until"),
                    place(suppressed)
                )
            } else {
                String::new()
            };
            let level = text(finding, "level");
            writeln!(lines, "{level} {}{suppressed}", text(finding, "address")).expect("text");
        }
        for diagnostic in self.json["diagnostics"].as_array().expect("a list") {
            let severity = text(diagnostic, "severity");
            writeln!(lines, "{severity}: {} @ {}", text(diagnostic, "message"), place(diagnostic))
                .expect("text");
        }
        for setting in self.json["settings"].as_array().expect("a list") {
            let name = text(setting, "name");
            if name == "config" {
                // The same in every test; one has it.
                continue;
            }
            writeln!(lines, "set {name} = {} @ {}", text(setting, "value"), place(setting)).expect("text");
        }
        for suppression in self.json["suppressions"].as_array().expect("a list") {
            let findings = suppression["findings"].as_array().expect("a list");
            let addresses: Vec<&str> = findings.iter().map(|finding| text(finding, "address")).collect();
            let means = text(suppression, "means");
            writeln!(lines, "by {means} @ {}: {}", place(suppression), addresses.join(", ")).expect("text");
        }
        lines
    }
}

fn dedent(lines: &[&str]) -> String {
    lines.iter().fold(String::new(), |all, line| all + line + "\n")
}

fn day_in(days: i64) -> String {
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    today.saturating_add(jiff::Span::new().days(days)).to_string()
}

#[test]
fn settings_and_what_they_change() {
    let shut = "resource \"aws_s3_bucket\" \"a\" {\n}\n";
    let variable = format!("variable \"acl\" {{}}\n{}", PUBLIC.replace("\"public-read\"", "var.acl"));
    let workspace =
        PUBLIC.replace("\"public-read\"", "terraform.workspace == \"prod\" ? \"public-read\" : null");
    let table: &[(&str, &str, &str, &[&str])] = &[
        ("no settings", PUBLIC, "", &["1", "error aws_s3_bucket.a"]),
        (
            "a lower level",
            PUBLIC,
            "rule \"public-bucket\" {\n  level = \"info\"\n}",
            &["1", "info aws_s3_bucket.a", "set rule[\"public-bucket\"].level = info @ .tfward.hcl:2"],
        ),
        (
            "a rule that is off",
            PUBLIC,
            "rule \"public-bucket\" {\n  level = \"off\"\n}",
            &["0", "set rule[\"public-bucket\"].level = off @ .tfward.hcl:2"],
        ),
        ("a wide network", DATABASE, "", &["1", "error aws_db_instance.a"]),
        (
            "breadth",
            DATABASE,
            "internet {\n  breadth_v4 = \"/4\"\n}",
            &["0", "set internet.breadth_v4 = /4 @ .tfward.hcl:2"],
        ),
        (
            "known networks",
            DATABASE,
            "known_networks = [\"52.128.0.0/9\"]",
            &["0", "set known_networks = 52.128.0.0/9 @ .tfward.hcl:1"],
        ),
        (
            "a variable",
            &variable,
            "root \".\" {\n  variables = {\n    acl = \"private\"\n  }\n}",
            &["0", "set root[\".\"].variables = acl @ .tfward.hcl:3"],
        ),
        (
            "a variable that nobody declares",
            shut,
            "root \".\" {\n  variables = { acl = \"private\" }\n}",
            &[
                "0",
                "warning: Value for undeclared variable @ .tfward.hcl:2",
                "set root[\".\"].variables = acl @ .tfward.hcl:2",
            ],
        ),
        (
            "a workspace",
            &workspace,
            "root \".\" {\n  workspace = \"prod\"\n}",
            &["1", "error aws_s3_bucket.a", "set root[\".\"].workspace = prod @ .tfward.hcl:2"],
        ),
        (
            "an unknown setting",
            shut,
            "known_network = []",
            &[
                "2",
                "error: there is no setting `known_network` in a settings file; did you mean `known_networks`? @ \
                 .tfward.hcl:1",
            ],
        ),
        (
            "a file that does not parse",
            PUBLIC,
            "rule \"public-bucket\" {\n  level = \n}",
            &["2", "error aws_s3_bucket.a", "error: Invalid expression @ .tfward.hcl:2"],
        ),
    ];
    for (name, configuration, settings, expected) in table {
        let tree = Tree::new(&[("main.tf", configuration), (".tfward.hcl", settings)]);
        assert_eq!(tree.check(&[]).lines(), dedent(expected), "{name}");
    }
}

#[test]
fn the_command_line_is_stronger_than_settings() {
    let configuration = format!("variable \"acl\" {{}}\n{}", PUBLIC.replace("\"public-read\"", "var.acl"));
    let settings = "root \"envs/*\" {\n  var_files = [\"envs/shared.tfvars\"]\n}\n";
    let tree = Tree::new(&[
        ("envs/prod/main.tf", &configuration),
        ("envs/prod/terraform.tfvars", "acl = \"private\"\n"),
        ("envs/shared.tfvars", "acl = \"public-read\"\n"),
        (".tfward.hcl", settings),
    ]);
    assert_eq!(tree.check(&["envs"]).code, 1);
    assert_eq!(tree.check(&["envs/prod", "--var", "acl=private"]).code, 0);
    let resolved = tree.run(&["resolve", "envs/prod"]).1;
    assert!(resolved.contains("\"acl\": \"public-read\""), "{resolved}");
}

#[test]
fn roots_that_are_skipped() {
    let tree = Tree::new(&[
        ("live/main.tf", "resource \"aws_s3_bucket\" \"a\" {\n}\n"),
        ("examples/one/main.tf", PUBLIC),
        ("examples/two/main.tf", PUBLIC),
        (".tfward.hcl", "skip = [\"examples\", \"unused\"]\n"),
    ]);
    let skipped = "set skip = examples (2 root modules) @ .tfward.hcl:1";
    assert_eq!(tree.check(&[]).lines(), dedent(&["0", skipped]));
    assert_eq!(tree.check(&["examples/one"]).lines(), dedent(&["1", "error aws_s3_bucket.a"]));
    let nothing = "error: nothing to check under `examples`: `skip` leaves out every root module @ -";
    assert_eq!(tree.check(&["examples"]).lines(), dedent(&["2", nothing, skipped]));
}

#[test]
fn a_new_call_does_not_hide_a_root_module_unseen() {
    let infra = PUBLIC.replace("\"public-read\"", "var.acl") + "variable \"acl\" {\n}\n";
    let call = "module \"m\" {\n  source = \"../infra\"\n  acl    = \"private\"\n}\n";
    for values in ["terraform.tfvars", "x.auto.tfvars"] {
        let values = format!("infra/{values}");
        let tree = Tree::new(&[("infra/main.tf", &infra), (&values, "acl = \"public-read\"\n")]);
        let finding = "error aws_s3_bucket.a";
        assert_eq!(tree.check(&["."]).lines(), dedent(&["1", finding]));
        tree.write("new/main.tf", call);
        let name = values.trim_start_matches("infra/");
        let warning = format!(
            "warning: `infra` holds `{name}`, but is checked as a module only, since `new` calls it @ -"
        );
        assert_eq!(tree.check(&["."]).lines(), dedent(&["0", &warning]));
        // A folder that is named is a root module, called or not.
        for arguments in [&["infra"][..], &["infra", "."], &[".", "infra"]] {
            assert_eq!(tree.check(arguments).lines(), dedent(&["1", finding]), "{arguments:?}");
        }
        tree.write(".tfward.hcl", "skip = [\"infra\"]\n");
        assert_eq!(tree.check(&["."]).lines(), dedent(&["0"]), "nobody wants it as a root module");
    }
    let tree = Tree::new(&[("infra/main.tf", &infra), ("new/main.tf", call), ("infra/prod.tfvars", "")]);
    assert_eq!(tree.check(&["."]).lines(), dedent(&["0"]), "an ordinary module");
}

#[test]
fn suppressions_and_what_is_said_about_them() {
    let soon = day_in(5);
    let past = day_in(-1);
    let commented = |comment: &str| format!("# {comment}\n{PUBLIC}");
    let reason = "tfward:allow public-bucket reason=\"the website\"";
    let block = |rest: &str| format!("allow \"public-bucket\" {{\n  reason = \"the website\"\n{rest}\n}}\n");
    let table: &[(&str, String, String, &[&str])] = &[
        (
            "a comment",
            commented(reason),
            String::new(),
            &[
                "0",
                "error aws_s3_bucket.a (the website, -, main.tf:1)",
                "by comment @ main.tf:1: aws_s3_bucket.a",
            ],
        ),
        (
            "a comment without a reason",
            commented("tfward:allow public-bucket"),
            String::new(),
            &["2", "error aws_s3_bucket.a", "error: `tfward:allow` needs a `reason` @ main.tf:1"],
        ),
        (
            "a comment for another rule",
            commented("tfward:allow public-database reason=no"),
            String::new(),
            &[
                "1",
                "error aws_s3_bucket.a",
                "warning: this suppression of `public-database` matches no finding @ main.tf:1",
            ],
        ),
        (
            "a comment that runs out soon",
            commented(&format!("{reason} until={soon}")),
            String::new(),
            &[
                "0",
                &format!("error aws_s3_bucket.a (the website, {soon}, main.tf:1)"),
                &format!(
                    "warning: the suppression of `public-bucket` runs out in 5 days, after {soon} @ main.tf:1"
                ),
                "by comment @ main.tf:1: aws_s3_bucket.a",
            ],
        ),
        (
            "a comment that ran out",
            commented(&format!("{reason} until={past}")),
            String::new(),
            &[
                "1",
                "error aws_s3_bucket.a",
                &format!(
                    "warning: the suppression of `public-bucket` ran out on {past} and no longer holds @ main.tf:1"
                ),
            ],
        ),
        (
            "a block",
            PUBLIC.to_owned(),
            block("  address = \"aws_s3_bucket.*\"\n  until = \"2999-01-31\""),
            &[
                "0",
                "error aws_s3_bucket.a (the website, 2999-01-31, .tfward.hcl:1)",
                "by settings @ .tfward.hcl:1: aws_s3_bucket.a",
            ],
        ),
        (
            "a block for another store",
            PUBLIC.to_owned(),
            block("  address = \"aws_s3_bucket.b\""),
            &[
                "1",
                "error aws_s3_bucket.a",
                "warning: this suppression of `public-bucket` matches no finding @ .tfward.hcl:1",
            ],
        ),
        (
            "a block for a root module that is not there",
            PUBLIC.to_owned(),
            block("  root = \"elsewhere\""),
            &[
                "1",
                "error aws_s3_bucket.a",
                "warning: this suppression of `public-bucket` matches no finding @ .tfward.hcl:1",
            ],
        ),
        (
            "a block without a reason",
            PUBLIC.to_owned(),
            "allow \"public-bucket\" {\n}\n".to_owned(),
            &["2", "error aws_s3_bucket.a", "error: an `allow` block needs a `reason` @ .tfward.hcl:1"],
        ),
        (
            "a block that would allow more than was meant",
            PUBLIC.to_owned(),
            block("  adress = \"aws_s3_bucket.b\""),
            &[
                "2",
                "error aws_s3_bucket.a",
                "error: there is no setting `adress` in an `allow` block; did you mean `address`? @ .tfward.hcl:3",
            ],
        ),
        (
            "a block that ran out",
            PUBLIC.to_owned(),
            block("  until = \"2020-01-31\""),
            &[
                "1",
                "error aws_s3_bucket.a",
                "warning: the suppression of `public-bucket` ran out on 2020-01-31 and no longer holds @ \
                 .tfward.hcl:1",
            ],
        ),
    ];
    for (name, configuration, settings, expected) in table {
        let tree = Tree::new(&[("main.tf", configuration), (".tfward.hcl", settings)]);
        assert_eq!(tree.check(&[]).lines(), dedent(expected), "{name}");
    }
}

#[test]
fn a_part_of_the_tree_says_nothing_of_the_rest() {
    let settings = "allow \"public-bucket\" {\n  root   = \"b\"\n  reason = \"r\"\n}\n\
        allow \"public-database\" {\n  reason = \"r\"\n}\n";
    let tree = Tree::new(&[("a/main.tf", PUBLIC), ("b/main.tf", ""), (".tfward.hcl", settings)]);
    assert_eq!(tree.check(&["a"]).lines(), dedent(&["1", "error aws_s3_bucket.a"]));
    let unused = |rule: &str, line: u32| {
        format!("warning: this suppression of `{rule}` matches no finding @ .tfward.hcl:{line}")
    };
    let (bucket, database) = (unused("public-bucket", 1), unused("public-database", 5));
    assert_eq!(tree.check(&["b"]).lines(), dedent(&["0", &bucket]));
    assert_eq!(tree.check(&[]).lines(), dedent(&["1", "error aws_s3_bucket.a", &bucket, &database]));
}

#[test]
fn a_comment_at_a_module_call_holds_for_what_is_in_it() {
    let call = "module \"m\" {\n  source = \"./m\"\n}\n";
    let allowed = format!("# tfward:allow public-bucket reason=\"r\"\n{call}");
    let tree = Tree::new(&[("main.tf", &allowed), ("m/main.tf", PUBLIC)]);
    let finding = "error module.m.aws_s3_bucket.a";
    let by = "by comment @ main.tf:1: module.m.aws_s3_bucket.a";
    assert_eq!(tree.check(&[]).lines(), dedent(&["0", &format!("{finding} (r, -, main.tf:1)"), by]));
    tree.write("main.tf", call);
    tree.write("m/main.tf", &format!("# tfward:allow public-bucket reason=\"r\"\n{PUBLIC}"));
    assert_eq!(tree.check(&[]).code, 0);
    let installed = "module \"m\" {\n  source = \"some/module/aws\"\n}\n";
    tree.write("main.tf", installed);
    tree.write(
        ".terraform/modules/modules.json",
        r#"{"Modules": [{"Key": "m", "Source": "some/module/aws", "Dir": ".terraform/modules/m"}]}"#,
    );
    tree.write(
        ".terraform/modules/m/main.tf",
        &format!("# tfward:allow public-bucket reason=\"r\"\n{PUBLIC}"),
    );
    std::fs::remove_dir_all(tree.0.path().join("m")).expect("it is there");
    assert_eq!(tree.check(&[]).lines(), dedent(&["1", finding]));
    tree.write("main.tf", &format!("# tfward:allow public-bucket reason=\"r\"\n{installed}"));
    assert_eq!(tree.check(&[]).lines(), dedent(&["0", &format!("{finding} (r, -, main.tf:1)"), by]));
}

#[test]
fn what_gatekeepers_have() {
    let commented = format!("# tfward:allow public-bucket reason=\"r\"\n{PUBLIC}");
    let own = "rule \"public-bucket\" {\n  level = \"off\"\n}\n";
    let tree = Tree::new(&[
        ("repository/.git/HEAD", ""),
        ("repository/infra/main.tf", &commented),
        ("repository/.tfward.hcl", own),
        ("base/settings.hcl", "allow \"public-bucket\" {\n  root = \"infra\"\n  reason = \"base\"\n}\n"),
        ("base/empty.hcl", ""),
    ]);
    let finding = "error aws_s3_bucket.a";
    let ignored = "set no-inline-allow = 1 comment ignored @ -";
    let arguments = ["repository", "--config", "base/empty.hcl", "--no-inline-allow"];
    assert_eq!(tree.check(&arguments).lines(), dedent(&["1", finding, ignored]));
    // Folders are those of the repository, wherever the file lies.
    let arguments = ["repository", "--config", "base/settings.hcl", "--no-inline-allow"];
    assert_eq!(
        tree.check(&arguments).lines(),
        dedent(&[
            "0",
            &format!("{finding} (base, -, base/settings.hcl:1)"),
            ignored,
            "by settings @ base/settings.hcl:1: aws_s3_bucket.a",
        ])
    );
    assert_eq!(tree.check(&["repository"]).code, 0);
}

#[test]
fn a_file_that_hides_another_one_is_named() {
    let tree = Tree::new(&[
        ("infra/main.tf", ""),
        ("infra/.tfward.hcl", ""),
        (".tfward.hcl", "rule \"public-cdn\" {\n  level = \"error\"\n}\n"),
    ]);
    let named = |path: &str| {
        let settings = tree.check(&[path]).json["settings"].clone();
        let settings = settings.as_array().expect("a list").clone();
        let shown =
            settings.iter().map(|setting| format!("{}={}", text(setting, "name"), text(setting, "value")));
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(named("infra"), "config=infra/.tfward.hcl");
    assert_eq!(named("."), "config=.tfward.hcl rule[\"public-cdn\"].level=error");
}

#[test]
fn what_took_effect_is_printed_also_when_little_is() {
    let commented = format!("# tfward:allow public-bucket reason=\"the website\" until=2999-01-31\n{PUBLIC}");
    let tree = Tree::new(&[("main.tf", &commented), (".tfward.hcl", "own_accounts = [\"123456789012\"]\n")]);
    let (code, printed) = tree.run(&["check", "--quiet"]);
    assert_eq!(
        (code, printed.as_str()),
        (
            0,
            "settings in force:\n  \
             config = .tfward.hcl\n  \
             own_accounts = 123456789012 (.tfward.hcl:1)\n\
             suppressed findings:\n  \
             public-bucket of `aws_s3_bucket.a`: the website, until 2999-01-31 (main.tf:1)\n\
             1 public, 0 undetermined, 0 private, 1 suppressed\n"
        )
    );
}

#[test]
fn what_took_effect_stands_in_every_format() {
    let commented =
        format!("# tfward:allow public-bucket reason=\"the <website>\" until=2999-01-31\n{PUBLIC}");
    let tree = Tree::new(&[("main.tf", &commented), (".tfward.hcl", "own_accounts = [\"123456789012\"]\n")]);
    let setting = "own_accounts = 123456789012 (.tfward.hcl:1)";
    let suppression = "public-bucket of `aws_s3_bucket.a`: the <website>, until 2999-01-31 (main.tf:1)";
    let listed = format!(
        "settings in force:\n  config = .tfward.hcl\n  {setting}\nsuppressed findings:\n  {suppression}\n"
    );
    let output = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("tfward").expect("the binary");
        let output = command.current_dir(tree.0.path()).args(arguments).output().expect("it runs");
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
    };
    // A finding a line, and nothing else: the rest is not for whoever reads lines.
    assert_eq!(output(&["check", "--format", "short"]), [String::new(), listed.clone()]);
    let [explained, _] = output(&["explain", "aws_s3_bucket.a"]);
    assert!(explained.ends_with(&format!("\n\n{listed}")), "{explained}");
    let [commands, _] = output(&["check", "--format", "github"]);
    let (notice, log) = commands.split_once('\n').expect("lines");
    assert_eq!(notice, format!("::notice title=tfward::{}", listed.trim_end().replace('\n', "%0A")));
    assert_eq!(log, format!("{listed}1 public, 0 undetermined, 0 private, 1 suppressed\n"));
    let [junit, _] = output(&["check", "--format", "junit"]);
    for line in [
        "<property name=\"setting\" value=\"config = .tfward.hcl\"/>".to_owned(),
        format!("<property name=\"setting\" value=\"{setting}\"/>"),
        format!(
            "<property name=\"suppressed\" value=\"{}\"/>",
            suppression.replace('<', "&lt;").replace('>', "&gt;")
        ),
    ] {
        assert!(junit.contains(&line), "{line}\n{junit}");
    }
    let [sarif, _] = output(&["check", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&sarif).expect("JSON");
    let notes = log["runs"][0]["invocations"][0]["toolConfigurationNotifications"].as_array();
    let told: Vec<String> = notes
        .expect("a list")
        .iter()
        .map(|note| {
            let place = &note["locations"][0]["physicalLocation"];
            let line = &place["region"]["startLine"];
            let path = text(&place["artifactLocation"], "uri");
            format!("{} {} @ {path}:{line}", text(note, "level"), text(&note["message"], "text"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "note config = .tfward.hcl @ .tfward.hcl:1",
            "note own_accounts = 123456789012 @ .tfward.hcl:1",
            "note 1 finding accepted by comment: the <website>, until 2999-01-31 @ main.tf:1",
        ]
    );
}

#[test]
fn many_settings_leave_room_for_findings() {
    let rules: Vec<String> = ["public-cdn", "public-queue", "public-topic", "public-key", "public-secret"]
        .iter()
        .map(|rule| format!("rule \"{rule}\" {{\n  level = \"warning\"\n}}\n"))
        .collect();
    let networks: Vec<String> = (0..30).map(|third| format!("\"192.0.{third}.0/24\"")).collect();
    let settings = format!("{}known_networks = [{}]\n", rules.concat(), networks.join(", "));
    let quiet = "rule \"public-bucket\" {\n  level = \"info\"\n}\n";
    let buckets: Vec<String> = (0..14)
        .map(|number| format!("resource \"aws_s3_bucket\" \"b{number}\" {{\n  acl = \"public-read\"\n}}\n"))
        .collect();
    let tree = Tree::new(&[("main.tf", &buckets.concat()), (".tfward.hcl", &format!("{settings}{quiet}"))]);
    let (_, commands) = tree.run(&["check", "--format", "github"]);
    let notices: Vec<&str> = commands.lines().filter(|line| line.starts_with("::notice ")).collect();
    assert_eq!(notices.len(), 10);
    assert_eq!(notices[9], "::notice title=tfward::6 more of level info; GitHub shows 10 of each level");
    assert!(notices[8].starts_with("::notice title=tfward::settings in force:%0A"), "{}", notices[8]);
    assert!(notices[8].ends_with(" more, in the log"), "{}", notices[8]);
    assert!(notices[8].matches("%0A").count() <= 20);
    for network in &networks {
        assert!(commands.contains(network.trim_matches('"')), "{network} is not in the log");
    }
}

#[test]
fn a_baseline_accepts_what_was_known() {
    let tree = Tree::new(&[("infra/main.tf", PUBLIC)]);
    assert_eq!(tree.check(&["--write-baseline", "known.json"]).code, 1);
    let written = std::fs::read_to_string(tree.0.path().join("known.json")).expect("it was written");
    let with = |arguments: &[&str]| {
        let all: Vec<&str> =
            ["--baseline", "known.json"].into_iter().chain(arguments.iter().copied()).collect();
        tree.check(&all).lines()
    };
    let known = dedent(&[
        "0",
        "error aws_s3_bucket.a (baseline, -, known.json:1)",
        "by baseline @ known.json:1: aws_s3_bucket.a",
    ]);
    assert_eq!(with(&[]), known, "as it was");
    assert_eq!(with(&["infra"]), known, "another path to the same root module");
    tree.write("infra/main.tf", "# Nothing here.\n");
    tree.write("infra/buckets.tf", &format!("\n\n{PUBLIC}"));
    assert_eq!(with(&[]), known, "other lines, another file");
    tree.check(&["--write-baseline", "known.json"]);
    let again = std::fs::read_to_string(tree.0.path().join("known.json")).expect("it was written");
    assert_eq!(written, again);

    tree.write("infra/buckets.tf", &PUBLIC.replace("public-read", "public-read-write"));
    let worse = "note: `aws_s3_bucket.a` is open to more than the baseline accepts @ infra/buckets.tf:5";
    assert_eq!(with(&[]), dedent(&["1", "error aws_s3_bucket.a", worse]), "more access");
    tree.write("infra/buckets.tf", &PUBLIC.replace("\"a\"", "\"b\"").replace(".a.", ".b."));
    let gone = "note: 1 entry of the baseline no longer occurs @ known.json:1";
    assert_eq!(with(&[]), dedent(&["1", "error aws_s3_bucket.b", gone]), "another store");
    tree.write("other/main.tf", "");
    assert_eq!(with(&["other"]), dedent(&["0"]), "the rest was not checked");

    tree.write("known.json", "{}");
    assert_eq!(
        with(&["other"]),
        dedent(&["2", "error: the baseline `known.json` cannot be read @ known.json:1"])
    );
    let missing = tree.check(&["other", "--baseline", "missing.json"]).lines();
    assert_eq!(missing, dedent(&["2", "error: the baseline `missing.json` does not exist @ -"]));
}

#[test]
fn what_is_accepted_elsewhere_is_in_no_baseline() {
    let commented = format!("# tfward:allow public-bucket reason=\"r\"\n{PUBLIC}");
    let tree = Tree::new(&[("main.tf", &commented)]);
    tree.check(&["--write-baseline", "known.json"]);
    let text = std::fs::read_to_string(Path::new(tree.0.path()).join("known.json")).expect("it was written");
    assert_eq!(text, "{\n  \"schema_version\": 1,\n  \"findings\": []\n}\n");
}

/// A plan that creates `aws_s3_bucket.a` with an ACL.
fn plan(acl: &str) -> String {
    let change = |resource_type: &str, after: &str| {
        format!(
            r#"{{"address": "{resource_type}.a", "mode": "managed", "type": "{resource_type}", "name": "a",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {{"actions": ["create"], "before": null, "after": {after}, "after_unknown": {{}},
            "before_sensitive": false, "after_sensitive": {{}}}}}}"#
        )
    };
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {{}},
        "resource_changes": [{}, {}], "configuration": {{}}}}"#,
        change("aws_s3_bucket", r#"{"bucket": "one"}"#),
        change("aws_s3_bucket_acl", &format!(r#"{{"bucket": "one", "acl": "{acl}"}}"#)),
    )
}

#[test]
fn what_is_known_of_one_plan_is_new_in_another() {
    let (open, closed) = (plan("public-read"), plan("private"));
    let infra = PUBLIC.replace("\"public-read\"", "var.acl") + "variable \"acl\" {\n}\n";
    let tree = Tree::new(&[("infra/main.tf", &infra), ("dev.json", &open), ("prod.json", &closed)]);
    for source in [&[][..], &["--source", "infra"]] {
        let run = |arguments: &[&str]| tree.check(&[arguments, source].concat()).lines();
        tree.write("prod.json", &closed);
        run(&["dev.json", "prod.json", "--write-baseline", "known.json"]);
        let known = dedent(&[
            "0",
            "error aws_s3_bucket.a (baseline, -, known.json:1)",
            "by baseline @ known.json:1: aws_s3_bucket.a",
        ]);
        assert_eq!(run(&["dev.json", "--baseline", "known.json"]), known);
        assert_eq!(run(&["dev.json", "prod.json", "--baseline", "known.json"]), known);
        assert_eq!(run(&["prod.json", "--baseline", "known.json"]), dedent(&["0"]), "dev was not checked");
        tree.write("prod.json", &open);
        let new = "error aws_s3_bucket.a";
        assert_eq!(run(&["prod.json", "--baseline", "known.json"]), dedent(&["1", new]), "{source:?}");
        assert_eq!(tree.check(&["dev.json", "prod.json", "--baseline", "known.json"]).code, 1);
        tree.write("dev.json", &closed);
        let gone = "note: 1 entry of the baseline no longer occurs @ known.json:1";
        assert_eq!(run(&["dev.json", "--baseline", "known.json"]), dedent(&["0", gone]));
        tree.write("dev.json", &open);
    }
}

#[test]
fn values_of_settings_that_a_plan_does_not_need_are_named() {
    let settings = "root \"infra\" {\n  variables = {\n    acl = \"private\"\n  }\n}\n";
    let infra = PUBLIC.replace("\"public-read\"", "var.acl") + "variable \"acl\" {\n}\n";
    let tree = Tree::new(&[
        ("infra/main.tf", &infra),
        (".tfward.hcl", settings),
        ("plan.json", &plan("public-read")),
    ]);
    let variable = "set root[\"infra\"].variables = acl @ .tfward.hcl:3";
    assert_eq!(tree.check(&["infra"]).lines(), dedent(&["0", variable]));
    let finding = "error aws_s3_bucket.a";
    let note = "note: values of a `root` block have no effect on a plan, which has its own @ .tfward.hcl:3";
    assert_eq!(tree.check(&["plan.json", "--source", "infra"]).lines(), dedent(&["1", finding, note]));
    assert_eq!(tree.check(&["plan.json"]).lines(), dedent(&["1", finding]));
}

#[test]
fn a_plan_has_the_settings_and_comments_of_its_source() {
    let plan = plan("public-read");
    let commented = format!("# tfward:allow public-bucket reason=\"the website\"\n{PUBLIC}");
    let settings = "allow \"public-bucket\" {\n  root   = \"infra\"\n  reason = \"settings\"\n}\n";
    let tree = Tree::new(&[("infra/main.tf", &commented), ("plan.json", &plan), ("settings.hcl", settings)]);
    let finding = "error aws_s3_bucket.a";
    assert_eq!(tree.check(&["plan.json"]).lines(), dedent(&["1", finding]));
    assert_eq!(
        tree.check(&["plan.json", "--source", "infra"]).lines(),
        dedent(&[
            "0",
            &format!("{finding} (the website, -, infra/main.tf:1)"),
            "by comment @ infra/main.tf:1: aws_s3_bucket.a",
        ])
    );
    let arguments = ["plan.json", "--source", "infra", "--no-inline-allow", "--config", "settings.hcl"];
    assert_eq!(
        tree.check(&arguments).lines(),
        dedent(&[
            "0",
            &format!("{finding} (settings, -, settings.hcl:1)"),
            "set no-inline-allow = 1 comment ignored @ -",
            "by settings @ settings.hcl:1: aws_s3_bucket.a",
        ])
    );
    tree.write(".tfward.hcl", "rule \"public-bucket\" {\n  level = \"warning\"\n}\n");
    let level = "set rule[\"public-bucket\"].level = warning @ .tfward.hcl:2";
    assert_eq!(tree.check(&["plan.json"]).lines(), dedent(&["1", "warning aws_s3_bucket.a", level]));
}

/// A plan does not say its workspace: without being told, nobody knows it.
#[test]
fn the_workspace_behind_a_plan() {
    let configuration = r#"
resource "aws_s3_bucket" "a" {
}
resource "aws_s3_bucket_policy" "a" {
  bucket = aws_s3_bucket.a.id
  policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Principal = { AWS = terraform.workspace == "prod" ? "*" : "111122223333" }
    Action    = "s3:GetObject"
    Resource  = "${aws_s3_bucket.a.arn}/*"
  }] })
}
"#;
    let resource = |resource_type: &str, after: Value, unknown: Value| {
        json!({"address": format!("{resource_type}.a"), "mode": "managed", "type": resource_type, "name": "a",
               "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
    };
    let bucket = resource("aws_s3_bucket", json!({}), json!({"bucket": true, "id": true, "arn": true}));
    let policy =
        resource("aws_s3_bucket_policy", json!({}), json!({"bucket": true, "policy": true, "id": true}));
    let names = |names: &[&str]| json!({"references": names});
    let configured = |resource_type: &str, expressions: Value| {
        json!({"address": format!("{resource_type}.a"), "mode": "managed", "type": resource_type, "name": "a",
               "expressions": expressions})
    };
    let of_policy = json!({
        "bucket": names(&["aws_s3_bucket.a.id", "aws_s3_bucket.a"]),
        "policy": names(&["terraform.workspace", "aws_s3_bucket.a.arn", "aws_s3_bucket.a"]),
    });
    let blocks = [configured("aws_s3_bucket", json!({})), configured("aws_s3_bucket_policy", of_policy)];
    let plan = json!({"format_version": "1.2", "complete": true, "resource_changes": [bucket, policy],
                      "configuration": {"root_module": {"resources": blocks}}});
    let plan = plan.to_string();
    let selected = (".terraform/environment", "prod");
    let settings = (".tfward.hcl", "root \".\" {\n  workspace = \"prod\"\n}");
    let no = [].as_slice();
    for (more, arguments, expected) in [
        (("empty", ""), no, "undetermined"),
        (selected, no, "undetermined"),
        (selected, &["--workspace", "default"], "private"),
        (selected, &["--workspace", "prod"], "public"),
        (settings, no, "public"),
        (settings, &["--workspace", "default"], "private"),
    ] {
        let tree = Tree::new(&[("main.tf", configuration), ("plan.json", &plan), more]);
        let arguments = [&["plan.json", "--source", "."], arguments].concat();
        let checked = tree.check(&arguments);
        assert_eq!(text(&checked.json["stores"][0], "verdict"), expected, "{more:?} {arguments:?}");
    }
}
