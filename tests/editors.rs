//! The matchers in `editors/` find every finding in what `--format short` prints.
//!
//! The same run is written as JSON, and each line must give its file, line, column, severity, message and
//! rule. The expressions are JavaScript's in an editor and .NET's on a runner; they keep to what those have
//! in common with the `regex` crate.

#![allow(clippy::disallowed_methods, reason = "tests read their own files and start the program")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use std::path::Path;

use assert_cmd::Command;
use regex::Regex;
use serde_json::Value;

/// One matcher: its expression, and the group of each part.
struct Matcher {
    regex: Regex,
    pattern: Value,
    severity: Option<String>,
}

impl Matcher {
    fn new(matcher: &Value) -> Self {
        let pattern = match &matcher["pattern"] {
            Value::Array(patterns) => patterns[0].clone(),
            other => other.clone(),
        };
        Self {
            regex: Regex::new(pattern["regexp"].as_str().unwrap()).unwrap(),
            severity: matcher["severity"].as_str().map(str::to_owned),
            pattern,
        }
    }

    /// File, line, column, severity, message and rule; `None` for a line of others.
    fn read(&self, line: &str) -> Option<[String; 6]> {
        let captures = self.regex.captures(line)?;
        let group = |key: &str| {
            let number = usize::try_from(self.pattern[key].as_u64()?).unwrap();
            captures.get(number).map(|found| found.as_str().to_owned())
        };
        Some(["file", "line", "column", "severity", "message", "code"].map(|key| {
            let fixed = (key == "severity").then(|| self.severity.clone()).flatten();
            group(key).or(fixed).unwrap_or_default()
        }))
    }
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(top().join(path)).unwrap()).unwrap()
}

/// The matchers of a runner, tried in order, with the names of levels that it has.
fn github() -> Vec<Matcher> {
    json("editors/github-problem-matcher.json")["problemMatcher"]
        .as_array()
        .unwrap()
        .iter()
        .map(Matcher::new)
        .collect()
}

fn visual_studio_code() -> Vec<Matcher> {
    json("editors/vscode/tasks.json")["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| Matcher::new(&task["problemMatcher"]))
        .collect()
}

fn read(matchers: &[Matcher], line: &str) -> [String; 6] {
    let found: Vec<[String; 6]> = matchers.iter().filter_map(|matcher| matcher.read(line)).collect();
    match found.as_slice() {
        [only] => only.clone(),
        several => panic!("{} matchers take {line:?}", several.len()),
    }
}

/// What `--format short` printed, line by line, and the same run as JSON.
fn check(folder: &Path, paths: &[&str]) -> (Vec<String>, Value) {
    let output = tempfile::tempdir().unwrap();
    let file = output.path().join("report.json");
    let run = Command::cargo_bin("tfward")
        .unwrap()
        .current_dir(folder)
        .env_remove("GITHUB_WORKSPACE")
        .env_remove("TF_WORKSPACE")
        .args(["check", "--format", "short", "--format", "json", "--output"])
        .arg(&file)
        .args(paths)
        .output()
        .unwrap();
    let lines = String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect();
    (lines, serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap())
}

/// A text of JSON as a line shows it.
fn shown(text: &Value) -> String {
    let mut out = String::new();
    for character in text.as_str().unwrap_or_default().chars() {
        let hidden = character.is_control()
            || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if hidden => out.extend(other.escape_unicode()),
            other => out.push(other),
        }
    }
    out
}

/// Every finding and diagnostic, as the editors must see them.
fn expected(report: &Value, info: &str) -> Vec<[String; 6]> {
    let level =
        |level: &str| if matches!(level, "info" | "note") { info.to_owned() } else { level.to_owned() };
    let place = |entry: &Value| {
        let location = &entry["location"];
        match location["path"].as_str() {
            Some(_) => {
                [shown(&location["path"]), location["line"].to_string(), location["column"].to_string()]
            }
            None => [entry["root"].as_str().unwrap_or(".").to_owned(), "1".to_owned(), "1".to_owned()],
        }
    };
    let findings = report["findings"].as_array().unwrap().iter().map(|finding| {
        let [path, line, column] = place(finding);
        let severity = level(finding["level"].as_str().unwrap());
        [path, line, column, severity, shown(&finding["message"]), shown(&finding["rule"])]
    });
    let diagnostics = report["diagnostics"].as_array().unwrap().iter().map(|diagnostic| {
        let [path, line, column] = place(diagnostic);
        let severity = level(diagnostic["severity"].as_str().unwrap());
        [path, line, column, severity, shown(&diagnostic["message"]), String::new()]
    });
    findings.chain(diagnostics).collect()
}

fn assert_found(folder: &Path, paths: &[&str]) -> usize {
    let (lines, report) = check(folder, paths);
    for (matchers, info) in [(github(), "notice"), (visual_studio_code(), "info")] {
        let found: Vec<[String; 6]> = lines.iter().map(|line| read(&matchers, line)).collect();
        let expected = expected(&report, info);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }
    lines.len()
}

#[test]
fn every_finding_of_the_scenarios_is_found() {
    let count = assert_found(top(), &["testdata/incident", "testdata/stores"]);
    assert!(count > 100, "only {count} lines");
}

#[test]
fn hostile_names_move_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
resource "aws_s3_bucket" "b" {
  for_each = toset(["x [public-bucket] (aws_s3_bucket.b", "a\"] [r] (a.b[\"c", "e) [x-y] (d", ": error: ", "::error::z", "l\nm"])
  bucket   = each.value
  acl      = "public-read"
}

resource "aws_s3_bucket" "unknown" {
  acl = var.acl
}

variable "acl" {}
"#;
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    std::fs::write(folder.path().join("broken.tf"), "resource \"aws_s3_bucket\" {\n").unwrap();
    let count = assert_found(folder.path(), &["."]);
    assert!(count >= 8, "only {count} lines");
}

#[test]
#[cfg(unix)]
fn paths_with_blanks_and_colons_are_found_whole() {
    let folder = tempfile::tempdir().unwrap();
    let text = "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n";
    let names =
        ["a b", "c:d", "1:2:3", "e: error", "f [x] (y.z)", "C:", "grün (1)", " g", "h:7:", "\u{202e}i"];
    for name in names {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("m: 1.tf"), text).unwrap();
    }
    assert_eq!(assert_found(folder.path(), &["."]), names.len());
}

#[test]
fn drives_and_shares_are_part_of_the_file() {
    for path in ["C:/infra/main.tf", "D:\\infra\\a b\\main.tf", "//server/share/main.tf", "../x/main.tf"] {
        let line = format!("{path}:12:3: error: anyone can: 4:5: read [public-bucket] (aws_s3_bucket.b)");
        let expected = [path, "12", "3", "error", "anyone can: 4:5: read", "public-bucket"];
        assert_eq!(read(&github(), &line), expected);
        assert_eq!(read(&visual_studio_code(), &line), expected);
    }
}

#[test]
fn levels_of_each_service_are_used() {
    let line = |level: &str| format!("a.tf:1:2: {level}: text [public-queue] (aws_sqs_queue.q)");
    for (level, on_github) in [("error", "error"), ("warning", "warning"), ("info", "notice")] {
        assert_eq!(read(&github(), &line(level))[3], on_github);
        assert_eq!(read(&visual_studio_code(), &line(level))[3], level);
    }
    assert!(github().iter().all(|matcher| matcher.read("1 public, 0 undetermined, 3 private").is_none()));
}
