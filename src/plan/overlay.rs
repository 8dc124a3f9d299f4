//! `--source`: what the configuration knows, laid over a plan.
//!
//! Enters: a plan, and the model that its configuration evaluates to with the plan's variables. Leaves: the
//! plan with places in the source, and with strings, holes and exact keys where the plan only says
//! "unknown". What the plan knows wins. A source that does not fit lends its places and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Plan;
use super::pairs::paired;
use crate::address::{Address, Key, Mode, Name, Path, PathStep};
use crate::model::{Fate, Instance, Model, computed};
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Data, Text, Unknown, Value};

/// The deepest value that is merged.
const DEEPEST: usize = 64;

/// Lays what the configuration knows over a plan. Returns why it does not fit.
pub fn apply(plan: &mut Plan, configured: &Model) -> Option<String> {
    let misfit = misfit(plan, configured);
    let known = plan.after.instances.clone();
    for (address, shared) in &mut plan.after.instances {
        let instance = Arc::make_mut(shared);
        let Some(source) = configured.instances.get(address) else {
            place(instance, configured);
            continue;
        };
        place(instance, configured);
        let stays = !matches!(instance.fate, Fate::Deleted | Fate::Forgotten);
        if misfit.is_none() && stays && source.exists.is_true() {
            instance.ignore_changes.clone_from(&source.ignore_changes);
            instance.attributes = merged(instance, source, &plan.unset, &known);
        }
    }
    let others = [&mut plan.before, &mut plan.recorded, &mut plan.probable];
    for model in others.into_iter().flatten() {
        for instance in model.instances.values_mut() {
            place(Arc::make_mut(instance), configured);
        }
    }
    misfit
}

/// Points an instance at its block.
fn place(instance: &mut Instance, configured: &Model) {
    let source = configured.instances.get(&instance.address).or_else(|| {
        let resource = instance.address.with_key(Key::None);
        let mut others = configured.instances.range(resource.clone()..);
        others.next().map(|(_, other)| other).filter(|other| other.address.same_resource(&resource))
    });
    if let Some(source) = source {
        instance.span = source.span.or(instance.span);
        instance.call_span = source.call_span;
    }
}

/// Why a configuration is not the one that a plan was made from.
fn misfit(plan: &Plan, configured: &Model) -> Option<String> {
    let asked: BTreeSet<&Name> = configured.instances.keys().map(|address| &address.resource_type).collect();
    for (address, instance) in &plan.after.instances {
        let stays = !matches!(instance.fate, Fate::Deleted | Fate::Forgotten);
        if !stays || address.mode != Mode::Managed || address.former().is_some() {
            continue;
        }
        let Some(source) = configured.instances.get(address) else {
            // A plan holds these for their names alone; the source was not asked for them.
            if computed::is_named_after(&address.resource_type) && !asked.contains(&address.resource_type) {
                continue;
            }
            let mut module = crate::address::ModulePath::root();
            for step in address.module.steps() {
                module = module.child(step.name.clone(), Key::None);
            }
            let block = Address { module, key: Key::None, ..address.clone() };
            let known = configured.instances.keys().any(|other| is_of_block(other, &block));
            if plan.declared.contains(&block) && !known && configured.gaps.is_empty() {
                return Some(format!("it does not hold `{address}`, which the plan has"));
            }
            continue;
        };
        let (Some(planned), Some(written)) =
            (instance.attributes.as_mapping(), source.attributes.as_mapping())
        else {
            continue;
        };
        let other = planned.iter().find(|(name, value)| {
            !source.ignore_changes.contains(name)
                && written.get(name).is_some_and(|written| contradict(value, written))
        });
        if let Some((name, _)) = other {
            return Some(format!("`{address}.{name}` has another value in the plan"));
        }
    }
    None
}

/// Whether an instance belongs to a block whose module steps have no keys.
fn is_of_block(instance: &Address, block: &Address) -> bool {
    instance.mode == block.mode
        && instance.resource_type == block.resource_type
        && instance.name == block.name
        && instance.module.steps().len() == block.module.steps().len()
        && instance.module.steps().iter().zip(block.module.steps()).all(|(one, other)| one.name == other.name)
}

/// Whether two known scalars cannot be the same. Texts that providers rewrite – JSON, letter case, numbers in
/// strings – are not compared.
fn contradict(planned: &Value, written: &Value) -> bool {
    match (&planned.data, &written.data) {
        (Data::Bool(planned), Data::Bool(written)) => planned != written,
        (Data::String(planned), Data::String(written)) => match (planned.as_known(), written.as_known()) {
            (Some(planned), Some(written)) => {
                let is_plain = |text: &str| {
                    !text.is_empty()
                        && text
                            .chars()
                            .all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
                };
                is_plain(planned) && is_plain(written) && !planned.eq_ignore_ascii_case(written)
            }
            (_, _) => false,
        },
        (_, _) => false,
    }
}

type Instances = BTreeMap<Address, Arc<Instance>>;

/// The attributes of an instance, with what its source knows.
fn merged(
    instance: &Instance,
    source: &Instance,
    unset: &BTreeSet<(Address, Name)>,
    known: &Instances,
) -> Value {
    let (Some(planned), Some(written)) = (instance.attributes.as_mapping(), source.attributes.as_mapping())
    else {
        return instance.attributes.clone();
    };
    let mut entries = planned.to_map();
    for (name, value) in written.iter() {
        match entries.get(name) {
            // The provider decides what is not set, as where nothing is written (plan-format.md 3).
            Some(planned) if planned.as_unknown().is_some() && value.is_null() => {
                entries.remove(name);
            }
            Some(planned) => {
                let merged = merge(planned, value, known, 0);
                entries.insert(name.clone(), merged);
            }
            None if unset.contains(&(instance.address.clone(), name.clone())) && !value.is_null() => {
                entries.insert(name.clone(), fill(value, known, 0));
            }
            None => {}
        }
    }
    Value::object(entries).with_origin(source.attributes.origin.clone())
}

