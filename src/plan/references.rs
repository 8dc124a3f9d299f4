//! What an unknown refers to, through module arguments and outputs.
//!
//! Enters: an expression of `configuration` – the names in it and nothing else – and the instance that it
//! stands in. Leaves: where these names end: at attributes of resource instances, at known values, or where
//! a plan shows nothing (locals). Which instance is meant follows plan-format.md 4 and 5: an index that was
//! lost is certain only where both have the same keys; else the same position is a guess.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::configuration::{Configuration, Repetition};
use super::entries::Entries;
use super::json::Json;
use super::names::{self, Names, Part, mode_of, shortens};
use super::selection::{Chosen, Selected, choose, is_iteration, is_value, takes_index};
use super::values::{constant, constant_of};
use crate::address::{Address, Key, Mode, ModulePath, Name, Path, PathStep};
use crate::value::{Data, Value};

/// Where a name ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// At a value that the plan holds.
    Known(Value),
    /// At an attribute of an instance; without a path at the instance as a whole.
    At(Address, Path),
    /// Where a plan does not show what follows.
    Lost(Name),
}

/// Where one name of an expression may end.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The candidates.
    pub(super) ends: Vec<End>,
    /// Which one is probably meant.
    pub(super) guess: Option<usize>,
    /// Whether all of them are meant: `aws_subnet.a[*].id`.
    pub(super) every: bool,
    /// Whether they are all that a module hands out, of which only the right kind can be meant.
    pub(super) mixed: bool,
    /// Whether it stands where the index of the name before it does: `each.key` of `aws_s3_bucket.a[each.key]`.
    pub(super) selects: bool,
}

impl Found {
    pub(super) fn one(end: End) -> Self {
        Self { ends: vec![end], ..Self::default() }
    }

    fn lost(name: impl Into<Name>) -> Vec<Self> {
        vec![Self::one(End::Lost(name.into()))]
    }

    /// Whether it is the one instance that was selected by its key.
    fn is_picked(&self, selected: &Selected) -> bool {
        match (selected, self.ends.as_slice()) {
            (Selected::Key(key), [End::At(address, _)]) => address.key == *key,
            _ => false,
        }
    }
}

/// Where an expression stands: `each` and `count` mean that repetition and key.
#[derive(Clone)]
pub(super) struct Scope<'s, 'a> {
    pub(super) module: ModulePath,
    pub(super) repetition: Option<&'s Repetition<'a>>,
    pub(super) key: Key,
    pub(super) siblings: &'s [Key],
}

/// The longest way of a name, and the most names that are followed for one value.
const FURTHEST: usize = 64;
pub(super) const MOST_STEPS: usize = 4096;

/// Follows names.
pub(super) struct Tracer<'p, 'a> {
    pub(super) configuration: Option<&'p Configuration<'a>>,
    pub(super) variables: &'p BTreeMap<String, Json<'a>>,
    pub(super) entries: &'p Entries<'a>,
    pub(super) names: &'p Names,
    /// Whether resources of a type are in the model at all.
    pub(super) is_read: &'p dyn Fn(Mode, &str) -> bool,
    /// Whether everything was planned, so that what has no instance does not exist.
    pub(super) whole: bool,
    pub(super) steps: Cell<usize>,
    /// Whether an expression that was followed has parts that are known, and that the plan does not show.
    pub(super) unseen: Cell<bool>,
}

