//! Values to and from JSON, holes included (language.md 10, 16).
//!
//! Enters: values, or texts that may have holes. Leaves: texts that remember the document they were made
//! from, and documents whose unknown parts stay where they stand. A hole never changes the structure of a
//! document: one that could makes as much unknown as it could change.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::DEEPEST;
use super::text::{Piece, TextBuilder};
use super::{Cause, Data, MappingKind, Number, Origin, SequenceKind, Text, Type, Unknown, Value};
use crate::address::Name;

/// How deep arrays and objects of a text may be nested.
const DEEPEST_DOCUMENT: usize = 128;

/// The longest text that is written, in bytes (language.md 19).
const LONGEST_TEXT: usize = 16 << 20;

/// Finds the origin of what stands between two offsets of a text's literal part.
pub type OriginOf<'o> = &'o dyn Fn(usize, usize) -> Origin;

/// Writes a value as `jsonencode` does: compact, keys sorted, `<`, `>`, `&` escaped.
///
/// An unknown value becomes a hole, a string with holes a quoted string with holes. The text remembers the
/// value as its document, with every origin and mark. Infinite numbers, which Terraform refuses, are holes;
/// of a value that is too large or too deep the whole text is one.
#[must_use]
pub fn encode(value: &Value) -> Text {
    let mut writer = Writer::default();
    if writer.write(value, 0).is_none() {
        let mut text = TextBuilder::default();
        text.push_hole(too_large());
        return text.build();
    }
    writer.text.build().with_document(document(value))
}

/// Reads a text as `jsondecode` does: tuples and objects, the last of duplicate keys, nothing may follow.
///
/// A text that was encoded from a document gives that document back. Otherwise a hole
/// - where a value is expected makes that value unknown; in an array more elements may follow as well;
/// - inside quotes is part of the string, unless it could close the quote;
/// - in a key makes the object unknown;
/// - anywhere else, or one that could close a quote, makes the whole document unknown.
///
/// # Errors
/// Returns what is wrong with the JSON, with line and column.
pub fn decode(text: &Text) -> Result<Value, String> {
    decode_with(text, &|_, _| Origin::Nowhere)
}

/// Reads a text as [`decode`] does, with origins for all that is read from it.
///
/// # Errors
/// As [`decode`].
pub fn decode_with(text: &Text, origin: OriginOf<'_>) -> Result<Value, String> {
    Reader::read(text, origin, false).map(|(value, _)| value)
}

/// Reads a policy document: a key that stands twice is unknown, one of what it stands for, since nobody says
/// which one the cloud takes (aws.md 3.1). Also returns these keys.
///
/// # Errors
/// As [`decode`].
pub fn decode_policy(text: &Text) -> Result<(Value, Vec<String>), String> {
    decode_policy_with(text, &|_, _| Origin::Nowhere)
}

/// Reads a policy document as [`decode_policy`] does, with origins for all that is read from it.
///
/// # Errors
/// As [`decode`].
pub fn decode_policy_with(text: &Text, origin: OriginOf<'_>) -> Result<(Value, Vec<String>), String> {
    Reader::read(text, origin, true)
}

/// The known part of a value for `tfward resolve`: unknown attributes are left out, unknown elements are
/// null, sensitive values are the string `(sensitive)`. `None` for what is unknown as a whole.
///
/// A sequence to which more elements may belong ends with a null.
#[must_use]
pub fn to_serde(value: &Value) -> Option<serde_json::Value> {
    known_part(value, 0)
}

/// What is unknown in a value, in the shape of Terraform's `after_unknown`: `true` for what is unknown,
/// `false` for a known scalar; objects leave known scalars out.
#[must_use]
pub fn unknown_to_serde(value: &Value) -> serde_json::Value {
    unknown_part(value, 0)
}

/// A text in the making.
#[derive(Default)]
struct Writer {
    text: TextBuilder,
}

