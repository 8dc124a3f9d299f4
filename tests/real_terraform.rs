//! Asks the Terraform on the `PATH`, if there is one, whether the tables of `testdata/language/` say what it
//! says.
//!
//! All rows stand in one root module, each as an output in a file of its own, and where a part of the result
//! is unknown or sensitive also as the `input` of a `terraform_data`, which shows such parts. What Terraform
//! refuses is taken away and the rest is planned again, until nothing is refused. Nothing is downloaded: the
//! only provider is Terraform's own.

#![allow(
    clippy::string_slice,
    clippy::assigning_clones,
    clippy::format_push_string,
    clippy::nonminimal_bool,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]
#![allow(clippy::disallowed_methods, reason = "the test writes a module, and starts Terraform")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at once")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;
use tfward::value::Number;

use rows::{Row, error, key, quoted};

/// What Terraform says about a row.
enum Answer {
    /// The summary of its error.
    Refused(String),
    /// The result as the tables write it; without kinds of collections when some part is not known.
    Value(String),
}

#[test]
fn agrees_with_terraform() {
    let Some(version) = version() else {
        println!("skipped: there is no `terraform` on the PATH to compare the language with");
        return;
    };
    let mut asked: BTreeMap<String, Row> = BTreeMap::new();
    for (table, path) in rows::tables() {
        for row in rows::read(&path).unwrap() {
            if row.terraform.as_deref() != Some("not asked") {
                asked.insert(format!("{table}_{}", row.line), row);
            }
        }
    }
    let answers = ask(&asked).unwrap();
    let mut wrong = String::new();
    for (name, row) in &asked {
        let Some(answer) = answers.get(name) else {
            let _ = writeln!(wrong, "{name}: no answer");
            continue;
        };
        let told = row.terraform.as_deref().unwrap_or(&row.result);
        let newer = row.terraform.is_some() && !version.starts_with("1.11.");
        if !agrees(told, answer) && !(newer && agrees(&row.result, answer)) {
            let answer = match answer {
                Answer::Refused(summary) => format!("error: {summary}"),
                Answer::Value(value) => value.clone(),
            };
            let _ = writeln!(wrong, "{name}: {}\n  table:     {told}\n  Terraform: {answer}", row.expression);
        }
    }
    assert!(wrong.is_empty(), "Terraform {version} has other answers\n{wrong}");
}

/// The version of the Terraform on the `PATH`.
fn version() -> Option<String> {
    let output =
        Command::new("terraform").args(["version", "-json"]).env("CHECKPOINT_DISABLE", "1").output().ok()?;
    let about: Json = serde_json::from_slice(&output.stdout).ok()?;
    Some(about.get("terraform_version")?.as_str()?.to_owned())
}

fn agrees(told: &str, answer: &Answer) -> bool {
    match (error(told), answer) {
        (Some(words), Answer::Refused(summary)) => summary.starts_with(words),
        (None, Answer::Value(value)) => told == value || plain(told) == plain(value),
        (Some(_), Answer::Value(_)) | (None, Answer::Refused(_)) => false,
    }
}

/// A result without the kinds of its collections, where these are not told: when a part is not known.
fn plain(result: &str) -> String {
    if !result.contains("unknown") && !result.contains("sensitive(") {
        return result.to_owned();
    }
    let mut out = String::new();
    let mut kept = Vec::new();
    let mut rest = result;
    let mut quoted = false;
    while let Some(character) = rest.chars().next() {
        let kind = ["tolist(", "toset(", "tomap("].into_iter().find(|kind| !quoted && rest.starts_with(kind));
        if let Some(kind) = kind {
            kept.push(false);
            rest = &rest[kind.len()..];
            continue;
        }
        let mut length = character.len_utf8();
        match character {
            '\\' if quoted => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            '"' => quoted = !quoted,
            '(' if !quoted => kept.push(true),
            ')' if !quoted && kept.pop() == Some(false) => {
                rest = &rest[1..];
                continue;
            }
            _ => {}
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

fn ask(asked: &BTreeMap<String, Row>) -> Result<BTreeMap<String, Answer>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let root = folder.path().join("root");
    rows::copy(&rows::folder().join("root"), &root).map_err(|error| error.to_string())?;
    let file = |name: &str, kind: &str| root.join(format!("{kind}-{name}.tf"));
    for (name, row) in asked {
        let expression = &row.expression;
        let output = format!("output \"{name}\" {{\n  sensitive = true\n  value = {expression}\n}}\n");
        fs::write(file(name, "output"), output).map_err(|error| error.to_string())?;
        let parts = [Some(&row.result), row.terraform.as_ref()].into_iter().flatten();
        if parts.clone().any(|part| part.contains("unknown") || part.contains("sensitive(")) {
            let input = format!("resource \"terraform_data\" \"{name}\" {{\n  input = {expression}\n}}\n");
            fs::write(file(name, "input"), input).map_err(|error| error.to_string())?;
        }
    }
    let mut answers = BTreeMap::new();
    loop {
        let arguments =
            ["plan", "-json", "-input=false", "-lock=false", "-refresh=false", "-out=plan", "-parallelism=2"];
        let output = terraform(&root, &arguments)?;
        if output.status.success() {
            break;
        }
        let mut refused = BTreeSet::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Json>(line) else { continue };
            let Some(diagnostic) = message.get("diagnostic") else { continue };
            let text = |holder: &Json, key: &str| {
                holder.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
            };
            if text(diagnostic, "severity") != "error" {
                continue;
            }
            let place = diagnostic.get("range").map(|range| text(range, "filename")).unwrap_or_default();
            let name = place.strip_suffix(".tf").and_then(|place| place.split_once('-'));
            let Some((_, name)) = name else {
                return Err(format!("Terraform refuses the module: {diagnostic}"));
            };
            answers.entry(name.to_owned()).or_insert_with(|| Answer::Refused(text(diagnostic, "summary")));
            refused.insert(name.to_owned());
        }
        if refused.is_empty() {
            return Err(format!("Terraform fails: {}", String::from_utf8_lossy(&output.stderr)));
        }
        for name in refused {
            // Not every row has both files.
            let _ = fs::remove_file(file(&name, "output"));
            let _ = fs::remove_file(file(&name, "input"));
        }
    }
    let output = terraform(&root, &["show", "-json", "plan"])?;
    let plan: Json = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    for name in asked.keys() {
        if !answers.contains_key(name) {
            answers.insert(name.clone(), Answer::Value(result(&plan, name)));
        }
    }
    Ok(answers)
}

fn terraform(root: &Path, arguments: &[&str]) -> Result<Output, String> {
    let mut command = Command::new("terraform");
    command.args(arguments).current_dir(root);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TF_") {
            command.env_remove(name);
        }
    }
    command.env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    command.output().map_err(|error| error.to_string())
}

