//! Reading a text that may have holes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::OriginOf;
use crate::address::Name;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, MappingKind, Number, SequenceKind, Text, Type, Unknown, Value};

/// How deep arrays and objects of a text may be nested.
pub(super) const DEEPEST_DOCUMENT: usize = 128;

/// Why reading stopped before the end.
enum Stop {
    /// The text is no JSON.
    Error { at: usize, message: String },
    /// A hole could change the structure.
    Unknown(Box<Cause>),
}

/// What stands at the reader's place.
enum Next<'t> {
    End,
    Byte(u8),
    Hole(&'t Arc<Unknown>),
}

/// A reader on its way through a text.
pub(super) struct Reader<'t> {
    literal: &'t str,
    holes: Vec<(usize, &'t Arc<Unknown>)>,
    at: usize,
    next_hole: usize,
    depth: usize,
    origin: OriginOf<'t>,
    /// Whether a key that stands twice keeps all its values.
    keeps_duplicates: bool,
    duplicates: Vec<String>,
    /// Causes of holes outside of quotes so far. An error after such a one may be the hole's doing.
    bare: Vec<Cause>,
    /// Causes of holes inside quotes that may have been made to end one string and begin the next, as
    /// `join("\",\"", …)` does.
    joined: Vec<Cause>,
}

impl<'t> Reader<'t> {
    pub(super) fn read(
        text: &'t Text,
        origin: OriginOf<'t>,
        keeps_duplicates: bool,
    ) -> Result<(Value, Vec<String>), String> {
        if let Some(document) = text.document() {
            return Ok((document.as_ref().clone(), Vec::new()));
        }
        if let Some(only) = text.as_hole() {
            return Ok((Value::unknown(Unknown::because(only.cause.clone())), Vec::new()));
        }
        let mut reader = Self {
            literal: text.literal(),
            holes: text.holes().collect(),
            at: 0,
            next_hole: 0,
            depth: 0,
            origin,
            keeps_duplicates,
            duplicates: Vec::new(),
            bare: Vec::new(),
            joined: Vec::new(),
        };
        let cause = match reader.document() {
            Ok(value) => return Ok((value, reader.duplicates)),
            Err(Stop::Unknown(cause)) => *cause,
            Err(Stop::Error { at, message }) if reader.bare.is_empty() => {
                return Err(located(reader.literal, at, &message));
            }
            Err(Stop::Error { .. }) => Cause::any(reader.bare),
        };
        let whole = (reader.origin)(0, reader.literal.len());
        Ok((Value::unknown(Unknown::because(cause)).with_origin(whole), reader.duplicates))
    }

    fn document(&mut self) -> Result<Value, Stop> {
        self.skip_space();
        if let Next::Hole(unknown) = self.peek() {
            return Err(self.unknown_from_here(unknown));
        }
        let value = self.value()?;
        self.skip_space();
        match self.peek() {
            Next::End => Ok(value),
            Next::Hole(unknown) => Err(self.unknown_from_here(unknown)),
            Next::Byte(_) => Err(self.error("extraneous data after JSON value")),
        }
    }

    /// The whole document is unknown, because of all that is from here on.
    fn unknown_from_here(&self, first: &Arc<Unknown>) -> Stop {
        let rest = self.holes.get(self.next_hole..).unwrap_or_default();
        let causes = rest.iter().map(|(_, unknown)| unknown.cause.clone());
        Stop::Unknown(Box::new(Cause::any(std::iter::once(first.cause.clone()).chain(causes))))
    }

