//! Files, expressions and templates in the native syntax.
//!
//! Enters: the text of a `.tf` or tfvars file, of an option, of a template. Leaves: the tree, the
//! comments, what could not be read, and one diagnostic for each item that could not. A mistake costs
//! the block it is in and not the file. The parser recurses up to 64 levels: call from a thread with a
//! stack of 8 MiB.

use std::collections::BTreeMap;

use hcl::edit::parser::{self, Error};

use crate::address::Name;
use crate::source::{Diagnostic, FileId, SourceFile, Span};
use crate::syntax::lower::{Lowerer, Places};
use crate::syntax::prepare::{
    Item, Prepared, header, inner_starts, items, length, parse_repaired, prepare, slice,
};
use crate::syntax::scan::{Start, Token, TokenKind, Within};
use crate::syntax::text::Place;
use crate::syntax::{Body, Comment, Expr, File, Lost};

/// Reads a `.tf` or `.tfvars` file.
#[must_use]
pub fn parse_file(file: FileId, source: &SourceFile) -> File {
    let mut reader = Reader { file, out: File::default() };
    reader.text(&source.text, 0, Recovery::Split);
    reader.redefined();
    if !source.valid_utf8 {
        reader.out.diagnostics.push(invalid_encoding(&reader.out.comments, &source.text));
    }
    reader.out
}

/// Reads one expression, such as the text of `--var`. `offset` is where `text` begins in the file.
///
/// # Errors
/// Returns the first mistake.
pub fn parse_expression(file: FileId, text: &str, offset: u32) -> Result<Expr, Diagnostic> {
    let trimmed = text.trim_start();
    let offset = offset.saturating_add(length(text) - length(trimmed));
    let trimmed = trimmed.trim_end();
    parse_alone(
        file,
        trimmed,
        (offset, Places::Own),
        Start::Code,
        parser::parse_expr,
        |lowerer, expression| {
            let whole = lowerer.whole();
            lowerer.expr(expression, whole)
        },
    )
}

/// Reads a template, such as a template file or a JSON string. One interpolation alone is the expression
/// in it, literal text alone is a string. `offset` is where `text` begins in the file.
///
/// # Errors
/// Returns the first mistake.
pub fn parse_template(file: FileId, text: &str, offset: u32) -> Result<Expr, Diagnostic> {
    parse_decoded(file, text, offset, Places::Own)
}

/// Reads a template that is the value of an expression: all of it stands at the place of that expression.
///
/// # Errors
/// Returns the first mistake.
pub fn parse_computed_template(text: &str, at: Span) -> Result<Expr, Diagnostic> {
    parse_decoded(at.file, text, 0, Places::Within(at))
}

/// Reads a template, such as a JSON string, whose bytes lie elsewhere in the file.
pub(crate) fn parse_decoded(
    file: FileId,
    text: &str,
    offset: u32,
    places: Places<'_>,
) -> Result<Expr, Diagnostic> {
    let at = (offset, places);
    parse_alone(file, text, at, Start::Template, parser::parse_template, |lowerer, template| {
        let whole = lowerer.whole();
        lowerer.template(template, Place::Bare, whole)
    })
}

