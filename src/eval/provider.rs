//! Provider configurations as resources see them.
//!
//! Enters: a resource block. Leaves: which configuration it uses, with its arguments evaluated where they are
//! declared.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::{Cell, Evaluator, ModuleInstance, Scope};
use crate::address::{Address, Key, Mode, Name, Path};
use crate::config::{Resource, providers};
use crate::model::Provider;
use crate::value::{Cause, Unknown, Value};

impl Evaluator<'_> {
    /// The provider configuration of a resource.
    pub(super) fn provider(&self, module: &Rc<ModuleInstance>, resource: &Resource) -> Arc<Provider> {
        let cell: Name = match &resource.provider {
            Some(reference) => match &reference.alias {
                Some(alias) => format!("{}.{alias}", reference.name).into(),
                None => reference.name.clone(),
            },
            None => providers::implied_name(&resource.resource_type).into(),
        };
        if let Some(Cell::Done(provider)) = module.providers.borrow().get(&cell) {
            return provider.clone();
        }
        let provider = Arc::new(self.find_provider(module, resource));
        module.providers.borrow_mut().insert(cell, Cell::Done(provider.clone()));
        provider
    }

    fn find_provider(&self, module: &Rc<ModuleInstance>, resource: &Resource) -> Provider {
        let calls: Vec<Name> = module.path.steps().iter().map(|step| step.name.clone()).collect();
        let Some(found) = providers::of_resource(&self.root.node, &calls, resource) else {
            let cause = Cause::Invalid("provider configuration".into());
            return Provider {
                source: "".into(),
                key: "".into(),
                arguments: Value::unknown(Unknown::because(cause)),
                version: None,
            };
        };
        let mut declaring = module.clone();
        for _ in found.module.len()..calls.len() {
            if let Some(caller) = &module_caller(&declaring) {
                declaring = caller.clone();
            }
        }
        let mut key = declaring.path.to_string();
        if !key.is_empty() {
            key.push('.');
        }
        key.push_str(&found.source);
        if let Some(alias) = &found.reference.alias {
            key.push('.');
            key.push_str(alias);
        }
        let arguments = match found.block {
            Some(block) => {
                let address = Address {
                    module: declaring.path.clone(),
                    mode: Mode::Managed,
                    resource_type: "provider".into(),
                    name: found.reference.name.clone(),
                    key: Key::None,
                };
                let scope = Scope::of(&declaring, None);
                let entries = self.body_entries(&block.block.body, &scope, &address, &Path::empty());
                Value::object(entries)
            }
            // An alias is declared somewhere: handed in by whoever calls this root, or in a block that was lost.
            None if found.reference.alias.is_some() || has_lost_provider(&declaring) => {
                let alias = found.reference.alias.iter().map(|alias| format!(".{alias}"));
                let name = format!("provider.{}{}", found.reference.name, alias.collect::<String>());
                let cause = Cause::Undeclared(name.into());
                Value::unknown(Unknown::because(cause))
            }
            None => Value::object(BTreeMap::new()),
        };
        let version = self.root.locked.get(&found.source).cloned();
        Provider { source: found.source, key: key.into(), arguments, version }
    }
}

/// Whether a `provider` block of the module could not be read.
fn has_lost_provider(module: &ModuleInstance) -> bool {
    let lost = &module.node.module.lost;
    lost.iter().any(|lost| lost.header.first().is_none_or(|word| &**word == "provider"))
}

fn module_caller(module: &Rc<ModuleInstance>) -> Option<Rc<ModuleInstance>> {
    module.caller.as_ref().map(|caller| caller.instance.clone())
}
