//! The GitHub Action: its metadata and the workflows by their schemas, and its step run as a runner would.
//!
//! [`Runner`] does what GitHub's runner does with a composite action: defaults of inputs, expressions, the
//! step's shell, files for outputs and summary, workflow commands on both streams. Programs that would reach
//! the network are replaced on the `PATH`.

#![allow(clippy::type_complexity, clippy::format_collect, reason = "tables of a test")]
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests make and read their own files and start programs")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A YAML document, with the scalars that these files use.
fn yaml(text: &str) -> Value {
    let mut events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    loop {
        match events.next().expect("a document") {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            first => return node(first, &mut events, &mut BTreeMap::new()),
        }
    }
}

fn node<'a>(
    event: Event<'a>,
    events: &mut impl Iterator<Item = Event<'a>>,
    anchors: &mut BTreeMap<usize, Value>,
) -> Value {
    let (value, anchor) = match event {
        Event::Scalar(text, ScalarStyle::Plain, anchor, _) => (plain(&text), anchor),
        Event::Scalar(text, _, anchor, _) => (Value::from(text.into_owned()), anchor),
        Event::SequenceStart(anchor, _) => {
            let mut items = Vec::new();
            loop {
                match events.next().unwrap() {
                    Event::SequenceEnd => break (Value::from(items), anchor),
                    item => items.push(node(item, events, anchors)),
                }
            }
        }
        Event::MappingStart(anchor, _) => {
            let mut entries = Map::new();
            loop {
                let key = match events.next().unwrap() {
                    Event::MappingEnd => break (Value::from(entries), anchor),
                    Event::Scalar(text, ..) => text.into_owned(),
                    other => panic!("a key that is no scalar: {other:?}"),
                };
                let value = events.next().unwrap();
                let value = node(value, events, anchors);
                assert!(entries.insert(key.clone(), value).is_none(), "{key} stands twice");
            }
        }
        Event::Alias(anchor) => return anchors[&anchor].clone(),
        other => panic!("{other:?}"),
    };
    anchors.insert(anchor, value.clone());
    value
}

fn plain(text: &str) -> Value {
    match text {
        "true" => Value::from(true),
        "false" => Value::from(false),
        "" | "null" | "~" => Value::Null,
        number if number.parse::<i64>().is_ok() => Value::from(number.parse::<i64>().unwrap()),
        other => Value::from(other),
    }
}

fn read(path: &str) -> Value {
    yaml(&std::fs::read_to_string(top().join(path)).unwrap())
}

