//! What every format is made from.
//!
//! Enters: judged stores, diagnostics, and the sources that they point into. Leaves: a [`Report`], sorted
//! and with every message and location made, which each format only writes down. A format is one file.
//! Must never import resolvers, `access` or `graph`: it prints what it is handed.

pub mod baseline;
pub mod catalogue;
pub mod edits;
mod escape;
mod excerpt;
pub mod explain;
pub mod fingerprint;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
mod message;
mod policy;
mod repository;
pub mod resolved;
pub mod sarif;
pub mod short;

#[cfg(test)]
mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{Address, Path};
use crate::rules::suppress::Means;
use crate::rules::{self, Kind, Level, Levels, Rule, Tier};
use crate::source::{Diagnostic, FileId, Location, Severity, Sources, Span};
use crate::value::{Cause, Origin};
use crate::verdict::claim::explain as explain_claim;
use crate::verdict::{Assessment, Audience, Effect, Evidence, Reason, Route, Verdict, Weight};

pub use policy::{Policy, Setting, Suppressed};
pub use repository::Repository;

use message::Lack;

/// One store and its verdict, as it comes out of the kernel.
#[derive(Clone, Debug)]
pub struct JudgedStore {
    /// The directory of the root module; none of a plan or state without its configuration.
    pub root: Option<String>,
    /// The plan or state that it was read from, as it is printed.
    pub document: Option<String>,
    /// The store, or the opener that stands for one.
    pub address: Address,
    /// What it is.
    pub kind: Kind,
    /// Core or extended.
    pub tier: Tier,
    /// The verdict and its reasons.
    pub assessment: Assessment,
    /// The header of its block.
    pub span: Option<Span>,
    /// The module call in the user's own code, when the store stands in an installed module.
    pub call_span: Option<Span>,
    /// What a plan does to it, if it is public before or after.
    pub change: Option<Changed>,
}

/// What a plan does to a store that is public before or after.
#[derive(Clone, Debug)]
pub struct Changed {
    /// In one word.
    pub change: Change,
    /// The verdict before; of a store that was not there none.
    pub before: Option<Assessment>,
    /// Whether the plan destroys the store: it is no longer listed.
    pub gone: bool,
    /// Whether something outside of Terraform opened it.
    pub drifted: bool,
}

/// Everything a run found out.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Every data store that was understood.
    pub stores: Vec<JudgedStore>,
    /// What is wrong with the input itself.
    pub diagnostics: Vec<Diagnostic>,
    /// Resource types that hold data and cannot be judged, with their counts.
    pub not_judged: BTreeMap<String, u64>,
    /// Where sensitive values are written; no line of these is ever quoted.
    pub sensitive: Vec<Span>,
}

/// What a plan does to a public store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The plan makes it public.
    Introduced,
    /// Public before and after.
    Existing,
    /// The plan closes or destroys it.
    Removed,
}

impl Change {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Existing => "existing",
            Self::Removed => "removed",
        }
    }
}

/// Why a finding does not count.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// As the user gave it.
    pub reason: String,
    /// The last day that it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Where it is written.
    pub location: Option<Location>,
    /// How it is written.
    pub means: Means,
}

/// From which verdict on a run fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// A public store.
    #[default]
    Public,
    /// A public or an undetermined store.
    Undetermined,
    /// None.
    Never,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Public stores.
    pub public: usize,
    /// Undetermined stores.
    pub undetermined: usize,
    /// Private stores.
    pub private: usize,
    /// Diagnostics of severity error.
    pub errors: usize,
}

/// A store, with all that a report says about it.
#[derive(Clone, Debug)]
pub struct Store {
    /// The directory of the root module.
    pub root: Option<String>,
    /// The plan or state that it was read from, as it is printed.
    pub document: Option<String>,
    /// The store.
    pub address: Address,
    /// What it is.
    pub kind: Kind,
    /// Core or extended.
    pub tier: Tier,
    /// The verdict.
    pub assessment: Assessment,
    /// What a plan does to it.
    pub change: Option<Change>,
    /// Its place.
    pub location: Option<Location>,
    /// Its place in the text.
    pub span: Option<Span>,
    /// What explains the verdict.
    pub because: Vec<Because>,
    /// What it depends on.
    pub unknown: Vec<Missing>,
    /// What changes no verdict.
    pub remarks: Vec<Note>,
}

