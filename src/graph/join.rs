//! Ties between resources: by provenance, by identity, by equal literal.
//!
//! Enters: the value of a reference attribute and what it may name. Leaves: whether it does, three-valued.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Graph;
use crate::address::{Address, Key, Mode, ModulePath, Path, PathStep, Subject};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::text::Piece;
use crate::value::{Cause, Data, Text, Unknown, Value};

/// How certain a tie is.
#[derive(Clone, Debug)]
pub enum Join {
    /// For certain.
    Certain,
    /// Same position in a plan that lost the index: may open, never close.
    Guessed,
    /// One of several, or it depends on that unknown.
    Possible(Arc<Unknown>),
}

impl Join {
    /// Whether it is certain.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        matches!(self, Self::Certain)
    }

    /// The weaker of two: a path is as certain as its weakest step.
    #[must_use]
    pub fn weakest(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Possible(unknown), _) | (_, Self::Possible(unknown)) => Self::Possible(unknown.clone()),
            (Self::Guessed, _) | (_, Self::Guessed) => Self::Guessed,
            (Self::Certain, Self::Certain) => Self::Certain,
        }
    }
}

/// Attributes under which every resource is referred to.
pub(super) const ALWAYS: [&str; 2] = ["id", "arn"];

/// What a reference may name: a resource, or something that is only named.
#[derive(Debug)]
pub struct Target<'t> {
    address: Option<&'t Address>,
    names: &'static [&'static str],
    values: Vec<Value>,
}

impl<'t> Target<'t> {
    /// A resource, known to others under these attributes; `id` and `arn` always count.
    #[must_use]
    pub fn of(instance: &'t Instance, names: &'static [&'static str]) -> Self {
        let values = names
            .iter()
            .chain(ALWAYS.iter().filter(|name| !names.contains(name)))
            .filter_map(|name| instance.attributes.get(name))
            .filter(|value| !value.is_null())
            .cloned()
            .collect();
        Self { address: Some(&instance.address), names, values }
    }

    /// Something that is not in the input, under these names.
    #[must_use]
    pub const fn named(values: Vec<Value>, names: &'static [&'static str]) -> Self {
        Self { address: None, names, values }
    }

    /// Whether the target stands for several instances of a module, of which somebody outside names one: the
    /// representative of an unknown number is all of them, a reference from outside is not.
    pub(super) fn stands_for_others(&self, from: &Address) -> bool {
        let Some(address) = self.address else { return false };
        let (steps, own) = (address.module.steps(), from.module.steps());
        let shared = steps.iter().zip(own).take_while(|(step, other)| step == other).count();
        steps.iter().skip(shared).any(|step| step.key == Key::Unknown)
    }

    /// The values that name it.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    fn counts(&self, path: &Path) -> bool {
        match path.steps() {
            [PathStep::Attribute(name)] => {
                ALWAYS.contains(&&**name) || self.names.iter().any(|known| **known == **name)
            }
            // One of several names that stand in a list.
            [PathStep::Attribute(name), PathStep::Index(_) | PathStep::Any] => {
                self.names.iter().any(|known| **known == **name)
            }
            _ => false,
        }
    }
}

/// Whether a value that came from a resource can equal a name that is not: a text that is known in part, or an
/// unknown that has a name of its own besides.
fn is_partial(value: &Value) -> bool {
    match identity_of(value) {
        Some(unknown) => unknown.named.is_some(),
        None => matches!(&value.data, Data::String(text) if text.as_known().is_none()),
    }
}

/// Whether a value refers to a target; `None`: it certainly does not.
#[must_use]
pub fn joins(graph: &Graph<'_>, value: &Value, target: &Target<'_>) -> Option<Join> {
    match refers(graph, value, target, 0) {
        Truth::True => Some(Join::Certain),
        Truth::False => None,
        Truth::Unknown if is_guessed(value, target) => Some(Join::Guessed),
        Truth::Unknown => {
            let unknown = value.unknowns().into_iter().next();
            let unknown =
                unknown.or_else(|| target.values.iter().find_map(|name| name.unknowns().into_iter().next()));
            let unknown = unknown.or_else(|| {
                let of = target.address?.clone();
                Some(Arc::new(Unknown::because(Cause::Attribute { of, path: Path::empty() })))
            });
            unknown.map(Join::Possible)
        }
    }
}

/// Whether a value probably is the target: a plan has lost the index, and this is the same position.
fn is_guessed(value: &Value, target: &Target<'_>) -> bool {
    let guess = identity_of(value).and_then(|unknown| unknown.guess.as_ref());
    guess.is_some_and(|(of, path)| target.address == Some(of) && target.counts(path))
}

