//! YAML to values and back.
//!
//! Enters: YAML texts, or values. Leaves: values of tuples and objects, or the one text that Terraform writes.
//! The reader is YAML 1.2 with the booleans and the merge key of 1.1. Source: language.md 16.

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::replace::alphabet;
use super::{Call, CallError, failed};
use crate::address::Name;
use crate::value::convert::convert;
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Cause, Data, Number, Text, Type, Unknown, Value};

/// The deepest document.
const DEEPEST: usize = 128;

/// The most values of a document, those that aliases repeat included.
const MOST_VALUES: usize = 100_000;

/// `yamldecode(text)`
pub(super) fn decode(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.text(0)?;
    if text.as_known().is_some() {
        return read(call, text.literal(), &[]);
    }
    // What is wrong may be the doing of a hole.
    let unknown = || CallError::Unknown(call.cause());
    let (text, holes) = with_marks(text).ok_or_else(unknown)?;
    read(call, &text, &holes).map_err(|error| match error {
        CallError::Unknown(cause) => CallError::Unknown(cause),
        CallError::NoSuchFunction | CallError::Argument(..) | CallError::Count(_) | CallError::Failed(_) => {
            unknown()
        }
    })
}

/// The characters that stand for holes while a text is read; they mean nothing in YAML.
const MARKS: std::ops::RangeInclusive<char> = '\u{E000}'..='\u{F8FF}';

/// A text with a mark for each hole; `None` when a hole may be more than a part of a scalar.
fn with_marks(text: &Text) -> Option<(String, Vec<Arc<Unknown>>)> {
    let mut marked = String::new();
    let mut holes = Vec::new();
    let mut marks = MARKS;
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) if literal.contains(|character| MARKS.contains(&character)) => {
                return None;
            }
            Piece::Literal(literal) => marked.push_str(literal),
            Piece::Hole(hole) => {
                let is_plain = alphabet(hole).is_some_and(|holds| !"\"'\\\n\t#,[]{}".chars().any(holds));
                if !is_plain || marked.ends_with('\\') {
                    return None;
                }
                marked.push(marks.next()?);
                holes.push(hole.clone());
            }
        }
    }
    Some((marked, holes))
}

/// The string that a text with marks stands for.
fn without_marks(text: &str, holes: &[Arc<Unknown>]) -> Text {
    let mut builder = TextBuilder::default();
    let mut rest = text;
    while let Some((at, mark)) = rest.char_indices().find(|(_, character)| MARKS.contains(character)) {
        builder.push_str(rest.get(..at).unwrap_or(""));
        let hole =
            u32::from(mark).checked_sub(u32::from(*MARKS.start())).and_then(|at| holes.get(at as usize));
        if let Some(hole) = hole {
            builder.push_hole(hole.clone());
        }
        rest = rest.get(at + mark.len_utf8()..).unwrap_or("");
    }
    builder.push_str(rest);
    builder.build()
}

fn read(call: &Call<'_>, text: &str, holes: &[Arc<Unknown>]) -> Result<Value, CallError> {
    let mut reader =
        Reader { call, holes, stack: Vec::new(), anchors: BTreeMap::new(), values: 0, root: None };
    let mut documents = 0;
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    loop {
        let event = match parser.next_event() {
            None => break,
            Some(Ok((event, _))) => event,
            Some(Err(error)) => {
                return Err(failed(format!("on line {}: {}", error.marker().line(), error.info())));
            }
        };
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(failed("unexpected extra content after value"));
                }
            }
            Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
            Event::StreamEnd => break,
            other => reader.read(other)?,
        }
    }
    reader.root.ok_or_else(|| failed("EOF: missing value"))
}

/// A collection that is being read.
enum Frame {
    Sequence { items: Vec<Value>, anchor: usize, start: usize },
    Mapping { entries: BTreeMap<Name, Value>, key: Option<Key>, anchor: usize, start: usize },
}

enum Key {
    Name(Name),
    Merge,
}

struct Reader<'c, 'h> {
    call: &'c Call<'h>,
    holes: &'c [Arc<Unknown>],
    stack: Vec<Frame>,
    /// What an anchor stands for, and how many values that is.
    anchors: BTreeMap<usize, (Value, usize)>,
    values: usize,
    root: Option<Value>,
}

