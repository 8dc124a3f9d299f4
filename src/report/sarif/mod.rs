//! `--format sarif`: SARIF 2.1.0 (OASIS), as GitHub code scanning takes it.
//!
//! What GitHub shows and which limits it has stands in its documentation, "SARIF support for code scanning";
//! the constants below name the limits. Its shape is held against the official schema in
//! `tests/formats.rs`.

mod rule;
mod shape;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::human::{reason, way};
use super::{Because, Change, Finding, Problem, Report, Repository, Store, Suppression, escape, fingerprint};
use crate::rules::suppress::Means;
use crate::rules::{self, Level};
use crate::source::{Location, Severity};
use crate::verdict::claim::explain as explain_claim;
use crate::verdict::{Effect, Letter, Reason, Route, Verdict};

use shape::{
    Alert, Artifact, ArtifactChange, CodeFlow, Content, Descriptor, Driver, Fix, Invocation, Log, Message,
    Notification, Physical, Place, Properties, Region, Replacement, Run, Step, Suppressed, ThreadFlow, Tool,
};

/// The most results of one run; with more, an upload is refused.
const MOST_RESULTS: usize = 25_000;
/// The most locations that are related to one result and are kept.
const MOST_RELATED: usize = 100;
/// The most steps of all flows of one result that are kept; GitHub refuses 10,000.
const MOST_STEPS: usize = 1_000;
/// The most reasons that a message links to.
const MOST_LINKS: usize = 3;

/// The schema's own address.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What relative paths are relative to.
const TOP: &str = "%SRCROOT%";
/// The fingerprint that GitHub compares.
const LINE_HASH: &str = "primaryLocationLineHash";

/// Writes the report as one run. `exit_code` is what the program is going to exit with.
pub fn write(
    report: &Report<'_>,
    repository: &Repository,
    exit_code: u8,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&log(report, repository, exit_code)).map_err(io::Error::other)?;
    writeln!(out, "{}", escape::json(&text))
}

/// Everything that places need.
struct Writer<'a, 's> {
    report: &'a Report<'s>,
    repository: &'a Repository,
    /// How many findings of a rule stand on one line.
    on_line: BTreeMap<(&'static str, String, u32), usize>,
}

fn log(report: &Report<'_>, repository: &Repository, exit_code: u8) -> Log {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    let dropped = findings.len().saturating_sub(MOST_RESULTS);
    if dropped > 0 {
        findings = report.by_severity();
        findings.truncate(MOST_RESULTS);
    }
    let mut writer = Writer { report, repository, on_line: BTreeMap::new() };
    for finding in &findings {
        *writer.on_line.entry(writer.line_of(finding)).or_default() += 1;
    }
    let suppressing = findings.iter().any(|finding| finding.suppressed.is_some());
    let results = findings.iter().map(|finding| writer.result(finding, suppressing)).collect();
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: vec![Run {
            tool: Tool {
                driver: Driver {
                    name: "tfward",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: rules::repository(),
                    rules: rules::RULES.iter().map(rule::descriptor).collect(),
                },
            },
            invocations: vec![Invocation {
                execution_successful: !report.is_incomplete(),
                exit_code,
                exit_code_description: describe(exit_code),
                tool_execution_notifications: writer.notifications(dropped),
                tool_configuration_notifications: writer.in_force(),
            }],
            original_uri_base_ids: BTreeMap::from([(
                TOP,
                Artifact {
                    uri: None,
                    uri_base_id: None,
                    description: Some(Message::plain("The top of the repository.")),
                },
            )]),
            results,
            column_kind: "unicodeCodePoints",
        }],
    }
}

