//! `--format markdown`: a summary for the page of a run or a comment on a pull request: counts, a table of
//! findings, and for each one the chain of reasons with a picture of the way in.
//!
//! Names of the input cannot become Markdown, HTML or Mermaid: each character that means something there is
//! written as a character reference.

use std::io::{self, Write};

use super::human::{reason, way};
use super::{Finding, Report, Repository, Setting, escape};
use crate::source::{Location, Severity};
use crate::verdict::claim::explain as explain_claim;
use crate::verdict::{Effect, Letter, Reason, Verdict};

/// The largest job summary of a step, in bytes (GitHub's documentation, "Workflow commands", "Adding a job
/// summary").
const LARGEST: usize = 1 << 20;
/// What is kept free for the note that something is missing.
const RESERVED: usize = 512;
/// The most findings that are drawn.
const MOST_PICTURES: usize = 20;
/// The most ways in of one picture.
const MOST_WAYS: usize = 6;
/// The most facts on one way.
const MOST_FACTS: usize = 5;
/// The longest text in a picture, in characters.
const LONGEST_LABEL: usize = 160;

/// Writes the summary; what does not fit is left out and counted, the least severe first.
pub fn write(report: &Report<'_>, repository: &Repository, out: &mut dyn Write) -> io::Result<()> {
    let writer = Writer { report, repository };
    let findings: Vec<&Finding> =
        report.by_severity().into_iter().filter(|finding| finding.suppressed.is_none()).collect();
    let suppressed: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.suppressed.is_some()).collect();
    let mut page = Page { text: String::new(), left_out: 0 };
    page.text.push_str(&writer.head());
    page.part("", writer.problems());
    page.part(
        "\n| Level | Store | What | Where |\n| --- | --- | --- | --- |\n",
        findings.iter().map(|finding| writer.row(finding)),
    );
    page.part(
        "",
        findings.iter().enumerate().map(|(index, finding)| writer.details(finding, index < MOST_PICTURES)),
    );
    page.part("\n### Suppressed\n\n", suppressed.iter().map(|finding| writer.suppressed(finding)));
    page.part("\n### Settings in force\n\n", report.settings.iter().map(|setting| writer.setting(setting)));
    page.part("", writer.not_judged().into_iter());
    if page.left_out > 0 {
        let left_out = page.left_out;
        let note = format!(
            "\n> {left_out} parts are left out: a summary holds at most 1 MiB. `--format json` has them all.\n"
        );
        page.text.push_str(&note);
    }
    out.write_all(page.text.as_bytes())
}

/// A text that grows up to a limit.
struct Page {
    text: String,
    left_out: usize,
}

impl Page {
    /// Adds parts below a head, as far as they fit; without any part, no head either.
    fn part(&mut self, head: &str, parts: impl Iterator<Item = String>) {
        let mut headed = false;
        for part in parts {
            let head = if headed { "" } else { head };
            if self.text.len() + head.len() + part.len() > LARGEST - RESERVED {
                self.left_out += 1;
                continue;
            }
            self.text.push_str(head);
            self.text.push_str(&part);
            headed = true;
        }
    }
}

struct Writer<'a, 's> {
    report: &'a Report<'s>,
    repository: &'a Repository,
}

impl Writer<'_, '_> {
    fn head(&self) -> String {
        let summary = self.report.summary;
        let title = match (summary.public, summary.errors) {
            (0, 0) if self.report.stores.is_empty() => "no data store found".to_owned(),
            (0, 0) => "no public data store".to_owned(),
            (0, _) => "the check could not see everything".to_owned(),
            (1, _) => "1 public data store".to_owned(),
            (several, _) => format!("{several} public data stores"),
        };
        format!(
            "## tfward: {title}\n\n| Public | Undetermined | Private | Errors |\n| ---: | ---: | ---: | ---: \
             |\n| {} | {} | {} | {} |\n",
            summary.public, summary.undetermined, summary.private, summary.errors
        )
    }

    /// What is wrong with the input: a run that could not see everything says so before anything else.
    fn problems(&self) -> impl Iterator<Item = String> {
        self.report.diagnostics.iter().enumerate().map(|(index, problem)| {
            let severity = match problem.diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            let head = if index == 0 { "\n" } else { "" };
            let place = self.bracketed(problem.location.as_ref());
            format!("{head}- **{severity}**: {}{place}\n", inline(&problem.diagnostic.message))
        })
    }

    fn row(&self, finding: &Finding) -> String {
        format!(
            "| {} | {} | {} | {} |\n",
            finding.level.name(),
            code(&finding.store.address.to_string()),
            inline(&finding.message),
            self.where_(finding)
        )
    }

    fn where_(&self, finding: &Finding) -> String {
        match (&finding.location, &finding.store.root) {
            (Some(location), _) => self.place(location),
            (None, Some(root)) => code(&self.repository.path(self.report.sources, root)),
            (None, None) => String::new(),
        }
    }

    fn place(&self, location: &Location) -> String {
        let path = self.repository.path(self.report.sources, &location.path);
        code(&format!("{path}:{}", location.line))
    }

