//! What is done to a text before and after the parser refuses it.
//!
//! Enters: a text and its tokens. Leaves: a text of the same length that the parser reads as Terraform
//! would, and the pieces that can be parsed alone. Bytes are replaced by blanks, never inserted or
//! removed, so every offset is one into the original text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hcl::edit::parser::Error;

use crate::address::Name;
use crate::syntax::scan::{Scan, Start, Token, TokenKind, Within, scan};

/// A text that is ready to be parsed.
#[derive(Debug)]
pub(crate) struct Prepared<'t> {
    /// The text.
    pub(crate) text: Cow<'t, str>,
    /// Its tokens, from before it was changed.
    pub(crate) scan: Scan,
    /// Where each heredoc begins (`<<`) and ends (behind the marker).
    pub(crate) heredocs: BTreeMap<u32, u32>,
}

/// A range that can be parsed alone: one argument or block at the top of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// First byte.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
    /// First token.
    first: usize,
    /// One past the last token.
    last: usize,
}

impl Item {
    /// The tokens of the item.
    pub(crate) fn tokens(self, scan: &Scan) -> &[Token] {
        scan.tokens.get(self.first..self.last).unwrap_or_default()
    }
}

/// A part of a text by offsets; empty when there is none.
pub(crate) fn slice(text: &str, start: u32, end: u32) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// The length of a text that is known to be shorter than 4 GiB.
pub(crate) fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Finds the tokens and takes away what the parser would silently misread: empty heredocs, and end
/// markers that look like one but are text.
pub(crate) fn prepare(text: &str, start: Start) -> Prepared<'_> {
    let scan = scan(text, start);
    let mut bytes = Cow::Borrowed(text.as_bytes());
    blank_empty_heredocs(&mut bytes, &scan.tokens);
    let heredocs = heredocs(&scan.tokens);
    rename_markers(&mut bytes, &scan.lookalike_ends, &heredocs);
    let heredocs = heredocs.iter().map(|(open, close)| (open.start, close.end)).collect();
    let text = match bytes {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => into_text(bytes, text),
    };
    Prepared { text, scan, heredocs }
}

/// The changed bytes; the original when a change would have cut a character.
fn into_text(bytes: Vec<u8>, original: &str) -> Cow<'_, str> {
    String::from_utf8(bytes).map_or(Cow::Borrowed(original), Cow::Owned)
}

fn fill(bytes: &mut [u8], start: u32, end: u32, byte: u8) {
    if let Some(range) = bytes.get_mut(start as usize..end as usize) {
        range.fill(byte);
    }
}

/// Makes `""` of a heredoc whose end marker follows at once: the parser looks for the next such line.
fn blank_empty_heredocs(bytes: &mut Cow<'_, [u8]>, tokens: &[Token]) {
    for (open, close) in tokens.iter().zip(tokens.iter().skip(1)) {
        let empty = open.kind == TokenKind::HeredocOpen
            && close.kind == TokenKind::HeredocClose
            && open.end == close.start;
        if empty {
            fill(bytes.to_mut(), open.start, close.end, b' ');
            fill(bytes.to_mut(), open.start, open.start + 2, b'"');
        }
    }
}

/// The opening and closing tokens of every heredoc that has both.
fn heredocs(tokens: &[Token]) -> Vec<(Token, Token)> {
    let (mut heredocs, mut open) = (Vec::new(), Vec::new());
    for token in tokens {
        if token.kind == TokenKind::HeredocOpen {
            open.push(*token);
        } else if token.kind == TokenKind::HeredocClose
            && let Some(opened) = open.pop()
        {
            heredocs.push((opened, *token));
        }
    }
    heredocs
}

/// How many heredocs of a text get another marker; each costs a search.
const MOST_RENAMED: usize = 100;

