//! Where a reference leads: to something in the input, to something outside of it, or nobody knows.

use std::sync::Arc;

use crate::address::{Address, Key, Mode};
use crate::graph::join::passes_on;
use crate::graph::{Graph, Join};
use crate::model::{Fate, Instance};
use crate::truth::Truth;
use crate::value::text::Piece;
use crate::value::{Cause, Data, Text, Unknown, Value};

/// Where a reference leads.
pub(super) enum Lead<'g> {
    /// To a resource, for certain; and why it may not exist.
    To(&'g Instance, Option<Arc<Unknown>>),
    /// To something that is not in the input: a literal, a data source, another state, an attribute of a
    /// resource of another type.
    Outside,
    /// Into a module that is not installed.
    Module(Arc<Unknown>),
    /// To one of several.
    OneOf(Vec<Value>, Arc<Unknown>),
    /// It is not known.
    NotKnown(Arc<Unknown>),
    /// Nowhere: it is null.
    Nowhere,
}

/// A type that a reference may lead to, with the names under which it is referred to.
pub(super) type Wanted = (&'static str, &'static [&'static str]);

/// Follows a reference to one of several types.
pub(super) fn follow<'g>(graph: &'g Graph<'g>, value: &Value, wanted: &[Wanted]) -> Lead<'g> {
    if value.is_null() || value.as_str() == Some("") {
        return Lead::Nowhere;
    }
    let unknown = unknown_of(value);
    if let Some(unknown) = unknown
        && !unknown.one_of.is_empty()
    {
        return Lead::OneOf(unknown.one_of.clone(), unknown.clone());
    }
    let mut given_up = None;
    for (resource_type, names) in wanted {
        let single = std::slice::from_ref(value);
        for (instance, join) in graph.targets(single, resource_type, names).found {
            // The representative of an unknown number of instances leads to itself.
            if !join.is_certain() && !is_representative(unknown, &instance.address) {
                continue;
            }
            if is_given_up(instance) {
                given_up.get_or_insert(instance);
                continue;
            }
            let referred = unknown.and_then(|unknown| unknown.identity.as_ref());
            // What is referred to exists, or Terraform stops.
            let exists = referred.is_some_and(|(of, _)| *of == instance.address);
            let doubt = if exists { None } else { doubt_of_existence(instance) };
            return Lead::To(instance, doubt);
        }
    }
    match given_up {
        Some(instance) => Lead::To(instance, doubt_of_existence(instance)),
        None => astray(value),
    }
}

/// Whether a plan gives a resource up, and what it had set goes on.
pub(super) fn is_given_up(instance: &Instance) -> bool {
    matches!(instance.fate, Fate::Deleted | Fate::Forgotten)
}

/// Of resources that adopted one thing those that say what is in force: what is given up no longer does when
/// another one adopts the thing anew. What an unread module may hold adopts nothing.
pub(super) fn in_charge<'g>(
    graph: &'g Graph<'g>,
    adopters: Vec<(&'g Instance, Join)>,
) -> Vec<(&'g Instance, Join)> {
    let anew =
        adopters.iter().filter(|(adopter, _)| !is_given_up(adopter) && graph.phantom(adopter).is_none());
    let doubts: Vec<Option<Arc<Unknown>>> =
        anew.map(|(adopter, join)| doubt_of_closer(adopter, join)).collect();
    if doubts.iter().any(Option::is_none) {
        return adopters.into_iter().filter(|(adopter, _)| !is_given_up(adopter)).collect();
    }
    let Some(doubt) = doubts.into_iter().flatten().next() else { return adopters };
    let weaken = |(adopter, join): (&'g Instance, Join)| {
        let given_up = is_given_up(adopter);
        (adopter, if given_up { join.weakest(&Join::Possible(doubt.clone())) } else { join })
    };
    adopters.into_iter().map(weaken).collect()
}

fn is_representative(unknown: Option<&Arc<Unknown>>, address: &Address) -> bool {
    let identity = unknown.and_then(|unknown| unknown.identity.as_ref());
    address.key == Key::Unknown && identity.is_some_and(|(of, _)| of == address)
}

/// What to make of a reference that leads to nothing in the input for certain.
fn astray<'g>(value: &Value) -> Lead<'g> {
    match &value.data {
        Data::Null(_) => Lead::Nowhere,
        Data::String(text) => match text.as_hole() {
            Some(hole) => astray_unknown(hole),
            None => astray_text(text),
        },
        Data::Unknown(unknown) => astray_unknown(unknown),
        Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => Lead::Outside,
    }
}

fn astray_text<'g>(text: &Text) -> Lead<'g> {
    for piece in text.pieces() {
        if let Piece::Hole(unknown) = piece {
            let lead = astray_unknown(unknown);
            if !matches!(lead, Lead::Outside) {
                return lead;
            }
        }
    }
    Lead::Outside
}

/// Data sources that name nothing which a network is made of.
const NO_NAMES: [&str; 6] = [
    "aws_availability_zone",
    "aws_availability_zones",
    "aws_caller_identity",
    "aws_partition",
    "aws_region",
    "aws_regions",
];

fn astray_unknown<'g>(unknown: &Arc<Unknown>) -> Lead<'g> {
    let causes = unknown.cause.each();
    let outside = |cause: &&Cause| match cause {
        // A number of zones decides which of ours it is, and is no name of something else.
        Cause::Data { of, .. } => unknown.identity.is_some() || !NO_NAMES.contains(&&*of.resource_type),
        Cause::Attribute { of, .. } if passes_on(of) => false,
        Cause::Attribute { of, .. } => of.mode == Mode::Data || unknown.identity.is_some(),
        // A resource that is not declared is not in the input.
        Cause::Undeclared(_) => unknown.identity.is_some(),
        Cause::Variable(_)
        | Cause::Unset { .. }
        | Cause::Cloud { .. }
        | Cause::NotPlanned(_)
        | Cause::Any(_)
        | Cause::Function(_)
        | Cause::Hidden(_)
        | Cause::Module(_)
        | Cause::Invalid(_)
        | Cause::Cycle(_)
        | Cause::Budget(_)
        | Cause::Elsewhere(_) => false,
    };
    if causes.iter().all(outside) {
        Lead::Outside
    } else if causes.iter().all(|cause| outside(cause) || matches!(cause, Cause::Module(_))) {
        Lead::Module(unknown.clone())
    } else {
        Lead::NotKnown(unknown.clone())
    }
}

/// The unknown that a value is, as a whole.
pub(super) fn unknown_of(value: &Value) -> Option<&Arc<Unknown>> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown),
        Data::String(text) => text.as_hole(),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => None,
    }
}