    fn details(&self, finding: &Finding, drawn: bool) -> String {
        let store = &finding.store;
        let mut lines = vec![
            "\n<details>".to_owned(),
            format!("<summary>{}: {}</summary>\n", finding.rule.name, code(&store.address.to_string())),
        ];
        lines.extend(drawn.then(|| picture(finding)).flatten());
        lines.push(format!("{} ({})\n", inline(&finding.message), self.where_(finding)));
        for because in &store.because {
            let bare = super::Because { location: None, ..because.clone() };
            let place = self.bracketed(because.location.as_ref());
            lines.push(format!("- {}: {}{place}", because.effect.name(), inline(&reason(store, &bare))));
            lines.extend(self.way(because).into_iter().map(|step| format!("    - {step}")));
        }
        for missing in &store.unknown {
            lines.push(format!("- missing: {}", inline(&missing.message)));
        }
        for note in &store.remarks {
            lines.push(format!(
                "- note: {}{}",
                inline(&note.message),
                self.bracketed(note.location.as_ref())
            ));
        }
        if let Some(root) = store.root.as_ref().filter(|root| *root != ".") {
            lines.push(format!("- in root module {}", code(root)));
        }
        if let Some(change) = finding.change {
            lines.push(format!("- change: {}", change.name()));
        }
        if !finding.help.is_empty() {
            lines.push(format!("- help: {}", inline(&finding.help)));
        }
        lines.push("\n</details>\n".to_owned());
        lines.join("\n")
    }

    fn bracketed(&self, location: Option<&Location>) -> String {
        location.map(|location| format!(" ({})", self.place(location))).unwrap_or_default()
    }

    /// Where the value of a fact comes from.
    fn way(&self, because: &super::Because) -> Vec<String> {
        let place = because.evidence.as_ref().and_then(|evidence| evidence.places.first());
        place
            .map(way)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|pointer| {
                let location = self.report.location_of(pointer.span)?;
                Some(format!("{} ({})", inline(&pointer.text), self.place(&location)))
            })
            .collect()
    }

    fn setting(&self, setting: &Setting) -> String {
        // The file itself needs no place.
        let place = self.bracketed(setting.location.as_ref().filter(|at| at.path != setting.value));
        format!("- {} = {}{place}\n", inline(&setting.name), inline(&setting.value))
    }

    fn suppressed(&self, finding: &Finding) -> String {
        let Some(suppression) = &finding.suppressed else { return String::new() };
        let until = suppression.until.as_ref().map(|until| format!(", until {}", inline(until)));
        format!(
            "- {} {}: {}{} ({})\n",
            finding.rule.name,
            code(&finding.store.address.to_string()),
            inline(&suppression.reason),
            until.unwrap_or_default(),
            suppression.location.as_ref().map_or_else(|| self.where_(finding), |at| self.place(at))
        )
    }

    fn not_judged(&self) -> Option<String> {
        let types: Vec<String> = self
            .report
            .not_judged
            .iter()
            .map(|(resource_type, count)| format!("{} ({count})", code(resource_type)))
            .collect();
        (!types.is_empty()).then(|| format!("\nNot judged yet: {}\n", types.join(", ")))
    }
}

/// A way in, as it is drawn.
struct Way {
    name: &'static str,
    facts: Vec<String>,
    /// Who comes in that way, and to do what.
    who: Vec<String>,
}

/// The ways in of a public store that are open; what differs only in who comes is one way.
fn open_ways(finding: &Finding) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for (index, route) in finding.store.assessment.routes.iter().enumerate() {
        if !route.claim.truth().is_true() {
            continue;
        }
        let mut reasons: Vec<Reason> = Vec::new();
        explain_claim(&route.claim, index, &mut reasons);
        let opening = reasons.iter().filter(|reason| reason.effect == Effect::Opens).take(MOST_FACTS);
        let facts: Vec<String> = opening.map(fact_of).collect();
        let letters: Vec<&str> = route.access.letters().map(Letter::name).collect();
        let who = if letters.is_empty() {
            route.audience.name().to_owned()
        } else {
            format!("{}: {}", route.audience.name(), letters.join(", "))
        };
        match ways.iter_mut().find(|way| way.name == route.name && way.facts == facts) {
            Some(same) => same.who.push(who),
            None => ways.push(Way { name: route.name, facts, who: vec![who] }),
        }
    }
    ways.truncate(MOST_WAYS);
    ways
}

/// The ways in, from the internet to the data, of a public store.
fn picture(finding: &Finding) -> Option<String> {
    let store = &finding.store;
    let Verdict::Public { .. } = store.assessment.verdict else { return None };
    let mut lines = vec![
        "```mermaid".to_owned(),
        "flowchart LR".to_owned(),
        "    internet([\"internet\"])".to_owned(),
        format!("    data[(\"{}\")]", label(&store.address.to_string())),
    ];
    for (index, way) in open_ways(finding).iter().enumerate() {
        let mut last = format!("way{index}");
        lines.push(format!("    {last}[\"{}\"]", label(way.name)));
        lines.extend(way.who.iter().map(|who| format!("    internet -->|\"{}\"| {last}", label(who))));
        for (number, says) in way.facts.iter().enumerate() {
            let fact = format!("way{index}fact{number}");
            lines.push(format!("    {fact}[\"{}\"]", label(says)));
            lines.push(format!("    {last} --> {fact}"));
            last = fact;
        }
        lines.push(format!("    {last} --> data"));
    }
    lines.push("```\n".to_owned());
    Some(lines.join("\n"))
}

