//! Nested blocks and sets of strings, as a provider's data source reads them.
//!
//! Enters: the entries of a data instance. Leaves: blocks and strings with what may be missing from them,
//! in the order in which the provider goes through its sets. Shared by the policy documents of AWS and
//! Google.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::text::{Piece, TextBuilder};
use crate::value::{Cause, Data, Fields, More, SequenceKind, Text, Type, Unknown, Value, convert};

/// The blocks of one name.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    /// The entries of each block that is certainly there.
    pub(super) shown: Vec<Value>,
    /// Whether more may be there.
    pub(super) more: More,
}

impl Blocks {
    /// The blocks of that name; those of a lone object are that object.
    pub(super) fn of(entries: &Fields, name: &str) -> Self {
        let mut blocks = Self::default();
        if let Some(value) = entries.get(name) {
            blocks.add(value);
        }
        blocks
    }

    fn add(&mut self, value: &Value) {
        match &value.data {
            Data::Null(_) => {}
            Data::Mapping(..) => self.shown.push(value.clone()),
            Data::Sequence(_, elements, more) => {
                for element in elements.iter() {
                    match &element.data {
                        Data::Mapping(..) => {
                            let origin = value.origin.through(&element.origin);
                            let block = element.clone().with_origin(origin).marked(value.sensitive);
                            self.shown.push(block);
                        }
                        Data::Unknown(unknown) => self.may_follow(unknown),
                        Data::Null(_)
                        | Data::Bool(_)
                        | Data::Number(_)
                        | Data::String(_)
                        | Data::Sequence(..) => self.may_follow(&not_a_block()),
                    }
                }
                if let Some(more) = more {
                    self.may_follow(more);
                }
            }
            // Alternatives are lists of blocks here: only that there are some is kept.
            Data::Unknown(unknown) => self.may_follow(&Arc::new(Unknown::because(unknown.cause.clone()))),
            Data::Bool(_) | Data::Number(_) | Data::String(_) => self.may_follow(&not_a_block()),
        }
    }

    fn may_follow(&mut self, unknown: &Arc<Unknown>) {
        self.more = join_more(self.more.take(), Some(unknown.clone()));
    }

    /// Whether every block and everything in them is known.
    pub(super) fn are_known(&self) -> bool {
        self.more.is_none() && self.shown.iter().all(Value::is_wholly_known)
    }
}

fn not_a_block() -> Arc<Unknown> {
    Arc::new(Unknown::because(Cause::Invalid("a block was expected".into())))
}

/// What may follow after two sequences with what may follow them; what is known of it is kept when it is
/// known of both.
pub(super) fn join_more(one: More, two: More) -> More {
    let (one, two) = match (one, two) {
        (Some(one), Some(two)) => (one, two),
        (only, None) | (None, only) => return only,
    };
    let mut joined = Unknown::because(Cause::any([one.cause.clone(), two.cause.clone()]));
    if tells_all(&one) && tells_all(&two) {
        joined.one_of = one.one_of.iter().chain(&two.one_of).cloned().collect();
    }
    Some(Arc::new(joined))
}

/// Whether what follows is certainly one of what it lists: not when reading stopped at an error.
pub(super) fn tells_all(unknown: &Unknown) -> bool {
    !unknown.one_of.is_empty()
        && !unknown
            .cause
            .each()
            .into_iter()
            .any(|cause| matches!(cause, Cause::Budget(_) | Cause::Invalid(_)))
}

/// The argument of that name, when it is set.
pub(super) fn argument<'e>(entries: &'e Fields, name: &str) -> Option<&'e Value> {
    entries.get(name).filter(|value| !value.is_null())
}

/// The argument of that name as a string.
pub(super) fn string(entries: &Fields, name: &str) -> Result<Option<Value>, String> {
    argument(entries, name).map(|value| as_string(value, name)).transpose()
}

/// A value as a string: numbers and bools convert, as Terraform converts arguments.
pub(super) fn as_string(value: &Value, name: &str) -> Result<Value, String> {
    convert::convert(value, &Type::String)
        .map(|string| string.with_origin(value.origin.clone()).marked(value.sensitive))
        .map_err(|_| format!("Inappropriate value for attribute \"{name}\": string required"))
}

/// The elements of an argument that is a list or set of strings.
#[derive(Clone, Debug)]
pub(super) enum Strings {
    /// These, and perhaps more.
    Shown(Vec<Value>, More),
    /// Not known as a whole; one of these, if there are any.
    Unknown(Arc<Unknown>, Vec<(Vec<Value>, More)>),
}

impl Strings {
    /// Reads an argument. An alternative that Terraform would refuse is left out.
    pub(super) fn read(value: Option<&Value>, name: &str) -> Result<Self, String> {
        let Some(value) = value else { return Ok(Self::Shown(Vec::new(), None)) };
        match &value.data {
            Data::Null(_) => Ok(Self::Shown(Vec::new(), None)),
            Data::Sequence(_, elements, more) => {
                let mut strings = Vec::with_capacity(elements.len());
                for element in elements.iter() {
                    if element.is_null() {
                        let message = "Null value found in list: null values are not allowed for this \
                                       attribute value";
                        return Err(message.to_owned());
                    }
                    let string = as_string(element, name)?;
                    let origin = value.origin.through(&element.origin);
                    strings.push(string.with_origin(origin).marked(value.sensitive));
                }
                Ok(Self::Shown(strings, more.clone()))
            }
            Data::Unknown(unknown) => {
                let mut alternatives = Vec::new();
                for alternative in &unknown.one_of {
                    let alternative = alternative.clone().marked(value.sensitive);
                    match Self::read(Some(&alternative), name) {
                        Ok(Self::Shown(strings, more)) => alternatives.push((strings, more)),
                        Ok(Self::Unknown(..)) => {
                            alternatives.clear();
                            break;
                        }
                        Err(_) => {}
                    }
                }
                Ok(Self::Unknown(unknown.clone(), alternatives))
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
                Err(format!("Inappropriate value for attribute \"{name}\": set of string required"))
            }
        }
    }