/// One fact that explains a verdict.
#[derive(Clone, Debug)]
pub struct Because {
    /// The instance that it was read from.
    pub address: Address,
    /// The attribute; empty for the instance as a whole.
    pub attribute: Path,
    /// How it bears on the verdict.
    pub effect: Effect,
    /// The sentence.
    pub message: String,
    /// Where the value that decides is written.
    pub location: Option<Location>,
    /// The same place in the text.
    pub span: Option<Span>,
    /// The name that the value starts its way under, and where, when that is another place.
    pub source: Option<(String, Location)>,
    /// The fact itself, with the way of its values.
    pub evidence: Option<Arc<Evidence>>,
}

/// Something that a verdict depends on and the input does not hold.
#[derive(Clone, Debug)]
pub struct Missing {
    /// What to call it: `var.acl`.
    pub name: String,
    /// What is missing and how to supply it.
    pub message: String,
    /// Where it is used.
    pub location: Option<Location>,
}

/// A remark with its place.
#[derive(Clone, Debug)]
pub struct Note {
    /// A stable word.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
    /// The place.
    pub location: Option<Location>,
}

/// A verdict that is reported.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule of the widest way in.
    pub rule: &'static Rule,
    /// How loud.
    pub level: Level,
    /// The fact, in one sentence.
    pub message: String,
    /// Edits that shut every way in; empty when none is known.
    pub help: String,
    /// The store.
    pub store: Arc<Store>,
    /// What a plan does to it.
    pub change: Option<Change>,
    /// Why it does not count.
    pub suppressed: Option<Suppression>,
    /// Where it is reported.
    pub location: Option<Location>,
    /// The same place in the text.
    pub span: Option<Span>,
    /// The fact that is shown first.
    pub decisive: Option<Because>,
    /// Edits of the sources that certainly close it, all of them together; empty when none is known.
    pub edits: Vec<Edit>,
}

/// A replacement of exact bytes of a source.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Finding {
    /// Whether it counts against the run: not suppressed, not removed, and of such a verdict.
    #[must_use]
    pub fn fails(&self, fail_on: FailOn) -> bool {
        if self.suppressed.is_some() || self.change == Some(Change::Removed) {
            return false;
        }
        match (fail_on, &self.store.assessment.verdict) {
            (FailOn::Never, _) | (_, Verdict::Private) | (FailOn::Public, Verdict::Undetermined) => false,
            (FailOn::Public | FailOn::Undetermined, Verdict::Public { .. })
            | (FailOn::Undetermined, Verdict::Undetermined) => true,
        }
    }

    /// Orders by severity, most severe first: by level, then public before undetermined, then by audience.
    fn severity(&self) -> (bool, Level, bool, Option<Audience>) {
        let audience = match &self.store.assessment.verdict {
            Verdict::Public { audience, .. } => Some(*audience),
            Verdict::Private | Verdict::Undetermined => None,
        };
        (self.suppressed.is_some(), self.level, audience.is_none(), audience)
    }
}

/// A diagnostic with its place.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What is wrong.
    pub diagnostic: Diagnostic,
    /// The place.
    pub location: Option<Location>,
}

/// The neutral input of every format, in its final order.
#[derive(Debug)]
pub struct Report<'s> {
    /// How many of each.
    pub summary: Summary,
    /// Every store, whatever its verdict.
    pub stores: Vec<Arc<Store>>,
    /// What is reported.
    pub findings: Vec<Finding>,
    /// What is wrong with the input.
    pub diagnostics: Vec<Problem>,
    /// Resource types that hold data and cannot be judged, with their counts.
    pub not_judged: BTreeMap<String, u64>,
    /// Settings that took effect.
    pub settings: Vec<Setting>,
    /// Suppressions that took effect.
    pub suppressions: Vec<Suppressed>,
    sources: &'s Sources,
    hidden: Hidden,
}

impl<'s> Report<'s> {
    /// Makes every message and location, and puts everything in order: by path, line, root and address.
    #[must_use]
    pub fn new(sources: &'s Sources, judged: Judged) -> Self {
        Self::under(&Policy::default(), sources, judged)
    }

