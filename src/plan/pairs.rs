//! Which element of the source is which element of the plan.
//!
//! Enters: a list of the plan and the one that the source holds. Leaves: for each element of the plan the place
//! of its own in the source. A plan does not tell sets from lists, and it orders sets as it likes, so elements
//! are told apart by what they say and never by where they stand.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::address::Key;
use crate::value::{Data, Unknown, Value, json};

/// How many values one search may compare.
const MOST_STEPS: usize = 200_000;

/// The deepest value that is compared.
const DEEPEST: usize = 16;

/// Pairs the elements of two lists; `None` when that is not the same list, or when elements that differ cannot
/// be told apart.
pub(super) fn paired(planned: &[Value], written: &[Value]) -> Option<Vec<usize>> {
    if planned.len() != written.len() {
        return None;
    }
    let steps = Cell::new(MOST_STEPS);
    let places = |element: &Value| -> Vec<usize> {
        let fitting = written.iter().enumerate().filter(|(_, written)| fits(element, written, &steps, 0));
        fitting.map(|(at, _)| at).collect()
    };
    let mut open: Vec<Open<'_>> = planned
        .iter()
        .enumerate()
        .map(|(index, element)| Open { index, element, places: places(element) })
        .collect();
    if steps.get() == 0 {
        return None;
    }
    let mut own = BTreeMap::new();
    while !open.is_empty() {
        let sure = open.iter().position(|open| open.places.len() <= 1);
        let position = sure.or_else(|| all_alike(&open).then_some(0))?;
        let found = open.remove(position);
        let at = *found.places.first()?;
        for others in &mut open {
            others.places.retain(|other| *other != at);
        }
        own.insert(found.index, at);
    }
    Some(own.into_values().collect())
}

/// An element whose own is looked for, with the places that it fits.
struct Open<'v> {
    index: usize,
    element: &'v Value,
    places: Vec<usize>,
}

/// Whether it is no matter which of the elements is which.
fn all_alike(open: &[Open<'_>]) -> bool {
    let seen = |value: &Value| (json::to_serde(value), json::unknown_to_serde(value));
    let Some((first, others)) = open.split_first() else { return false };
    let of_first = seen(first.element);
    !first.element.holds_sensitive()
        && others.iter().all(|other| other.places == first.places && seen(other.element) == of_first)
}

/// Whether a value of the plan can be what the source holds there.
fn fits(planned: &Value, written: &Value, steps: &Cell<usize>, depth: usize) -> bool {
    steps.set(steps.get().saturating_sub(1));
    if depth > DEEPEST || steps.get() == 0 {
        return true;
    }
    match (&planned.data, &written.data) {
        (Data::Unknown(planned), Data::Unknown(written)) => may_be_same(planned, written),
        (Data::Bool(planned), Data::Bool(written)) => planned == written,
        (Data::Number(planned), Data::Number(written)) => planned == written,
        (Data::String(planned), Data::String(written)) => match (planned.as_known(), written.as_known()) {
            (Some(planned), Some(written)) => {
                planned.eq_ignore_ascii_case(written) || is_json(planned) && is_json(written)
            }
            (Some(planned), None) => !written.equals(planned).is_false(),
            (None, _) => true,
        },
        // Arguments that are left out are null in a plan, or an empty text.
        (Data::Null(_), Data::Bool(_) | Data::Number(_)) => false,
        (Data::Null(_), Data::String(written)) => written.as_known().is_none_or(str::is_empty),
        (Data::Sequence(_, planned, None), Data::Sequence(_, written, None)) => {
            // Of a list that is not known a plan names what it refers to, and nothing beside it.
            let is_unknown = |element: &Value| matches!(element.data, Data::Unknown(_));
            (planned.len() == written.len() || planned.iter().any(is_unknown))
                && planned
                    .iter()
                    .all(|element| written.iter().any(|written| fits(element, written, steps, depth + 1)))
        }
        (Data::Mapping(_, planned), Data::Mapping(_, written)) => planned.iter().all(|(name, value)| {
            written.get(name).is_none_or(|written| fits(value, written, steps, depth + 1))
        }),
        // Of two kinds, or known on one side: the plan's may have been converted or computed.
        (_, _) => true,
    }
}

fn may_be_same(planned: &Unknown, written: &Unknown) -> bool {
    match (&planned.identity, &written.identity) {
        (Some((planned, path)), Some((written, other))) => {
            let keys =
                planned.key == written.key || planned.key == Key::Unknown || written.key == Key::Unknown;
            path == other && planned.same_resource(written) && keys
        }
        (_, _) => true,
    }
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

#[cfg(test)]
mod tests {
    use super::paired;
    use crate::model::sample::value;

    #[test]
    fn elements_are_told_apart_by_what_they_say() {
        for (planned, written, expected) in [
            (r#"["a", "b"]"#, r#"["b", "a"]"#, Some(vec![1, 0])),
            (r#"["a"]"#, r#"["a", "b"]"#, None),
            (r#"["a", "b"]"#, r#"["a", "c"]"#, None),
            (r#"["A"]"#, r#"["a"]"#, Some(vec![0])),
            // A set of the plan in its own order.
            (
                r#"[{"port": 5432, "to": "open"}, {"port": 22, "to": "shut"}]"#,
                r#"[{"port": 22, "to": "@aws_x.shut.name"}, {"port": 5432, "to": "@aws_x.open.name"}]"#,
                Some(vec![1, 0]),
            ),
            // What is not known on either side is found by what is.
            (
                r#"[{"port": 5432, "to": "?a"}, {"port": 22, "to": "b"}]"#,
                r#"[{"port": 22, "to": "b"}, {"port": 5432, "to": "?c"}]"#,
                Some(vec![1, 0]),
            ),
            (r#"["@aws_x.a.id", "@aws_x.b.id"]"#, r#"["@aws_x.b.id", "@aws_x.a.id"]"#, Some(vec![1, 0])),
            // Which is which cannot be told.
            (
                r#"[{"a": 1, "b": "?x"}, {"a": "?y", "b": 2}]"#,
                r#"[{"a": 1, "b": 2}, {"a": 1, "b": 2}]"#,
                None,
            ),
            // It is no matter which is which.
            (r#"["x", "x"]"#, r#"["x", "x"]"#, Some(vec![0, 1])),
            (r#"["?x", "?x"]"#, r#"["a", "b"]"#, Some(vec![0, 1])),
            // What is left out is null in a plan.
            (
                r#"[{"a": null, "b": 1}, {"a": 2, "b": 1}]"#,
                r#"[{"a": 2, "b": 1}, {"b": 1}]"#,
                Some(vec![1, 0]),
            ),
        ] {
            let [left, right] = [planned, written].map(|text| value(&serde_json::from_str(text).unwrap()));
            let found = paired(left.as_sequence().unwrap().0, right.as_sequence().unwrap().0);
            assert_eq!(found, expected, "{planned} {written}");
        }
    }
}
