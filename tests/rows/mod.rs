//! The tables of `testdata/language/*.txt`: an expression, `=>`, and what it gives.
//!
//! ```text
//! 1 + 1 => 2
//! tolist(["a", 1]) => tolist(["a", "1"])
//! local.us => unknown
//! var.secret => sensitive("hushhush")
//! "a" < "b" => error: Invalid operand
//! false && local.ub => false (Terraform 1.11: unknown)
//! ```
//!
//! An expression of several lines goes on in lines that begin with `| `, and its result stands on a line of
//! its own that begins with `=> `. `#` starts a comment. Results name the kinds of collections: a list is
//! `tolist([…])`, a tuple `[…]`. After `error: ` stands the beginning of Terraform's own summary. What stands
//! in parentheses at the end is what Terraform 1.11 says, where a newer release or OpenTofu says more, or
//! where more is known than Terraform tells.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

use std::fs;
use std::path::{Path, PathBuf};

/// One expression and what it gives.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The line of its beginning, from 1.
    pub(crate) line: usize,
    /// The expression.
    pub(crate) expression: String,
    /// The result.
    pub(crate) result: String,
    /// What Terraform 1.11 says, when it is something else.
    pub(crate) terraform: Option<String>,
}

impl Row {
    /// The words after `error: `, when the expression is refused.
    pub(crate) fn error(&self) -> Option<&str> {
        error(&self.result)
    }
}

/// The words after `error: `.
pub(crate) fn error(result: &str) -> Option<&str> {
    result.strip_prefix("error:").map(str::trim)
}

/// The folder of all tables.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/language")
}

/// The tables, by name.
pub(crate) fn tables() -> Vec<(String, PathBuf)> {
    let mut tables: Vec<(String, PathBuf)> = fs::read_dir(folder())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    tables.sort();
    tables
}

/// Reads a table.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines: Vec<&str> = text.lines().collect();
    let mut rows = Vec::new();
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        let line = at + 1;
        at += 1;
        if first.is_empty() || first.starts_with('#') {
            continue;
        }
        let mut expression = (*first).to_owned();
        while let Some(more) = lines.get(at).and_then(|next| next.strip_prefix('|')) {
            expression.push('\n');
            expression.push_str(more.strip_prefix(' ').unwrap_or(more));
            at += 1;
        }
        let result = match lines.get(at).and_then(|next| next.strip_prefix("=> ")) {
            Some(result) => {
                at += 1;
                result.to_owned()
            }
            // A for expression has an arrow of its own: the last one is the result's.
            None => match first.rsplit_once(" => ") {
                Some((before, result)) if expression == **first => {
                    let result = result.to_owned();
                    expression = before.to_owned();
                    result
                }
                _ => return Err(format!("{}:{line}: no result", path.display())),
            },
        };
        rows.push(row(line, expression, &result));
    }
    Ok(rows)
}

fn row(line: usize, expression: String, result: &str) -> Row {
    let (result, terraform) = match result.rsplit_once(" (Terraform 1.11: ") {
        Some((result, terraform)) => (result, terraform.strip_suffix(')').map(str::to_owned)),
        None => (result, None),
    };
    Row { line, expression, result: result.to_owned(), terraform }
}

/// Copies the root module that the expressions live in.
pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let target = if name == "dot-terraform" { to.join(".terraform") } else { to.join(&name) };
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// A string as the tables write it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() || matches!(other, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(other)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// An attribute name as the tables write it.
pub(crate) fn key(name: &str) -> String {
    let mut characters = name.chars();
    let plain = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_' || other == '-');
    if plain { name.to_owned() } else { quoted(name) }
}
