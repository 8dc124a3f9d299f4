//! What a law forgets: one value of a model, or a part of it, made unknown and never absent.

use std::sync::Arc;

use tfward::address::Name;
use tfward::value::text::TextBuilder;
use tfward::value::{Data, Text, Value, json};

use crate::cases::forgotten;

/// What is done to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Nothing is known of it.
    Whole,
    /// Of a string, only the first half is known.
    Half,
    /// Of a sequence, whether more follows is not known.
    More,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Into an entry of a mapping.
    Entry(Name),
    /// Into an element of a sequence.
    Element(usize),
    /// Into the document of a JSON text.
    Document,
}

/// Everything inside a value that can be forgotten, the value itself first.
pub(crate) fn places(value: &Value) -> Vec<(Vec<Step>, How)> {
    let mut found = Vec::new();
    collect(value, &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, How)>) {
    let mut inner: Vec<(Step, Value)> = Vec::new();
    match &value.data {
        Data::Null(_) | Data::Unknown(_) => return,
        Data::Bool(_) | Data::Number(_) => found.push((path.clone(), How::Whole)),
        Data::String(text) => {
            found.push((path.clone(), How::Whole));
            match document(text) {
                Some(document) => inner.push((Step::Document, document)),
                None if text.as_known().is_some_and(|text| text.chars().count() > 1) => {
                    found.push((path.clone(), How::Half));
                }
                None => {}
            }
        }
        Data::Sequence(_, elements, more) => {
            found.push((path.clone(), How::Whole));
            if more.is_none() {
                found.push((path.clone(), How::More));
            }
            inner.extend(
                elements.iter().cloned().enumerate().map(|(at, element)| (Step::Element(at), element)),
            );
        }
        Data::Mapping(_, entries) => {
            found.push((path.clone(), How::Whole));
            inner.extend(entries.iter().map(|(name, entry)| (Step::Entry(name.clone()), entry.clone())));
        }
    }
    for (step, value) in inner {
        path.push(step);
        collect(&value, path, found);
        path.pop();
    }
}

/// The document of a text that is a JSON object.
fn document(text: &Text) -> Option<Value> {
    if let Some(document) = text.document() {
        return Some(document.as_ref().clone());
    }
    if !text.literal().trim_start().starts_with('{') {
        return None;
    }
    json::decode_policy(text).ok().map(|(document, _)| document)
}

/// The value without what is known at one place in it.
pub(crate) fn forget(value: &Value, path: &[Step], how: How) -> Value {
    let data = match (path.split_first(), &value.data) {
        (None, Data::String(text)) if how == How::Half => {
            let literal = text.literal();
            let half: String = literal.chars().take(literal.chars().count() / 2).collect();
            let mut builder = TextBuilder::default();
            builder.push_str(&half);
            builder.push_hole(Arc::new(forgotten()));
            Data::String(builder.build())
        }
        (None, Data::Sequence(kind, elements, _)) if how == How::More => {
            Data::Sequence(kind.clone(), elements.clone(), Some(Arc::new(forgotten())))
        }
        (None, _) => Data::Unknown(Arc::new(forgotten())),
        (Some((Step::Entry(name), rest)), Data::Mapping(kind, entries)) => {
            let mut entries = entries.to_map();
            if let Some(entry) = entries.get_mut(name) {
                *entry = forget(entry, rest, how);
            }
            Data::Mapping(kind.clone(), entries.into())
        }
        (Some((Step::Element(at), rest)), Data::Sequence(kind, elements, more)) => {
            let mut elements = elements.to_vec();
            if let Some(element) = elements.get_mut(*at) {
                *element = forget(element, rest, how);
            }
            Data::Sequence(kind.clone(), elements.into(), more.clone())
        }
        (Some((Step::Document, rest)), Data::String(text)) => match document(text) {
            Some(document) => Data::String(json::encode(&forget(&document, rest, how))),
            None => value.data.clone(),
        },
        (Some(_), other) => other.clone(),
    };
    let changed = Value::new(data).marked(value.sensitive);
    // An unknown comes from nowhere else: where it was handed on would still say what it is.
    if path.is_empty() && how != How::More { changed } else { changed.with_origin(value.origin.clone()) }
}

/// A path for messages.
pub(crate) fn shown(path: &[Step]) -> String {
    path.iter()
        .map(|step| match step {
            Step::Entry(name) => format!(".{name}"),
            Step::Element(at) => format!("[{at}]"),
            Step::Document => " (document)".to_owned(),
        })
        .collect()
}