impl Writer {
    /// Writes a value; `None` when it is too large or too deep.
    fn write(&mut self, value: &Value, depth: usize) -> Option<()> {
        if depth > DEEPEST || self.text.len() > LONGEST_TEXT {
            return None;
        }
        match &value.data {
            Data::Null(_) => self.text.push_str("null"),
            Data::Bool(true) => self.text.push_str("true"),
            Data::Bool(false) => self.text.push_str("false"),
            Data::Number(number) if number.is_infinite() => self.text.push_hole(infinite()),
            Data::Number(number) => self.text.push_str(&number.to_string()),
            Data::String(string) => self.write_string(string),
            Data::Sequence(_, elements, more) => {
                self.text.push_str("[");
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        self.text.push_str(",");
                    }
                    self.write(element, depth + 1)?;
                }
                if let Some(more) = more {
                    self.text.push_hole(more.clone());
                }
                self.text.push_str("]");
            }
            Data::Mapping(kind, entries) => {
                self.text.push_str("{");
                for (index, (name, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        self.text.push_str(",");
                    }
                    self.text.push_str(&format!("\"{}\":", escape(name)));
                    self.write(value, depth + 1)?;
                }
                if let MappingKind::Block(owner) = kind {
                    let (of, path) = owner.as_ref();
                    self.text.push_hole(Arc::new(Unknown::attribute(of.clone(), path.clone())));
                }
                self.text.push_str("}");
            }
            Data::Unknown(unknown) => self.text.push_hole(unknown.clone()),
        }
        Some(())
    }

    fn write_string(&mut self, string: &Text) {
        self.text.push_str("\"");
        for piece in string.pieces() {
            match piece {
                Piece::Literal(literal) => self.text.push_str(&escape(literal)),
                Piece::Hole(unknown) => self.text.push_hole(unknown.clone()),
            }
        }
        self.text.push_str("\"");
    }
}

/// Escapes a string as Go's encoder does, which Terraform's is.
#[must_use]
pub fn escape(literal: &str) -> String {
    let mut escaped = String::with_capacity(literal.len());
    for character in literal.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let code = u32::from(character);
                escaped.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    escaped.extend(char::from_digit((code >> shift) & 0xf, 16));
                }
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// The value, which was written already, in the shape that `jsondecode` gives: tuples, objects, nulls of no
/// type.
fn document(value: &Value) -> Value {
    let data = match &value.data {
        Data::Null(_) => Data::Null(Type::Dynamic),
        Data::Number(number) if number.is_infinite() => Data::Unknown(infinite()),
        Data::Bool(_) | Data::String(_) | Data::Number(_) => value.data.clone(),
        Data::Sequence(_, elements, more) => Data::Sequence(
            SequenceKind::Tuple,
            elements.iter().map(document).collect(),
            more.as_ref().map(unknown_document),
        ),
        Data::Mapping(kind, entries) => Data::Mapping(
            match kind {
                MappingKind::Map(_) | MappingKind::Object => MappingKind::Object,
                MappingKind::Block(owner) => MappingKind::Block(owner.clone()),
            },
            Arc::new(entries.iter().map(|(name, value)| (name.clone(), document(value))).collect()),
        ),
        Data::Unknown(unknown) => Data::Unknown(unknown_document(unknown)),
    };
    Value::new(data).with_origin(value.origin.clone()).marked(value.sensitive)
}

/// An unknown after its way through JSON: what is known of the kind of a collection is lost. Its possible
/// values stay as they are; whoever asks for one looks at elements and attributes, not at kinds.
fn unknown_document(unknown: &Arc<Unknown>) -> Arc<Unknown> {
    if unknown.of_type.is_primitive() {
        return unknown.clone();
    }
    Arc::new(Unknown { of_type: Type::Dynamic, ..unknown.as_ref().clone() })
}

fn too_large() -> Arc<Unknown> {
    Arc::new(Unknown::because(Cause::Budget("size of a text".into())))
}

fn infinite() -> Arc<Unknown> {
    Arc::new(Unknown::because(Cause::Invalid("an infinite number cannot be written as JSON".into())))
}

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
struct Reader<'t> {
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
    fn read(
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
            return Ok(Data::Mapping(MappingKind::Object, Arc::new(entries)));
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
        Ok(Data::Mapping(MappingKind::Object, Arc::new(entries)))
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

fn known_part(value: &Value, depth: usize) -> Option<serde_json::Value> {
    if depth > DEEPEST {
        return None;
    }
    let known = match &value.data {
        Data::Unknown(_) => return None,
        Data::Sequence(_, elements, Some(more)) if !holds_blocks(elements, more) => return None,
        Data::Null(_) => serde_json::Value::Null,
        Data::Bool(bool) => serde_json::Value::Bool(*bool),
        Data::Number(number) => serde_json::Value::Number(number.to_string().parse().ok()?),
        Data::String(text) => serde_json::Value::String(text.as_known()?.to_owned()),
        // What is inside is not told, so there is no need to look.
        Data::Sequence(..) | Data::Mapping(..) if value.sensitive => serde_json::Value::Null,
        Data::Sequence(_, elements, more) => {
            let elements = elements.iter().map(|element| known_part(element, depth + 1));
            let parts = elements.chain(more.iter().map(|_| None));
            serde_json::Value::Array(parts.map(|part| part.unwrap_or(serde_json::Value::Null)).collect())
        }
        Data::Mapping(_, entries) => serde_json::Value::Object(
            entries
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), known_part(value, depth + 1)?)))
                .collect(),
        ),
    };
    Some(if value.sensitive { serde_json::Value::String("(sensitive)".to_owned()) } else { known })
}

