//! `tfward fix`: the edits as a unified diff, what they close, and what is left.

use std::io::{self, Write};

use similar::TextDiff;

use super::escape;

/// Lines around a change.
const RADIUS: usize = 3;

/// What `tfward fix` found.
#[derive(Debug, Default)]
pub struct Edits {
    /// What is closed.
    pub closed: Vec<Closed>,
    /// The files that change, by path.
    pub files: Vec<EditedFile>,
    /// What stays public.
    pub left: Vec<Left>,
    /// Settings and suppressions that took effect, a line each.
    pub in_force: Vec<String>,
    /// Why the configuration could not be seen whole.
    pub errors: Vec<String>,
    /// Whether the files were written.
    pub written: bool,
}

/// An exposure that an edit closes.
#[derive(Debug)]
pub struct Closed {
    /// The finding's message.
    pub message: String,
    /// The addresses of other stores that it closes as well.
    pub also: Vec<String>,
}

/// A file before and after all edits.
#[derive(Debug)]
pub struct EditedFile {
    /// As it is printed.
    pub path: String,
    /// Its text.
    pub before: String,
    /// Its text with the edits.
    pub after: String,
    /// Whether it holds sensitive values: then nothing but changed lines is shown.
    pub sensitive: bool,
}

/// An exposure for which there is no certain edit.
#[derive(Debug)]
pub struct Left {
    /// The finding's message.
    pub message: String,
    /// Why there is none.
    pub reason: String,
    /// What would close it.
    pub help: String,
}

impl Edits {
    /// Writes what is closed, the diff, what is left, and a line that counts.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for Closed { message, also } in &self.closed {
            let also: Vec<String> = also.iter().map(|address| format!("`{address}`")).collect();
            let also = if also.is_empty() { String::new() } else { format!(" (and {})", also.join(", ")) };
            writeln!(out, "closes: {}", escape::line(&format!("{message}{also}")))?;
        }
        for file in &self.files {
            diff(file, out)?;
        }
        for Left { message, reason, help } in &self.left {
            writeln!(out, "left: {}", escape::line(message))?;
            writeln!(out, "  = {}", escape::line(reason))?;
            if !help.is_empty() {
                writeln!(out, "  = help: {}", escape::line(help))?;
            }
        }
        for line in &self.in_force {
            writeln!(out, "{line}")?;
        }
        for error in &self.errors {
            writeln!(out, "error: {}", escape::line(error))?;
        }
        let left = self.left.len();
        let done = match (self.written, self.closed.len()) {
            (_, 0) => "no certain edit".to_owned(),
            (true, 1) => "1 edit written".to_owned(),
            (true, several) => format!("{several} edits written"),
            (false, 1) => "1 edit shown; `--write` writes it".to_owned(),
            (false, several) => format!("{several} edits shown; `--write` writes them"),
        };
        writeln!(out, "{done}, {left} left")
    }
}

fn diff(file: &EditedFile, out: &mut dyn Write) -> io::Result<()> {
    let diff = TextDiff::from_lines(&file.before, &file.after);
    let radius = if file.sensitive { 0 } else { RADIUS };
    let path = escape::line(&file.path);
    let mut unified = diff.unified_diff();
    let unified =
        unified.context_radius(radius).header(&format!("a/{path}"), &format!("b/{path}")).to_string();
    for line in unified.split_inclusive('\n') {
        out.write_all(shown(line).as_bytes())?;
    }
    Ok(())
}

/// A line of a diff: as it is, unless something in it would speak to the terminal or to the machine that
/// reads the log.
fn shown(line: &str) -> String {
    let text = line.trim_end_matches(['\r', '\n']);
    let end = line.get(text.len()..).unwrap_or_default();
    let parts: Vec<String> = text.split('\t').map(escape::line).collect();
    let text = parts.join("\t");
    let blank = text.len() - text.trim_start().len();
    match text.get(blank..).and_then(|rest| rest.strip_prefix("::")) {
        Some(rest) => format!("{}\\u{{3a}}:{rest}{end}", text.get(..blank).unwrap_or_default()),
        None => format!("{text}{end}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_diff() {
        for (line, expected) in [
            ("-  acl = \"a\"\r\n", "-  acl = \"a\"\r\n"),
            (" \ta\tb\n", " \ta\tb\n"),
            ("+\u{feff}a", "+\\u{feff}a"),
            (" x\u{202e}y ##[error]z\n", " x\\u{202e}y ##\\u{5b}error]z\n"),
            (" ::error::x\n", " \\u{3a}:error::x\n"),
            (" \t ::error::x\n", " \t \\u{3a}:error::x\n"),
            ("-::x\n", "-::x\n"),
        ] {
            assert_eq!(shown(line), expected);
        }
    }
}
