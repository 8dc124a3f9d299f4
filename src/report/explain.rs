//! `tfward explain`: every way into one store, with the truth of each fact and the way of its values.

use std::io::{self, Write};

use super::human::{headline, way};
use super::{Report, Store, escape, excerpt, json};
use crate::address::distance;
use crate::truth::Truth;
use crate::verdict::{Claim, Evidence, Letter, Place, Route};

/// The most addresses that are offered in place of one that is no store.
const MOST_OFFERED: usize = 3;
/// The most stores that are named because something acts on them.
const MOST_NAMED: usize = 20;
/// The most characters of an address in a message.
const LONGEST_NAMED: usize = 200;

/// Writes the explanation of every store of that address, one for each root that has it. Returns whether
/// there was one.
pub fn write_human(report: &Report<'_>, address: &str, out: &mut dyn Write) -> io::Result<bool> {
    let stores = report.stores_at(address);
    for (index, store) in stores.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        explain(report, store, out)?;
    }
    let in_force = report.in_force();
    if !stores.is_empty() && !in_force.is_empty() {
        writeln!(out)?;
        in_force.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(!stores.is_empty())
}

/// Writes the store's object as in `check --format json`, one for each root that has the address, one after
/// another. Returns whether there was one.
pub fn write_json(report: &Report<'_>, address: &str, out: &mut dyn Write) -> io::Result<bool> {
    let stores = report.stores_at(address);
    for store in &stores {
        json::write_store(store, out)?;
    }
    Ok(!stores.is_empty())
}

/// Writes what is wrong with the input, a line each: an address may be unknown for that.
pub fn write_problems(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for problem in &report.diagnostics {
        let message = &problem.diagnostic.message;
        let line = match &problem.location {
            Some(at) => format!("{}:{}:{}: {message}", at.path, at.line, at.column),
            None => message.clone(),
        };
        writeln!(out, "{}", escape::path(&line))?;
    }
    Ok(())
}

/// What to say when an address is no store: the stores that it acts on, else those with the nearest
/// addresses.
#[must_use]
pub fn not_a_store(report: &Report<'_>, address: &str) -> String {
    let mut acted_on: Vec<String> = report
        .stores
        .iter()
        .filter(|store| store.assessment.routes.iter().any(|route| mentions(&route.claim, address)))
        .map(|store| named(&store.address.to_string()))
        .collect();
    acted_on.dedup();
    let shown = named(address);
    if !acted_on.is_empty() {
        let more = acted_on.len().saturating_sub(MOST_NAMED);
        acted_on.truncate(MOST_NAMED);
        if more > 0 {
            acted_on.push(format!("{more} more"));
        }
        return format!("{shown} is no data store; it acts on {}", acted_on.join(", "));
    }
    // The instances and objects of what was named come first.
    let is_other = |known: &str| {
        !known.strip_prefix(address).is_some_and(|rest| rest.starts_with('[') || rest.starts_with(" ("))
    };
    let mut near: Vec<(bool, usize, String)> = report
        .stores
        .iter()
        .map(|store| store.address.to_string())
        .map(|known| (is_other(&known), distance(address, &known), known))
        .collect();
    near.sort();
    near.dedup();
    near.truncate(MOST_OFFERED);
    if near.is_empty() {
        return format!("{shown} is no data store, and none was found");
    }
    let near: Vec<String> = near.into_iter().map(|(.., known)| named(&known)).collect();
    format!("{shown} is no data store; the nearest addresses are {}", near.join(", "))
}

/// An address as part of a message: on one line, and not longer than anybody reads.
fn named(address: &str) -> String {
    let mut shown: String = address.chars().take(LONGEST_NAMED).collect();
    if shown.len() < address.len() {
        shown.push('…');
    }
    format!("`{}`", escape::line(&shown))
}

fn mentions(claim: &Claim, address: &str) -> bool {
    match claim {
        Claim::Fact(evidence) => evidence.places.iter().any(|place| place.address.to_string() == address),
        Claim::Not(inner) => mentions(inner, address),
        Claim::All(claims) | Claim::Any(claims) => claims.iter().any(|claim| mentions(claim, address)),
    }
}

fn explain(report: &Report<'_>, store: &Store, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines { report, out };
    lines.put(0, &headline(store))?;
    if store.assessment.routes.is_empty() {
        lines.put(1, "no way in is known for it")?;
    }
    for route in &store.assessment.routes {
        lines.blank()?;
        lines.put(0, &route_line(route))?;
        lines.claim(1, &route.claim)?;
        if !route.claim.truth().is_false() && !route.close.is_empty() {
            let close = super::message::to_end(&store.address).unwrap_or(&route.close);
            lines.put(1, &format!("to close it: {close}"))?;
        }
    }
    if !store.unknown.is_empty() || !store.remarks.is_empty() {
        lines.blank()?;
    }
    for missing in &store.unknown {
        lines.put(0, &format!("missing: {}", missing.message))?;
    }
    for note in &store.remarks {
        let at = note.location.as_ref().map(|at| format!(" ({})", excerpt::place(at))).unwrap_or_default();
        lines.put(0, &format!("note: {}{at}", note.message))?;
    }
    Ok(())
}

/// "bucket policy (anonymous: read): open".
fn route_line(route: &Route) -> String {
    let letters: Vec<&str> = route.access.letters().map(Letter::name).collect();
    let letters = if letters.is_empty() { "no data".to_owned() } else { letters.join(", ") };
    let state = match route.claim.truth() {
        Truth::True => "open",
        Truth::False => "closed",
        Truth::Unknown => "not known",
    };
    format!("{} ({}: {letters}): {state}", route.name, route.audience.name())
}

