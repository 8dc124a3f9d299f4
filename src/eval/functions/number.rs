//! Numeric functions.
//!
//! Enters: numbers. Leaves: numbers. What Terraform computes in 64-bit floats is computed only where every
//! implementation agrees on the last bit. Source: language.md 7, 16.

use super::{ANY_NUMBER, Call, CallError, Function, Parameter, Returns, argument, failed};
use crate::value::convert::convert;
use crate::value::{Data, Number, Type, Value};

const NUMBER: Parameter = Parameter::number("num");

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("abs", &[NUMBER], Returns::Number, |call| Ok(Value::number(call.number(0)?.abs()))),
    Function::new("ceil", &[NUMBER], Returns::Number, |call| Ok(Value::number(call.number(0)?.ceil()))),
    Function::new("floor", &[NUMBER], Returns::Number, |call| Ok(Value::number(call.number(0)?.floor()))),
    Function::new("log", &[NUMBER, Parameter::number("base")], Returns::Number, log),
    Function::new("max", &[], Returns::Number, max).with_rest(Parameter::number("numbers"), ANY_NUMBER),
    Function::new("min", &[], Returns::Number, min).with_rest(Parameter::number("numbers"), ANY_NUMBER),
    Function::new(
        "parseint",
        &[Parameter::any("number"), Parameter::number("base")],
        Returns::Number,
        parseint,
    ),
    Function::new("pow", &[NUMBER, Parameter::number("power")], Returns::Number, pow),
    Function::new("range", &[], Returns::Something, range).with_rest(Parameter::number("params"), ANY_NUMBER),
    Function::new("signum", &[NUMBER], Returns::Number, signum),
    Function::new("sum", &[Parameter::any("list")], Returns::Number, sum),
];

/// The most values of a range.
const LONGEST_RANGE: usize = 1024;

/// The largest whole number up to which 64-bit floats hold every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn from_float(call: &Call<'_>, value: f64) -> Result<Value, CallError> {
    // Terraform prints it at the precision of a double: only where that is all of it, both are the same.
    let exact = Number::from_f64(value)
        .filter(|exact| Number::parse_conversion(&value.to_string()).as_ref() == Some(exact));
    exact.map(Value::number).ok_or_else(|| call.not_computed())
}

fn log(call: &Call<'_>) -> Result<Value, CallError> {
    let (number, base) = (call.number(0)?.to_f64(), call.number(1)?.to_f64());
    let quotient = number.ln() / base.ln();
    let powers_of_two = is_power_of_two(number) && is_power_of_two(base);
    // Next to a whole number the last bit decides what `ceil` and `floor` make of it.
    if !quotient.is_finite()
        || (!powers_of_two
            && (quotient - quotient.round()).abs() < 1e-9
            && call.number(0)?.to_i64() != Some(1))
    {
        return Err(call.not_computed());
    }
    from_float(call, quotient)
}

fn is_power_of_two(value: f64) -> bool {
    (1.0..EXACT).contains(&value) && value.log2().fract() == 0.0 && value.fract() == 0.0
}

fn pow(call: &Call<'_>) -> Result<Value, CallError> {
    let (base, power) = (call.number(0)?, call.number(1)?);
    let (float_base, float_power) = (base.to_f64(), power.to_f64());
    if Number::from_f64(0.5) == Some(power.abs()) && float_base >= 0.0 {
        let root = float_base.sqrt();
        return from_float(call, if float_power < 0.0 { 1.0 / root } else { root });
    }
    let Some(exponent) = power.to_i64().filter(|exponent| exponent.abs() <= 1100) else {
        return match float_base {
            1.0 => from_float(call, 1.0),
            _ => Err(call.not_computed()),
        };
    };
    let mut product = 1.0_f64;
    for _ in 0..exponent.abs() {
        product *= float_base;
    }
    let exact = (base.is_whole() && product.abs() < EXACT) || is_power_of_two(float_base.abs());
    if !exact || !product.is_finite() {
        return Err(call.not_computed());
    }
    from_float(call, if exponent < 0 { 1.0 / product } else { product })
}

fn signum(call: &Call<'_>) -> Result<Value, CallError> {
    let number = call.number(0)?;
    if !number.is_whole() {
        return Err(argument(0, "a whole number is required"));
    }
    Ok(Value::number(Number::from(number.signum())))
}