/// Data sources that look something up lead one step further; more is a circle.
pub(super) const FURTHEST: usize = 4;

fn refers(graph: &Graph<'_>, value: &Value, target: &Target<'_>, steps: usize) -> Truth {
    if let Some(address) = target.address
        && let Some(Subject::Resource(of, path)) = provenance(value)
        && target.counts(path)
    {
        if of == address {
            return Truth::True;
        }
        if of.same_resource(address)
            && address.former().is_none()
            && (of.key == Key::Unknown || address.key == Key::Unknown)
        {
            return Truth::Unknown;
        }
    }
    match &value.data {
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Mapping(..) => Truth::False,
        // One of the lists that a whole attribute may be.
        Data::Sequence(_, elements, more) => {
            let more = more.as_ref().map(|more| refers_unknown(graph, more, target, steps));
            any(elements.iter().map(|element| refers(graph, element, target, steps)).chain(more))
        }
        Data::Unknown(unknown) => refers_unknown(graph, unknown, target, steps),
        Data::String(text) => {
            let text = normal(text);
            if let Some(hole) = text.as_hole() {
                return refers_unknown(graph, hole, target, steps);
            }
            any(target.values.iter().map(|name| same_text(&text, name)))
        }
    }
}

fn refers_unknown(graph: &Graph<'_>, unknown: &Arc<Unknown>, target: &Target<'_>, steps: usize) -> Truth {
    let named = target.values.iter().filter_map(identity_of).any(|other| other.is_same(unknown));
    if named {
        return Truth::True;
    }
    if let Some((of, path)) = &unknown.identity {
        // A name that was made from this one may be it, and what hands values on may hand on any.
        let alike = passes_on(of) || may_be_named(unknown, target);
        let alike = if alike { Truth::Unknown } else { Truth::False };
        if of.mode == Mode::Data && steps < FURTHEST {
            return looked_up(graph, of, target, steps).or(alike);
        }
        let Some(address) = target.address else { return alike };
        if !target.counts(path) || !of.same_resource(address) {
            return alike;
        }
        return match (&of.key, &address.key) {
            (left, right) if left == right && *left != Key::Unknown => Truth::True,
            // Whatever the key is, a reference leads to the current object.
            (Key::Former(_), _) | (_, Key::Former(_)) => Truth::False,
            (Key::Unknown, _) | (_, Key::Unknown) => Truth::Unknown,
            (Key::None | Key::Number(_) | Key::Text(_), _) => Truth::False,
        };
    }
    if unknown.one_of.is_empty() {
        let fixed = target.values.iter().filter_map(identity_of).any(|other| other.identity.is_some());
        let possible = !target.values.is_empty() && !fixed || target.address.is_some();
        return if possible { Truth::Unknown } else { Truth::False };
    }
    let mut answers = unknown.one_of.iter().map(|member| refers(graph, member, target, steps));
    let first = answers.next().unwrap_or(Truth::Unknown);
    answers.fold(first, Truth::agree)
}

/// Whether a resource hands on what it was given, which a check does not follow.
#[must_use]
pub fn passes_on(of: &Address) -> bool {
    matches!(&*of.resource_type, "null_data_source" | "random_shuffle" | "terraform_data")
}

/// Whether one of the values that a name of the target may have is that unknown.
fn may_be_named(unknown: &Unknown, target: &Target<'_>) -> bool {
    let mut alternatives = target.values.iter().filter_map(identity_of).flat_map(|name| &name.one_of);
    alternatives.any(|member| identity_of(member).is_some_and(|member| member.is_same(unknown)))
}

/// A data source that looks a resource up by its name refers to it like a reference.
fn looked_up(graph: &Graph<'_>, data: &Address, target: &Target<'_>, steps: usize) -> Truth {
    let Some(instance) = graph.instance(data) else { return Truth::False };
    let same_type = target.address.is_none_or(|address| address.resource_type == data.resource_type);
    if !same_type {
        return Truth::False;
    }
    any(target
        .names
        .iter()
        .copied()
        .chain(["id"])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|name| instance.attributes.get(name))
        .map(|value| refers(graph, value, target, steps + 1)))
}

fn any(answers: impl Iterator<Item = Truth>) -> Truth {
    answers.fold(Truth::False, Truth::or)
}

/// The resource attribute that a value was handed on from, unchanged.
pub(super) fn provenance(value: &Value) -> Option<&Subject> {
    value
        .origin
        .hops()
        .into_iter()
        .map(|hop| &hop.name.subject)
        .find(|subject| matches!(subject, Subject::Resource(..)))
}

pub(super) fn identity_of(value: &Value) -> Option<&Arc<Unknown>> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown),
        Data::String(text) => text.as_hole(),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => None,
    }
}