#[track_caller]
fn assert_valid(document: &Value, schema: &str, name: &str) {
    let text = std::fs::read_to_string(top().join("testdata/schema").join(schema)).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{name}: {}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// The workflows of this repository by name, and the one that `tfward init` writes.
fn workflows() -> Vec<(String, Value)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(top().join(".github/workflows"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .chain([top().join("src/run/init/workflow.yml")])
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|file| (file.display().to_string(), yaml(&std::fs::read_to_string(file).unwrap())))
        .collect()
}

/// Every step of a workflow or an action.
fn steps(document: &Value) -> Vec<&Value> {
    let of_jobs = document["jobs"].as_object().into_iter().flat_map(Map::values);
    of_jobs
        .chain(document.get("runs"))
        .flat_map(|job| job["steps"].as_array().into_iter().flatten())
        .collect()
}

#[test]
fn metadata_and_workflows_are_valid_by_their_schemas() {
    assert_valid(&read("action.yml"), "github-action.json", "action.yml");
    let workflows = workflows();
    assert!(workflows.len() >= 4);
    for (name, workflow) in &workflows {
        assert_valid(workflow, "github-workflow.json", name);
    }
}

#[test]
fn no_expression_stands_in_a_command() {
    let documents = workflows().into_iter().chain([("action.yml".to_owned(), read("action.yml"))]);
    for (name, document) in documents {
        for step in steps(&document) {
            let command = step["run"].as_str().unwrap_or_default();
            assert!(!command.contains("${{"), "{name}: {command}");
        }
    }
}

#[test]
fn workflows_may_only_read_unless_they_say_why() {
    for (name, workflow) in workflows() {
        let permissions = workflow["permissions"].as_object().unwrap_or_else(|| panic!("{name}"));
        assert_eq!(permissions.get("contents"), Some(&Value::from("read")), "{name}");
        assert_eq!(permissions.len(), 1, "{name}");
        for step in steps(&workflow) {
            let uses = step["uses"].as_str().unwrap_or("./");
            assert!(uses == "./" || uses.contains('@') && !uses.ends_with("@main"), "{name}: {uses}");
        }
    }
}

#[test]
fn every_input_is_handed_over_and_every_output_set() {
    let action = read("action.yml");
    let script = std::fs::read_to_string(top().join("action/run.sh")).unwrap();
    let environment = action["runs"]["steps"][0]["env"].as_object().unwrap();
    let inputs = action["inputs"].as_object().unwrap();
    for name in inputs.keys() {
        let variable = format!("TFWARD_INPUT_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(environment[&variable], format!("${{{{ inputs.{name} }}}}"));
        assert!(script.contains(&variable), "{variable} is not read");
    }
    assert_eq!(environment.len(), inputs.len() + 1);
}

#[test]
fn hooks_check_the_working_directory() {
    for hook in read(".pre-commit-hooks.yaml").as_array().unwrap() {
        assert_eq!(hook["entry"], "tfward check");
        assert_eq!(hook["pass_filenames"], false);
        let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for (name, expected) in [
            ("a/main.tf", true),
            ("main.tf.json", true),
            ("x.tofu", true),
            ("prod.auto.tfvars", true),
            ("x.tfvars.json", true),
            (".tfward.hcl", true),
            ("infra/.tfward.hcl", true),
            ("package.json", false),
            ("main.tf.bak", false),
        ] {
            assert_eq!(files.is_match(name), expected, "{name}");
        }
    }
}

/// What a step left behind.
#[derive(Debug)]
struct Left {
    code: i32,
    /// The log, with workflow commands as they were printed.
    log: String,
    outputs: BTreeMap<String, String>,
    summary: String,
}

impl Left {
    /// The workflow commands that a runner would act on.
    fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut stopped: Option<String> = None;
        for line in self.log.lines().flat_map(|line| line.split('\r')).map(str::trim_start) {
            match &stopped {
                Some(token) if line == format!("::{token}::") => stopped = None,
                Some(_) => {}
                None => match line.strip_prefix("::stop-commands::") {
                    Some(token) => stopped = Some(token.to_owned()),
                    None if line.starts_with("::") || line.contains("##[") => commands.push(line.to_owned()),
                    None => {}
                },
            }
        }
        assert_eq!(stopped, None, "commands stay stopped");
        commands
    }

    fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    fn counts(&self) -> [&str; 4] {
        ["public", "undetermined", "private", "errors"].map(|name| self.output(name))
    }
}

/// A machine with a checkout.
struct Runner {
    home: tempfile::TempDir,
    inputs: BTreeMap<&'static str, String>,
    environment: BTreeMap<&'static str, String>,
    action: PathBuf,
}

impl Runner {
    /// With the tfward of this build, and an empty checkout.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        for folder in ["checkout", "temporary", "bin"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        let environment = BTreeMap::from([("TFWARD_BINARY", env!("CARGO_BIN_EXE_tfward").to_owned())]);
        Self { home, inputs: BTreeMap::new(), environment, action: top().to_path_buf() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn checkout(&self) -> PathBuf {
        self.path("checkout")
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.inputs.insert(name, value.to_owned());
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.checkout().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Puts a program before all others.
    fn program(self, name: &str, text: &str) -> Self {
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/usr/bin/env bash\n{text}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// Replaces tfward by a program that prints its arguments, one a line.
    fn echo(mut self) -> Self {
        self = self.program("echo-arguments", "printf '<%s>\\n' \"$@\"\nexit 2\n");
        let path = self.path("bin").join("echo-arguments").display().to_string();
        self.environment.insert("TFWARD_BINARY", path);
        self
    }

    /// Runs the action's only step.
    fn run(&self) -> Left {
        let action = read("action.yml");
        let step = &action["runs"]["steps"][0];
        let input = |name: &str| {
            let declared = &action["inputs"][name];
            assert!(declared.is_object(), "no input {name}");
            self.inputs.get(name).cloned().unwrap_or_else(|| declared["default"].as_str().unwrap().to_owned())
        };
        for name in self.inputs.keys() {
            input(name);
        }
        let script = self.path("step.sh");
        std::fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        let [outputs, summary] = ["outputs", "summary"].map(|name| self.path(name));
        std::fs::write(&outputs, "").unwrap();
        std::fs::write(&summary, "before\n").unwrap();
        assert_eq!(step["shell"], "bash");
        let programs = std::env::var("PATH").unwrap();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&script)
            .current_dir(self.checkout())
            .env_clear()
            .env("PATH", format!("{}:{programs}", self.path("bin").display()))
            .env("HOME", self.home.path())
            .env("GITHUB_ACTION_PATH", &self.action)
            .env("GITHUB_WORKSPACE", self.checkout())
            .env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("RUNNER_TEMP", self.path("temporary"))
            .envs(&self.environment);
        for (name, value) in step["env"].as_object().unwrap() {
            let expression = value.as_str().unwrap().trim_start_matches("${{ ").trim_end_matches(" }}");
            let value = match expression.strip_prefix("inputs.") {
                Some(name) => input(name),
                None => String::new(),
            };
            command.env(name, value);
        }
        let run = command.output().unwrap();
        let log = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
        let set = set_outputs(&std::fs::read_to_string(&outputs).unwrap());
        // An output of the step that the action does not declare is lost.
        let declared = action["outputs"].as_object().unwrap();
        for (name, output) in declared {
            assert_eq!(output["value"], format!("${{{{ steps.check.outputs.{name} }}}}"));
        }
        assert!(set.keys().all(|name| declared.contains_key(name)), "{set:?}");
        let summary = std::fs::read_to_string(&summary).unwrap();
        Left {
            code: run.status.code().unwrap(),
            log,
            outputs: set,
            summary: summary.strip_prefix("before\n").expect("the summary is added to").to_owned(),
        }
    }
}

/// Reads `NAME=VALUE` lines of the file for outputs.
fn set_outputs(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
        (name.to_owned(), value.to_owned())
    };
    text.lines().map(pair).collect()
}

const PUBLIC: &str = "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n";
const PRIVATE: &str = "resource \"aws_s3_bucket\" \"b\" {}\n";
const DEPENDS: &str = "variable \"acl\" {}\nresource \"aws_s3_bucket\" \"b\" {\n  acl = var.acl\n}\n";

#[test]
fn what_is_public_fails_the_step_and_is_told_everywhere() {
    let runner = Runner::new().file("infra/main.tf", PUBLIC);
    let left = runner.run();
    assert_eq!(left.code, 1, "{left:?}");
    assert_eq!(left.output("exit-code"), "1");
    assert_eq!(left.counts(), ["1", "0", "0", "0"]);
    let commands = left.commands();
    assert_eq!(commands.len(), 1, "{commands:?}");
    assert!(commands[0].starts_with("::error file=infra/main.tf,line="), "{commands:?}");
    assert!(left.summary.contains("aws_s3_bucket.b") && left.summary.contains("mermaid"), "{}", left.summary);
    let sarif = std::fs::read_to_string(left.output("sarif-file")).unwrap();
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "public-bucket");
}

#[test]
fn exit_codes_are_passed_on() {
    let cases: [(&str, &str, &[(&'static str, &str)], i32, [&str; 4]); 8] = [
        ("private", PRIVATE, &[], 0, ["0", "0", "1", "0"]),
        ("public", PUBLIC, &[], 1, ["1", "0", "0", "0"]),
        ("never", PUBLIC, &[("fail-on", "never")], 0, ["1", "0", "0", "0"]),
        ("undetermined", DEPENDS, &[], 0, ["0", "1", "0", "0"]),
        ("strict", DEPENDS, &[("fail-on", "undetermined")], 1, ["0", "1", "0", "0"]),
        ("var", DEPENDS, &[("var", "acl=private\n")], 0, ["0", "0", "1", "0"]),
        ("broken", "resource {", &[], 2, ["0", "0", "0", "1"]),
        ("usage", PRIVATE, &[("fail-on", "sometimes")], 2, ["", "", "", ""]),
    ];
    for (name, text, inputs, code, counts) in cases {
        let mut runner = Runner::new().file("main.tf", text);
        for (input, value) in inputs {
            runner = runner.with(input, value);
        }
        let left = runner.run();
        assert_eq!((left.code, left.counts()), (code, counts), "{name}: {left:?}");
        assert_eq!(left.output("exit-code"), code.to_string(), "{name}");
    }
}

#[test]
fn inputs_become_the_options_of_their_names() {
    let left = Runner::new()
        .echo()
        .with("paths", "a b\n\n-c\r\n$(d)")
        .with("plan", "plan.json")
        .with("source", "src")
        .with("var-file", "x.tfvars\n--y z.tfvars\n")
        .with("var", "n=/v w\n-o=p=q")
        .with("workspace", "prod")
        .with("fail-on", "undetermined")
        .with("config", "s.hcl")
        .with("baseline", "b.json")
        .with("no-inline-allow", "true")
        .with("summary", "false")
        .run();
    let said: Vec<&str> =
        left.log.lines().filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')).collect();
    let at = said.iter().position(|said| said.starts_with("--fail-on")).unwrap();
    assert!(!said.contains(&"markdown"), "{said:?}");
    assert_eq!(
        said[at..],
        [
            "--fail-on=undetermined",
            "--source=src",
            "--workspace=prod",
            "--config=s.hcl",
            "--baseline=b.json",
            "--no-inline-allow",
            "--var-file=x.tfvars",
            "--var-file=--y z.tfvars",
            "--var=n=/v w",
            "--var=-o=p=q",
            "--",
            "a b",
            "-c",
            "$(d)",
            "plan.json"
        ]
    );
    let nothing = Runner::new().echo().run();
    assert!(nothing.log.contains("<-->\n<.>\n"), "{}", nothing.log);
}

#[test]
fn no_input_is_run_and_none_sets_an_output() {
    let hostile = [
        "; touch hurt",
        "$(touch hurt)",
        "`touch hurt`",
        "\" && touch hurt && \"",
        "' ; touch hurt ; '",
        "x\n::error::hurt\nexit-code=0",
        "x\r::error::hurt\r##[error]hurt",
        "--output=hurt",
        "-",
        "%0A::error::hurt",
        "*",
        "${{ hurt }}",
        "\u{1b}[31m",
    ];
    let action = read("action.yml");
    for name in action["inputs"].as_object().unwrap().keys() {
        for value in hostile {
            let mut runner = Runner::new().file("main.tf", PRIVATE);
            runner.inputs.insert(Box::leak(name.clone().into_boxed_str()), value.to_owned());
            if name == "version" {
                runner.environment.remove("TFWARD_BINARY");
            }
            let left = runner.run();
            let told = format!("{name} = {value:?}: {left:?}");
            assert!(matches!(left.code, 0..=2), "{told}");
            assert_eq!(left.output("exit-code"), left.code.to_string(), "{told}");
            assert!(!runner.checkout().join("hurt").exists(), "{told}");
            for command in left.commands() {
                let own = ["::error title=tfward::", "::notice title=tfward::", "::warning title=tfward::"];
                let known =
                    own.iter().any(|own| command.starts_with(own)) || command.starts_with("::error file=");
                assert!(known, "{command} of {told}");
            }
        }
    }
}

#[test]
fn names_of_the_checkout_are_only_names() {
    let folder = "a b;$(touch hurt) `x` 'y'";
    let runner = Runner::new()
        .file(&format!("{folder}/main.tf"), PUBLIC)
        .with("working-directory", folder)
        .with("sarif-file", "out put.sarif");
    let left = runner.run();
    assert_eq!(left.code, 1, "{left:?}");
    let sarif = runner.checkout().canonicalize().unwrap().join(folder).join("out put.sarif");
    assert_eq!(Path::new(left.output("sarif-file")).canonicalize().unwrap(), sarif);
    assert!(sarif.exists());
}

#[test]
fn a_report_that_was_there_before_is_not_passed_on() {
    let runner = Runner::new().file("old.sarif", "{}").with("sarif-file", "old.sarif").echo();
    let left = runner.run();
    assert_eq!((left.code, left.output("sarif-file")), (2, ""), "{left:?}");
}

#[test]
fn a_tfward_that_breaks_is_no_clean_verdict() {
    for (text, name) in [("exit 0", "says nothing"), ("exit 101", "panics"), ("kill -9 $$", "is killed")] {
        let mut runner = Runner::new().program("broken", text);
        let path = runner.path("bin/broken").display().to_string();
        runner.environment.insert("TFWARD_BINARY", path);
        let left = runner.run();
        assert_eq!((left.code, left.output("exit-code")), (2, "2"), "{name}: {left:?}");
    }
}

/// What `curl` is here: files of `releases` by the end of their address, and the addresses asked for.
const CURL: &str = r#"
while [ $# -gt 1 ]; do
    case $1 in --output) out=$2; shift ;; --write-out | --retry | --max-time | --proto) shift ;; esac
    shift
done
echo "$1" >>"$HOME/asked"
file=$HOME/releases/${1##*/releases/download/}
if [ -e "$file" ]; then cp "$file" "$out"; printf 200; else printf 404; fi
"#;

/// What `cargo` is here: its build is a tfward that says so.
const CARGO: &str = r#"
echo "$PWD $*" >"$HOME/built"
while [ $# -gt 1 ]; do if [ "$1" = --target-dir ]; then target=$2; fi; shift; done
mkdir -p "$target/release"
cp "$HOME/tfward" "$target/release/tfward"
"#;

/// An action of `acme/tfward` at a reference, with the releases that exist.
fn remote(reference: &str, releases: &[&str], honest: bool) -> Runner {
    let mut runner = Runner::new()
        .program("curl", CURL)
        .program("cargo", CARGO)
        .program("uname", "case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac\n");
    runner.environment.remove("TFWARD_BINARY");
    let action = runner.path("_actions/acme/tfward").join(reference);
    std::fs::create_dir_all(action.join("action")).unwrap();
    for name in ["action/run.sh", "action.yml"] {
        std::fs::copy(top().join(name), action.join(name)).unwrap();
    }
    std::fs::write(action.join("Cargo.toml"), "[package]\nname = \"tfward\"\nversion = \"1.2.3\"\n").unwrap();
    runner.action = action;
    let program = |said: &str| {
        let path = runner.path("tfward");
        std::fs::write(&path, format!("#!/usr/bin/env bash\necho '{said}'\nexit 2\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    for release in releases {
        program(&format!("release {release}"));
        let folder = runner.path("releases").join(format!("v{release}"));
        std::fs::create_dir_all(&folder).unwrap();
        let name = "tfward-x86_64-unknown-linux-musl.tar.gz";
        let made = Command::new("tar")
            .arg("-czf")
            .arg(folder.join(name))
            .arg("-C")
            .arg(runner.home.path())
            .arg("tfward")
            .status()
            .unwrap();
        assert!(made.success());
        let bytes = if honest { std::fs::read(folder.join(name)).unwrap() } else { b"another".to_vec() };
        let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(folder.join(format!("{name}.sha256")), format!("{sum}  {name}\n")).unwrap();
    }
    program("built");
    runner
}

#[test]
fn the_binary_comes_from_a_release_or_from_the_checkout() {
    for (reference, version, releases, expected) in [
        ("v1", "", &["1.2.3"][..], "release 1.2.3"),
        ("v1.2.3", "", &["1.2.3"], "release 1.2.3"),
        ("v1", "", &[], "built"),
        // The commit may differ from every release.
        ("main", "", &["1.2.3"], "built"),
        ("0123456789abcdef0123456789abcdef01234567", "", &["1.2.3"], "built"),
        ("main", "1.2.3", &["1.2.3"], "release 1.2.3"),
        ("v1", "v1.0.0", &["1.0.0", "1.2.3"], "release 1.0.0"),
        ("v1", "source", &["1.2.3"], "built"),
        // The checkout is what the release would be.
        ("main", "1.2.3", &[], "built"),
        ("v1", "9.9.9", &["1.2.3"], "there is no release 9.9.9"),
        ("v1", "latest", &["1.2.3"], "`version` is a release such as 1.2.3"),
        ("v1", "../v1.2.3", &["1.2.3"], "`version` is a release such as 1.2.3"),
    ] {
        let runner = remote(reference, releases, true).with("version", version);
        let left = runner.run();
        assert!(left.log.contains(expected), "{reference}, {version:?}, {releases:?}: {left:?}");
        assert_eq!(left.code, 2);
        if expected == "built" {
            let built = std::fs::read_to_string(runner.path("built")).unwrap();
            let folder = runner.action.display().to_string();
            assert!(built.starts_with(&format!("{folder} build --release --locked")), "{built}");
        } else {
            assert!(!runner.path("built").exists(), "{reference}, {version:?}");
        }
        let asked = std::fs::read_to_string(runner.path("asked")).unwrap_or_default();
        let own = "https://github.com/acme/tfward/releases/download/v";
        assert!(asked.lines().all(|address| address.starts_with(own)), "{asked}");
    }
}

#[test]
fn a_release_with_another_checksum_is_not_run() {
    let runner = remote("v1", &["1.2.3"], false);
    let left = runner.run();
    assert_eq!(left.code, 2);
    assert!(left.commands()[0].contains("does not have the checksum"), "{left:?}");
    assert!(!left.log.contains("release 1.2.3") && !runner.path("built").exists(), "{left:?}");

    let runner = remote("v1", &["1.2.3"], true);
    std::fs::remove_file(runner.path("releases/v1.2.3/tfward-x86_64-unknown-linux-musl.tar.gz.sha256"))
        .unwrap();
    let left = runner.run();
    assert!(left.commands()[0].contains("has no checksum"), "{left:?}");
    assert!(!left.log.contains("release 1.2.3"), "{left:?}");
}

#[test]
fn an_action_of_the_checked_repository_is_built() {
    let mut runner = remote("v1", &["1.2.3"], true);
    let action = runner.checkout().join("own");
    std::fs::rename(&runner.action, &action).unwrap();
    runner.action = action;
    let left = runner.run();
    assert!(left.log.contains("built") && !runner.path("asked").exists(), "{left:?}");
}

fn git(folder: &Path, arguments: &[&str]) {
    let run = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// A pull request that changes the settings, checked out like `actions/checkout` does; tfward is a program
/// that prints its settings and its baseline.
fn pull_request(base: &[(&str, &str)], head: &[(&str, &str)]) -> Runner {
    let mut runner = Runner::new().program(
        "show",
        "for a in \"$@\"; do case $a in --config=*) sed 's/^/config: /' \"${a#*=}\"; echo 'config.' ;; \
         --baseline=*) sed 's/^/baseline: /' \"${a#*=}\" ;; esac; done\nexit 2\n",
    );
    let origin = runner.path("origin");
    std::fs::create_dir(&origin).unwrap();
    git(&origin, &["init", "--quiet"]);
    git(&origin, &["commit", "--quiet", "--allow-empty", "-m", "start"]);
    let commit = |branch: &[&str], files: &[(&str, &str)]| {
        git(&origin, branch);
        for (name, text) in files {
            std::fs::create_dir_all(origin.join(name).parent().unwrap()).unwrap();
            std::fs::write(origin.join(name), text).unwrap();
        }
        git(&origin, &["add", "--all"]);
        git(&origin, &["commit", "--quiet", "--allow-empty", "-m", "files"]);
    };
    commit(&["checkout", "--quiet", "main"], base);
    commit(&["checkout", "--quiet", "-b", "change"], head);
    let checkout = runner.checkout();
    let address = format!("file://{}", origin.display());
    git(runner.home.path(), &["clone", "--quiet", "--depth=1", "--branch=change", &address, "checkout"]);
    assert!(checkout.join(".git").exists());
    let path = runner.path("bin/show").display().to_string();
    runner.environment.insert("TFWARD_BINARY", path);
    runner.environment.insert("GITHUB_BASE_REF", "main".to_owned());
    runner
}

#[test]
fn settings_and_baseline_come_from_the_base_branch() {
    let base = [(".tfward.hcl", "base\n"), ("infra/s.hcl", "base s\n"), ("infra/b.json", "base b\n")];
    let head = [(".tfward.hcl", "head\n"), ("infra/s.hcl", "head s\n"), ("infra/b.json", "head b\n")];
    let runner = || pull_request(&base, &head).with("settings-from-base", "true");
    let shown = |left: &Left| {
        left.log
            .lines()
            .filter(|line| line.starts_with("config") || line.starts_with("baseline"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&runner().run()), ["config: base", "config."]);
    let infra =
        runner().with("working-directory", "infra").with("config", "s.hcl").with("baseline", "b.json");
    assert_eq!(shown(&infra.run()), ["config: base s", "config.", "baseline: base b"]);
    // Nothing that only the change has.
    let fresh = pull_request(&[], &head).with("settings-from-base", "true").with("baseline", "infra/b.json");
    assert_eq!(shown(&fresh.run()), ["config."]);
    let missing =
        pull_request(&[], &head).with("settings-from-base", "true").with("config", "infra/s.hcl").run();
    assert!(missing.commands()[0].contains("the base branch has no `infra/s.hcl`"), "{missing:?}");
    // Without the input, and outside of pull requests, the checkout's own hold.
    assert_eq!(shown(&pull_request(&base, &head).run()), Vec::<String>::new());
    let mut push = runner();
    push.environment.remove("GITHUB_BASE_REF");
    assert_eq!(shown(&push.run()), Vec::<String>::new());
}

#[test]
fn a_change_cannot_accept_its_own_findings() {
    let allow = "allow \"public-bucket\" {\n  reason = \"mine\"\n}\n";
    let commented = format!("# tfward:allow public-bucket reason=\"mine\"\n{PUBLIC}");
    for (name, text, input) in
        [(".tfward.hcl", PUBLIC, "settings-from-base"), ("unused.hcl", commented.as_str(), "no-inline-allow")]
    {
        let runner = || {
            let mut runner = pull_request(&[], &[(name, allow), ("main.tf", text)]);
            runner.environment.insert("TFWARD_BINARY", env!("CARGO_BIN_EXE_tfward").to_owned());
            runner
        };
        assert_eq!(runner().run().code, 0, "{input}");
        assert_eq!(runner().with(input, "true").run().code, 1, "{input}");
    }
}

#[test]
fn a_base_branch_that_cannot_be_fetched_ends_the_check() {
    let mut runner = pull_request(&[], &[]).with("settings-from-base", "true");
    runner.environment.insert("GITHUB_BASE_REF", "gone".to_owned());
    let left = runner.run();
    assert_eq!(left.code, 2);
    assert!(left.commands()[0].contains("fetch-depth: 0"), "{left:?}");
}
