//! Dates and times.
//!
//! Enters: RFC 3339 timestamps and Go's durations. Leaves: texts. No clock is read: `timestamp` and
//! `plantimestamp` are unknown. Source: language.md 16.

use super::{Call, CallError, Function, Parameter, Returns, argument, failed};
use crate::value::{Number, Value};

const TIMESTAMP: Parameter = Parameter::string("timestamp");

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "formatdate",
        &[Parameter::string("format"), Parameter::string("time")],
        Returns::String,
        formatdate,
    ),
    Function::new("plantimestamp", &[], Returns::String, |call| Ok(call.unknown())),
    Function::new("timeadd", &[TIMESTAMP, Parameter::string("duration")], Returns::String, timeadd),
    Function::new(
        "timecmp",
        &[Parameter::string("timestamp_a"), Parameter::string("timestamp_b")],
        Returns::Number,
        timecmp,
    ),
    Function::new("timestamp", &[], Returns::String, |call| Ok(call.unknown())),
];

const NANOSECONDS: i128 = 1_000_000_000;
const SECONDS_PER_DAY: i128 = 86_400;

static MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

static WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A moment with the offset that it was written with.
struct Moment {
    /// Nanoseconds since 1970 in UTC.
    nanoseconds: i128,
    /// Seconds east of UTC.
    offset: i128,
}

/// The parts of a moment as a clock at its offset shows them.
struct Shown {
    year: i128,
    month: usize,
    day: i128,
    weekday: usize,
    hour: i128,
    minute: i128,
    second: i128,
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| -> Option<i128> {
            let digits = text.get(range)?;
            digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let separators = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
        if !separators.iter().all(|(at, separator)| text.get(*at..at + 1) == Some(separator)) {
            return None;
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let valid = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !valid {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut fraction = 0;
        if let Some(after_point) = rest.strip_prefix('.') {
            let count = after_point.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, after) = after_point.split_at_checked(count)?;
            if digits.is_empty() {
                return None;
            }
            for place in 0..9 {
                let digit = digits.as_bytes().get(place).map_or(0, |digit| i128::from(digit - b'0'));
                fraction = fraction * 10 + digit;
            }
            rest = after;
        }
        let offset = if rest == "Z" {
            0
        } else {
            let sign = match rest.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = rest.get(1..)?.split_once(':')?;
            let two = |digits: &str, below: i128| -> Option<i128> {
                let valid = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
                valid.then(|| digits.parse().ok())?.filter(|number| *number < below)
            };
            sign * (two(hours, 24)? * 3600 + two(minutes, 60)? * 60)
        };
        let seconds =
            days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset;
        Some(Self { nanoseconds: seconds * NANOSECONDS + fraction, offset })
    }

    fn argument(call: &Call<'_>, position: usize) -> Result<Self, CallError> {
        let text = call.string(position)?;
        Self::parse(text)
            .ok_or_else(|| argument(position, format!("{text:?} is not a valid RFC3339 timestamp")))
    }

    fn shown(&self) -> Shown {
        let seconds = self.nanoseconds.div_euclid(NANOSECONDS) + self.offset;
        let days = seconds.div_euclid(SECONDS_PER_DAY);
        let in_day = seconds.rem_euclid(SECONDS_PER_DAY);
        let (year, month, day) = date(days);
        Shown {
            year,
            month: usize::try_from(month - 1).unwrap_or(0),
            day,
            // 1970-01-01 was a Thursday.
            weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0),
            hour: in_day / 3600,
            minute: in_day / 60 % 60,
            second: in_day % 60,
        }
    }

    /// The offset as `+05:30`, or with another separator.
    fn offset(&self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }
}

fn is_leap(year: i128) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_in_month(year: i128, month: i128) -> i128 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days before the first of January of a year, counted from year 0.
fn days_before_year(year: i128) -> i128 {
    let last = year - 1;
    365 * year + last.div_euclid(4) - last.div_euclid(100) + last.div_euclid(400) + 1
}

fn days_since_1970(year: i128, month: i128, day: i128) -> i128 {
    let in_year: i128 = (1..month).map(|month| days_in_month(year, month)).sum();
    days_before_year(year) - days_before_year(1970) + in_year + day - 1
}

