//! Copies that a plan makes obsolete: blocks that show what resources of their own had set.
//!
//! Enters: both sides of a plan. Leaves: the side after, without the copies of what the plan changes. What they
//! set instead stands in these resources themselves; what no resource of the input accounts for stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{Mode, Name};
use crate::model::{Apart, Copied, Fate, Instance, Model};
use crate::truth::Truth;
use crate::value::equal::equal;
use crate::value::{Cause, Data, SequenceKind, Unknown, Value};

/// The most comparisons of what is shown with what was set. A group has a few hundred rules at most.
/// Source: VPC user guide, "Amazon VPC quotas".
const MOST: usize = 4_000_000;

/// The resources that the plan changes, as they were: by type and attribute, then by what that names.
type Changed<'m> = BTreeMap<(&'static str, &'static str), BTreeMap<&'m str, Vec<&'m Instance>>>;

/// Takes out of the side after what is no longer in force.
pub(super) fn settle(before: &Model, after: &mut Model, copies: &dyn Fn(&str) -> Vec<&'static Copied>) {
    let mut changed: Changed<'_> = BTreeMap::new();
    let mut settled = Vec::new();
    let mut compared = 0;
    for (address, instance) in &after.instances {
        if instance.copies.is_empty() || address.mode != Mode::Managed {
            continue;
        }
        let Some(earlier) = before.instances.get(address) else { continue };
        let Some(id) = earlier.attributes.get("id").and_then(Value::as_str) else { continue };
        let mut replaced: BTreeMap<Name, Value> = BTreeMap::new();
        for copied in copies(&address.resource_type) {
            let Some(apart) = &copied.apart else { continue };
            let actors = changed
                .entry((copied.actor, apart.tie))
                .or_insert_with(|| changed_by_tie(copied.actor, apart.tie, before, after));
            let Some(actors) = actors.get(id) else { continue };
            let shown = replaced.get(copied.attribute).or_else(|| copy(instance, earlier, copied));
            if let Some(shown) = shown {
                compared += actors.len() * shown.as_sequence().map_or(1, |(elements, _)| elements.len());
                let left = if compared > MOST { not_known(shown) } else { without(shown, actors, apart) };
                replaced.insert(copied.attribute.into(), left);
            }
        }
        if let Some(entries) = instance.attributes.as_mapping().filter(|_| !replaced.is_empty()) {
            let mut entries = entries.to_map();
            entries.extend(replaced);
            let attributes = Value::object(entries);
            settled.push((address.clone(), Arc::new(Instance { attributes, ..Instance::clone(instance) })));
        }
    }
    after.instances.extend(settled);
}

/// A copy, where nobody wrote it: what is written is in force when the plan changes it, and says so.
fn copy<'i>(instance: &'i Instance, earlier: &Instance, copied: &Copied) -> Option<&'i Value> {
    let is_copy = instance.copies.iter().any(|name| **name == *copied.attribute);
    let shown = instance.attributes.get(copied.attribute).filter(|_| is_copy)?;
    let stays = equal(shown, earlier.attributes.get(copied.attribute)?);
    (stays == Truth::True).then_some(shown)
}

/// The resources of a type that the plan changes, as they were, by what they name. What is no longer managed goes on.
fn changed_by_tie<'m>(
    actor: &str,
    tie: &str,
    before: &'m Model,
    after: &Model,
) -> BTreeMap<&'m str, Vec<&'m Instance>> {
    let mut found: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for (address, earlier) in &before.instances {
        if *address.resource_type != *actor || address.mode != Mode::Managed {
            continue;
        }
        let goes_on = after
            .instances
            .get(address)
            .is_none_or(|now| Arc::ptr_eq(now, earlier) || now.fate == Fate::Forgotten);
        let Some(named) = earlier.attributes.get(tie).filter(|_| !goes_on) else { continue };
        let several = named.as_sequence().map_or(std::slice::from_ref(named), |(elements, _)| elements);
        for name in several.iter().filter_map(Value::as_str) {
            found.entry(name).or_default().push(earlier);
        }
    }
    found
}

fn not_known(shown: &Value) -> Value {
    let unknown = Unknown::because(Cause::Budget("comparisons of copies".into()));
    if shown.as_sequence().is_none() {
        return Value::unknown(unknown);
    }
    Value::new(Data::Sequence(SequenceKind::Tuple, [].into(), Some(Arc::new(unknown))))
}

/// What is left of a copy without what these had set.
fn without(shown: &Value, actors: &[&Instance], apart: &Apart) -> Value {
    let left_of = |value: &Value| {
        actors.iter().try_fold(value.clone(), |left, actor| (apart.without)(left, &actor.attributes))
    };
    match &shown.data {
        Data::Sequence(kind, elements, more) => {
            let left = elements.iter().filter_map(left_of).collect();
            let left = Value::new(Data::Sequence(kind.clone(), left, more.clone()));
            left.with_origin(shown.origin.clone()).marked(shown.sensitive)
        }
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Mapping(..)
        | Data::Unknown(_) => left_of(shown).unwrap_or_else(Value::null),
    }
}
