//! Documents that are not what `terraform show -json` prints, or not whole: each is an error that says what it
//! is and what to do, the run ends with 2, and what else was given is judged all the same.
//!
//! What Terraform writes stands in `testdata/documents`, what nobody would store is made here.

#![allow(clippy::disallowed_methods, reason = "tests make and read their own files")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const CONVERT: &str = "convert it with `terraform show -json PLANFILE > plan.json`";
const WRITE: &str = "write it with `terraform show -json PLANFILE > plan.json`";
const STATE: &str = "write it with `terraform show -json > state.json` in the directory of its root";

/// Files of `testdata/documents`, what is said about each, and the help.
static STORED: &[(&str, &str, &str)] = &[
    (
        "plan.tfplan",
        "this is a plan file in Terraform's own binary format, which only Terraform reads",
        CONVERT,
    ),
    ("plan-log.json", "these are the log lines of `terraform plan -json`, not a plan", WRITE),
    ("terraform.tfstate", "this is a state file in Terraform's own format, which may change", STATE),
    ("outputs.json", "this is JSON, but no plan or state: it has no `format_version`", WRITE),
    ("version.json", "this is JSON, but no plan or state: it has no `format_version`", WRITE),
    ("schemas.json", "these are provider schemas, not a plan or a state", WRITE),
    ("validate.json", "this is JSON, but no plan or state: it has neither changes nor values", WRITE),
    ("functions.json", "this is JSON, but no plan or state: it has neither changes nor values", WRITE),
];