/// Gives a heredoc that holds a line such as `EOT)` a marker of the same length that occurs nowhere: the
/// parser would end it there. Terraform ends a heredoc only at a line with nothing but the marker.
fn rename_markers(bytes: &mut Cow<'_, [u8]>, lookalike_ends: &[u32], heredocs: &[(Token, Token)]) {
    let mut wanted = lookalike_ends.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.truncate(MOST_RENAMED);
    for (opened, closed) in heredocs {
        if wanted.binary_search(&opened.start).is_err() {
            continue;
        }
        let opening = bytes.get(opened.start as usize..opened.end as usize).unwrap_or_default();
        let marker = opening.trim_ascii_end().strip_prefix(b"<<").unwrap_or_default();
        let marker = u32::try_from(marker.strip_prefix(b"-").unwrap_or(marker).len()).unwrap_or(0);
        let name_end = opened.start + u32::try_from(opening.trim_ascii_end().len()).unwrap_or(0);
        let body = bytes.get(opened.end as usize..closed.start as usize).unwrap_or_default();
        let unused = (b'A'..=b'Z').chain(b'a'..=b'z').find(|letter| {
            let name = vec![*letter; marker as usize];
            !body.split(|byte| *byte == b'\n').any(|line| line.trim_ascii_start().starts_with(&name))
        });
        if let Some(letter) = unused {
            let bytes = bytes.to_mut();
            fill(bytes, name_end - marker, name_end, letter);
            fill(bytes, closed.end - marker, closed.end, letter);
        }
    }
}

/// Splits a file into the items that a line break at bracket depth 0 ends. Lines that begin with `{`
/// belong to the item before, so that a brace on a line of its own is one mistake and not two.
pub(crate) fn items(scan: &Scan, end: u32) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut current: Option<Item> = None;
    for (index, token) in scan.tokens.iter().enumerate() {
        if token.kind == TokenKind::Newline && token.depth == 0 {
            items.extend(current.take());
            continue;
        }
        match &mut current {
            Some(item) => (item.end, item.last) = (token.end, index + 1),
            None if token.kind == TokenKind::Comment => {}
            None => {
                let start = Item { start: token.start, end: token.end, first: index, last: index + 1 };
                current = match items.pop() {
                    Some(before) if token.kind == TokenKind::Open && !has_braces(&before, scan) => {
                        Some(Item { end: token.end, last: index + 1, ..before })
                    }
                    Some(before) => {
                        items.push(before);
                        Some(start)
                    }
                    None => Some(start),
                };
            }
        }
    }
    if let Some(item) = &mut current
        && !scan.unclosed.is_empty()
    {
        item.end = end;
    }
    items.extend(current);
    items
}

fn has_braces(item: &Item, scan: &Scan) -> bool {
    item.tokens(scan).last().is_none_or(|token| token.kind == TokenKind::Close)
}

/// The words and labels before a block's brace, or the name of an argument.
pub(crate) fn header(tokens: &[Token], text: &str) -> Vec<Name> {
    let mut header = Vec::new();
    let mut tokens = tokens.iter().filter(|token| token.kind != TokenKind::Comment).peekable();
    while let Some(token) = tokens.next() {
        match token.kind {
            TokenKind::Word => header.push(slice(text, token.start, token.end).into()),
            TokenKind::QuoteOpen => match tokens.next() {
                Some(close) if close.kind == TokenKind::QuoteClose && close.start < close.end => {
                    header.push(slice(text, token.end, close.start).into());
                }
                Some(_) | None => break,
            },
            _ => break,
        }
    }
    header
}

/// Whether the tokens begin with `word ("label" | word)* {`.
fn begins_block(tokens: &[Token]) -> bool {
    let mut tokens = tokens.iter();
    if tokens.next().is_none_or(|token| token.kind != TokenKind::Word) {
        return false;
    }
    tokens
        .find(|token| !matches!(token.kind, TokenKind::Word | TokenKind::QuoteOpen | TokenKind::QuoteClose))
        .is_some_and(|token| token.kind == TokenKind::Open)
}

/// Where lines inside of a broken item that is not closed begin a block in the first column: a brace or an
/// end marker is missing before. Offsets, in order, without the item's own start.
pub(crate) fn inner_starts(item: Item, prepared: &Prepared<'_>) -> Vec<u32> {
    let (text, tokens) = (&*prepared.text, item.tokens(&prepared.scan));
    let mut starts = Vec::new();
    if prepared.scan.unclosed.last().is_none_or(|open| open.start < item.start) {
        return starts;
    }
    for (index, token) in tokens.iter().enumerate() {
        let first_column = token.start > item.start
            && text.as_bytes().get(token.start as usize - 1) == Some(&b'\n')
            && token.kind == TokenKind::Word;
        if first_column && begins_block(tokens.get(index..).unwrap_or_default()) {
            starts.push(token.start);
        }
    }
    let unclosed = &prepared.scan.unclosed;
    let heredoc = unclosed.iter().find(|open| open.within == Within::Heredoc && open.start >= item.start);
    if let Some(heredoc) = heredoc {
        starts.retain(|start| *start < heredoc.start);
        let mut at = heredoc.start;
        for line in slice(text, heredoc.start, length(text)).split_inclusive('\n') {
            let begins = line.starts_with(|first: char| first.is_alphabetic() || first == '_');
            if at > heredoc.start && begins && begins_block(&scan(line, Start::Code).tokens) {
                starts.push(at);
            }
            at += length(line);
        }
    }
    starts
}

