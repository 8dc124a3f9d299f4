//! What is taken of what a name stands for: `module.network.groups["db"].id`, `each.value.bucket.arn`.
//!
//! Enters: the steps behind an output, a variable or `each.value`, and what its expression refers to. Leaves:
//! the attributes that may be meant. A plan does not show the objects and lists that are written around a
//! reference, so which steps are keys of these and which lead into the resource is told by what the resource
//! has: `.group.id` of a security group is its `id`, as it has no `group`. Steps that lead nowhere are keys.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::entries::{Entries, Entry};
use super::json::{Json, Object};
use super::references::{End, Found};
use crate::address::{Address, Key, Name, Path, PathStep};
use crate::model::computed;
use crate::truth::Truth;
use crate::value::{Data, Type, Value};

/// The most steps that are told apart.
pub(super) const MOST_STEPS: usize = 64;

/// The steps behind what an expression as a whole is.
#[derive(Clone, Debug, Default)]
pub(super) struct Further<'s> {
    pub(super) steps: Vec<PathStep>,
    /// Whether the expression names several things, so that a key may count all of them.
    pub(super) among_others: bool,
    /// Whether the names of an expression are not taken for one.
    pub(super) apart: bool,
    /// The keys of what is iterated over, when one of them is among the steps.
    pub(super) siblings: Option<&'s [Key]>,
}

impl Further<'_> {
    /// The same with steps before them.
    pub(super) fn behind(&self, mut steps: Vec<PathStep>) -> Self {
        let apart = self.apart && steps.is_empty();
        steps.extend_from_slice(&self.steps);
        Self { steps, apart, ..self.clone() }
    }

    /// The steps from a place on, with the key before them taken.
    pub(super) fn from(&self, at: usize) -> Self {
        let steps = self.steps.get(at..).unwrap_or_default().to_vec();
        Self { steps, siblings: None, ..self.clone() }
    }

    /// Which of some instances, in order of their keys, a step names. `is_inside` tells the names of what these have.
    pub(super) fn pick(&self, present: &[Key], is_inside: &dyn Fn(&str) -> bool) -> Option<Pick> {
        let of = |step: &PathStep| {
            let place = present.binary_search(&key_of(step)?).ok()?;
            let leads = matches!(step, PathStep::Attribute(name) if is_inside(name));
            (!leads).then_some(place)
        };
        let (step, place) = self.steps.iter().enumerate().find_map(|(at, step)| Some((at, of(step)?)))?;
        let sure = !self.among_others && self.siblings.is_none_or(|keys| keys == present);
        Some(Pick { place, behind: step + 1, sure })
    }

    /// The outputs of a module that the steps may name, with those behind each.
    pub(super) fn outputs(&self, is_output: &dyn Fn(&str) -> bool) -> Vec<(&str, Self)> {
        let named = self.steps.iter().enumerate().filter_map(|(at, step)| match step {
            PathStep::Attribute(name) | PathStep::Key(name) => Some((at, &**name)),
            PathStep::Index(_) | PathStep::Any => None,
        });
        let mut named: Vec<(usize, &str)> = named.filter(|(_, name)| is_output(name)).collect();
        if let Some((0, _)) = named.first() {
            // Nothing is written around the module.
            named.truncate(1);
        }
        named.into_iter().map(|(at, name)| (name, self.from(at + 1))).collect()
    }

    /// Whether a step may be a key of instances that have other ones.
    pub(super) fn may_pick(&self, steps: usize, present: &[Key]) -> bool {
        let named = present.iter().any(|key| matches!(key, Key::Text(_)));
        self.steps.iter().take(steps).any(|step| match step {
            PathStep::Index(_) | PathStep::Any => true,
            PathStep::Key(_) => named,
            // `.groups` is a part of an object that holds all of them, and not one of a map.
            PathStep::Attribute(_) => false,
        })
    }
}

/// The instance that a step names.
pub(super) struct Pick {
    /// Its place among all.
    pub(super) place: usize,
    /// Where the steps behind begin.
    pub(super) behind: usize,
    /// Whether nothing else can be meant.
    pub(super) sure: bool,
}

fn key_of(step: &PathStep) -> Option<Key> {
    match step {
        PathStep::Index(index) => Some(Key::Number(*index)),
        PathStep::Key(name) | PathStep::Attribute(name) => Some(Key::Text(name.clone())),
        PathStep::Any => None,
    }
}

/// Attributes that are no collections: an index behind one belongs to a list around it.
pub(super) fn is_scalar(name: &str) -> bool {
    matches!(name, "id" | "arn" | "name" | "bucket" | "json" | "identifier")
}