    /// The same under settings, suppressions and a baseline.
    #[must_use]
    pub fn under(policy: &Policy, sources: &'s Sources, judged: Judged) -> Self {
        let mut stores = Vec::new();
        let mut findings = Vec::new();
        for judged_store in judged.stores {
            let call = judged_store.call_span;
            if !policy.levels.lists(judged_store.kind) {
                continue;
            }
            let changed = judged_store.change.clone();
            if let Some(Changed { change: Change::Removed, before: Some(before), gone, .. }) = &changed {
                let before = before.clone();
                findings.extend(removed(sources, &judged_store, before, *gone, &policy.levels));
                if *gone {
                    continue;
                }
            }
            let store = Arc::new(store(sources, judged_store));
            if let Some(mut finding) = finding(sources, &store, &policy.levels, call) {
                if let Some(changed) = &changed {
                    message::add_change(&mut finding.message, &store, changed);
                }
                findings.push(finding);
            }
            stores.push(store);
        }
        stores.sort_by(|left, right| store_order(left).cmp(&store_order(right)));
        findings.sort_by(|left, right| finding_order(left).cmp(&finding_order(right)));
        let applied = policy::apply(policy, &mut findings, sources);
        let mut diagnostics: Vec<Problem> = capped(judged.diagnostics)
            .into_iter()
            .chain(applied.diagnostics)
            .map(|diagnostic| Problem {
                location: diagnostic.span.and_then(|span| sources.location(span)),
                diagnostic,
            })
            .collect();
        diagnostics.sort_by(|left, right| problem_order(left).cmp(&problem_order(right)));
        let summary = count(&stores, &diagnostics);
        Self {
            summary,
            stores,
            findings,
            diagnostics,
            not_judged: judged.not_judged,
            settings: applied.settings,
            suppressions: applied.suppressions,
            sources,
            hidden: Hidden::of(sources, &judged.sensitive),
        }
    }

    /// Whether a finding counts against the run: not suppressed, not removed, and of such a verdict.
    #[must_use]
    pub fn fails(&self, fail_on: FailOn) -> bool {
        self.findings.iter().any(|finding| finding.fails(fail_on))
    }

    /// Whether an error kept the check from seeing everything.
    #[must_use]
    pub const fn is_incomplete(&self) -> bool {
        self.summary.errors > 0
    }

    /// The stores of that address, one for each root that has it.
    #[must_use]
    pub fn stores_at(&self, address: &str) -> Vec<&Store> {
        self.stores.iter().map(AsRef::as_ref).filter(|store| store.address.to_string() == address).collect()
    }

    /// Every setting and suppression that took effect, a line each below its head.
    #[must_use]
    pub fn in_force(&self) -> Vec<String> {
        human::in_force(self)
    }

    /// The findings, most severe first; those of one severity in the report's order.
    fn by_severity(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by_key(|finding| finding.severity());
        findings
    }

    fn location_of(&self, span: Span) -> Option<Location> {
        self.sources.location(span)
    }
}

/// How many diagnostics of one severity are shown of one file.
const MOST_OF_A_FILE: usize = 50;

/// Leaves duplicates out, and of each file what comes after the first few of a severity; one more says how
/// many these were.
fn capped(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|left, right| (left.span, left).cmp(&(right.span, right)));
    diagnostics.dedup();
    let mut seen: BTreeMap<(Option<FileId>, Severity), (usize, Option<Span>)> = BTreeMap::new();
    diagnostics.retain(|diagnostic| {
        let key = (diagnostic.span.map(|span| span.file), diagnostic.severity);
        let (count, first_left_out) = seen.entry(key).or_default();
        *count += 1;
        if *count == MOST_OF_A_FILE + 1 {
            *first_left_out = diagnostic.span;
        }
        *count <= MOST_OF_A_FILE
    });
    for ((file, severity), (count, span)) in seen {
        let left_out = count.saturating_sub(MOST_OF_A_FILE);
        if left_out == 0 {
            continue;
        }
        let kind = match (severity, left_out) {
            (Severity::Error, 1) => "error",
            (Severity::Error, _) => "errors",
            (Severity::Warning, 1) => "warning",
            (Severity::Warning, _) => "warnings",
            (Severity::Note, 1) => "note",
            (Severity::Note, _) => "notes",
        };
        let place = if file.is_some() { " in this file" } else { "" };
        let verb = if left_out == 1 { "is" } else { "are" };
        let message = format!("{left_out} more {kind}{place} {verb} not shown");
        diagnostics.push(Diagnostic { severity, ..Diagnostic::error(message, span) });
    }
    diagnostics
}

