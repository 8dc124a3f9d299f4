//! `format` and `formatlist`.
//!
//! Enters: a format text and values, perhaps unknown. Leaves: texts; an unknown value leaves a hole where it
//! would stand. The verbs are a subset of Go's with widths counted in grapheme clusters. Source: language.md 16.

use dashu_int::IBig;
use unicode_segmentation::UnicodeSegmentation;

use super::text::unknown_text;
use super::{Call, CallError, argument, failed};
use crate::value::convert::convert;
use crate::value::json;
use crate::value::text::TextBuilder;
use crate::value::{Data, Number, Text, Type, Unknown, Value};

/// The largest width or precision; what is wider was not meant.
const WIDEST: usize = 10_000;

/// One part of a format text.
enum Part {
    Literal(String),
    Verb(Verb),
}

#[allow(clippy::struct_excessive_bools, reason = "flags that are written one by one")]
struct Verb {
    /// The verb as written, for messages, and where.
    written: String,
    at: usize,
    minus: bool,
    plus: bool,
    space: bool,
    sharp: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    argument: usize,
    mode: char,
}

impl Verb {
    fn unsupported(&self, why: &str) -> CallError {
        failed(format!("unsupported value for \"{}\" at {}: {why}", self.written, self.at))
    }
}

/// `format(spec, args…)`
pub(super) fn format(call: &Call<'_>) -> Result<Value, CallError> {
    let parts = parse(call.string(0)?)?;
    let arguments: Vec<&Value> = call.arguments.iter().skip(1).collect();
    check_all_used(&parts, arguments.len())?;
    Ok(Value::new(Data::String(render(call, &parts, &arguments)?)))
}

/// `formatlist(spec, lists…)`
pub(super) fn formatlist(call: &Call<'_>) -> Result<Value, CallError> {
    let parts = parse(call.string(0)?)?;
    let arguments: Vec<&Value> = call.arguments.iter().skip(1).collect();
    let mut length: Option<(usize, usize)> = None;
    for (index, value) in arguments.iter().enumerate() {
        match &value.data {
            Data::Sequence(_, _, Some(_)) => return Ok(call.unknown()),
            Data::Sequence(_, elements, None) => match length {
                Some((chooser, wanted)) if wanted != elements.len() => {
                    return Err(argument(
                        index + 1,
                        format!(
                            "argument {} has length {}, which is inconsistent with argument {} of length {wanted}",
                            index + 1,
                            elements.len(),
                            chooser + 1
                        ),
                    ));
                }
                Some(_) => {}
                None => length = Some((index, elements.len())),
            },
            Data::Unknown(unknown) if !unknown.of_type.is_primitive() => return Ok(call.unknown()),
            Data::Null(of_type) if !of_type.is_primitive() => {
                return Err(argument(index + 1, "argument must not be null"));
            }
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Mapping(..)
            | Data::Unknown(_) => {}
        }
    }
    let count = length.map_or(1, |(_, count)| count);
    call.make_elements(count)?;
    let mut results = Vec::with_capacity(count);
    if count > 0 {
        check_all_used(&parts, arguments.len())?;
    }
    for index in 0..count {
        let row: Vec<&Value> = arguments
            .iter()
            .map(|value| match &value.data {
                Data::Sequence(_, elements, _) => elements.get(index).unwrap_or(value),
                Data::Null(_)
                | Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Mapping(..)
                | Data::Unknown(_) => value,
            })
            .collect();
        results.push(Value::new(Data::String(render(call, &parts, &row)?)));
    }
    Ok(Value::list(Type::String, results))
}

fn parse(text: &str) -> Result<Vec<Part>, CallError> {
    let mut parts = Vec::new();
    let mut next_argument = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        if !before.is_empty() {
            parts.push(Part::Literal(before.to_owned()));
        }
        if let Some(escaped) = after.strip_prefix('%') {
            parts.push(Part::Literal("%".to_owned()));
            rest = escaped;
            continue;
        }
        let at = text.len() - after.len() - 1;
        let (verb, length) = verb(after, at, next_argument)?;
        next_argument = verb.argument + 1;
        parts.push(Part::Verb(verb));
        rest = after.get(length..).unwrap_or("");
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest.to_owned()));
    }
    Ok(parts)
}