/// Parses an item, and again with each repair while the parser refuses it. Returns the text that was
/// read too. The error is that of the first attempt.
pub(crate) fn parse_repaired<'t, T>(
    text: &'t str,
    base: u32,
    tokens: &[Token],
    parse: impl Fn(&str) -> Result<T, Error>,
) -> Result<(T, Cow<'t, str>), Error> {
    let first = match parse(text) {
        Ok(tree) => return Ok((tree, Cow::Borrowed(text))),
        Err(error) => error,
    };
    let mut bytes = text.as_bytes().to_vec();
    if first.message().contains("found redefined object key") {
        blank_redefined_keys(&mut bytes, text, base, tokens);
        let repaired = into_text(bytes.clone(), text);
        if let Ok(tree) = parse(&repaired) {
            return Ok((tree, repaired));
        }
    } else {
        blank_newlines(&mut bytes, base, tokens);
        if bytes == text.as_bytes() {
            return Err(first);
        }
        let repaired = into_text(bytes.clone(), text);
        match parse(&repaired) {
            Ok(tree) => return Ok((tree, repaired)),
            Err(error) if error.message().contains("found redefined object key") => {}
            Err(_) => return Err(first),
        }
        blank_redefined_keys(&mut bytes, text, base, tokens);
    }
    blank_newlines(&mut bytes, base, tokens);
    let repaired = into_text(bytes, text);
    match parse(&repaired) {
        Ok(tree) => Ok((tree, repaired)),
        Err(_) => Err(first),
    }
}

/// Blanks line breaks and comments where the language ignores them and the parser does not everywhere.
fn blank_newlines(bytes: &mut [u8], base: u32, tokens: &[Token]) {
    let mut previous = None;
    for token in tokens {
        let ends_heredoc = previous == Some(TokenKind::HeredocClose);
        let ignored = matches!(token.kind, TokenKind::Newline | TokenKind::Comment);
        if ignored && token.within.ignores_newlines() && !ends_heredoc {
            fill(bytes, token.start - base, token.end - base, b' ');
        }
        previous = Some(token.kind);
    }
}

/// The items of an object so far.
#[derive(Default)]
struct Keys {
    seen: BTreeMap<String, (u32, u32)>,
    start: Option<u32>,
    key: Option<String>,
    end: u32,
}

impl Keys {
    /// Ends the current item at `end`; returns the range of an earlier one with the same key.
    fn finish(&mut self, end: u32) -> Option<(u32, u32)> {
        let start = self.start.take()?;
        self.seen.insert(self.key.take()?, (start, end))
    }
}

/// Blanks the items of objects whose key comes again: the last one counts.
fn blank_redefined_keys(bytes: &mut [u8], text: &str, base: u32, tokens: &[Token]) {
    let mut earlier = Vec::new();
    let mut open: Vec<Keys> = Vec::new();
    for token in tokens {
        while open.len() > token.depth as usize {
            if let Some(mut keys) = open.pop() {
                let end = keys.end;
                earlier.extend(keys.finish(end));
            }
        }
        if let Some(keys) = open.last_mut()
            && token.within == Within::Object
        {
            match token.kind {
                TokenKind::Comment => {}
                TokenKind::Comma => earlier.extend(keys.finish(token.end)),
                TokenKind::Newline => {
                    let end = keys.end;
                    earlier.extend(keys.finish(end));
                }
                TokenKind::Assign | TokenKind::Colon if keys.key.is_none() => {
                    let start = keys.start.unwrap_or(token.start);
                    keys.key = Some(slice(text, start - base, token.start - base).trim().to_owned());
                    keys.end = token.end;
                }
                _ => {
                    keys.start.get_or_insert(token.start);
                    keys.end = token.end;
                }
            }
        }
        if matches!(token.kind, TokenKind::Open | TokenKind::QuoteOpen | TokenKind::HeredocOpen) {
            open.push(Keys::default());
        }
    }
    while let Some(mut keys) = open.pop() {
        let end = keys.end;
        earlier.extend(keys.finish(end));
    }
    for (start, end) in earlier {
        fill(bytes, start - base, end - base, b' ');
    }
}