/// The attributes that steps behind `base` may lead to; `base` itself when they are all keys around it.
/// `any` is an instance of the resource. `is_read`: whether instances of its type are in the model.
pub(super) fn paths(
    entries: &Entries<'_>,
    any: &Address,
    base: &Path,
    steps: &[PathStep],
    is_read: bool,
) -> Vec<Path> {
    let is_common = |name: &Name| matches!(&**name, "id" | "arn");
    match steps {
        [] => return vec![base.clone()],
        [PathStep::Attribute(name)] if base.is_empty() && is_common(name) => {
            return vec![Path::attribute(name)];
        }
        _ if base.as_attribute().is_some_and(is_scalar) => return vec![base.clone()],
        _ => {}
    }
    let after = |at: usize| -> Path {
        let behind = steps.get(at..).unwrap_or_default();
        behind.iter().fold(base.clone(), |path, step| path.then(step.clone()))
    };
    let Some(shape) = entries.get(any).and_then(Shape::of) else {
        let last = steps.iter().rposition(|step| matches!(step, PathStep::Attribute(_)));
        let named = |at: &usize| matches!(steps.get(*at), Some(PathStep::Attribute(name)) if is_scalar(name));
        return match last.filter(named) {
            Some(at) if base.is_empty() => vec![after(at)],
            Some(_) | None if is_read => vec![base.clone()],
            Some(_) | None => vec![after(0)],
        };
    };
    let may_be: Vec<Path> =
        (0..steps.len()).map(after).filter(|path| !shape.has(any, path.steps()).is_false()).collect();
    if may_be.is_empty() { vec![base.clone()] } else { may_be }
}

/// The attributes of an instance, as far as a plan has them.
struct Shape<'a> {
    value: Json<'a>,
    unknown: Json<'a>,
    /// Whether attributes may be left out.
    partial: bool,
}

impl<'a> Shape<'a> {
    fn of(entry: &Entry<'a>) -> Option<Self> {
        let value = Json::read(entry.value?).ok()?;
        let unknown = entry.unknown.map_or(Some(Json::Null), |raw| Json::read(raw).ok())?;
        let is_object = matches!(value, Json::Object(_)) && !unknown.is_true();
        is_object.then_some(Self { value, unknown, partial: entry.partial })
    }

    /// Whether there is something at a path.
    fn has(&self, of: &Address, path: &[PathStep]) -> Truth {
        let Some((PathStep::Attribute(name) | PathStep::Key(name), behind)) = path.split_first() else {
            return Truth::False;
        };
        let (value, unknown) = (self.value.get(name), self.unknown.get(name));
        if value.is_none() && unknown.is_none() {
            return if self.partial { Truth::Unknown } else { Truth::False };
        }
        if unknown.is_some_and(Json::is_true) {
            let is_text = is_scalar(name) || computed::type_of(of, name) == Type::String;
            return Truth::from_bool(behind.is_empty() || !is_text);
        }
        let walked = behind.iter().try_fold((value, unknown), |(value, unknown), step| {
            if unknown.is_some_and(Json::is_true) {
                return ControlFlow::Break(Truth::Unknown);
            }
            into(value, unknown, step)
        });
        match walked {
            ControlFlow::Continue(_) => Truth::True,
            ControlFlow::Break(truth) => truth,
        }
    }
}

/// Whether instances of a resource have an attribute. `any` is one of them.
pub(super) fn has_attribute(entries: &Entries<'_>, any: &Address, name: &str) -> bool {
    let shape = entries.get(any).and_then(Shape::of);
    shape.is_some_and(|shape| shape.has(any, Path::attribute(name).steps()).is_true())
}

/// The names of the attributes of an instance that fit, in order; of what a plan does not show none.
pub(super) fn attributes(entries: &Entries<'_>, of: &Address, fits: &dyn Fn(&str) -> bool) -> Vec<Name> {
    let Some(Shape { value, unknown, .. }) = entries.get(of).and_then(Shape::of) else { return Vec::new() };
    let trees = [&value, &unknown].into_iter().filter_map(|tree| match tree {
        Json::Object(entries) => Some(entries),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
    });
    let names: BTreeSet<&str> = trees.flat_map(Object::keys).filter(|name| fits(name)).collect();
    names.into_iter().map(Name::from).collect()
}

type Places<'j, 'a> = (Option<&'j Json<'a>>, Option<&'j Json<'a>>);

