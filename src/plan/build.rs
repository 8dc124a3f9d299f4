//! The instances of one side of a plan: before, or after.
//!
//! Enters: the entries of a side. Leaves: a model. Each instance is made once, when it is first asked for:
//! an unknown of one may be an attribute of another.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Asked;
use super::configuration::Configuration;
use super::document::{HOW, Refused};
use super::entries::{Entries, Entry};
use super::json::Json;
use super::names::Names;
use super::providers::Providers;
use super::references::{Scope, Tracer};
use super::unknowns::{self, Unknowns, after_apply};
use super::unread::is_unread;
use super::values::{Converter, Place, Trees, Written, constant};
use crate::address::{Address, Mode, Name, Path, PathStep};
use crate::model::{Instance, Want, computed};
use crate::source::Span;
use crate::threads::both;
use crate::value::{Cause, Origin, Unknown, Value};

/// What all sides of a document share.
pub(super) struct Shared<'p, 'a> {
    pub(super) configuration: Option<&'p Configuration<'a>>,
    pub(super) variables: &'p BTreeMap<String, Json<'a>>,
    pub(super) asked: &'p Asked<'p>,
    /// Whether everything was planned.
    pub(super) whole: bool,
    pub(super) span: Span,
}

impl<'a> Shared<'_, 'a> {
    /// Follows names on a side.
    pub(super) fn tracer<'t>(
        &'t self,
        entries: &'t Entries<'a>,
        names: &'t Names,
        is_read: &'t dyn Fn(Mode, &str) -> bool,
    ) -> Tracer<'t, 'a> {
        Tracer {
            configuration: self.configuration,
            variables: self.variables,
            entries,
            names,
            is_read,
            whole: self.whole,
            steps: Cell::new(0),
            unseen: Cell::new(false),
        }
    }
}

/// Instances by address.
pub(super) type Instances = BTreeMap<Address, Arc<Instance>>;

/// An instance that another side has made already.
pub(super) type Known<'k> = &'k (dyn Fn(&Address) -> Option<Arc<Instance>> + Sync);

/// What was made of a side.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) instances: Instances,
    /// Blocks that are read as left out.
    pub(super) unset: BTreeSet<(Address, Name)>,
}

/// The deepest chain of instances that are made for each other.
const DEEPEST: usize = 100;

/// From so many instances on, two threads make them.
const MANY: usize = 512;

/// Makes the instances of a side.
pub(super) fn instances<'a>(
    shared: &Shared<'_, 'a>,
    entries: &Entries<'a>,
    known: Known<'_>,
) -> Result<Made, Refused> {
    let make = |places: Range<usize>| Builder::new(shared, entries, known).build(places);
    let count = entries.len();
    if count < MANY {
        return make(0..count);
    }
    let (later, earlier) = both(|| make(count / 2..count), || make(0..count / 2));
    let (mut whole, later) = (earlier?, later?);
    // Where one half made something of the other, both made the same.
    for (address, instance) in later.instances {
        whole.instances.entry(address).or_insert(instance);
    }
    whole.unset.extend(later.unset);
    Ok(whole)
}

/// Makes some of the instances of a side, and what they refer to.
struct Builder<'p, 'a> {
    shared: &'p Shared<'p, 'a>,
    entries: &'p Entries<'a>,
    known: Known<'p>,
    names: Names,
    providers: Providers<'p, 'a>,
    /// What was made, at the places of the entries.
    made: Vec<OnceCell<Arc<Instance>>>,
    /// The places of what is being made, each for the one before it.
    making: RefCell<Vec<usize>>,
    unset: RefCell<BTreeSet<(Address, Name)>>,
    refused: RefCell<Option<Refused>>,
}

impl<'p, 'a> Builder<'p, 'a> {
    fn new(shared: &'p Shared<'p, 'a>, entries: &'p Entries<'a>, known: Known<'p>) -> Self {
        Self {
            shared,
            entries,
            known,
            names: Names::default(),
            providers: Providers::new(shared.configuration),
            made: entries.iter().map(|_| OnceCell::new()).collect(),
            making: RefCell::default(),
            unset: RefCell::default(),
            refused: RefCell::default(),
        }
    }

    fn build(self, places: Range<usize>) -> Result<Made, Refused> {
        for place in places {
            if self.entries.at(place).is_some_and(|(address, _)| self.is_asked_for(address)) {
                self.make(place);
            }
        }
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        let made = self.made.into_iter().filter_map(OnceCell::into_inner);
        let instances = made.map(|instance| (instance.address.clone(), instance)).collect();
        Ok(Made { instances, unset: self.unset.take() })
    }

    /// What is read for the name that it has from another one is made when something refers to it.
    fn is_asked_for(&self, address: &Address) -> bool {
        let want = (self.shared.asked.want)(&address.resource_type);
        address.mode != Mode::Managed
            || !matches!(want, Want::Nothing | Want::Referred)
            || (self.known)(address).is_some()
    }

    fn make(&self, place: usize) -> Option<&Arc<Instance>> {
        let made = self.made.get(place)?;
        if made.get().is_none() && !self.making.borrow().contains(&place) {
            let (address, entry) = self.entries.at(place)?;
            if let Some(known) = (self.known)(address) {
                return Some(made.get_or_init(|| known));
            }
            self.making.borrow_mut().push(place);
            let instance = Arc::new(self.instance(address, entry));
            self.making.borrow_mut().pop();
            return Some(made.get_or_init(|| instance));
        }
        made.get()
    }

