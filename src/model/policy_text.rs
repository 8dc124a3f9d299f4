//! The text of a policy document, as the AWS provider writes it.
//!
//! Enters: a document. Leaves: its JSON, with the keys in the provider's order, which remembers the document.
//! Source: language.md 15.

use std::sync::Arc;

use crate::address::Name;
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Cause, Data, Text, Unknown, Value, json};

/// How a text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Two spaces for each level.
    Indented,
    /// In one line without spaces.
    Compact,
}

/// The order of the keys of a document.
static DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];

/// The order of the keys of a statement.
pub(super) static STATEMENT: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// The longest text that is written, in bytes (language.md 19).
const LONGEST_TEXT: usize = 16 << 20;

/// How deep a statement may nest what it took from another document.
const DEEPEST: usize = 128;

/// Writes a document. If `unknown` went into it, the text has a hole even if that left no trace: Terraform
/// would not know it.
pub(super) fn write(document: &Value, layout: Layout, unknown: Option<&Arc<Unknown>>) -> Text {
    let mut writer = Writer { text: TextBuilder::default(), layout, holes: 0 };
    if writer.value(document, 0).is_none() {
        let mut text = TextBuilder::default();
        text.push_hole(Arc::new(Unknown::because(Cause::Budget("size of a text".into()))));
        return text.build();
    }
    if let Some(unknown) = unknown
        && writer.holes == 0
    {
        writer.hole(unknown);
    }
    writer.text.build().with_document(document.clone())
}

struct Writer {
    text: TextBuilder,
    layout: Layout,
    holes: usize,
}

impl Writer {
    /// Writes a value; `None` when it is too large or too deep.
    fn value(&mut self, value: &Value, depth: usize) -> Option<()> {
        if depth > DEEPEST || self.text.len() > LONGEST_TEXT {
            return None;
        }
        match &value.data {
            Data::Null(_) => self.text.push_str("null"),
            Data::Bool(true) => self.text.push_str("true"),
            Data::Bool(false) => self.text.push_str("false"),
            Data::Number(number) => self.text.push_str(&number.to_string()),
            Data::String(string) => self.string(string),
            Data::Sequence(_, elements, more) => {
                self.text.push_str("[");
                for (index, element) in elements.iter().enumerate() {
                    self.line(index > 0, depth + 1);
                    self.value(element, depth + 1)?;
                }
                if let Some(more) = more {
                    self.hole(more);
                }
                if !elements.is_empty() {
                    self.line(false, depth);
                }
                self.text.push_str("]");
            }
            Data::Mapping(_, entries) => {
                self.text.push_str("{");
                let mut ordered: Vec<(&Name, &Value)> = entries.iter().collect();
                match depth {
                    0 => ordered.sort_by_key(|(name, _)| place(&DOCUMENT, name)),
                    2 => ordered.sort_by_key(|(name, _)| place(&STATEMENT, name)),
                    _ => {}
                }
                for (index, (name, value)) in ordered.iter().enumerate() {
                    self.line(index > 0, depth + 1);
                    self.text.push_str(&format!("\"{}\":", json::escape(name)));
                    if self.layout == Layout::Indented {
                        self.text.push_str(" ");
                    }
                    self.value(value, depth + 1)?;
                }
                if !ordered.is_empty() {
                    self.line(false, depth);
                }
                self.text.push_str("}");
            }
            Data::Unknown(unknown) => self.hole(unknown),
        }
        Some(())
    }

    fn string(&mut self, string: &Text) {
        self.text.push_str("\"");
        for piece in string.pieces() {
            match piece {
                Piece::Literal(literal) => self.text.push_str(&json::escape(literal)),
                Piece::Hole(unknown) => self.hole(unknown),
            }
        }
        self.text.push_str("\"");
    }

    fn hole(&mut self, unknown: &Arc<Unknown>) {
        self.holes += 1;
        self.text.push_hole(unknown.clone());
    }

    fn line(&mut self, comma: bool, depth: usize) {
        if comma {
            self.text.push_str(",");
        }
        if self.layout == Layout::Indented {
            self.text.push_str("\n");
            self.text.push_str(&"  ".repeat(depth));
        }
    }
}

fn place(order: &[&str], name: &str) -> usize {
    order.iter().position(|known| *known == name).unwrap_or(order.len())
}
