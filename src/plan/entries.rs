//! The instances of one side of a plan as the document has them, in order of their addresses.
//!
//! Enters: what was read of resources and changes. Leaves: a sorted list. It is kept as one, since there are
//! many and each is looked up by its place.

use std::sync::OnceLock;

use serde_json::value::RawValue;

use super::json::Text;
use super::references::Keys;
use crate::address::Address;
use crate::model::Fate;

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
        }
    }
}

/// All instances of a side.
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    sorted: Vec<(Address, Entry<'a>)>,
    keys: OnceLock<Keys>,
}

impl<'a> Entries<'a> {
    /// Sorts entries; of those with one address the first counts.
    pub(super) fn new(mut entries: Vec<(Address, Entry<'a>)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        entries.dedup_by(|(next, _), (one, _)| next == one);
        Self { sorted: entries, keys: OnceLock::new() }
    }

    /// The entries, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Address, Entry<'a>)> {
        self.sorted.iter()
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The keys of what is there.
    pub(super) fn keys(&self) -> &Keys {
        self.keys.get_or_init(|| {
            let present = self.iter().filter(|(_, entry)| entry.fate != Fate::Deleted);
            Keys::of(present.map(|(address, _)| address))
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
