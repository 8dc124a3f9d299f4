//! The instances of one side of a plan: before, or after.
//!
//! Enters: the entries of a side. Leaves: a model. Each instance is made once, when it is first asked for:
//! an unknown of one may be an attribute of another.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use super::Asked;
use super::configuration::Configuration;
use super::document::{HOW, Refused};
use super::json::{Json, Text};
use super::names::Names;
use super::providers::Providers;
use super::references::{Keys, Scope, Tracer};
use super::unknowns::{self, Unknowns, after_apply};
use super::values::{Converter, Place, Trees, Written};
use crate::address::{Address, Mode, Name, Path, PathStep};
use crate::model::{Fate, Instance, Want, computed};
use crate::source::Span;
use crate::truth::Truth;
use crate::value::{Cause, Origin, Unknown, Value};

/// An instance as the document has it.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) fate: Fate,
    pub(super) provider: Option<Text<'a>>,
    pub(super) value: Option<&'a RawValue>,
    pub(super) unknown: Option<&'a RawValue>,
    pub(super) sensitive: Option<&'a RawValue>,
    /// What it was before, where that differs.
    pub(super) earlier: Option<&'a RawValue>,
    /// Whether the expressions of the configuration made these values.
    pub(super) written: bool,
    /// Whether unknown values are left out without a trace.
    pub(super) partial: bool,
    /// Whether the plan changes nothing on it.
    pub(super) untouched: bool,
    /// Unknown where what may be the same object in the cloud is destroyed or made anew.
    pub(super) exists: Truth,
}

impl<'a> Entry<'a> {
    /// An instance as a state has it.
    pub(super) const fn recorded(
        provider: Option<Text<'a>>,
        value: Option<&'a RawValue>,
        sensitive: Option<&'a RawValue>,
    ) -> Self {
        Self {
            fate: Fate::Stays,
            provider,
            value,
            unknown: None,
            sensitive,
            earlier: None,
            written: false,
            partial: false,
            untouched: false,
            exists: Truth::True,
        }
    }
}

/// All instances of a side.
pub(super) type Entries<'a> = BTreeMap<Address, Entry<'a>>;

/// What all sides of a document share.
pub(super) struct Shared<'p, 'a> {
    pub(super) configuration: Option<&'p Configuration<'a>>,
    pub(super) variables: &'p BTreeMap<String, Json<'a>>,
    pub(super) names: &'p Names,
    pub(super) providers: &'p Providers<'p, 'a>,
    pub(super) asked: &'p Asked<'p>,
    /// Blocks that are read as left out.
    pub(super) unset: RefCell<BTreeSet<(Address, Name)>>,
    /// Whether everything was planned.
    pub(super) whole: bool,
    pub(super) span: Span,
}

/// The deepest chain of instances that are made for each other.
const DEEPEST: usize = 100;

/// Makes the instances of a side.
pub(super) struct Builder<'p, 'a> {
    shared: &'p Shared<'p, 'a>,
    entries: &'p Entries<'a>,
    keys: Keys,
    made: RefCell<BTreeMap<Address, Instance>>,
    /// The instances that are being made, each for the one before it.
    making: RefCell<Vec<&'p Address>>,
    refused: RefCell<Option<Refused>>,
}

impl<'p, 'a> Builder<'p, 'a> {
    pub(super) fn new(shared: &'p Shared<'p, 'a>, entries: &'p Entries<'a>) -> Self {
        let present = entries
            .iter()
            .filter(|(address, entry)| !matches!(entry.fate, Fate::Deleted) && address.former().is_none());
        Self {
            shared,
            entries,
            keys: Keys::of(present.map(|(address, _)| address)),
            made: RefCell::default(),
            making: RefCell::default(),
            refused: RefCell::default(),
        }
    }

    /// Takes instances over from the side after: those on which nothing changes.
    pub(super) fn take_over(&self, after: &BTreeMap<Address, Instance>, entries: &Entries<'_>) {
        let untouched = |address: &Address| entries.get(address).is_some_and(|entry| entry.untouched);
        let shared =
            after.iter().filter(|(address, _)| self.entries.contains_key(address) && untouched(address));
        self.made.borrow_mut().extend(shared.map(|(address, instance)| (address.clone(), instance.clone())));
    }

    /// Makes all instances.
    pub(super) fn build(&self) -> Result<BTreeMap<Address, Instance>, Refused> {
        // What is read for the name that it has from another one is made when something refers to it.
        let is_asked_for = |address: &&Address| {
            let want = (self.shared.asked.want)(&address.resource_type);
            address.mode != Mode::Managed || !matches!(want, Want::Nothing | Want::Referred)
        };
        for address in self.entries.keys().filter(is_asked_for) {
            self.make(address);
        }
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        Ok(self.made.take())
    }

