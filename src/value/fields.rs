//! The entries of maps and objects, in order of their names.
//!
//! Enters: what was collected. Leaves: one piece of memory that all who hold the value share. Most objects are
//! small and there are many, so that a tree would mostly hold empty nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Value;
use crate::address::Name;

/// Names with their values, in order; each name once.
#[derive(Clone, Debug, Default)]
pub struct Fields(Arc<[(Name, Value)]>);

impl Fields {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let at = self.0.binary_search_by(|(own, _)| (**own).cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Whether there is such a name.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Name, &Value)> + ExactSizeIterator {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Name> + ExactSizeIterator {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values, in order of their names.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.0.iter().map(|(_, value)| value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same as a map, to be changed.
    #[must_use]
    pub fn to_map(&self) -> BTreeMap<Name, Value> {
        self.0.iter().cloned().collect()
    }
}

impl From<BTreeMap<Name, Value>> for Fields {
    fn from(entries: BTreeMap<Name, Value>) -> Self {
        Self(entries.into_iter().collect())
    }
}

/// Of a name that comes several times the last counts.
impl FromIterator<(Name, Value)> for Fields {
    fn from_iter<T: IntoIterator<Item = (Name, Value)>>(entries: T) -> Self {
        let mut entries: Vec<(Name, Value)> = entries.into_iter().collect();
        if !entries.is_sorted_by(|(one, _), (next, _)| one < next) {
            entries = entries.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect();
        }
        Self(entries.into())
    }
}