/// Parses a text that is one item as a whole.
fn parse_alone<T>(
    file: FileId,
    text: &str,
    (base, places): (u32, Places<'_>),
    start: Start,
    parse: impl Fn(&str) -> Result<T, Error>,
    lower: impl FnOnce(&mut Lowerer<'_>, &T) -> Result<Expr, Diagnostic>,
) -> Result<Expr, Diagnostic> {
    let prepared = prepare(text, start);
    let place = Ground { file, base, places, prepared: &prepared };
    let range = (0, length(text));
    place.too_large(range)?;
    let (tree, parsed) = parse_repaired(&prepared.text, 0, &prepared.scan.tokens, parse)
        .map_err(|error| place.explain(&error, range, &prepared.scan.tokens))?;
    let mut lowerer = place.lowerer(&parsed, 0);
    let expr = lower(&mut lowerer, &tree)?;
    match lowerer.diagnostics.into_iter().next() {
        Some(diagnostic) => Err(diagnostic),
        None => Ok(expr),
    }
}

/// What to do about an item that does not parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    /// Look for blocks inside of it.
    Split,
    /// Report it.
    Report,
    /// Only note that it is lost: what is wrong with it was said.
    Quiet,
}

struct Reader {
    file: FileId,
    out: File,
}

impl Reader {
    /// Reads every item of a text that begins at `base` in the file.
    fn text(&mut self, text: &str, base: u32, recovery: Recovery) {
        let prepared = prepare(text, Start::Code);
        let place = Ground { file: self.file, base, places: Places::Own, prepared: &prepared };
        if recovery == Recovery::Split {
            self.comments(text, &prepared);
        }
        let mut last_was_lost = false;
        for item in items(&prepared.scan, length(text)) {
            let tokens = item.tokens(&prepared.scan);
            if last_was_lost && tokens.iter().all(|token| token.kind == TokenKind::Close) {
                // The braces of what was lost: no mistake of their own.
                if let Some(lost) = self.out.lost.last_mut() {
                    lost.span = lost.span.to(place.span(item.start, item.end));
                }
                continue;
            }
            last_was_lost = false;
            match place.item(item) {
                Ok((body, diagnostics)) => {
                    self.out.body.attributes.extend(body.attributes);
                    self.out.body.blocks.extend(body.blocks);
                    if recovery != Recovery::Quiet {
                        self.out.diagnostics.extend(diagnostics);
                    }
                }
                Err(diagnostic) => {
                    self.lost(text, item, place, recovery, diagnostic);
                    last_was_lost = true;
                }
            }
        }
    }

    /// Notes that an item is lost, or reads the blocks that begin inside of it.
    fn lost(
        &mut self,
        text: &str,
        item: Item,
        place: Ground<'_>,
        recovery: Recovery,
        diagnostic: Diagnostic,
    ) {
        let tokens = item.tokens(&place.prepared.scan);
        let starts = match recovery {
            Recovery::Split => inner_starts(item, place.prepared),
            Recovery::Report | Recovery::Quiet => Vec::new(),
        };
        if starts.is_empty() {
            if recovery != Recovery::Quiet {
                self.out.diagnostics.push(diagnostic);
            }
            let header = header(tokens, &place.prepared.text);
            self.out.lost.push(Lost { span: place.span(item.start, item.end), header });
            return;
        }
        // What is wrong inside of the blocks is said when they are read; here, why they are inside.
        self.out.diagnostics.push(place.unclosed(item.start, tokens).unwrap_or(diagnostic));
        let bounds: Vec<u32> = std::iter::once(item.start).chain(starts).chain([item.end]).collect();
        let mut recovery = Recovery::Quiet;
        for (start, end) in bounds.iter().zip(bounds.iter().skip(1)) {
            self.text(slice(text, *start, *end), place.base + start, recovery);
            recovery = Recovery::Report;
        }
    }

    fn comments(&mut self, text: &str, prepared: &Prepared<'_>) {
        for token in &prepared.scan.tokens {
            if token.kind == TokenKind::Comment {
                let span = Span { file: self.file, start: token.start, end: token.end };
                let comment = slice(text, token.start, token.end);
                if comment.starts_with("/*") && (comment.len() < 4 || !comment.ends_with("*/")) {
                    let span = Span { end: token.start + 2, ..span };
                    self.out.diagnostics.push(Diagnostic::error("Unterminated comment", Some(span)));
                    self.out.lost.push(Lost { span, header: Vec::new() });
                }
                self.out.comments.push(Comment { span, text: comment_text(comment).into() });
            }
        }
    }

    /// Reports arguments that a file sets twice; items were parsed one by one.
    fn redefined(&mut self) {
        let mut seen: BTreeMap<&Name, Span> = BTreeMap::new();
        for attribute in &self.out.body.attributes {
            if let Some(first) = seen.insert(&attribute.name, attribute.name_span) {
                self.out.diagnostics.push(
                    Diagnostic::error("Attribute redefined", Some(attribute.name_span))
                        .with_label(first, format!("`{}` was already set here", attribute.name)),
                );
            }
        }
    }
}

/// The text of a comment without its marks.
fn comment_text(comment: &str) -> &str {
    let text = if let Some(text) = comment.strip_prefix("/*") {
        text.strip_suffix("*/").unwrap_or(text)
    } else if comment.starts_with('#') {
        comment.trim_start_matches('#')
    } else {
        comment.trim_start_matches('/')
    };
    text.trim()
}

/// Terraform reads bytes that are no UTF-8 in comments, and refuses them elsewhere. The bytes are `?` by
/// now: only when every `?` is in a comment, they were.
fn invalid_encoding(comments: &[Comment], text: &str) -> Diagnostic {
    let in_comments: usize = comments
        .iter()
        .map(|comment| slice(text, comment.span.start, comment.span.end).matches('?').count())
        .sum();
    if in_comments == text.matches('?').count() {
        return Diagnostic::warning("a comment of this file is not encoded in UTF-8", None);
    }
    Diagnostic::error("Invalid character encoding", None)
        .with_note("every configuration file has to be encoded in UTF-8")
}

/// A prepared text and where it lies.
#[derive(Clone, Copy)]
struct Ground<'t> {
    file: FileId,
    base: u32,
    places: Places<'t>,
    prepared: &'t Prepared<'t>,
}