/// Reads what follows a percent sign: flags, width, precision, index, mode.
fn verb(after: &str, at: usize, next_argument: usize) -> Result<(Verb, usize), CallError> {
    let unrecognized =
        || failed(format!("unrecognized format character or unterminated verb at offset {at}"));
    let mut verb = Verb {
        written: String::new(),
        at,
        minus: false,
        plus: false,
        space: false,
        sharp: false,
        zero: false,
        width: None,
        precision: None,
        argument: next_argument,
        mode: ' ',
    };
    let mut rest = after;
    loop {
        let flag = match rest.chars().next() {
            Some('-') => &mut verb.minus,
            Some('+') => &mut verb.plus,
            Some(' ') => &mut verb.space,
            Some('#') => &mut verb.sharp,
            Some('0') => &mut verb.zero,
            _ => break,
        };
        *flag = true;
        rest = rest.get(1..).unwrap_or("");
    }
    let (width, after_width) = digits(rest);
    verb.width = bounded(width)?;
    rest = after_width;
    if let Some(fraction) = rest.strip_prefix('.') {
        let (precision, after_precision) = digits(fraction);
        verb.precision = Some(bounded(precision)?.unwrap_or(0));
        rest = after_precision;
    }
    if let Some(bracketed) = rest.strip_prefix('[') {
        let (index, after_index) = digits(bracketed);
        let index: usize = index.parse().map_err(|_| unrecognized())?;
        verb.argument = index.checked_sub(1).ok_or_else(unrecognized)?;
        if verb.argument > WIDEST {
            return Err(failed(format!("not enough arguments: need index {index}")));
        }
        rest = after_index.strip_prefix(']').ok_or_else(unrecognized)?;
    }
    let mut characters = rest.chars();
    verb.mode = characters.next().ok_or_else(unrecognized)?;
    if !"vtbdoxXeEfgGsq".contains(verb.mode) {
        return Err(failed(format!("unsupported format verb '{}' at offset {at}", verb.mode)));
    }
    let length = after.len() - characters.as_str().len();
    verb.written = format!("%{}", after.get(..length).unwrap_or(""));
    Ok((verb, length))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or(("", text))
}

fn bounded(digits: &str) -> Result<Option<usize>, CallError> {
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse() {
        Ok(number) if number <= WIDEST => Ok(Some(number)),
        _ => Err(super::budget("width of a format verb")),
    }
}

fn check_all_used(parts: &[Part], given: usize) -> Result<(), CallError> {
    let mut most = 0;
    for part in parts {
        if let Part::Verb(verb) = part {
            most = most.max(verb.argument + 1);
            if verb.argument >= given {
                return Err(failed(format!(
                    "not enough arguments for \"{}\" at {}: need index {} but have {given} total",
                    verb.written,
                    verb.at,
                    verb.argument + 1
                )));
            }
        }
    }
    if most < given {
        return Err(argument(most + 1, format!("too many arguments; only {most} used by format string")));
    }
    Ok(())
}

fn render(call: &Call<'_>, parts: &[Part], arguments: &[&Value]) -> Result<Text, CallError> {
    let mut builder = TextBuilder::default();
    for part in parts {
        match part {
            Part::Literal(literal) => builder.push_str(literal),
            Part::Verb(verb) => {
                let value =
                    arguments.get(verb.argument).ok_or_else(|| verb.unsupported("not enough arguments"))?;
                let text = one(call, verb, value)?;
                call.make_text(text.literal().len())?;
                builder.push_text(&text);
            }
        }
        if builder.len() > super::LONGEST_TEXT {
            return Err(super::budget("length of a text"));
        }
    }
    Ok(builder.build())
}

fn one(call: &Call<'_>, verb: &Verb, value: &Value) -> Result<Text, CallError> {
    if value.is_null() && verb.mode != 'v' {
        return Err(verb.unsupported("null value cannot be formatted"));
    }
    match &value.data {
        Data::Unknown(unknown) => Ok(hole(verb, unknown)),
        Data::String(text) if text.as_known().is_none() => Ok(match verb.mode {
            's' | 'v' if !verb.sharp && verb.width.is_none() && verb.precision.is_none() => text.clone(),
            _ => hole(verb, &Unknown::because(super::causes(std::slice::from_ref(value), "format"))),
        }),
        Data::Sequence(..) | Data::Mapping(..) if verb.mode == 'v' => {
            let text = json::encode(value);
            Ok(match text.as_known() {
                Some(known) => Text::known(&padded(verb, known)),
                None if verb.width.is_none() => text,
                None => hole(verb, &Unknown::because(super::causes(std::slice::from_ref(value), "format"))),
            })
        }
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Mapping(..) => known(call, verb, value).map(|text| Text::known(&text)),
    }
}

/// The hole that an unknown value leaves; the value itself where the verb does not change strings. `%s` converts
/// to a string as a template does, `%v` writes numbers in its own way.
fn hole(verb: &Verb, unknown: &Unknown) -> Text {
    let unpadded = verb.width.is_none() && verb.precision.is_none();
    let text = match verb.mode {
        's' if unpadded => convert(&Value::unknown(unknown.clone()), &Type::String).ok(),
        'v' if unpadded && !verb.sharp && unknown.of_type == Type::String => {
            Some(Value::unknown(unknown.clone()))
        }
        _ => None,
    };
    let mut builder = TextBuilder::default();
    builder.push_hole(match text.as_ref().and_then(Value::as_unknown) {
        Some(text) => text.clone(),
        None => unknown_text(unknown),
    });
    builder.build()
}