/// Orders by place; what has none comes first.
fn order(location: Option<&Location>) -> (&str, u32, u32) {
    location.map_or(("", 0, 0), |location| (&location.path, location.line, location.column))
}

type Order<'a> = (&'a str, u32, Option<&'a str>, &'a Address, u32);

fn store_order(store: &Arc<Store>) -> Order<'_> {
    let (path, line, column) = order(store.location.as_ref());
    (path, line, store.root.as_deref(), &store.address, column)
}

fn finding_order(finding: &Finding) -> Order<'_> {
    let (path, line, column) = order(finding.location.as_ref());
    (path, line, finding.store.root.as_deref(), &finding.store.address, column)
}

fn problem_order(problem: &Problem) -> ((&str, u32, u32), &Diagnostic) {
    (order(problem.location.as_ref()), &problem.diagnostic)
}

fn count(stores: &[Arc<Store>], diagnostics: &[Problem]) -> Summary {
    let mut summary = Summary::default();
    for store in stores {
        match store.assessment.verdict {
            Verdict::Public { .. } => summary.public += 1,
            Verdict::Private => summary.private += 1,
            Verdict::Undetermined => summary.undetermined += 1,
        }
    }
    summary.errors =
        diagnostics.iter().filter(|problem| problem.diagnostic.severity == Severity::Error).count();
    summary
}

/// The way in that a finding stands under: the loudest, then the widest audience, then the most letters.
/// One whose rule is off counts only where there is no other.
fn widest<'r>(kind: Kind, routes: &'r [Route], levels: &Levels) -> Option<(usize, &'r Route)> {
    let is_off = |route| levels.public(rule_of(kind, Some(route)), Tier::Core, Weight::Full).is_none();
    routes.iter().enumerate().filter(|(_, route)| route.claim.truth().is_true()).min_by_key(
        |(index, route)| {
            let letters = std::cmp::Reverse(route.access.letters().count());
            (is_off(*route), route.weight, route.audience, letters, *index)
        },
    )
}

/// The rule of a way in.
fn rule_of(kind: Kind, route: Option<&Route>) -> &'static Rule {
    route.and_then(|route| route.rule).and_then(rules::named).unwrap_or_else(|| rules::of_kind(kind))
}

fn store(sources: &Sources, judged: JudgedStore) -> Store {
    let location = judged.span.and_then(|span| sources.location(span));
    let own = |message: String, effect, evidence| Because {
        address: judged.address.clone(),
        attribute: Path::empty(),
        effect,
        message,
        location: location.clone(),
        span: judged.span,
        source: None,
        evidence,
    };
    let mut because: Vec<Because> = judged
        .assessment
        .because
        .iter()
        .map(|reason| match placed(sources, reason) {
            Some(because) => because,
            None => own(reason.evidence.says.clone(), reason.effect, Some(reason.evidence.clone())),
        })
        .collect();
    if because.is_empty() && judged.assessment.verdict == Verdict::Private {
        because.push(own("nothing in the input opens it".to_owned(), Effect::Absent, None));
    }
    let unknown = lacks(&judged.assessment)
        .into_iter()
        .map(|(lack, span)| Missing {
            message: lack.sentence(),
            name: lack.name,
            location: span.and_then(|span| sources.location(span)),
        })
        .collect();
    let remarks = judged
        .assessment
        .remarks
        .iter()
        .map(|remark| Note {
            code: remark.code,
            message: remark.says.clone(),
            location: remark
                .place
                .origin
                .written()
                .or(remark.place.span)
                .and_then(|span| sources.location(span)),
        })
        .collect();
    Store {
        root: judged.root,
        document: judged.document,
        address: judged.address,
        kind: judged.kind,
        tier: judged.tier,
        assessment: judged.assessment,
        change: judged.change.map(|changed| changed.change),
        location,
        span: judged.span,
        because,
        unknown,
        remarks,
    }
}