    /// An attribute of an instance: what the plan knows of it, else that attribute itself.
    fn look_up(&self, address: &Address, path: &Path) -> Value {
        if let Some(value) = self.unread(address, path) {
            return value;
        }
        let place = self.entries.place(address);
        let in_reach = self.making.borrow().len() < DEEPEST;
        let instance = place.and_then(|place| {
            if in_reach { self.make(place) } else { self.made.get(place).and_then(OnceCell::get) }
        });
        let Some(instance) = instance else { return after_apply(address, path) };
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

    /// An attribute that instances are read without: as the document has it.
    fn unread(&self, address: &Address, path: &Path) -> Option<Value> {
        let name = path.as_attribute().filter(|name| self.leaves_out(name))?;
        let entry = self.entries.get(address)?;
        let parse = |raw: Option<&'a RawValue>| Json::read(raw?).ok();
        let is_known = match entry.unknown {
            Some(_) => parse(entry.unknown).is_some_and(|tree| !tree.is_true() && tree.get(name).is_none()),
            None => true,
        };
        let value = parse(entry.value).filter(|_| is_known);
        let sensitive = parse(entry.sensitive);
        let marked =
            sensitive.as_ref().and_then(|tree| tree.get(name)).is_some_and(|mark| *mark != Json::Bool(false));
        let known = value.as_ref().and_then(|tree| tree.get(name));
        Some(match known {
            Some(known) => constant(known, &self.names).marked(marked),
            None => after_apply(address, path),
        })
    }

    /// Whether the document knows an attribute, and not only what it is made of.
    fn is_shown(&self, address: &Address, path: &Path) -> bool {
        let unknown = self.entries.get(address).and_then(|entry| Json::read(entry.unknown?).ok());
        let Some(unknown) = unknown else { return true };
        let attribute = path.steps().iter().find_map(|step| match step {
            PathStep::Attribute(name) => unknown.get(name),
            PathStep::Index(_) | PathStep::Key(_) | PathStep::Any => None,
        });
        !unknown.is_true() && !attribute.is_some_and(Json::is_true)
    }

    /// Whether instances are read without an attribute.
    fn leaves_out(&self, name: &str) -> bool {
        !self.shared.asked.everything && is_unread(name)
    }

    fn instance(&self, address: &Address, entry: &Entry<'a>) -> Instance {
        let shared = self.shared;
        let resource = shared.configuration.and_then(|section| section.resource(address));
        let provider = self.providers.of(resource, entry.provider.as_ref(), &self.names);
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
                siblings: if entry.written { self.entries.keys_of_resource(address) } else { &[] },
            };
            let is_read = |mode: Mode, name: &str| shared.asked.reads(mode, name);
            let tracer = shared.tracer(self.entries, &self.names, &is_read);
            let look_up = |address: &Address, path: &Path| self.look_up(address, path);
            let is_shown = |address: &Address, path: &Path| self.is_shown(address, path);
            let unknowns =
                Unknowns { tracer: &tracer, address, scope: &scope, look_up: &look_up, is_shown: &is_shown };
            let leaf = |place: &Place<'_>| {
                let value = unknowns.leaf(place);
                if value.is_none() && unknowns::is_computed_block(place) {
                    let name = place.path.as_attribute().unwrap_or("");
                    self.unset.borrow_mut().insert((address.clone(), self.names.get(name)));
                }
                value
            };
            let everything = shared.asked.everything;
            let converter = Converter { names: &self.names, leaf: &leaf, everything };
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
            let is_shown = attributes.contains_key(name) || expression.get("constant_value").is_some();
            if is_shown || self.leaves_out(name) {
                continue;
            }
            let written = Written::By(vec![expression]);
            let path = Path::attribute(name);
            let place = Place {
                path: &path,
                written: &written,
                list: false,
                sensitive: false,
                position: None,
                around: None,
            };
            if let Some(value) = leaf(&place) {
                attributes.insert(self.names.get(name), value);
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
            let filled_in = copied.actor.is_empty() && copied.mirrors.is_none();
            let written = node.map_or(filled_in, |node| node.get(copied.attribute).is_some());
            if written || !attributes.contains_key(copied.attribute) {
                continue;
            }
            let Some(source) = copied.mirrors else {
                if copies.iter().all(|known: &Name| **known != *copied.attribute) {
                    copies.push(copied.attribute.into());
                }
                continue;
            };
            // The copy was read before the source changes; until then it is what is in force.
            let earlier = self.read(address, entry.earlier);
            let earlier = earlier.as_ref().and_then(|tree| tree.get(source)).and_then(Json::as_str);
            let changes =
                entry.earlier.is_some() && earlier != attributes.get(source).and_then(|value| value.as_str());
            // What was read has at least its owner in it.
            let is_read = attributes.get(copied.attribute).is_some_and(|copy| !is_empty(copy));
            attributes.remove(if changes || !is_read { copied.attribute } else { source });
        }
        copies
    }

    fn read(&self, address: &Address, raw: Option<&'a RawValue>) -> Option<Json<'a>> {
        let raw = raw?;
        let read =
            if self.shared.asked.everything { Json::read(raw) } else { Json::read_without(raw, is_unread) };
        match read {
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

/// Whether a value is a list without elements.
fn is_empty(value: &Value) -> bool {
    value.as_sequence().is_some_and(|(elements, more)| elements.is_empty() && more.is_none())
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