/// Whether these are nested blocks: they are printed as far as they are known, where a collection of unknown
/// length is unknown as a whole, as in Terraform.
fn holds_blocks(elements: &[Value], more: &Unknown) -> bool {
    elements
        .iter()
        .chain(&more.one_of)
        .any(|element| matches!(&element.data, Data::Mapping(MappingKind::Block(_), _)))
}

fn unknown_part(value: &Value, depth: usize) -> serde_json::Value {
    if depth > DEEPEST {
        return serde_json::Value::Bool(true);
    }
    match &value.data {
        Data::Unknown(_) => serde_json::Value::Bool(true),
        Data::Sequence(_, elements, Some(more)) if !holds_blocks(elements, more) => {
            serde_json::Value::Bool(true)
        }
        Data::String(text) => serde_json::Value::Bool(text.as_known().is_none()),
        Data::Number(number) => serde_json::Value::Bool(number.is_infinite()),
        Data::Null(_) | Data::Bool(_) => serde_json::Value::Bool(false),
        Data::Sequence(..) | Data::Mapping(..) if value.sensitive => serde_json::Value::Bool(false),
        Data::Sequence(_, elements, more) => {
            let elements = elements.iter().map(|element| unknown_part(element, depth + 1));
            let more = more.iter().map(|_| serde_json::Value::Bool(true));
            serde_json::Value::Array(elements.chain(more).collect())
        }
        Data::Mapping(_, entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|(name, value)| (name.to_string(), unknown_part(value, depth + 1)))
                .filter(|(_, part)| *part != serde_json::Value::Bool(false))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::{decode, decode_policy, decode_with, encode, to_serde, unknown_to_serde};
    use crate::address::{Address, Key, Mode, ModulePath, Path, Reference, Subject};
    use crate::source::{Sources, Span};
    use crate::value::text::TextBuilder;
    use crate::value::{Cause, Data, MappingKind, Number, Origin, SequenceKind, Text, Type, Unknown, Value};

    fn bucket() -> Address {
        Address {
            module: ModulePath::root(),
            mode: Mode::Managed,
            resource_type: "aws_s3_bucket".into(),
            name: "b".into(),
            key: Key::None,
        }
    }

    /// What `@`, `~`, `?`, `+` and `!` stand for in the texts below.
    fn hole(mark: char) -> Unknown {
        let attribute = Unknown::attribute(bucket(), Path::attribute("arn"));
        match mark {
            '@' => attribute,
            '~' => Unknown::because(attribute.cause),
            '+' => {
                let mut one_of = Unknown::because(Cause::Function("file".into()));
                one_of.one_of = vec![Value::string("a"), Value::string("b")];
                one_of
            }
            '!' => Unknown::because(Cause::Function("timestamp".into())),
            _ => Unknown::because(Cause::Function("file".into())),
        }
    }

    fn text(written: &str) -> Text {
        let mut text = TextBuilder::default();
        for character in written.chars() {
            match character {
                '@' | '~' | '?' | '+' | '!' => text.push_hole(Arc::new(hole(character))),
                other => text.push_str(other.encode_utf8(&mut [0; 4])),
            }
        }
        text.build()
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(entries.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
    }

    fn seen(value: &Value) -> String {
        match &value.data {
            Data::Null(_) => "null".to_owned(),
            Data::Bool(_) | Data::Number(_) => value.shown(),
            Data::String(text) => format!("{:?}", text.shown()),
            Data::Sequence(_, elements, more) => {
                let mut parts: Vec<_> = elements.iter().map(seen).collect();
                parts.extend(more.is_some().then(|| "…".to_owned()));
                format!("[{}]", parts.join(" "))
            }
            Data::Mapping(_, entries) => {
                let parts: Vec<_> =
                    entries.iter().map(|(name, value)| format!("{name}={}", seen(value))).collect();
                format!("{{{}}}", parts.join(" "))
            }
            Data::Unknown(unknown) if unknown.one_of.is_empty() => "unknown".to_owned(),
            Data::Unknown(unknown) => unknown.one_of.iter().map(seen).collect::<Vec<_>>().join("|"),
        }
    }

    #[test]
    fn encodes() {
        let table = [
            (Value::null(), "null"),
            (Value::number(Number::parse("0.0").unwrap().neg()), "-0"),
            (Value::number(Number::parse("1e21").unwrap()), "1000000000000000000000"),
            (Value::tuple(vec![]), "[]"),
            (object(&[]), "{}"),
            (
                object(&[
                    ("b", Value::tuple(vec![Value::bool(true), Value::null()])),
                    ("a", Value::string("x")),
                ]),
                r#"{"a":"x","b":[true,null]}"#,
            ),
            (
                Value::string("<&>\"\\\n\t\u{1}\u{7f}é😀\u{2028}/"),
                "\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\t\\u0001\u{7f}é😀\\u2028/\"",
            ),
            (object(&[("<", Value::null())]), r#"{"\u003c":null}"#),
            (Value::unknown(hole('@')), "…"),
            (object(&[("a", Value::unknown(hole('@'))), ("b", Value::bool(true))]), r#"{"a":…,"b":true}"#),
            (Value::new(Data::String(text("arn:@/*"))), "\"arn:…/*\""),
            (Value::number(Number::INFINITY), "…"),
            (
                Value::new(Data::Sequence(
                    SequenceKind::Tuple,
                    vec![Value::bool(true)].into(),
                    Some(Arc::new(hole('?'))),
                )),
                "[true…]",
            ),
        ];
        for (value, expected) in table {
            assert_eq!(encode(&value).shown(), expected);
        }
    }

    #[test]
    fn gives_the_document_back() {
        let origin = Origin::At(Span { file: Sources::default().add("main.tf", "x"), start: 7, end: 9 });
        let secret = Value::string("s").marked(true).with_origin(origin);
        let list = Value::list(Type::String, vec![secret, Value::new(Data::Null(Type::String))]);
        let value = object(&[("a", list), ("b", Value::unknown(hole('@')))]);
        let back = decode(&encode(&value)).unwrap();
        assert_eq!(seen(&back), "{a=[\"s\" null] b=unknown}");
        let (elements, _) = back.get("a").unwrap().as_sequence().unwrap();
        assert!(elements[0].sensitive);
        assert_eq!(elements[0].origin.written().map(|span| span.start), Some(7));
        assert!(matches!(elements[1].data, Data::Null(Type::Dynamic)));
        assert!(matches!(back.get("a").unwrap().data, Data::Sequence(SequenceKind::Tuple, ..)));
        assert!(back.get("b").unwrap().as_unknown().unwrap().identity.is_some());
    }

    #[test]
    fn decodes() {
        let table = [
            (" [1, \"a\"]\n", "[1 \"a\"]"),
            (r#"{"a": {"b": [true, false, null, -1.5e2]}}"#, "{a={b=[true false null -150]}}"),
            (r#"{"a": 1, "a": 2}"#, "{a=2}"),
            (r#""\u00e9\ud83d\ude00\n\/""#, "\"é😀\\n/\""),
            (r#""\ud83d""#, "\"\u{fffd}\""),
            (r#""e\u0301""#, "\"é\""),
            ("100000000000000000000000000000000000001", "100000000000000000000000000000000000001"),
            ("1e1000000000", "unknown"),
            ("-0", "-0"),
            ("{}", "{}"),
            ("[]", "[]"),
            // Errors.
            ("", "error: unexpected end of JSON input (line 1, column 1)"),
            ("tru", "error: not a JSON value (line 1, column 1)"),
            ("[1,\n 2,]", "error: expected a value (line 2, column 4)"),
            ("[1 2]", "error: expected `,` or `]` after an element (line 1, column 4)"),
            ("{} x", "error: extraneous data after JSON value (line 1, column 4)"),
            ("{\"a\" 1}", "error: expected `:` after a key (line 1, column 6)"),
            ("{a: 1}", "error: expected a key in quotes (line 1, column 2)"),
            ("{\"a\":1,}", "error: expected a key in quotes (line 1, column 8)"),
            ("\"a\n\"", "error: control character in a string (line 1, column 3)"),
            ("\"\\x\"", "error: unknown escape sequence in a string (line 1, column 3)"),
            ("\"\\u12\"", "error: expected four hexadecimal digits (line 1, column 4)"),
            ("01", "error: not a JSON value (line 1, column 1)"),
            ("1.", "error: not a JSON value (line 1, column 1)"),
            (".5", "error: not a JSON value (line 1, column 1)"),
            ("+5", "error: not a JSON value (line 1, column 1)"),
            ("[1", "error: expected `,` or `]` after an element (line 1, column 3)"),
        ];
        for (written, expected) in table {
            // Signs mark no holes here.
            let found = match decode(&Text::known(written)) {
                Ok(value) => seen(&value),
                Err(error) => format!("error: {error}"),
            };
            assert_eq!(found, expected, "{written}");
        }
    }

    #[test]
    fn decodes_holes() {
        let table = [
            (r#"{"a": @, "b": 1}"#, "{a=unknown b=1}"),
            (r#"{"a": ?, "b": 1}"#, "{a=unknown b=1}"),
            (r#"{"a": 1?, "b": 1}"#, "{a=unknown b=1}"),
            (r#"{"Principal": "*", "Resource": "@/*"}"#, r#"{Principal="*" Resource="…/*"}"#),
            (r#"{"a": "~"}"#, r#"{a="…"}"#),
            (r#"{"a": "x+y"}"#, r#"{a="x…y"}"#),
            (r#"{"a": "!"}"#, r#"{a="…"}"#),
            // What could close the quote.
            (r#"{"a": "x?", "b": 1}"#, "unknown"),
            (r#"{"a": "x\@", "b": 1}"#, "unknown"),
            (r#"{"a": "\u00@"}"#, "unknown"),
            // Keys and structure.
            (r#"{"x": {"@:aud": 1}, "b": 1}"#, "{b=1 x=unknown}"),
            (r#"{"a": 1, ?}"#, "unknown"),
            (r#"{"a": 1 ?}"#, "unknown"),
            (r#"{"a" ? 1}"#, "unknown"),
            (r#"{"a": ? "b": 1}"#, "unknown"),
            (r#"{"a": ?"#, "unknown"),
            ("?", "unknown"),
            (" ? {}", "unknown"),
            ("{} ?", "unknown"),
            // Arrays: there may be more.
            ("[?]", "[…]"),
            ("[ ? ? ]", "[…]"),
            ("[1, ?, 2]", "[1 unknown 2 …]"),
            ("[1 ?, 2]", "[1 2 …]"),
            ("[? {\"a\": 1}]", "[unknown {a=1} …]"),
            ("[?{\"a\": 1}]", "[unknown {a=1} …]"),
            ("[{\"a\": ?}]", "[{a=unknown}]"),
            ("[\"@\"]", "[\"…\"]"),
            ("[\"~\"]", "[\"…\" …]"),
            ("[\"+\"]", "[\"…\"]"),
            // An error that is none of the holes' doing.
            (r#"{"a": "@" 1}"#, "error: expected `,` or `}` after a value (line 1, column 10)"),
        ];
        for (written, expected) in table {
            let found = match decode(&text(written)) {
                Ok(value) => seen(&value),
                Err(error) => format!("error: {error}"),
            };
            assert_eq!(found, expected, "{written}");
        }
        let decoded = decode(&text(r#"{"a": @, "b": "@"}"#)).unwrap();
        let bare = decoded.get("a").unwrap().as_unknown().unwrap();
        assert_eq!((bare.cause.clone(), bare.identity.is_none()), (hole('@').cause, true));
        let Data::String(quoted) = &decoded.get("b").unwrap().data else { panic!("not a string") };
        assert_eq!(quoted.as_hole().unwrap().identity, hole('@').identity);
    }

    #[test]
    fn a_variable_without_a_value_may_close_the_quote() {
        let name = Reference { module: ModulePath::root(), subject: Subject::Variable("bucket".into()) };
        let mut written = TextBuilder::default();
        written.push_str(r#"{"a": ""#);
        written.push_hole(Arc::new(Unknown::because(Cause::Variable(name.clone())).of(Type::String)));
        written.push_str("\"}");
        let decoded = decode(&written.build()).unwrap();
        assert_eq!(decoded.as_unknown().unwrap().cause, Cause::Variable(name));
    }

    #[test]
    fn policies_keep_duplicate_keys() {
        let written =
            text(r#"{"C": {"E": {"x": 1}, "E": {"y": 2}, "F": 1}, "C2": {"E": null, "E": 1, "E": 2}}"#);
        let (policy, duplicates) = decode_policy(&written).unwrap();
        assert_eq!(seen(&policy), "{C={E={x=1}|{y=2} F=1} C2={E=null|1|2}}");
        assert_eq!(duplicates, ["E", "E"]);
        assert!(policy.get("C").unwrap().get("E").unwrap().as_unknown().unwrap().not_null);
        assert!(!policy.get("C2").unwrap().get("E").unwrap().as_unknown().unwrap().not_null);
        assert_eq!(seen(&decode(&written).unwrap()), "{C={E={y=2} F=1} C2={E=2}}");
    }

    #[test]
    fn tells_where_values_stand() {
        let file = Sources::default().add("main.tf", "x");
        let at = |start: usize, end: usize| {
            let place = |offset: usize| u32::try_from(offset).unwrap();
            Origin::At(Span { file, start: place(start), end: place(end) })
        };
        let decoded = decode_with(&text(r#"{"a": [true]}"#), &at).unwrap();
        let list = decoded.get("a").unwrap();
        let place = |value: &Value| value.origin.written().map(|span| (span.start, span.end));
        assert_eq!(place(&decoded), Some((0, 13)));
        assert_eq!(place(list), Some((6, 12)));
        assert_eq!(place(&list.as_sequence().unwrap().0[0]), Some((7, 11)));
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(decode(&Text::known(&nested(128))).is_ok());
        assert!(decode(&Text::known(&nested(129))).is_err());
        assert!(decode(&Text::known(&"[".repeat(1_000_000))).is_err());
        let mut deep = Value::tuple(vec![]);
        for _ in 0..600 {
            deep = Value::tuple(vec![deep]);
        }
        assert!(encode(&deep).as_hole().is_some());
        assert_eq!(to_serde(&Value::tuple(vec![])), Some(serde_json::json!([])));
    }

    #[test]
    fn shared_parts_do_not_multiply() {
        let mut wide = Value::string("laugh".repeat(1 << 16));
        for _ in 0..40 {
            wide = Value::tuple(vec![wide.clone(), wide]);
        }
        assert!(encode(&wide).as_hole().is_some());
    }

    #[test]
    fn a_resource_has_more_than_is_shown() {
        let owner = Arc::new((bucket(), Path::empty()));
        let entries = BTreeMap::from([("acl".into(), Value::string("private"))]);
        let resource = Value::new(Data::Mapping(MappingKind::Block(owner), Arc::new(entries)));
        let text = encode(&resource);
        assert_eq!(text.shown(), r#"{"acl":"private"…}"#);
        assert!(matches!(decode(&text).unwrap().data, Data::Mapping(MappingKind::Block(_), _)));
        // Inside of another text the document is lost.
        let mut outer = TextBuilder::default();
        outer.push_text(&text);
        assert_eq!(seen(&decode(&outer.build()).unwrap()), "unknown");
    }

    #[test]
    fn resolves() {
        let value = object(&[
            ("known", Value::string("x")),
            ("unknown", Value::unknown(hole('@'))),
            ("secret", Value::string("hush").marked(true)),
            ("secrets", Value::tuple(vec![Value::string("hush")]).marked(true)),
            ("part", Value::new(Data::String(text("a-@")))),
            ("list", Value::tuple(vec![Value::number(Number::from(1_i64)), Value::unknown(hole('@'))])),
            ("map", object(&[("a", Value::null()), ("b", Value::unknown(hole('?')))])),
            ("plain", object(&[("a", Value::bool(true))])),
        ]);
        assert_eq!(
            to_serde(&value),
            Some(serde_json::json!({
                "known": "x", "secret": "(sensitive)", "secrets": "(sensitive)", "list": [1, null],
                "map": {"a": null}, "plain": {"a": true},
            }))
        );
        assert_eq!(
            unknown_to_serde(&value),
            serde_json::json!({
                "unknown": true, "part": true, "list": [false, true], "map": {"b": true}, "plain": {},
            })
        );
        assert_eq!(to_serde(&Value::unknown(hole('@'))), None);
    }
}
