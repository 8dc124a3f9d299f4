//! Patterns of policy documents: `*`, `?`, policy variables, and parts that are not known.
//!
//! Enters: texts of a policy. Leaves: whether two patterns have something in common, and whether one
//! covers the other. Work is bounded by the product of the two lengths.

use std::sync::Arc;

use crate::address::{Address, Key};
use crate::truth::Truth;
use crate::value::text::Piece;
use crate::value::{Text, Unknown};

/// Patterns longer than this are not compared: no field of a policy is that long.
const LONGEST: usize = 4096;
/// How many characters of a text are read: with more it is longer than [`LONGEST`] whatever they are.
const MOST_READ: usize = 2 * LONGEST;

/// One element of a pattern.
#[derive(Clone, Debug)]
pub enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any run of characters.
    Many,
    /// A part that is not known.
    Hole(Arc<Unknown>),
    /// A policy variable, by its name in lower case.
    Variable(Arc<str>),
}

/// What of a text is more than characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether `*` and `?` are wildcards.
    pub wildcards: bool,
    /// Whether `${…}` is a policy variable: only with `Version` 2012-10-17.
    pub variables: bool,
}

/// A text as a pattern.
#[derive(Clone, Debug, Default)]
pub struct Pattern(pub Vec<Token>);

impl Pattern {
    /// Reads a text.
    #[must_use]
    pub fn read(text: &Text, reading: Reading) -> Self {
        let mut tokens = Vec::new();
        let mut left = MOST_READ;
        for piece in text.pieces() {
            let taken = match piece {
                Piece::Literal(literal) => {
                    let end = literal.char_indices().nth(left).map(|(end, _)| end);
                    let read = end.and_then(|end| literal.get(..end)).unwrap_or(literal);
                    read_literal(read, reading, &mut tokens);
                    if end.is_some() { left + 1 } else { read.chars().count() }
                }
                Piece::Hole(hole) => {
                    tokens.push(Token::Hole(hole.clone()));
                    1
                }
            };
            if let Some(rest) = left.checked_sub(taken) {
                left = rest;
            } else {
                // What follows is not read; it is only made sure that nothing is compared with it.
                tokens.resize(2 * MOST_READ, Token::One);
                break;
            }
        }
        Self(tokens)
    }

    /// Reads known characters.
    #[must_use]
    pub fn literal(text: &str, wildcards: bool) -> Self {
        let mut tokens = Vec::new();
        read_literal(text, Reading { wildcards, variables: false }, &mut tokens);
        Self(tokens)
    }

    /// The same in lower case.
    #[must_use]
    pub fn lower(mut self) -> Self {
        for token in &mut self.0 {
            if let Token::Char(character) = token {
                *character = character.to_ascii_lowercase();
            }
        }
        self
    }

    /// The same with an ARN's partition field made `aws`: partitions are equal for all matching (aws.md R8).
    #[must_use]
    pub fn any_partition(self) -> Self {
        let Self(tokens) = self;
        let begins = |with: &str| {
            let each = tokens.iter().zip(with.chars());
            each.filter(|(token, character)| is(token, *character)).count() == with.len()
        };
        if !begins("arn:") || begins("arn:aws:") {
            return Self(tokens);
        }
        let Some(end) = tokens.iter().skip(4).position(|token| is(token, ':')) else { return Self(tokens) };
        let partition = tokens.get(4..4 + end).unwrap_or_default();
        let known: String = partition.iter().map_while(character).collect();
        let fits = match partition {
            [Token::Hole(_) | Token::Many] => true,
            _ => known == "aws" || known.starts_with("aws-"),
        };
        if !fits {
            return Self(tokens);
        }
        let mut out: Vec<Token> = "arn:aws".chars().map(Token::Char).collect();
        out.extend(tokens.into_iter().skip(4 + end));
        Self(out)
    }

