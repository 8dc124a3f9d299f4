//! `--format short`: one finding a line, `PATH:LINE:COLUMN: LEVEL: MESSAGE [RULE] (ADDRESS)`.
//!
//! Errors and warnings about the input stand below, in the same shape without rule and address, so that an
//! editor shows them too and an incomplete run does not look like a clean one. What settings and
//! suppressions did has no place among findings and goes to standard error.

use std::io::{self, Write};

use super::{Report, escape};
use crate::source::{Location, Severity};

/// Writes one line for each finding that is not suppressed, then one for each diagnostic.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        writeln!(
            out,
            "{}: {}: {} [{}] ({})",
            place(finding.location.as_ref(), finding.store.root.as_deref()),
            finding.level.name(),
            escape::line(&finding.message),
            finding.rule.name,
            escape::line(&finding.store.address.to_string()),
        )?;
    }
    for problem in &report.diagnostics {
        let level = match problem.diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "info",
        };
        writeln!(
            out,
            "{}: {level}: {}",
            place(problem.location.as_ref(), None),
            escape::line(&problem.diagnostic.message)
        )?;
    }
    Ok(())
}

/// Writes every setting and suppression that took effect, a line each.
pub fn write_in_force(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    report.in_force().iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// What has no place stands at the start of its root module's directory.
fn place(location: Option<&Location>, root: Option<&str>) -> String {
    match location {
        Some(location) => {
            format!("{}:{}:{}", escape::path(&location.path), location.line, location.column)
        }
        None => format!("{}:1:1", escape::path(root.unwrap_or("."))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Judged, Report, fixture};
    use super::write;
    use crate::source::{Diagnostic, Sources, Span};

    #[test]
    fn one_finding_a_line() {
        let sources = Sources::default();
        let report = Report::new(&sources, fixture::three_buckets(&sources));
        insta::assert_snapshot!(fixture::text(&report, write), @r#"
        site/main.tf:10:9: warning: whether `aws_s3_bucket.other` is public depends on `var.other_acl`, which has no value; pass `--var other_acl=…` or a plan [public-bucket] (aws_s3_bucket.other)
        site/terraform.tfvars:2:10: error: anyone can list objects in `aws_s3_bucket.site` [public-bucket] (aws_s3_bucket.site)
        "#);
    }

    #[test]
    fn nothing_of_the_input_reaches_the_terminal_unescaped() {
        let sources = Sources::default();
        let file = sources.add("::error::x\n/main.tf", "x\n");
        let span = Span { file, start: 0, end: 1 };
        let judged = Judged {
            diagnostics: vec![Diagnostic::error("a\u{1b}[2J\n::warning::b\u{202e}", Some(span))],
            ..Judged::default()
        };
        let report = Report::new(&sources, judged);
        assert_eq!(
            fixture::text(&report, write),
            "./::error::x\\n/main.tf:1:1: error: a\\u{1b}[2J\\n::warning::b\\u{202e}\n"
        );
    }
}