/// One step further into what is known and what is not.
fn into<'j, 'a>(
    value: Option<&'j Json<'a>>,
    unknown: Option<&'j Json<'a>>,
    step: &PathStep,
) -> ControlFlow<Truth, Places<'j, 'a>> {
    match (step, value) {
        (PathStep::Attribute(name) | PathStep::Key(name), Some(Json::Object(_)) | None) => {
            let entry = |tree: Option<&'j Json<'a>>| tree.and_then(|tree| tree.get(name));
            match (entry(value), entry(unknown)) {
                (None, None) => ControlFlow::Break(Truth::False),
                inside => ControlFlow::Continue(inside),
            }
        }
        (PathStep::Index(index), Some(Json::Array(_)) | None) => {
            let element = |tree: Option<&'j Json<'a>>| {
                tree.and_then(Json::elements)?.get(usize::try_from(*index).ok()?)
            };
            match (element(value), element(unknown)) {
                (None, None) => ControlFlow::Break(Truth::Unknown),
                inside => ControlFlow::Continue(inside),
            }
        }
        // Other instances may have what is null in this one.
        (_, Some(Json::Null)) | (PathStep::Any, Some(Json::Array(_) | Json::Object(_)) | None) => {
            ControlFlow::Break(Truth::Unknown)
        }
        (_, Some(Json::Bool(_) | Json::Number(_) | Json::String(_)))
        | (PathStep::Attribute(_) | PathStep::Key(_), Some(Json::Array(_)))
        | (PathStep::Index(_), Some(Json::Object(_))) => ControlFlow::Break(Truth::False),
    }
}

/// A part of a known value; lost when it is not there. What has no parts stands in an object or list.
pub(super) fn inside(value: &Value, steps: &[PathStep], name: &str) -> End {
    let is_whole = matches!(value.data, Data::Bool(_) | Data::Number(_) | Data::String(_));
    if is_whole {
        return End::Known(value.clone());
    }
    // Without the keys that are written around it.
    let each = (0..=steps.len().min(MOST_STEPS)).filter_map(|at| steps.get(at..));
    let mut parts = each.filter(|behind| !behind.is_empty() || steps.is_empty());
    let part =
        parts.find_map(|behind| behind.iter().try_fold(value.clone(), |value, step| part(&value, step)));
    part.map_or_else(|| End::Lost(name.into()), End::Known)
}

fn part(value: &Value, step: &PathStep) -> Option<Value> {
    match step {
        PathStep::Attribute(name) | PathStep::Key(name) => value.get(name).cloned(),
        PathStep::Index(index) => {
            let (elements, _) = value.as_sequence()?;
            elements.get(usize::try_from(*index).ok()?).cloned()
        }
        PathStep::Any => None,
    }
}

/// Several names as one, of which it cannot be told which is meant: the one that a step names is a guess.
pub(super) fn merged(found: Vec<Found>, steps: &[PathStep]) -> Found {
    let named = |found: &Found| match found.ends.as_slice() {
        [End::At(address, _)] => steps.iter().any(|step| match step {
            PathStep::Attribute(name) | PathStep::Key(name) => *name == address.name,
            PathStep::Index(_) | PathStep::Any => false,
        }),
        _ => false,
    };
    let mut which = found.iter().filter(|found| named(found));
    let guess = match (which.next(), which.next()) {
        (Some(Found { ends, .. }), None) => ends.first().cloned(),
        (_, _) => None,
    };
    let mut ends: Vec<End> = Vec::new();
    for end in found.into_iter().flat_map(|found| found.ends) {
        if !ends.iter().any(|other| is_one(other, &end)) {
            ends.push(end);
        }
    }
    let guess = guess.and_then(|guess| ends.iter().position(|end| is_one(end, &guess)));
    Found { ends, guess, ..Found::default() }
}

/// All that a module hands out, as one. Of an instance that has its name among them the other attributes count
/// only where they name something else.
pub(super) fn handed_out(found: Vec<Found>) -> Found {
    let found = merged(found, &[]);
    let is_named = |of: &Address| {
        found.ends.iter().any(|end| matches!(end, End::At(other, path) if other == of && is_name(path)))
    };
    let leads_away = |path: &Path| match path.steps().first() {
        Some(PathStep::Attribute(name)) => names_another(name),
        Some(PathStep::Index(_) | PathStep::Key(_) | PathStep::Any) | None => false,
    };
    let counts = |end: &&End| match end {
        End::At(of, path) => is_name(path) || leads_away(path) || !is_named(of),
        End::Known(_) | End::Lost(_) => true,
    };
    let ends = found.ends.iter().filter(counts).cloned().collect();
    Found { ends, mixed: true, ..Found::default() }
}

/// Whether an attribute is the name of its own resource; of a resource as a whole that is meant.
fn is_name(path: &Path) -> bool {
    path.is_empty() || path.as_attribute().is_some_and(is_scalar)
}

/// Whether an attribute is the name of another resource.
pub(super) fn names_another(name: &str) -> bool {
    ["_id", "_ids", "_arn", "_arns", "_name", "_names"].iter().any(|ending| name.ends_with(ending))
        && !["domain_name", "dns_name", "zone_id"].iter().any(|ending| name.ends_with(ending))
}

/// Whether two ends are names of one instance.
fn is_one(one: &End, other: &End) -> bool {
    match (one, other) {
        (End::At(one, path), End::At(other, further)) => {
            one == other && (path == further || is_name(path) && is_name(further))
        }
        (End::Known(_) | End::Lost(_) | End::At(..), _) => false,
    }
}
