//! Claims: formulas over facts, in Kleene's logic, and what explains their truth.
//!
//! Enters: [`Evidence`]. Leaves: a truth; a smallest set of facts that suffices for it; the unknown facts
//! that can still matter.

use std::sync::Arc;

use super::{Effect, Evidence, Reason};
use crate::truth::Truth;
use crate::value::Unknown;

/// A formula over facts.
#[derive(Clone, Debug)]
pub enum Claim {
    /// One fact.
    Fact(Arc<Evidence>),
    /// Every one holds; the empty one is true.
    All(Vec<Claim>),
    /// At least one holds; the empty one is false.
    Any(Vec<Claim>),
    /// It does not hold.
    Not(Box<Claim>),
}

/// One fact as a claim.
#[must_use]
pub fn fact(evidence: Evidence) -> Claim {
    Claim::Fact(Arc::new(evidence))
}

/// Every one holds. Conjunctions inside become part of this one.
#[must_use]
pub fn all(claims: impl IntoIterator<Item = Claim>) -> Claim {
    let flat = claims.into_iter().flat_map(|claim| match claim {
        Claim::All(inner) => inner,
        other => vec![other],
    });
    single(flat.collect(), Claim::All)
}

/// At least one holds. Disjunctions inside become part of this one.
#[must_use]
pub fn any(claims: impl IntoIterator<Item = Claim>) -> Claim {
    let flat = claims.into_iter().flat_map(|claim| match claim {
        Claim::Any(inner) => inner,
        other => vec![other],
    });
    single(flat.collect(), Claim::Any)
}

/// The only claim, or all of them together.
fn single(mut claims: Vec<Claim>, together: fn(Vec<Claim>) -> Claim) -> Claim {
    match (claims.len(), claims.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            claims.extend(last);
            together(claims)
        }
    }
}

/// It does not hold.
#[must_use]
pub fn not(claim: Claim) -> Claim {
    Claim::Not(Box::new(claim))
}

impl Claim {
    /// Kleene's truth of the formula.
    #[must_use]
    pub fn truth(&self) -> Truth {
        match self {
            Self::Fact(evidence) => evidence.truth,
            Self::All(claims) => claims.iter().fold(Truth::True, |truth, claim| truth.and(claim.truth())),
            Self::Any(claims) => claims.iter().fold(Truth::False, |truth, claim| truth.or(claim.truth())),
            Self::Not(claim) => !claim.truth(),
        }
    }
}

/// Adds a smallest set of facts that suffices for the truth of a claim; of an undecided claim the unknown
/// facts that can still matter.
pub fn explain(claim: &Claim, route: usize, because: &mut Vec<Reason>) {
    let mut facts = Vec::new();
    sufficient(claim, claim.truth(), true, &mut facts);
    because.extend(facts.into_iter().map(|(evidence, positive)| Reason {
        effect: effect(&evidence, positive),
        evidence,
        route,
    }));
}

/// How a fact bears on an exposure, given whether it stands under an even number of negations.
fn effect(evidence: &Evidence, positive: bool) -> Effect {
    match (evidence.truth, positive) {
        (Truth::Unknown, _) => Effect::Unknown,
        (Truth::True, true) | (Truth::False, false) => Effect::Opens,
        (Truth::False, true) if evidence.absent => Effect::Absent,
        (Truth::False, true) | (Truth::True, false) => Effect::Closes,
    }
}

type Facts = Vec<(Arc<Evidence>, bool)>;

fn sufficient(claim: &Claim, truth: Truth, positive: bool, facts: &mut Facts) {
    match claim {
        Claim::Fact(evidence) => facts.push((evidence.clone(), positive)),
        Claim::Not(inner) => sufficient(inner, !truth, !positive, facts),
        Claim::All(claims) => several(claims, truth, Truth::True, positive, facts),
        Claim::Any(claims) => several(claims, truth, Truth::False, positive, facts),
    }
}

/// `neutral` is the truth that needs every part: true of `All`, false of `Any`.
fn several(claims: &[Claim], truth: Truth, neutral: Truth, positive: bool, facts: &mut Facts) {
    if truth == neutral {
        for claim in claims {
            sufficient(claim, truth, positive, facts);
        }
    } else if truth.is_unknown() {
        for claim in claims.iter().filter(|claim| claim.truth().is_unknown()) {
            sufficient(claim, truth, positive, facts);
        }
    } else {
        let cheapest = claims
            .iter()
            .filter(|claim| claim.truth() == truth)
            .map(|claim| {
                let mut alone = Facts::new();
                sufficient(claim, truth, positive, &mut alone);
                alone
            })
            .min_by_key(|alone| (alone.len(), absences(alone)));
        facts.extend(cheapest.unwrap_or_default());
    }
}

/// Among equally short explanations the one that shows something is better than one that shows nothing.
fn absences(facts: &Facts) -> usize {
    facts.iter().filter(|(evidence, _)| evidence.places.iter().all(|place| place.span.is_none())).count()
}

/// Adds the unknowns of an undecided claim that can still decide it.
pub fn open_questions(claim: &Claim, unknown: &mut Vec<Arc<Unknown>>) {
    match claim {
        Claim::Fact(evidence) if evidence.truth.is_unknown() => {
            unknown.extend(evidence.unknown.iter().cloned());
        }
        Claim::Fact(_) => {}
        Claim::Not(inner) => open_questions(inner, unknown),
        Claim::All(claims) | Claim::Any(claims) => {
            for claim in claims.iter().filter(|claim| claim.truth().is_unknown()) {
                open_questions(claim, unknown);
            }
        }
    }
}
