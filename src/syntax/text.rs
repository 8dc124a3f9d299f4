//! The text of strings: escapes, NFC, strip markers and the indentation of heredocs.
//!
//! Enters: raw source of literal pieces and what stands between them. Leaves: what Terraform takes the
//! pieces for. The facts are in language.md 2 and 8.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::address::Name;

/// Where literal text stands, which decides about escapes and lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In quotes: backslash escapes, one line.
    Quoted,
    /// In a heredoc; `true` for `<<-`.
    Heredoc(bool),
    /// In a template file or a JSON string.
    Bare,
}

/// Why a quoted literal is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadText {
    /// `\q`, at that byte.
    Escape(usize),
    /// A quote that is not escaped, at that byte.
    Quote(usize),
}

/// A flat piece of a template, in source order, directives taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Literal text: of heredocs and template files one line, or the part of it between other pieces.
    Literal(String),
    /// An interpolation or a directive, and whether it strips blanks before and after it.
    Code(bool, bool),
}

/// Brings a text to NFC, as every string of Terraform is.
pub(crate) fn normalise(text: &str) -> Name {
    if is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() }
}

/// Takes a raw literal apart into pieces, escapes resolved.
pub(crate) fn pieces(raw: &str, place: Place) -> Result<Vec<String>, BadText> {
    match place {
        Place::Quoted => Ok(vec![unescape(raw, true)?]),
        Place::Heredoc(_) | Place::Bare => {
            raw.split_inclusive('\n').map(|line| unescape(line, false)).collect()
        }
    }
}

/// Resolves `$${` and `%%{`, and backslashes when `quoted`.
fn unescape(raw: &str, quoted: bool) -> Result<String, BadText> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let escaped = if rest.starts_with("$${") {
            Some(("${", 3))
        } else if rest.starts_with("%%{") {
            Some(("%{", 3))
        } else {
            None
        };
        let length = match (first, escaped) {
            (_, Some((text, length))) => {
                out.push_str(text);
                length
            }
            ('\\', None) if quoted => {
                let (character, length) = backslash(rest).ok_or(BadText::Escape(raw.len() - rest.len()))?;
                out.push(character);
                length
            }
            ('"', None) if quoted => return Err(BadText::Quote(raw.len() - rest.len())),
            (_, None) => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(out)
}

/// Reads a backslash escape at the start of `text`; its character and length.
fn backslash(text: &str) -> Option<(char, usize)> {
    let simple = match text.chars().nth(1)? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' => '"',
        '\\' => '\\',
        'u' => return hexadecimal(text, 6),
        'U' => return hexadecimal(text, 10),
        _ => return None,
    };
    Some((simple, 2))
}

fn hexadecimal(text: &str, length: usize) -> Option<(char, usize)> {
    let digits = text.get(2..length)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let character = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
    Some((character, length))
}

/// Applies strip markers, then the indentation of `<<-`. A marker strips only the one literal piece next
/// to it; what is stripped away before counts for the indentation.
pub(crate) fn arrange(pieces: &mut [Piece], place: Place) {
    strip(pieces);
    if place == Place::Heredoc(true) {
        dedent(pieces);
    }
}

fn strip(pieces: &mut [Piece]) {
    let mut after = false;
    for index in 0..pieces.len() {
        let before = matches!(pieces.get(index + 1), Some(Piece::Code(true, _)));
        match pieces.get_mut(index) {
            Some(Piece::Literal(text)) => {
                let mut kept = text.as_str();
                if after {
                    kept = kept.trim_start();
                }
                if before {
                    kept = kept.trim_end();
                }
                if kept.len() < text.len() {
                    *text = kept.to_owned();
                }
                after = false;
            }
            Some(Piece::Code(_, end)) => after = *end,
            None => {}
        }
    }
}

/// Takes the smallest indentation from every line that has one. Lines of only blanks neither count nor
/// lose anything; a line that begins with code counts as not indented.
fn dedent(pieces: &mut [Piece]) {
    let mut smallest = usize::MAX;
    let mut line_start = true;
    let mut indented = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let begins = std::mem::take(&mut line_start);
        match piece {
            Piece::Literal(text) => {
                line_start = text.ends_with('\n');
                let blank = text.trim_start().is_empty() && line_start;
                if begins && !blank {
                    let indent = text.chars().take_while(|character| character.is_whitespace()).count();
                    smallest = smallest.min(indent);
                    indented.push(index);
                }
            }
            Piece::Code(..) if begins => smallest = 0,
            Piece::Code(..) => {}
        }
    }
    if smallest == 0 {
        return;
    }
    for index in indented {
        if let Some(Piece::Literal(text)) = pieces.get_mut(index) {
            *text = text.chars().skip(smallest).collect();
        }
    }
}
