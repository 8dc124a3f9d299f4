//! Values to and from JSON, holes included (language.md 10, 16).
//!
//! Enters: values, or texts that may have holes. Leaves: texts that remember the document they were made
//! from, and documents whose unknown parts stay where they stand. A hole never changes the structure of a
//! document: one that could makes as much unknown as it could change.

mod read;
mod resolved;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use read::Reader;
use resolved::{known_part, unknown_part};

use super::convert::DEEPEST;
use super::text::{Piece, TextBuilder};
use super::{Cause, Data, MappingKind, Origin, SequenceKind, Text, Type, Unknown, Value};

/// The longest text that is written, in bytes (language.md 19).
const LONGEST_TEXT: usize = 16 << 20;

/// Finds the origin of what stands between two offsets of a text's literal part.
pub type OriginOf<'o> = &'o dyn Fn(usize, usize) -> Origin;

/// Writes a value as `jsonencode` does: compact, keys sorted, `<`, `>`, `&` escaped.
///
/// An unknown value becomes a hole, a string with holes a quoted string with holes. The text remembers the
/// value as its document, with every origin and mark. Infinite numbers, which Terraform refuses, are holes;
/// of a value that is too large or too deep the whole text is one.
#[must_use]
pub fn encode(value: &Value) -> Text {
    let mut writer = Writer::default();
    if writer.write(value, 0).is_none() {
        let mut text = TextBuilder::default();
        text.push_hole(too_large());
        return text.build();
    }
    writer.text.build().with_document(document(value))
}

/// Reads a text as `jsondecode` does: tuples and objects, the last of duplicate keys, nothing may follow.
///
/// A text that was encoded from a document gives that document back. Otherwise a hole
/// - where a value is expected makes that value unknown; in an array more elements may follow as well;
/// - inside quotes is part of the string, unless it could close the quote;
/// - in a key makes the object unknown;
/// - anywhere else, or one that could close a quote, makes the whole document unknown.
///
/// # Errors
/// Returns what is wrong with the JSON, with line and column.
pub fn decode(text: &Text) -> Result<Value, String> {
    decode_with(text, &|_, _| Origin::Nowhere)
}

/// Reads a text as [`decode`] does, with origins for all that is read from it.
///
/// # Errors
/// As [`decode`].
pub fn decode_with(text: &Text, origin: OriginOf<'_>) -> Result<Value, String> {
    Reader::read(text, origin, false).map(|(value, _)| value)
}

/// Reads a policy document: a key that stands twice is unknown, one of what it stands for, since nobody says
/// which one the cloud takes (aws.md 3.1). Also returns these keys.
///
/// # Errors
/// As [`decode`].
pub fn decode_policy(text: &Text) -> Result<(Value, Vec<String>), String> {
    decode_policy_with(text, &|_, _| Origin::Nowhere)
}

/// Reads a policy document as [`decode_policy`] does, with origins for all that is read from it.
///
/// # Errors
/// As [`decode`].
pub fn decode_policy_with(text: &Text, origin: OriginOf<'_>) -> Result<(Value, Vec<String>), String> {
    Reader::read(text, origin, true)
}

/// The known part of a value for `tfward resolve`: unknown attributes are left out, unknown elements are
/// null, sensitive values are the string `(sensitive)`. `None` for what is unknown as a whole.
///
/// A sequence to which more elements may belong ends with a null.
#[must_use]
pub fn to_serde(value: &Value) -> Option<serde_json::Value> {
    known_part(value, 0)
}

/// What is unknown in a value, in the shape of Terraform's `after_unknown`: `true` for what is unknown,
/// `false` for a known scalar; objects leave known scalars out.
#[must_use]
pub fn unknown_to_serde(value: &Value) -> serde_json::Value {
    unknown_part(value, 0)
}

/// A text in the making.
#[derive(Default)]
struct Writer {
    text: TextBuilder,
}