    /// As text; `…` for what is not known.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for token in &self.0 {
            match token {
                Token::Char(character) => out.push(*character),
                Token::One => out.push('?'),
                Token::Many => out.push('*'),
                Token::Hole(_) => out.push('…'),
                Token::Variable(name) => {
                    out.push_str("${");
                    out.push_str(name);
                    out.push('}');
                }
            }
        }
        out
    }

    /// How many steps it is to compare two.
    #[must_use]
    pub fn cost(&self, other: &Self) -> u64 {
        let product = self.0.len().saturating_mul(other.0.len());
        u64::try_from(product).unwrap_or(u64::MAX)
    }

    /// Whether a part is not known.
    #[must_use]
    pub fn has_hole(&self) -> bool {
        self.0.iter().any(|token| matches!(token, Token::Hole(_)))
    }

    /// Whether it matches one text only, which is known.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.0.len() <= LONGEST && self.0.iter().all(|token| matches!(token, Token::Char(_)))
    }

    /// The names of its policy variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|token| match token {
            Token::Variable(name) => Some(&**name),
            Token::Char(_) | Token::One | Token::Many | Token::Hole(_) => None,
        })
    }

    /// The unknown parts.
    pub fn holes(&self) -> impl Iterator<Item = &Arc<Unknown>> {
        self.0.iter().filter_map(|token| match token {
            Token::Hole(hole) => Some(hole),
            Token::Char(_) | Token::One | Token::Many | Token::Variable(_) => None,
        })
    }

    /// The same followed by another.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).cloned().collect())
    }

    /// The parts between colons, at most `count`, the last with what is left.
    #[must_use]
    pub fn fields(&self, count: usize) -> Vec<&[Token]> {
        self.0.splitn(count, |token| is(token, ':')).collect()
    }

    /// Whether some text is matched by both. Unknown parts and variables count as any text, so that it may
    /// say yes too often and never no too often.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        if self.0.len() > LONGEST || other.0.len() > LONGEST {
            return true;
        }
        // Characters at both ends decide most pairs.
        let (left, right) = (self.0.as_slice(), other.0.as_slice());
        if differ(left.iter(), right.iter()) || differ(left.iter().rev(), right.iter().rev()) {
            return false;
        }
        let (left, right) = without_shared_ends(left, right);
        if left.is_empty() || right.is_empty() {
            return left.iter().chain(right).all(is_run);
        }
        // One row per token of `left`; `row[j]`: the first i tokens and the first j of `right` can agree.
        let mut row = vec![false; right.len() + 1];
        let mut next = row.clone();
        set(&mut row, 0, true);
        for (j, token) in right.iter().enumerate() {
            let reached = at(&row, j) && is_run(token);
            set(&mut row, j + 1, reached);
        }
        for token in left {
            let first = at(&row, 0) && is_run(token);
            set(&mut next, 0, first);
            for (j, against) in right.iter().enumerate() {
                let reached = if is_run(token) || is_run(against) {
                    at(&row, j + 1) && is_run(token)
                        || at(&next, j) && is_run(against)
                        || is_run(token) && at(&next, j)
                        || is_run(against) && at(&row, j + 1)
                } else {
                    at(&row, j) && agree(token, against)
                };
                set(&mut next, j + 1, reached);
            }
            std::mem::swap(&mut row, &mut next);
        }
        row.last().copied().unwrap_or(false)
    }

    /// Whether every text that the other matches is matched by this one.
    ///
    /// Unknown when that hangs on an unknown part. False also where it holds but cannot be seen; a variable
    /// of this pattern matches nothing for certain.
    #[must_use]
    pub fn covers(&self, other: &Self) -> Truth {
        if self.0.len() > LONGEST || other.0.len() > LONGEST {
            return Truth::Unknown;
        }
        let (outer, inner) = (self.0.as_slice(), other.0.as_slice());
        if differ(outer.iter(), inner.iter()) || differ(outer.iter().rev(), inner.iter().rev()) {
            return Truth::False;
        }
        let (outer, inner) = without_shared_ends(outer, inner);
        let mut row = vec![false; inner.len() + 1];
        set(&mut row, 0, true);
        for token in outer {
            let many = matches!(token, Token::Many);
            let mut next = vec![false; inner.len() + 1];
            let first = many && at(&row, 0);
            set(&mut next, 0, first);
            for (j, against) in inner.iter().enumerate() {
                let reached = if many {
                    at(&row, j + 1) || at(&next, j)
                } else {
                    at(&row, j) && certain(token, against)
                };
                set(&mut next, j + 1, reached);
            }
            row = next;
        }
        if row.last().copied().unwrap_or(false) {
            Truth::True
        } else if (self.has_hole() || other.has_hole()) && self.overlaps(other) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

fn at(row: &[bool], index: usize) -> bool {
    row.get(index).copied().unwrap_or(false)
}

fn set(row: &mut [bool], index: usize, value: bool) {
    if let Some(cell) = row.get_mut(index) {
        *cell = value;
    }
}

fn is(token: &Token, character: char) -> bool {
    matches!(token, Token::Char(found) if *found == character)
}

const fn character(token: &Token) -> Option<char> {
    match token {
        Token::Char(character) => Some(*character),
        Token::One | Token::Many | Token::Hole(_) | Token::Variable(_) => None,
    }
}

/// Whether it can stand for any number of characters.
const fn is_run(token: &Token) -> bool {
    match token {
        Token::Many | Token::Hole(_) | Token::Variable(_) => true,
        Token::Char(_) | Token::One => false,
    }
}

fn agree(one: &Token, two: &Token) -> bool {
    match (one, two) {
        (Token::Char(one), Token::Char(two)) => one == two,
        (Token::Char(_) | Token::One, Token::Char(_) | Token::One) => true,
        (Token::Many | Token::Hole(_) | Token::Variable(_), _)
        | (_, Token::Many | Token::Hole(_) | Token::Variable(_)) => false,
    }
}

/// Whether one token of the covering pattern, not `*`, takes one of the covered.
fn certain(outer: &Token, inner: &Token) -> bool {
    match (outer, inner) {
        (Token::Char(outer), Token::Char(inner)) => outer == inner,
        (Token::One, Token::Char(_) | Token::One) => true,
        (Token::Hole(outer), Token::Hole(inner)) => same(outer, inner),
        (Token::Char(_) | Token::One | Token::Many | Token::Hole(_) | Token::Variable(_), _) => false,
    }
}

/// Whether two token sequences disagree before the first run in either.
fn differ<'t>(left: impl Iterator<Item = &'t Token>, right: impl Iterator<Item = &'t Token>) -> bool {
    left.zip(right)
        .take_while(|(one, other)| !is_run(one) && !is_run(other))
        .any(|(one, other)| !agree(one, other))
}