fn known(call: &Call<'_>, verb: &Verb, value: &Value) -> Result<String, CallError> {
    let wanted =
        |of_type: &Type| convert(value, of_type).map_err(|error| verb.unsupported(&error.to_string()));
    match verb.mode {
        'v' => Ok(padded(verb, &as_is(verb, value)?)),
        't' => match wanted(&Type::Bool)?.as_bool() {
            Some(answer) => Ok(answer.to_string()),
            None => Err(verb.unsupported("bool required")),
        },
        's' | 'q' => {
            let text = wanted(&Type::String)?;
            let text = text.as_str().ok_or_else(|| verb.unsupported("string required"))?;
            let text = match verb.precision {
                // What Terraform makes of this is not on record.
                Some(0) => return Err(call.not_computed()),
                Some(longest) => text.graphemes(true).take(longest).collect(),
                None => text.to_owned(),
            };
            let text = if verb.mode == 'q' { quoted(&text) } else { text };
            Ok(padded(verb, &text))
        }
        mode => {
            let Ok(Value { data: Data::Number(number), .. }) = convert(value, &Type::Number) else {
                return Err(verb.unsupported("number required"));
            };
            match mode {
                'b' | 'd' | 'o' | 'x' | 'X' => whole(verb, &number),
                _ => fraction(call, verb, &number),
            }
        }
    }
}

fn as_is(verb: &Verb, value: &Value) -> Result<String, CallError> {
    match &value.data {
        Data::String(text) if !verb.sharp => Ok(text.literal().to_owned()),
        Data::Number(number) if !verb.sharp => {
            shortest(number, 'e').ok_or_else(|| verb.unsupported("not a number"))
        }
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Mapping(..)
        | Data::Unknown(_) => match json::encode(value).as_known() {
            Some(text) => Ok(text.to_owned()),
            None => Err(verb.unsupported("it cannot be written as JSON")),
        },
    }
}

fn quoted(text: &str) -> String {
    json::encode(&Value::string(text)).literal().to_owned()
}

fn padded(verb: &Verb, text: &str) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { format!("{text}{padding}") } else { format!("{padding}{text}") }
}

/// The sign to print before a number.
fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

fn whole(verb: &Verb, number: &Number) -> Result<String, CallError> {
    let integer = Some(number)
        .filter(|number| number.is_whole())
        .and_then(|number| number.to_string().parse::<IBig>().ok())
        .ok_or_else(|| verb.unsupported("an integer is required"))?;
    let negative = integer < IBig::ZERO;
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let magnitude = if negative { -integer } else { integer };
    let mut digits = magnitude.in_radix(radix).to_string();
    if verb.mode == 'X' {
        digits = digits.to_ascii_uppercase();
    }
    let sign = sign(verb, negative);
    let prefix = if verb.sharp { prefix } else { "" };
    let mut zeros = 0;
    if let Some(precision) = verb.precision {
        if digits == "0" && precision == 0 {
            return Ok(String::new());
        }
        zeros = precision.saturating_sub(digits.len());
    }
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    Ok([" ".repeat(left).as_str(), sign, prefix, &"0".repeat(zeros), &digits, &" ".repeat(right)].concat())
}

