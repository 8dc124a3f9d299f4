//! What `tfward resolve` prints of a value: what is known of it, and what is not.

use crate::value::convert::DEEPEST;
use crate::value::{Data, MappingKind, Unknown, Value};

pub(super) fn known_part(value: &Value, depth: usize) -> Option<serde_json::Value> {
    if depth > DEEPEST {
        return None;
    }
    let known = match &value.data {
        Data::Unknown(_) => return None,
        Data::Sequence(_, elements, Some(more)) if !holds_blocks(elements, more) => return None,
        Data::Null(_) => serde_json::Value::Null,
        Data::Bool(bool) => serde_json::Value::Bool(*bool),
        Data::Number(number) => serde_json::Value::Number(number.to_string().parse().ok()?),
        Data::String(text) => serde_json::Value::String(text.as_known()?.to_owned()),
        // What is inside is not told, so there is no need to look.
        Data::Sequence(..) | Data::Mapping(..) if value.sensitive => serde_json::Value::Null,
        Data::Sequence(_, elements, more) => {
            let elements = elements.iter().map(|element| known_part(element, depth + 1));
            let parts = elements.chain(more.iter().map(|_| None));
            serde_json::Value::Array(parts.map(|part| part.unwrap_or(serde_json::Value::Null)).collect())
        }
        Data::Mapping(_, entries) => serde_json::Value::Object(
            entries
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), known_part(value, depth + 1)?)))
                .collect(),
        ),
    };
    Some(if value.sensitive { serde_json::Value::String("(sensitive)".to_owned()) } else { known })
}

/// Whether these are nested blocks: they are printed as far as they are known, where a collection of unknown
/// length is unknown as a whole, as in Terraform.
fn holds_blocks(elements: &[Value], more: &Unknown) -> bool {
    elements
        .iter()
        .chain(&more.one_of)
        .any(|element| matches!(&element.data, Data::Mapping(MappingKind::Block(_), _)))
}

pub(super) fn unknown_part(value: &Value, depth: usize) -> serde_json::Value {
    if depth > DEEPEST {
        return serde_json::Value::Bool(true);
    }
    match &value.data {
        Data::Unknown(_) => serde_json::Value::Bool(true),
        Data::Sequence(_, elements, Some(more)) if !holds_blocks(elements, more) => {
            serde_json::Value::Bool(true)
        }
        Data::String(text) => serde_json::Value::Bool(text.as_known().is_none()),
        Data::Number(number) => serde_json::Value::Bool(number.is_infinite()),
        Data::Null(_) | Data::Bool(_) => serde_json::Value::Bool(false),
        Data::Sequence(..) | Data::Mapping(..) if value.sensitive => serde_json::Value::Bool(false),
        Data::Sequence(_, elements, more) => {
            let elements = elements.iter().map(|element| unknown_part(element, depth + 1));
            let more = more.iter().map(|_| serde_json::Value::Bool(true));
            serde_json::Value::Array(elements.chain(more).collect())
        }
        Data::Mapping(_, entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|(name, value)| (name.to_string(), unknown_part(value, depth + 1)))
                .filter(|(_, part)| *part != serde_json::Value::Bool(false))
                .collect(),
        ),
    }
}
