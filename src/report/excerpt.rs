//! Excerpts of the sources for `human`: only the lines that are pointed at, made safe to show.
//!
//! A label never spans lines: of a long value its first line is shown. Lines with a sensitive value are
//! named and not quoted; of a very long line a window is shown.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic, Label, LabelStyle, Severity};
use codespan_reporting::files::{Error, Files};

use super::{Report, escape};
use crate::source::{FileId, Location, SourceFile, Span};

/// The longest line, in characters, that is shown whole.
const LONGEST_LINE: usize = 400;
/// How much of a longer line is shown.
const WINDOW: usize = 160;
/// How much of it stands before the first label.
const BEFORE: usize = 40;

/// A place to point at, with what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    /// Whether it is the place that decides.
    pub(super) primary: bool,
    /// The place.
    pub(super) span: Span,
    /// The text beside it; may be empty.
    pub(super) text: String,
}

/// A message with places and further sentences, before it is laid out.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// How bad.
    pub(super) severity: Severity,
    /// What stands in brackets.
    pub(super) code: Option<&'static str>,
    /// The message.
    pub(super) message: String,
    /// The places.
    pub(super) pointers: Vec<Pointer>,
    /// Sentences below the excerpt.
    pub(super) notes: Vec<String>,
}

/// What keeps a place from being quoted.
enum Shy {
    /// A whole document, or a place in what has no lines of its own: nothing to underline.
    Document,
    /// A sensitive value is written there.
    Sensitive,
}

/// A label on its line, in bytes from the line's start.
struct Mark {
    primary: bool,
    bytes: Range<usize>,
    column: u32,
    text: String,
}

/// The lines of one file that are pointed at, by number from 0.
struct Marked {
    file: FileId,
    source: std::sync::Arc<SourceFile>,
    lines: BTreeMap<usize, Vec<Mark>>,
}

/// The shown lines of all files of one message.
pub(super) struct Excerpt(Vec<Shown>);

struct Shown {
    path: String,
    text: String,
    lines: BTreeMap<usize, Range<usize>>,
    /// The column in the file of each label, by its byte in `text`.
    columns: BTreeMap<usize, usize>,
}

/// Lays a message out.
pub(super) fn lay_out(report: &Report<'_>, draft: Draft) -> (Excerpt, Diagnostic<usize>) {
    let mut files: Vec<Marked> = Vec::new();
    let mut named = Vec::new();
    for pointer in merged(draft.pointers) {
        match shy(report, pointer.span) {
            Some(shy) => named.extend(name(report, &pointer, &shy)),
            None => mark(report, &mut files, pointer),
        }
    }
    let mut labels = Vec::new();
    let mut excerpt = Vec::new();
    for (index, marked) in files.iter().enumerate() {
        excerpt.push(show(report, index, marked, &mut labels));
    }
    // What decides comes first, so that its file does.
    labels.sort_by_key(|label: &Label<usize>| label.style != LabelStyle::Primary);
    let mut diagnostic = Diagnostic::new(draft.severity)
        .with_message(escape::line(&draft.message))
        .with_labels(labels)
        .with_notes_iter(named.iter().chain(&draft.notes).map(|note| escape::line(note)));
    if let Some(code) = draft.code {
        diagnostic = diagnostic.with_code(code);
    }
    (Excerpt(excerpt), diagnostic)
}

/// Joins the texts of pointers to one place.
fn merged(pointers: Vec<Pointer>) -> Vec<Pointer> {
    let mut distinct: Vec<Pointer> = Vec::new();
    for pointer in pointers {
        match distinct.iter_mut().find(|known| known.span == pointer.span) {
            Some(known) => {
                known.primary |= pointer.primary;
                if known.text.is_empty() {
                    known.text = pointer.text;
                } else if !pointer.text.is_empty() && known.text != pointer.text {
                    known.text = format!("{}; {}", known.text, pointer.text);
                }
            }
            None => distinct.push(pointer),
        }
    }
    distinct
}

fn shy(report: &Report<'_>, span: Span) -> Option<Shy> {
    let Some(location) = report.location_of(span) else { return Some(Shy::Document) };
    // The value may go on below the line that is shown; then only its first line counts.
    if report.hidden.covers(span.file, location.line) {
        Some(Shy::Sensitive)
    } else if span.start == span.end && span.start == 0 {
        Some(Shy::Document)
    } else {
        None
    }
}

fn name(report: &Report<'_>, pointer: &Pointer, shy: &Shy) -> Option<String> {
    let location = report.location_of(pointer.span)?;
    let place = match shy {
        Shy::Document => location.path,
        Shy::Sensitive => format!("{} (a sensitive value, not shown)", place(&location)),
    };
    Some(if pointer.text.is_empty() { place } else { format!("{place}: {}", pointer.text) })
}

/// `path:line` of a place; the path alone of a whole document.
pub(super) fn place(location: &Location) -> String {
    let start = (location.line, location.column);
    if start == (1, 1) && start == (location.end_line, location.end_column) {
        return location.path.clone();
    }
    format!("{}:{}", location.path, location.line)
}

