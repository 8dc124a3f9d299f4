//! `replace`.
//!
//! Enters: a text, what to look for, and what to put in its place; text and replacement may have holes. Leaves:
//! the text with every match in its known parts replaced. A hole that could hold a match is another unknown
//! afterwards; where a match could begin or end inside of a hole nothing is known. Source: language.md 16.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::text::unknown_text;
use super::{Call, CallError, derived, pattern, same};
use crate::address::Name;
use crate::model::computed;
use crate::value::json;
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Cause, Data, MappingKind, Origin, Text, Unknown, Value};

/// The longest search string that is followed through holes.
const LONGEST_FOLLOWED: usize = 256;

/// What JSON is made of outside of its strings.
const STRUCTURE: &str = "{}[],: \n0123456789+-.eEtruefalsn";

/// `replace(string, substring, replacement)`
pub(super) fn replace(call: &Call<'_>) -> Result<Value, CallError> {
    let (text, find) = (call.text(0)?, call.string(1)?);
    let to = replacement(call)?;
    if let Some(expression) =
        find.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| find.len() > 1)
    {
        let (Some(text), Some(to)) = (text.as_known(), to.as_known()) else { return Ok(call.unknown()) };
        let pattern = pattern::compile(call, 1, expression, text)?;
        return Ok(Value::string(pattern.replace_all(call, text, to)?));
    }
    let known = text.literal();
    let found = if find.is_empty() { known.chars().count() + 1 } else { known.matches(find).count() };
    call.make_text(found.saturating_mul(to.literal().len()).saturating_add(known.len()))?;
    call.make_elements(found.saturating_mul(to.holes().len()))?;
    call.host.spend(text.holes().len().saturating_mul(find.len()))?;
    let possible: usize =
        text.holes().flat_map(|(_, hole)| &hole.one_of).filter_map(Value::as_str).map(str::len).sum();
    call.make_text(possible.saturating_mul(to.literal().len().max(1)))?;
    let replacing = Replacing { find, to: &to };
    let Some(replaced) = replacing.in_text(text) else { return Ok(call.unknown()) };
    let document = match text.document() {
        Some(document) => replacing.in_document(document),
        None => None,
    };
    Ok(Value::new(Data::String(match document {
        Some(document) => replaced.with_document(document),
        None => replaced,
    })))
}

/// The parts of a text with holes between separators; `None` when a hole may hold one, or a part of one.
pub(super) fn separated(text: &Text, separator: &str) -> Option<Vec<Text>> {
    let replacing = Replacing { find: separator, to: &Text::known("") };
    let pieces = text.pieces();
    if replacing.may_cross(&pieces) {
        return None;
    }
    let mut parts = Vec::new();
    let mut part = TextBuilder::default();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => {
                for (index, between) in literal.split(separator).enumerate() {
                    if index > 0 {
                        parts.push(std::mem::take(&mut part).build());
                    }
                    part.push_str(between);
                }
            }
            Piece::Hole(hole) if alphabet(hole).is_some_and(|holds| !separator.chars().all(holds)) => {
                part.push_hole(hole.clone());
            }
            Piece::Hole(_) => return None,
        }
    }
    parts.push(part.build());
    Some(parts)
}

/// The replacement as a text: a hole when nothing of it is known.
fn replacement(call: &Call<'_>) -> Result<Text, CallError> {
    match call.get(2)?.as_unknown() {
        Some(unknown) => {
            let mut builder = TextBuilder::default();
            builder.push_hole(Arc::new(unknown.as_ref().clone().not_null()));
            Ok(builder.build())
        }
        None => call.text(2).cloned(),
    }
}

struct Replacing<'r> {
    find: &'r str,
    to: &'r Text,
}