/// Why it is not certain that a resource exists and is tied to what was asked for, as something that opens:
/// a guess counts.
pub(super) fn doubt_of_opener(instance: &Instance, join: &Join) -> Option<Arc<Unknown>> {
    match join {
        Join::Possible(unknown) => Some(unknown.clone()),
        Join::Certain | Join::Guessed => doubt_of_existence(instance),
    }
}

/// The same of something that closes: a guess does not count.
pub(super) fn doubt_of_closer(instance: &Instance, join: &Join) -> Option<Arc<Unknown>> {
    match join {
        Join::Possible(unknown) => Some(unknown.clone()),
        Join::Guessed => Some(Arc::new(Unknown::because(Cause::Attribute {
            of: instance.address.clone(),
            path: "id".into(),
        }))),
        Join::Certain => doubt_of_existence(instance),
    }
}

/// Why it is not certain that a resource exists.
pub(super) fn doubt_of_existence(instance: &Instance) -> Option<Arc<Unknown>> {
    if !instance.exists.is_unknown() {
        return None;
    }
    let unknown = instance.exists_unknown.clone();
    Some(unknown.unwrap_or_else(|| {
        Arc::new(Unknown::because(Cause::Attribute { of: instance.address.clone(), path: "count".into() }))
    }))
}

/// What it depends on, when a truth is not known.
pub(super) fn why(truth: Truth, value: Option<&Value>) -> Option<Arc<Unknown>> {
    if !truth.is_unknown() {
        return None;
    }
    let unknown = value.and_then(|value| value.unknowns().into_iter().next());
    let shown = || value.map_or_else(|| "an attribute that is left out".to_owned(), Value::shown);
    Some(unknown.unwrap_or_else(|| Arc::new(Unknown::because(Cause::Invalid(shown().into())))))
}