/// The names of an expression in full, without those that they are shortened to.
fn traversals<'j>(references: &'j [Json<'_>]) -> Vec<&'j str> {
    let mut full: Vec<&str> = Vec::new();
    let mut last = "";
    for reference in references.iter().filter_map(Json::as_str) {
        if !shortens(reference, last) {
            full.push(reference);
        }
        last = reference;
    }
    full
}

impl<'a> Tracer<'_, 'a> {
    /// Where the names of an expression end.
    pub(super) fn expression(&self, node: &Json<'_>, scope: &Scope<'_, 'a>, depth: usize) -> Vec<Found> {
        if let Some(value) = constant_of(node) {
            return vec![Found::one(End::Known(constant(value, self.names)))];
        }
        let Some(references) = node.get("references").and_then(Json::elements) else {
            return Vec::new();
        };
        let traversals = traversals(references);
        let mut found: Vec<Found> = Vec::new();
        let mut before: Option<(&str, bool)> = None;
        for (at, name) in traversals.iter().copied().enumerate() {
            if self.steps.get() >= MOST_STEPS || depth > FURTHEST {
                return Found::lost(name);
            }
            self.steps.set(self.steps.get() + 1);
            let selected = self.selected(&traversals, at, scope, depth + 1);
            let mut more = self.follow(name, scope, &selected, depth + 1);
            let is_index = is_iteration(name) && before.is_some_and(|(before, _)| takes_index(before));
            // `var.other` of `a[var.other[each.key]]`
            let leads = name.starts_with("var.") && before.is_some_and(|(_, picked)| picked);
            if !is_index && is_value(name) && scope.repetition.is_none_or(|by| by.for_each.is_none()) {
                self.unseen.set(true);
            }
            for one in &mut more {
                one.selects = is_index || leads;
            }
            before = Some((name, more.iter().all(|one| one.is_picked(&selected))));
            found.extend(more);
        }
        found
    }

    /// Where one name ends.
    pub(super) fn follow(
        &self,
        name: &str,
        scope: &Scope<'_, 'a>,
        selected: &Selected,
        depth: usize,
    ) -> Vec<Found> {
        let Some(parts) = names::split(name) else { return Found::lost(name) };
        match parts.as_slice() {
            [root, second, ..] if root.name == "var" => {
                let steps = steps_of(&second.keys, parts.get(2..).unwrap_or_default());
                self.variable(&scope.module, second.name, &steps, depth)
            }
            [root, second, rest @ ..] if root.name == "each" => {
                if second.name == "key" {
                    return vec![Found::one(End::Known(key_value(&scope.key)))];
                }
                self.each_value(scope, &steps_of(&second.keys, rest), depth)
            }
            [root, ..] if root.name == "count" => vec![Found::one(End::Known(key_value(&scope.key)))],
            [root, ..] if matches!(root.name, "path" | "terraform") => {
                self.unseen.set(true);
                Vec::new()
            }
            [root, second, rest @ ..] if root.name == "module" => {
                self.output(scope, second, rest, selected, depth)
            }
            [root, ..] if matches!(root.name, "local" | "self" | "each") => Found::lost(name),
            _ => self.resource(scope, &parts, selected),
        }
    }

    /// A variable of a module instance: what its call hands it.
    fn variable(&self, module: &ModulePath, name: &str, steps: &[PathStep], depth: usize) -> Vec<Found> {
        let lost = || Found::lost(format!("var.{name}"));
        let (Some(parent), Some(step)) = (module.parent(), module.steps().last()) else {
            let given = self.variables.get(name);
            let default = || self.default(module, name);
            let value = given.map(|json| constant(json, self.names)).or_else(default);
            return value.map_or_else(lost, |value| vec![Found::one(inside(&value, steps, name))]);
        };
        let Some((_, Some(call))) = self.configuration.and_then(|section| section.module(module)) else {
            return lost();
        };
        let Some(node) = call.expressions.get().get(name) else {
            return match self.default(module, name) {
                Some(value) => vec![Found::one(inside(&value, steps, name))],
                None => lost(),
            };
        };
        let scope = Scope {
            siblings: self.entries.keys_of_call(&parent, &step.name),
            module: parent,
            repetition: Some(&call.repetition),
            key: step.key.clone(),
        };
        let found = decided(self.expression(node, &scope, depth));
        if found.is_empty() { lost() } else { apply(found, steps, name) }
    }

    fn default(&self, module: &ModulePath, name: &str) -> Option<Value> {
        let (module, _) = self.configuration?.module(module)?;
        let raw = (*module.variables.get(name)?)?;
        Some(constant(&Json::read(raw).ok()?, self.names))
    }

    /// `each.value`: what is iterated over, at the key.
    fn each_value(&self, scope: &Scope<'_, 'a>, steps: &[PathStep], depth: usize) -> Vec<Found> {
        let lost = || Found::lost("each.value");
        let Key::Text(key) = &scope.key else { return lost() };
        let Some(for_each) = scope.repetition.and_then(|repetition| repetition.for_each.as_ref()) else {
            // Without a reference all of it is known, whatever it is.
            return vec![Found::one(End::Known(Value::string(key)))];
        };
        let node = for_each.get();
        if let Some(value) = constant_of(node) {
            return match value {
                Json::Object(entries) => match entries.get(key) {
                    Some(entry) => {
                        vec![Found::one(inside(&constant(entry, self.names), steps, "each.value"))]
                    }
                    None => lost(),
                },
                _ => vec![Found::one(End::Known(Value::string(key)))],
            };
        }
        let outer = Scope { repetition: None, key: Key::None, siblings: &[], ..scope.clone() };
        let found = self.expression(node, &outer, depth);
        if found.is_empty() {
            return lost();
        }
        if let [Found { ends, .. }] = found.as_slice()
            && let [End::Known(value)] = ends.as_slice()
            && let Some((elements, _)) = value.as_sequence()
            && elements.iter().any(|element| element.as_str() == Some(&**key))
        {
            // A set: each key is its own value.
            return vec![Found::one(inside(&Value::string(key), steps, "each.value"))];
        }
        if found.len() > 1 && found.len() == scope.siblings.len() {
            return vec![paired(found, key, scope.siblings)];
        }
        let mut path = vec![PathStep::Key(key.clone())];
        path.extend_from_slice(steps);
        let single = found.len() == 1;
        let mut found = apply(found, &path, "each.value");
        for one in &mut found {
            // The instances of a resource have the keys that are iterated over, unless it is re-keyed.
            let exact = single && self.has_keys(one, scope.siblings);
            if !exact && one.ends.len() == 1 && matches!(one.ends.first(), Some(End::At(..))) {
                one.widen(self.entries);
            }
        }
        found
    }

    /// Whether the only end is an instance of a resource with just these keys.
    fn has_keys(&self, found: &Found, keys: &[Key]) -> bool {
        match found.ends.as_slice() {
            [End::At(address, _)] => self.entries.keys_of_resource(address) == keys,
            [End::Known(_)] => true,
            _ => false,
        }
    }

    /// `module.CALL.OUTPUT`, or without the output when its index is not a literal.
    fn output(
        &self,
        scope: &Scope<'_, 'a>,
        call: &Part<'_>,
        rest: &[Part<'_>],
        selected: &Selected,
        depth: usize,
    ) -> Vec<Found> {
        let written = || format!("module.{}", call.name);
        let present = self.entries.keys_of_call(&scope.module, call.name);
        let chosen = match call.keys.first() {
            Some(key) => Chosen { keys: vec![key.clone()], guess: None },
            None => choose(present, scope, selected),
        };
        let child = |key: &Key| scope.module.child(call.name.into(), key.clone());
        let first = chosen.keys.first().cloned().unwrap_or(Key::None);
        let Some((module, _)) = self.configuration.and_then(|section| section.module(&child(&first))) else {
            return Found::lost(written());
        };
        let (name, steps) = match rest {
            [output, behind @ ..] => (Some(output.name), steps_of(&output.keys, behind)),
            [] => (None, Vec::new()),
        };
        let mut joined: Vec<Found> = Vec::new();
        for (at, key) in chosen.keys.iter().enumerate() {
            let inner = Scope { module: child(key), repetition: None, key: Key::None, siblings: &[] };
            let found = if let Some(name) = name {
                let Some(expression) = module.outputs.get(name) else { return Found::lost(written()) };
                let found = decided(self.expression(expression.get(), &inner, depth));
                if found.is_empty() {
                    return Found::lost(format!("{}.{name}", written()));
                }
                apply(found, &steps, name)
            } else {
                // Any output may be meant.
                let each = module.outputs.values();
                let ends = each.flat_map(|output| self.expression(output.get(), &inner, depth));
                vec![Found { mixed: true, ..merged(ends.collect()) }]
            };
            let every = *selected == Selected::All && chosen.keys.len() > 1;
            join(&mut joined, found, chosen.guess == Some(at), every);
        }
        if joined.is_empty() { Found::lost(written()) } else { joined }
    }

    /// A resource or data source of this module.
    fn resource(&self, scope: &Scope<'_, 'a>, parts: &[Part<'_>], selected: &Selected) -> Vec<Found> {
        let (mode, rest) = mode_of(parts);
        let [resource_type, name, behind @ ..] = rest else { return Vec::new() };
        let mut address = Address {
            module: scope.module.clone(),
            mode,
            resource_type: self.names.get(resource_type.name),
            name: self.names.get(name.name),
            key: Key::None,
        };
        let mut path = steps_of(&[], behind);
        if let Some((key, further)) = name.keys.split_first() {
            address.key = key.clone();
            path.splice(0..0, steps_of(further, &[]));
            let missing = (self.is_read)(mode, resource_type.name)
                && !self.entries.keys_of_resource(&address).contains(&address.key);
            if missing && self.whole {
                return vec![Found::default()];
            }
            return vec![Found::one(End::At(address, path.into_iter().collect()))];
        }
        let path: Path = path.into_iter().collect();
        if !(self.is_read)(mode, resource_type.name) {
            return vec![Found::one(End::At(address, path))];
        }
        let present = self.entries.keys_of_resource(&address);
        if present.is_empty() && !self.whole {
            return vec![Found::one(End::At(address.with_key(Key::Unknown), path))];
        }
        let chosen = choose(present, scope, selected);
        let ends: Vec<End> =
            chosen.keys.iter().map(|key| End::At(address.with_key(key.clone()), path.clone())).collect();
        let every = *selected == Selected::All && ends.len() > 1;
        vec![Found { ends, guess: chosen.guess, every, ..Found::default() }]
    }
}

impl Found {
    /// Makes the only end a guess among all instances of its resource.
    fn widen(&mut self, entries: &Entries<'_>) {
        let [End::At(address, path)] = self.ends.as_slice() else { return };
        let all = entries.keys_of_resource(address);
        let guess = all.iter().position(|key| *key == address.key);
        let ends = all.iter().map(|key| End::At(address.with_key(key.clone()), path.clone())).collect();
        if guess.is_some() {
            *self = Self { ends, guess, ..Self::default() };
        }
    }
}

/// The steps that keys and parts stand for.
fn steps_of(keys: &[Key], parts: &[Part<'_>]) -> Vec<PathStep> {
    let of_keys = |keys: &[Key]| -> Vec<PathStep> {
        keys.iter()
            .map(|key| match key {
                Key::Number(index) => PathStep::Index(*index),
                Key::Text(key) => PathStep::Key(key.clone()),
                Key::None | Key::Unknown | Key::Former(_) => PathStep::Any,
            })
            .collect()
    };
    let mut steps = of_keys(keys);
    for part in parts {
        steps.push(PathStep::Attribute(part.name.into()));
        steps.extend(of_keys(&part.keys));
    }
    steps
}

fn key_value(key: &Key) -> Value {
    match key {
        Key::None | Key::Unknown | Key::Former(_) => Value::null(),
        Key::Number(index) => Value::number(crate::value::Number::from(i64::try_from(*index).unwrap_or(0))),
        Key::Text(key) => Value::string(key),
    }
}

/// A part of a known value; lost when it is not there.
pub(super) fn inside(value: &Value, steps: &[PathStep], name: &str) -> End {
    let mut value = value.clone();
    for step in steps {
        let next = match step {
            PathStep::Attribute(name) | PathStep::Key(name) => value.get(name).cloned(),
            PathStep::Index(index) => value.as_sequence().and_then(|(elements, _)| {
                usize::try_from(*index).ok().and_then(|index| elements.get(index)).cloned()
            }),
            PathStep::Any => None,
        };
        match next {
            Some(next) => value = next,
            None => return End::Lost(name.into()),
        }
    }
    End::Known(value)
}

/// What an argument or output is, without what decided that it is the only thing there: `var.create ? x : null`.
fn decided(mut found: Vec<Found>) -> Vec<Found> {
    let is_known = |one: &Found| one.ends.iter().all(|end| matches!(end, End::Known(_)));
    if found.iter().filter(|one| !is_known(one)).count() == 1 {
        let is_true = |end: &End| matches!(end, End::Known(Value { data: Data::Bool(true), .. }));
        found.retain(|one| one.ends.is_empty() || !one.ends.iter().all(is_true));
    }
    found
}

/// Goes further into what was found.
fn apply(found: Vec<Found>, steps: &[PathStep], name: &str) -> Vec<Found> {
    if steps.is_empty() {
        return found;
    }
    let found = if found.len() > 1 { vec![merged(found)] } else { found };
    found.into_iter().map(|one| go_into(one, steps, name)).collect()
}

fn go_into(found: Found, steps: &[PathStep], name: &str) -> Found {
    let Some((first, mut rest)) = steps.split_first() else { return found };
    let mut found = found;
    let key = match first {
        PathStep::Index(index) => Some(Key::Number(*index)),
        PathStep::Key(key) => Some(Key::Text(key.clone())),
        PathStep::Attribute(_) | PathStep::Any => None,
    };
    match key {
        // The instances of a resource, of which one is taken.
        Some(key) if found.every => {
            let taken = found.ends.iter().find(|end| matches!(end, End::At(of, _) if of.key == key)).cloned();
            match taken {
                Some(end) => found = Found::one(end),
                None => found.every = false,
            }
        }
        Some(key) => {
            let only = match found.ends.as_slice() {
                [End::At(of, path)] => path.is_empty() && of.key == key,
                _ => false,
            };
            if !only && !found.ends.iter().any(|end| matches!(end, End::At(_, path) if path.is_empty())) {
                rest = steps;
            }
        }
        None => rest = steps,
    }
    let ends = found.ends.into_iter().map(|end| match end {
        End::Known(value) => inside(&value, steps, name),
        End::At(of, path) if path.as_attribute().is_some_and(is_scalar) => End::At(of, path),
        End::At(of, path) => End::At(of, rest.iter().fold(path, |path, step| path.then(step.clone()))),
        End::Lost(name) => End::Lost(name),
    });
    Found { ends: ends.collect(), ..found }
}

/// Attributes that are no collections: an index behind one belongs to a list around it.
pub(super) fn is_scalar(name: &str) -> bool {
    matches!(name, "id" | "arn" | "name" | "bucket" | "json" | "identifier")
}

/// Several names as one, of which it cannot be told which is meant.
fn merged(found: Vec<Found>) -> Found {
    let mut ends: Vec<End> = Vec::new();
    for end in found.into_iter().flat_map(|found| found.ends) {
        let known = ends.iter().any(|other| match (other, &end) {
            (End::At(one, _), End::At(other, _)) => one == other,
            (End::Known(_) | End::Lost(_) | End::At(..), _) => false,
        });
        if !known {
            ends.push(end);
        }
    }
    Found { ends, ..Found::default() }
}

/// What is iterated over was written as one entry per key: of the same name, or else in the same order. Which
/// entry belongs to a key is a guess.
fn paired(found: Vec<Found>, key: &Name, keys: &[Key]) -> Found {
    let is_named = |found: &Found| match found.ends.as_slice() {
        [End::At(address, _)] => address.name == *key,
        _ => false,
    };
    let named = found.iter().position(is_named);
    let position = keys.iter().position(|other| matches!(other, Key::Text(other) if other == key));
    let single = found.iter().all(|found| found.ends.len() == 1);
    let guess = named.or(position).filter(|_| single);
    let ends = found.into_iter().flat_map(|found| found.ends).collect();
    Found { ends, guess, ..Found::default() }
}

/// Adds what was found in one more instance of a module.
fn join(joined: &mut Vec<Found>, found: Vec<Found>, guessed: bool, every: bool) {
    if joined.is_empty() {
        *joined = found;
        for one in joined.iter_mut() {
            if guessed && one.ends.len() == 1 {
                one.guess = Some(0);
            }
            one.every |= every;
        }
        return;
    }
    for (one, more) in joined.iter_mut().zip(found) {
        if guessed && more.ends.len() == 1 {
            one.guess = Some(one.ends.len());
        }
        one.ends.extend(more.ends);
    }
}
