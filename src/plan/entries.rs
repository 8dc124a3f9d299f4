//! The instances of one side of a plan as the document has them, in order of their addresses.
//!
//! Enters: what was read of resources and changes. Leaves: a sorted list. It is kept as one, since there are
//! many and each is looked up by its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::value::RawValue;

use super::json::Text;
use crate::address::{Address, Key, ModulePath};
use crate::model::Fate;
use crate::truth::Truth;

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
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    sorted: Vec<(Address, Entry<'a>)>,
    keys: OnceLock<Keys>,
}

/// The keys of what is there.
#[derive(Debug, Default)]
struct Keys {
    /// The places of instances that are not deleted.
    places: Vec<usize>,
    /// The keys of these.
    resources: Vec<Key>,
    /// By the path of a module call without its own key.
    calls: BTreeMap<ModulePath, Vec<Key>>,
}

impl Keys {
    fn add_module(&mut self, module: &ModulePath) {
        let mut path = module.clone();
        while let (Some(parent), Some(step)) = (path.parent(), path.steps().last()) {
            let keys = self.calls.entry(parent.child(step.name.clone(), Key::None)).or_default();
            if keys.last() == Some(&step.key) {
                return;
            }
            keys.push(step.key.clone());
            path = parent;
        }
    }
}

impl<'a> Entries<'a> {
    /// Sorts entries; of those with one address the first counts.
    pub(super) fn new(mut sorted: Vec<(Address, Entry<'a>)>) -> Self {
        sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
        sorted.dedup_by(|(next, _), (one, _)| next == one);
        sorted.shrink_to_fit();
        Self { sorted, keys: OnceLock::new() }
    }

    /// Sorts entries that have an address each; returns one that several have.
    pub(super) fn unique(mut entries: Vec<(Address, Entry<'a>)>) -> Result<Self, Address> {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        let twice = entries.iter().zip(entries.iter().skip(1)).find(|((one, _), (next, _))| one == next);
        match twice {
            Some(((address, _), _)) => Err(address.clone()),
            None => Ok(Self::new(entries)),
        }
    }

    /// The entry of an address, to be changed.
    pub(super) fn get_mut(&mut self, address: &Address) -> Option<&mut Entry<'a>> {
        let place = self.place(address)?;
        self.sorted.get_mut(place).map(|(_, entry)| entry)
    }

    /// Leaves out some entries.
    pub(super) fn leave_out(&mut self, some: &BTreeSet<Address>) {
        if !some.is_empty() {
            self.sorted.retain(|(address, _)| !some.contains(address));
        }
    }

    /// The entries, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Address, Entry<'a>)> {
        self.sorted.iter()
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The keys of the instances of a resource, in order. `any`: the address of one, whatever its key.
    pub(super) fn keys_of_resource(&self, any: &Address) -> &[Key] {
        let keys = self.keys();
        let with = |place: &usize| self.sorted.get(*place).map(|(address, _)| address);
        let first = any.with_key(Key::None);
        let start = keys.places.partition_point(|place| with(place).is_some_and(|address| *address < first));
        let behind = keys.places.get(start..).unwrap_or_default();
        let count =
            behind.iter().take_while(|place| with(place).is_some_and(|address| address.same_resource(any)));
        keys.resources.get(start..start + count.count()).unwrap_or_default()
    }

    /// The keys of the instances of a module call.
    pub(super) fn keys_of_call(&self, module: &ModulePath, name: &str) -> &[Key] {
        self.keys().calls.get(&module.child(name.into(), Key::None)).map_or(&[], Vec::as_slice)
    }

    fn keys(&self) -> &Keys {
        self.keys.get_or_init(|| {
            let mut keys = Keys::default();
            let mut module = ModulePath::root();
            for (place, (address, entry)) in self.sorted.iter().enumerate() {
                if entry.fate == Fate::Deleted || address.former().is_some() {
                    continue;
                }
                keys.places.push(place);
                keys.resources.push(address.key.clone());
                if module != address.module {
                    module = address.module.clone();
                    keys.add_module(&module);
                }
            }
            keys
        })
    }

    /// The place of an address.
    pub(super) fn place(&self, address: &Address) -> Option<usize> {
        self.sorted.binary_search_by(|(own, _)| own.cmp(address)).ok()
    }

    /// What stands at a place.
    pub(super) fn at(&self, place: usize) -> Option<(&Address, &Entry<'a>)> {
        self.sorted.get(place).map(|(address, entry)| (address, entry))
    }

    /// The entry of an address.
    pub(super) fn get(&self, address: &Address) -> Option<&Entry<'a>> {
        self.at(self.place(address)?).map(|(_, entry)| entry)
    }
}

impl<'a> IntoIterator for Entries<'a> {
    type Item = (Address, Entry<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.into_iter()
    }
}