/// A reason at the place that decides; `None` for one that is nowhere.
fn placed(sources: &Sources, reason: &Reason) -> Option<Because> {
    let place = reason.evidence.places.first()?;
    let span = place.origin.written().or(place.span);
    let location = span.and_then(|span| sources.location(span));
    let source = source(&place.origin, DEEPEST_SOURCE)
        .and_then(|(name, span)| Some((name, sources.location(span)?)))
        .filter(|(_, source)| {
            location.as_ref().is_none_or(|own| (&own.path, own.line) != (&source.path, source.line))
        });
    Some(Because {
        address: place.address.clone(),
        attribute: place.attribute.clone(),
        effect: reason.effect,
        message: reason.evidence.says.clone(),
        location,
        span,
        source,
        evidence: Some(reason.evidence.clone()),
    })
}

/// How many values that others were made by are followed to where one comes from in the end.
const DEEPEST_SOURCE: usize = 8;

/// Where a value comes from in the end, and the name that it starts its way under: through what it was handed
/// on by, and through the values that it was made by.
fn source(origin: &Origin, depth: usize) -> Option<(String, Span)> {
    if let Some(maker) = origin.makers().first()
        && let Some(found) = depth.checked_sub(1).and_then(|depth| source(maker, depth))
    {
        return Some(found);
    }
    let last = origin.hops().last().map(|hop| hop.name.to_string())?;
    Some((last, origin.written()?))
}