/// Two patterns without the characters that both begin with and both end with: these only match each other.
fn without_shared_ends<'t>(mut left: &'t [Token], mut right: &'t [Token]) -> (&'t [Token], &'t [Token]) {
    let shared = |one: &Token, other: &Token| character(one).is_some_and(|character| is(other, character));
    while let ([one, behind @ ..], [other, behind_other @ ..]) = (left, right)
        && shared(one, other)
    {
        (left, right) = (behind, behind_other);
    }
    while let ([before @ .., one], [before_other @ .., other]) = (left, right)
        && shared(one, other)
    {
        (left, right) = (before, before_other);
    }
    (left, right)
}

/// Whether two unknowns have the same value, whatever it is.
#[must_use]
pub fn same(one: &Arc<Unknown>, two: &Arc<Unknown>) -> bool {
    if Arc::ptr_eq(one, two) {
        return true;
    }
    match (&one.identity, &two.identity) {
        // An instance with an unknown key stands for several.
        (Some((address, path)), Some(other)) => is_single(address) && address == &other.0 && path == &other.1,
        (None, _) | (_, None) => false,
    }
}

/// Whether an address names one instance, not the representative of several.
#[must_use]
pub fn is_single(address: &Address) -> bool {
    address.key != Key::Unknown && address.module.steps().iter().all(|step| step.key != Key::Unknown)
}