impl<'t> Ground<'t> {
    fn span(self, start: u32, end: u32) -> Span {
        let span = Span { file: self.file, start: self.base + start, end: self.base + end };
        self.places.of(self.base, span)
    }

    fn lowerer<'p>(self, parsed: &'p str, start: u32) -> Lowerer<'p>
    where
        't: 'p,
    {
        Lowerer {
            file: self.file,
            base: self.base + start,
            text: parsed,
            heredocs: &self.prepared.heredocs,
            heredoc_base: start,
            places: self.places,
            depth: 0,
            diagnostics: Vec::new(),
        }
    }

    /// Parses one item.
    fn item(self, item: Item) -> Result<(Body, Vec<Diagnostic>), Diagnostic> {
        self.too_large((item.start, item.end))?;
        let text = slice(&self.prepared.text, item.start, item.end);
        let tokens = item.tokens(&self.prepared.scan);
        let (tree, parsed) = parse_repaired(text, item.start, tokens, parser::parse_body)
            .map_err(|error| self.explain(&error, (item.start, item.end), tokens))?;
        let mut lowerer = self.lowerer(&parsed, item.start);
        let body = lowerer.body(&tree)?;
        Ok((body, lowerer.diagnostics))
    }

    /// Refuses objects over which the parser would take quadratic time.
    fn too_large(self, (start, end): (u32, u32)) -> Result<(), Diagnostic> {
        let objects = &self.prepared.scan.large_objects;
        let first = objects.partition_point(|(object, _)| *object < start);
        match objects.get(first) {
            Some((object, count)) if *object < end => Err(Diagnostic::error(
                format!("an object of {count} items is too large to check"),
                Some(self.span(*object, object + 1)),
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// Says in Terraform's words what the parser did not understand in a range.
    fn explain(self, error: &Error, (start, end): (u32, u32), tokens: &[Token]) -> Diagnostic {
        let at = (start + u32::try_from(error.location().offset()).unwrap_or(u32::MAX)).min(end);
        let message = error.message();
        let vague = message.contains("unexpected token") || message.contains("heredoc end") || at + 1 >= end;
        if let Some(quote) = broken_quote(tokens)
            && (vague || at >= self.line_start(quote.start))
        {
            let span = self.span(quote.start, quote.end);
            return Diagnostic::error("Unterminated template string", Some(span))
                .with_note("no closing quote was found on the line");
        }
        if vague && let Some(diagnostic) = self.unclosed(start, tokens) {
            return diagnostic;
        }
        let significant = tokens.iter().rev().find(|token| token.kind != TokenKind::Comment);
        let ends_early = message == "unexpected token"
            && significant.is_some_and(|token| {
                matches!(token.kind, TokenKind::Assign | TokenKind::Operator | TokenKind::Colon)
            });
        let text = &*self.prepared.text;
        let word = slice(text, at, end)
            .chars()
            .take_while(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
            .map(char::len_utf8)
            .sum::<usize>();
        let first = slice(text, at, end).chars().next().map_or(0, char::len_utf8);
        let span = self.span(at, at + u32::try_from(word.max(first)).unwrap_or(0));
        let name = slice(text, at, end).get(..word).unwrap_or_default();
        let message = if message.contains("found redefined attribute") {
            format!("Attribute redefined: the argument `{name}` was already set")
        } else if message.contains("at most 64 nested levels") {
            "more than 64 nested levels are too deep to check".to_owned()
        } else if message.contains("at most 128 chained binary operators") {
            "more than 128 chained operators are too many to check".to_owned()
        } else if message.starts_with("invalid escape sequence") || message.contains("hex code") {
            "Invalid escape sequence".to_owned()
        } else if message.starts_with("invalid expression") || ends_early {
            "Invalid expression".to_owned()
        } else if message.contains("expected newline or eof") {
            "Missing newline after argument or block definition".to_owned()
        } else if message.ends_with("expected `{`") || message.starts_with("invalid structure") {
            "Invalid block definition".to_owned()
        } else if message.contains("unexpected token") {
            "Argument or block definition required here or below".to_owned()
        } else {
            format!("Invalid syntax: {message}")
        };
        Diagnostic::error(message, Some(span))
    }

    fn line_start(self, at: u32) -> u32 {
        let before = slice(&self.prepared.text, 0, at);
        before.rfind('\n').map_or(0, |newline| length(before.get(..=newline).unwrap_or_default()))
    }

    /// What was opened in a range and is not closed.
    fn unclosed(self, start: u32, tokens: &[Token]) -> Option<Diagnostic> {
        let mut unclosed = self.prepared.scan.unclosed.iter().filter(|open| open.start >= start);
        let outermost = unclosed.next()?;
        // A heredoc without an end swallows the braces that would close the block.
        let open = unclosed.find(|open| open.within == Within::Heredoc).unwrap_or(outermost);
        let token = tokens.iter().find(|token| token.start == open.start)?;
        let message = match open.within {
            Within::Block => "Unclosed configuration block",
            Within::Heredoc | Within::Template | Within::Quote | Within::Text => {
                "Unterminated template string"
            }
            Within::Object | Within::For | Within::Bracket | Within::Top => "Unbalanced brackets",
        };
        let note = match open.within {
            Within::Block => "no closing brace was found for this block before the end of the file",
            Within::Heredoc => "no line with only the end marker was found before the end of the file",
            Within::Template
            | Within::Quote
            | Within::Text
            | Within::Object
            | Within::For
            | Within::Bracket
            | Within::Top => "what is opened here was not closed before the end of the file",
        };
        Some(Diagnostic::error(message, Some(self.span(open.start, token.end))).with_note(note))
    }
}

/// The first quote that its line does not close.
fn broken_quote(tokens: &[Token]) -> Option<Token> {
    let close =
        tokens.iter().position(|token| token.kind == TokenKind::QuoteClose && token.start == token.end)?;
    let depth = tokens.get(close)?.depth;
    let before = tokens.get(..close)?.iter().rev();
    before.take_while(|token| token.depth >= depth).find(|token| token.depth == depth).copied()
}