    fn value(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        match self.peek() {
            Next::End => Err(self.error("unexpected end of JSON input")),
            Next::Byte(b'{') => self.nested(Self::object),
            Next::Byte(b'[') => self.nested(Self::array),
            Next::Byte(b'"') => {
                let text = self.string()?;
                let origin = (self.origin)(start, self.at);
                Ok(Value::new(Data::String(text)).with_origin(origin))
            }
            Next::Byte(_) | Next::Hole(_) => self.scalar(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Data, Stop>) -> Result<Value, Stop> {
        if self.depth == DEEPEST_DOCUMENT {
            return Err(self.error(&format!("nested deeper than {DEEPEST_DOCUMENT} levels")));
        }
        let start = self.at;
        self.depth += 1;
        self.at += 1;
        let data = read(self);
        self.depth -= 1;
        Ok(Value::new(data?).with_origin((self.origin)(start, self.at)))
    }

    fn object(&mut self) -> Result<Data, Stop> {
        let mut entries: BTreeMap<Name, Value> = BTreeMap::new();
        let mut doubled: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
        let mut unknown_keys = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Data::Mapping(MappingKind::Object, entries.into()));
        }
        loop {
            self.skip_space();
            match self.peek() {
                Next::Byte(b'"') => {}
                Next::Hole(unknown) => return Err(self.unknown_from_here(unknown)),
                Next::End => return Err(self.error("unexpected end of JSON input")),
                Next::Byte(_) => return Err(self.error("expected a key in quotes")),
            }
            let key = self.string()?;
            self.expect(b':', "expected `:` after a key")?;
            self.skip_space();
            let value = self.value()?;
            match key.as_known() {
                Some(known) => {
                    let name: Name = known.into();
                    if let Some(earlier) = entries.insert(name.clone(), value) {
                        doubled.entry(name).or_default().push(earlier);
                    }
                }
                None => unknown_keys.extend(key.holes().map(|(_, unknown)| unknown.cause.clone())),
            }
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            self.expect(b',', "expected `,` or `}` after a value")?;
        }
        if !unknown_keys.is_empty() {
            let unknown = Unknown::because(Cause::any(unknown_keys)).not_null();
            return Ok(Data::Unknown(Arc::new(unknown)));
        }
        if self.keeps_duplicates {
            for (name, mut values) in doubled {
                self.duplicates.push(name.to_string());
                if let Some(last) = entries.get_mut(&name) {
                    values.push(last.clone());
                    let origin = last.origin.clone();
                    *last = Value::unknown(one_of(&name, values)).with_origin(origin);
                }
            }
        }
        Ok(Data::Mapping(MappingKind::Object, entries.into()))
    }