/// A value of the plan with what the source knows about it.
fn merge(planned: &Value, written: &Value, known: &Instances, depth: usize) -> Value {
    if depth > DEEPEST {
        return planned.clone();
    }
    let placed = |value: Value| value.with_origin(written.origin.clone());
    let merged = match (&planned.data, &written.data) {
        (Data::Unknown(_), Data::Unknown(unknown)) => {
            let is_named = unknown.identity.is_some() || !unknown.one_of.is_empty();
            if is_named { fill(written, known, depth) } else { placed(planned.clone()) }
        }
        // A part of a block that is not set is what the provider makes of it.
        (Data::Unknown(_), Data::Null(_)) => placed(planned.clone()),
        (Data::Unknown(_), _) => fill(written, known, depth),
        (Data::String(text), Data::String(source)) => match text.as_known() {
            None => fill(written, known, depth),
            Some(text) if says_the_same(text, source) => written.clone(),
            Some(_) => placed(planned.clone()),
        },
        (Data::Sequence(kind, elements, more), Data::Sequence(_, sources, further)) => {
            // What a plan does not know it names by references, and literals beside them are not in it
            // (plan-format.md 4).
            let is_unknown = |element: &Value| matches!(element.data, Data::Unknown(_));
            let rebuilt = more.is_some() || !elements.is_empty() && elements.iter().all(is_unknown);
            let filled: Vec<Value> = sources.iter().map(|source| fill(source, known, depth + 1)).collect();
            match paired(elements, &filled).filter(|_| further.is_none()) {
                _ if rebuilt => fill(written, known, depth),
                Some(order) => {
                    let own = order.into_iter().filter_map(|at| sources.get(at));
                    let each = elements.iter().zip(own);
                    let each: Vec<Value> =
                        each.map(|(one, other)| merge(one, other, known, depth + 1)).collect();
                    placed(Value::new(Data::Sequence(kind.clone(), each.into(), more.clone())))
                }
                None if further.is_none() && elements.iter().any(is_unknown) => fill(written, known, depth),
                None => placed(planned.clone()),
            }
        }
        (Data::Mapping(kind, entries), Data::Mapping(_, sources)) => {
            let each = entries.iter().map(|(name, value)| {
                let source = sources.get(name);
                let value =
                    source.map_or_else(|| value.clone(), |source| merge(value, source, known, depth + 1));
                (name.clone(), value)
            });
            placed(Value::new(Data::Mapping(kind.clone(), each.collect())))
        }
        (_, _) => placed(planned.clone()),
    };
    merged.marked(planned.sensitive)
}

/// Whether the source holds the plan's text, perhaps in another layout.
fn says_the_same(planned: &str, source: &Text) -> bool {
    let Some(source) = source.as_known() else { return false };
    if planned == source {
        return true;
    }
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    planned.trim_start().starts_with(['{', '[']) && read(planned).is_some() && read(planned) == read(source)
}

/// A value of the source in which attributes of other instances are those that the plan knows.
fn fill(value: &Value, known: &Instances, depth: usize) -> Value {
    if depth > DEEPEST {
        return value.clone();
    }
    let data = match &value.data {
        Data::Null(_) | Data::Bool(_) | Data::Number(_) => return value.clone(),
        Data::Unknown(unknown) => match planned(unknown, known) {
            Some(planned) => return planned.with_origin(value.origin.clone()).marked(value.sensitive),
            None => return value.clone(),
        },
        Data::String(text) => Data::String(fill_text(text, known, depth)),
        Data::Sequence(kind, elements, more) => {
            let each: Vec<Value> = elements.iter().map(|element| fill(element, known, depth + 1)).collect();
            Data::Sequence(kind.clone(), each.into(), more.clone())
        }
        Data::Mapping(kind, entries) => {
            let each = entries.iter().map(|(name, entry)| (name.clone(), fill(entry, known, depth + 1)));
            Data::Mapping(kind.clone(), each.collect())
        }
    };
    Value::new(data).with_origin(value.origin.clone()).marked(value.sensitive)
}

fn fill_text(text: &Text, known: &Instances, depth: usize) -> Text {
    if text.as_known().is_some() {
        return text.clone();
    }
    let mut builder = TextBuilder::default();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => builder.push_str(literal),
            Piece::Hole(hole) => match planned(hole, known).as_ref().and_then(Value::as_str) {
                Some(text) => builder.push_str(text),
                None => builder.push_hole(hole.clone()),
            },
        }
    }
    match text.document() {
        Some(document) => builder.build().with_document(fill(document, known, depth + 1)),
        None => builder.build(),
    }
}

/// What the plan knows of the attribute that an unknown is.
fn planned(unknown: &Unknown, known: &Instances) -> Option<Value> {
    let (address, path) = unknown.identity.as_ref()?;
    let instance = known.get(address)?;
    if matches!(instance.fate, Fate::Deleted | Fate::Forgotten) {
        return None;
    }
    let value = at(&instance.attributes, path)?;
    value.is_wholly_known().then(|| value.clone())
}

fn at<'v>(value: &'v Value, path: &Path) -> Option<&'v Value> {
    path.steps().iter().try_fold(value, |value, step| match step {
        PathStep::Attribute(name) | PathStep::Key(name) => value.get(name),
        PathStep::Index(index) => {
            let (elements, _) = value.as_sequence()?;
            elements.get(usize::try_from(*index).ok()?)
        }
        PathStep::Any => None,
    })
}