impl Reader<'_, '_> {
    fn count(&mut self, values: usize) -> Result<(), CallError> {
        self.values = self.values.saturating_add(values);
        if self.values > MOST_VALUES {
            return Err(super::budget("size of a YAML document"));
        }
        Ok(self.call.host.spend(values)?)
    }

    fn read(&mut self, event: Event<'_>) -> Result<(), CallError> {
        match event {
            Event::Alias(id) => {
                let (value, size) = self.anchors.get(&id).cloned().ok_or_else(|| failed("unknown anchor"))?;
                self.count(size)?;
                self.put(value, false)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let start = self.values;
                self.count(1)?;
                let is_marked =
                    !self.holes.is_empty() && text.contains(|character| MARKS.contains(&character));
                let (value, merges) = if is_marked {
                    (self.partly_known(&text, style, tag.is_some())?, false)
                } else {
                    scalar(self.call, &text, style, tag.as_deref())?
                };
                self.remember(anchor, &value, start);
                self.put(value, merges)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), "seq")?;
                let start = self.values;
                self.open(Frame::Sequence { items: Vec::new(), anchor, start })
            }
            Event::MappingStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), "map")?;
                let start = self.values;
                self.open(Frame::Mapping { entries: BTreeMap::new(), key: None, anchor, start })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (value, anchor, start) = match self.stack.pop() {
                    Some(Frame::Sequence { items, anchor, start }) => (Value::tuple(items), anchor, start),
                    Some(Frame::Mapping { entries, anchor, start, .. }) => {
                        (Value::object(entries), anchor, start)
                    }
                    None => return Err(failed("unbalanced document")),
                };
                self.remember(anchor, &value, start);
                self.put(value, false)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    /// A scalar with holes. Without quotes it may be a number, unless what is known of it says otherwise.
    fn partly_known(&self, text: &str, style: ScalarStyle, tagged: bool) -> Result<Value, CallError> {
        let is_string = style != ScalarStyle::Plain || text.contains('/') || text.starts_with("arn:");
        if tagged {
            return Err(CallError::Unknown(self.call.cause()));
        }
        let text = without_marks(text, self.holes);
        let is_arn = text
            .as_hole()
            .and_then(|hole| hole.identity.as_ref())
            .is_some_and(|(_, path)| path.as_attribute().is_some_and(|name| name.ends_with("arn")));
        Ok(if is_string || is_arn {
            Value::new(Data::String(text))
        } else {
            let causes = text.holes().map(|(_, hole)| hole.cause.clone());
            Value::unknown(Unknown::because(Cause::any(causes)).not_null())
        })
    }

    fn check_tag(&self, tag: Option<&Tag>, expected: &str) -> Result<(), CallError> {
        match tag {
            None => Ok(()),
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == expected => Ok(()),
            Some(tag) if tag.is_yaml_core_schema() => Err(self.call.not_computed()),
            Some(tag) => Err(unsupported_tag(tag)),
        }
    }

    fn open(&mut self, frame: Frame) -> Result<(), CallError> {
        self.count(1)?;
        if self.stack.len() >= DEEPEST {
            return Err(super::budget("depth of a YAML document"));
        }
        self.stack.push(frame);
        Ok(())
    }

    fn remember(&mut self, anchor: usize, value: &Value, start: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), self.values.saturating_sub(start)));
        }
    }

    fn put(&mut self, value: Value, merges: bool) -> Result<(), CallError> {
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some(Frame::Sequence { items, .. }) => items.push(value),
            Some(Frame::Mapping { entries, key, .. }) => match key.take() {
                None if merges => *key = Some(Key::Merge),
                None => {
                    let name = convert(&value, &Type::String).ok();
                    let name = name.as_ref().and_then(Value::as_str);
                    *key = Some(Key::Name(
                        name.ok_or_else(|| failed("only strings are allowed as map keys"))?.into(),
                    ));
                }
                Some(Key::Name(name)) => {
                    entries.insert(name, value);
                }
                Some(Key::Merge) => {
                    let sources = match value.as_sequence() {
                        Some((sources, _)) => sources.to_vec(),
                        None => vec![value],
                    };
                    for source in &sources {
                        let source =
                            source.as_mapping().ok_or_else(|| failed("map merge requires map value"))?;
                        for (name, value) in source.iter() {
                            // Which one wins when a merge comes second is not on record.
                            if entries.contains_key(name) {
                                return Err(self.call.not_computed());
                            }
                            entries.insert(name.clone(), value.clone());
                        }
                    }
                }
            },
        }
        Ok(())
    }
}

