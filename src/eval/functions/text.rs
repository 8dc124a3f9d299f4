//! String functions.
//!
//! Enters: texts, perhaps with holes. Leaves: texts and lists of texts. What works on each character by
//! itself keeps holes as holes; what looks at the ends uses the known prefix and suffix. Source: language.md 16.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    ANY_NUMBER, Call, CallError, Function, Parameter, Returns, Want, argument, derived, format, pattern,
    replace, same, strings,
};
use crate::truth::Truth;
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Data, Text, Type, Unknown, Value};

const TEXT: Parameter = Parameter::string("str").partly_unknown();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("chomp", &[TEXT], Returns::String, chomp),
    Function::new("endswith", &[TEXT, Parameter::string("suffix")], Returns::Bool, endswith),
    Function::new("format", &[Parameter::string("format")], Returns::String, format::format)
        .with_rest(Parameter::any("args").or_null().or_unknown(), ANY_NUMBER),
    Function::new("formatlist", &[Parameter::string("format")], Returns::Strings, format::formatlist)
        .with_rest(Parameter::any("args").or_null().or_unknown(), ANY_NUMBER),
    Function::new("indent", &[Parameter::number("spaces"), TEXT], Returns::String, indent),
    Function::new(
        "join",
        &[
            Parameter::string("separator").partly_unknown(),
            Parameter::new("lists", Want::Strings).partly_unknown(),
        ],
        Returns::String,
        join,
    )
    .with_rest(Parameter::new("lists", Want::Strings).partly_unknown(), ANY_NUMBER),
    Function::new("lower", &[TEXT], Returns::String, lower),
    Function::new(
        "regex",
        &[Parameter::string("pattern"), Parameter::string("string")],
        Returns::Something,
        regex,
    ),
    Function::new(
        "regexall",
        &[Parameter::string("pattern"), Parameter::string("string")],
        Returns::Something,
        regexall,
    ),
    Function::new(
        "replace",
        &[TEXT, Parameter::string("substr"), Parameter::string("replace").or_unknown()],
        Returns::String,
        replace::replace,
    ),
    Function::new("split", &[Parameter::string("separator"), TEXT], Returns::Strings, split),
    Function::new("startswith", &[TEXT, Parameter::string("prefix")], Returns::Bool, startswith),
    Function::new("strcontains", &[TEXT, Parameter::string("substr")], Returns::Bool, strcontains),
    Function::new("strrev", &[Parameter::string("str")], Returns::String, strrev),
    Function::new(
        "substr",
        &[Parameter::string("str"), Parameter::number("offset"), Parameter::number("length")],
        Returns::String,
        substr,
    ),
    Function::new("title", &[Parameter::string("str")], Returns::String, title),
    Function::new("trim", &[TEXT, Parameter::string("cutset")], Returns::String, trim),
    Function::new("trimprefix", &[TEXT, Parameter::string("prefix")], Returns::String, trimprefix),
    Function::new("trimspace", &[TEXT], Returns::String, trimspace),
    Function::new("trimsuffix", &[TEXT, Parameter::string("suffix")], Returns::String, trimsuffix),
    Function::new("upper", &[TEXT], Returns::String, upper),
];

/// The pieces of a text each by itself: right for whatever changes single characters.
fn piecewise(call: &Call<'_>, text: &Text, change: impl Fn(&str) -> String) -> Value {
    let mut builder = TextBuilder::default();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => builder.push_str(&change(literal)),
            Piece::Hole(unknown) => {
                let changed = derived(unknown, |possible| Some(change(possible)));
                let others = call.arguments.iter().filter(|argument| argument.is_wholly_known()).cloned();
                let name = std::iter::once(Value::new(Data::Unknown(unknown.clone()))).chain(others);
                let named = same::name(call.function.name, &name.collect::<Vec<_>>());
                builder.push_hole(Arc::new(Unknown { named, ..changed }));
            }
        }
    }
    Value::new(Data::String(builder.build()))
}

/// A text without some characters of its known ends; `from_start` and `from_end` are bytes.
fn cut(text: &Text, from_start: usize, from_end: usize) -> Value {
    let mut builder = TextBuilder::default();
    let start = from_start;
    let end = text.literal().len().saturating_sub(from_end);
    let mut at = 0;
    for (offset, unknown) in text.holes() {
        builder.push_str(text.literal().get(at.max(start)..offset.min(end)).unwrap_or(""));
        builder.push_hole(unknown.clone());
        at = offset;
    }
    builder.push_str(text.literal().get(at.max(start)..end).unwrap_or(""));
    Value::new(Data::String(builder.build()))
}

