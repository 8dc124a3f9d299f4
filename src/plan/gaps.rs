//! What a plan leaves out: resources of the configuration without an instance.
//!
//! Enters: the configuration and what was planned. Leaves: gaps. A plan that says it is complete has none; a
//! plan that does not say so (OpenTofu, old versions) has one for each resource that must have an instance,
//! since nothing repeats it (plan-format.md 8).

use std::collections::BTreeSet;

use super::configuration::{Configuration, Module, Resource};
use super::handed::Handed;
use super::references::Tracer;
use crate::address::{Address, Key, Mode, ModulePath};
use crate::model::Gap;
use crate::source::Span;
use crate::value::{Cause, Value};

/// How much of the configuration a plan covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    /// It says that nothing is left out.
    Whole,
    /// It says that something is.
    Partial,
    /// It does not say.
    Silent,
}

/// Finds what was left out on the side after.
pub(super) struct Search<'g, 'a> {
    pub(super) tracer: &'g Tracer<'g, 'a>,
    pub(super) coverage: Coverage,
    pub(super) span: Span,
    pub(super) gaps: Vec<Gap>,
    /// How many values were found that modules are handed.
    pub(super) handed: usize,
}

/// The most of these; what comes after them may refer to anything.
const MOST_HANDED: usize = 10_000;

impl<'a> Search<'_, 'a> {
    /// Searches the whole configuration. One that is not in the document, or not all of it, may hold anything.
    pub(super) fn run(&mut self, section: Option<&Configuration<'a>>) {
        if self.coverage == Coverage::Partial && (section.is_none() || self.lacks_blocks()) {
            self.gaps.push(Gap {
                what: Cause::NotPlanned("configuration".into()),
                types: Vec::new(),
                handed: None,
                within: ModulePath::root(),
                span: Some(self.span),
            });
        }
        if let Some(section) = section
            && self.coverage != Coverage::Whole
        {
            self.module(&section.root, &ModulePath::root(), false);
        }
    }

    fn module(&mut self, module: &Module<'a>, path: &ModulePath, repeated: bool) {
        let entries = self.tracer.entries;
        for resource in module.resources.values().filter(|resource| resource.mode == Mode::Managed) {
            let address = Address {
                module: path.clone(),
                mode: resource.mode,
                resource_type: (&*resource.of_type).into(),
                name: (&*resource.name).into(),
                key: Key::None,
            };
            let must = !repeated && !resource.repetition.is_there();
            let missing = entries.keys_of_resource(&address).is_empty();
            if missing && (must || self.coverage == Coverage::Partial) {
                self.gap(resource, &address);
            }
        }
        for (name, call) in &module.calls {
            let present = entries.keys_of_call(path, name);
            let repeats = repeated || call.repetition.is_there();
            let instances = match (present, call.repetition.is_there()) {
                ([], false) => &[Key::None],
                ([], true) => &[Key::Unknown],
                (present, _) => present,
            };
            for key in instances {
                self.module(&call.module, &path.child((&**name).into(), key.clone()), repeats);
            }
        }
    }

    /// Adds what the plan puts off: a resource of which other instances may have been planned.
    pub(super) fn deferred(&mut self, section: Option<&Configuration<'a>>, address: &Address) {
        match section.and_then(|section| section.resource(address)) {
            Some(resource) => self.gap(resource, address),
            // What its module is handed is not known either.
            None => self.gaps.push(Gap { within: ModulePath::root(), ..self.unread(address, None) }),
        }
    }

    fn gap(&mut self, resource: &Resource<'a>, address: &Address) {
        let handed = Handed::to_resource(self.tracer, resource, address);
        let read = handed.is_some();
        self.gaps.push(self.unread(address, handed));
        if !read {
            self.handed_to_module(address);
        }
    }

    /// Adds what a resource may refer to through the module that it stands in.
    fn handed_to_module(&mut self, address: &Address) {
        let mut module = address.module.clone();
        while let (Some(parent), Some(step)) = (module.parent(), module.steps().last()) {
            if self.handed > MOST_HANDED {
                self.gaps.push(Gap { within: ModulePath::root(), ..self.unread(address, None) });
                return;
            }
            let call = self.tracer.configuration.and_then(|section| section.module(&module)?.1);
            let siblings = self.tracer.entries.keys_of_call(&parent, &step.name);
            let handed =
                call.map(|call| Handed::to_module(self.tracer, call, (&parent, &step.key), siblings));
            let (values, all) = handed.unwrap_or_default();
            self.handed += 1 + values.len();
            self.gaps.push(self.unread(address, Some(values)));
            if all {
                return;
            }
            self.gaps.push(Gap { within: parent.clone(), ..self.unread(address, None) });
            module = parent;
        }
    }

    /// Whether a resource that the plan makes or keeps has no block in the configuration.
    fn lacks_blocks(&self) -> bool {
        let is_block = |address: &Address| {
            self.tracer.configuration.is_some_and(|section| section.resource(address).is_some())
        };
        let mut made = self.tracer.entries.iter().filter(|(_, entry)| entry.written);
        made.any(|(address, _)| address.mode == Mode::Managed && !is_block(address))
    }

    fn unread(&self, address: &Address, handed: Option<Vec<Value>>) -> Gap {
        Gap {
            what: Cause::NotPlanned(address.to_string().into()),
            types: vec![address.resource_type.clone()],
            handed,
            within: address.module.clone(),
            span: Some(self.span),
        }
    }
}

/// The addresses of all managed resources of a configuration, without keys.
pub(super) fn declared(section: &Configuration<'_>) -> BTreeSet<Address> {
    let mut found = BTreeSet::new();
    let mut open: Vec<(&Module<'_>, ModulePath)> = vec![(&section.root, ModulePath::root())];
    while let Some((module, path)) = open.pop() {
        for resource in module.resources.values().filter(|resource| resource.mode == Mode::Managed) {
            found.insert(Address {
                module: path.clone(),
                mode: resource.mode,
                resource_type: (&*resource.of_type).into(),
                name: (&*resource.name).into(),
                key: Key::None,
            });
        }
        open.extend(
            module.calls.iter().map(|(name, call)| (&call.module, path.child((&**name).into(), Key::None))),
        );
    }
    found
}