    /// Reads an array. A hole between its elements may stand for any number of them.
    fn array(&mut self) -> Result<Data, Stop> {
        let mut elements = Vec::new();
        let mut causes = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Data::Sequence(SequenceKind::Tuple, elements.into(), None));
        }
        // What the last thing was: a comma (or the bracket), an element, or a hole instead of a comma.
        let mut comma = true;
        let mut hole = false;
        let mut only_holes = true;
        loop {
            self.skip_space();
            match self.peek() {
                Next::Hole(unknown) if !comma => {
                    causes.push(unknown.cause.clone());
                    self.bare.push(unknown.cause.clone());
                    self.next_hole += 1;
                    hole = true;
                    continue;
                }
                Next::Byte(b']') if !comma => break,
                Next::Byte(b',') if !comma => {
                    self.at += 1;
                    (comma, hole, only_holes) = (true, false, false);
                    continue;
                }
                Next::Hole(_) | Next::Byte(_) | Next::End if comma || hole => {}
                Next::Hole(_) | Next::Byte(_) | Next::End => {
                    return Err(self.error("expected `,` or `]` after an element"));
                }
            }
            let stands_alone = matches!(self.peek(), Next::Hole(_));
            let is_structure = matches!(self.peek(), Next::Byte(b'{' | b'['));
            let (bare, joined) = (self.bare.len(), self.joined.len());
            let element = self.value()?;
            if !is_structure {
                causes.extend_from_slice(self.bare.get(bare..).unwrap_or_default());
                causes.extend(self.joined.drain(joined..));
            }
            only_holes &= stands_alone;
            (comma, hole) = (false, stands_alone);
            elements.push(element);
        }
        self.at += 1;
        let more = (!causes.is_empty()).then(|| Arc::new(Unknown::because(Cause::any(causes))));
        if only_holes {
            // `[${join(",", …)}]` may be empty.
            elements.clear();
        }
        Ok(Data::Sequence(SequenceKind::Tuple, elements.into(), more))
    }

    /// Reads a string; the reader stands at its quote.
    fn string(&mut self) -> Result<Text, Stop> {
        let mut text = TextBuilder::default();
        self.at += 1;
        loop {
            let rest = self.rest_before_hole();
            let plain = rest.bytes().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            text.push_str(rest.get(..plain).unwrap_or(rest));
            self.at += plain;
            match self.peek() {
                Next::Byte(b'"') => {
                    self.at += 1;
                    return Ok(text.build());
                }
                Next::Byte(b'\\') => self.escape_sequence(&mut text)?,
                Next::Byte(_) => return Err(self.error("control character in a string")),
                Next::Hole(unknown) => {
                    match quoted(unknown) {
                        Quoted::Content => {}
                        Quoted::Joined => self.joined.push(unknown.cause.clone()),
                        Quoted::Anything => return Err(self.unknown_from_here(unknown)),
                    }
                    text.push_hole(content(unknown));
                    self.next_hole += 1;
                }
                Next::End => return Err(self.error("unexpected end of a string")),
            }
        }
    }

    fn escape_sequence(&mut self, text: &mut TextBuilder) -> Result<(), Stop> {
        self.at += 1;
        let escaped = match self.peek() {
            Next::Hole(unknown) => return Err(self.unknown_from_here(unknown)),
            Next::End => return Err(self.error("unexpected end of a string")),
            Next::Byte(byte) => byte,
        };
        let character = match escaped {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                let character = self.code_point()?;
                text.push_str(character.encode_utf8(&mut [0; 4]));
                return Ok(());
            }
            _ => return Err(self.error("unknown escape sequence in a string")),
        };
        self.at += 1;
        text.push_str(character.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    /// Reads the digits of `\uXXXX`, of two when they are a pair; half a pair is U+FFFD, as in Go.
    fn code_point(&mut self) -> Result<char, Stop> {
        let first = self.four_digits()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        if first < 0xdc00 && self.rest_before_hole().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn four_digits(&mut self) -> Result<u32, Stop> {
        let rest = self.rest_before_hole();
        let digits = rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            self.at += 4;
            return Ok(code);
        }
        match self.holes.get(self.next_hole) {
            Some((offset, unknown)) if *offset < self.at + 4 => Err(self.unknown_from_here(unknown)),
            Some(_) | None => Err(self.error("expected four hexadecimal digits")),
        }
    }

    /// Reads `null`, `true`, `false` or a number; with a hole in it or beside it, it is unknown.
    fn scalar(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        let mut causes = Vec::new();
        loop {
            match self.peek() {
                Next::Hole(unknown) => {
                    causes.push(unknown.cause.clone());
                    self.bare.push(unknown.cause.clone());
                    self.next_hole += 1;
                }
                Next::End => break,
                Next::Byte(byte) if b" \t\n\r,:\"[]{}".contains(&byte) => break,
                Next::Byte(_) => self.at += 1,
            }
        }
        let token = self.literal.get(start..self.at).unwrap_or_default();
        let data = match token {
            _ if !causes.is_empty() => Data::Unknown(Arc::new(Unknown::because(Cause::any(causes)))),
            "null" => Data::Null(Type::Dynamic),
            "true" => Data::Bool(true),
            "false" => Data::Bool(false),
            number if is_json_number(number) => read_number(number),
            "" => return Err(Stop::Error { at: start, message: "expected a value".to_owned() }),
            _ => return Err(Stop::Error { at: start, message: "not a JSON value".to_owned() }),
        };
        Ok(Value::new(data).with_origin((self.origin)(start, self.at)))
    }

    fn peek(&self) -> Next<'t> {
        match (self.holes.get(self.next_hole), self.literal.as_bytes().get(self.at)) {
            (Some((offset, unknown)), _) if *offset == self.at => Next::Hole(unknown),
            (_, Some(byte)) => Next::Byte(*byte),
            (_, None) => Next::End,
        }
    }

    fn rest_before_hole(&self) -> &'t str {
        let end = self.holes.get(self.next_hole).map_or(self.literal.len(), |(offset, _)| *offset);
        self.literal.get(self.at..end).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while let Next::Byte(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> bool {
        let there = matches!(self.peek(), Next::Byte(byte) if byte == wanted);
        if there {
            self.at += 1;
        }
        there
    }

    fn expect(&mut self, wanted: u8, message: &str) -> Result<(), Stop> {
        self.skip_space();
        match self.peek() {
            Next::Byte(byte) if byte == wanted => {
                self.at += 1;
                Ok(())
            }
            Next::Hole(unknown) => Err(self.unknown_from_here(unknown)),
            Next::End => Err(self.error("unexpected end of JSON input")),
            Next::Byte(_) => Err(self.error(message)),
        }
    }

    fn error(&self, message: &str) -> Stop {
        Stop::Error { at: self.at, message: message.to_owned() }
    }
}

