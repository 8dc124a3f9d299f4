//! `configuration`: what the resources were written with, as references and constants.
//!
//! Enters: the section of a plan. Leaves: the tree of module *calls* (not instances), each expression still
//! a slice of the document until somebody asks for it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::document::{Wanted, type_of, without_type};
use super::json::{Json, Text};
use super::names;
use crate::address::{Address, Key, Mode, ModulePath};
use crate::model::Want;

/// The section as a whole.
#[derive(Debug, Default)]
pub(super) struct Configuration<'a> {
    /// By key: `aws`, `aws.there`, `module.a.module.b:aws`.
    pub(super) providers: BTreeMap<Cow<'a, str>, ProviderConfig<'a>>,
    /// The root module.
    pub(super) root: Module<'a>,
    /// Whether there was one in it: Terraform always writes it.
    pub(super) has_root: bool,
}

/// A provider configuration.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ProviderConfig<'a> {
    #[serde(borrow)]
    pub(super) full_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) expressions: Option<&'a RawValue>,
}

/// A module as it is called in one place.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    /// By address without module and key: `data.aws_iam_policy_document.site`.
    pub(super) resources: BTreeMap<Cow<'a, str>, Resource<'a>>,
    pub(super) calls: BTreeMap<Cow<'a, str>, Call<'a>>,
    /// The expression of each output.
    pub(super) outputs: BTreeMap<Cow<'a, str>, Lazy<'a>>,
    /// The default of each variable; `None`: it has none.
    pub(super) variables: BTreeMap<Cow<'a, str>, Option<&'a RawValue>>,
}

/// A module call.
#[derive(Debug, Default)]
pub(super) struct Call<'a> {
    pub(super) expressions: Lazy<'a>,
    pub(super) repetition: Repetition<'a>,
    pub(super) module: Module<'a>,
}

/// A resource block.
#[derive(Debug)]
pub(super) struct Resource<'a> {
    pub(super) mode: Mode,
    pub(super) of_type: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    pub(super) provider: Option<Text<'a>>,
    pub(super) expressions: Lazy<'a>,
    pub(super) repetition: Repetition<'a>,
}

/// `count` or `for_each` of a resource or call.
#[derive(Debug, Default)]
pub(super) struct Repetition<'a> {
    pub(super) counted: bool,
    pub(super) for_each: Option<Lazy<'a>>,
}

impl Repetition<'_> {
    /// Whether there is one at all.
    pub(super) const fn is_there(&self) -> bool {
        self.counted || self.for_each.is_some()
    }
}

/// A part that is read when somebody asks for it, once.
#[derive(Debug, Default)]
pub(super) struct Lazy<'a> {
    raw: Option<&'a RawValue>,
    read: OnceLock<Json<'a>>,
}

/// Stands for an expression that is not readable: something is written, nobody knows what.
const UNREADABLE: Json<'static> = Json::Bool(true);

impl<'a> Lazy<'a> {
    const fn new(raw: Option<&'a RawValue>) -> Self {
        Self { raw, read: OnceLock::new() }
    }

    /// The value; null when nothing is written.
    pub(super) fn get(&self) -> &Json<'a> {
        self.read.get_or_init(|| match self.raw {
            Some(raw) => Json::read(raw).unwrap_or(UNREADABLE),
            None => Json::Null,
        })
    }
}

impl<'a> Configuration<'a> {
    /// The module that an instance is one of, with the call that leads to it.
    pub(super) fn module(&self, path: &ModulePath) -> Option<(&Module<'a>, Option<&Call<'a>>)> {
        let mut module = &self.root;
        let mut call = None;
        for step in path.steps() {
            let next = module.calls.get(&*step.name)?;
            module = &next.module;
            call = Some(next);
        }
        Some((module, call))
    }

    /// The block that an instance comes from.
    pub(super) fn resource(&self, address: &Address) -> Option<&Resource<'a>> {
        let local = Address { module: ModulePath::root(), key: Key::None, ..address.clone() };
        self.module(&address.module)?.0.resources.get(local.to_string().as_str())
    }
}

