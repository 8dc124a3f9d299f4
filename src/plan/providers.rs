//! Provider configurations of a plan, as resources see them.
//!
//! Enters: `provider_config` and the key that a resource has into it. Leaves: which configuration is meant,
//! with its arguments. A module that inherits silently has a key of its own without expressions; it stands
//! for the nearest one above (plan-format.md 4).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::configuration::{Configuration, ProviderConfig, Resource};
use super::json::{Json, Text};
use super::names::Names;
use super::values::constant;
use crate::address::Name;
use crate::model::Provider;
use crate::value::{Cause, Unknown, Value};

/// Every provider configuration that was asked for.
pub(super) struct Providers<'p, 'a> {
    configuration: Option<&'p Configuration<'a>>,
    found: RefCell<BTreeMap<(Name, Name), Arc<Provider>>>,
}

impl<'p, 'a> Providers<'p, 'a> {
    pub(super) fn new(configuration: Option<&'p Configuration<'a>>) -> Self {
        Self { configuration, found: RefCell::default() }
    }

    /// The configuration that a resource uses; `source` is the full address of its provider.
    pub(super) fn of(
        &self,
        resource: Option<&Resource<'_>>,
        source: Option<&Text<'_>>,
        names: &Names,
    ) -> Arc<Provider> {
        let source = source.map_or("", |Text(source)| source);
        let short = short(source);
        let key = resource.and_then(|resource| resource.provider.as_ref()).map(|Text(key)| key.as_ref());
        let cell: (Name, Name) = (short.into(), key.unwrap_or("").into());
        if let Some(provider) = self.found.borrow().get(&cell) {
            return provider.clone();
        }
        let provider = Arc::new(self.read(short, key, names));
        self.found.borrow_mut().insert(cell, provider.clone());
        provider
    }

    fn read(&self, source: &str, key: Option<&str>, names: &Names) -> Provider {
        let found = self.configuration.and_then(|section| match key {
            Some(key) => Some(declared(section, key)),
            None => only(section, source),
        });
        let (key, arguments) = match found {
            Some((key, Some(config))) => (key, arguments(key, config, names)),
            // One with an alias has a block, which is not in the document.
            Some((key, None)) if key.contains('.') => (key, hidden()),
            Some((key, None)) => (key, BTreeMap::new()),
            None => ("", hidden()),
        };
        Provider {
            source: source.into(),
            key: key.into(),
            arguments: Value::object(arguments),
            version: None,
        }
    }
}

fn arguments(key: &str, config: &ProviderConfig<'_>, names: &Names) -> BTreeMap<Name, Value> {
    let Some(raw) = config.expressions else { return BTreeMap::new() };
    match Json::read(raw) {
        Ok(Json::Object(entries)) => entries
            .iter()
            .map(|(name, node)| (names.get(name), argument(names, node, &format!("provider.{key}.{name}"))))
            .collect(),
        Ok(_) | Err(_) => hidden(),
    }
}

/// An argument: a constant, blocks, or an expression, of which a plan does not show the value.
fn argument(names: &Names, node: &Json<'_>, name: &str) -> Value {
    match node {
        Json::Array(blocks) => {
            Value::tuple(blocks.iter().map(|block| argument(names, block, name)).collect())
        }
        Json::Object(entries) => match entries.get("constant_value") {
            Some(value) => constant(value, names),
            None if entries.is_empty() || entries.get("references").is_some() => {
                Value::unknown(Unknown::because(Cause::Hidden(name.into())))
            }
            None => Value::object(
                entries.iter().map(|(inner, node)| (names.get(inner), argument(names, node, name))).collect(),
            ),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            Value::unknown(Unknown::because(Cause::Hidden(name.into())))
        }
    }
}

/// The arguments of a configuration that is not shown: which account it is in is not known, everything else is
/// as everywhere.
fn hidden() -> BTreeMap<Name, Value> {
    let cause = Cause::Hidden("the provider configuration".into());
    [("profile".into(), Value::unknown(Unknown::because(cause)))].into()
}

/// `hashicorp/aws` out of `registry.terraform.io/hashicorp/aws`: the host differs between programs.
fn short(source: &str) -> &str {
    match source.rmatch_indices('/').nth(1) {
        Some((at, _)) => source.get(at + 1..).unwrap_or(source),
        None => source,
    }
}

/// The key of the declared configuration that a key stands for, and what is declared there.
fn declared<'c, 'a>(
    section: &'c Configuration<'a>,
    key: &'c str,
) -> (&'c str, Option<&'c ProviderConfig<'a>>) {
    let mut current = key;
    loop {
        let config = section.providers.get(current);
        let Some((module, local)) = current.rsplit_once(':') else { return (current, config) };
        let inherits = config.is_none_or(|config| config.expressions.is_none());
        if !inherits {
            return (current, config);
        }
        // The same name one module further up; in the end the root's, which has no module before it.
        let above = module.rsplit_once(".module.").map(|(above, _)| above);
        let next = section.providers.keys().find(|other| match (other.rsplit_once(':'), above) {
            (Some((module, name)), Some(above)) => module == above && name == local,
            (None, None) => ***other == *local,
            (_, _) => false,
        });
        match (next, above) {
            (Some(next), _) => current = next,
            (None, Some(above)) => {
                // Nothing of that name there; look further up.
                let mut path = above;
                loop {
                    let candidate = section.providers.keys().find(|other| {
                        other.rsplit_once(':').is_some_and(|(module, name)| module == path && name == local)
                    });
                    if let Some(candidate) = candidate {
                        current = candidate;
                        break;
                    }
                    match path.rsplit_once(".module.") {
                        Some((shorter, _)) => path = shorter,
                        None => return (local, section.providers.get(local)),
                    }
                }
            }
            (None, None) => return (local, None),
        }
    }
}

/// The only configuration of a provider, for a resource that is no longer in the configuration.
fn only<'c, 'a>(
    section: &'c Configuration<'a>,
    source: &str,
) -> Option<(&'c str, Option<&'c ProviderConfig<'a>>)> {
    let mut keys = section.providers.iter().filter(|(key, config)| {
        let full = config.full_name.as_ref().map_or("", |Text(full)| full);
        short(full) == source && (config.expressions.is_some() || !key.contains(':'))
    });
    match (keys.next(), keys.next()) {
        (Some((key, config)), None) => Some((key, Some(config))),
        (_, _) => None,
    }
}