impl Writer {
    /// Writes a value; `None` when it is too large or too deep.
    fn write(&mut self, value: &Value, depth: usize) -> Option<()> {
        if depth > DEEPEST || self.text.len() > LONGEST_TEXT {
            return None;
        }
        match &value.data {
            Data::Null(_) => self.text.push_str("null"),
            Data::Bool(true) => self.text.push_str("true"),
            Data::Bool(false) => self.text.push_str("false"),
            Data::Number(number) if number.is_infinite() => self.text.push_hole(infinite()),
            Data::Number(number) => self.text.push_str(&number.to_string()),
            Data::String(string) => self.write_string(string),
            Data::Sequence(_, elements, more) => {
                self.text.push_str("[");
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        self.text.push_str(",");
                    }
                    self.write(element, depth + 1)?;
                }
                if let Some(more) = more {
                    self.text.push_hole(more.clone());
                }
                self.text.push_str("]");
            }
            Data::Mapping(kind, entries) => {
                self.text.push_str("{");
                for (index, (name, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        self.text.push_str(",");
                    }
                    self.text.push_str(&format!("\"{}\":", escape(name)));
                    self.write(value, depth + 1)?;
                }
                if let MappingKind::Block(owner) = kind {
                    let (of, path) = owner.as_ref();
                    self.text.push_hole(Arc::new(Unknown::attribute(of.clone(), path.clone())));
                }
                self.text.push_str("}");
            }
            Data::Unknown(unknown) => self.text.push_hole(unknown.clone()),
        }
        Some(())
    }

    fn write_string(&mut self, string: &Text) {
        self.text.push_str("\"");
        for piece in string.pieces() {
            match piece {
                Piece::Literal(literal) => self.text.push_str(&escape(literal)),
                Piece::Hole(unknown) => self.text.push_hole(unknown.clone()),
            }
        }
        self.text.push_str("\"");
    }
}

/// Escapes a string as Go's encoder does, which Terraform's is.
#[must_use]
pub fn escape(literal: &str) -> String {
    let mut escaped = String::with_capacity(literal.len());
    for character in literal.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let code = u32::from(character);
                escaped.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    escaped.extend(char::from_digit((code >> shift) & 0xf, 16));
                }
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// The value, which was written already, in the shape that `jsondecode` gives: tuples, objects, nulls of no
/// type.
fn document(value: &Value) -> Value {
    let data = match &value.data {
        Data::Null(_) => Data::Null(Type::Dynamic),
        Data::Number(number) if number.is_infinite() => Data::Unknown(infinite()),
        Data::Bool(_) | Data::String(_) | Data::Number(_) => value.data.clone(),
        Data::Sequence(_, elements, more) => Data::Sequence(
            SequenceKind::Tuple,
            elements.iter().map(document).collect(),
            more.as_ref().map(unknown_document),
        ),
        Data::Mapping(kind, entries) => Data::Mapping(
            match kind {
                MappingKind::Map(_) | MappingKind::Object => MappingKind::Object,
                MappingKind::Block(owner) => MappingKind::Block(owner.clone()),
            },
            entries.iter().map(|(name, value)| (name.clone(), document(value))).collect(),
        ),
        Data::Unknown(unknown) => Data::Unknown(unknown_document(unknown)),
    };
    Value::new(data).with_origin(value.origin.clone()).marked(value.sensitive)
}

/// An unknown after its way through JSON: what is known of the kind of a collection is lost. Its possible
/// values stay as they are; whoever asks for one looks at elements and attributes, not at kinds.
fn unknown_document(unknown: &Arc<Unknown>) -> Arc<Unknown> {
    if unknown.of_type.is_primitive() {
        return unknown.clone();
    }
    Arc::new(Unknown { of_type: Type::Dynamic, ..unknown.as_ref().clone() })
}

fn too_large() -> Arc<Unknown> {
    Arc::new(Unknown::because(Cause::Budget("size of a text".into())))
}

fn infinite() -> Arc<Unknown> {
    Arc::new(Unknown::because(Cause::Invalid("an infinite number cannot be written as JSON".into())))
}
