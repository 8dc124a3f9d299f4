//! Strings of which parts may be unknown.
//!
//! Enters: literal pieces and unknowns. Leaves: one text whose *holes* stand at byte offsets of its
//! literal part. Equality, prefix and containment answer with [`Truth`].

use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc_quick};

use super::{Unknown, Value};
use crate::truth::Truth;

/// A string; `holes` are its unknown parts, by the offset in `literal` at which each stands.
#[derive(Clone, Debug)]
pub struct Text {
    literal: Arc<str>,
    holes: Arc<[(usize, Arc<Unknown>)]>,
    document: Option<Arc<Value>>,
}

/// One piece of a text.
#[derive(Clone, Debug)]
pub enum Piece<'t> {
    /// Known characters; not empty.
    Literal(&'t str),
    /// Any string, perhaps empty.
    Hole(&'t Arc<Unknown>),
}

impl Text {
    /// A string without holes, brought to Unicode NFC as Terraform does (language.md 2).
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self { literal: nfc(text), holes: Arc::default(), document: None }
    }

    /// The same text, encoded as JSON from that document: objects and tuples whose parts still have their
    /// origins. Whoever decodes the text takes the document instead.
    #[must_use]
    pub fn with_document(mut self, document: Value) -> Self {
        self.document = Some(Arc::new(document));
        self
    }

    /// The document that the text was encoded from.
    #[must_use]
    pub const fn document(&self) -> Option<&Arc<Value>> {
        self.document.as_ref()
    }

    /// The text when it has no hole.
    #[must_use]
    pub fn as_known(&self) -> Option<&str> {
        self.holes.is_empty().then_some(&*self.literal)
    }

    /// The holes with their offsets, in order.
    pub fn holes(&self) -> impl ExactSizeIterator<Item = (usize, &Arc<Unknown>)> {
        self.holes.iter().map(|(offset, unknown)| (*offset, unknown))
    }

    /// The known part, holes left out.
    #[must_use]
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// The only hole of a text that has nothing else.
    #[must_use]
    pub fn as_hole(&self) -> Option<&Arc<Unknown>> {
        match (&*self.literal, &*self.holes) {
            ("", [(_, only)]) => Some(only),
            _ => None,
        }
    }

    /// The pieces in order.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::with_capacity(self.holes.len() * 2 + 1);
        let mut at = 0;
        for (offset, unknown) in self.holes.iter() {
            if let Some(literal) = self.literal.get(at..*offset).filter(|literal| !literal.is_empty()) {
                pieces.push(Piece::Literal(literal));
            }
            pieces.push(Piece::Hole(unknown));
            at = *offset;
        }
        if let Some(rest) = self.literal.get(at..).filter(|rest| !rest.is_empty()) {
            pieces.push(Piece::Literal(rest));
        }
        pieces
    }

    /// The known characters before the first hole.
    #[must_use]
    pub fn known_prefix(&self) -> &str {
        let end = self.holes.first().map_or(self.literal.len(), |(offset, _)| *offset);
        self.literal.get(..end).unwrap_or("")
    }

    /// The known characters after the last hole.
    #[must_use]
    pub fn known_suffix(&self) -> &str {
        let start = self.holes.last().map_or(0, |(offset, _)| *offset);
        self.literal.get(start..).unwrap_or("")
    }

    /// The text with `…` for each hole, for messages.
    #[must_use]
    pub fn shown(&self) -> String {
        self.pieces()
            .into_iter()
            .map(|piece| match piece {
                Piece::Literal(literal) => literal,
                Piece::Hole(_) => "…",
            })
            .collect()
    }

    /// Whether it equals a known text.
    #[must_use]
    pub fn equals(&self, other: &str) -> Truth {
        match self.as_known() {
            Some(text) => Truth::from_bool(text == other),
            None if self.could_equal(other) => Truth::Unknown,
            None => Truth::False,
        }
    }

    fn could_equal(&self, other: &str) -> bool {
        let Some(mut rest) = other.strip_prefix(self.known_prefix()) else { return false };
        let suffix = self.known_suffix();
        let Some(middle) = rest.strip_suffix(suffix) else { return false };
        rest = middle;
        let pieces = self.pieces();
        let first = usize::from(matches!(pieces.first(), Some(Piece::Literal(_))));
        let last = pieces.len() - usize::from(matches!(pieces.last(), Some(Piece::Literal(_))));
        for piece in pieces.get(first..last).unwrap_or_default() {
            if let Piece::Literal(literal) = piece {
                match rest.find(literal) {
                    Some(found) => rest = rest.get(found + literal.len()..).unwrap_or(""),
                    None => return false,
                }
            }
        }
        true
    }

    /// Whether it begins with a known text.
    #[must_use]
    pub fn starts_with(&self, prefix: &str) -> Truth {
        let known = self.known_prefix();
        if known.starts_with(prefix) {
            Truth::True
        } else if self.holes.is_empty() || !prefix.starts_with(known) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether it ends with a known text.
    #[must_use]
    pub fn ends_with(&self, suffix: &str) -> Truth {
        let known = self.known_suffix();
        if known.ends_with(suffix) {
            Truth::True
        } else if self.holes.is_empty() || !suffix.ends_with(known) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    /// Whether it contains a known text.
    #[must_use]
    pub fn contains(&self, part: &str) -> Truth {
        let shown = self.pieces().into_iter().any(|piece| match piece {
            Piece::Literal(literal) => literal.contains(part),
            Piece::Hole(_) => false,
        });
        if shown || part.is_empty() {
            Truth::True
        } else if self.holes.is_empty() {
            Truth::False
        } else {
            Truth::Unknown
        }
    }
}

/// Puts a text together from pieces.
#[derive(Clone, Debug, Default)]
pub struct TextBuilder {
    literal: String,
    holes: Vec<(usize, Arc<Unknown>)>,
}

impl TextBuilder {
    /// Appends known characters.
    pub fn push_str(&mut self, literal: &str) {
        self.literal.push_str(literal);
    }

    /// Appends an unknown part.
    pub fn push_hole(&mut self, unknown: Arc<Unknown>) {
        self.holes.push((self.literal.len(), unknown));
    }

    /// Appends a whole text.
    pub fn push_text(&mut self, text: &Text) {
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => self.push_str(literal),
                Piece::Hole(unknown) => self.push_hole(unknown.clone()),
            }
        }
    }

    /// Bytes of known text so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.literal.len()
    }

    /// Whether nothing was appended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.literal.is_empty() && self.holes.is_empty()
    }

    /// The text. Without holes it is brought to NFC; with holes each piece is, which is the same unless a
    /// combining character stands next to a hole.
    #[must_use]
    pub fn build(self) -> Text {
        if self.holes.is_empty() {
            return Text::known(&self.literal);
        }
        let raw = Text { literal: self.literal.into(), holes: self.holes.into(), document: None };
        if is_nfc_quick(raw.literal.chars()) == unicode_normalization::IsNormalized::Yes {
            return raw;
        }
        let mut literal = String::new();
        let mut holes = Vec::new();
        for piece in raw.pieces() {
            match piece {
                Piece::Literal(text) => literal.extend(text.nfc()),
                Piece::Hole(unknown) => holes.push((literal.len(), unknown.clone())),
            }
        }
        Text { literal: literal.into(), holes: holes.into(), document: None }
    }
}

fn nfc(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}