impl Replacing<'_> {
    /// The text with every match replaced; `None` when a match could stand across the edge of a hole.
    fn in_text(&self, text: &Text) -> Option<Text> {
        let pieces = text.pieces();
        if text.as_known().is_none() && self.may_cross(&pieces) {
            return None;
        }
        let mut builder = TextBuilder::default();
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => self.in_literal(literal, &mut builder),
                Piece::Hole(hole) => builder.push_hole(self.in_unknown(hole)),
            }
        }
        Some(builder.build())
    }

    fn in_literal(&self, literal: &str, builder: &mut TextBuilder) {
        for (index, part) in literal.split(self.find).enumerate() {
            if index > 0 {
                builder.push_text(self.to);
            }
            builder.push_str(part);
        }
    }

    /// An unknown after replacing in it: the same one when it cannot hold the search string.
    fn in_unknown(&self, unknown: &Arc<Unknown>) -> Arc<Unknown> {
        if alphabet(unknown).is_some_and(|holds| !self.find.chars().all(holds)) {
            return unknown.clone();
        }
        let causes = self.to.holes().map(|(_, hole)| hole.cause.clone());
        let cause = Cause::any(std::iter::once(unknown.cause.clone()).chain(causes));
        let replaced = match self.to.as_known() {
            Some(to) => derived(unknown, |possible| Some(possible.replace(self.find, to))),
            None => unknown_text(unknown).as_ref().clone(),
        };
        let call = [
            Value::new(Data::Unknown(unknown.clone())),
            Value::string(self.find),
            Value::new(Data::String(self.to.clone())),
        ];
        Arc::new(Unknown { cause, named: same::name("replace", &call), ..replaced })
    }

    /// Whether a match may begin in one piece and end in another.
    ///
    /// Goes from edge to edge with the lengths of the search string that may have matched up to there.
    fn may_cross(&self, pieces: &[Piece<'_>]) -> bool {
        let find = self.find;
        if find.is_empty() || find.len() > LONGEST_FOLLOWED {
            return true;
        }
        let lengths: Vec<usize> = find.char_indices().map(|(at, _)| at).skip(1).collect();
        let mut begun: Vec<usize> = Vec::new();
        for piece in pieces {
            let mut next = Vec::new();
            match piece {
                Piece::Literal(literal) => {
                    for at in &begun {
                        let rest = find.get(*at..).unwrap_or("");
                        if literal.starts_with(rest) {
                            return true;
                        }
                        if rest.starts_with(literal) {
                            next.push(at + literal.len());
                        }
                    }
                    next.extend(lengths.iter().filter(|length| {
                        find.get(..**length).is_some_and(|beginning| literal.ends_with(beginning))
                    }));
                }
                Piece::Hole(hole) => {
                    let alphabet = alphabet(hole);
                    if alphabet.is_none() {
                        // It may be empty.
                        next.extend_from_slice(&begun);
                    }
                    // Whether what was matched up to here began before the hole, or at least in it.
                    let (mut before, mut inside) = (false, false);
                    for (at, character) in find.char_indices() {
                        before |= begun.binary_search(&at).is_ok();
                        inside |= at == 0;
                        if alphabet.is_some_and(|holds| !holds(character)) {
                            (before, inside) = (false, false);
                        }
                        if before || inside {
                            next.push(at + character.len_utf8());
                        }
                    }
                    if before {
                        return true;
                    }
                    next.retain(|length| *length < find.len());
                }
            }
            next.sort_unstable();
            next.dedup();
            begun = next;
        }
        false
    }

    /// The document of which the replaced text is the JSON; `None` when that cannot be told.
    ///
    /// A match must lie inside of one string, and what is written for a string must be the string itself.
    fn in_document(&self, document: &Value) -> Option<Value> {
        let is_plain = |text: &Text| json::escape(text.literal()) == text.literal();
        let in_strings_only = self.find.chars().any(|character| !STRUCTURE.contains(character));
        let fixed = self.to.holes().all(|(_, hole)| hole.identity.is_some());
        let plain = is_plain(self.to) && is_plain(&Text::known(self.find));
        (in_strings_only && fixed && plain).then(|| self.in_part(document, &is_plain)).flatten()
    }

    fn in_part(&self, part: &Value, is_plain: &dyn Fn(&Text) -> bool) -> Option<Value> {
        let data = match &part.data {
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => return Some(part.clone()),
            Data::String(text) if is_plain(text) => {
                let replaced = self.in_text(text)?;
                if is_same(text, &replaced) {
                    return Some(part.clone());
                }
                // It is where it was, and no longer what it came from.
                let origin =
                    part.origin.written().map_or(Origin::Nowhere, Origin::At).made_by([&part.origin]);
                let value = Value::new(Data::String(replaced));
                return Some(value.with_origin(origin).marked(part.sensitive));
            }
            Data::String(_) | Data::Mapping(MappingKind::Block(_), _) => return None,
            Data::Sequence(kind, elements, more) => Data::Sequence(
                kind.clone(),
                elements.iter().map(|element| self.in_part(element, is_plain)).collect::<Option<_>>()?,
                more.as_ref().map(|more| self.in_any(more)),
            ),
            Data::Mapping(kind @ (MappingKind::Map(_) | MappingKind::Object), entries) => {
                let mut replaced: BTreeMap<Name, Value> = BTreeMap::new();
                for (name, entry) in entries.iter() {
                    if json::escape(name).contains(self.find) {
                        return None;
                    }
                    replaced.insert(name.clone(), self.in_part(entry, is_plain)?);
                }
                Data::Mapping(kind.clone(), replaced.into())
            }
            Data::Unknown(unknown) => Data::Unknown(self.in_any(unknown)),
        };
        Some(Value::new(data).with_origin(part.origin.clone()).marked(part.sensitive))
    }

    /// As [`Self::in_unknown`] for an unknown that need not be a string.
    fn in_any(&self, unknown: &Arc<Unknown>) -> Arc<Unknown> {
        let replaced = self.in_unknown(unknown);
        if Arc::ptr_eq(&replaced, unknown) {
            return replaced;
        }
        Arc::new(Unknown {
            of_type: unknown.of_type.clone(),
            not_null: unknown.not_null,
            ..replaced.as_ref().clone()
        })
    }
}

/// Whether nothing was replaced.
fn is_same(text: &Text, replaced: &Text) -> bool {
    text.literal() == replaced.literal()
        && text.holes().len() == replaced.holes().len()
        && text
            .holes()
            .zip(replaced.holes())
            .all(|(one, other)| one.0 == other.0 && Arc::ptr_eq(one.1, other.1))
}

/// What an attribute of a resource is made of, when that is on record: such a one is never empty.
pub(super) fn alphabet(unknown: &Unknown) -> Option<computed::Alphabet> {
    unknown.identity.as_ref().and_then(|(of, path)| computed::alphabet(of, path))
}
