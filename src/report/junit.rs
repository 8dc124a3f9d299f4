//! `--format junit`: one test case a store, so that any build service can show and count them.
//!
//! A store whose finding fails the run is a failure, a suppressed one is skipped, every other one passes and
//! says in its output what is known. Errors about the input are cases of their own. Settings and suppressions
//! that took effect are properties of the first suite.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::human::{headline, reason, settings, suppressions};
use super::{FailOn, Finding, Problem, Report, Store, escape};
use crate::source::{Location, Severity};

/// Writes one suite for each root module, then one for errors about the input, if there are any.
pub fn write(report: &Report<'_>, fail_on: FailOn, out: &mut dyn Write) -> io::Result<()> {
    let mut suites = Vec::new();
    let mut roots: Vec<Option<&str>> = report.stores.iter().map(|store| store.root.as_deref()).collect();
    roots.extend(report.findings.iter().map(|finding| finding.store.root.as_deref()));
    roots.sort_unstable();
    roots.dedup();
    for root in roots {
        let mut suite = TestSuite::new(escape::line(root.unwrap_or("stores")));
        for store in report.stores.iter().filter(|store| store.root.as_deref() == root) {
            let finding =
                report.findings.iter().find(|finding| std::sync::Arc::ptr_eq(&finding.store, store));
            suite.add_test_case(of_store(store, finding, fail_on));
        }
        if suite.tests > 0 {
            suites.push(suite);
        }
    }
    let errors: Vec<&Problem> =
        report.diagnostics.iter().filter(|problem| problem.diagnostic.severity == Severity::Error).collect();
    if !errors.is_empty() {
        let mut suite = TestSuite::new("input");
        suite.add_test_cases(errors.into_iter().map(of_problem));
        suites.push(suite);
    }
    let named =
        |name: &'static str, lines: Vec<String>| lines.into_iter().map(move |line| (name.to_owned(), line));
    let mut in_force =
        named("setting", settings(report)).chain(named("suppressed", suppressions(report))).peekable();
    if suites.is_empty() && in_force.peek().is_some() {
        suites.push(TestSuite::new("tfward"));
    }
    if let Some(first) = suites.first_mut() {
        first.add_properties(in_force);
    }
    let mut document = Document::new("tfward");
    document.add_test_suites(suites);
    let text = document.to_string().map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())
}

fn of_store(store: &Store, finding: Option<&Finding>, fail_on: FailOn) -> TestCase {
    let address = escape::line(&store.address.to_string());
    let mut case = match finding {
        Some(finding) if finding.suppressed.is_some() => {
            let mut status = TestCaseStatus::skipped();
            let why = finding.suppressed.as_ref().map(|suppression| suppression.reason.as_str());
            status.set_message(escape::line(&format!("suppressed: {}", why.unwrap_or_default())));
            status.set_type(finding.rule.name);
            TestCase::new(address, status)
        }
        Some(finding) if finding.fails(fail_on) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(escape::line(&finding.message));
            status.set_type(finding.rule.name);
            status.set_description(reasons(store, Some(finding)));
            TestCase::new(address, status)
        }
        Some(_) | None => {
            let mut case = TestCase::new(address, TestCaseStatus::success());
            case.set_system_out(reasons(store, finding));
            case
        }
    };
    case.set_classname(store.kind.name());
    place(&mut case, finding.and_then(|finding| finding.location.as_ref()).or(store.location.as_ref()));
    case
}

fn of_problem(problem: &Problem) -> TestCase {
    let message = escape::line(&problem.diagnostic.message);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(message.as_str());
    status.set_type("input");
    let notes: Vec<String> = problem.diagnostic.notes.iter().map(|note| escape::line(note)).collect();
    if !notes.is_empty() {
        status.set_description(notes.join("\n"));
    }
    let name = match &problem.location {
        Some(location) => format!("{}:{}", escape::line(&location.path), location.line),
        None => message,
    };
    let mut case = TestCase::new(name, status);
    case.set_classname("input");
    place(&mut case, problem.location.as_ref());
    case
}

/// The attributes that build services read to link a case with its source.
fn place(case: &mut TestCase, location: Option<&Location>) {
    if let Some(location) = location {
        case.extra.insert("file".into(), escape::line(&location.path).into());
        case.extra.insert("line".into(), location.line.to_string().into());
    }
}

/// The verdict and what explains it, one fact a line.
fn reasons(store: &Store, finding: Option<&Finding>) -> String {
    let mut lines = vec![headline(store)];
    lines.extend(
        store.because.iter().map(|because| format!("{}: {}", because.effect.name(), reason(store, because))),
    );
    lines.extend(store.unknown.iter().map(|missing| format!("missing: {}", missing.message)));
    if let Some(help) = finding.map(|finding| finding.help.as_str()).filter(|help| !help.is_empty()) {
        lines.push(format!("help: {help}"));
    }
    lines.iter().map(|line| escape::line(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::{FailOn, Report, Suppression, fixture};
    use super::write;
    use crate::rules::suppress::Means;
    use crate::source::{Diagnostic, Sources};

    #[test]
    fn three_buckets() {
        let sources = Sources::default();
        let mut judged = fixture::three_buckets(&sources);
        judged.diagnostics.push(Diagnostic::error("a <b> & \u{1b}[31m\"c\"", None));
        let report = Report::new(&sources, judged);
        insta::assert_snapshot!(fixture::text(&report, |report, out| write(report, FailOn::Public, out)));
    }

    #[test]
    fn what_fails_and_what_is_skipped() {
        let sources = Sources::default();
        let mut report = Report::new(&sources, fixture::three_buckets(&sources));
        let counts = |report: &Report<'_>, fail_on| {
            let text = fixture::text(report, |report, out| write(report, fail_on, out));
            ["<failure", "<skipped", "<testcase"].map(|tag| text.matches(tag).count())
        };
        assert_eq!(counts(&report, FailOn::Public), [1, 0, 3]);
        assert_eq!(counts(&report, FailOn::Undetermined), [2, 0, 3]);
        assert_eq!(counts(&report, FailOn::Never), [0, 0, 3]);
        for finding in &mut report.findings {
            finding.suppressed = Some(Suppression {
                reason: "on purpose".to_owned(),
                until: None,
                location: None,
                means: Means::Comment,
            });
        }
        assert_eq!(counts(&report, FailOn::Undetermined), [0, 2, 3]);
    }
}
