//! The root module's outputs, which no verdict depends on: only `resolve` shows them.
//!
//! Enters: the parts of a document. Leaves: the outputs after. A plan tells them twice: with their values in
//! `planned_values`, and with what is not known of them in `output_changes`, which counts. A refresh-only
//! plan has none of its own, and what was stays.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{Parts, Refused};
use super::json::Json;
use super::names::Names;
use super::values::{Converter, Place, Trees, constant};
use crate::address::Name;
use crate::value::{Cause, Unknown, Value};

#[derive(Deserialize)]
struct Planned<'a> {
    #[serde(borrow)]
    outputs: Option<&'a RawValue>,
}

/// The outputs of a plan or state.
pub(super) fn read(parts: &Parts<'_>, names: &Names) -> Result<BTreeMap<Name, Value>, Refused> {
    let refused = |error: serde_json::Error| Refused {
        message: format!("the outputs cannot be read: {error}"),
        help: None,
        at: None,
    };
    let planned = match parts.planned_values {
        Some(raw) => serde_json::from_str::<Planned<'_>>(raw.get()).map_err(refused)?.outputs,
        None => None,
    };
    let before = parts.prior_outputs.filter(|_| parts.changes.is_none());
    let mut outputs = BTreeMap::new();
    for raw in [before, planned, parts.outputs].into_iter().flatten() {
        let Json::Object(stated) = Json::read(raw).map_err(refused)? else { continue };
        outputs.extend(stated.iter().map(|(name, output)| (names.get(name), recorded(name, output, names))));
    }
    if let Some(raw) = parts.output_changes
        && let Json::Object(changes) = Json::read(raw).map_err(refused)?
    {
        for (name, change) in changes.iter() {
            if is_deleted(change) {
                outputs.remove(name);
            } else {
                outputs.insert(names.get(name), changed(name, change, names));
            }
        }
    }
    Ok(outputs)
}

/// An output as a state has it; without a value it is not known.
fn recorded(name: &str, output: &Json<'_>, names: &Names) -> Value {
    let value = output.get("value").map_or_else(|| not_known(name), |value| constant(value, names));
    value.marked(output.get("sensitive").is_some_and(Json::is_true))
}

fn is_deleted(change: &Json<'_>) -> bool {
    let actions = change.get("actions").and_then(Json::elements).unwrap_or_default();
    actions.iter().map(Json::as_str).eq([Some("delete")])
}

/// An output as a plan makes it. One that is sensitive in a part is not shown at all.
fn changed(name: &str, change: &Json<'_>, names: &Names) -> Value {
    let (value, unknown) = (change.get("after"), change.get("after_unknown"));
    let known = match unknown {
        None | Some(Json::Bool(false)) => value.map_or_else(Value::null, |value| constant(value, names)),
        Some(Json::Bool(true)) => not_known(name),
        Some(_) => {
            let leaf = |_: &Place<'_>| Some(not_known(name));
            let converter = Converter { names, leaf: &leaf, everything: true };
            converter.shape(Trees { value, unknown, sensitive: None })
        }
    };
    known.marked(!matches!(change.get("after_sensitive"), None | Some(Json::Bool(false) | Json::Null)))
}

fn not_known(name: &str) -> Value {
    Value::unknown(Unknown::because(Cause::Hidden(format!("output.{name}").into())))
}
