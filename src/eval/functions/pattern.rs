//! Regular expressions as Terraform writes them.
//!
//! Enters: a pattern in Go's RE2 syntax. Leaves: a compiled pattern of the `regex` crate, which matches by the
//! same rules but spells some things otherwise. Differences: language.md 17.

use std::sync::Arc;

use regex::{Captures, Regex, RegexBuilder};

use super::{Call, CallError, argument};
use crate::address::Name;
use crate::value::{Data, Field, Type, Value};

/// The most bytes that a compiled pattern may take.
const LARGEST_PROGRAM: usize = 1 << 20;

/// The longest text that is searched.
const LONGEST_SEARCHED: usize = 1 << 20;

/// The longest pattern that is read.
const LONGEST_PATTERN: usize = 64 << 10;

/// The most repetitions that may be asked for.
const MOST_REPETITIONS: u32 = 1000;

/// A compiled pattern with the names of its groups; group 0 is the whole match.
pub(super) struct Pattern {
    regex: Regex,
    names: Vec<Option<String>>,
}

/// Compiles the argument at `position`.
pub(super) fn compile(
    call: &Call<'_>,
    position: usize,
    pattern: &str,
    searched: &str,
) -> Result<Pattern, CallError> {
    if searched.len() > LONGEST_SEARCHED {
        return Err(super::budget("length of a text to search"));
    }
    if pattern.len() > LONGEST_PATTERN {
        return Err(super::budget("length of a pattern"));
    }
    let invalid = |why: String| argument(position, format!("invalid regexp pattern: {why}"));
    let Translation { pattern, names } = Translator::new(pattern).translate().map_err(invalid)?;
    let regex = RegexBuilder::new(&pattern)
        .size_limit(LARGEST_PROGRAM)
        .dfa_size_limit(LARGEST_PROGRAM)
        .nest_limit(250)
        .build()
        .map_err(|error| match error {
            regex::Error::Syntax(_) => invalid("it does not parse".to_owned()),
            _ => call.not_computed(),
        })?;
    if names.iter().any(Option::is_some) && names.iter().any(Option::is_none) {
        return Err(invalid("cannot mix both named and unnamed capture groups".to_owned()));
    }
    let names = std::iter::once(None).chain(names).collect();
    Ok(Pattern { regex, names })
}

impl Pattern {
    /// The first match as `regex` gives it.
    pub(super) fn first(&self, text: &str) -> Option<Value> {
        self.regex.captures(text).map(|captures| self.value(&captures))
    }

    /// Every match.
    pub(super) fn all(&self, call: &Call<'_>, text: &str) -> Result<Vec<Value>, CallError> {
        let mut found = Vec::new();
        for captures in self.regex.captures_iter(text) {
            search(call, text, &captures)?;
            call.make_elements(self.names.len())?;
            found.push(self.value(&captures));
        }
        Ok(found)
    }

    /// The type of a match.
    pub(super) fn result_type(&self) -> Type {
        let groups = self.names.get(1..).unwrap_or_default();
        if groups.is_empty() {
            Type::String
        } else if groups.iter().any(Option::is_some) {
            Type::Object(Arc::new(
                groups
                    .iter()
                    .flatten()
                    .map(|name| (Name::from(name.as_str()), Field::required(Type::String)))
                    .collect(),
            ))
        } else {
            Type::Tuple(groups.iter().map(|_| Type::String).collect())
        }
    }

    fn value(&self, captures: &Captures<'_>) -> Value {
        let group = |index: usize| {
            captures
                .get(index)
                .map_or_else(|| Value::new(Data::Null(Type::String)), |found| Value::string(found.as_str()))
        };
        let groups = self.names.get(1..).unwrap_or_default();
        if groups.is_empty() {
            return group(0);
        }
        if groups.iter().any(Option::is_some) {
            return Value::object(
                groups
                    .iter()
                    .enumerate()
                    .filter_map(|(index, name)| Some((Name::from(name.as_deref()?), group(index + 1))))
                    .collect(),
            );
        }
        Value::tuple((1..self.names.len()).map(group).collect())
    }

