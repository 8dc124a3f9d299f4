//! The kernel: from ways in, stated as claims over evidence, to a verdict and its explanation.
//!
//! Enters: [`Route`]s. Leaves: an [`Assessment`]. Knows no cloud, no resource type, no format; of values
//! only `Unknown` and `Origin`. What a verdict means is `judge`; its laws are tested in `tests/laws.rs`.

pub mod claim;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use claim::{Claim, all, any, fact, not};

use crate::address::{Address, Path};
use crate::source::{Diagnostic, Span};
use crate::truth::Truth;
use crate::value::{Origin, Unknown};

/// One fact read from the input.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Whether it holds.
    pub truth: Truth,
    /// The places that go with it: the first decides, the others share in it. Empty only for facts about
    /// what is nowhere.
    pub places: Vec<Place>,
    /// A sentence about these places, true as it stands: lower-case start, no final dot.
    pub says: String,
    /// What it depends on, when the truth is not known.
    pub unknown: Vec<Arc<Unknown>>,
    /// Whether it says that something is not in the input ("no bucket policy in the input").
    pub absent: bool,
}

/// A place that a fact was read from.
#[derive(Clone, Debug)]
pub struct Place {
    /// The resource instance.
    pub address: Address,
    /// The attribute.
    pub attribute: Path,
    /// Where it is written: the value if it has a place, else the attribute, else the block.
    pub span: Option<Span>,
    /// The way of the value.
    pub origin: Origin,
}

/// Who gets in, in falling order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// No credentials at all.
    Anonymous,
    /// Any account of the cloud.
    Authenticated,
    /// The endpoint answers from the internet; the engine's own login is all that is left.
    Network,
}

impl Audience {
    /// All, strongest first.
    pub const ALL: [Self; 3] = [Self::Anonymous, Self::Authenticated, Self::Network];

    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Authenticated => "authenticated",
            Self::Network => "network",
        }
    }
}

/// What somebody who gets in can do; the order is that of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Letter {
    /// Read data.
    Read,
    /// See what there is.
    List,
    /// Add, change or delete data.
    Write,
    /// Change who may do what.
    Admin,
    /// Open a connection.
    Connect,
}

impl Letter {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::Connect => "connect",
        }
    }
}

/// A set of access letters; empty: settings may be seen, data not.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Access(BTreeSet<Letter>);

impl Access {
    /// No letter.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These letters.
    #[must_use]
    pub fn of(letters: &[Letter]) -> Self {
        Self(letters.iter().copied().collect())
    }

    /// Adds one letter.
    pub fn insert(&mut self, letter: Letter) {
        self.0.insert(letter);
    }

    /// Adds those of another set.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().copied());
    }

    /// Whether it has the letter.
    #[must_use]
    pub fn contains(&self, letter: Letter) -> bool {
        self.0.contains(&letter)
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The letters, in order.
    pub fn letters(&self) -> impl Iterator<Item = Letter> {
        self.0.iter().copied()
    }
}

/// How loud a route is, compared with its store's tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// As the tier says.
    #[default]
    Full,
    /// What the reference pages report "one level lower".
    OneLower,
    /// What is public by design: level info.
    Info,
}

/// One way into a store: what opens it and not what closes it, for one audience and set of letters. Letters
/// that hang on different facts are different routes.
#[derive(Clone, Debug)]
pub struct Route {
    /// A few words: "bucket policy", "bucket ACL".
    pub name: &'static str,
    /// For whom.
    pub audience: Audience,
    /// To do what.
    pub access: Access,
    /// All of what opens it, and not what closes it.
    pub claim: Claim,
    /// How to shut it: an edit in Terraform's words.
    pub close: String,
    /// How loud.
    pub weight: Weight,
    /// A rule of its own, when the reference gives it one.
    pub rule: Option<&'static str>,
}

/// Something worth saying that changes no verdict: a guard, a void opener, a named outsider, an assumed
/// default.
#[derive(Clone, Debug)]
pub struct Remark {
    /// A stable word: `apply-refused`, `named-outsider`.
    pub code: &'static str,
    /// The place.
    pub place: Place,
    /// One sentence: lower-case start, no final dot.
    pub says: String,
}

/// What a resolver hands over.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// Every way in, also where no actor is there: a private store has something to show.
    pub routes: Vec<Route>,
    /// What changes no verdict.
    pub remarks: Vec<Remark>,
    /// Input that is wrong in itself: a policy that is not JSON.
    pub diagnostics: Vec<Diagnostic>,
}