/// What an unknown inside quotes may hold.
enum Quoted {
    /// Part of the string, certainly.
    Content,
    /// Made from attributes: at most several strings in place of one.
    Joined,
    /// Perhaps a quote, or a backslash that hides one.
    Anything,
}

/// Attributes of resources are names, ids and ARNs; numbers and bools hold no quote; what a variable holds is
/// anybody's guess.
fn quoted(unknown: &Unknown) -> Quoted {
    let plain = |member: &Value| match &member.data {
        Data::String(text) => text.as_known().is_some_and(|known| {
            !known.contains(|character: char| matches!(character, '"' | '\\' | '\0'..='\u{1f}'))
        }),
        Data::Bool(_) | Data::Number(_) => true,
        Data::Null(_) | Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => false,
    };
    let one_plain_value = !unknown.one_of.is_empty() && unknown.one_of.iter().all(plain);
    if unknown.identity.is_some() || matches!(unknown.of_type, Type::Number | Type::Bool) || one_plain_value {
        return Quoted::Content;
    }
    let causes = unknown.cause.each();
    if causes.is_empty() || !causes.iter().all(|cause| is_plain(cause)) {
        return Quoted::Anything;
    }
    match &unknown.cause {
        Cause::Function(_) => Quoted::Content,
        Cause::Attribute { .. } | Cause::Data { .. } | Cause::Any(_) => Quoted::Joined,
        Cause::Variable(_)
        | Cause::Unset { .. }
        | Cause::Cloud { .. }
        | Cause::NotPlanned(_)
        | Cause::Hidden(_)
        | Cause::Module(_)
        | Cause::Undeclared(_)
        | Cause::Invalid(_)
        | Cause::Cycle(_)
        | Cause::Budget(_)
        | Cause::Elsewhere(_) => Quoted::Anything,
    }
}

/// Whether what is unknown for that cause holds no quote of its own.
fn is_plain(cause: &Cause) -> bool {
    match cause {
        Cause::Attribute { .. } | Cause::Data { .. } => true,
        Cause::Function(name) => matches!(&**name, "timestamp" | "plantimestamp" | "uuid"),
        Cause::Variable(_)
        | Cause::Unset { .. }
        | Cause::Cloud { .. }
        | Cause::NotPlanned(_)
        | Cause::Any(_)
        | Cause::Hidden(_)
        | Cause::Module(_)
        | Cause::Undeclared(_)
        | Cause::Invalid(_)
        | Cause::Cycle(_)
        | Cause::Budget(_)
        | Cause::Elsewhere(_) => false,
    }
}

/// A hole as part of a string: text for certain.
fn content(unknown: &Arc<Unknown>) -> Arc<Unknown> {
    if unknown.not_null && unknown.of_type == Type::String {
        return unknown.clone();
    }
    Arc::new(unknown.as_ref().clone().of(Type::String).not_null())
}

fn one_of(key: &str, values: Vec<Value>) -> Unknown {
    let mut unknown = Unknown::because(Cause::Invalid(format!("duplicate key `{key}`").into()));
    unknown.not_null = values.iter().all(|value| match &value.data {
        Data::Null(_) => false,
        Data::Unknown(unknown) => unknown.not_null,
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => true,
    });
    unknown.one_of = values;
    unknown
}

/// Whether a token is a number by JSON's grammar, which is narrower than Terraform's.
fn is_json_number(token: &str) -> bool {
    let unsigned = token.strip_prefix('-').unwrap_or(token);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    [whole, fraction, exponent].into_iter().all(all_digits) && (whole == "0" || !whole.starts_with('0'))
}

/// The exact number of a token that is one; unknown when it cannot be represented.
fn read_number(token: &str) -> Data {
    let number = match token.strip_prefix('-') {
        Some(unsigned) => Number::parse(unsigned).map(|number| number.neg()),
        None => Number::parse(token),
    };
    match number {
        Some(number) => Data::Number(number),
        None => Data::Unknown(Arc::new(Unknown::because(Cause::Budget("size of a number".into())))),
    }
}

/// The message with line and column, both from 1, columns in characters.
fn located(text: &str, at: usize, message: &str) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{message} (line {line}, column {column})")
}
