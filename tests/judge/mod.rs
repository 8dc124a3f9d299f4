//! How tests ask tfward for verdicts: the one place that knows how it is called.
//!
//! The binary is run as a user runs it, from inside the directory and with no variable of the environment
//! that Terraform or tfward would read, and its JSON is read by the contract of `--format json`.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::disallowed_methods, reason = "tests start the binary under test")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a run said.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The stores, in the order of the report.
    pub(crate) stores: Vec<Store>,
    /// The messages of diagnostics of severity `error`.
    pub(crate) errors: Vec<String>,
    /// The exit status.
    pub(crate) exit: i32,
    /// The human report, without colour.
    pub(crate) human: String,
}

/// One store and its verdict.
#[derive(Debug)]
pub(crate) struct Store {
    /// Its address.
    pub(crate) address: String,
    /// Its verdict.
    pub(crate) verdict: Verdict,
    /// The names that it depends on.
    pub(crate) unknown: Vec<String>,
}

/// A verdict with what refines it, as in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Audience and access letters, in order.
    Public(String, Vec<String>),
    /// Nobody gets in.
    Private,
    /// It depends on what is not in the input.
    Undetermined,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public(audience, access) => {
                write!(f, "public {audience}")?;
                access.iter().try_for_each(|letter| write!(f, " {letter}"))
            }
            Self::Private => f.write_str("private"),
            Self::Undetermined => f.write_str("undetermined"),
        }
    }
}

/// Checks the configuration in `directory`.
pub(crate) fn judge(directory: &Path) -> Result<Judged, String> {
    judge_at(directory, ".")
}

/// Checks a path, seen from `directory`.
pub(crate) fn judge_at(directory: &Path, path: &str) -> Result<Judged, String> {
    let (json, exit) = run(directory, path, "json")?;
    let (human, _) = run(directory, path, "human")?;
    let report: Value = serde_json::from_str(&json).map_err(|error| format!("no JSON: {error}\n{json}"))?;
    let stores = list(&report, "stores").iter().map(store).collect::<Result<_, _>>()?;
    let errors = list(&report, "diagnostics")
        .iter()
        .filter(|diagnostic| text(diagnostic, "severity") == "error")
        .map(|diagnostic| text(diagnostic, "message"))
        .collect();
    Ok(Judged { stores, errors, exit, human })
}

/// The JSON report on something in `directory`, and the exit status.
pub(crate) fn report(directory: &Path, arguments: &[&str]) -> Result<(Value, i32), String> {
    let (json, exit) = start(directory, &[arguments, &["--format", "json"]].concat())?;
    let report = serde_json::from_str(&json).map_err(|error| format!("no JSON: {error}\n{json}"))?;
    Ok((report, exit))
}

fn run(directory: &Path, path: &str, format: &str) -> Result<(String, i32), String> {
    start(directory, &[path, "--format", format, "--color", "never"])
}

fn start(directory: &Path, arguments: &[&str]) -> Result<(String, i32), String> {
    asked(directory, "check", arguments)
}

/// What `tfward resolve` prints of something in `directory`.
pub(crate) fn resolved(directory: &Path, path: &str) -> Result<Value, String> {
    let (json, _) = asked(directory, "resolve", &[path])?;
    serde_json::from_str(&json).map_err(|error| format!("no JSON: {error}\n{json}"))
}

fn asked(directory: &Path, command: &str, arguments: &[&str]) -> Result<(String, i32), String> {
    let mut tfward = Command::new(env!("CARGO_BIN_EXE_tfward"));
    tfward.arg(command).args(arguments).current_dir(directory);
    for (name, _) in std::env::vars_os() {
        let read = ["TF_", "GITHUB_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if read {
            tfward.env_remove(name);
        }
    }
    let output = tfward.output().map_err(|error| format!("tfward does not start: {error}"))?;
    let Some(exit @ 0..=2) = output.status.code() else {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    };
    let text = String::from_utf8(output.stdout).map_err(|error| format!("no UTF-8: {error}"))?;
    Ok((text, exit))
}

fn store(value: &Value) -> Result<Store, String> {
    let access = list(value, "access").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let verdict = match text(value, "verdict").as_str() {
        "public" => Verdict::Public(text(value, "audience"), access),
        "private" => Verdict::Private,
        "undetermined" => Verdict::Undetermined,
        other => return Err(format!("`{other}` is no verdict")),
    };
    let unknown = list(value, "unknown").iter().map(|unknown| text(unknown, "name")).collect();
    Ok(Store { address: text(value, "address"), verdict, unknown })
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
