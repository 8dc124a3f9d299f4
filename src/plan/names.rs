//! Addresses and references as the JSON of a plan writes them.
//!
//! Enters: `module.site["a.b"].aws_s3_bucket.this[0].id`. Leaves: its parts. Dots and brackets may stand
//! inside of keys, so nothing is split by a bare dot.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::address::{Address, Key, Mode, ModulePath, Name};

/// Shared names and module paths: the same ones occur in every instance.
#[derive(Debug, Default)]
pub(super) struct Names {
    #[allow(
        clippy::disallowed_types,
        reason = "nothing iterates over it, and it is asked for every attribute"
    )]
    known: RefCell<std::collections::HashSet<Name>>,
    /// Module instances, as they are printed.
    modules: RefCell<BTreeMap<String, ModulePath>>,
    /// That of the address that was read last: its neighbours share it.
    last: RefCell<(String, ModulePath)>,
}

impl Names {
    /// The shared one of a name.
    pub(super) fn get(&self, text: &str) -> Name {
        if let Some(name) = self.known.borrow().get(text) {
            return name.clone();
        }
        let name = Name::from(text);
        self.known.borrow_mut().insert(name.clone());
        name
    }

    /// Reads the address of a resource instance.
    pub(super) fn address(&self, text: &str) -> Option<Address> {
        let (shared, local) = self.last_module(text).unwrap_or((ModulePath::root(), text));
        let parts = split(local)?;
        let (own, rest) = module_of(&parts);
        let module = if own.is_root() { shared } else { self.module(&own) };
        let (mode, rest) = mode_of(rest);
        let [resource_type, name] = rest else { return None };
        let key = name.keys.first().map_or(Key::None, |key| self.key(key));
        Some(Address {
            module,
            mode,
            resource_type: self.get(resource_type.name),
            name: self.get(name.name),
            key,
        })
    }

    /// The shared one of a module path.
    fn module(&self, path: &ModulePath) -> ModulePath {
        let printed = path.to_string();
        let mut modules = self.modules.borrow_mut();
        let shared = modules.entry(printed.clone()).or_insert_with(|| {
            let steps = path.steps().iter();
            steps.fold(ModulePath::root(), |path, step| path.child(self.get(&step.name), self.key(&step.key)))
        });
        *self.last.borrow_mut() = (printed, shared.clone());
        shared.clone()
    }

    fn key(&self, key: &Key) -> Key {
        match key {
            Key::Text(text) => Key::Text(self.get(text)),
            Key::None | Key::Number(_) | Key::Unknown | Key::Former(_) => key.clone(),
        }
    }

    /// The module that was read last and what stands behind it in an address of one of its own resources.
    fn last_module<'t>(&self, text: &'t str) -> Option<(ModulePath, &'t str)> {
        let last = self.last.borrow();
        let behind = text.strip_prefix(&*last.0)?.strip_prefix('.')?;
        (!behind.starts_with("module.")).then(|| (last.1.clone(), behind))
    }
}

/// One part of a dotted name: `aws_s3_bucket`, `this[0]`, `site["a.b"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part<'t> {
    /// The name.
    pub(super) name: &'t str,
    /// The keys behind it.
    pub(super) keys: Vec<Key>,
}

/// Splits a dotted name; `None` when it is not one.
pub(super) fn split(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, mut behind) = rest.split_at_checked(end)?;
        if name.is_empty() {
            return None;
        }
        let mut keys = Vec::new();
        while let Some(inside) = behind.strip_prefix('[') {
            let (key, after) = key(inside)?;
            keys.push(key);
            behind = after;
        }
        parts.push(Part { name, keys });
        match behind.strip_prefix('.') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

/// Reads a key and its closing bracket.
fn key(text: &str) -> Option<(Key, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (digits, rest) = text.split_once(']')?;
        let key = digits.parse().map_or(Key::Unknown, Key::Number);
        return Some((key, rest));
    };
    let mut read = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let rest = quoted.get(at + 1..)?.strip_prefix(']')?;
                return Some((Key::Text(read.into()), rest));
            }
            '\\' => match characters.next()?.1 {
                'n' => read.push('\n'),
                'r' => read.push('\r'),
                't' => read.push('\t'),
                escape @ ('u' | 'U') => {
                    let length = if escape == 'u' { 4 } else { 8 };
                    let digits: String = characters.by_ref().take(length).map(|(_, digit)| digit).collect();
                    let code = u32::from_str_radix(&digits, 16).ok()?;
                    read.push(char::from_u32(code)?);
                }
                other => read.push(other),
            },
            // `$${` and `%%{` stand for `${` and `%{`.
            '$' | '%' => {
                read.push(character);
                let doubled = characters.peek().is_some_and(|(_, next)| *next == character);
                if doubled && quoted.get(at + 2..).is_some_and(|rest| rest.starts_with('{')) {
                    characters.next();
                }
            }
            other => read.push(other),
        }
    }
    None
}

/// The module path at the beginning of some parts, and the parts behind it.
pub(super) fn module_of<'p, 't>(parts: &'p [Part<'t>]) -> (ModulePath, &'p [Part<'t>]) {
    let mut path = ModulePath::root();
    let mut rest = parts;
    while let [module, call, behind @ ..] = rest {
        if module.name != "module" || !module.keys.is_empty() {
            break;
        }
        path = path.child(call.name.into(), call.keys.first().cloned().unwrap_or(Key::None));
        rest = behind;
    }
    (path, rest)
}

/// The mode that the first part says, and the parts behind it.
pub(super) fn mode_of<'p, 't>(parts: &'p [Part<'t>]) -> (Mode, &'p [Part<'t>]) {
    match parts {
        [first, rest @ ..] if first.name == "data" && first.keys.is_empty() => (Mode::Data, rest),
        [first, rest @ ..] if first.name == "ephemeral" && first.keys.is_empty() => (Mode::Ephemeral, rest),
        _ => (Mode::Managed, parts),
    }
}

/// The mode by its word.
pub(super) fn mode(word: &str) -> Mode {
    match word {
        "data" => Mode::Data,
        "ephemeral" => Mode::Ephemeral,
        _ => Mode::Managed,
    }
}

/// Whether `shorter` is the beginning of a traversal: `aws_s3_bucket.this` of `aws_s3_bucket.this[0].id`.
pub(super) fn shortens(shorter: &str, longer: &str) -> bool {
    longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_printed() {
        let names = Names::default();
        for text in [
            "aws_s3_bucket.site",
            "module.site[\"shut \\\"q\\\"\"].aws_s3_bucket.this[0]",
            "module.site[\"shut \\\"q\\\"\"].aws_s3_bucket.this[1]",
            "module.site[\"shut \\\"q\\\"\"].module.inner.data.aws_s3_bucket.this",
            "module.site.aws_s3_bucket.this",
            "module.a.module.b[\"x.y[0]\"].data.aws_iam_policy_document.p[\"$${k}\"]",
            "aws_s3_bucket.this[\"a\\\\b\"]",
        ] {
            assert_eq!(names.address(text).unwrap().to_string(), text);
        }
        for text in ["", "aws_s3_bucket", "a..b", "a.b[\"", "a.b.c.d", "module.a"] {
            assert_eq!(names.address(text), None, "{text}");
        }
    }

    #[test]
    fn a_shorter_reference_ends_at_a_step() {
        assert!(shortens("a.b", "a.b[0].id") && shortens("a.b", "a.b.c"));
        assert!(!shortens("a.b", "a.bc") && !shortens("a.b", "a.b"));
    }
}