    /// What resources of the configuration refer to, by the expression of a resource that has no instance.
    pub(super) fn tracer<'t>(&'t self, is_read: &'t dyn Fn(Mode, &str) -> bool) -> Tracer<'t, 'a> {
        Tracer {
            configuration: self.shared.configuration,
            variables: self.shared.variables,
            keys: &self.keys,
            names: self.shared.names,
            is_read,
            whole: self.shared.whole,
            steps: Cell::new(0),
        }
    }

    /// Whether a resource that the plan makes or keeps has no block in the configuration.
    pub(super) fn lacks_blocks(&self) -> bool {
        let is_block = |address: &Address| {
            self.shared.configuration.is_some_and(|section| section.resource(address).is_some())
        };
        self.entries
            .iter()
            .any(|(address, entry)| entry.written && address.mode == Mode::Managed && !is_block(address))
    }

    /// The keys of what is there.
    pub(super) const fn keys(&self) -> &Keys {
        &self.keys
    }

    fn make(&self, address: &Address) {
        if self.made.borrow().contains_key(address) || self.making.borrow().contains(&address) {
            return;
        }
        let Some((address, entry)) = self.entries.get_key_value(address) else { return };
        self.making.borrow_mut().push(address);
        let instance = self.instance(address, entry);
        self.making.borrow_mut().pop();
        self.made.borrow_mut().insert(address.clone(), instance);
    }

    /// An attribute of an instance: what the plan knows of it, else that attribute itself.
    fn look_up(&self, address: &Address, path: &Path) -> Value {
        if self.making.borrow().len() < DEEPEST {
            self.make(address);
        }
        let made = self.made.borrow();
        let Some(instance) = made.get(address) else {
            return after_apply(address, path);
        };
        let mut value = instance.attributes.clone();
        for (at, step) in path.steps().iter().enumerate() {
            let next = match step {
                PathStep::Attribute(name) | PathStep::Key(name) => match value.get(name) {
                    Some(next) => Some(next.clone()),
                    None if at == 0 && path.steps().len() == 1 => {
                        value.as_mapping().and_then(|entries| computed::attribute(address, name, entries))
                    }
                    None => None,
                },
                PathStep::Index(index) => value.as_sequence().and_then(|(elements, _)| {
                    usize::try_from(*index).ok().and_then(|index| elements.get(index)).cloned()
                }),
                PathStep::Any => None,
            };
            match next {
                Some(next) => value = next,
                None => return after_apply(address, path),
            }
        }
        // A name that is not known is that name, whatever went into it.
        let is_name = path.as_attribute().is_some_and(|name| is_own_name(&address.resource_type, name));
        if is_name && value.as_unknown().is_some() { after_apply(address, path) } else { value }
    }

    fn instance(&self, address: &Address, entry: &Entry<'a>) -> Instance {
        let shared = self.shared;
        let resource = shared.configuration.and_then(|section| section.resource(address));
        let provider = shared.providers.of(resource, entry.provider.as_ref());
        let mut attributes = Value::object(BTreeMap::new());
        let mut copies = Vec::new();
        if (shared.asked.want)(&address.resource_type) != Want::Presence {
            let value = self.read(address, entry.value);
            if value.as_ref().is_some_and(|value| !matches!(value, Json::Object(_))) {
                self.refuse(format!("the values of `{address}` are no object"));
            }
            let unknown = self.read(address, entry.unknown);
            let sensitive = self.read(address, entry.sensitive);
            let node = resource.map(|resource| resource.expressions.get());
            // What does not say what it is, and what a plan shows in part without saying how it was written.
            let hidden = if entry.partial { node.is_none() } else { entry.value.is_none() };
            let written = match node {
                Some(node) if entry.written => Written::By(vec![node]),
                Some(_) | None => Written::Hidden,
            };
            let scope = Scope {
                module: address.module.clone(),
                repetition: resource.map(|resource| &resource.repetition),
                key: address.key.clone(),
                siblings: self.keys.of_resource(address),
            };
            let is_read = |mode: Mode, name: &str| shared.asked.reads(mode, name);
            let tracer = self.tracer(&is_read);
            let look_up = |address: &Address, path: &Path| self.look_up(address, path);
            let unknowns = Unknowns { tracer: &tracer, address, scope: &scope, look_up: &look_up };
            let leaf = |place: &Place<'_>| {
                let value = unknowns.leaf(place);
                if value.is_none() && unknowns::is_computed_block(place) {
                    let name = place.path.as_attribute().unwrap_or("");
                    shared.unset.borrow_mut().insert((address.clone(), shared.names.get(name)));
                }
                value
            };
            let everything = shared.asked.everything;
            let converter = Converter { names: shared.names, leaf: &leaf, everything };
            let trees =
                Trees { value: value.as_ref(), unknown: unknown.as_ref(), sensitive: sensitive.as_ref() };
            let mut known = converter.attributes(trees, &written);
            if entry.partial {
                self.add_unknown(&mut known, node, &leaf);
            }
            let waits =
                unknown.as_ref().is_some_and(|tree| matches!(tree, Json::Object(inner) if !inner.is_empty()));
            if address.mode == Mode::Data && waits {
                let of = || provider.clone();
                computed::complete(address, &mut known, &Origin::Nowhere, &of);
            }
            copies = self.copies(address, entry, node, &mut known);
            attributes = if hidden || unknown.as_ref().is_some_and(Json::is_true) {
                let cause = Cause::Attribute { of: address.clone(), path: Path::empty() };
                Value::unknown(Unknown::because(cause))
            } else {
                own_name(address, &mut known);
                Value::object(known)
            };
        }
        Instance {
            address: address.clone(),
            provider,
            attributes,
            exists: entry.exists,
            exists_unknown: entry.exists.is_unknown().then(|| {
                let cause = Cause::Attribute { of: address.clone(), path: Path::empty() };
                std::sync::Arc::new(Unknown::because(cause))
            }),
            fate: entry.fate,
            span: Some(shared.span),
            call_span: None,
            copies,
            ignore_changes: Vec::new(),
        }
    }

    /// Attributes that are written and that the document does not show.
    fn add_unknown(
        &self,
        attributes: &mut BTreeMap<Name, Value>,
        node: Option<&Json<'_>>,
        leaf: &dyn Fn(&Place<'_>) -> Option<Value>,
    ) {
        let Some(Json::Object(entries)) = node else { return };
        for (name, expression) in entries.iter() {
            if attributes.contains_key(name) || expression.get("constant_value").is_some() {
                continue;
            }
            let written = Written::By(vec![expression]);
            let path = Path::attribute(name);
            let place = Place { path: &path, written: &written, list: false, position: None, around: None };
            if let Some(value) = leaf(&place) {
                attributes.insert(self.shared.names.get(name), value);
            }
        }
    }

    /// The attributes that only mirror what others set, without those that no longer hold.
    fn copies(
        &self,
        address: &Address,
        entry: &Entry<'a>,
        node: Option<&Json<'_>>,
        attributes: &mut BTreeMap<Name, Value>,
    ) -> Vec<Name> {
        let mut copies = Vec::new();
        for copied in (self.shared.asked.copies)(&address.resource_type) {
            let written = node.is_some_and(|node| node.get(copied.attribute).is_some());
            if written || !attributes.contains_key(copied.attribute) {
                continue;
            }
            let Some(source) = copied.mirrors else {
                copies.push(copied.attribute.into());
                continue;
            };
            // The copy was read before the source changes; until then it is what is in force.
            let earlier = self.read(address, entry.earlier);
            let earlier = earlier.as_ref().and_then(|tree| tree.get(source)).and_then(Json::as_str);
            let changes =
                entry.earlier.is_some() && earlier != attributes.get(source).and_then(|value| value.as_str());
            attributes.remove(if changes { copied.attribute } else { source });
        }
        copies
    }

    fn read(&self, address: &Address, raw: Option<&'a RawValue>) -> Option<Json<'a>> {
        match Json::read(raw?) {
            Ok(json) => Some(json),
            Err(error) => {
                let said = error.to_string();
                let said = said.split(" at line ").next().unwrap_or("it does not parse");
                self.refuse(format!("the values of `{address}` cannot be read: {said}"));
                None
            }
        }
    }

    fn refuse(&self, message: String) {
        self.refused.borrow_mut().get_or_insert(Refused { message, help: Some(HOW), at: None });
    }
}

/// Whether an attribute is the name of the resource itself, and not a reference to another one.
fn is_own_name(resource_type: &str, name: &str) -> bool {
    match name {
        "name" | "identifier" => true,
        "bucket" => resource_type == "aws_s3_bucket",
        "cluster_identifier" => resource_type == "aws_rds_cluster",
        _ => false,
    }
}

/// The name of a resource that was made from something unknown: a plan does not tell `x.id` from `"a-${x.id}"`,
/// so it may be the one or the other, and two names that share an ingredient may be two.
fn own_name(address: &Address, attributes: &mut BTreeMap<Name, Value>) {
    for (name, value) in attributes.iter_mut() {
        let Some(unknown) = value.as_unknown().filter(|_| is_own_name(&address.resource_type, name)) else {
            continue;
        };
        let itself = after_apply(address, &Path::attribute(name));
        let mut one = Unknown::because(unknown.cause.clone()).of(unknown.of_type.clone());
        one.one_of = vec![value.clone(), itself];
        *value = Value::unknown(one).with_origin(value.origin.clone()).marked(value.sensitive);
    }
}
