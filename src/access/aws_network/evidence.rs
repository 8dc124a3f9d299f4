//! Facts about sets of addresses, in words.

use super::{Opening, Part, PartKind};
use crate::access::Assumptions;
use crate::access::addresses::{Addresses, Family};
use crate::truth::Truth;
use crate::verdict::{Claim, Evidence, Place, Remark, fact};

/// What a set of addresses is about.
#[derive(Clone, Copy)]
pub(super) struct Words {
    /// "the security groups"
    name: &'static str,
    /// What is said of a set that nothing adds to.
    nothing: &'static str,
    /// What is said after the parts of a narrow set.
    narrow: &'static str,
}

pub(super) const GROUPS: Words = Words {
    name: "the security groups",
    nothing: "no security group lets the internet in",
    narrow: "and nobody else of the internet",
};
pub(super) const ACL: Words = Words {
    name: "the network ACL",
    nothing: "the network ACL does not let the internet in",
    narrow: "and nothing else of the internet",
};
pub(super) const ROUTES: Words = Words {
    name: "the routes",
    nothing: "no subnet has a route to an internet gateway",
    narrow: "and nothing else: answers get to that range only",
};

/// The most parts that a sentence names.
const MOST: usize = 3;

/// That a set is broad, with what decides it.
pub(super) fn fact_of(opening: &Opening, family: Family, assumptions: &Assumptions, words: Words) -> Claim {
    let set = opening.set.only(family);
    let truth = set.broad(assumptions);
    let broad = |part: &&Part| part.set.only(family).broad(assumptions);
    let (says, places) = match truth {
        Truth::True => carriers(opening, family, assumptions),
        Truth::False if opening.parts.iter().any(|part| !broad(&part).is_false()) => {
            seen(opening, words, Vec::new())
        }
        Truth::False => {
            let narrow: Vec<&Part> =
                opening.parts.iter().filter(|part| !part.set.only(family).is_nothing().is_true()).collect();
            if narrow.is_empty() {
                seen(opening, words, opening.parts.iter().map(|part| part.place.clone()).collect())
            } else {
                let places = narrow.iter().map(|part| part.place.clone()).collect();
                (format!("{} {}", list(&narrow), words.narrow), places)
            }
        }
        Truth::Unknown => {
            let open: Vec<&Part> = opening.parts.iter().filter(|part| !broad(part).is_false()).collect();
            let chosen = if open.is_empty() { opening.parts.iter().collect() } else { open };
            let places = chosen.iter().map(|part| part.place.clone()).collect();
            let questions = chosen
                .iter()
                .all(|part| part.says.starts_with("which ") || part.says.starts_with("whether "));
            let says = if questions {
                list(&chosen)
            } else {
                format!("whether {} let the internet in is not known: {}", words.name, list(&chosen))
            };
            (says, places)
        }
    };
    let unknown = if truth.is_unknown() { set.unknown().to_vec() } else { Vec::new() };
    fact(Evidence { truth, places, says, unknown, absent: false })
}

/// What makes a set broad: a part that is broad alone, else what carries it together.
fn carriers(opening: &Opening, family: Family, assumptions: &Assumptions) -> (String, Vec<Place>) {
    let alone: Vec<&Part> =
        opening.parts.iter().filter(|part| part.set.only(family).broad(assumptions).is_true()).collect();
    let shown: Vec<&Part> = alone.iter().filter(|part| part.kind == PartKind::Shown).copied().collect();
    let chosen = if shown.is_empty() { alone } else { shown };
    if !chosen.is_empty() {
        return (list(&chosen), chosen.iter().map(|part| part.place.clone()).collect());
    }
    let together: Vec<&Part> = opening
        .parts
        .iter()
        .filter(|part| part.set.only(family).routed(assumptions).is_nothing().is_false())
        .collect();
    let share = opening.set.only(family).share();
    let places = together.iter().map(|part| part.place.clone()).collect();
    (format!("{}: together {share}", list(&together)), places)
}

fn seen(opening: &Opening, words: Words, more: Vec<Place>) -> (String, Vec<Place>) {
    let says = opening.seen.first().map_or_else(|| words.nothing.to_owned(), |(_, says)| says.clone());
    let places = opening.seen.iter().map(|(place, _)| place.clone()).chain(more).collect();
    (says, places)
}

fn list(parts: &[&Part]) -> String {
    let mut said: Vec<&str> = parts.iter().map(|part| part.says.as_str()).collect();
    said.dedup();
    let left = said.len().saturating_sub(MOST);
    let text = said.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
    if left > 0 { format!("{text}, and {left} more") } else { text }
}

/// That what several sets have in common is broad.
pub(super) fn common(openings: &[(&Opening, Words)], family: Family, assumptions: &Assumptions) -> Claim {
    let whole =
        openings.iter().fold(Addresses::every(family), |set, (opening, _)| set.intersection(&opening.set));
    let truth = whole.only(family).broad(assumptions);
    let names: Vec<&str> = openings.iter().map(|(_, words)| words.name).collect();
    let names = names.join(" and ");
    let says = match truth {
        Truth::True => format!("{names} all let the internet through"),
        Truth::False => format!("{names} have no more in common than single ranges"),
        Truth::Unknown => format!("whether {names} let the same addresses through is not known"),
    };
    let places = openings
        .iter()
        .flat_map(|(opening, _)| {
            let parts = opening.parts.iter().map(|part| part.place.clone());
            parts.chain(opening.seen.iter().map(|(place, _)| place.clone())).take(MOST)
        })
        .collect();
    let unknown = if truth.is_unknown() { whole.unknown().to_vec() } else { Vec::new() };
    fact(Evidence { truth, places, says, unknown, absent: false })
}

/// Whether the groups that are in the input are broad without those that are assumed.
pub(super) fn shown_is_broad(groups: &Opening, family: Family, assumptions: &Assumptions) -> bool {
    groups
        .parts
        .iter()
        .filter(|part| part.kind == PartKind::Shown)
        .fold(Addresses::nothing(), |set, part| set.union(&part.set))
        .only(family)
        .broad(assumptions)
        .is_true()
}

/// An edit that restricts what the groups admit.
pub(super) fn close(groups: &Opening, family: Family, assumptions: &Assumptions) -> Option<String> {
    let wide = |part: &&Part| part.set.only(family).broad(assumptions).is_true();
    let part = groups.parts.iter().filter(|part| part.kind == PartKind::Shown).find(wide)?;
    let address = &part.place.address;
    Some(if part.place.attribute.is_empty() {
        format!("restrict the ingress rules of `{address}` to the networks that need it")
    } else {
        format!("restrict `{}` of `{address}` to the networks that need it", part.place.attribute)
    })
}

/// A remark about a public address that only some single ranges reach.
pub(super) fn narrow(groups: &Opening, family: Family, assumptions: &Assumptions) -> Option<Remark> {
    let set = groups.set.only(family);
    if !set.broad(assumptions).is_false() || !set.routed(assumptions).is_nothing().is_false() {
        return None;
    }
    let part =
        groups.parts.iter().find(|part| part.set.only(family).routed(assumptions).is_nothing().is_false())?;
    Some(Remark {
        code: "public-address",
        place: part.place.clone(),
        says: format!("it has a public address that single ranges reach: {}", part.says),
    })
}
