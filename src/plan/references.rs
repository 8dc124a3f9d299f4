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
use super::wraps::{self, Further, MOST_STEPS, handed_out, inside, merged};
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

    /// One of several, and nobody knows which.
    fn any(ends: impl Iterator<Item = End>) -> Self {
        Self { ends: ends.collect(), ..Self::default() }
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
pub(super) const MOST_NAMES: usize = 4096;

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
        self.part(node, scope, &Further::default(), depth)
    }

    /// Where a part of what an expression makes ends.
    fn part(
        &self,
        node: &Json<'_>,
        scope: &Scope<'_, 'a>,
        further: &Further<'_>,
        depth: usize,
    ) -> Vec<Found> {
        as_one(self.each_name(node, scope, further, depth), further)
    }

    /// Where a part of what an argument or output is ends.
    fn handed(
        &self,
        node: &Json<'_>,
        scope: &Scope<'_, 'a>,
        further: &Further<'_>,
        depth: usize,
    ) -> Vec<Found> {
        as_one(decided(self.each_name(node, scope, further, depth)), further)
    }

    fn each_name(
        &self,
        node: &Json<'_>,
        scope: &Scope<'_, 'a>,
        further: &Further<'_>,
        depth: usize,
    ) -> Vec<Found> {
        if let Some(value) = constant_of(node) {
            let value = constant(value, self.names);
            return vec![Found::one(inside(&value, &further.steps, "a part of a literal"))];
        }
        let Some(references) = node.get("references").and_then(Json::elements) else {
            return Vec::new();
        };
        let traversals = traversals(references);
        let is_index = |name: &&&str| matches!(**name, "each.key" | "count.index");
        let among_others =
            further.among_others || traversals.iter().filter(|name| !is_index(name)).count() > 1;
        let further = Further { among_others, ..further.clone() };
        let mut found: Vec<Found> = Vec::new();
        let mut before: Option<(&str, bool)> = None;
        for (at, name) in traversals.iter().copied().enumerate() {
            if self.steps.get() >= MOST_NAMES || depth > FURTHEST {
                return Found::lost(name);
            }
            self.steps.set(self.steps.get() + 1);
            let selected = self.selected(&traversals, at, scope, depth + 1);
            let mut more = self.follow(name, scope, &selected, &further, depth + 1);
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
        further: &Further<'_>,
        depth: usize,
    ) -> Vec<Found> {
        let Some(parts) = names::split(name) else { return Found::lost(name) };
        if further.steps.len() + parts.len() > MOST_STEPS {
            return Found::lost(name);
        }
        match parts.as_slice() {
            [root, second, ..] if root.name == "var" => {
                let steps = steps_of(&second.keys, parts.get(2..).unwrap_or_default());
                self.variable(&scope.module, second.name, &further.behind(steps), depth)
            }
            [root, second, rest @ ..] if root.name == "each" => {
                if second.name == "key" {
                    return vec![Found::one(End::Known(key_value(&scope.key)))];
                }
                self.each_value(scope, &further.behind(steps_of(&second.keys, rest)), depth)
            }
            [root, ..] if root.name == "count" => vec![Found::one(End::Known(key_value(&scope.key)))],
            [root, ..] if matches!(root.name, "path" | "terraform") => {
                self.unseen.set(true);
                Vec::new()
            }
            [root, second, rest @ ..] if root.name == "module" => {
                self.call(scope, (second, rest), selected, further, depth)
            }
            [root, ..] if matches!(root.name, "local" | "self" | "each") => Found::lost(name),
            _ => self.resource(scope, &parts, selected, further),
        }
    }

    /// A variable of a module instance: what its call hands it.
    fn variable(&self, module: &ModulePath, name: &str, further: &Further<'_>, depth: usize) -> Vec<Found> {
        let lost = || Found::lost(format!("var.{name}"));
        let known = |value: &Value| vec![Found::one(inside(value, &further.steps, name))];
        let (Some(parent), Some(step)) = (module.parent(), module.steps().last()) else {
            let given = self.variables.get(name);
            let default = || self.default(module, name);
            let value = given.map(|json| constant(json, self.names)).or_else(default);
            return value.as_ref().map_or_else(lost, known);
        };
        let Some((_, Some(call))) = self.configuration.and_then(|section| section.module(module)) else {
            return lost();
        };
        let arguments = call.expressions.get();
        if !matches!(arguments, Json::Object(_) | Json::Null) {
            // They cannot be read: whether this one is passed is not known.
            return lost();
        }
        let Some(node) = arguments.get(name) else {
            return self.default(module, name).as_ref().map_or_else(lost, known);
        };
        let scope = Scope {
            siblings: self.entries.keys_of_call(&parent, &step.name),
            module: parent,
            repetition: Some(&call.repetition),
            key: step.key.clone(),
        };
        let found = self.handed(node, &scope, further, depth);
        if found.is_empty() { lost() } else { found }
    }

    fn default(&self, module: &ModulePath, name: &str) -> Option<Value> {
        let (module, _) = self.configuration?.module(module)?;
        let raw = (*module.variables.get(name)?)?;
        Some(constant(&Json::read(raw).ok()?, self.names))
    }

    /// `each.value`: what is iterated over, at the key.
    fn each_value(&self, scope: &Scope<'_, 'a>, further: &Further<'_>, depth: usize) -> Vec<Found> {
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
                        let entry = constant(entry, self.names);
                        vec![Found::one(inside(&entry, &further.steps, "each.value"))]
                    }
                    None => lost(),
                },
                _ => vec![Found::one(End::Known(Value::string(key)))],
            };
        }
        let outer = Scope { repetition: None, key: Key::None, siblings: &[], ..scope.clone() };
        if let [Found { ends, .. }] = self.expression(node, &outer, depth).as_slice()
            && let [End::Known(value)] = ends.as_slice()
            && let Some((elements, _)) = value.as_sequence()
            && elements.iter().any(|element| element.as_str() == Some(&**key))
        {
            // A set: each key is its own value.
            return vec![Found::one(inside(&Value::string(key), &further.steps, "each.value"))];
        }
        // The instances of a resource have the keys that are iterated over, unless it is re-keyed.
        let mut keyed = further.behind(vec![PathStep::Key(key.clone())]);
        keyed.siblings = Some(scope.siblings);
        let found = self.part(node, &outer, &keyed, depth);
        if matches!(found.as_slice(), [only] if only.ends.len() == 1) {
            return found;
        }
        // One name per key.
        let apart = Further { apart: true, ..further.clone() };
        let each = self.part(node, &outer, &apart, depth);
        if each.len() > 1 && each.len() == scope.siblings.len() {
            return vec![paired(each, key, scope.siblings)];
        }
        if found.is_empty() { lost() } else { found }
    }

    /// `module.CALL.OUTPUT`, or without the output when its index is not a literal.
    fn call(
        &self,
        scope: &Scope<'_, 'a>,
        (call, rest): (&Part<'_>, &[Part<'_>]),
        selected: &Selected,
        further: &Further<'_>,
        depth: usize,
    ) -> Vec<Found> {
        let written = || format!("module.{}", call.name);
        let present = self.entries.keys_of_call(&scope.module, call.name);
        let child = |key: &Key| scope.module.child(call.name.into(), key.clone());
        let mut chosen = match call.keys.first() {
            Some(key) => Chosen { keys: vec![key.clone()].into(), guess: None },
            None => choose(present, scope, selected),
        };
        let first = chosen.keys.first().cloned().unwrap_or(Key::None);
        let Some((module, _)) = self.configuration.and_then(|section| section.module(&child(&first))) else {
            return Found::lost(written());
        };
        let is_output = |name: &str| module.outputs.contains_key(name);
        let mut every = *selected == Selected::All && chosen.keys.len() > 1;
        let mut further = further.clone();
        if rest.is_empty() && *selected == Selected::All && call.keys.is_empty() {
            every &= match chosen.take(&mut further, &is_output) {
                Taken::One => false,
                Taken::None => !further.may_pick(further.steps.len(), &chosen.keys),
            };
        }
        let outputs: Vec<(&str, Further<'_>)> = match rest {
            [output, behind @ ..] => vec![(output.name, further.behind(steps_of(&output.keys, behind)))],
            [] => further.outputs(&is_output),
        };
        let mut joined: Vec<Found> = Vec::new();
        for (at, key) in chosen.keys.iter().enumerate() {
            let inner = Scope { module: child(key), repetition: None, key: Key::None, siblings: &[] };
            let named = outputs.iter().map(|(name, further)| {
                let Some(expression) = module.outputs.get(*name) else { return Found::lost(written()) };
                let found = self.handed(expression.get(), &inner, further, depth);
                if found.is_empty() { Found::lost(format!("{}.{name}", written())) } else { found }
            });
            let mut found: Vec<Vec<Found>> = named.collect();
            let found = match found.len() {
                0 => {
                    // Any output may be meant.
                    let each = module.outputs.values();
                    let ends = each.flat_map(|output| self.expression(output.get(), &inner, depth));
                    vec![handed_out(ends.collect())]
                }
                1 => found.pop().unwrap_or_default(),
                _ => vec![merged(found.into_iter().flatten().collect(), &further.steps)],
            };
            join(&mut joined, found, chosen.guess == Some(at), every);
        }
        if joined.is_empty() { Found::lost(written()) } else { joined }
    }

    /// A resource or data source of this module.
    fn resource(
        &self,
        scope: &Scope<'_, 'a>,
        parts: &[Part<'_>],
        selected: &Selected,
        further: &Further<'_>,
    ) -> Vec<Found> {
        let (mode, rest) = mode_of(parts);
        let [resource_type, name, behind @ ..] = rest else { return Vec::new() };
        let mut address = Address {
            module: scope.module.clone(),
            mode,
            resource_type: self.names.get(resource_type.name),
            name: self.names.get(name.name),
            key: Key::None,
        };
        let is_read = (self.is_read)(mode, resource_type.name);
        let paths = |any: &Address, base: &[PathStep], steps: &[PathStep]| -> Vec<Path> {
            let base: Path = base.iter().cloned().collect();
            wraps::paths(self.entries, any, &base, steps, is_read)
        };
        let mut base = steps_of(&[], behind);
        if let Some((key, inner)) = name.keys.split_first() {
            address.key = key.clone();
            base.splice(0..0, steps_of(inner, &[]));
            let missing = is_read && !self.entries.keys_of_resource(&address).contains(&address.key);
            if missing && self.whole {
                return vec![Found::default()];
            }
            let paths = paths(&address, &base, &further.steps);
            return vec![Found::any(paths.into_iter().map(|path| End::At(address.clone(), path)))];
        }
        let present = if is_read { self.entries.keys_of_resource(&address) } else { &[] };
        if !is_read || present.is_empty() && !self.whole {
            let paths = paths(&address, &base, &further.steps);
            let address = if is_read { address.with_key(Key::Unknown) } else { address };
            return vec![Found::any(paths.into_iter().map(|path| End::At(address.clone(), path)))];
        }
        let mut chosen = choose(present, scope, selected);
        let any = chosen.keys.first().map_or_else(|| address.clone(), |key| address.with_key(key.clone()));
        let mut every = *selected == Selected::All && chosen.keys.len() > 1;
        let mut further = further.clone();
        let is_attribute = |name: &str| wraps::has_attribute(self.entries, &any, name);
        let picked = every && matches!(chosen.take(&mut further, &is_attribute), Taken::One);
        let paths = paths(&any, &base, &further.steps);
        if every {
            let kept = paths.iter().map(|path| path.steps().len().saturating_sub(base.len())).min();
            let dropped = further.steps.len().saturating_sub(kept.unwrap_or(0));
            every = !picked && paths.len() == 1 && !further.may_pick(dropped, &chosen.keys);
        }
        let guess = chosen.guess.filter(|_| paths.len() == 1);
        let of = |key: &Key| address.with_key(key.clone());
        let ends =
            chosen.keys.iter().flat_map(|key| paths.iter().map(move |path| End::At(of(key), path.clone())));
        vec![Found { guess, every, ..Found::any(ends) }]
    }
}

/// Whether a step was taken as the key of one of them.
enum Taken {
    One,
    None,
}

impl Chosen<'_> {
    /// Takes the step that names one of all instances, for certain or as a guess.
    fn take(&mut self, further: &mut Further<'_>, is_inside: &dyn Fn(&str) -> bool) -> Taken {
        let Some(pick) = further.pick(&self.keys, is_inside) else { return Taken::None };
        if pick.sure {
            self.keys = self.keys.get(pick.place).cloned().into_iter().collect::<Vec<Key>>().into();
        } else {
            self.guess = Some(pick.place);
        }
        *further = further.from(pick.behind);
        Taken::One
    }
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

/// Several names of which a part is taken are one.
fn as_one(found: Vec<Found>, further: &Further<'_>) -> Vec<Found> {
    if found.len() > 1 && !further.apart && !further.steps.is_empty() {
        vec![merged(found, &further.steps)]
    } else {
        found
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