/// The result of a row in a plan.
fn result(plan: &Json, name: &str) -> String {
    let address = format!("terraform_data.{name}");
    let changes = plan.get("resource_changes").and_then(Json::as_array);
    let change = changes
        .into_iter()
        .flatten()
        .find(|change| change.get("address").and_then(Json::as_str) == Some(&address))
        .and_then(|change| change.get("change"));
    if let Some(change) = change {
        let part = |name: &str| match change.get(name) {
            Some(Json::Bool(whole)) => Json::Bool(*whole),
            Some(other) => other.get("input").cloned().unwrap_or(Json::Null),
            None => Json::Null,
        };
        return written(&part("after"), &Json::Null, &part("after_unknown"), &part("after_sensitive"));
    }
    let pointer = |path: &str| plan.pointer(&format!("/{path}/{name}")).unwrap_or(&Json::Null);
    let output = pointer("planned_values/outputs");
    let unknown = pointer("output_changes").get("after_unknown").unwrap_or(&Json::Null);
    let part = |name: &str| output.get(name).unwrap_or(&Json::Null);
    written(part("value"), part("type"), unknown, &Json::Null)
}

/// A value as the tables write it; `of_type` as in plans, or null where it is not told.
fn written(value: &Json, of_type: &Json, unknown: &Json, sensitive: &Json) -> String {
    if *sensitive == Json::Bool(true) {
        return format!("sensitive({})", written(value, of_type, unknown, &Json::Null));
    }
    if *unknown == Json::Bool(true) {
        return "unknown".to_owned();
    }
    let kind = of_type.get(0).and_then(Json::as_str).unwrap_or_default();
    let none = &Json::Null;
    match value {
        Json::Null if !unknown.is_object() => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => {
            Number::parse_conversion(number.as_str()).map_or_else(|| number.to_string(), |n| n.to_string())
        }
        Json::String(text) => quoted(text),
        Json::Array(elements) => {
            let parts: Vec<String> = elements
                .iter()
                .enumerate()
                .map(|(index, element)| {
                    let of_type = match of_type.get(1) {
                        Some(Json::Array(types)) if kind == "tuple" => types.get(index).unwrap_or(none),
                        Some(element) => element,
                        None => none,
                    };
                    let at = |holder: &'_ Json| holder.get(index).cloned().unwrap_or(Json::Null);
                    written(element, of_type, &at(unknown), &at(sensitive))
                })
                .collect();
            let parts = format!("[{}]", parts.join(", "));
            match kind {
                "list" => format!("tolist({parts})"),
                "set" => format!("toset({parts})"),
                _ => parts,
            }
        }
        Json::Null | Json::Object(_) => {
            let unknown_names = unknown.as_object().into_iter().flatten();
            let unknown_names = unknown_names.filter(|(_, part)| holds_true(part)).map(|(name, _)| name);
            let names: BTreeSet<&String> =
                value.as_object().into_iter().flatten().map(|(name, _)| name).chain(unknown_names).collect();
            let parts: Vec<String> = names
                .into_iter()
                .map(|name| {
                    let of_type = match of_type.get(1) {
                        Some(types) if kind == "object" => types.get(name).unwrap_or(none),
                        Some(element) => element,
                        None => none,
                    };
                    let at = |holder: &'_ Json| holder.get(name).cloned().unwrap_or(Json::Null);
                    let part = written(&at(value), of_type, &at(unknown), &at(sensitive));
                    format!("{} = {part}", key(name))
                })
                .collect();
            let parts = format!("{{{}}}", parts.join(", "));
            if kind == "map" { format!("tomap({parts})") } else { parts }
        }
    }
}

fn holds_true(part: &Json) -> bool {
    match part {
        Json::Bool(value) => *value,
        Json::Array(parts) => parts.iter().any(holds_true),
        Json::Object(parts) => parts.values().any(holds_true),
        Json::Null | Json::Number(_) | Json::String(_) => false,
    }
}
