//! The truth tables: rows, and each row as a root module in JSON syntax.
//!
//! Notation of a row's resources `{"t": type, "n": name, "v": attributes}`: `"?"` is a value that the input
//! does not hold, `"@type.name.attr"` a reference (text may follow), a policy that is an object stands for
//! its `jsonencode`, `"m": "data"` for a data source, `"count": "?"` for an unknown number of instances.
//! `{"t": "_provider", "v": {"account": …}}` says which account a provider works in; `"provider"` names one
//! of another account.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::judge::Verdict;

/// One line of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its name.
    pub(crate) id: String,
    /// The resources.
    pub(crate) inputs: Vec<Value>,
    /// The verdict on the first of them.
    pub(crate) verdict: Verdict,
    /// The reason, for messages.
    pub(crate) why: String,
    /// Who reads it otherwise.
    pub(crate) contested: String,
}

/// Every table, sorted.
pub(crate) fn tables() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/truth");
    let mut tables: Vec<PathBuf> =
        std::fs::read_dir(top).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    tables.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    tables.sort();
    tables
}

/// Reads a table: a comma between fields, quotes doubled inside of quotes.
pub(crate) fn rows(table: &Path) -> Result<Vec<Row>, String> {
    let mut reader = csv::Reader::from_path(table).map_err(|error| error.to_string())?;
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let field = |name: &str| {
            let index = header.iter().position(|title| title == name);
            index.and_then(|index| record.get(index)).unwrap_or_default().to_owned()
        };
        let id = field("id");
        let inputs = serde_json::from_str(&field("inputs")).map_err(|error| format!("{id}: {error}"))?;
        let letters = field("access");
        let letters = letters.split('+').filter(|letter| !letter.is_empty()).map(str::to_owned).collect();
        let verdict = match field("verdict").as_str() {
            "public" => Verdict::Public(field("audience"), letters),
            "private" => Verdict::Private,
            "undetermined" => Verdict::Undetermined,
            other => return Err(format!("{id}: `{other}` is no verdict")),
        };
        rows.push(Row { id, inputs, verdict, why: field("why"), contested: field("contested") });
    }
    Ok(rows)
}

/// Writes a row as a root module in JSON syntax.
pub(crate) fn root(inputs: &[Value]) -> Value {
    let mut writer = Writer::default();
    let mut blocks = json!({"resource": {}, "data": {}});
    let mut accounts: Map<String, Value> = Map::new();
    for input in inputs {
        if let Some(provider) = input.get("provider").and_then(Value::as_str) {
            // Another provider configuration is another account, also when the row names none.
            accounts.entry(provider).or_insert_with(|| json!(["999999999999"]));
        }
        if text(input, "t") == "_provider" {
            let account = input.pointer("/v/account").cloned().unwrap_or_default();
            accounts.insert(text(input, "n"), json!([account]));
            continue;
        }
        let mut body = match input.get("v").map(|attributes| writer.attribute("", attributes)) {
            Some(Value::Object(body)) => body,
            _ => Map::new(),
        };
        if input.get("count").is_some() {
            body.insert("count".to_owned(), writer.attribute("count", &json!("?")));
        }
        if let Some(provider) = input.get("provider") {
            body.insert("provider".to_owned(), provider.clone());
        }
        let mode = if text(input, "m") == "data" { "data" } else { "resource" };
        if let Some(Value::Object(types)) = blocks.get_mut(mode) {
            let names = types.entry(text(input, "t")).or_insert_with(|| json!({}));
            if let Value::Object(names) = names {
                names.insert(text(input, "n"), Value::Object(body));
            }
        }
    }
    if let Value::Object(blocks) = &mut blocks {
        blocks.retain(|_, block| block.as_object().is_some_and(|block| !block.is_empty()));
        if !accounts.is_empty() {
            let providers: Vec<Value> =
                accounts.iter().map(|(name, account)| provider(name, account)).collect();
            blocks.insert("provider".to_owned(), json!({"aws": providers}));
        }
        if writer.unknown > 0 {
            let names = (1..=writer.unknown).map(|number| (format!("unknown_{number}"), json!({})));
            blocks.insert("variable".to_owned(), Value::Object(names.collect()));
        }
    }
    blocks
}

fn provider(name: &str, account: &Value) -> Value {
    let mut body = json!({"region": "us-east-1", "allowed_account_ids": account});
    if let (Some((_, alias)), Value::Object(body)) = (name.split_once('.'), &mut body) {
        body.insert("alias".to_owned(), json!(alias));
    }
    body
}

/// Turns the notation into JSON syntax and expressions, and counts the unknown values.
#[derive(Default)]
struct Writer {
    unknown: u32,
}

impl Writer {
    fn attribute(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(_) if name == "policy" => {
                json!(format!("${{jsonencode({})}}", self.expression(value)))
            }
            Value::Object(entries) => {
                entries.iter().map(|(name, value)| (name.clone(), self.attribute(name, value))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.attribute(name, item)).collect(),
            Value::String(text) => json!(self.template(text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    /// The same as an expression of the native syntax.
    fn expression(&mut self, value: &Value) -> String {
        match value {
            Value::Object(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(name, value)| format!("{} = {}", quoted(&escaped(name)), self.expression(value)))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.expression(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::String(text) => quoted(&self.template(text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        }
    }

    /// The text of a template: references and unknown values become interpolations, the rest is literal.
    fn template(&mut self, text: &str) -> String {
        if text == "?" {
            self.unknown += 1;
            return format!("${{var.unknown_{}}}", self.unknown);
        }
        let Some(reference) = text.strip_prefix('@') else { return escaped(text) };
        let steps = if reference.starts_with("data.") { 4 } else { 3 };
        let mut dots = 0;
        let end = reference.find(|character: char| {
            dots += u32::from(character == '.');
            dots == steps || !(character.is_ascii_alphanumeric() || "._".contains(character))
        });
        let (reference, rest) = reference.split_at(end.unwrap_or(reference.len()));
        format!("${{{reference}}}{}", escaped(rest))
    }
}

/// Keeps template sequences literal.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// A string of the native syntax around the text of a template without quotes of its own inside of `${}`.
fn quoted(template: &str) -> String {
    let text = template.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{text}\"")
}

/// A string in an object; empty when there is none.
pub(crate) fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
