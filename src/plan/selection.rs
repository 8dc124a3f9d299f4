//! Which instance is meant by a name whose index was lost.
//!
//! Enters: the names of an expression in the order in which they are written. An index that is not a literal ends
//! the name before it and follows as names of its own: `aws_s3_bucket.a[each.key].id` gives `aws_s3_bucket.a`,
//! `each.key`. Leaves: which key is meant, as far as these tell (plan-format.md 4).

use std::borrow::Cow;

use super::names;
use super::references::{End, Found, MOST_NAMES, Scope, Tracer};
use super::wraps::{Further, inside};
use crate::address::{Key, PathStep};
use crate::value::{Data, Value};

/// Which instances a name without a key means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selected {
    /// All of them: nothing is iterated over.
    All,
    /// The one with the key of the instance that this is written in.
    Own,
    /// Probably that one.
    Probably,
    /// The one with this key.
    Key(Key),
    /// One of them.
    One,
}

/// Which keys a name without one may mean.
pub(super) struct Chosen<'k> {
    pub(super) keys: Cow<'k, [Key]>,
    pub(super) guess: Option<usize>,
}

/// Chooses among the keys that there are.
pub(super) fn choose<'k>(present: &'k [Key], scope: &Scope<'_, '_>, selected: &Selected) -> Chosen<'k> {
    let own = present.binary_search(&scope.key).ok();
    let exact = match selected {
        Selected::Own if own.is_some() && present == scope.siblings => Some(&scope.key),
        Selected::Key(key) => Some(key),
        Selected::All | Selected::Own | Selected::Probably | Selected::One => None,
    };
    if let Some(key) = exact
        && present.contains(key)
    {
        return Chosen { keys: vec![key.clone()].into(), guess: None };
    }
    let guesses = matches!(selected, Selected::Own | Selected::Probably) && present.len() > 1;
    Chosen { keys: present.into(), guess: own.filter(|_| guesses) }
}

/// Whether a name is one of what an instance is repeated by.
pub(super) fn is_iteration(name: &str) -> bool {
    is_key(name) || is_value(name)
}

/// Whether a name is the key of the instance that it is written in.
fn is_key(name: &str) -> bool {
    matches!(name, "each.key" | "count.index")
}

/// Whether a name is what is iterated over at that key, or a part of it.
pub(super) fn is_value(name: &str) -> bool {
    name.strip_prefix("each.value").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether an index may have stood behind a name.
pub(super) fn takes_index(name: &str) -> bool {
    let Some(parts) = names::split(name) else { return false };
    let collection = match parts.as_slice() {
        [root, ..] if matches!(root.name, "var" | "local") => return true,
        [root, ..] if matches!(root.name, "each" | "count" | "path" | "terraform" | "self") => return false,
        [root, _, _output] if root.name == "module" => return true,
        [root, rest @ ..] if matches!(root.name, "data" | "ephemeral") => rest,
        parts => parts,
    };
    matches!(collection, [_, name] if name.keys.is_empty())
}

impl<'a> Tracer<'_, 'a> {
    /// Which instance the name at a place means, by those that follow it.
    pub(super) fn selected(
        &self,
        names: &[&str],
        at: usize,
        scope: &Scope<'_, 'a>,
        depth: usize,
    ) -> Selected {
        let is_collection = names.get(at).is_some_and(|name| takes_index(name));
        if !is_collection || !names.iter().any(|name| is_iteration(name)) {
            return Selected::All;
        }
        let behind = names.get(at + 1..).unwrap_or_default();
        let is_index = |name: &&&str| is_iteration(name) || name.starts_with("var.");
        let index: Vec<&str> = behind.iter().take_while(is_index).copied().collect();
        match index.as_slice() {
            // An instance of which another index is known.
            [key, more @ ..] if is_key(key) => {
                if more.iter().all(|name| is_key(name) || !self.may_select(name, scope, depth)) {
                    Selected::Own
                } else {
                    Selected::One
                }
            }
            [value, ..] if is_value(value) => match self.known(value, scope, depth) {
                Some(value) => as_key(&value).map_or(Selected::Probably, Selected::Key),
                None if *value == "each.value" => Selected::Probably,
                None => Selected::One,
            },
            // `a[var.other[each.key]].id`
            [variable, by, ..] if is_iteration(by) => {
                let by = self.known(by, scope, depth).and_then(|value| as_key(&value));
                let step = match by {
                    Some(Key::Text(key)) => PathStep::Key(key),
                    Some(Key::Number(index)) => PathStep::Index(index),
                    Some(Key::None | Key::Unknown | Key::Former(_)) | None => return Selected::One,
                };
                let found = self.known(variable, scope, depth).map(|value| inside(&value, &[step], variable));
                let Some(End::Known(value)) = found else { return Selected::One };
                as_key(&value).map_or(Selected::One, Selected::Key)
            }
            _ => Selected::One,
        }
    }

    /// The value of a name, when the plan holds it.
    fn known(&self, name: &str, scope: &Scope<'_, 'a>, depth: usize) -> Option<Value> {
        if self.steps.get() >= MOST_NAMES {
            return None;
        }
        self.steps.set(self.steps.get() + 1);
        let found = self.follow(name, scope, &Selected::All, &Further::default(), depth);
        let [Found { ends, .. }] = found.as_slice() else { return None };
        let [End::Known(value)] = ends.as_slice() else { return None };
        Some(value.clone())
    }

    /// Whether a name beside the own key may lead to another one.
    fn may_select(&self, name: &str, scope: &Scope<'_, 'a>, depth: usize) -> bool {
        let is_one = |value: &Value| as_key(value).is_some_and(|key| scope.siblings.contains(&key));
        self.known(name, scope, depth).is_none_or(|value| match &value.data {
            Data::Null(_) | Data::Bool(_) => false,
            Data::Number(_) | Data::String(_) => is_one(&value),
            Data::Sequence(_, elements, _) => elements.iter().any(is_one),
            Data::Mapping(_, entries) => entries.values().any(is_one),
            Data::Unknown(_) => true,
        })
    }
}

/// The key that a value is as an index.
fn as_key(value: &Value) -> Option<Key> {
    match &value.data {
        Data::String(text) => text.as_known().map(|text| Key::Text(text.into())),
        Data::Number(number) => number.to_string().parse().ok().map(Key::Number),
        Data::Null(_) | Data::Bool(_) | Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => None,
    }
}