/// Whether a text equals a name, both without what only says where they are used.
fn same_text(text: &Text, name: &Value) -> Truth {
    let name = match &name.data {
        Data::String(name) => normal(name),
        Data::Unknown(unknown) if unknown.identity.is_some() => return Truth::False,
        Data::Unknown(unknown) if !unknown.one_of.is_empty() => {
            let mut answers = unknown.one_of.iter().map(|member| same_text(text, member));
            let first = answers.next().unwrap_or(Truth::Unknown);
            return answers.fold(first, Truth::agree);
        }
        Data::Unknown(_) => return Truth::Unknown,
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            return Truth::False;
        }
    };
    match (text.as_known(), name.as_known()) {
        (Some(text), _) => name.equals(text),
        (None, Some(name)) => text.equals(name),
        (None, None) if same_pieces(text, &name) => Truth::True,
        (None, None) => {
            let (left, right) = (text.known_prefix(), name.known_prefix());
            Truth::from_bool(left.starts_with(right) || right.starts_with(left)).and(Truth::Unknown)
        }
    }
}

/// Whether two texts are written alike, with the same unknowns in the same places.
fn same_pieces(left: &Text, right: &Text) -> bool {
    let (left, right) = (left.pieces(), right.pieces());
    left.len() == right.len()
        && left.iter().zip(&right).all(|pair| match pair {
            (Piece::Literal(left), Piece::Literal(right)) => left == right,
            (Piece::Hole(left), Piece::Hole(right)) => left.is_same(right),
            (Piece::Literal(_), Piece::Hole(_)) | (Piece::Hole(_), Piece::Literal(_)) => false,
        })
}

/// A bucket's name out of its ARN, in any partition (aws.md R8), or out of a URL of S3, with or without a key
/// behind it; other texts as they are.
fn normal(text: &Text) -> Cow<'_, Text> {
    let prefix = text.known_prefix();
    let of_arn = prefix.strip_prefix("arn:").and_then(|rest| rest.split_once(":s3:::")).map(|(_, rest)| rest);
    let of_url = || prefix.strip_prefix("s3://").or_else(|| prefix.strip_prefix("s3ssl://"));
    let rest = of_arn.or_else(of_url);
    let is_reference = prefix.is_empty() && text.holes().next().is_some();
    if rest.is_none() && !is_reference {
        return Cow::Borrowed(text);
    }
    let cut = rest.map_or(0, |rest| prefix.len() - rest.len());
    let mut builder = crate::value::text::TextBuilder::default();
    for (position, piece) in text.pieces().into_iter().enumerate() {
        match piece {
            Piece::Literal(literal) => {
                let literal = if position == 0 { literal.get(cut..).unwrap_or("") } else { literal };
                if let Some((name, _)) = literal.split_once('/') {
                    builder.push_str(name);
                    break;
                }
                builder.push_str(literal);
            }
            Piece::Hole(unknown) => builder.push_hole(unknown.clone()),
        }
    }
    Cow::Owned(builder.build())
}

/// The scalar values at a dotted path of an instance, through blocks and lists.
#[must_use]
pub fn leaves(instance: &Instance, path: &str) -> Vec<Value> {
    let mut found = vec![instance.attributes.clone()];
    for name in path.split('.') {
        found = found
            .into_iter()
            .flat_map(flatten)
            .filter_map(|value| match &value.data {
                Data::Unknown(_) => Some(value),
                Data::Mapping(..) => value.get(name).cloned(),
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                    None
                }
            })
            .collect();
    }
    found.into_iter().flat_map(flatten).collect()
}

fn flatten(value: Value) -> Vec<Value> {
    match &value.data {
        Data::Sequence(_, elements, more) => {
            let mut flat: Vec<Value> = elements.iter().cloned().flat_map(flatten).collect();
            flat.extend(more.iter().map(|unknown| Value::new(Data::Unknown(unknown.clone()))));
            flat
        }
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Mapping(..)
        | Data::Unknown(_) => {
            vec![value]
        }
    }
}

/// A resource block in one module instance, whatever its instance key. Instances of a module that is called
/// a thousand times are a thousand resources.
type Resource = (Arc<str>, Arc<str>, ModulePath);

fn resource(address: &Address) -> Resource {
    (address.resource_type.clone(), address.name.clone(), address.module.clone())
}

/// The instances of one type by what one of their attributes refers to.
#[derive(Debug)]
pub struct Index {
    entries: Vec<(usize, Value)>,
    by_identity: BTreeMap<Resource, Vec<usize>>,
    by_literal: BTreeMap<String, Vec<usize>>,
    /// What may be any name.
    loose: Vec<usize>,
    /// What came from a resource and may all the same equal a name that is known in part.
    partial: Vec<usize>,
}

