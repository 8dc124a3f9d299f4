//! `tfward resolve`: every resource and data instance with its resolved attributes, as JSON.
//!
//! Enters: models. Leaves: one object in the shape of `docs/command-line.md`; what is sensitive is replaced.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{capped, escape};
use crate::address::{Key, Mode};
use crate::model::{Instance, Model};
use crate::source::{Diagnostic, Severity, Sources};
use crate::value::json::{to_serde, unknown_to_serde};

#[derive(Serialize)]
struct Document {
    schema_version: u8,
    resources: Vec<Resource>,
    outputs: Map<String, Json>,
    diagnostics: Vec<Json>,
}

#[derive(Serialize)]
struct Resource {
    address: String,
    mode: &'static str,
    r#type: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    provider: String,
    values: Json,
    unknown: Json,
}

/// Writes the models of all root modules as one object.
pub fn write<'m>(
    sources: &Sources,
    models: impl Iterator<Item = &'m Model>,
    diagnostics: &[Diagnostic],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut document =
        Document { schema_version: 1, resources: Vec::new(), outputs: Map::new(), diagnostics: Vec::new() };
    let mut told: Vec<Diagnostic> = diagnostics.to_vec();
    for model in models {
        document.resources.extend(model.instances.values().map(|instance| resource(instance)));
        for (name, value) in &model.outputs {
            let mut output = Map::new();
            let unknown = unknown_to_serde(value);
            if unknown == Json::Bool(false) || value.is_wholly_known() {
                output.insert("value".to_owned(), to_serde(value).unwrap_or(Json::Null));
            } else {
                output.extend(
                    to_serde(value).filter(|_| value.as_unknown().is_none()).map(|v| ("value".to_owned(), v)),
                );
                output.insert("unknown".to_owned(), unknown);
            }
            document.outputs.insert(name.to_string(), Json::Object(output));
        }
        told.extend(model.diagnostics.iter().cloned());
    }
    let mut told = capped(told);
    told.sort();
    document.diagnostics = told.iter().map(|diagnostic| diagnostic_json(sources, diagnostic)).collect();
    let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
    writeln!(out, "{}", escape::json(&text))
}

fn resource(instance: &Instance) -> Resource {
    let address = &instance.address;
    let values = to_serde(&instance.attributes).unwrap_or_else(|| Json::Object(Map::new()));
    Resource {
        address: address.to_string(),
        mode: match address.mode {
            Mode::Managed => "managed",
            Mode::Data => "data",
            Mode::Ephemeral => "ephemeral",
        },
        r#type: address.resource_type.to_string(),
        name: address.name.to_string(),
        index: index(&address.key),
        module: (!address.module.is_root()).then(|| address.module.to_string()),
        provider: instance.provider.source.to_string(),
        values,
        unknown: unknown_to_serde(&instance.attributes),
    }
}

fn index(key: &Key) -> Option<Json> {
    match key {
        Key::None => None,
        Key::Number(index) => Some(Json::from(*index)),
        Key::Text(key) => Some(Json::from(&**key)),
        Key::Unknown => Some(Json::from("*")),
        Key::Former(former) => index(&former.key),
    }
}

fn diagnostic_json(sources: &Sources, diagnostic: &Diagnostic) -> Json {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut object = Map::new();
    object.insert("severity".to_owned(), severity.into());
    object.insert("message".to_owned(), diagnostic.message.as_str().into());
    if let Some(at) = diagnostic.span.and_then(|span| sources.location(span)) {
        let location = serde_json::json!({
            "path": at.path, "line": at.line, "column": at.column,
            "end_line": at.end_line, "end_column": at.end_column,
        });
        object.insert("location".to_owned(), location);
    }
    Json::Object(object)
}