/// What an exit code says (`docs/command-line.md`, "Exit status").
const fn describe(exit_code: u8) -> &'static str {
    match exit_code {
        0 => "The check ran to its end and found nothing that fails it.",
        1 => "The check ran to its end and found what fails it.",
        _ => "The check could not see everything.",
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

impl Writer<'_, '_> {
    fn result(&self, finding: &Finding, suppressing: bool) -> Alert {
        let store = &finding.store;
        let (related, message) = self.related(finding);
        let mut fingerprints = BTreeMap::new();
        let identity = fingerprint::of(finding, self.report.sources, self.repository);
        // GitHub compares this one only, and its upload action adds one made from the text of the line; it
        // warns of any other. So it is given only where several findings share a line, and would be taken
        // for one.
        if self.on_line.get(&self.line_of(finding)).is_some_and(|count| *count > 1) {
            fingerprints.insert(LINE_HASH, identity.clone());
        }
        fingerprints.insert(fingerprint::NAME, identity);
        Alert {
            rule_id: finding.rule.name,
            rule_index: rules::RULES.iter().position(|rule| std::ptr::eq(rule, finding.rule)),
            level: level(finding.level),
            message,
            locations: vec![place(self.location(finding))],
            related_locations: related,
            code_flows: self.flows(finding),
            partial_fingerprints: fingerprints,
            baseline_state: finding.change.map(|change| match change {
                Change::Introduced => "new",
                Change::Existing => "unchanged",
                Change::Removed => "absent",
            }),
            suppressions: suppressing
                .then(|| finding.suppressed.iter().map(|suppression| self.suppressed(suppression)).collect()),
            fixes: self.fixes(finding),
            properties: properties(finding, store),
        }
    }

    /// The line that a finding stands on, for counting.
    fn line_of(&self, finding: &Finding) -> (&'static str, String, u32) {
        let (uri, region) = self.location(finding);
        (finding.rule.name, uri, region.start_line)
    }

    /// Where a finding stands: a place in a text, else the folder of its root module.
    fn location(&self, finding: &Finding) -> (String, Region) {
        let location = finding.location.as_ref().or(finding.store.location.as_ref());
        match (location, &finding.store.root) {
            (Some(location), _) => self.region(location),
            (None, root) => {
                let folder = root.as_deref().unwrap_or(".");
                (self.repository.uri(self.report.sources, folder), Region::START)
            }
        }
    }

    fn region(&self, location: &Location) -> (String, Region) {
        let empty = (location.line, location.column) == (location.end_line, location.end_column);
        let region = Region {
            start_line: location.line,
            start_column: location.column,
            end_line: location.end_line,
            // A whole document is meant by its first character: an empty region is not shown.
            end_column: location.end_column + u32::from(empty),
        };
        (self.repository.uri(self.report.sources, &location.path), region)
    }

    fn at(&self, location: &Location) -> Place {
        place(self.region(location))
    }

    fn told(&self, location: &Location, message: &str) -> Place {
        Place { message: Some(Message::plain(message)), ..self.at(location) }
    }

    /// What a finding rests on, and its message with links to the first of them.
    fn related(&self, finding: &Finding) -> (Vec<Place>, Message) {
        let store = &finding.store;
        let mut places: Vec<Place> = Vec::new();
        let mut links: Vec<String> = Vec::new();
        for because in &store.because {
            let Some(location) = &because.location else { continue };
            let id = places.len();
            places.push(Place { id: Some(id), ..self.told(location, &told(store, because)) });
            if links.len() < MOST_LINKS {
                links.push(format!("[{}]({id})", link_text(&because.message)));
            }
        }
        for missing in &store.unknown {
            if let Some(location) = &missing.location {
                places.push(self.told(location, &missing.message));
            }
        }
        for note in &store.remarks {
            if let Some(location) = &note.location {
                places.push(self.told(location, &format!("note: {}", note.message)));
            }
        }
        if let Some(location) = &store.location {
            places.push(self.told(location, &format!("`{}` is declared here", store.address)));
        }
        places.truncate(MOST_RELATED);
        for (id, place) in places.iter_mut().enumerate() {
            place.id = Some(id);
        }
        let mut sentences = vec![format!("{}.", plain(&finding.message))];
        if !links.is_empty() {
            sentences.push(format!("Because: {}.", links.join("; ")));
        }
        if let Some(change) = finding.change {
            sentences.push(format!("Change: {}.", change.name()));
        }
        if !finding.help.is_empty() {
            sentences.push(format!("Help: {}.", plain(&finding.help)));
        }
        (places, Message { text: sentences.join(" ") })
    }

    /// One flow for each way in: where each value was written, the names that it went through, the fact, and
    /// at the end the store.
    fn flows(&self, finding: &Finding) -> Vec<CodeFlow> {
        let store = &finding.store;
        let mut left = MOST_STEPS;
        let mut flows = Vec::new();
        for (index, route) in store.assessment.routes.iter().enumerate() {
            let shown = match store.assessment.verdict {
                Verdict::Public { .. } => route.claim.truth().is_true(),
                Verdict::Undetermined => route.claim.truth().is_unknown(),
                Verdict::Private => false,
            };
            if !shown {
                continue;
            }
            let mut steps = self.steps(route, index);
            if steps.is_empty() {
                continue;
            }
            if let Some(location) = &store.location {
                let message = match store.assessment.verdict {
                    Verdict::Public { .. } => format!("`{}` is open by its {}", store.address, route.name),
                    Verdict::Private | Verdict::Undetermined => {
                        format!("`{}` may be open by its {}", store.address, route.name)
                    }
                };
                steps.push(self.step(location, &message, 0));
            }
            steps.truncate(left);
            left -= steps.len();
            if steps.is_empty() {
                break;
            }
            flows.push(CodeFlow {
                message: Message::plain(&format!("{}, {}", route.name, route.audience.name())),
                thread_flows: [ThreadFlow { locations: steps }],
            });
        }
        flows
    }

    fn steps(&self, route: &Route, index: usize) -> Vec<Step> {
        let mut reasons: Vec<Reason> = Vec::new();
        explain_claim(&route.claim, index, &mut reasons);
        let mut steps = Vec::new();
        for reason in &reasons {
            if !matches!(reason.effect, Effect::Opens | Effect::Unknown) {
                continue;
            }
            let Some(place) = reason.evidence.places.first() else { continue };
            for pointer in way(place) {
                if let Some(location) = self.report.location_of(pointer.span) {
                    steps.push(self.step(&location, &pointer.text, 1));
                }
            }
            // The way has led to where the value is used; the fact is about that place.
            let span = place.span.or(place.origin.written());
            if let Some(location) = span.and_then(|span| self.report.location_of(span)) {
                steps.push(self.step(&location, &reason.evidence.says, 0));
            }
        }
        steps
    }

    fn step(&self, location: &Location, message: &str, nesting_level: u32) -> Step {
        Step { location: self.told(location, message), nesting_level }
    }

    fn suppressed(&self, suppression: &Suppression) -> Suppressed {
        Suppressed {
            kind: if suppression.means == Means::Comment { "inSource" } else { "external" },
            status: "accepted",
            justification: escape::line(&suppression.reason),
            location: suppression.location.as_ref().map(|location| self.at(location)),
            properties: suppression.until.iter().map(|until| ("until", escape::line(until))).collect(),
        }
    }

    fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        let mut changes: BTreeMap<String, Vec<Replacement>> = BTreeMap::new();
        for edit in &finding.edits {
            let Some(location) = self.report.location_of(edit.span) else { return Vec::new() };
            let deleted_region = Region {
                start_line: location.line,
                start_column: location.column,
                end_line: location.end_line,
                end_column: location.end_column,
            };
            changes
                .entry(self.repository.uri(self.report.sources, &location.path))
                .or_default()
                .push(Replacement { deleted_region, inserted_content: Content { text: edit.text.clone() } });
        }
        if changes.is_empty() {
            return Vec::new();
        }
        vec![Fix {
            description: Message::plain("This edit closes it; `tfward fix --write` makes it."),
            artifact_changes: changes
                .into_iter()
                .map(|(uri, replacements)| ArtifactChange {
                    artifact_location: Artifact { uri: Some(uri), uri_base_id: Some(TOP), description: None },
                    replacements,
                })
                .collect(),
        }]
    }

    /// What is wrong with the input, then every remark, then what was not judged.
    fn notifications(&self, dropped: usize) -> Vec<Notification> {
        let mut all: Vec<Notification> =
            self.report.diagnostics.iter().map(|problem| self.of_problem(problem)).collect();
        if dropped > 0 {
            let message = format!("{dropped} further findings are left out: an upload takes {MOST_RESULTS}");
            all.push(Notification::new("warning", "left-out", &message));
        }
        for store in &self.report.stores {
            for note in &store.remarks {
                let message = format!("`{}`: {}", store.address, note.message);
                all.push(Notification {
                    locations: note.location.iter().map(|at| self.at(at)).collect(),
                    ..Notification::new("note", note.code, &message)
                });
            }
        }
        for (resource_type, count) in &self.report.not_judged {
            let message = format!("not judged yet: {resource_type} ({count})");
            all.push(Notification::new("note", "not-judged", &message));
        }
        all
    }

    /// Settings and suppressions that took effect.
    fn in_force(&self) -> Vec<Notification> {
        let settings = self.report.settings.iter().map(|setting| Notification {
            locations: setting.location.iter().map(|at| self.at(at)).collect(),
            ..Notification::new("note", "setting", &format!("{} = {}", setting.name, setting.value))
        });
        let suppressions = self.report.suppressions.iter().map(|suppressed| {
            let Suppression { reason, until, location, means } = &suppressed.suppression;
            let until = until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
            let count = match suppressed.findings.len() {
                1 => "1 finding".to_owned(),
                several => format!("{several} findings"),
            };
            let message = format!("{count} accepted by {}: {reason}{until}", means.name());
            Notification {
                locations: location.iter().map(|at| self.at(at)).collect(),
                ..Notification::new("note", "suppression", &message)
            }
        });
        settings.chain(suppressions).collect()
    }

    fn of_problem(&self, problem: &Problem) -> Notification {
        let diagnostic = &problem.diagnostic;
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let mut message = diagnostic.message.clone();
        for note in &diagnostic.notes {
            message.push_str("; ");
            message.push_str(note);
        }
        Notification {
            locations: problem.location.iter().map(|at| self.at(at)).collect(),
            ..Notification::new(severity, "input", &message)
        }
    }
}