impl Index {
    /// Indexes instances by a dotted attribute path.
    #[must_use]
    pub fn of(instances: &[&Instance], attribute: &str) -> Self {
        let mut index = Self {
            entries: Vec::new(),
            by_identity: BTreeMap::new(),
            by_literal: BTreeMap::new(),
            loose: Vec::new(),
            partial: Vec::new(),
        };
        for (position, instance) in instances.iter().enumerate() {
            for value in leaves(instance, attribute) {
                let at = index.entries.len();
                let identity =
                    identity_of(&value).and_then(|unknown| unknown.identity.as_ref()).map(|(of, _)| of);
                let came_from = match provenance(&value) {
                    Some(Subject::Resource(of, _)) => Some(of),
                    Some(_) | None => None,
                };
                let mut indexed = false;
                for of in identity.into_iter().chain(came_from) {
                    index.by_identity.entry(resource(of)).or_default().push(at);
                    indexed |= of.mode == Mode::Managed && !passes_on(of);
                }
                match &value.data {
                    Data::String(text) if text.as_known().is_some() => {
                        let literal = normal(text).as_known().unwrap_or("").to_owned();
                        index.by_literal.entry(literal).or_default().push(at);
                        indexed = true;
                    }
                    Data::Null(_) => indexed = true,
                    Data::Bool(_)
                    | Data::Number(_)
                    | Data::String(_)
                    | Data::Sequence(..)
                    | Data::Mapping(..)
                    | Data::Unknown(_) => {}
                }
                if !indexed {
                    index.loose.push(at);
                } else if is_partial(&value) {
                    index.partial.push(at);
                }
                index.entries.push((position, value));
            }
        }
        index
    }

    /// The positions of the instances whose attribute may be that value: of one literal, or of one attribute
    /// of another resource.
    #[must_use]
    pub fn holding(&self, value: &Value) -> BTreeSet<usize> {
        let mut entries: Vec<usize> = self.loose.clone();
        if let Data::String(text) = &value.data
            && text.as_known().is_some()
        {
            let literal = normal(text);
            entries.extend(self.by_literal.get(literal.as_known().unwrap_or("")).into_iter().flatten());
        }
        if let Some((of, _)) = identity_of(value).and_then(|unknown| unknown.identity.as_ref()) {
            entries.extend(self.by_identity.get(&resource(of)).into_iter().flatten());
        }
        entries.into_iter().filter_map(|at| self.entries.get(at)).map(|(position, _)| *position).collect()
    }

    /// Everything that refers to a target, by its position among the indexed instances, in order, each once
    /// with its most certain tie.
    #[must_use]
    pub fn find(&self, graph: &Graph<'_>, target: &Target<'_>) -> Vec<(usize, Join)> {
        let mut candidates: BTreeSet<usize> = self.loose.iter().copied().collect();
        let mut add = |found: Option<&Vec<usize>>| candidates.extend(found.into_iter().flatten().copied());
        if let Some(address) = target.address {
            add(self.by_identity.get(&resource(address)));
        }
        for value in &target.values {
            match &value.data {
                Data::String(text) if text.as_known().is_some() => {
                    add(self.by_literal.get(normal(text).as_known().unwrap_or("")));
                }
                Data::Unknown(_) | Data::String(_) => {
                    if let Some((of, _)) = identity_of(value).and_then(|unknown| unknown.identity.as_ref()) {
                        add(self.by_identity.get(&resource(of)));
                    } else {
                        // What is known of a name leaves the texts that begin like it.
                        let prefix = match &value.data {
                            Data::String(text) => normal(text).known_prefix().to_owned(),
                            Data::Null(_)
                            | Data::Bool(_)
                            | Data::Number(_)
                            | Data::Sequence(..)
                            | Data::Mapping(..)
                            | Data::Unknown(_) => String::new(),
                        };
                        let alike = self.by_literal.range(prefix.clone()..);
                        for (_, entries) in alike.take_while(|(literal, _)| literal.starts_with(&prefix)) {
                            add(Some(entries));
                        }
                        add(Some(&self.partial));
                    }
                }
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {}
            }
        }
        let mut found: Vec<(usize, Join)> = Vec::new();
        for (position, value) in candidates.into_iter().filter_map(|at| self.entries.get(at)) {
            let Some(join) = joins(graph, value, target) else { continue };
            match found.last_mut() {
                Some((last, known)) if last == position => {
                    if join.is_certain() {
                        *known = join;
                    }
                }
                Some(_) | None => found.push((*position, join)),
            }
        }
        found
    }
}