    /// Replaces every match; `$1`, `${name}` and `$$` are expanded.
    pub(super) fn replace_all(&self, call: &Call<'_>, text: &str, to: &str) -> Result<String, CallError> {
        let mut out = String::new();
        let mut at = 0;
        for captures in self.regex.captures_iter(text) {
            search(call, text, &captures)?;
            let Some(whole) = captures.get(0) else { continue };
            out.push_str(text.get(at..whole.start()).unwrap_or(""));
            let before = out.len();
            self.expand(to, &captures, &mut out);
            call.make_text(out.len().saturating_sub(before))?;
            if out.len() > super::LONGEST_TEXT {
                return Err(super::budget("length of a text"));
            }
            at = whole.end();
        }
        out.push_str(text.get(at..).unwrap_or(""));
        Ok(out)
    }

    fn expand(&self, template: &str, captures: &Captures<'_>, out: &mut String) {
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            if let Some(escaped) = after.strip_prefix('$') {
                out.push('$');
                rest = escaped;
                continue;
            }
            let (name, next) = if let Some(braced) = after.strip_prefix('{') {
                match braced.split_once('}') {
                    Some((name, next)) if !name.is_empty() && name.chars().all(is_word) => (name, next),
                    _ => ("", after),
                }
            } else {
                let end = after.find(|character| !is_word(character)).unwrap_or(after.len());
                after.split_at_checked(end).unwrap_or(("", after))
            };
            rest = next;
            if name.is_empty() {
                // Not a reference: the dollar sign is text.
                out.push('$');
            } else if let Some(found) = self.group(name, captures) {
                out.push_str(found);
            }
        }
        out.push_str(rest);
    }

    fn group<'t>(&self, name: &str, captures: &Captures<'t>) -> Option<&'t str> {
        let number =
            name.bytes().all(|byte| byte.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
        if number {
            return captures.get(name.parse().ok()?).map(|found| found.as_str());
        }
        let mut same = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, known)| known.as_deref() == Some(name))
            .map(|(index, _)| index);
        same.find_map(|index| captures.get(index)).map(|found| found.as_str())
    }
}