/// A fact for a picture: what it was read from, unless it names that, and what it says, both without the
/// modules that these resources stand in.
fn fact_of(reason: &Reason) -> String {
    let places = &reason.evidence.places;
    let mut text = reason.evidence.says.clone();
    if let Some(address) = places.first().map(|place| place.address.to_string())
        && !text.contains(&address)
    {
        text = format!("`{address}`: {text}");
    }
    for module in places.iter().map(|place| &place.address.module).filter(|module| !module.is_root()) {
        text = text.replace(&format!("`{module}."), "`");
    }
    text.replace('`', "")
}

/// A text in Markdown, on one line; what stands between backticks is code.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd backtick at the end belongs to no pair.
    let paired = parts.len() - (parts.len() + 1) % 2;
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index >= paired {
            out.push_str("&#96;");
            out.push_str(&in_markdown(part));
        } else if index % 2 == 1 {
            out.push_str(&code(part));
        } else {
            out.push_str(&in_markdown(part));
        }
    }
    out
}

/// A text as code, on one line, also in a table.
fn code(text: &str) -> String {
    format!("<code>{}</code>", in_markdown(text))
}

fn in_markdown(text: &str) -> String {
    referenced(text, ";\"%", |number| format!("&#{number};"))
}

/// A text in a quoted label of a picture, shortened.
fn label(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST_LABEL).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    // Mermaid's references have no `&`.
    referenced(&short, "", |number| format!("#{number};"))
}

/// Keeps letters, digits, the characters of `also`, and what means nothing in Markdown, HTML, tables and
/// Mermaid; every other ASCII character becomes a reference by number.
fn referenced(text: &str, also: &str, reference: impl Fn(u32) -> String) -> String {
    let line = escape::line(text);
    let mut out = String::with_capacity(line.len());
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek();
        let plain = match character {
            // `http://` and `www.` would become links, `:name:` a picture.
            ':' | '.' => {
                next.is_none_or(|next| *next == ' ' || next.is_ascii_digit()) || {
                    character == '.' && !out.to_ascii_lowercase().ends_with("www")
                }
            }
            // Between letters it emphasises nothing.
            '_' => {
                out.ends_with(|before: char| before.is_ascii_alphanumeric())
                    && next.is_some_and(char::is_ascii_alphanumeric)
            }
            // At the start it would make a list.
            '-' => !out.is_empty(),
            ' ' | ',' | '/' | '=' | '(' | ')' | '\'' | '?' | '…' => true,
            other => other.is_ascii_alphanumeric() || !other.is_ascii() || also.contains(other),
        };
        if plain {
            out.push(character);
        } else {
            out.push_str(&reference(u32::from(character)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::fixture::{bucket, claim, route};
    use super::super::{Judged, Report, Repository, fixture};
    use super::{LARGEST, code, inline, label, write};
    use crate::source::Sources;
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
    fn names_are_no_markup() {
        for (input, expected) in [
            ("plain `aws_s3_bucket.site` text", "plain <code>aws_s3_bucket.site</code> text"),
            ("a | b", "a &#124; b"),
            ("<img src=x onerror=alert(1)>", "&#60;img src=x onerror=alert(1)&#62;"),
            ("[x](http://e.org) www.e.org", "&#91;x&#93;(http&#58;//e.org) www&#46;e.org"),
            ("**b** _i_ a_b #1 @me", "&#42;&#42;b&#42;&#42; &#95;i&#95; a_b &#35;1 &#64;me"),
            ("one ` tick", "one &#96; tick"),
            ("`a` and `b", "<code>a</code> and &#96;b"),
            ("x\n\n# y\u{202e}", "x&#92;n&#92;n&#35; y&#92;u&#123;202e&#125;"),
            ("", ""),
        ] {
            assert_eq!(inline(input), expected, "{input}");
        }
        assert_eq!(code("</code>`|"), "<code>&#60;/code&#62;&#96;&#124;</code>");
        assert_eq!(label("a\"] --> b;#quot;"), "a#34;#93; --#62; b#59;#35;quot#59;");
    }

    #[test]
    fn a_summary_stays_below_its_limit() {
        let sources = Sources::default();
        let stores = (0..3000).map(|number| {
            let opens = claim(Truth::True, Vec::new(), &"it is open ".repeat(30));
            let routes = vec![route(Audience::Anonymous, &[Letter::Read], opens, "close it")];
            bucket(&format!("b{number}"), routes, Vec::new(), None)
        });
        let judged = Judged { stores: stores.collect(), ..Judged::default() };
        let text = text(&Report::new(&sources, judged));
        assert!(text.len() <= LARGEST, "{}", text.len());
        assert!(text.contains("parts are left out"));
        assert_eq!(text.matches("\n| error |").count(), 3000);
    }
}