fn place((uri, region): (String, Region)) -> Place {
    Place {
        id: None,
        physical_location: Physical {
            artifact_location: Artifact { uri: Some(uri), uri_base_id: Some(TOP), description: None },
            region,
        },
        message: None,
    }
}

fn told(store: &Store, because: &Because) -> String {
    reason(store, &Because { location: None, ..because.clone() })
}

fn properties(finding: &Finding, store: &Store) -> Properties {
    let (verdict, audience, access) = match &store.assessment.verdict {
        Verdict::Public { audience, access } => {
            ("public", Some(audience.name()), access.letters().map(Letter::name).collect())
        }
        Verdict::Private => ("private", None, Vec::new()),
        Verdict::Undetermined => ("undetermined", None, Vec::new()),
    };
    Properties {
        address: escape::line(&store.address.to_string()),
        root: store.root.as_deref().map(escape::line),
        kind: store.kind.name(),
        verdict,
        audience,
        access,
        change: finding.change.map(Change::name),
    }
}

/// A text of the input in a message, where `[text](target)` would be a link.
fn plain(text: &str) -> String {
    escape::line(text).replace("](", "] (")
}

/// A text of the input as the text of a link (SARIF 3.11.6).
fn link_text(text: &str) -> String {
    escape::line(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

impl Message {
    fn plain(text: &str) -> Self {
        Self { text: plain(text) }
    }
}

impl Notification {
    fn new(level: &'static str, code: &'static str, message: &str) -> Self {
        Self {
            level,
            descriptor: Descriptor { id: code },
            message: Message::plain(message),
            locations: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
