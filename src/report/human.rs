//! `--format human`: findings and diagnostics with excerpts of the sources, and a last line that counts.

use std::io::{self, Write};

use codespan_reporting::diagnostic::Severity as Shade;
use codespan_reporting::files::Error;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{Config, emit_to_write_style};

use super::excerpt::{Draft, Pointer, lay_out, place};
use super::{Because, Finding, Note, Problem, Report, Setting, Store, escape};
use crate::rules::suppress::Means;
use crate::rules::{self, Level};
use crate::source::{Location, Severity, Span};
use crate::value::Origin;
use crate::verdict::{Place, Verdict};

/// The most further places of one fact that are pointed at.
const MOST_PLACES: usize = 5;
/// The most places on the way of one value.
const LONGEST_WAY: usize = 12;
/// How far the values are followed that a value was made by.
const DEEPEST_WAY: usize = 3;

/// How much to print, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// With ANSI colours.
    pub color: bool,
    /// The address of the repository that rules link to, on a terminal that shows links.
    pub links: Option<&'static str>,
    /// Findings, errors and the last line only.
    pub quiet: bool,
    /// Every store with its reasons and remarks as well.
    pub verbose: bool,
}

/// Writes findings, then diagnostics, then what was not judged; the last line counts the stores.
pub fn write(report: &Report<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        if finding.suppressed.is_none() || options.verbose {
            emit(report, finding_draft(report, finding, options), options, out)?;
        }
    }
    for problem in &report.diagnostics {
        if problem.diagnostic.severity == Severity::Error || !options.quiet {
            emit(report, problem_draft(problem), options, out)?;
        }
    }
    if options.verbose {
        for store in &report.stores {
            write_store(store, out)?;
        }
    }
    if !report.not_judged.is_empty() && !options.quiet {
        let types: Vec<String> = report
            .not_judged
            .iter()
            .map(|(resource_type, count)| format!("{} ({count})", escape::line(resource_type)))
            .collect();
        writeln!(out, "not judged yet: {}", types.join(", "))?;
    }
    // Also when little is printed: nobody weakens a check unseen.
    for line in in_force(report) {
        writeln!(out, "{line}")?;
    }
    if report.stores.is_empty() {
        writeln!(out, "No data store found")?;
    }
    writeln!(out, "{}", counts(report))
}