/// What a verdict depends on, each once, with the place that uses it.
fn lacks(assessment: &Assessment) -> Vec<(Lack, Option<Span>)> {
    let mut spans: BTreeMap<&Cause, Span> = BTreeMap::new();
    for reason in &assessment.because {
        let mut places = reason.evidence.places.iter();
        let Some(span) = places.find_map(|place| place.origin.written().or(place.span)) else { continue };
        for cause in reason.evidence.unknown.iter().flat_map(|unknown| unknown.cause.each()) {
            spans.entry(cause).or_insert(span);
        }
    }
    let mut found: Vec<(Lack, Option<Span>)> = Vec::new();
    let mut told: BTreeSet<(String, &'static str)> = BTreeSet::new();
    for cause in assessment.unknown.iter().flat_map(|unknown| unknown.cause.each()) {
        let lack = message::lack(cause);
        if told.insert((lack.name.clone(), lack.lacks)) {
            found.push((lack, spans.get(cause).copied()));
        }
    }
    found
}

fn finding(sources: &Sources, store: &Arc<Store>, levels: &Levels, call: Option<Span>) -> Option<Finding> {
    let assessment = &store.assessment;
    let widest = widest(store.kind, &assessment.routes, levels);
    let rule = rule_of(store.kind, widest.map(|(_, route)| route));
    let (level, message) = match &assessment.verdict {
        Verdict::Private => return None,
        Verdict::Public { .. } => (
            levels.public(rule, store.tier, widest.map(|(_, route)| route.weight).unwrap_or_default()),
            message::public(&store.address, store.kind, assessment),
        ),
        Verdict::Undetermined => {
            let lacks: Vec<Lack> = lacks(assessment).into_iter().map(|(lack, _)| lack).collect();
            (levels.undetermined(rule, store.tier), message::undetermined(&store.address, &lacks))
        }
    };
    let open = |route: &&Route| match assessment.verdict {
        Verdict::Public { .. } => route.claim.truth().is_true(),
        Verdict::Undetermined => route.claim.truth().is_unknown(),
        Verdict::Private => false,
    };
    let closes = || message::joined(assessment.routes.iter().filter(open).map(|route| route.close.as_str()));
    let help = message::to_end(&store.address).map_or_else(closes, str::to_owned);
    let decisive = decisive(sources, store, widest);
    let written = decisive.as_ref().and_then(|because| because.span).or(store.span);
    let span = match written.and_then(|span| sources.location(span)) {
        Some(location) if is_installed(&location.path) => call.or(written),
        Some(_) => written,
        None => call,
    };
    Some(Finding {
        rule,
        level: level?,
        message,
        help,
        store: store.clone(),
        change: store.change,
        suppressed: None,
        location: span.and_then(|span| sources.location(span)),
        span,
        decisive,
        edits: Vec::new(),
    })
}

/// The finding of a store that a plan closes or destroys: what it was before.
fn removed(
    sources: &Sources,
    judged: &JudgedStore,
    before: Assessment,
    gone: bool,
    levels: &Levels,
) -> Option<Finding> {
    let judged = JudgedStore { assessment: before, ..judged.clone() };
    let call = judged.call_span;
    let store = Arc::new(store(sources, judged));
    let mut finding = finding(sources, &store, levels, call)?;
    let does = if gone { "destroys" } else { "closes" };
    finding.message = format!("{}, until this plan {does} it", finding.message);
    finding.level = Level::Info;
    finding.help = String::new();
    Some(finding)
}

/// The fact that is shown first: of the widest way in the one that opens, rather than one that fails to
/// close; of an undetermined store the first that is not known.
fn decisive(sources: &Sources, store: &Store, widest: Option<(usize, &Route)>) -> Option<Because> {
    let mut reasons = Vec::new();
    match widest {
        Some((index, route)) => explain_claim(&route.claim, index, &mut reasons),
        None => reasons.clone_from(&store.assessment.because),
    }
    reasons
        .iter()
        .filter(|reason| matches!(reason.effect, Effect::Opens | Effect::Unknown))
        .filter_map(|reason| placed(sources, reason))
        .min_by_key(|because| {
            let evidence = because.evidence.as_ref();
            (
                because.span.is_none(),
                evidence.is_some_and(|evidence| evidence.absent),
                evidence.is_some_and(|evidence| evidence.truth.is_false()),
            )
        })
}

/// Whether a path lies in an installed module.
fn is_installed(path: &str) -> bool {
    path.split('/').any(|part| part == ".terraform")
}

/// The lines that sensitive values are written on.
#[derive(Clone, Debug, Default)]
struct Hidden(BTreeMap<FileId, Vec<(u32, u32)>>);

impl Hidden {
    fn of(sources: &Sources, sensitive: &[Span]) -> Self {
        let mut lines: BTreeMap<FileId, Vec<(u32, u32)>> = BTreeMap::new();
        for span in sensitive {
            if let Some(file) = sources.file(span.file) {
                let (first, last) = (file.position(span.start).0, file.position(span.end.max(span.start)).0);
                lines.entry(span.file).or_default().push((first, last));
            }
        }
        Self(lines)
    }

    /// Whether a sensitive value is written on that line, from 1.
    fn covers(&self, file: FileId, line: u32) -> bool {
        self.0
            .get(&file)
            .is_some_and(|ranges| ranges.iter().any(|(first, last)| (*first..=*last).contains(&line)))
    }
}

#[cfg(test)]
mod tests {
    use super::capped;
    use super::fixture::{address, bucket, claim, place, route};
    use super::{FailOn, Judged, Report, fixture};
    use crate::source::Sources;
    use crate::source::{Diagnostic, Span};
    use crate::truth::Truth;
    use crate::verdict::{Audience, Letter, Route, Weight, judge};

    fn open(audience: Audience, letters: &[Letter], weight: Weight, rule: Option<&'static str>) -> Route {
        let opens = claim(Truth::True, Vec::new(), "it is open");
        Route { weight, rule, ..route(audience, letters, opens, "close it") }
    }

    fn headers(routes: Vec<Route>) -> Vec<String> {
        let sources = Sources::default();
        let judged = Judged { stores: vec![bucket("b", routes, Vec::new(), None)], ..Judged::default() };
        Report::new(&sources, judged)
            .findings
            .iter()
            .map(|finding| format!("{}[{}]: {}", finding.level.name(), finding.rule.name, finding.message))
            .collect()
    }

    #[test]
    fn a_finding_stands_under_its_widest_way_in() {
        let full = Weight::Full;
        let anonymous = || open(Audience::Anonymous, &[Letter::List], full, None);
        for (routes, expected) in [
            (vec![anonymous()], "error[public-bucket]: anyone can list objects in `aws_s3_bucket.b`"),
            (
                vec![open(Audience::Anonymous, &[], Weight::OneLower, None)],
                "warning[public-bucket]: anyone can see settings of `aws_s3_bucket.b`",
            ),
            (
                vec![open(
                    Audience::Network,
                    &[Letter::Connect],
                    Weight::OneLower,
                    Some("azure-services-open"),
                )],
                "warning[azure-services-open]: anyone on the internet can connect to `aws_s3_bucket.b`",
            ),
            (
                vec![
                    open(Audience::Authenticated, &[Letter::List, Letter::Read, Letter::Admin], full, None),
                    anonymous(),
                ],
                "error[public-bucket]: anyone can list objects in `aws_s3_bucket.b`, and any AWS account can \
                 read objects in it and change who may use it",
            ),
            (
                vec![
                    open(Audience::Anonymous, &[], Weight::OneLower, None),
                    open(Audience::Network, &[Letter::Connect], full, None),
                ],
                "error[public-bucket]: anyone can see settings of `aws_s3_bucket.b`, and anyone on the \
                 internet can connect to it",
            ),
        ] {
            assert_eq!(headers(routes), [expected]);
        }
    }

    #[test]
    fn what_fails_a_run() {
        let sources = Sources::default();
        let mut judged = fixture::three_buckets(&sources);
        let fails = |judged: &Judged| {
            let report = Report::new(&sources, judged.clone());
            [FailOn::Public, FailOn::Undetermined, FailOn::Never].map(|fail_on| report.fails(fail_on))
        };
        assert_eq!(fails(&judged), [true, true, false]);
        judged.stores.retain(|store| &*store.address.name != "site");
        assert_eq!(fails(&judged), [false, true, false]);
        judged.stores.retain(|store| &*store.address.name != "other");
        assert_eq!(fails(&judged), [false, false, false]);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter() {
        let sources = Sources::default();
        let judged = fixture::three_buckets(&sources);
        let mut turned = judged.clone();
        turned.stores.reverse();
        let write = |judged| fixture::text(&Report::new(&sources, judged), super::json::write);
        assert_eq!(write(judged), write(turned));
    }

    #[test]
    fn the_value_that_opens_is_shown_before_what_fails_to_close() {
        let sources = Sources::default();
        let file = sources.add("main.tf", "false\n\"*\"\n");
        let at = |part| fixture::at(&sources, file, part);
        let policy = address("aws_s3_bucket_policy", "b");
        let closed =
            claim(Truth::False, vec![place(&policy, "restrict", at("false"))], "it restricts nothing");
        let opens = claim(Truth::True, vec![place(&policy, "policy", at("\"*\""))], "it lets everyone in");
        let both = crate::verdict::all([crate::verdict::not(closed), opens]);
        let mut store = bucket("b", Vec::new(), Vec::new(), None);
        store.assessment =
            judge(vec![route(Audience::Anonymous, &[Letter::Read], both, "close it")], Vec::new());
        let report = Report::new(&sources, Judged { stores: vec![store], ..Judged::default() });
        assert_eq!(report.findings[0].location.as_ref().unwrap().line, 2);
    }

    #[test]
    fn a_file_shows_its_first_diagnostics_only() {
        let sources = Sources::default();
        let file = sources.add("main.tf", &"x\n".repeat(100));
        let at = |line: u32| Some(Span { file, start: line * 2, end: line * 2 + 1 });
        let errors = (0..53).map(|line| Diagnostic::error(format!("wrong {line}"), at(line)));
        let warnings = (0..51).map(|line| Diagnostic::warning(format!("odd {line}"), at(line)));
        let nowhere = Diagnostic::error("nowhere", None);
        let diagnostics = errors.chain(warnings).chain([nowhere.clone(), nowhere]).collect();
        let told = capped(diagnostics);
        let messages: Vec<(&str, Option<Span>)> =
            told.iter().skip(101).map(|told| (told.message.as_str(), told.span)).collect();
        let expected = [
            ("3 more errors in this file are not shown", at(50)),
            ("1 more warning in this file is not shown", at(50)),
        ];
        assert_eq!(messages, expected);
        assert_eq!(told.first().map(|told| told.message.as_str()), Some("nowhere"));
    }
}
