//! The whole model of a root module.
//!
//! Enters: an evaluator. Leaves: a [`Model`] with the instances that somebody asks for, the gaps, and every
//! diagnostic.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::{Evaluator, ModuleInstance, Scope, address_of};
use crate::address::{Address, ModulePath, Name, Path, PathStep, Reference, Subject};
use crate::config::Child;
use crate::model::{Fate, Gap, Instance, Model, Want};
use crate::source::{Diagnostic, Span};
use crate::value::{Cause, Data, MappingKind, Unknown, Value};

/// A model, and what must not be quoted.
#[derive(Debug)]
pub struct Built {
    /// The model.
    pub model: Model,
    /// The places where sensitive values were written.
    pub sensitive: Vec<Span>,
}

/// Something that decides no attribute and no output, but is decided by values all the same.
#[derive(Debug)]
pub struct Aside {
    /// The module instance that it stands in.
    pub module: ModulePath,
    /// Its value; none where it cannot be computed.
    pub value: Option<Value>,
}

impl Evaluator<'_> {
    /// Evaluates conditions, and the arguments of providers, provisioners and connections, of the root module
    /// and everything below it, in the order of the files.
    #[must_use]
    pub fn asides(&self) -> Vec<Aside> {
        let mut asides = Vec::new();
        self.collect_asides(&self.root_instance(), &mut asides);
        asides
    }

    fn collect_asides(&self, module: &Rc<ModuleInstance>, into: &mut Vec<Aside>) {
        let scope = Scope::of(module, None);
        into.extend(
            module
                .node
                .module
                .asides
                .iter()
                .map(|aside| Aside { module: module.path.clone(), value: self.evaluate(aside, &scope).ok() }),
        );
        for (name, child) in &module.node.children {
            if let Child::Found(_) = child
                && let Some(calls) = self.calls(module, name)
            {
                calls.instances.iter().for_each(|(_, child)| self.collect_asides(child, into));
            }
        }
    }

    /// Evaluates the root module and everything below it. `want` says what is asked of a type; `outputs`
    /// whether the root's outputs are.
    #[must_use]
    pub fn build(self, want: &dyn Fn(&str) -> Want, outputs: bool) -> Built {
        let mut model = Model::default();
        let root = self.root_instance();
        self.collect(&root, want, &mut model);
        if outputs {
            let names: Vec<Name> = root.node.module.outputs.keys().cloned().collect();
            for name in names {
                if let Some(value) = self.output(&root, &name) {
                    model.outputs.insert(name, value);
                }
            }
        }
        model.gaps = self.gaps.into_inner();
        let reported: BTreeSet<Diagnostic> = self.diagnostics.into_inner();
        model.diagnostics = reported.into_iter().collect();
        Built { model, sensitive: self.sensitive.into_inner().into_iter().collect() }
    }

    fn collect(&self, module: &Rc<ModuleInstance>, want: &dyn Fn(&str) -> Want, model: &mut Model) {
        let declared = module.node.module.clone();
        self.lost(module);
        for (key, resource) in &declared.resources {
            let wanted = want(&key.1);
            if wanted == Want::Nothing {
                continue;
            }
            let Some(expansion) = self.expansion(module, key) else { continue };
            let provider = self.provider(module, resource);
            for expanded in &expansion.instances {
                let address = address_of(&module.path, key, expanded.key.clone());
                let attributes = match wanted {
                    Want::Attributes | Want::Referred => self.resource(module, key, expanded),
                    Want::Presence | Want::Nothing => Value::object(std::collections::BTreeMap::new()),
                };
                let unknown = module.exists_unknown.clone().or_else(|| expanded.unknown.clone());
                let instance = Instance {
                    address: address.clone(),
                    provider: provider.clone(),
                    attributes,
                    exists: module.exists.and(expanded.exists),
                    exists_unknown: unknown,
                    fate: Fate::Stays,
                    span: Some(resource.header),
                    call_span: module.call_span,
                    copies: Vec::new(),
                    ignore_changes: resource.ignore_changes.clone(),
                };
                model.instances.insert(address, Arc::new(instance));
            }
        }
        for (name, call) in &declared.calls {
            match module.node.children.get(name) {
                Some(Child::Found(_)) => {
                    if let Some(calls) = self.calls(module, name) {
                        for (_, child) in &calls.instances {
                            self.collect(child, want, model);
                        }
                    }
                }
                Some(Child::Missing) | None => {
                    let reference =
                        Reference { module: module.path.clone(), subject: Subject::Module(name.clone()) };
                    let handed = self.handed(module, call);
                    self.gaps.borrow_mut().push(Gap {
                        what: Cause::Module(reference),
                        types: Vec::new(),
                        handed,
                        within: module.path.clone(),
                        span: Some(call.header),
                    });
                }
            }
        }
    }

    /// The scalar values that a module which is not installed was handed; `None` when they cannot be read.
    fn handed(&self, module: &Rc<ModuleInstance>, call: &crate::config::Call) -> Option<Vec<Value>> {
        if call.for_each.is_some() || call.count.is_some() {
            return None;
        }
        let scope = Scope::of(module, None);
        let mut handed = Vec::new();
        for (argument, _) in call.arguments.values() {
            let value = self.evaluate(argument, &scope).ok()?;
            flatten(&value, &mut handed);
        }
        Some(handed)
    }

    /// Blocks that could not be read may be anything that their header says.
    fn lost(&self, module: &Rc<ModuleInstance>) {
        // Blocks that may hold the same are one gap.
        let mut seen: BTreeSet<Vec<Name>> = BTreeSet::new();
        for lost in &module.node.module.lost {
            let types: Vec<Name> = match lost.header.first().map(|word| &**word) {
                Some("resource") => lost.header.get(1).cloned().into_iter().collect(),
                Some("module") | None => Vec::new(),
                Some(_) => continue,
            };
            if !seen.insert(types.clone()) {
                continue;
            }
            self.gaps.borrow_mut().push(Gap {
                what: Cause::Invalid("a block that does not parse".into()),
                types,
                handed: None,
                within: module.path.clone(),
                span: Some(lost.span),
            });
        }
    }
}

/// The names that a resource has without being given them.
fn names_of(of: &Address, path: &Path) -> impl Iterator<Item = Value> {
    ["id", "arn"].into_iter().map(move |name| {
        Value::unknown(Unknown::attribute(of.clone(), path.then(PathStep::Attribute(name.into()))))
    })
}

/// The scalars inside a value.
fn flatten(value: &Value, into: &mut Vec<Value>) {
    match &value.data {
        Data::Null(_) | Data::Bool(_) | Data::Number(_) => {}
        Data::String(_) => into.push(value.clone()),
        Data::Unknown(unknown) => {
            into.push(value.clone());
            // All instances of a resource, of which the number is not known.
            if let Some((of, path)) = unknown.identity.as_ref().filter(|(_, path)| path.is_empty()) {
                into.extend(names_of(of, path));
            }
        }
        Data::Sequence(_, elements, more) => {
            for element in elements.iter() {
                flatten(element, into);
            }
            if let Some(more) = more {
                into.push(Value::new(Data::Unknown(Arc::new(Unknown::because(more.cause.clone())))));
            }
        }
        Data::Mapping(kind, entries) => {
            // Who is handed a whole resource can name it by what is not written, too.
            if let MappingKind::Block(owner) = kind
                && owner.1.is_empty()
            {
                into.extend(names_of(&owner.0, &owner.1));
            }
            for entry in entries.values() {
                flatten(entry, into);
            }
        }
    }
}
