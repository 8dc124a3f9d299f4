//! Equality of values and the order of sets, as in Terraform (language.md 3, 10).
//!
//! Enters: two values, perhaps known in part. Leaves: whether they are equal, three-valued, and which comes
//! first in a set. Gives up after a fixed number of steps.

use std::cmp::Ordering;

use super::convert::DEEPEST;
use super::{Data, MappingKind, More, SequenceKind, Text, Type, Unknown, Value};
use crate::truth::Truth;

/// Steps that one comparison may take.
const MOST_STEPS: u32 = 1_000_000;

/// Whether Terraform's `==` holds: type first, then value.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> Truth {
    Comparison { steps: MOST_STEPS, depth: 0 }.equal(a, b)
}

/// The order of the elements of a set: strings by code point, numbers by value, false before true, then null,
/// then what is not known. The order of other elements is ours; Terraform's is by hash.
#[must_use]
pub fn compare_for_set(a: &Value, b: &Value) -> Ordering {
    certainty(a).cmp(&certainty(b)).then_with(|| compare(a, b, 0))
}

/// Sorts the elements of a set and drops those that are certainly there twice.
#[must_use]
pub fn sort_set(mut elements: Vec<Value>) -> Vec<Value> {
    elements.sort_by(compare_for_set);
    elements.dedup_by(|later, earlier| {
        certainty(later) < 2 && compare_for_set(earlier, later).is_eq() && equal(earlier, later).is_true()
    });
    elements
}

/// One comparison; `steps` are left.
struct Comparison {
    steps: u32,
    depth: usize,
}

impl Comparison {
    fn equal(&mut self, a: &Value, b: &Value) -> Truth {
        let Some(steps) = self.steps.checked_sub(1) else { return Truth::Unknown };
        self.steps = steps;
        if self.depth == DEEPEST {
            return Truth::Unknown;
        }
        self.depth += 1;
        let answer = self.compare(a, b);
        self.depth -= 1;
        answer
    }

    fn compare(&mut self, a: &Value, b: &Value) -> Truth {
        match (&a.data, &b.data) {
            (Data::Unknown(unknown), _) => self.equal_unknown(unknown, b),
            (_, Data::Unknown(unknown)) => self.equal_unknown(unknown, a),
            (Data::Null(_), Data::Null(_)) => Truth::True,
            (Data::Bool(left), Data::Bool(right)) => Truth::from_bool(left == right),
            (Data::Number(left), Data::Number(right)) => Truth::from_bool(left == right),
            (Data::String(left), Data::String(right)) => equal_texts(left, right),
            (Data::Sequence(left, ..), Data::Sequence(right, ..)) if !same_sequence_kind(left, right) => {
                Truth::False
            }
            (Data::Sequence(SequenceKind::Set(_), left, more), Data::Sequence(_, right, other_more)) => {
                self.equal_sets((left, more), (right, other_more))
            }
            (Data::Sequence(_, left, more), Data::Sequence(_, right, other_more)) => {
                self.equal_sequences((left, more), (right, other_more))
            }
            (Data::Mapping(MappingKind::Block(_), entries), Data::Mapping(_, others))
            | (Data::Mapping(_, entries), Data::Mapping(MappingKind::Block(_), others)) => {
                let shared = entries.iter().filter_map(|(name, entry)| Some((entry, others.get(name)?)));
                self.equal_all(shared).and(Truth::Unknown)
            }
            (Data::Mapping(left, entries), Data::Mapping(right, others)) => {
                if same_mapping_kind(left, right) && entries.keys().eq(others.keys()) {
                    self.equal_all(entries.values().zip(others.values()))
                } else {
                    Truth::False
                }
            }
            (
                Data::Null(_)
                | Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..),
                _,
            ) => Truth::False,
        }
    }

    fn equal_unknown(&mut self, unknown: &Unknown, other: &Value) -> Truth {
        if let Some((first, rest)) = unknown.one_of.split_first() {
            let mut answer = self.equal(first, other);
            for member in rest {
                if answer.is_unknown() {
                    break;
                }
                answer = answer.agree(self.equal(member, other));
            }
            if !answer.is_unknown() {
                return answer;
            }
        }
        match &other.data {
            Data::Null(_) => false_if(unknown.not_null),
            Data::Unknown(other) => {
                // Two nulls are equal whatever their types; one that is certainly none leaves the types to decide.
                let differ = !may_be_same(&unknown.of_type, &other.of_type, 0);
                false_if(differ && (unknown.not_null || other.not_null))
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => {
                false_if(!may_be_same(&unknown.of_type, &other.type_of(), 0))
            }
        }
    }

    fn equal_sequences(&mut self, left: (&[Value], &More), right: (&[Value], &More)) -> Truth {
        let ((left, more), (right, other_more)) = (left, right);
        let too_long =
            |longer: &[Value], shorter: &[Value], more: &More| longer.len() > shorter.len() && more.is_none();
        if too_long(left, right, other_more) || too_long(right, left, more) {
            return Truth::False;
        }
        let shown = self.equal_all(left.iter().zip(right));
        if more.is_some() || other_more.is_some() { shown.and(Truth::Unknown) } else { shown }
    }

    /// Sets are equal when each holds what the other holds; an unknown element may coincide with any.
    fn equal_sets(&mut self, left: (&[Value], &More), right: (&[Value], &More)) -> Truth {
        let surely_missing = |this: &mut Self, elements: &[Value], (others, more): (&[Value], &More)| {
            more.is_none()
                && elements
                    .iter()
                    .any(|element| others.iter().all(|other| this.equal(element, other).is_false()))
        };
        let known = |(elements, more): (&[Value], &More)| {
            more.is_none() && elements.iter().all(Value::is_wholly_known)
        };
        if known(left) && known(right) {
            return if left.0.len() == right.0.len() {
                self.equal_all(left.0.iter().zip(right.0))
            } else {
                Truth::False
            };
        }
        if surely_missing(self, left.0, right) || surely_missing(self, right.0, left) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    fn equal_all<'v>(&mut self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Truth {
        let mut answer = Truth::True;
        for (left, right) in pairs {
            answer = answer.and(self.equal(left, right));
            if answer.is_false() {
                break;
            }
        }
        answer
    }
}