fn max(call: &Call<'_>) -> Result<Value, CallError> {
    extreme(call, |best, next| next > best)
}

fn min(call: &Call<'_>) -> Result<Value, CallError> {
    extreme(call, |best, next| next < best)
}

fn extreme(call: &Call<'_>, better: impl Fn(&Number, &Number) -> bool) -> Result<Value, CallError> {
    if call.arguments.is_empty() {
        return Err(failed("must pass at least one number"));
    }
    let mut best = call.number(0)?;
    for position in 1..call.arguments.len() {
        let next = call.number(position)?;
        if better(best, next) {
            best = next;
        }
    }
    Ok(Value::number(best.clone()))
}

fn parseint(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.string(0).map_err(|_| argument(0, "first argument must be a string"))?;
    let base = call.number(1)?.to_u64().filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| argument(1, "base must be a whole number between 2 and 62 inclusive"))?;
    let invalid = || argument(0, format!("cannot parse {text:?} as a base {base} integer"));
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut values = Vec::with_capacity(digits.len().min(128));
    for digit in digits.bytes() {
        let value = digit_value(digit, base).ok_or_else(invalid)?;
        if values.len() > 80 {
            // More than 512 bits, which cannot be exact.
            return Err(call.not_computed());
        }
        values.push(value);
    }
    if values.is_empty() {
        return Err(invalid());
    }
    let base = Number::from(base);
    let mut number = Number::ZERO;
    for value in values {
        number = number
            .mul(&base)
            .and_then(|shifted| shifted.add(&Number::from(value)))
            .map_err(|error| failed(error.to_string()))?;
    }
    Ok(Value::number(if negative && !number.is_zero() { number.neg() } else { number }))
}

fn digit_value(digit: u8, base: u64) -> Option<u64> {
    let value = match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'z' => digit - b'a' + 10,
        b'A'..=b'Z' if base <= 36 => digit - b'A' + 10,
        b'A'..=b'Z' => digit - b'A' + 36,
        _ => return None,
    };
    Some(u64::from(value)).filter(|value| *value < base)
}

fn range(call: &Call<'_>) -> Result<Value, CallError> {
    let one = Number::from(1_i64);
    let step_to = |start: &Number, end: &Number| if end < start { one.neg() } else { one.clone() };
    let (start, end, step) = match call.arguments.len() {
        1 => (Number::ZERO, call.number(0)?.clone(), step_to(&Number::ZERO, call.number(0)?)),
        2 => (call.number(0)?.clone(), call.number(1)?.clone(), step_to(call.number(0)?, call.number(1)?)),
        3 => (call.number(0)?.clone(), call.number(1)?.clone(), call.number(2)?.clone()),
        _ => return Err(failed("must have one, two, or three arguments")),
    };
    if step.is_zero() {
        return Err(argument(2, "step must not be zero"));
    }
    let down = step.is_negative();
    if down && end > start {
        return Err(argument(1, "end must be less than start when step is negative"));
    }
    if !down && end < start {
        return Err(argument(1, "end must be greater than start when step is positive"));
    }
    let mut values = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if values.len() >= LONGEST_RANGE {
            return Err(failed(format!(
                "more than {LONGEST_RANGE} values were generated; either decrease the difference between start and end or use a smaller step"
            )));
        }
        values.push(Value::number(next.clone()));
        next = next.add(&step).map_err(|error| failed(error.to_string()))?;
    }
    call.make_elements(values.len())?;
    Ok(Value::list(Type::Number, values))
}

fn sum(call: &Call<'_>) -> Result<Value, CallError> {
    let Some((elements, _)) = call.get(0)?.as_sequence() else {
        return Err(argument(0, "cannot sum noniterable"));
    };
    if elements.is_empty() {
        return Err(argument(0, "cannot sum an empty list"));
    }
    let mut total = Number::ZERO;
    for element in elements {
        let converted = convert(element, &Type::Number);
        let Ok(Value { data: Data::Number(number), .. }) = converted else {
            return Err(argument(0, "argument must be list, set, or tuple of number values"));
        };
        total = total.add(&number).map_err(|error| failed(error.to_string()))?;
    }
    Ok(Value::number(total))
}
