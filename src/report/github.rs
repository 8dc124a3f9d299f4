//! `--format github`: workflow commands, which GitHub Actions turns into annotations.
//!
//! A step shows ten annotations of each level and drops the rest silently (GitHub's documentation, "Workflow
//! commands" and its limits), so the most severe come first, and the last notice says how many are missing.
//! What settings and suppressions did is a notice too, and stands in the log as a whole.

use std::io::{self, Write};

use super::human::reason;
use super::{Finding, Problem, Report, Repository, escape};
use crate::rules::Level;
use crate::source::{Location, Severity};

/// The most annotations of one level that a step shows.
const MOST: usize = 10;
/// The most settings and suppressions that a notice names.
const MOST_NAMED: usize = 20;

/// One annotation before it is written.
struct Annotation<'a> {
    level: Level,
    title: &'static str,
    place: Option<Place<'a>>,
    lines: Vec<String>,
}

/// Where an annotation stands.
enum Place<'a> {
    Text(&'a Location),
    Folder(&'a str),
}

/// Writes annotations, most severe first, then what settings and suppressions did and the counts as plain
/// lines.
pub fn write(report: &Report<'_>, repository: &Repository, out: &mut dyn Write) -> io::Result<()> {
    let mut dropped = Vec::new();
    let in_force = report.in_force();
    // A settings file that says nothing is worth a line in the log only.
    let telling =
        !report.suppressions.is_empty() || report.settings.iter().any(|setting| setting.name != "config");
    for level in [Level::Error, Level::Warning, Level::Info] {
        let of_findings: Vec<Annotation<'_>> = report
            .by_severity()
            .into_iter()
            .filter(|finding| finding.level == level && finding.suppressed.is_none())
            .map(of_finding)
            .collect();
        let of_problems: Vec<Annotation<'_>> = report
            .diagnostics
            .iter()
            .map(of_problem)
            .filter(|annotation| annotation.level == level)
            .collect();
        let total = of_findings.len() + of_problems.len();
        // The notices about settings and about what is dropped are two of the ten; so is at least one
        // diagnostic.
        let notices = usize::from(level == Level::Info && telling);
        let told = level == Level::Info && (total + notices > MOST || !dropped.is_empty());
        let most = MOST - notices - usize::from(told);
        let reserved = usize::from(!of_problems.is_empty());
        let findings = of_findings.len().min(most - reserved);
        let problems = of_problems.len().min(most - findings);
        for annotation in of_findings.iter().take(findings).chain(of_problems.iter().take(problems)) {
            write_annotation(report, repository, annotation, out)?;
        }
        if total > findings + problems {
            dropped.push((level, total - findings - problems));
        }
    }
    if telling {
        let mut lines: Vec<String> = in_force.iter().take(MOST_NAMED).map(|line| data(line)).collect();
        if in_force.len() > MOST_NAMED {
            lines.push(format!("and {} more, in the log", in_force.len() - MOST_NAMED));
        }
        writeln!(out, "::notice title=tfward::{}", lines.join("%0A"))?;
    }
    if !dropped.is_empty() {
        let counts: Vec<String> =
            dropped.iter().map(|(level, count)| format!("{count} more of level {}", level.name())).collect();
        let message = format!("{}; GitHub shows {MOST} of each level", counts.join(", "));
        writeln!(out, "::notice title=tfward::{}", data(&message))?;
    }
    for line in &in_force {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{}", super::human::counts(report))
}

fn of_finding(finding: &Finding) -> Annotation<'_> {
    let store = &finding.store;
    let mut lines = vec![finding.message.clone()];
    lines.extend(store.because.iter().map(|because| format!("- {}", reason(store, because))));
    if let Some(root) = store.root.as_ref().filter(|root| *root != ".") {
        lines.push(format!("in root module `{root}`"));
    }
    if let Some(change) = finding.change {
        lines.push(format!("change: {}", change.name()));
    }
    if !finding.help.is_empty() {
        lines.push(format!("help: {}", finding.help));
    }
    Annotation {
        level: finding.level,
        title: finding.rule.name,
        place: match (&finding.location, &store.root) {
            (Some(location), _) => Some(Place::Text(location)),
            (None, Some(root)) => Some(Place::Folder(root)),
            (None, None) => None,
        },
        lines,
    }
}

fn of_problem(problem: &Problem) -> Annotation<'_> {
    let diagnostic = &problem.diagnostic;
    Annotation {
        level: match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Note => Level::Info,
        },
        title: "tfward",
        place: problem.location.as_ref().map(Place::Text),
        lines: std::iter::once(&diagnostic.message).chain(&diagnostic.notes).cloned().collect(),
    }
}

fn write_annotation(
    report: &Report<'_>,
    repository: &Repository,
    annotation: &Annotation<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let command = match annotation.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    write!(out, "::{command} ")?;
    let path = |shown: &str| property(&repository.path(report.sources, shown));
    match annotation.place {
        Some(Place::Text(at)) => {
            write!(out, "file={},line={},endLine={},", path(&at.path), at.line, at.end_line)?;
            // Columns of a place over several lines are refused.
            if at.line == at.end_line {
                write!(out, "col={},endColumn={},", at.column, at.end_column)?;
            }
        }
        Some(Place::Folder(folder)) => write!(out, "file={},", path(folder))?,
        None => {}
    }
    let lines: Vec<String> = annotation.lines.iter().map(|line| data(line)).collect();
    writeln!(out, "title={}::{}", property(annotation.title), lines.join("%0A"))
}

/// A text as a command's message.
fn data(text: &str) -> String {
    escape::line(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::fixture::{bucket, claim, route};
    use super::super::{Judged, Report, Repository, fixture};
    use super::{property, write};
    use crate::source::{Diagnostic, Sources};
    use crate::truth::Truth;
    use crate::verdict::{Audience, Letter};

    fn text(report: &Report<'_>) -> String {
        let repository = Repository::new(PathBuf::new());
        fixture::text(report, |report, out| write(report, &repository, out))
    }

    #[test]
    fn three_buckets() {
        let sources = Sources::default();
        let report = Report::new(&sources, fixture::three_buckets(&sources));
        insta::assert_snapshot!(text(&report));
    }

    #[test]
    fn ten_of_each_level_and_a_notice() {
        let sources = Sources::default();
        let stores = (0..14).map(|number| {
            let audience = if number == 13 { Audience::Anonymous } else { Audience::Network };
            let opens = claim(Truth::True, Vec::new(), "it is open");
            let routes = vec![route(audience, &[Letter::Read], opens, "close it")];
            bucket(&format!("b{number:02}"), routes, Vec::new(), None)
        });
        let judged = Judged {
            stores: stores.collect(),
            diagnostics: vec![Diagnostic::error("it does not parse", None)],
            ..Judged::default()
        };
        let text = text(&Report::new(&sources, judged));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.iter().filter(|line| line.starts_with("::error ")).count(), 10);
        assert!(lines[0].contains("aws_s3_bucket.b13"), "{}", lines[0]);
        assert_eq!(lines[9], "::error title=tfward::it does not parse");
        assert_eq!(lines[10], "::notice title=tfward::5 more of level error; GitHub shows 10 of each level");
        assert_eq!(lines.len(), 12);
    }

    #[test]
    fn properties() {
        assert_eq!(property("50%,a:b\r\n::x"), "50%25%2Ca%3Ab\\r\\n%3A%3Ax");
    }
}