fn equal_texts(left: &Text, right: &Text) -> Truth {
    if let Some(known) = right.as_known() {
        return left.equals(known);
    }
    if let Some(known) = left.as_known() {
        return right.equals(known);
    }
    let fit = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    let fit_at_end = |a: &str, b: &str| a.ends_with(b) || b.ends_with(a);
    let possible = fit(left.known_prefix(), right.known_prefix())
        && fit_at_end(left.known_suffix(), right.known_suffix());
    if possible { Truth::Unknown } else { Truth::False }
}

fn same_sequence_kind(left: &SequenceKind, right: &SequenceKind) -> bool {
    match (left, right) {
        (SequenceKind::List(left), SequenceKind::List(right))
        | (SequenceKind::Set(left), SequenceKind::Set(right)) => may_be_same(left, right, 0),
        (SequenceKind::Tuple, SequenceKind::Tuple) => true,
        (SequenceKind::List(_) | SequenceKind::Set(_) | SequenceKind::Tuple, _) => false,
    }
}

fn same_mapping_kind(left: &MappingKind, right: &MappingKind) -> bool {
    match (left, right) {
        (MappingKind::Map(left), MappingKind::Map(right)) => may_be_same(left, right, 0),
        (MappingKind::Object, MappingKind::Object) => true,
        (MappingKind::Map(_) | MappingKind::Object | MappingKind::Block(_), _) => false,
    }
}

/// Whether two types can be the same once every `Dynamic` in them is known.
fn may_be_same(left: &Type, right: &Type, depth: usize) -> bool {
    if depth > DEEPEST {
        return true;
    }
    match (left, right) {
        (Type::Dynamic, _)
        | (_, Type::Dynamic)
        | (Type::String, Type::String)
        | (Type::Number, Type::Number)
        | (Type::Bool, Type::Bool) => true,
        (Type::List(left), Type::List(right))
        | (Type::Set(left), Type::Set(right))
        | (Type::Map(left), Type::Map(right)) => may_be_same(left, right, depth + 1),
        (Type::Tuple(left), Type::Tuple(right)) => {
            left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| may_be_same(left, right, depth + 1))
        }
        (Type::Object(left), Type::Object(right)) => {
            left.keys().eq(right.keys())
                && left
                    .values()
                    .zip(right.values())
                    .all(|(left, right)| may_be_same(&left.of, &right.of, depth + 1))
        }
        (
            Type::String
            | Type::Number
            | Type::Bool
            | Type::List(_)
            | Type::Set(_)
            | Type::Map(_)
            | Type::Tuple(_)
            | Type::Object(_),
            _,
        ) => false,
    }
}

/// 0: known, 1: null, 2: not wholly known.
fn certainty(value: &Value) -> u8 {
    if value.is_null() {
        1
    } else if value.is_wholly_known() {
        0
    } else {
        2
    }
}

fn compare(a: &Value, b: &Value, depth: usize) -> Ordering {
    if depth > DEEPEST {
        return Ordering::Equal;
    }
    match (&a.data, &b.data) {
        (Data::Bool(left), Data::Bool(right)) => left.cmp(right),
        (Data::Number(left), Data::Number(right)) => left.cmp(right),
        (Data::String(left), Data::String(right)) => left.literal().cmp(right.literal()),
        (Data::Sequence(_, left, _), Data::Sequence(_, right, _)) => left
            .iter()
            .zip(right.iter())
            .map(|(left, right)| compare(left, right, depth + 1))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| left.len().cmp(&right.len())),
        (Data::Mapping(_, left), Data::Mapping(_, right)) => left
            .iter()
            .zip(right.iter())
            .map(|((name, left), (other, right))| {
                name.cmp(other).then_with(|| compare(left, right, depth + 1))
            })
            .find(|order| order.is_ne())
            .unwrap_or_else(|| left.len().cmp(&right.len())),
        (
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_),
            _,
        ) => kind_rank(a).cmp(&kind_rank(b)),
    }
}

const fn kind_rank(value: &Value) -> u8 {
    match value.data {
        Data::Bool(_) => 0,
        Data::Number(_) => 1,
        Data::String(_) => 2,
        Data::Sequence(..) => 3,
        Data::Mapping(..) => 4,
        Data::Null(_) => 5,
        Data::Unknown(_) => 6,
    }
}

/// False when that is certain, else unknown.
const fn false_if(certain: bool) -> Truth {
    if certain { Truth::False } else { Truth::Unknown }
}