fn fraction(call: &Call<'_>, verb: &Verb, number: &Number) -> Result<String, CallError> {
    let exponent_letter = if verb.mode.is_ascii_uppercase() { 'E' } else { 'e' };
    let text = if number.is_infinite() {
        if number.is_negative() { "-Inf".to_owned() } else { "+Inf".to_owned() }
    } else {
        let decimal = Decimal::of(number).ok_or_else(|| call.not_computed())?;
        let text = match (verb.mode, verb.precision) {
            ('e' | 'E', precision) => {
                let digits = precision.unwrap_or(6);
                decimal
                    .rounded_to(digits + 1, number)
                    .map(|decimal| decimal.exponential(digits, exponent_letter))
            }
            ('f', precision) => {
                let after_point = precision.unwrap_or(6);
                let kept = decimal.point.saturating_add(i64::try_from(after_point).unwrap_or(0));
                match usize::try_from(kept) {
                    Ok(kept) => decimal.rounded_to(kept, number).map(|decimal| decimal.plain(after_point)),
                    // Smaller than half of the last place.
                    Err(_) => Some(Decimal { digits: Vec::new(), point: 0, ..decimal }.plain(after_point)),
                }
            }
            (_, None) => Some(decimal.general(None, exponent_letter)),
            (_, Some(precision)) => {
                let precision = precision.max(1);
                decimal
                    .rounded_to(precision, number)
                    .map(|decimal| decimal.general(Some(precision), exponent_letter))
            }
        };
        text.ok_or_else(|| call.not_computed())?
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => match text.strip_prefix('+') {
            Some(infinity) => (if verb.space { " " } else { "+" }, infinity),
            None => (sign(verb, false), text.as_str()),
        },
    };
    let missing = verb.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    Ok(if verb.minus {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else if verb.zero && !number.is_infinite() {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    })
}

/// `%v` of a number.
fn shortest(number: &Number, letter: char) -> Option<String> {
    if number.is_infinite() {
        return Some(if number.is_negative() { "-Inf" } else { "+Inf" }.to_owned());
    }
    Some(Decimal::of(number)?.general(None, letter))
}

/// The shortest decimal of a number: `0.DIGITS × 10^point`, no zeros at either end, no digits for zero.
#[derive(Clone)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn of(number: &Number) -> Option<Self> {
        let text = number.to_string();
        let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if !all.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let leading = all.iter().take_while(|digit| **digit == b'0').count();
        let mut digits = all.get(leading..).unwrap_or_default().to_vec();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = if digits.is_empty() {
            0
        } else {
            i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?
        };
        Some(Self { negative, digits, point })
    }

    /// Rounded to that many digits, ties to even; `None` where the shortest decimal seems to be a tie and the
    /// number itself is not.
    fn rounded_to(mut self, count: usize, exact: &Number) -> Option<Self> {
        let Some(next) = self.digits.get(count).copied() else { return Some(self) };
        let tie = next == b'5' && self.digits.len() == count + 1;
        if tie && !has_short_fraction(exact, self.digits.len(), self.point) {
            return None;
        }
        let odd =
            count.checked_sub(1).and_then(|last| self.digits.get(last)).is_some_and(|digit| digit % 2 == 1);
        let up = if tie { odd } else { next >= b'5' };
        self.digits.truncate(count);
        if up {
            loop {
                match self.digits.pop() {
                    Some(b'9') => {}
                    Some(digit) => {
                        self.digits.push(digit + 1);
                        break;
                    }
                    None => {
                        self.digits.push(b'1');
                        self.point += 1;
                        break;
                    }
                }
            }
        }
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        Some(self)
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    fn digit(&self, index: i64) -> char {
        usize::try_from(index)
            .ok()
            .and_then(|index| self.digits.get(index))
            .map_or('0', |digit| char::from(*digit))
    }

    fn plain(&self, after_point: usize) -> String {
        let mut out = self.sign().to_owned();
        if self.point > 0 {
            out.extend((0..self.point).map(|index| self.digit(index)));
        } else {
            out.push('0');
        }
        if after_point > 0 {
            out.push('.');
            let places = i64::try_from(after_point).unwrap_or(0);
            out.extend((0..places).map(|index| self.digit(self.point + index)));
        }
        out
    }

    fn exponential(&self, after_point: usize, letter: char) -> String {
        let mut out = self.sign().to_owned();
        out.push(self.digit(0));
        if after_point > 0 {
            out.push('.');
            let places = i64::try_from(after_point).unwrap_or(0);
            out.extend((1..=places).map(|index| self.digit(index)));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out + &format!("{letter}{sign}{:02}", exponent.abs())
    }

    /// Go's `%g`: with an exponent when that is below -4 or not below the precision, 6 for the shortest form.
    fn general(&self, precision: Option<usize>, letter: char) -> String {
        let count = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let limit = match precision {
            None => 6,
            Some(precision) => {
                let precision = i64::try_from(precision).unwrap_or(i64::MAX);
                if precision > count && count >= self.point { count } else { precision }
            }
        };
        let exponent = self.point - 1;
        if !self.digits.is_empty() && (exponent < -4 || exponent >= limit) {
            return self.exponential(self.digits.len().saturating_sub(1), letter);
        }
        self.plain(usize::try_from(count - self.point).unwrap_or(0))
    }
}

/// Whether a number is a decimal fraction in binary too, so that a tie is one.
fn has_short_fraction(number: &Number, digits: usize, point: i64) -> bool {
    let places = i64::try_from(digits).unwrap_or(i64::MAX).saturating_sub(point);
    let mut scaled = number.clone();
    for _ in 0..places.clamp(0, 600) {
        match scaled.add(&scaled) {
            Ok(doubled) => scaled = doubled,
            Err(_) => return false,
        }
    }
    places <= 600 && scaled.is_whole()
}