fn truth(call: &Call<'_>, answer: Truth) -> Value {
    match answer {
        Truth::True => Value::bool(true),
        Truth::False => Value::bool(false),
        Truth::Unknown => call.unknown(),
    }
}

/// Trims the ends that can be trimmed for certain: a known end that does not vanish altogether.
fn trimmed(call: &Call<'_>, start: bool, end: bool, cuts: impl Fn(char) -> bool) -> Result<Value, CallError> {
    let text = call.text(0)?;
    let prefix = text.known_prefix();
    let suffix = text.known_suffix();
    let kept_prefix = prefix.trim_start_matches(&cuts);
    let kept_suffix = suffix.trim_end_matches(&cuts);
    if let Some(known) = text.as_known() {
        let known = if start { known.trim_start_matches(&cuts) } else { known };
        let known = if end { known.trim_end_matches(&cuts) } else { known };
        return Ok(Value::string(known));
    }
    if (start && kept_prefix.is_empty()) || (end && kept_suffix.is_empty()) {
        return Ok(call.unknown());
    }
    let from_start = if start { prefix.len() - kept_prefix.len() } else { 0 };
    let from_end = if end { suffix.len() - kept_suffix.len() } else { 0 };
    Ok(cut(text, from_start, from_end))
}

fn chomp(call: &Call<'_>) -> Result<Value, CallError> {
    trimmed(call, false, true, |character| matches!(character, '\n' | '\r'))
}

fn trim(call: &Call<'_>) -> Result<Value, CallError> {
    let cutset = call.string(1)?.to_owned();
    trimmed(call, true, true, |character| cutset.contains(character))
}

fn trimspace(call: &Call<'_>) -> Result<Value, CallError> {
    trimmed(call, true, true, char::is_whitespace)
}

fn trimprefix(call: &Call<'_>) -> Result<Value, CallError> {
    let (text, prefix) = (call.text(0)?, call.string(1)?);
    Ok(match text.starts_with(prefix) {
        Truth::True => cut(text, prefix.len(), 0),
        Truth::False => Value::new(Data::String(text.clone())),
        Truth::Unknown => call.unknown(),
    })
}

fn trimsuffix(call: &Call<'_>) -> Result<Value, CallError> {
    let (text, suffix) = (call.text(0)?, call.string(1)?);
    Ok(match text.ends_with(suffix) {
        Truth::True => cut(text, 0, suffix.len()),
        Truth::False => Value::new(Data::String(text.clone())),
        Truth::Unknown => call.unknown(),
    })
}

fn startswith(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(truth(call, call.text(0)?.starts_with(call.string(1)?)))
}

fn endswith(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(truth(call, call.text(0)?.ends_with(call.string(1)?)))
}

fn strcontains(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(truth(call, call.text(0)?.contains(call.string(1)?)))
}

fn lower(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(piecewise(call, call.text(0)?, |text| text.chars().map(lower_character).collect()))
}

fn upper(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(piecewise(call, call.text(0)?, |text| text.chars().map(upper_character).collect()))
}

fn title(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.string(0)?;
    let mut out = String::with_capacity(text.len());
    let mut starts = true;
    for character in text.chars() {
        out.push(if starts { title_character(character) } else { character });
        starts = separates_words(character);
    }
    Ok(Value::string(out))
}

/// ASCII: all but letters, digits and `_`; beyond ASCII only space.
fn separates_words(character: char) -> bool {
    if character.is_ascii() {
        !character.is_ascii_alphanumeric() && character != '_'
    } else {
        character.is_whitespace()
    }
}