impl Ways {
    /// Adds those of another.
    pub fn extend(&mut self, other: Self) {
        self.routes.extend(other.routes);
        self.remarks.extend(other.remarks);
        self.diagnostics.extend(other.diagnostics);
    }
}

/// Whether somebody outside can reach a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Somebody can, by what the input says.
    Public {
        /// The widest audience.
        audience: Audience,
        /// What they can do, over all audiences.
        access: Access,
    },
    /// The input shows that nobody can.
    Private,
    /// It depends on values that the input does not hold.
    Undetermined,
}

/// How a fact bears on a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It lets in, or fails to keep out.
    Opens,
    /// It keeps out.
    Closes,
    /// Nothing there that could open it.
    Absent,
    /// Not known.
    Unknown,
}

impl Effect {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::Closes => "closes",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }
}

/// A fact that explains a verdict.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The fact.
    pub evidence: Arc<Evidence>,
    /// How it bears on the verdict.
    pub effect: Effect,
    /// The route that it belongs to, by position.
    pub route: usize,
}

/// The verdict on one store, with everything that explains it.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The verdict.
    pub verdict: Verdict,
    /// A smallest set of facts that suffices for it; of a public store for every way in.
    pub because: Vec<Reason>,
    /// What an undetermined verdict depends on; of a public store the open questions about a stronger
    /// audience.
    pub unknown: Vec<Arc<Unknown>>,
    /// Every way in that was looked at.
    pub routes: Vec<Route>,
    /// What changes no verdict.
    pub remarks: Vec<Remark>,
}

impl Assessment {
    /// Whether it is private because nothing is there that could open it.
    #[must_use]
    pub fn opens_nothing(&self) -> bool {
        self.verdict == Verdict::Private && self.because.iter().all(|reason| reason.evidence.absent)
    }
}

/// Judges a store by its ways in. This is the whole semantics of the product:
///
/// per audience, strongest first, the claim is `Any` of its routes' claims; the first audience whose claim
/// is true makes the store public, with the letters of the true routes of every audience; else one that is
/// unknown makes it undetermined; else it is private.
#[must_use]
pub fn judge(routes: Vec<Route>, remarks: Vec<Remark>) -> Assessment {
    let truths: Vec<Truth> = routes.iter().map(|route| route.claim.truth()).collect();
    let widest = Audience::ALL.into_iter().find(|audience| {
        routes.iter().zip(&truths).any(|(route, truth)| route.audience == *audience && truth.is_true())
    });
    let verdict = match widest {
        Some(audience) => {
            let mut access = Access::none();
            for (route, _) in routes.iter().zip(&truths).filter(|(_, truth)| truth.is_true()) {
                access.extend(&route.access);
            }
            Verdict::Public { audience, access }
        }
        None if truths.iter().any(|truth| truth.is_unknown()) => Verdict::Undetermined,
        None => Verdict::Private,
    };
    let mut because = Vec::new();
    let mut unknown: Vec<Arc<Unknown>> = Vec::new();
    for (index, (route, truth)) in routes.iter().zip(&truths).enumerate() {
        let explained = match (&verdict, truth) {
            (Verdict::Public { .. }, Truth::True)
            | (Verdict::Private, _)
            | (Verdict::Undetermined, Truth::Unknown) => true,
            (Verdict::Public { .. }, Truth::False | Truth::Unknown) | (Verdict::Undetermined, _) => false,
        };
        if explained {
            claim::explain(&route.claim, index, &mut because);
        }
        let open = match &verdict {
            Verdict::Public { audience, .. } => truth.is_unknown() && route.audience < *audience,
            Verdict::Undetermined => truth.is_unknown(),
            Verdict::Private => false,
        };
        if open {
            claim::open_questions(&route.claim, &mut unknown);
        }
    }
    deduplicate(&mut because);
    unknown.sort_by(|left, right| left.cause.cmp(&right.cause));
    unknown.dedup_by(|left, right| left.cause == right.cause);
    Assessment { verdict, because, unknown, routes, remarks }
}

/// Keeps the first of several reasons that say the same about the same place.
fn deduplicate(because: &mut Vec<Reason>) {
    type Said = (Effect, String, Option<(Address, Path)>);
    let mut seen: BTreeSet<Said> = BTreeSet::new();
    because.retain(|reason| {
        let place =
            reason.evidence.places.first().map(|place| (place.address.clone(), place.attribute.clone()));
        seen.insert((reason.effect, reason.evidence.says.clone(), place))
    });
}
