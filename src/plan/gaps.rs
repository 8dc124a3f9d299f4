//! What a plan leaves out: resources of the configuration without an instance.
//!
//! Enters: the configuration and what was planned. Leaves: gaps. A plan that says it is complete has none; a
//! plan that does not say so (OpenTofu, old versions) has one for each resource that must have an instance,
//! since nothing repeats it (plan-format.md 8).

use std::collections::BTreeSet;

use super::configuration::{Configuration, Module, Resource};
use super::json::Json;
use super::references::{End, Scope, Tracer};
use super::unknowns::after_apply;
use crate::address::{Address, Key, Mode, ModulePath, Path};
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
}

impl<'a> Search<'_, 'a> {
    /// Searches the whole configuration.
    pub(super) fn run(&mut self, section: &Configuration<'a>) {
        if self.coverage != Coverage::Whole {
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
            None => self.gaps.push(self.unread(address, None)),
        }
    }

    fn gap(&mut self, resource: &Resource<'a>, address: &Address) {
        self.gaps.push(self.unread(address, self.handed(resource, address)));
    }

    fn unread(&self, address: &Address, handed: Option<Vec<Value>>) -> Gap {
        Gap {
            what: Cause::NotPlanned(address.clone()),
            types: vec![address.resource_type.clone()],
            handed,
            within: address.module.clone(),
            span: Some(self.span),
        }
    }

    /// What the resource refers to; `None` when that cannot be told.
    fn handed(&self, resource: &Resource<'a>, address: &Address) -> Option<Vec<Value>> {
        let Json::Object(entries) = resource.expressions.get() else { return None };
        let scope = Scope {
            module: address.module.clone(),
            repetition: Some(&resource.repetition),
            key: Key::Unknown,
            siblings: &[],
        };
        let mut handed = Vec::new();
        let mut lost = false;
        for node in entries.values() {
            self.tracer.steps.set(0);
            for end in self.tracer.expression(node, &scope, 0).into_iter().flat_map(|found| found.ends) {
                match end {
                    End::Known(value) => handed.push(value),
                    End::At(of, path) => {
                        let path = if path.is_empty() { Path::attribute("id") } else { path };
                        handed.push(after_apply(&of, &path));
                    }
                    End::Lost(_) => lost = true,
                }
            }
        }
        let found = handed.iter().any(|value| value.as_unknown().is_some());
        if lost && !found { None } else { Some(handed) }
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