/// The date that many days after 1970-01-01.
fn date(days: i128) -> (i128, i128, i128) {
    let since_0 = days + days_before_year(1970);
    let mut year = since_0.div_euclid(366);
    while days_before_year(year + 1) <= since_0 {
        year += ((since_0 - days_before_year(year + 1)) / 366).max(1);
    }
    let mut left = since_0 - days_before_year(year);
    let mut month = 1;
    while month < 12 && left >= days_in_month(year, month) {
        left -= days_in_month(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

fn formatdate(call: &Call<'_>) -> Result<Value, CallError> {
    let format = call.string(0)?;
    let moment = Moment::argument(call, 1)?;
    let shown = moment.shown();
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, after) =
                quoted(rest.get(1..).unwrap_or("")).ok_or_else(|| argument(0, "unterminated literal '"))?;
            out.push_str(&literal);
            rest = after;
            continue;
        }
        let end = rest.find(|character| character != first).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if first.is_ascii_alphabetic() {
            let text = verb(run, &moment, &shown)
                .ok_or_else(|| argument(0, format!("invalid date format verb {run:?}")))?;
            out.push_str(&text);
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    Ok(Value::string(out))
}

/// Reads up to the closing quote; two quotes are one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut literal = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('\'')?;
        literal.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                literal.push('\'');
                rest = more;
            }
            None => return Some((literal, after)),
        }
    }
}

fn verb(run: &str, moment: &Moment, shown: &Shown) -> Option<String> {
    let Shown { year, month, day, weekday, hour, minute, second } = *shown;
    let month_name = MONTHS.get(month)?;
    let weekday_name = WEEKDAYS.get(weekday)?;
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    Some(match run {
        "YYYY" => format!("{year:04}"),
        "YY" => format!("{:02}", year % 100),
        "MMMM" => (*month_name).to_owned(),
        "MMM" => month_name.get(..3)?.to_owned(),
        "MM" => format!("{:02}", month + 1),
        "M" => (month + 1).to_string(),
        "DD" => format!("{day:02}"),
        "D" => day.to_string(),
        "EEEE" => (*weekday_name).to_owned(),
        "EEE" => weekday_name.get(..3)?.to_owned(),
        "hh" => format!("{hour:02}"),
        "h" => hour.to_string(),
        "HH" => format!("{twelve:02}"),
        "H" => twelve.to_string(),
        "mm" => format!("{minute:02}"),
        "m" => minute.to_string(),
        "ss" => format!("{second:02}"),
        "s" => second.to_string(),
        "AA" => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        "aa" => if hour < 12 { "am" } else { "pm" }.to_owned(),
        "ZZZ" if moment.offset == 0 => "UTC".to_owned(),
        "ZZZZ" | "ZZZ" => moment.offset(""),
        "Z" if moment.offset == 0 => "Z".to_owned(),
        "ZZZZZ" | "Z" => moment.offset(":"),
        _ => return None,
    })
}

fn timeadd(call: &Call<'_>) -> Result<Value, CallError> {
    let moment = Moment::argument(call, 0)?;
    let text = call.string(1)?;
    let duration = duration(text).ok_or_else(|| argument(1, format!("time: invalid duration {text:?}")))?;
    let moment = Moment { nanoseconds: moment.nanoseconds + duration, ..moment };
    let Shown { year, month, day, hour, minute, second, .. } = moment.shown();
    if !(0..=9999).contains(&year) {
        return Err(failed("the result is out of the range of timestamps"));
    }
    let zone = if moment.offset == 0 { "Z".to_owned() } else { moment.offset(":") };
    Ok(Value::string(format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}", month + 1)))
}

/// A duration such as `-1h30m` or `1.5s` in nanoseconds.
fn duration(text: &str) -> Option<i128> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() || rest.len() > 200 {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest)?;
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after)?,
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after.find(|next: char| next == '.' || next.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOSECONDS,
            "m" => 60 * NANOSECONDS,
            "h" => 3600 * NANOSECONDS,
            _ => return None,
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()?.into() };
        total = total.checked_add(whole.checked_mul(unit)?)?;
        let fraction = fraction.get(..fraction.len().min(15)).unwrap_or("");
        if !fraction.is_empty() {
            let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
            total = total.checked_add(fraction.parse::<i128>().ok()?.checked_mul(unit)? / scale)?;
        }
        if total > i128::from(i64::MAX) {
            return None;
        }
        rest = after;
    }
    Some(sign * total)
}

fn digits(text: &str) -> Option<(&str, &str)> {
    text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn timecmp(call: &Call<'_>) -> Result<Value, CallError> {
    let (a, b) = (Moment::argument(call, 0)?, Moment::argument(call, 1)?);
    let order = a.nanoseconds.cmp(&b.nanoseconds) as i64;
    Ok(Value::number(Number::from(order)))
}

/// Whether a text is an RFC 3339 timestamp.
pub(super) fn is_timestamp(text: &str) -> bool {
    Moment::parse(text).is_some()
}