const fn mark(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "[true]",
        Truth::False => "[false]",
        Truth::Unknown => "[unknown]",
    }
}

struct Lines<'a, 's, 'w> {
    report: &'a Report<'s>,
    out: &'w mut dyn Write,
}

impl Lines<'_, '_, '_> {
    fn put(&mut self, depth: usize, text: &str) -> io::Result<()> {
        // A place may stand at the start.
        writeln!(self.out, "{:indent$}{}", "", escape::path(text), indent = depth * 2)
    }

    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn claim(&mut self, depth: usize, claim: &Claim) -> io::Result<()> {
        let truth = mark(claim.truth());
        match claim {
            Claim::Fact(evidence) => self.fact(depth, truth, evidence),
            Claim::Not(inner) => {
                self.put(depth, &format!("{truth} not:"))?;
                self.claim(depth + 1, inner)
            }
            Claim::All(claims) => self.several(depth, truth, "all of:", claims),
            Claim::Any(claims) => self.several(depth, truth, "any of:", claims),
        }
    }

    fn several(&mut self, depth: usize, truth: &str, word: &str, claims: &[Claim]) -> io::Result<()> {
        if let [only] = claims {
            return self.claim(depth, only);
        }
        self.put(depth, &format!("{truth} {word}"))?;
        for claim in claims {
            self.claim(depth + 1, claim)?;
        }
        Ok(())
    }

    fn fact(&mut self, depth: usize, truth: &str, evidence: &Evidence) -> io::Result<()> {
        self.put(depth, &format!("{truth} {}", evidence.says))?;
        for place in &evidence.places {
            self.place(depth + 1, place)?;
        }
        let causes = evidence.unknown.iter().flat_map(|unknown| unknown.cause.each());
        let lacks: Vec<String> = causes.map(|cause| super::message::lack(cause).sentence()).collect();
        for (index, lack) in lacks.iter().enumerate() {
            if !lacks.iter().take(index).any(|earlier| earlier == lack) {
                self.put(depth + 1, lack)?;
            }
        }
        Ok(())
    }

    /// The attribute, where it is written, and every place that its value went through.
    fn place(&mut self, depth: usize, place: &Place) -> io::Result<()> {
        let name = if place.attribute.is_empty() {
            place.address.to_string()
        } else {
            format!("{}.{}", place.address, place.attribute)
        };
        let location = place.span.or(place.origin.written()).and_then(|span| self.report.location_of(span));
        let at = location.map(|at| format!(" at {}", excerpt::place(&at))).unwrap_or_default();
        self.put(depth, &format!("`{name}`{at}"))?;
        for step in way(place) {
            if let Some(location) = self.report.location_of(step.span) {
                self.put(depth + 1, &format!("{}: {}", excerpt::place(&location), step.text))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::source::Sources;

    #[test]
    fn the_tree_of_a_public_bucket() {
        let sources = Sources::default();
        let report = Report::new(&sources, fixture::three_buckets(&sources));
        let explained = |address: &str| {
            fixture::text(&report, |report, out| {
                write_human(report, address, out).map(|found| assert!(found))
            })
        };
        insta::assert_snapshot!(explained("aws_s3_bucket.site"), @r#"
        `aws_s3_bucket.site` is public (anonymous: list) (site/main.tf:1)

        bucket ACL (anonymous: list): open
          [true] all of:
            [true] the ACL lets everyone list the bucket
              `aws_s3_bucket_acl.site.acl` at site/main.tf:3
                site/terraform.tfvars:2: `var.acl` gets its value here
                site/main.tf:3: `var.acl` is used here
            [true] not:
              [false] `ignore_public_acls` is false
                `aws_s3_bucket_public_access_block.site.ignore_public_acls` at site/main.tf:6
          to close it: set `acl = "private"`, or set `ignore_public_acls = true`

        note: `block_public_acls` closes nothing that is in force (site/main.tf:5)
        "#);
        insta::assert_snapshot!(explained("aws_s3_bucket.other"), @r#"
        `aws_s3_bucket.other` is undetermined (site/main.tf:9)

        bucket ACL (anonymous: list): not known
          [unknown] `acl` is not known
            `aws_s3_bucket.other.acl` at site/main.tf:10
              site/main.tf:10: `var.other_acl` is used here
            `var.other_acl` has no value; pass `--var other_acl=…` or a plan
          to close it: set `acl = "private"`

        missing: `var.other_acl` has no value; pass `--var other_acl=…` or a plan
        "#);
    }

    #[test]
    fn what_is_no_store() {
        let sources = Sources::default();
        let report = Report::new(&sources, fixture::three_buckets(&sources));
        assert_eq!(
            not_a_store(&report, "aws_s3_bucket_acl.site"),
            "`aws_s3_bucket_acl.site` is no data store; it acts on `aws_s3_bucket.site`"
        );
        assert_eq!(
            not_a_store(&report, "aws_s3_bucket.sit"),
            "`aws_s3_bucket.sit` is no data store; the nearest addresses are `aws_s3_bucket.site`, \
             `aws_s3_bucket.logs`, `aws_s3_bucket.other`"
        );
    }

    #[test]
    fn distances() {
        for (left, right, expected) in [("", "", 0), ("abc", "abc", 0), ("abc", "axcd", 2), ("", "ab", 2)] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }
}