fn read_literal(literal: &str, reading: Reading, tokens: &mut Vec<Token>) {
    let mut rest = literal;
    while let Some(first) = rest.chars().next() {
        let variable =
            rest.strip_prefix("${").filter(|_| reading.variables).and_then(|rest| rest.split_once('}'));
        if let Some((name, after)) = variable {
            match name {
                // Escapes for the characters themselves (IAM user guide, "Policy variables").
                "*" | "?" | "$" => tokens.extend(name.chars().map(Token::Char)),
                other => {
                    let name = other.split(',').next().unwrap_or(other).trim();
                    tokens.push(Token::Variable(name.to_ascii_lowercase().into()));
                }
            }
            rest = after;
            continue;
        }
        match first {
            '*' if reading.wildcards => {
                if !matches!(tokens.last(), Some(Token::Many)) {
                    tokens.push(Token::Many);
                }
            }
            '?' if reading.wildcards => tokens.push(Token::One),
            other => tokens.push(Token::Char(other)),
        }
        rest = rest.get(first.len_utf8()..).unwrap_or("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Cause;
    use crate::value::text::TextBuilder;

    fn pattern(text: &str) -> Pattern {
        let reading = Reading { wildcards: true, variables: true };
        let hole = Arc::new(Unknown::because(Cause::Function("uuid".into())));
        let mut builder = TextBuilder::default();
        for (index, part) in text.split('@').enumerate() {
            if index > 0 {
                builder.push_hole(hole.clone());
            }
            builder.push_str(part);
        }
        Pattern::read(&builder.build(), reading)
    }

    #[test]
    fn overlaps() {
        for (one, two, expected) in [
            ("a*", "ab", true),
            ("a*", "*b", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("data-1/*", "data-1/public/*", true),
            ("data-1", "data-1/*", false),
            ("*x*", "*y*", true),
            ("a*b", "a*c", false),
            ("", "*", true),
            ("", "a", false),
            ("@/x", "a/x", true),
            ("@/x", "a/y", false),
            ("${aws:username}/x", "me/x", true),
        ] {
            assert_eq!(pattern(one).overlaps(&pattern(two)), expected, "{one} {two}");
            assert_eq!(pattern(two).overlaps(&pattern(one)), expected, "{two} {one}");
        }
    }

    #[test]
    fn covers() {
        for (outer, inner, expected) in [
            ("*", "a*", Truth::True),
            ("a*", "ab*", Truth::True),
            ("ab*", "a*", Truth::False),
            ("a?", "ab", Truth::True),
            ("a?", "a*", Truth::False),
            ("data-1/*", "data-1/public/*", Truth::True),
            ("data-1", "data-1/*", Truth::False),
            ("@/*", "data-1/*", Truth::Unknown),
            ("@/*", "data-1", Truth::False),
            ("*", "@", Truth::True),
            ("data-1/*", "@", Truth::Unknown),
            ("a/${aws:username}", "a/x", Truth::False),
        ] {
            assert_eq!(pattern(outer).covers(&pattern(inner)), expected, "{outer} {inner}");
        }
    }

    /// All texts over an alphabet, of at most that length.
    fn texts(alphabet: &str, longest: usize) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut last = texts.clone();
        for _ in 0..longest {
            last = last
                .iter()
                .flat_map(|text| alphabet.chars().map(move |character| format!("{text}{character}")))
                .collect();
            texts.extend(last.iter().cloned());
        }
        texts
    }

    /// Whether a text is matched, by the definition.
    fn matches(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], rest) => rest.is_empty(),
            ([b'*', behind @ ..], rest) => (0..=rest.len()).any(|taken| matches(behind, &rest[taken..])),
            ([first, behind @ ..], [character, rest @ ..]) => {
                (*first == b'?' || first == character) && matches(behind, rest)
            }
            (_, []) => false,
        }
    }

    #[test]
    fn short_patterns_agree_with_the_definition() {
        let words = texts("ab", 7);
        let patterns: Vec<(String, Vec<bool>)> = texts("ab?*", 3)
            .into_iter()
            .map(|pattern| {
                let matched = words.iter().map(|word| matches(pattern.as_bytes(), word.as_bytes())).collect();
                (pattern, matched)
            })
            .collect();
        for (one, of_one) in &patterns {
            for (other, of_other) in &patterns {
                let both = of_one.iter().zip(of_other).any(|(left, right)| *left && *right);
                let outside = of_one.iter().zip(of_other).any(|(left, right)| !left && *right);
                let (left, right) = (pattern(one), pattern(other));
                assert_eq!(left.overlaps(&right), both, "{one} {other}");
                assert!(!(left.covers(&right).is_true() && outside), "{one} {other}");
            }
        }
    }

    #[test]
    fn partitions_are_equal() {
        for (text, fits) in [
            ("arn:aws:s3:::b", true),
            ("arn:aws-cn:s3:::b", true),
            ("arn:aws-iso-b:s3:::b", true),
            ("arn:aws*:s3:::b", true),
            ("arn:*:s3:::b", true),
            ("arn:gcp:s3:::b", false),
            ("b", false),
        ] {
            let read = pattern(text).any_partition();
            assert_eq!(read.covers(&pattern("arn:aws:s3:::b")), Truth::from_bool(fits), "{text}");
        }
    }
}