pub(super) struct ConfigurationSeed<'w> {
    pub(super) want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for ConfigurationSeed<'_> {
    type Value = Configuration<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ConfigurationSeed<'_> {
    type Value = Configuration<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a configuration")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut read = Configuration::default();
        while let Some(Text(key)) = entries.next_key()? {
            match &*key {
                "provider_config" => {
                    read.providers = entries
                        .next_value_seed(Entries { one: |_: &str| PhantomData::<ProviderConfig<'de>> })?;
                }
                "root_module" => {
                    read.root = entries.next_value_seed(ModuleSeed { want: self.want })?;
                    read.has_root = true;
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(read)
    }
}

/// Reads an object into a map, each entry by a seed of its own.
struct Entries<F> {
    one: F,
}

impl<'de, S: DeserializeSeed<'de>, F: FnMut(&str) -> S> DeserializeSeed<'de> for Entries<F> {
    type Value = BTreeMap<Cow<'de, str>, S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>, F: FnMut(&str) -> S> Visitor<'de> for Entries<F> {
    type Value = BTreeMap<Cow<'de, str>, S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some(Text(key)) = entries.next_key()? {
            let seed = (self.one)(&key);
            let value = entries.next_value_seed(seed)?;
            read.insert(key, value);
        }
        Ok(read)
    }
}

struct ModuleSeed<'w> {
    want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for ModuleSeed<'_> {
    type Value = Module<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    expression: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Variable<'a> {
    #[serde(borrow, default)]
    default: Defaulted<'a>,
}

/// Tells `"default": null` from no default.
#[derive(Default)]
struct Defaulted<'a>(Option<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Defaulted<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self(Some(raw)))
    }
}

impl<'de> Visitor<'de> for ModuleSeed<'_> {
    type Value = Module<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a module")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut module = Module::default();
        let want = self.want;
        while let Some(Text(key)) = entries.next_key()? {
            match &*key {
                "resources" => module.resources = entries.next_value_seed(ResourcesSeed { want })?,
                "module_calls" => {
                    module.calls = entries.next_value_seed(Entries { one: |_: &str| CallSeed { want } })?;
                }
                "outputs" => {
                    let outputs: BTreeMap<Cow<'de, str>, Output<'de>> =
                        entries.next_value_seed(Entries { one: |_: &str| PhantomData::<Output<'de>> })?;
                    let lazy = outputs.into_iter().map(|(name, output)| (name, Lazy::new(output.expression)));
                    module.outputs = lazy.collect();
                }
                "variables" => {
                    let variables: BTreeMap<Cow<'de, str>, Variable<'de>> =
                        entries.next_value_seed(Entries { one: |_: &str| PhantomData::<Variable<'de>> })?;
                    let defaults = variables.into_iter().map(|(name, variable)| (name, variable.default.0));
                    module.variables = defaults.collect();
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(module)
    }
}

struct CallSeed<'w> {
    want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for CallSeed<'_> {
    type Value = Call<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CallSeed<'_> {
    type Value = Call<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a module call")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut call = Call::default();
        while let Some(Text(key)) = entries.next_key()? {
            match &*key {
                "expressions" => call.expressions = Lazy::new(entries.next_value()?),
                "count_expression" => {
                    entries.next_value::<IgnoredAny>()?;
                    call.repetition.counted = true;
                }
                "for_each_expression" => {
                    call.repetition.for_each = Some(Lazy::new(entries.next_value()?));
                }
                "module" => call.module = entries.next_value_seed(ModuleSeed { want: self.want })?,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(call)
    }
}

#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    address: Text<'a>,
    #[serde(borrow)]
    mode: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    resource_type: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    provider_config_key: Option<Text<'a>>,
    #[serde(borrow)]
    expressions: Option<&'a RawValue>,
    count_expression: Option<IgnoredAny>,
    #[serde(borrow)]
    for_each_expression: Option<&'a RawValue>,
}

struct ResourcesSeed<'w> {
    want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for ResourcesSeed<'_> {
    type Value = BTreeMap<Cow<'de, str>, Resource<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ResourcesSeed<'_> {
    type Value = BTreeMap<Cow<'de, str>, Resource<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut read = BTreeMap::new();
        while let Some(written) = elements.next_element::<Written<'de>>()? {
            let mode = written.mode.as_ref().map_or(Mode::Managed, |word| names::mode(&word.0));
            let resource_type = type_of(written.resource_type.as_ref(), &written.address.0);
            if resource_type.is_empty() {
                return Err(without_type(&written.address));
            }
            if (self.want)(mode, &resource_type) == Want::Nothing {
                continue;
            }
            let resource_type = Cow::Owned(resource_type.into_owned());
            let resource = Resource {
                mode,
                of_type: resource_type,
                name: written.name.map(|name| name.0).unwrap_or_default(),
                provider: written.provider_config_key,
                expressions: Lazy::new(written.expressions),
                repetition: Repetition {
                    counted: written.count_expression.is_some(),
                    for_each: written.for_each_expression.map(|raw| Lazy::new(Some(raw))),
                },
            };
            read.insert(written.address.0, resource);
        }
        Ok(read)
    }
}