/// Counts one search: with some patterns each looks at all that is left of the text.
fn search(call: &Call<'_>, text: &str, captures: &Captures<'_>) -> Result<(), CallError> {
    let end = captures.get(0).map_or(0, |whole| whole.end());
    Ok(call.host.spend(text.len().saturating_sub(end) / 4)?)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// A pattern in the spelling of the `regex` crate, all groups without names, and the names.
struct Translation {
    pattern: String,
    names: Vec<Option<String>>,
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    names: Vec<Option<String>>,
    /// Whether the last thing was a repetition, which cannot be repeated.
    repeated: bool,
}

impl<'p> Translator<'p> {
    fn new(pattern: &'p str) -> Self {
        Self { rest: pattern, out: String::new(), names: Vec::new(), repeated: false }
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        Some(character)
    }

    fn accept(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn literal(&mut self, character: char) {
        if character.is_ascii_alphanumeric() || !character.is_ascii() {
            self.out.push(character);
        } else {
            self.out.extend([format!("\\x{:02X}", u32::from(character))]);
        }
    }

    fn translate(mut self) -> Result<Translation, String> {
        while let Some(character) = self.next() {
            let mut repeats = false;
            match character {
                '*' | '+' | '?' => {
                    self.repeat(&character.to_string())?;
                    repeats = true;
                }
                '{' => match counted(self.rest) {
                    Some((low, high, length)) => {
                        if low > MOST_REPETITIONS
                            || high.flatten().is_some_and(|high| high > MOST_REPETITIONS || high < low)
                        {
                            return Err("invalid repeat count".to_owned());
                        }
                        let written = self.rest.get(..length).unwrap_or("").to_owned();
                        self.rest = self.rest.get(length..).unwrap_or("");
                        self.repeat(&format!("{{{written}"))?;
                        repeats = true;
                    }
                    None => self.literal('{'),
                },
                '(' => self.open()?,
                '[' => self.class()?,
                '\\' => self.escape()?,
                '.' | '^' | '$' | '|' | ')' => self.out.push(character),
                other => self.literal(other),
            }
            self.repeated = repeats;
        }
        Ok(Translation { pattern: self.out, names: self.names })
    }

    fn repeat(&mut self, operator: &str) -> Result<(), String> {
        if self.repeated {
            return Err("invalid nested repetition operator".to_owned());
        }
        self.out.push_str(operator);
        if self.accept("?") {
            self.out.push('?');
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        if !self.rest.starts_with('?') {
            self.names.push(None);
            self.out.push('(');
            return Ok(());
        }
        if self.accept("?P<") || self.accept("?<") {
            let (name, rest) = self.rest.split_once('>').ok_or("invalid named capture")?;
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return Err("invalid named capture".to_owned());
            }
            self.names.push(Some(name.to_owned()));
            self.rest = rest;
            self.out.push('(');
            return Ok(());
        }
        self.accept("?");
        let end = self.rest.find([':', ')']).ok_or("missing closing )")?;
        let flags = self.rest.get(..end).unwrap_or("");
        let (on, off) = flags.split_once('-').map_or((flags, None), |(on, off)| (on, Some(off)));
        let known = |flags: &str| flags.chars().all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U'));
        if !known(on) || off.is_some_and(|off| off.is_empty() || !known(off)) {
            return Err("invalid or unsupported Perl syntax".to_owned());
        }
        let closing = self.rest.get(end..=end).unwrap_or("");
        // A flag twice is fine in Go and an error here.
        let once = |flags: &str| {
            ['i', 'm', 's', 'U'].into_iter().filter(|flag| flags.contains(*flag)).collect::<String>()
        };
        let off = off.map(once).unwrap_or_default();
        let on: String = once(on).chars().filter(|flag| !off.contains(*flag)).collect();
        if on.is_empty() && off.is_empty() {
            if closing == ":" {
                self.out.push_str("(?:");
            } else {
                // `(?)` changes nothing, and matches nothing either.
                self.out.push_str("(?:)");
            }
        } else if off.is_empty() {
            self.out.extend([format!("(?{on}{closing}")]);
        } else {
            self.out.extend([format!("(?{on}-{off}{closing}")]);
        }
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        if self.accept("Q") {
            let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
            for character in quoted.chars() {
                self.literal(character);
            }
            self.rest = rest;
            return Ok(());
        }
        if self.accept("A") {
            self.out.push_str("\\A");
        } else if self.accept("z") {
            self.out.push_str("\\z");
        } else if self.accept("b") {
            self.out.push_str("(?-u:\\b)");
        } else if self.accept("B") {
            self.out.push_str("(?-u:\\B)");
        } else if let Some(class) = self.shared_class()? {
            self.out.push_str(&class);
        } else {
            let character = self.escaped_character()?;
            self.literal(character);
        }
        Ok(())
    }

    /// A class that may stand inside of brackets too: `\d`, `\pL`.
    fn shared_class(&mut self) -> Result<Option<String>, String> {
        for (name, class) in PERL_CLASSES {
            if self.accept(name) {
                return Ok(Some((*class).to_owned()));
            }
        }
        let negated = if self.accept("p") {
            false
        } else if self.accept("P") {
            true
        } else {
            return Ok(None);
        };
        let invalid = || "invalid character class range".to_owned();
        let (name, rest) = if let Some(braced) = self.rest.strip_prefix('{') {
            braced.split_once('}').ok_or_else(invalid)?
        } else {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            self.rest.split_at_checked(length).ok_or_else(invalid)?
        };
        self.rest = rest;
        let (name, negated) = name.strip_prefix('^').map_or((name, negated), |name| (name, !negated));
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') {
            return Err(invalid());
        }
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return Err(invalid());
        }
        let sign = if negated { 'P' } else { 'p' };
        Ok(Some(match name.len() {
            1 | 2 => format!("\\{sign}{{gc={name}}}"),
            _ if name == "Any" => {
                if negated { "[^\\x00-\\x{10FFFF}]" } else { "[\\x00-\\x{10FFFF}]" }.to_owned()
            }
            _ => format!("\\{sign}{{Script={name}}}"),
        }))
    }

    /// The character after a backslash.
    fn escaped_character(&mut self) -> Result<char, String> {
        let invalid = || "invalid escape sequence".to_owned();
        let character = self.next().ok_or("trailing backslash at end of expression")?;
        Ok(match character {
            'a' => '\u{7}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' => {
                let (digits, rest) = match self.rest.strip_prefix('{') {
                    Some(braced) => braced.split_once('}').ok_or_else(invalid)?,
                    None => self.rest.split_at_checked(2).ok_or_else(invalid)?,
                };
                if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return Err(invalid());
                }
                self.rest = rest;
                u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or_else(invalid)?
            }
            '0'..='7' => {
                // A single digit other than 0 would be a back reference, which does not exist.
                if character != '0' && !self.rest.starts_with(|next| matches!(next, '0'..='7')) {
                    return Err(invalid());
                }
                let mut code = character.to_digit(8).ok_or_else(invalid)?;
                for _ in 0..2 {
                    let Some(digit) = self.rest.chars().next().and_then(|next| next.to_digit(8)) else {
                        break;
                    };
                    self.next();
                    code = code * 8 + digit;
                }
                char::from_u32(code).ok_or_else(invalid)?
            }
            other if other.is_ascii() && !other.is_ascii_alphanumeric() => other,
            _ => return Err(invalid()),
        })
    }

    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.accept("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            if !first && self.accept("]") {
                break;
            }
            first = false;
            if self.rest.starts_with("[:") && self.named_class()? {
                continue;
            }
            let low = match self.class_member()? {
                Member::Class(class) => {
                    self.out.push_str(&class);
                    continue;
                }
                Member::Character(character) => character,
            };
            let ranges =
                self.rest.strip_prefix('-').is_some_and(|after| !after.starts_with(']') && !after.is_empty());
            if !ranges {
                self.out.extend([format!("\\x{{{:X}}}", u32::from(low))]);
                continue;
            }
            self.accept("-");
            match self.class_member()? {
                Member::Character(high) if high >= low => {
                    self.out.extend([format!("\\x{{{:X}}}-\\x{{{:X}}}", u32::from(low), u32::from(high))]);
                }
                Member::Character(_) | Member::Class(_) => {
                    return Err("invalid character class range".to_owned());
                }
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn class_member(&mut self) -> Result<Member, String> {
        let character = self.next().ok_or("missing closing ]")?;
        if character != '\\' {
            return Ok(Member::Character(character));
        }
        match self.shared_class()? {
            Some(class) => Ok(Member::Class(class)),
            None => self.escaped_character().map(Member::Character),
        }
    }

    /// `[:alpha:]`; what is not closed by `:]` is no name at all.
    fn named_class(&mut self) -> Result<bool, String> {
        let Some((name, rest)) = self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]")) else {
            return Ok(false);
        };
        if !NAMED_CLASSES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err("invalid character class range".to_owned());
        }
        self.out.extend([format!("[:{name}:]")]);
        self.rest = rest;
        Ok(true)
    }
}

