//! Every row of `testdata/truth/*.csv` is one test: the row becomes a `main.tf.json` in a directory of its
//! own, and the verdict on its first resource must be that of the row.
//!
//! Rows with `"act"` speak about plans: they become a plan of existing resources, on which nothing happens but
//! what `act` says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a test may panic"
)]
#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

mod judge;
mod table;

use std::process::ExitCode;

use judge::{judge, judge_at};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use table::{Row, root, rows, tables, text};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for table in &tables() {
        let name = table.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match rows(table) {
            Err(error) => trials.push(Trial::test(name, move || Err(error.into()))),
            Ok(rows) => {
                for row in rows {
                    trials.push(Trial::test(format!("{name}/{}", row.id), move || test(&row)));
                }
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn test(row: &Row) -> Result<(), Failed> {
    let first =
        row.inputs.iter().find(|input| text(input, "t") != "_provider").ok_or("a row without a resource")?;
    let address = format!("{}.{}", text(first, "t"), text(first, "n"));
    let speaks_of_plan = row.inputs.iter().any(|input| input.get("act").is_some());
    let (name, root) =
        if speaks_of_plan { ("plan.json", plan(&row.inputs)) } else { ("main.tf.json", root(&row.inputs)) };
    let directory = tempfile::tempdir()?;
    std::fs::write(directory.path().join(name), format!("{root:#}"))?;
    let judged = if speaks_of_plan { judge_at(directory.path(), name)? } else { judge(directory.path())? };
    let found = judged.stores.iter().find(|store| store.address == address);
    if found.is_some_and(|store| store.verdict == row.verdict) && judged.errors.is_empty() {
        return Ok(());
    }
    let verdict = found.map_or_else(|| "no store".to_owned(), |store| store.verdict.to_string());
    let mut message = format!("{address} is {verdict}, expected {}: {}", row.verdict, row.why);
    if !row.contested.is_empty() {
        message = format!("{message}\ncontested: {}", row.contested);
    }
    let errors = judged.errors.iter().fold(String::new(), |all, error| format!("{all}\nerror: {error}"));
    Err(format!("{message}{errors}\n\n{root:#}\n\n{}", judged.human).into())
}

/// Writes a row as a plan over resources that exist: references are what they refer to.
fn plan(inputs: &[Value]) -> Value {
    let mut changes = Vec::new();
    let mut blocks = Vec::new();
    for input in inputs {
        let (resource_type, name) = (text(input, "t"), text(input, "n"));
        let address = format!("{resource_type}.{name}");
        let mut values = serde_json::Map::new();
        for (attribute, value) in input.get("v").and_then(Value::as_object).into_iter().flatten() {
            let value = match value {
                Value::Object(_) if attribute == "policy" => json!(value.to_string()),
                Value::String(reference) if reference.starts_with('@') => resolved(inputs, reference),
                other => other.clone(),
            };
            values.insert(attribute.clone(), value);
        }
        let common = json!({"address": address, "mode": "managed", "type": resource_type, "name": name});
        let deleted = text(input, "act") == "delete";
        let (actions, after) =
            if deleted { (json!(["delete"]), Value::Null) } else { (json!(["no-op"]), json!(values)) };
        let mut change = common.clone();
        change["provider_name"] = json!("registry.terraform.io/hashicorp/aws");
        change["change"] = json!({"actions": actions, "before": values, "after": after, "after_unknown": {}, "after_sensitive": {}});
        changes.push(change);
        if !deleted {
            let mut block = common;
            block["provider_config_key"] = json!("aws");
            block["expressions"] = values.keys().map(|name| (name.clone(), json!({}))).collect();
            blocks.push(block);
        }
    }
    json!({
        "format_version": "1.2", "resource_changes": changes, "complete": true,
        "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": {"resources": blocks}},
    })
}

/// The bucket name that a reference to a bucket's `id` stands for.
fn resolved(inputs: &[Value], reference: &str) -> Value {
    let parts: Vec<&str> = reference.trim_start_matches('@').split('.').collect();
    let named = |input: &&Value| {
        parts.first().is_some_and(|part| *part == text(input, "t"))
            && parts.get(1).is_some_and(|part| *part == text(input, "n"))
    };
    inputs.iter().find(named).and_then(|input| input.pointer("/v/bucket")).cloned().unwrap_or_default()
}