/// Every setting and suppression that took effect, a line each below its head.
pub(super) fn in_force(report: &Report<'_>) -> Vec<String> {
    let settings = settings(report);
    let suppressions = suppressions(report);
    let mut lines = Vec::new();
    for (head, below) in [("settings in force:", settings), ("suppressed findings:", suppressions)] {
        if !below.is_empty() {
            lines.push(head.to_owned());
            lines.extend(below.iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

/// Every setting that took effect, as a line each.
pub(super) fn settings(report: &Report<'_>) -> Vec<String> {
    let line = |setting: &Setting| {
        // The file itself needs no place.
        let location = setting.location.as_ref().filter(|at| at.path != setting.value);
        escape::line(&placed(&format!("{} = {}", setting.name, setting.value), location))
    };
    report.settings.iter().map(line).collect()
}

/// Every suppression that took effect, a line for each finding; those of a baseline are counted.
pub(super) fn suppressions(report: &Report<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for suppressed in &report.suppressions {
        let suppression = &suppressed.suppression;
        let location = suppression.location.as_ref();
        if suppression.means == Means::Baseline {
            let count = suppressed.findings.len();
            lines.push(escape::line(&placed(&format!("{count} known to the baseline"), location)));
            continue;
        }
        let until = suppression.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
        for (rule, root, address) in &suppressed.findings {
            let root = root.as_ref().filter(|root| *root != ".");
            let root = root.map(|root| format!(" in root module `{root}`")).unwrap_or_default();
            let line = format!("{rule} of `{address}`{root}: {}{until}", suppression.reason);
            lines.push(escape::line(&placed(&line, location)));
        }
    }
    lines
}

fn placed(line: &str, location: Option<&Location>) -> String {
    located(line, &location.map(place).into_iter().collect::<Vec<_>>())
}

/// "1 public, 0 undetermined, 3 private", and the errors if there are any.
pub(super) fn counts(report: &Report<'_>) -> String {
    let summary = report.summary;
    let errors = match summary.errors {
        0 => String::new(),
        1 => ", 1 error".to_owned(),
        several => format!(", {several} errors"),
    };
    let suppressed = report.findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    let suppressed = if suppressed == 0 { String::new() } else { format!(", {suppressed} suppressed") };
    format!(
        "{} public, {} undetermined, {} private{suppressed}{errors}",
        summary.public, summary.undetermined, summary.private
    )
}

fn emit(report: &Report<'_>, draft: Draft, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let code = draft.code.filter(|_| options.color);
    let address = code.and_then(rules::named).zip(options.links).and_then(|(rule, at)| rule.page_address(at));
    let (Some(code), Some(address)) = (code, address) else {
        return emit_plainly(report, draft, options.color, out);
    };
    let mut text = Vec::new();
    emit_plainly(report, draft, true, &mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    // The rule stands behind the level, before anything of the input.
    let linked = format!("\x1b]8;;{address}\x1b\\[{code}]\x1b]8;;\x1b\\");
    out.write_all(text.replacen(&format!("[{code}]"), &linked, 1).as_bytes())
}

fn emit_plainly(report: &Report<'_>, draft: Draft, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let (excerpt, diagnostic) = lay_out(report, draft);
    let mut plain;
    let mut colored;
    let writer: &mut dyn WriteColor = if color {
        colored = Ansi::new(out);
        &mut colored
    } else {
        plain = NoColor::new(out);
        &mut plain
    };
    emit_to_write_style(writer, &Config::default(), &excerpt, &diagnostic).map_err(|error| match error {
        Error::Io(error) => error,
        other => io::Error::other(other),
    })
}

fn finding_draft(report: &Report<'_>, finding: &Finding, options: Options) -> Draft {
    let store = &finding.store;
    let mut notes = Vec::new();
    if finding.span.is_none()
        && let Some(decisive) = &finding.decisive
    {
        notes.push(reason(store, decisive));
    }
    notes.extend(
        store
            .because
            .iter()
            .filter(|because| !finding.decisive.as_ref().is_some_and(|decisive| same(decisive, because)))
            .map(|because| reason(store, because)),
    );
    match store.assessment.verdict {
        Verdict::Undetermined if store.unknown.len() < 2 => {}
        Verdict::Undetermined => notes.extend(store.unknown.iter().map(|missing| missing.message.clone())),
        Verdict::Public { .. } => notes.extend(
            store.unknown.iter().map(|missing| format!("note: it may be open to more: {}", missing.message)),
        ),
        Verdict::Private => {}
    }
    if let Some(root) = store.root.as_ref().filter(|root| *root != ".") {
        notes.push(format!("in root module `{root}`"));
    }
    if let Some(change) = finding.change {
        notes.push(format!("change: {}", change.name()));
    }
    if let Some(suppression) = &finding.suppressed {
        notes.push(format!("suppressed: {}", suppression.reason));
    }
    if !options.quiet {
        notes.extend(store.remarks.iter().map(remark));
    }
    if !finding.help.is_empty() {
        notes.push(format!("help: {}", finding.help));
    }
    Draft {
        severity: match finding.level {
            Level::Error => Shade::Error,
            Level::Warning => Shade::Warning,
            Level::Info => Shade::Note,
        },
        code: Some(finding.rule.name),
        message: finding.message.clone(),
        pointers: pointers(report, finding),
        notes,
    }
}

/// The places of a finding: what decides, the way of its value, and what shares in it.
fn pointers(report: &Report<'_>, finding: &Finding) -> Vec<Pointer> {
    let Some(span) = finding.span else { return Vec::new() };
    let primary = |text: String| Pointer { primary: true, span, text };
    let Some(decisive) = &finding.decisive else { return vec![primary(String::new())] };
    let shown = decisive.span.or(finding.store.span);
    let mut pointers = if shown == Some(span) {
        vec![primary(decisive.message.clone())]
    } else {
        vec![primary(format!("the module that is called here holds `{}`", finding.store.address))]
    };
    if let Some(inner) = shown.filter(|inner| *inner != span) {
        pointers.push(Pointer { primary: false, span: inner, text: decisive.message.clone() });
    }
    let places = decisive.evidence.as_ref().map_or(&[][..], |evidence| evidence.places.as_slice());
    if let Some((first, others)) = places.split_first() {
        let undetermined = matches!(finding.store.assessment.verdict, Verdict::Undetermined);
        let way = if undetermined { way_of_the_unknown(first) } else { way(first) };
        pointers.extend(way.into_iter().filter(|pointer| {
            // Where an unknown value is used is where the finding points anyway.
            pointer.span != span || report.location_of(span).is_none() || literal(&first.origin).is_some()
        }));
        pointers.extend(others.iter().take(MOST_PLACES).filter_map(|place| {
            let span = place.origin.written().or(place.span)?;
            Some(Pointer { primary: false, span, text: "together with this".to_owned() })
        }));
    }
    pointers
}

/// Where the value itself stands in the text; `None` when only names on its way do.
fn literal(origin: &Origin) -> Option<Span> {
    match origin {
        Origin::Nowhere => None,
        Origin::At(span) | Origin::Declared(span) => Some(*span),
        Origin::Via(hop) => literal(&hop.from),
        Origin::Made(made) => literal(&made.from),
    }
}

/// Whether no value stands where it comes from.
fn is_declared(origin: &Origin) -> bool {
    match origin {
        Origin::Nowhere | Origin::At(_) => false,
        Origin::Declared(_) => true,
        Origin::Via(hop) => is_declared(&hop.from),
        Origin::Made(made) => is_declared(&made.from),
    }
}

/// Every place that a value went through, from where it was written to where it is used; then those of the
/// values that it was computed from or chosen by.
pub(super) fn way(place: &Place) -> Vec<Pointer> {
    let mut way = Vec::new();
    follow(&place.origin, DEEPEST_WAY, &|_| true, &mut way);
    way
}

/// The same, of the values that it was computed from or chosen by only those without a value: what is known
/// does not say why the whole is not.
fn way_of_the_unknown(place: &Place) -> Vec<Pointer> {
    let mut way = Vec::new();
    follow(&place.origin, DEEPEST_WAY, &|maker| leads_to_declared(maker, DEEPEST_WAY), &mut way);
    way
}

fn leads_to_declared(origin: &Origin, depth: usize) -> bool {
    is_declared(origin)
        || depth > 0 && origin.makers().into_iter().any(|maker| leads_to_declared(maker, depth - 1))
}

fn follow(origin: &Origin, depth: usize, wanted: &dyn Fn(&Origin) -> bool, way: &mut Vec<Pointer>) {
    let hops = origin.hops();
    let mut point = |span, text| {
        let pointer = Pointer { primary: false, span, text };
        if way.len() < LONGEST_WAY && !way.contains(&pointer) {
            way.push(pointer);
        }
    };
    if let (Some(span), Some(last)) = (literal(origin), hops.last()) {
        let says =
            if is_declared(origin) { "is declared here, without a value" } else { "gets its value here" };
        point(span, format!("`{}` {says}", last.name));
    }
    for (hop, next) in hops.iter().skip(1).zip(&hops).rev() {
        if let Some(span) = hop.span {
            point(span, format!("passed on to `{}`", next.name));
        }
    }
    if let Some((first, span)) = hops.first().and_then(|first| Some((first, first.span?))) {
        point(span, format!("`{}` is used here", first.name));
    }
    if depth > 0 {
        for maker in origin.makers().into_iter().filter(|maker| wanted(maker)) {
            follow(maker, depth - 1, wanted, way);
        }
    }
}

fn same(left: &Because, right: &Because) -> bool {
    (&left.message, left.effect, left.span) == (&right.message, right.effect, right.span)
}

/// A fact as one line: "`restrict_public_buckets` is false (site/main.tf:14)", and where its value comes
/// from, when that is another place.
pub(super) fn reason(store: &Store, because: &Because) -> String {
    let address = because.address.to_string();
    let elsewhere = because.address != store.address && !because.message.contains(&address);
    let address = elsewhere.then(|| format!("`{address}`"));
    let source = because.source.as_ref().map(|(name, at)| format!("from `{name}` at {}", place(at)));
    let parts = address.into_iter().chain(because.location.as_ref().map(place)).chain(source);
    located(&because.message, &parts.collect::<Vec<_>>())
}

fn remark(note: &Note) -> String {
    let parts: Vec<String> = note.location.as_ref().map(place).into_iter().collect();
    format!("note: {}", located(&note.message, &parts))
}

fn located(message: &str, parts: &[String]) -> String {
    if parts.is_empty() { message.to_owned() } else { format!("{message} ({})", parts.join(", ")) }
}

fn problem_draft(problem: &Problem) -> Draft {
    let diagnostic = &problem.diagnostic;
    let primary = diagnostic.span.map(|span| Pointer { primary: true, span, text: String::new() });
    let labels = diagnostic.labels.iter().map(|(span, text)| Pointer {
        primary: false,
        span: *span,
        text: text.clone(),
    });
    Draft {
        severity: match diagnostic.severity {
            Severity::Error => Shade::Error,
            Severity::Warning => Shade::Warning,
            Severity::Note => Shade::Note,
        },
        code: None,
        message: diagnostic.message.clone(),
        pointers: primary.into_iter().chain(labels).collect(),
        notes: diagnostic.notes.clone(),
    }
}

/// A store with its verdict in one line, its reasons and remarks below.
fn write_store(store: &Store, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", escape::line(&headline(store)))?;
    for because in &store.because {
        let effect = because.effect.name();
        writeln!(out, "  {effect}: {}", escape::line(&reason(store, because)))?;
    }
    for missing in &store.unknown {
        writeln!(out, "  missing: {}", escape::line(&missing.message))?;
    }
    for note in &store.remarks {
        writeln!(out, "  {}", escape::line(&remark(note)))?;
    }
    writeln!(out)
}

/// "`aws_s3_bucket.site` is public (site/main.tf:1): anonymous, read and list".
pub(super) fn headline(store: &Store) -> String {
    let verdict = match &store.assessment.verdict {
        Verdict::Public { audience, access } => {
            let letters: Vec<&str> = access.letters().map(crate::verdict::Letter::name).collect();
            let letters = if letters.is_empty() { "no data".to_owned() } else { letters.join(", ") };
            format!("public ({}: {letters})", audience.name())
        }
        Verdict::Private => "private".to_owned(),
        Verdict::Undetermined => "undetermined".to_owned(),
    };
    let root = store.root.as_ref().filter(|root| *root != ".").map(|root| format!("in root module `{root}`"));
    let parts: Vec<String> = root.into_iter().chain(store.location.as_ref().map(place)).collect();
    located(&format!("`{}` is {verdict}", store.address), &parts)
}

#[cfg(test)]
mod tests {
    use super::super::{Judged, Report, fixture};
    use super::{Options, write};
    use crate::address::{Key, ModulePath, Path};
    use crate::source::{Diagnostic, Sources};
    use crate::truth::Truth;
    use crate::value::Origin;
    use crate::verdict::{Audience, Letter, Place};

    fn text(sources: &Sources, judged: Judged, options: Options) -> String {
        let report = Report::new(sources, judged);
        fixture::text(&report, |report, out| write(report, options, out))
    }

    #[test]
    fn three_buckets() {
        let sources = Sources::default();
        let judged = fixture::three_buckets(&sources);
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        warning[public-bucket]: whether `aws_s3_bucket.other` is public depends on `var.other_acl`, which has no value; pass `--var other_acl=…` or a plan
           ┌─ site/main.tf:10:9
           │
        10 │   acl = var.other_acl
           │         ^^^^^^^^^^^^^ `acl` is not known
           │
           = help: set `acl = "private"`

        error[public-bucket]: anyone can list objects in `aws_s3_bucket.site`
          ┌─ site/terraform.tfvars:2:10
          │
        2 │ acl    = "public-read"
          │          ^^^^^^^^^^^^^ the ACL lets everyone list the bucket; `var.acl` gets its value here
          │
          ┌─ site/main.tf:3:9
          │
        3 │   acl = var.acl
          │         ------- `var.acl` is used here
          │
          = `ignore_public_acls` is false (`aws_s3_bucket_public_access_block.site`, site/main.tf:6)
          = note: `block_public_acls` closes nothing that is in force (site/main.tf:5)
          = help: set `acl = "private"`, or set `ignore_public_acls = true`

        not judged yet: aws_fsx_lustre_file_system (2)
        1 public, 1 undetermined, 1 private
        "#);
    }

    #[test]
    fn verbose_lists_every_store() {
        let sources = Sources::default();
        let judged = fixture::three_buckets(&sources);
        let all = text(&sources, judged, Options { verbose: true, ..Options::default() });
        let list = all.split_once("`aws_s3_bucket.site` is public (anonymous").unwrap().1;
        insta::assert_snapshot!(list, @r#"
        : list) (site/main.tf:1)
          opens: the ACL lets everyone list the bucket (`aws_s3_bucket_acl.site`, site/terraform.tfvars:2)
          opens: `ignore_public_acls` is false (`aws_s3_bucket_public_access_block.site`, site/main.tf:6)
          note: `block_public_acls` closes nothing that is in force (site/main.tf:5)

        `aws_s3_bucket.logs` is private (site/main.tf:8)
          absent: no bucket ACL in the input (site/main.tf:8)

        `aws_s3_bucket.other` is undetermined (site/main.tf:9)
          unknown: `acl` is not known (site/main.tf:10)
          missing: `var.other_acl` has no value; pass `--var other_acl=…` or a plan

        not judged yet: aws_fsx_lustre_file_system (2)
        1 public, 1 undetermined, 1 private
        "#);
    }

    #[test]
    fn nothing_found() {
        let sources = Sources::default();
        assert_eq!(
            text(&sources, Judged::default(), Options::default()),
            "No data store found\n0 public, 0 undetermined, 0 private\n"
        );
    }

    #[test]
    fn colours_only_on_request() {
        let sources = Sources::default();
        let judged = || fixture::three_buckets(&sources);
        assert!(!text(&sources, judged(), Options::default()).contains('\u{1b}'));
        assert!(text(&sources, judged(), Options { color: true, ..Options::default() }).contains('\u{1b}'));
    }

    #[test]
    fn sensitive_lines_are_named() {
        let sources = Sources::default();
        let mut judged = fixture::three_buckets(&sources);
        judged.stores.retain(|store| &*store.address.name == "site");
        judged.not_judged.clear();
        let values = judged.stores[0].assessment.because[0].evidence.places[0].origin.written().unwrap();
        judged.sensitive = vec![values];
        let shown = text(&sources, judged, Options::default());
        assert!(!shown.contains("public-read"));
        insta::assert_snapshot!(shown, @r#"
        error[public-bucket]: anyone can list objects in `aws_s3_bucket.site`
          ┌─ site/main.tf:3:9
          │
        3 │   acl = var.acl
          │         ------- `var.acl` is used here
          │
          = site/terraform.tfvars:2 (a sensitive value, not shown): the ACL lets everyone list the bucket; `var.acl` gets its value here
          = `ignore_public_acls` is false (`aws_s3_bucket_public_access_block.site`, site/main.tf:6)
          = note: `block_public_acls` closes nothing that is in force (site/main.tf:5)
          = help: set `acl = "private"`, or set `ignore_public_acls = true`

        1 public, 0 undetermined, 0 private
        "#);
    }

    #[test]
    fn a_sensitive_line_between_two_labels_is_hidden() {
        let sources = Sources::default();
        let file = sources.add("a.tf", "one\nsecret\nthree\n");
        let at = |part| fixture::at(&sources, file, part);
        let judged = Judged {
            diagnostics: vec![
                Diagnostic::error("wrong", Some(at("one"))).with_label(at("three"), "and this"),
            ],
            sensitive: vec![at("secret")],
            ..Judged::default()
        };
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        error: wrong
          ┌─ a.tf:1:1
          │
        1 │ one
          │ ^^^
        2 │ (a sensitive value, not shown)
        3 │ three
          │ ----- and this

        No data store found
        0 public, 0 undetermined, 0 private, 1 error
        "#);
    }

    #[test]
    fn an_installed_module_is_reported_at_its_call() {
        let sources = Sources::default();
        let main = sources.add("main.tf", "module \"logs\" {\n  source = \"x/y/z\"\n}\n");
        let inner = sources.add(".terraform/modules/logs/main.tf", "acl = \"public-read\"\n");
        let module = ModulePath::root().child("logs".into(), Key::None);
        let span = fixture::at(&sources, inner, "\"public-read\"");
        let mut bucket = fixture::bucket("this", Vec::new(), Vec::new(), Some(span));
        bucket.address.module = module;
        let opens = fixture::claim(
            Truth::True,
            vec![fixture::place(&bucket.address, "acl", span)],
            "the ACL lets everyone list the bucket",
        );
        let route = fixture::route(Audience::Anonymous, &[Letter::List], opens, "set `acl = \"private\"`");
        bucket.assessment = crate::verdict::judge(vec![route], Vec::new());
        bucket.call_span = Some(fixture::at(&sources, main, "module \"logs\""));
        let judged = Judged { stores: vec![bucket], ..Judged::default() };
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        error[public-bucket]: anyone can list objects in `module.logs.aws_s3_bucket.this`
          ┌─ main.tf:1:1
          │
        1 │ module "logs" {
          │ ^^^^^^^^^^^^^ the module that is called here holds `module.logs.aws_s3_bucket.this`
          │
          ┌─ .terraform/modules/logs/main.tf:1:7
          │
        1 │ acl = "public-read"
          │       ------------- the ACL lets everyone list the bucket
          │
          = help: set `acl = "private"`

        1 public, 0 undetermined, 0 private
        "#);
    }

    #[test]
    fn every_step_of_a_value_is_pointed_at() {
        let sources = Sources::default();
        let main =
            sources.add("main.tf", "module \"logs\" {\n  source = \"./logs\"\n  acl    = var.acl\n}\n");
        let values = sources.add("x.tfvars", "acl = \"public-read\"\n");
        let inner =
            sources.add("logs/main.tf", "resource \"aws_s3_bucket\" \"this\" {\n  acl = var.acl\n}\n");
        let module = ModulePath::root().child("logs".into(), Key::None);
        let used = fixture::at(&sources, inner, "var.acl");
        let mut bucket = fixture::bucket("this", Vec::new(), Vec::new(), Some(used));
        bucket.address.module = module.clone();
        let origin = Origin::At(fixture::at(&sources, values, "\"public-read\""))
            .via(fixture::variable(&ModulePath::root(), "acl"), Some(fixture::at(&sources, main, "var.acl")))
            .via(fixture::variable(&module, "acl"), Some(used));
        let place = Place {
            address: bucket.address.clone(),
            attribute: Path::attribute("acl"),
            span: Some(used),
            origin,
        };
        let opens = fixture::claim(Truth::True, vec![place], "the ACL lets everyone list the bucket");
        let route =
            fixture::route(Audience::Authenticated, &[Letter::List], opens, "set `acl = \"private\"`");
        bucket.assessment = crate::verdict::judge(vec![route], Vec::new());
        let judged = Judged { stores: vec![bucket], ..Judged::default() };
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        error[public-bucket]: any AWS account can list objects in `module.logs.aws_s3_bucket.this`
          ┌─ x.tfvars:1:7
          │
        1 │ acl = "public-read"
          │       ^^^^^^^^^^^^^ the ACL lets everyone list the bucket; `var.acl` gets its value here
          │
          ┌─ main.tf:3:12
          │
        3 │   acl    = var.acl
          │            ------- passed on to `module.logs.var.acl`
          │
          ┌─ logs/main.tf:2:9
          │
        2 │   acl = var.acl
          │         ------- `module.logs.var.acl` is used here
          │
          = help: set `acl = "private"`

        1 public, 0 undetermined, 0 private
        "#);
    }

    #[test]
    fn what_chose_a_value_is_pointed_at() {
        let sources = Sources::default();
        let main = sources.add(
            "main.tf",
            "resource \"aws_s3_bucket\" \"this\" {\n  acl = var.public ? \"public-read\" : \"private\"\n}\n",
        );
        let values = sources.add("x.tfvars", "public = true\n");
        let at = |part| fixture::at(&sources, main, part);
        let public = Origin::At(fixture::at(&sources, values, "true"))
            .via(fixture::variable(&ModulePath::root(), "public"), Some(at("var.public")));
        let mut bucket = fixture::bucket("this", Vec::new(), Vec::new(), Some(at("resource")));
        let mut place = fixture::place(&bucket.address, "acl", at("\"public-read\""));
        place.origin = place.origin.made_by([&public]);
        let opens = fixture::claim(Truth::True, vec![place], "the ACL lets everyone list the bucket");
        let route = fixture::route(Audience::Anonymous, &[Letter::List], opens, "set `acl = \"private\"`");
        bucket.assessment = crate::verdict::judge(vec![route], Vec::new());
        let judged = Judged { stores: vec![bucket], ..Judged::default() };
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        error[public-bucket]: anyone can list objects in `aws_s3_bucket.this`
          ┌─ main.tf:2:22
          │
        2 │   acl = var.public ? "public-read" : "private"
          │         ----------   ^^^^^^^^^^^^^ the ACL lets everyone list the bucket
          │         │             
          │         `var.public` is used here
          │
          ┌─ x.tfvars:1:10
          │
        1 │ public = true
          │          ---- `var.public` gets its value here
          │
          = help: set `acl = "private"`

        1 public, 0 undetermined, 0 private
        "#);
    }

    #[test]
    fn a_rule_links_to_its_page() {
        let sources = Sources::default();
        let shown = |color, links| {
            let options = Options { color, links, ..Options::default() };
            text(&sources, fixture::three_buckets(&sources), options)
        };
        let address = Some("https://example.org/tfward");
        let linked = shown(true, address);
        let link = "\x1b]8;;https://example.org/tfward/blob/HEAD/src/rules/pages/public-bucket.md\x1b\\\
                    [public-bucket]\x1b]8;;\x1b\\";
        assert_eq!(linked.matches(link).count(), 2);
        assert_eq!(linked.replace(link, "[public-bucket]"), shown(true, None));
        assert_eq!(shown(false, address), shown(false, None));
    }

    #[test]
    fn a_document_is_named_and_not_quoted() {
        let sources = Sources::default();
        let file = sources.add("plan.json", "{\"format_version\":\"1.2\"}");
        let whole = crate::source::Span { file, start: 0, end: 0 };
        let mut bucket = fixture::bucket("this", Vec::new(), Vec::new(), Some(whole));
        bucket.root = None;
        let opens = fixture::claim(
            Truth::True,
            vec![fixture::place(&bucket.address, "acl", whole)],
            "`acl` is \"public-read\" in aws_s3_bucket.this",
        );
        let route = fixture::route(Audience::Anonymous, &[Letter::List], opens, "set `acl = \"private\"`");
        bucket.assessment = crate::verdict::judge(vec![route], Vec::new());
        let judged = Judged { stores: vec![bucket], ..Judged::default() };
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        error[public-bucket]: anyone can list objects in `aws_s3_bucket.this`
         = plan.json: `acl` is "public-read" in aws_s3_bucket.this
         = help: set `acl = "private"`

        1 public, 0 undetermined, 0 private
        "#);
    }

    #[test]
    fn input_cannot_speak_to_the_terminal() {
        let sources = Sources::default();
        let file = sources.add("::error::a.tf", "::warning::x \u{1b}[31m\u{202e} ##[error]y\n");
        let judged = Judged {
            diagnostics: vec![
                Diagnostic::error("a\n::error::b", Some(fixture::at(&sources, file, "x")))
                    .with_note("c\n::error::d"),
            ],
            ..Judged::default()
        };
        insta::assert_snapshot!(text(&sources, judged, Options::default()), @r#"
        error: a\n::error::b
          ┌─ ./::error::a.tf:1:12
          │
        1 │ ::warning::x \u{1b}[31m\u{202e} ##\u{5b}error]y
          │            ^
          │
          = c\n::error::d

        No data store found
        0 public, 0 undetermined, 0 private, 1 error
        "#);
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_input_holds(
            lines in proptest::collection::vec("[a\\[#:\t\r\u{1b}\u{202e}\u{e9}\u{4e2d}]{0,8}(x{450})?", 1..6),
            secret in 0..6usize,
            places in proptest::collection::vec((0..600u32, 0..600u32), 1..5),
        ) {
            let sources = Sources::default();
            let mut lines = lines;
            lines.insert(secret.min(lines.len()), "SECRET".to_owned());
            let file = sources.add("a.tf", &lines.join("\n"));
            let length = u32::try_from(sources.file(file).unwrap().text.len()).unwrap();
            let mut diagnostic = Diagnostic::error("wrong", None);
            for (start, more) in places {
                let start = start.min(length);
                let span = crate::source::Span { file, start, end: start.saturating_add(more).min(length) };
                diagnostic = diagnostic.with_label(span, "here");
            }
            let judged = Judged {
                diagnostics: vec![diagnostic],
                sensitive: vec![fixture::at(&sources, file, "SECRET")],
                ..Judged::default()
            };
            let shown = text(&sources, judged, Options::default());
            proptest::prop_assert!(!shown.contains("SECRET"));
            proptest::prop_assert!(!shown.contains("##["));
            for line in shown.lines() {
                proptest::prop_assert!(!line.chars().any(super::escape::is_hidden), "{line:?}");
                proptest::prop_assert!(!line.trim_start().starts_with("::"), "{line:?}");
                proptest::prop_assert!(line.chars().count() < 1000);
            }
        }
    }
}