/// The simple lower-case mapping of Unicode, one character for one.
fn lower_character(character: char) -> char {
    // U+0130 has a full mapping of two characters; its simple one is `i`.
    if character == '\u{130}' {
        return 'i';
    }
    let mut mapped = character.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

/// The simple upper-case mapping of Unicode, one character for one.
fn upper_character(character: char) -> char {
    // These have a full mapping of two characters and a simple one beside it (UnicodeData.txt, field 12).
    let shifted = match u32::from(character) {
        code @ (0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7) => Some(code + 8),
        code @ (0x1FB3 | 0x1FC3 | 0x1FF3) => Some(code + 9),
        _ => None,
    };
    if let Some(upper) = shifted.and_then(char::from_u32) {
        return upper;
    }
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

/// The simple title-case mapping of Unicode.
fn title_character(character: char) -> char {
    match character {
        '\u{1C4}'..='\u{1C6}' => '\u{1C5}',
        '\u{1C7}'..='\u{1C9}' => '\u{1C8}',
        '\u{1CA}'..='\u{1CC}' => '\u{1CB}',
        '\u{1F1}'..='\u{1F3}' => '\u{1F2}',
        // Georgian letters have upper-case forms, but not in titles.
        '\u{10D0}'..='\u{10FF}' => character,
        other => upper_character(other),
    }
}

fn indent(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.text(1)?;
    let spaces = usize::try_from(call.integer(0)?).map_err(|_| argument(0, "must not be negative"))?;
    let lines = text.literal().matches('\n').count();
    call.make_text(lines.saturating_mul(spaces).saturating_add(text.literal().len()))?;
    let longest_possible =
        text.holes().flat_map(|(_, hole)| &hole.one_of).filter_map(Value::as_str).map(str::len).sum();
    call.make_text(spaces.saturating_mul(longest_possible))?;
    call.make_text(spaces)?;
    let replacement = format!("\n{}", " ".repeat(spaces));
    Ok(piecewise(call, text, |piece| piece.replace('\n', &replacement)))
}

fn join(call: &Call<'_>) -> Result<Value, CallError> {
    let separator = call.text(0)?;
    let mut builder = TextBuilder::default();
    let mut first = true;
    for position in 1..call.arguments.len() {
        let (elements, more) = call.elements(position)?;
        if more.is_some() {
            // The elements that are not shown may stand anywhere.
            return Ok(call.unknown());
        }
        call.make_text(elements.len().saturating_mul(separator.literal().len()))?;
        for (index, element) in elements.iter().enumerate() {
            if !first {
                builder.push_text(separator);
            }
            first = false;
            match &element.data {
                Data::String(text) => {
                    call.make_text(text.literal().len())?;
                    builder.push_text(text);
                }
                Data::Unknown(unknown) => builder.push_hole(unknown.clone()),
                Data::Null(_) => {
                    return Err(argument(
                        position,
                        format!("element {index} is null; cannot concatenate null values"),
                    ));
                }
                Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
                    return Err(argument(position, "list of string required"));
                }
            }
            if builder.len() > super::LONGEST_TEXT {
                return Err(super::budget("length of a text"));
            }
        }
    }
    Ok(Value::new(Data::String(builder.build())))
}

fn split(call: &Call<'_>) -> Result<Value, CallError> {
    let (separator, text) = (call.string(0)?, call.text(1)?);
    let Some(text) = text.as_known() else {
        call.make_elements(text.literal().matches(separator).count())?;
        call.host.spend(text.holes().len().saturating_mul(separator.len()))?;
        let parts = replace::separated(text, separator);
        let strings =
            parts.map(|parts| parts.into_iter().map(|part| Value::new(Data::String(part))).collect());
        return Ok(strings.map_or_else(|| call.unknown(), |strings| Value::list(Type::String, strings)));
    };
    if separator.is_empty() {
        call.make_elements(text.len())?;
        return Ok(strings(text.chars().map(String::from)));
    }
    call.make_elements(text.matches(separator).count())?;
    Ok(strings(text.split(separator)))
}

fn strrev(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(Value::string(call.string(0)?.graphemes(true).rev().collect::<String>()))
}

fn substr(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.string(0)?;
    let (offset, length) = (call.integer(1)?, call.integer(2)?);
    let skipped = if offset < 0 {
        if length == 0 {
            // Terraform's answer here depends on how it counts; nobody asks for nothing from the end.
            return Err(call.not_computed());
        }
        let total = i64::try_from(text.graphemes(true).count()).unwrap_or(i64::MAX);
        usize::try_from(total.saturating_add(offset)).unwrap_or(0)
    } else {
        usize::try_from(offset).unwrap_or(usize::MAX)
    };
    let rest = text.graphemes(true).skip(skipped);
    Ok(Value::string(match usize::try_from(length) {
        Ok(length) => rest.take(length).collect::<String>(),
        Err(_) => rest.collect::<String>(),
    }))
}

fn regex(call: &Call<'_>) -> Result<Value, CallError> {
    let pattern = pattern::compile(call, 0, call.string(0)?, call.string(1)?)?;
    pattern
        .first(call.string(1)?)
        .ok_or_else(|| argument(1, "pattern did not match any part of the given string"))
}

fn regexall(call: &Call<'_>) -> Result<Value, CallError> {
    let pattern = pattern::compile(call, 0, call.string(0)?, call.string(1)?)?;
    let found = pattern.all(call, call.string(1)?)?;
    Ok(Value::list(pattern.result_type(), found))
}

/// An unknown string that is not null.
pub(super) fn unknown_text(unknown: &Unknown) -> Arc<Unknown> {
    Arc::new(Unknown { of_type: Type::String, not_null: true, ..derived(unknown, |_| None) })
}
