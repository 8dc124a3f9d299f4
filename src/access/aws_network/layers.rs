//! Sets of addresses laid over each other, where the narrower or earlier one wins.

use std::sync::Arc;

use super::{Opening, Part, PartKind};
use crate::access::addresses::Addresses;
use crate::value::Unknown;
use crate::verdict::{Place, Remark};

/// What a layer does with its addresses.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// They are in.
    Adds,
    /// They are out.
    Removes,
    /// They are in or out.
    Either(Arc<Unknown>),
    /// A part of them is out, it is not known which: half of a family at most, since the whole is taken.
    RemovesSome(Arc<Unknown>),
}

impl PartialEq for Effect {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// One layer.
pub(super) struct Layer {
    pub(super) set: Addresses,
    pub(super) effect: Effect,
    /// A higher rank wins: the prefix length of a route, the negative number of a rule. `None`: not known.
    pub(super) rank: Option<i64>,
    /// Why it is not certain that it is there.
    pub(super) doubt: Option<Arc<Unknown>>,
    pub(super) place: Place,
    pub(super) says: String,
    pub(super) remarks: Vec<Remark>,
}

impl Layer {
    /// The same layer, as doubtful as what it belongs to.
    pub(super) fn doubted(mut self, doubt: Option<&Arc<Unknown>>) -> Self {
        self.doubt = self.doubt.or_else(|| doubt.cloned());
        self
    }
}

/// Lays layers over each other; nothing is in that no layer adds.
pub(super) fn first_wins(mut layers: Vec<Layer>) -> Opening {
    // What has no known rank comes last and only loosens what is sure.
    layers.sort_by_key(|layer| (layer.rank.is_none(), layer.rank));
    let mut opening = Opening::default();
    for layer in layers {
        let before = opening.set.clone();
        let added = || before.union(&layer.set);
        let removed = || before.without(&layer.set);
        let mut after = match &layer.effect {
            Effect::Adds => added(),
            Effect::Removes => removed(),
            Effect::Either(unknown) => Addresses::one_of([added(), removed()], unknown),
            Effect::RemovesSome(_) if layer.set.without(&before).is_nothing().is_true() => before.clone(),
            Effect::RemovesSome(unknown) => Addresses::one_of([before.clone(), removed()], unknown),
        };
        let doubt = layer.doubt.as_ref().or_else(|| match (&layer.effect, layer.rank) {
            (Effect::Either(_) | Effect::RemovesSome(_), _) | (_, Some(_)) => None,
            (Effect::Adds | Effect::Removes, None) => layer.set.unknown().first(),
        });
        if let Some(unknown) = doubt {
            after = Addresses::one_of([after, before], unknown);
        }
        opening.set = after;
        opening.remarks.extend(layer.remarks);
        if matches!(layer.effect, Effect::Removes | Effect::RemovesSome(_)) {
            opening.seen.push((layer.place, layer.says));
        } else {
            opening.parts.push(Part::new(layer.set, layer.place, layer.says, PartKind::Shown));
        }
    }
    opening
}