fn unsupported_tag(tag: &Tag) -> CallError {
    failed(format!("unsupported tag \"{}{}\"", tag.handle, tag.suffix))
}

/// A scalar, and whether it is the merge key.
fn scalar(
    call: &Call<'_>,
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
) -> Result<(Value, bool), CallError> {
    let wanted = match tag {
        None => None,
        Some(tag) if tag.is_yaml_core_schema() => Some(tag.suffix.as_str()),
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Some("str"),
        Some(tag) => return Err(unsupported_tag(tag)),
    };
    let value = match wanted {
        Some("str" | "binary") => Value::string(text),
        None if style != ScalarStyle::Plain => Value::string(text),
        None if text == "<<" => return Ok((Value::string(text), true)),
        None => resolve(call, text)?,
        Some(tag) => {
            let value = resolve(call, text)?;
            let fits = match (&value.data, tag) {
                (Data::Null(_), "null") | (Data::Bool(_), "bool") | (Data::Number(_), "float") => true,
                (Data::Number(number), "int") => number.is_whole() && !text.contains(['.', 'e', 'E']),
                _ => false,
            };
            if !fits {
                return Err(call.not_computed());
            }
            value
        }
    };
    Ok((value, false))
}

static TRUE: &[&str] = &["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
static FALSE: &[&str] = &["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
static NULL: &[&str] = &["", "~", "null", "Null", "NULL"];
static INFINITE: &[&str] = &[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"];
static NEGATIVE_INFINITE: &[&str] = &["-.inf", "-.Inf", "-.INF"];
static NOT_A_NUMBER: &[&str] = &[".nan", ".NaN", ".NAN"];

/// What a plain scalar is.
fn resolve(call: &Call<'_>, text: &str) -> Result<Value, CallError> {
    let is = |words: &[&str]| words.contains(&text);
    if is(NULL) {
        return Ok(Value::null());
    }
    if is(TRUE) || is(FALSE) {
        return Ok(Value::bool(is(TRUE)));
    }
    if is(INFINITE) {
        return Ok(Value::number(Number::INFINITY));
    }
    if is(NEGATIVE_INFINITE) {
        return Ok(Value::number(Number::INFINITY.neg()));
    }
    if is(NOT_A_NUMBER) {
        return Err(failed("floating point NaN is not supported"));
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Ok(Value::string(text));
    }
    if let Some(number) = radix(text, "0x", 16).or_else(|| radix(text, "0o", 8)) {
        return Ok(Value::number(number));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["0b", "0x", "0o"].iter().any(|prefix| unsigned.starts_with(prefix)) {
        // Whether these are numbers depends on the reader.
        return Err(call.not_computed());
    }
    if is_decimal(unsigned) {
        return Number::parse_conversion(text).map(Value::number).ok_or_else(|| call.not_computed());
    }
    if looks_like_date(text) {
        return timestamp(text).map(Value::string).ok_or_else(|| call.not_computed());
    }
    Ok(Value::string(text))
}

fn radix(text: &str, prefix: &str, radix: u32) -> Option<Number> {
    let digits = text
        .strip_prefix(prefix)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_alphanumeric()))?;
    u64::from_str_radix(digits, radix).ok().map(Number::from)
}

/// Digits with at most one point, at least one digit, perhaps an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_is_fine = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_is_fine
}

fn looks_like_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    year.len() == 4
        && digits(year)
        && digits(month)
        && month.len() <= 2
        && day.starts_with(|d: char| d.is_ascii_digit())
}