/// The same of texts.
static MADE: &[(&str, &str, &str)] = &[
    ("", "this file is empty", WRITE),
    ("\u{feff} \n", "this file is empty", WRITE),
    ("[{\"format_version\": \"1.2\"}]", "this is no JSON from `terraform show -json`", WRITE),
    ("Terraform will perform …\n  + bucket\n", "this is no JSON from `terraform show -json`", WRITE),
    ("{}", "this is JSON, but no plan or state: it has no `format_version`", WRITE),
    ("{\"format_version\": \"1.2\", \"root_module\": {}}", "this is a configuration without a plan", WRITE),
    (
        "{\"format_version\": \"2.0\", \"planned_values\": {}}",
        "its `format_version` is \"2.0\"; this version of tfward reads 0 and 1",
        "use a newer version of tfward",
    ),
    (
        "{\"format_version\": \"1.2\",\n \"resource_changes\": [{\"address\": \"aws_s3_bucket.a\",",
        "the JSON ends in the middle: the file is not complete (line 2, column 52)",
        WRITE,
    ),
    (
        "Acquiring state lock.\n{\"format_version\": \"1.2\",\n \"values\": {]",
        "this is no valid plan or state: key must be a string (line 3, column 13)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.0\"}\n{\"format_version\": \"1.0\"}\n",
        "this is no valid plan or state: trailing characters (line 2, column 1)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.0\", \"values\": {}, \"values\": {}}",
        "this is no valid plan or state: `values` stands in it twice (line 1, column 53)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"aws_s3_bucket.a\"}]}",
        "this is no valid plan or state: missing field `change` (line 1, column 77)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.2\", \"values\": {}, \"resource_changes\": []}",
        "this has the keys of a plan and those of a state",
        WRITE,
    ),
    ("{\"format_version\": \"1.2\", \"configuration\": {}}", NOT_WHOLE, WRITE),
    ("{\"format_version\": \"1.2\", \"prior_state\": {}}", NOT_WHOLE, WRITE),
    ("{\"format_version\": \"1.2\", \"resource_drift\": [CHANGE]}", NOT_WHOLE, WRITE),
    (
        "{\"format_version\": \"1.2\", \"planned_values\": {}, \"deferred_changes\": [{}]}",
        "this is no valid plan or state: missing field `resource_change` (line 1, column 71)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"!\", \"change\": {}}]}",
        "this is no valid plan or state: the address \"!\" cannot be read (line 1, column 78)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": [{\"address\": \"!\"}]}}}",
        "this is no valid plan or state: the address \"!\" cannot be read (line 1, column 84)",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.2\", \"resource_changes\": [CHANGE, CHANGE]}",
        "`aws_s3_bucket.a` stands in it twice",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": [OBJECT, OBJECT]}}}",
        "`aws_s3_bucket.a` stands in it twice",
        WRITE,
    ),
    (
        "{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": [\
         {\"address\": \"aws_s3_bucket.a\", \"type\": \"aws_s3_bucket\", \"values\": []}]}}}",
        "the values of `aws_s3_bucket.a` are no object",
        WRITE,
    ),
];

const NOT_WHOLE: &str = "this is no whole plan: it has neither `resource_changes` nor `planned_values`";

/// What stands in the texts for `CHANGE` and `OBJECT`.
const CHANGE: &str = r#"{"address": "aws_s3_bucket.a", "type": "aws_s3_bucket",
    "change": {"actions": ["no-op"], "before": {"bucket": "a"}, "after": {"bucket": "a"}, "after_unknown": {}}}"#;
const OBJECT: &str = r#"{"address": "aws_s3_bucket.a", "type": "aws_s3_bucket", "values": {"bucket": "a"}}"#;

/// What the change of an instance may hold that Terraform does not print, and what is said about it.
static CHANGES: &[(&str, &str)] = &[
    ("{}", "the change of `aws_s3_bucket.a` has actions that this version of tfward does not know: []"),
    (
        r#"{"actions": ["create", "explode"], "after": {}}"#,
        "the change of `aws_s3_bucket.a` has actions that this version of tfward does not know: \
         [\"create\", \"explode\"]",
    ),
    (r#"{"actions": ["create"], "after": null, "after_unknown": {}}"#, NOT_SAID),
    (r#"{"actions": ["no-op"], "before": {}, "after": null, "after_unknown": {}}"#, NOT_SAID),
    (r#"{"actions": ["update"], "before": {}}"#, NOT_SAID),
    (
        r#"{"actions": ["delete"], "before": {}, "after": {}}"#,
        "the change of `aws_s3_bucket.a` takes it away, and has values after it",
    ),
    (r#"{"actions": ["create"], "after": []}"#, "`after` of the change of `aws_s3_bucket.a` is no object"),
    (r#"{"actions": ["delete"], "before": "a"}"#, "`before` of the change of `aws_s3_bucket.a` is no object"),
    (
        r#"{"actions": ["create"], "after": {}, "after_unknown": [true]}"#,
        "`after_unknown` of the change of `aws_s3_bucket.a` is no object",
    ),
];

const NOT_SAID: &str = "the change of `aws_s3_bucket.a` does not say what is there after it";

/// A plan with one public bucket: what stands beside a broken document is judged.
const BESIDE: &str = r#"{"format_version": "1.2", "resource_changes": [{
    "address": "aws_s3_bucket.site", "mode": "managed", "type": "aws_s3_bucket", "name": "site",
    "change": {"actions": ["create"], "before": null, "after": {"bucket": "site", "acl": "public-read"},
               "after_unknown": {}}}]}"#;

fn said(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tfward"));
    let output =
        command.current_dir(folder).arg("check").args(arguments).write_stdin(input).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// Checks a file beside a good plan: the one error, its place, its help, and the store of the other.
fn refused(folder: &Path, file: &str, message: &str, help: &str) {
    let message = format!("`{file}`: {message}");
    let (code, json) = said(folder, &["beside.json", file, "--format", "json"], b"");
    let report: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{file}: {error}"));
    let found =
        (code, &report["diagnostics"], &report["stores"][0]["address"], &report["stores"][0]["verdict"]);
    let location = serde_json::json!({"path": file, "line": 1, "column": 1, "end_line": 1, "end_column": 1});
    let diagnostics = serde_json::json!([{"severity": "error", "message": message, "location": location}]);
    assert_eq!(found, (2, &diagnostics, &"aws_s3_bucket.site".into(), &"public".into()), "{file}");
    let (_, human) = said(folder, &[file, "--color", "never"], b"");
    assert!(human.contains(&format!("= help: {help}\n")), "{file}: {human}");
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("beside.json"), BESIDE).unwrap();
    folder
}

#[test]
fn what_terraform_writes_beside_plans() {
    let folder = folder();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/documents");
    for (file, message, help) in STORED {
        std::fs::copy(stored.join(file), folder.path().join(file)).unwrap();
        refused(folder.path(), file, message, help);
    }
}

#[test]
fn what_is_not_whole_or_something_else() {
    let folder = folder();
    for (text, message, help) in MADE {
        let text = text.replace("CHANGE", CHANGE).replace("OBJECT", OBJECT);
        std::fs::write(folder.path().join("plan.json"), text).unwrap();
        refused(folder.path(), "plan.json", message, help);
    }
}

#[test]
fn changes_that_terraform_does_not_print() {
    let folder = folder();
    for (change, message) in CHANGES {
        let change = format!(
            "{{\"address\": \"aws_s3_bucket.a\", \"type\": \"aws_s3_bucket\", \"change\": {change}}}"
        );
        let text = format!("{{\"format_version\": \"1.2\", \"resource_changes\": [{change}]}}");
        std::fs::write(folder.path().join("plan.json"), text).unwrap();
        refused(folder.path(), "plan.json", message, WRITE);
    }
}

#[test]
fn other_encodings() {
    let folder = folder();
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&[u8], &str, &str); 3] = [
        (&utf16, "this file is UTF-16, as PowerShell writes it", "write it as UTF-8"),
        (b"\x1f\x8b\x08\x00", "this is a compressed file", "unpack it first"),
        (
            b"{\"format_version\": \"1.0\",\n\"\xc3\xa9\xff\": 1}",
            "this is not UTF-8 (line 2, column 3)",
            WRITE,
        ),
    ];
    for (bytes, message, help) in cases {
        std::fs::write(folder.path().join("plan.json"), bytes).unwrap();
        refused(folder.path(), "plan.json", message, help);
    }
}

#[test]
fn deep_nesting() {
    let folder = folder();
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let bucket = |value: &str| BESIDE.replace("\"site\", \"acl\"", &format!("{value}, \"acl\""));
    for (text, message) in [
        (format!("{{\"format_version\": \"1.2\", \"planned_values\": {open}"), "the JSON ends in the middle"),
        (
            format!("{{\"format_version\": \"1.2\", \"resource_changes\": {open}{close}}}"),
            "invalid type: sequence",
        ),
        (
            bucket(&format!("{open}{close}")),
            "the values of `aws_s3_bucket.site` cannot be read: recursion limit",
        ),
    ] {
        std::fs::write(folder.path().join("plan.json"), text).unwrap();
        let (code, human) = said(folder.path(), &["plan.json", "beside.json"], b"");
        assert!(code == 2 && human.contains(message) && human.contains("1 public"), "{human}");
    }
}

/// A byte order mark and lines of a log are skipped; a state without values is an empty one.
#[test]
fn what_is_read_all_the_same() {
    let folder = folder();
    for (text, code, stores) in [
        (format!("\u{feff}{BESIDE}"), 1, 1),
        (format!("Acquiring state lock.\n\n{BESIDE}\n"), 1, 1),
        ("{\"format_version\": \"1.0\"}".to_owned(), 0, 0),
        ("{\"format_version\": \"1.0\", \"terraform_version\": \"1.11.4\", \"checks\": []}".to_owned(), 0, 0),
        ("{\"format_version\": \"0.1\", \"values\": {}, \"new_key\": 1}".to_owned(), 0, 0),
    ] {
        for (path, input) in [("plan.json", ""), ("-", text.as_str())] {
            std::fs::write(folder.path().join("plan.json"), &text).unwrap();
            let (found, json) = said(folder.path(), &[path, "--format", "json"], input.as_bytes());
            let report: Value = serde_json::from_str(&json).unwrap();
            let count = report["stores"].as_array().map(Vec::len);
            assert_eq!(
                (found, count, &report["diagnostics"]),
                (code, Some(stores), &serde_json::json!([])),
                "{text}"
            );
        }
    }
    let (code, json) = said(folder.path(), &["-", "--format", "json"], b"{");
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &report["diagnostics"][0]["location"]["path"]), (2, &"-".into()));
}
