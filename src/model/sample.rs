//! Models for tests, out of a compact notation.
//!
//! JSON with an object per address. In it stand for a value: `"@aws_vpc.v.id"` an attribute of another
//! instance, `"?name"` a variable without a value, `"%name"` an output of a module that is not installed, and
//! `"~"` after an element further ones that depend on a variable. `_provider` holds the arguments of a
//! provider configuration of its own. An address that ends in `[*]` stands for an unknown number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Fate, Gap, Instance, Model, Provider};
use crate::address::{Address, Key, Mode, ModulePath, Path, Reference, Subject};
use crate::truth::Truth;
use crate::value::{Cause, Data, Number, SequenceKind, Unknown, Value};

/// Reads a model.
pub(crate) fn model(text: &str) -> Model {
    let document: serde_json::Value =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let instances = document.as_object().unwrap().iter().map(|(name, attributes)| instance(name, attributes));
    Model {
        instances: instances.map(|instance| (instance.address.clone(), Arc::new(instance))).collect(),
        ..Model::default()
    }
}

/// A module that is not installed and was handed these values.
pub(crate) fn gap(name: &str, handed: Option<&str>) -> Gap {
    Gap {
        what: Cause::Module(module(name)),
        types: Vec::new(),
        handed: handed.map(|text| vec![value(&serde_json::from_str(text).unwrap())]),
        within: ModulePath::root(),
        span: None,
    }
}

/// The address that a text says.
pub(crate) fn address(text: &str) -> Address {
    let (of, rest) = split(text);
    assert!(rest.is_empty(), "{text}");
    of
}

fn instance(name: &str, attributes: &serde_json::Value) -> Instance {
    let address = address(name);
    let mut entries = BTreeMap::new();
    let mut provider = Provider {
        source: "hashicorp/aws".into(),
        key: "aws".into(),
        arguments: Value::object(BTreeMap::new()),
        version: None,
    };
    for (name, written) in attributes.as_object().unwrap() {
        if name == "_provider" {
            provider.arguments = value(written);
            provider.key = written.to_string().into();
        } else {
            entries.insert(name.as_str().into(), value(written));
        }
    }
    let doubtful = address.key == Key::Unknown;
    Instance {
        exists: if doubtful { Truth::Unknown } else { Truth::True },
        exists_unknown: doubtful.then(|| Arc::new(Unknown::because(variable("count")))),
        address,
        provider: Arc::new(provider),
        attributes: Value::object(entries),
        fate: Fate::Stays,
        span: None,
        call_span: None,
        copies: Vec::new(),
        ignore_changes: Vec::new(),
    }
}

fn variable(name: &str) -> Cause {
    Cause::Variable(Reference { module: ModulePath::root(), subject: Subject::Variable(name.into()) })
}

fn module(name: &str) -> Reference {
    Reference { module: ModulePath::root(), subject: Subject::Module(name.into()) }
}

/// A value as it is written in a sample.
pub(crate) fn value(written: &serde_json::Value) -> Value {
    match written {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(value) => Value::bool(*value),
        serde_json::Value::Number(number) => Value::number(Number::parse(&number.to_string()).unwrap()),
        serde_json::Value::String(text) => string(text),
        serde_json::Value::Array(elements) => {
            let further = elements.last().is_some_and(|last| last == "~");
            let shown = elements.len() - usize::from(further);
            let more = further.then(|| Arc::new(Unknown::because(variable("more"))));
            let elements: Vec<Value> = elements.iter().take(shown).map(value).collect();
            Value::new(Data::Sequence(SequenceKind::Tuple, elements.into(), more))
        }
        serde_json::Value::Object(entries) => {
            Value::object(entries.iter().map(|(name, entry)| (name.as_str().into(), value(entry))).collect())
        }
    }
}

fn string(text: &str) -> Value {
    if let Some(reference) = text.strip_prefix('@') {
        let (of, path) = split(reference);
        let path = Path::from(path);
        let mut unknown = Unknown::attribute(of.clone(), path.clone());
        if of.mode == Mode::Data {
            unknown.cause = Cause::Data { of, path };
        }
        Value::unknown(unknown)
    } else if let Some(name) = text.strip_prefix('?') {
        let named = Reference { module: ModulePath::root(), subject: Subject::Variable(name.into()) };
        Value::unknown(Unknown { named: Some((named, Path::empty())), ..Unknown::because(variable(name)) })
    } else if let Some(name) = text.strip_prefix('%') {
        Value::unknown(Unknown::because(Cause::Module(module(name))))
    } else {
        Value::string(text)
    }
}

/// Splits `aws_vpc.v[0].id` into the address and the path behind it.
fn split(text: &str) -> (Address, &str) {
    let (mode, rest) = match text.strip_prefix("data.") {
        Some(rest) => (Mode::Data, rest),
        None => (Mode::Managed, text),
    };
    let (resource_type, rest) = rest.split_once('.').unwrap();
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let (key, rest) = match rest.strip_prefix('[') {
        None => (Key::None, rest),
        Some(rest) => {
            let (key, rest) = rest.split_once(']').unwrap();
            let key = match key.parse() {
                Ok(index) => Key::Number(index),
                Err(_) if key == "*" => Key::Unknown,
                Err(_) => Key::Text(key.trim_matches('"').into()),
            };
            (key, rest)
        }
    };
    let address = Address {
        module: ModulePath::root(),
        mode,
        resource_type: resource_type.into(),
        name: name.into(),
        key,
    };
    (address, rest.strip_prefix('.').unwrap_or(rest))
}