/// A date, or a date with a time in UTC, as RFC 3339; other forms are left to Terraform.
fn timestamp(text: &str) -> Option<String> {
    let (date, time) = text.split_once(['T', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    if date.len() != 10 {
        return None;
    }
    let timestamp = match time {
        None => format!("{date}T00:00:00Z"),
        Some(time) if time.len() == 9 && time.ends_with('Z') => format!("{date}T{time}"),
        Some(_) => return None,
    };
    super::time::is_timestamp(&timestamp).then_some(timestamp)
}

/// `yamlencode(value)`
pub(super) fn encode(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let mut out = String::new();
    let plain_at_root = matches!(value.data, Data::Null(_) | Data::Bool(_) | Data::Number(_));
    write(call, value, 0, &mut out)?;
    out.push('\n');
    if plain_at_root {
        out.push_str("...\n");
    }
    call.make_text(out.len())?;
    Ok(Value::string(out))
}

/// Writes a value whose first character stands where the cursor is and whose further lines are indented so far.
fn write(call: &Call<'_>, value: &Value, indent: usize, out: &mut String) -> Result<(), CallError> {
    if out.len() > super::LONGEST_TEXT {
        return Err(super::budget("length of a text"));
    }
    match &value.data {
        Data::Null(_) => out.push_str("null"),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) => {
            if number.is_infinite() {
                return Err(call.not_computed());
            }
            out.push_str(&number.to_string());
        }
        Data::String(text) => write_string(call, text.literal(), indent, out)?,
        Data::Sequence(_, elements, _) if elements.is_empty() => out.push_str("[]"),
        Data::Mapping(_, entries) if entries.is_empty() => out.push_str("{}"),
        Data::Sequence(_, elements, _) => {
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    new_line(indent, out);
                }
                out.push_str("- ");
                write(call, element, indent + 2, out)?;
            }
        }
        Data::Mapping(_, entries) => {
            for (index, (name, entry)) in entries.iter().enumerate() {
                if index > 0 {
                    new_line(indent, out);
                }
                if name.contains('\n') || name.len() > 128 {
                    // Such keys are written in another way.
                    return Err(call.not_computed());
                }
                write_quoted(call, name, out)?;
                out.push(':');
                match &entry.data {
                    // Lists stand below their key, not indented.
                    Data::Sequence(_, elements, _) if !elements.is_empty() => {
                        new_line(indent, out);
                        write(call, entry, indent, out)?;
                    }
                    Data::Mapping(_, entries) if !entries.is_empty() => {
                        new_line(indent + 2, out);
                        write(call, entry, indent + 2, out)?;
                    }
                    Data::Null(_)
                    | Data::Bool(_)
                    | Data::Number(_)
                    | Data::String(_)
                    | Data::Sequence(..)
                    | Data::Mapping(..)
                    | Data::Unknown(_) => {
                        out.push(' ');
                        write(call, entry, indent + 2, out)?;
                    }
                }
            }
        }
        Data::Unknown(_) => return Err(CallError::Unknown(call.cause())),
    }
    Ok(())
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

fn write_string(call: &Call<'_>, text: &str, indent: usize, out: &mut String) -> Result<(), CallError> {
    if !text.contains('\n') {
        return write_quoted(call, text, out);
    }
    // A block, where that is plain to write: no end, line or character that needs more than `|`.
    let (body, chomping) = text.strip_suffix('\n').map_or((text, "|-"), |body| (body, "|"));
    let indent = indent.max(2);
    let simple = !body.is_empty()
        && !body.starts_with(['\n', ' '])
        && !body.ends_with('\n')
        && !body.contains(" \n")
        && !body.ends_with(' ')
        && body.chars().all(|character| character == '\n' || is_plain(character));
    if !simple {
        return Err(call.not_computed());
    }
    out.push_str(chomping);
    for line in body.split('\n') {
        if line.is_empty() {
            out.push('\n');
        } else {
            new_line(indent, out);
            out.push_str(line);
        }
    }
    Ok(())
}

fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{A1}'..='\u{2027}' | '\u{202A}'..='\u{D7FF}' | '\u{E000}'..='\u{FEFE}')
}

fn write_quoted(call: &Call<'_>, text: &str, out: &mut String) -> Result<(), CallError> {
    // Longer lines may be folded.
    if text.len() > 70 && text.contains(' ') {
        return Err(call.not_computed());
    }
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            other if is_plain(other) => out.push(other),
            other if u32::from(other) > 0xFFFF => out.extend([format!("\\U{:08X}", u32::from(other))]),
            _ => return Err(call.not_computed()),
        }
    }
    out.push('"');
    Ok(())
}