    /// The same with every string changed.
    pub(super) fn try_map(self, change: &dyn Fn(Value) -> Result<Value, String>) -> Result<Self, String> {
        let all = |strings: Vec<Value>| strings.into_iter().map(change).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Self::Shown(strings, more) => Self::Shown(all(strings)?, more),
            Self::Unknown(unknown, alternatives) => {
                let changed = alternatives
                    .into_iter()
                    .filter_map(|(strings, more)| Some((all(strings).ok()?, more)))
                    .collect();
                Self::Unknown(unknown, changed)
            }
        })
    }

    /// As one value, made of each list there can be.
    pub(super) fn shape(self, shape: &dyn Fn(Vec<Value>, More) -> Value) -> Value {
        match self {
            Self::Shown(strings, more) => shape(strings, more),
            Self::Unknown(unknown, alternatives) => {
                let mut shaped = Unknown::because(unknown.cause.clone());
                shaped.one_of =
                    alternatives.into_iter().map(|(strings, more)| shape(strings, more)).collect();
                Value::unknown(shaped)
            }
        }
    }

    /// As the elements that are shown and those that may follow.
    pub(super) fn into_parts(self) -> (Vec<Value>, More) {
        match self {
            Self::Shown(strings, more) => (strings, more),
            Self::Unknown(unknown, alternatives) => {
                let mut more = Unknown::because(unknown.cause.clone());
                if alternatives.iter().all(|(_, more)| more.is_none()) {
                    more.one_of = alternatives.into_iter().flat_map(|(strings, _)| strings).collect();
                }
                (Vec::new(), Some(Arc::new(more)))
            }
        }
    }
}

/// Orders the strings of a set by their text and drops duplicates; those that are not known come last, as
/// they stand.
pub(super) fn sorted_set(strings: Vec<Value>) -> Vec<Value> {
    let (mut known, unknown): (Vec<Value>, Vec<Value>) =
        strings.into_iter().partition(|string| string.as_str().is_some());
    known.sort_by(|one, two| one.as_str().cmp(&two.as_str()));
    known.dedup_by(|one, two| one.as_str() == two.as_str());
    known.extend(unknown);
    known
}

/// The same, from the last to the first.
pub(super) fn descending_set(strings: Vec<Value>) -> Vec<Value> {
    let mut strings = sorted_set(strings);
    let known = strings.iter().take_while(|string| string.as_str().is_some()).count();
    if let Some(known) = strings.get_mut(..known) {
        known.reverse();
    }
    strings
}

/// Replaces a text in what is known of a string.
pub(super) fn replaced(value: Value, from: &str, to: &str) -> Value {
    let Data::String(text) = &value.data else { return value };
    if !text.literal().contains(from) {
        return value;
    }
    let mut built = TextBuilder::default();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => built.push_str(&literal.replace(from, to)),
            Piece::Hole(unknown) => built.push_hole(unknown.clone()),
        }
    }
    string_like(&value, built.build())
}

/// A string with the origin and mark of another value.
pub(super) fn string_like(value: &Value, text: Text) -> Value {
    Value::new(Data::String(text)).with_origin(value.origin.clone()).marked(value.sensitive)
}

/// A tuple to which more may belong.
pub(super) fn tuple(elements: Vec<Value>, more: More) -> Value {
    Value::new(Data::Sequence(SequenceKind::Tuple, elements.into(), more))
}

/// Brings the members of a provider's set into the order in which it goes through them, and drops equal ones.
///
/// A member is keyed by the checksum of its serialized form, and keys are ordered as text.
/// Source: terraform-plugin-sdk v2, `helper/schema`, `Set` and `HashResource`; compared with version 5.100.0
/// of the AWS provider.
pub(super) fn in_set_order<T>(members: Vec<T>, serialized: impl Fn(&T) -> String) -> Vec<T> {
    let keyed: BTreeMap<String, T> =
        members.into_iter().map(|member| (checksum(&serialized(&member)).to_string(), member)).collect();
    keyed.into_values().collect()
}

/// The strings of a set in the serialized form of a block that holds them.
pub(super) fn serialized_set(strings: &[Value]) -> String {
    let members: Vec<String> = strings.iter().map(serialized_string).collect();
    in_set_order(members, Clone::clone).concat()
}

/// A string in the serialized form of a block that holds it.
pub(super) fn serialized_string(string: &Value) -> String {
    format!("{};", string.as_str().unwrap_or(""))
}

/// CRC-32 as of ISO 3309, which the provider's sets and the ids of its policy documents are made with.
pub(super) fn checksum(text: &str) -> u32 {
    !text.bytes().fold(!0, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(byte),
            |sum, _| if sum & 1 == 0 { sum >> 1 } else { (sum >> 1) ^ 0xedb8_8320 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn the_checksum_is_crc_32() {
        // The check value that the algorithm is published with.
        assert_eq!(checksum("123456789"), 0xcbf4_3926);
    }
}
