//! What settings, suppressions and a baseline do to findings.
//!
//! Enters: findings as they were judged, and a [`Policy`]. Leaves: each finding with the suppression that
//! holds of it, what took effect, and diagnostics about what no longer does. Nothing takes effect that the
//! report does not list.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;

use super::baseline::{self, Baseline, Entry};
use super::{Finding, Repository, Suppression};
use crate::rules::Levels;
use crate::rules::suppress::{Allow, Means, Subject};
use crate::source::{Diagnostic, FileId, Location, Severity, Sources, Span};

/// The most entries of a baseline that are named when they no longer occur.
const MOST_GONE: usize = 10;

/// What a report is made under.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The levels of rules.
    pub levels: Levels,
    /// Suppressions, of the settings and in comments.
    pub allows: Vec<Allow>,
    /// The day in UTC.
    pub today: Date,
    /// The root modules that were checked, as they are printed, each with its folder relative to the base of
    /// the settings.
    pub roots: BTreeMap<String, String>,
    /// The plans and states that were checked, as they are printed.
    pub documents: BTreeSet<String>,
    /// Whether these are all root modules below the base of the settings.
    pub whole: bool,
    /// Settings that took effect: name, value, place.
    pub settings: Vec<(String, String, Option<Span>)>,
    /// What was known before, with its file.
    pub baseline: Option<(Baseline, FileId)>,
    /// The top of the fence, which root modules of a baseline are relative to.
    pub top: PathBuf,
}

/// A setting that took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name: `rule["public-bucket"].level`, `known_networks`.
    pub name: String,
    /// Its value, as it is written; of variables only their names.
    pub value: String,
    /// Where it is written; none of an option.
    pub location: Option<Location>,
}

/// A suppression that took effect.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// How it is written, why, until when and where.
    pub suppression: Suppression,
    /// Rule, root module and address of the findings that it holds of, in the order of the report.
    pub findings: Vec<(&'static str, Option<String>, String)>,
}

/// What a policy did.
#[derive(Debug, Default)]
pub(super) struct Applied {
    pub(super) settings: Vec<Setting>,
    pub(super) suppressions: Vec<Suppressed>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Suppresses findings, which stand in their final order.
pub(super) fn apply(policy: &Policy, findings: &mut [Finding], sources: &Sources) -> Applied {
    let mut applied = Applied::default();
    let mut about: BTreeSet<usize> = BTreeSet::new();
    let mut holds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, finding) in findings.iter_mut().enumerate() {
        let root = finding.store.root.as_deref();
        let subject = Subject {
            rule: finding.rule.name,
            root,
            folder: root.and_then(|root| policy.roots.get(root)).map(String::as_str),
            address: &finding.store.address,
        };
        let mut first = None;
        for (index, allow) in policy.allows.iter().enumerate() {
            if !allow.is_about(subject) {
                continue;
            }
            about.insert(index);
            if first.is_none() && !allow.has_run_out(policy.today) {
                first = Some((index, allow));
            }
        }
        if let Some((index, allow)) = first {
            holds.entry(index).or_default().push(number);
            finding.suppressed = Some(Suppression {
                reason: allow.reason.to_string(),
                until: allow.until.map(|until| until.to_string()),
                location: sources.location(allow.span),
                means: allow.means,
            });
        }
    }
    for (index, allow) in policy.allows.iter().enumerate() {
        let in_reach = allow.is_in_reach(policy.roots.values().map(String::as_str), policy.whole);
        let is_about = about.contains(&index);
        if allow.has_run_out(policy.today) {
            applied.diagnostics.extend((in_reach || is_about).then(|| allow.ran_out()));
        } else if is_about {
            applied.diagnostics.extend(allow.runs_out_soon(policy.today));
        } else if in_reach {
            applied.diagnostics.push(allow.holds_of_nothing());
        }
    }
    for numbers in holds.values() {
        applied.suppressions.extend(listed(findings, numbers));
    }
    known_before(policy, findings, sources, &mut applied);
    applied.settings = policy
        .settings
        .iter()
        .map(|(name, value, span)| Setting {
            name: name.clone(),
            value: value.clone(),
            location: span.and_then(|span| sources.location(span)),
        })
        .collect();
    applied
}

/// One suppression with the findings that it holds of.
fn listed(findings: &[Finding], numbers: &[usize]) -> Option<Suppressed> {
    let held: Vec<&Finding> = numbers.iter().filter_map(|number| findings.get(*number)).collect();
    let suppression = held.first()?.suppressed.clone()?;
    let name = |finding: &&Finding| {
        (finding.rule.name, finding.store.root.clone(), finding.store.address.to_string())
    };
    Some(Suppressed { suppression, findings: held.iter().map(name).collect() })
}

fn known_before(policy: &Policy, findings: &mut [Finding], sources: &Sources, applied: &mut Applied) {
    let Some((baseline, file)) = &policy.baseline else { return };
    let span = Span { file: *file, start: 0, end: 0 };
    let mut occurred: BTreeSet<usize> = BTreeSet::new();
    let mut held = Vec::new();
    for (number, finding) in findings.iter_mut().enumerate() {
        let now = Entry::of(finding, sources, &policy.top);
        let known = baseline.knows(&now);
        occurred.extend(known);
        if finding.suppressed.is_some() {
            continue;
        }
        if known.is_some() {
            held.push(number);
            finding.suppressed = Some(Suppression {
                reason: "baseline".to_owned(),
                until: None,
                location: sources.location(span),
                means: Means::Baseline,
            });
        } else if baseline.has(&now) {
            applied.diagnostics.push(
                Diagnostic {
                    severity: Severity::Note,
                    ..Diagnostic::warning(
                        format!("`{}` is open to more than the baseline accepts", finding.store.address),
                        finding.span,
                    )
                }
                .with_note("its finding counts as new"),
            );
        }
    }
    applied.suppressions.extend(listed(findings, &held));
    let checked: BTreeSet<String> =
        policy.roots.keys().map(|root| baseline::relative(sources, root, &policy.top)).collect();
    let repository = Repository::new(policy.top.clone());
    let documents: BTreeSet<String> =
        policy.documents.iter().map(|document| repository.path(sources, document)).collect();
    let now: Vec<Entry> = findings.iter().map(|finding| Entry::of(finding, sources, &policy.top)).collect();
    let now: BTreeSet<_> = now.iter().map(Entry::key).collect();
    let gone: Vec<&Entry> = baseline
        .entries()
        .iter()
        .enumerate()
        .filter(|(index, entry)| {
            !occurred.contains(index)
                && match (&entry.document, &entry.root) {
                    (Some(document), _) => documents.contains(document),
                    (None, Some(root)) => checked.contains(root),
                    (None, None) => false,
                }
                && !now.contains(&entry.key())
        })
        .map(|(_, entry)| entry)
        .collect();
    if gone.is_empty() {
        return;
    }
    let count = gone.len();
    let message = match count {
        1 => "1 entry of the baseline no longer occurs".to_owned(),
        several => format!("{several} entries of the baseline no longer occur"),
    };
    let mut note = Diagnostic { severity: Severity::Note, ..Diagnostic::warning(message, Some(span)) };
    for entry in gone.iter().take(MOST_GONE) {
        let root = entry.root.as_ref().map(|root| format!(" in `{root}`")).unwrap_or_default();
        note = note.with_note(format!("{} of `{}`{root}", entry.rule, entry.address));
    }
    if count > MOST_GONE {
        note = note.with_note(format!("and {} more", count - MOST_GONE));
    }
    applied.diagnostics.push(note.with_note("help: write it again with `--write-baseline`"));
}
