//! What a scenario expects, read from its own lines.
//!
//! ```text
//! resource "aws_s3_bucket" "site" { # expect: public anonymous read
//! resource "aws_s3_bucket" "site" { # expect: undetermined var.acl
//! resource "aws_s3_bucket" "this" { # expect: ["web"] public anonymous read; private
//! resource "aws_s3_bucket" "this" { # expect: module.open public anonymous read; module.shut private
//! ```
//!
//! and in `expect.txt`, for what has no such line: `exit 2`, `ADDRESS: VERDICT`.

#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

use std::fmt;
use std::path::Path;

use crate::judge::Verdict;

/// All of a scenario.
#[derive(Debug, Default)]
pub(crate) struct Expectations {
    /// In the order of the lines; the first that means a store counts.
    pub(crate) entries: Vec<Entry>,
    /// Whether the run is expected to end with 2.
    pub(crate) incomplete: bool,
}

/// One expectation.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Where it stands.
    pub(crate) place: String,
    /// `TYPE.NAME`.
    resource: String,
    /// The module path that the store lies in or below; empty for any.
    module: Vec<String>,
    /// The instance key, as in an address; empty for any.
    key: String,
    /// What is expected.
    pub(crate) verdict: Verdict,
    /// Names that an undetermined store must depend on.
    pub(crate) unknown: Vec<String>,
}

impl Entry {
    /// Whether the address is one of those that it speaks about.
    pub(crate) fn means(&self, address: &str) -> bool {
        let steps = split(address, '.');
        let Some((name, before)) = steps.split_last() else { return false };
        let Some((kind, module)) = before.split_last() else { return false };
        let (name, key) = name.split_at(name.find('[').unwrap_or(name.len()));
        format!("{kind}.{name}") == self.resource
            && (self.key.is_empty() || self.key == key)
            && module.starts_with(&self.module)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_empty() {
            write!(f, "{}.", self.module.join("."))?;
        }
        write!(f, "{}{}: {}", self.resource, self.key, self.verdict)
    }
}

/// Reads all expectations of a directory, its modules included.
pub(crate) fn read(case: &Path) -> Result<Expectations, String> {
    let mut expected = Expectations::default();
    collect(case, case, &mut expected)?;
    if expected.entries.is_empty() && !expected.incomplete {
        return Err("nothing is expected here: write `# expect: …` on the line of a store".to_owned());
    }
    Ok(expected)
}

fn collect(case: &Path, directory: &Path, expected: &mut Expectations) -> Result<(), String> {
    let entries =
        std::fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(case, &path, expected)?;
        } else if name == "expect.txt" || path.extension().is_some_and(|extension| extension == "tf") {
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            let shown = path.strip_prefix(case).unwrap_or(&path).display().to_string();
            for (line, index) in text.lines().zip(1..) {
                let place = format!("{shown}:{index}");
                let read = if name == "expect.txt" {
                    note(line, expected, &place)
                } else {
                    header(line, expected, &place)
                };
                read.map_err(|error| format!("{place}: {error}"))?;
            }
        }
    }
    Ok(())
}

/// Reads one line of `expect.txt`.
fn note(line: &str, expected: &mut Expectations, place: &str) -> Result<(), String> {
    let line = line.trim();
    if line == "exit 2" {
        expected.incomplete = true;
    } else if !line.is_empty() && !line.starts_with('#') {
        let (address, verdict) = line.split_once(": ").ok_or("neither `exit 2` nor `ADDRESS: VERDICT`")?;
        let mut steps = split(address, '.');
        let name = steps.pop().unwrap_or_default();
        let kind = steps.pop().ok_or("no address before the colon")?;
        let (name, key) = name.split_at(name.find('[').unwrap_or(name.len()));
        let mut entry = entry(verdict, &format!("{kind}.{name}"), place)?;
        entry.module = steps;
        key.clone_into(&mut entry.key);
        expected.entries.push(entry);
    }
    Ok(())
}

/// Reads one line of configuration.
fn header(line: &str, expected: &mut Expectations, place: &str) -> Result<(), String> {
    let Some((code, comment)) = line.split_once("# expect:") else { return Ok(()) };
    let mut words = code.split_whitespace();
    let (Some("resource"), Some(kind), Some(name)) = (words.next(), words.next(), words.next()) else {
        return Err("an expectation stands on the line of a resource".to_owned());
    };
    let resource = format!("{}.{}", kind.trim_matches('"'), name.trim_matches('"'));
    if expected.entries.iter().any(|entry| entry.resource == resource) {
        return Err(format!("{resource} has expectations already; name it differently"));
    }
    for text in split(comment, ';') {
        expected.entries.push(entry(&text, &resource, place)?);
    }
    Ok(())
}

/// Reads `[MODULE] [KEY] VERDICT`.
fn entry(text: &str, resource: &str, place: &str) -> Result<Entry, String> {
    let words = split(text.trim(), ' ');
    let mut words = words.into_iter().filter(|word| !word.is_empty()).peekable();
    let module =
        words.next_if(|word| word.starts_with("module.")).map_or_else(Vec::new, |path| split(&path, '.'));
    let key = words.next_if(|word| word.starts_with('[')).unwrap_or_default();
    let verdict = words.next().ok_or("an expectation without a verdict")?;
    let rest: Vec<String> = words.collect();
    let (verdict, unknown) = match (verdict.as_str(), rest.split_first()) {
        ("private", None) => (Verdict::Private, Vec::new()),
        ("undetermined", _) => (Verdict::Undetermined, rest),
        ("public", Some((audience, letters))) => {
            one_of(audience, &["anonymous", "authenticated", "network"])?;
            for letter in letters {
                one_of(letter, &["read", "list", "write", "admin", "connect"])?;
            }
            (Verdict::Public(audience.clone(), letters.to_vec()), Vec::new())
        }
        _ => return Err(format!("`{}` is no verdict", text.trim())),
    };
    Ok(Entry { place: place.to_owned(), resource: resource.to_owned(), module, key, verdict, unknown })
}

fn one_of(word: &str, words: &[&str]) -> Result<(), String> {
    if words.contains(&word) { Ok(()) } else { Err(format!("`{word}` is none of {}", words.join(", "))) }
}

/// Splits at a separator outside of quotes and brackets.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0_u32);
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if character == separator && !quoted && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts
}