enum Member {
    Class(String),
    Character(char),
}

/// Perl's classes are ASCII in Go.
static PERL_CLASSES: &[(&str, &str)] = &[
    ("d", "[0-9]"),
    ("D", "[^0-9]"),
    ("s", "[\\t\\n\\x0C\\r ]"),
    ("S", "[^\\t\\n\\x0C\\r ]"),
    ("w", "[0-9A-Za-z_]"),
    ("W", "[^0-9A-Za-z_]"),
];

static NAMED_CLASSES: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// Reads `n}`, `n,}` or `n,m}`: the bounds and the length of what is read. The upper bound is `None` when it is
/// the lower one, `Some(None)` when there is none.
#[allow(clippy::option_option, reason = "three different things can follow the lower bound")]
fn counted(rest: &str) -> Option<(u32, Option<Option<u32>>, usize)> {
    let (inside, _) = rest.split_once('}')?;
    // Too many digits are still a count, and an invalid one.
    let number = |digits: &str| {
        let valid = !digits.is_empty()
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && (digits.len() == 1 || !digits.starts_with('0'));
        valid.then(|| digits.parse::<u32>().unwrap_or(u32::MAX))
    };
    let length = inside.len() + 1;
    match inside.split_once(',') {
        None => Some((number(inside)?, None, length)),
        Some((low, "")) => Some((number(low)?, Some(None), length)),
        Some((low, high)) => Some((number(low)?, Some(Some(number(high)?)), length)),
    }
}