fn mark(report: &Report<'_>, files: &mut Vec<Marked>, pointer: Pointer) {
    let Some(source) = report.sources.file(pointer.span.file) else { return };
    let (line, column) = source.position(pointer.span.start);
    let index = line.saturating_sub(1) as usize;
    let start = pointer.span.start as usize;
    let before = source.text.get(..start).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let length = source.line(line).len();
    let from = (start - line_start).min(length);
    let to = (pointer.span.end as usize).saturating_sub(line_start).clamp(from, length);
    let mark = Mark { primary: pointer.primary, bytes: from..to, column, text: pointer.text };
    if !files.iter().any(|marked| marked.file == pointer.span.file) {
        files.push(Marked { file: pointer.span.file, source, lines: BTreeMap::new() });
    }
    if let Some(marked) = files.iter_mut().find(|marked| marked.file == pointer.span.file) {
        marked.lines.entry(index).or_default().push(mark);
    }
}

fn show(report: &Report<'_>, file: usize, marked: &Marked, labels: &mut Vec<Label<usize>>) -> Shown {
    let mut shown = Shown {
        path: escape::path(&marked.source.path),
        text: String::new(),
        lines: BTreeMap::new(),
        columns: BTreeMap::new(),
    };
    // A single line between two others is shown as well.
    let between = marked
        .lines
        .keys()
        .map(|line| line + 1)
        .filter(|line| !marked.lines.contains_key(line) && marked.lines.contains_key(&(line + 1)));
    let indexes: std::collections::BTreeSet<usize> = marked.lines.keys().copied().chain(between).collect();
    for index in indexes {
        let marks = marked.lines.get(&index).map_or(&[][..], Vec::as_slice);
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let hidden = report.hidden.covers(marked.file, number);
        let line = if hidden { "(a sensitive value, not shown)" } else { marked.source.line(number) };
        let start = shown.text.len();
        let offsets = push_line(&mut shown.text, line, marks.iter().map(|mark| mark.bytes.start).min());
        for mark in marks {
            let from = offset(&offsets, mark.bytes.start);
            let to = offset(&offsets, mark.bytes.end).max(from);
            shown.columns.insert(from, mark.column as usize);
            let style = if mark.primary { LabelStyle::Primary } else { LabelStyle::Secondary };
            labels.push(Label::new(style, file, from..to).with_message(escape::line(&mark.text)));
        }
        shown.text.push('\n');
        shown.lines.insert(index, start..shown.text.len());
    }
    shown
}

/// Adds a line, or a window of it, and returns where each of its characters went: pairs of the byte in the
/// line and the byte in the text, in order, the end included.
fn push_line(text: &mut String, line: &str, first_label: Option<usize>) -> Vec<(usize, usize)> {
    let long = line.chars().count() > LONGEST_LINE;
    let first = line.char_indices().take_while(|(at, _)| Some(*at) < first_label).count();
    let skipped = if long { first.saturating_sub(BEFORE) } else { 0 };
    let kept = if long { WINDOW } else { usize::MAX };
    if skipped > 0 {
        text.push('…');
    }
    let mut offsets = Vec::new();
    let mut end = line.len();
    for (count, (at, character)) in line.char_indices().skip(skipped).enumerate() {
        if count == kept {
            end = at;
            break;
        }
        offsets.push((at, text.len()));
        match character {
            '\t' => text.push('\t'),
            other => escape::push(text, other),
        }
    }
    offsets.push((end, text.len()));
    if end < line.len() {
        text.push('…');
    }
    offsets
}

/// Where a byte of a line went; the nearest shown place for one that is not shown.
fn offset(offsets: &[(usize, usize)], byte: usize) -> usize {
    offsets.iter().find(|(at, _)| *at >= byte).or(offsets.last()).map_or(0, |(_, shown)| *shown)
}

impl Excerpt {
    fn shown(&self, id: usize) -> Result<&Shown, Error> {
        self.0.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for Excerpt {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.shown(id)?.path)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.shown(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, Error> {
        let shown = self.shown(id)?;
        shown
            .lines
            .iter()
            .rev()
            .find(|(_, range)| range.start <= byte)
            .map(|(index, _)| *index)
            .ok_or(Error::IndexTooLarge { given: byte, max: shown.text.len() })
    }

    fn column_number(&'a self, id: usize, line: usize, byte: usize) -> Result<usize, Error> {
        let shown = self.shown(id)?;
        let range = self.line_range(id, line)?;
        let counted = || shown.text.get(range.start..byte).map_or(0, |before| before.chars().count()) + 1;
        Ok(shown.columns.get(&byte).copied().unwrap_or_else(counted))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let shown = self.shown(id)?;
        shown.lines.get(&line).cloned().ok_or(Error::LineTooLarge { given: line, max: shown.lines.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let line = format!("{}public{}", "a".repeat(600), "b".repeat(600));
        let mut text = String::new();
        let offsets = push_line(&mut text, &line, Some(600));
        let (from, to) = (offset(&offsets, 600), offset(&offsets, 606));
        assert_eq!(text.get(from..to), Some("public"));
        assert_eq!(text, format!("…{}public{}…", "a".repeat(40), "b".repeat(114)));
        assert_eq!(offset(&offsets, 1000), text.len() - '…'.len_utf8());
    }

    #[test]
    fn escapes_move_labels() {
        let mut text = String::new();
        let offsets = push_line(&mut text, "\ta\u{202e}b", Some(5));
        assert_eq!(text, "\ta\\u{202e}b");
        assert_eq!(text.get(offset(&offsets, 5)..offset(&offsets, 6)), Some("b"));
    }
}
