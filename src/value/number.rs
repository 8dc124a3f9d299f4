//! Terraform's numbers: binary floats of 512 bits (language.md 7).
//!
//! Enters: decimal texts and machine numbers. Leaves: correctly rounded arithmetic, comparison by value
//! and the shortest decimal. Numbers whose magnitude lies outside of 2^±32768 are refused, never rounded,
//! so no text can ask for gigabytes.

use std::cmp::Ordering;
use std::fmt;

use dashu_int::UBig;
use dashu_int::ops::{BitTest, DivRem};

/// Bits of precision; every result is rounded to that many, ties to even.
const PRECISION: usize = 512;

/// The largest binary exponent of a finite number, either way.
const LARGEST_EXPONENT: i64 = 1 << 15;

/// The most digits of a literal that are read; more is not a number that anybody wrote.
const MOST_DIGITS: usize = 1 << 15;

/// A number.
#[derive(Clone, Debug)]
pub struct Number(Repr);

/// One representation a value, apart from the two zeros: what fits is `Small`, a mantissa is odd.
#[derive(Clone, Debug)]
enum Repr {
    Small(i64),
    NegativeZero,
    Binary(Binary),
    Infinite { negative: bool },
}

/// `mantissa × 2^exponent`
#[derive(Clone, Debug)]
struct Binary {
    negative: bool,
    mantissa: UBig,
    exponent: i64,
}

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// `0 / 0`, `∞ - ∞` and their kin.
    #[error("the result is not a number")]
    Undefined,
    /// The result lies outside of 2^±32768.
    #[error("the result is too large or too small to be represented")]
    OutOfRange,
}

impl Number {
    /// Zero.
    pub const ZERO: Self = Self(Repr::Small(0));

    /// Positive infinity, which `1 / 0` gives.
    pub const INFINITY: Self = Self(Repr::Infinite { negative: false });

    /// Reads a literal of HCL or JSON without its sign: digits, fraction, exponent.
    ///
    /// `None` for anything else and for what cannot be represented.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, rest) = digits(text);
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(after) => {
                let (fraction, rest) = digits(after);
                if fraction.is_empty() {
                    return None;
                }
                (fraction, rest)
            }
            None => ("", rest),
        };
        if whole.is_empty() {
            return None;
        }
        let exponent = match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => signed(exponent)?,
            None if rest.is_empty() => 0,
            None => return None,
        };
        decimal(false, whole, fraction, exponent, 0)
    }

    /// Reads a text where Terraform wants a number (language.md 4): also `+5`, `.5`, `5.`, `1p4`, `Inf`.
    #[must_use]
    pub fn parse_conversion(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if matches!(unsigned, "Inf" | "inf") {
            return Some(Self(Repr::Infinite { negative }));
        }
        let (whole, rest) = digits(unsigned);
        let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let (ten, two) = match (rest.strip_prefix(['e', 'E']), rest.strip_prefix(['p', 'P'])) {
            (Some(exponent), _) => (signed(exponent)?, 0),
            (None, Some(exponent)) => (0, signed(exponent)?),
            (None, None) if rest.is_empty() => (0, 0),
            (None, None) => return None,
        };
        decimal(negative, whole, fraction, ten, two)
    }

    /// Takes a double at its exact value; not a number has none.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        let negative = value.is_sign_negative();
        if value.is_infinite() {
            return Some(Self(Repr::Infinite { negative }));
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = match (bits >> 52) & 0x7ff {
            0 => (fraction, -1074),
            biased => (fraction | (1 << 52), i64::try_from(biased).unwrap_or(0) - 1075),
        };
        round(negative, UBig::from(mantissa), exponent).ok()
    }

    /// The value, when it is whole and fits.
    #[must_use]
    pub const fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(value) => Some(*value),
            Repr::NegativeZero => Some(0),
            Repr::Binary(_) | Repr::Infinite { .. } => None,
        }
    }

    /// The value, when it is whole, not negative and fits.
    #[must_use]
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Small(value) => u64::try_from(*value).ok(),
            Repr::NegativeZero => Some(0),
            Repr::Binary(binary) if !binary.negative && (0..64).contains(&binary.exponent) => {
                u64::try_from(&binary.mantissa << shift(binary.exponent)).ok()
            }
            Repr::Binary(_) | Repr::Infinite { .. } => None,
        }
    }

    /// The nearest double; infinite when out of its range.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "rounding to the nearest double is what is asked for")]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::NegativeZero => -0.0,
            Repr::Infinite { negative: true } => f64::NEG_INFINITY,
            Repr::Infinite { negative: false } => f64::INFINITY,
            Repr::Small(value) => *value as f64,
            // Its digits stand for it within 2^-513 of itself, far finer than any double.
            Repr::Binary(_) => self.to_string().parse().unwrap_or(0.0),
        }
    }

    /// Whether it has no fraction; infinities have none.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        match &self.0 {
            Repr::Small(_) | Repr::NegativeZero | Repr::Infinite { .. } => true,
            Repr::Binary(binary) => binary.exponent >= 0,
        }
    }

    /// Whether it is below zero; negative zero is not.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(value) => *value < 0,
            Repr::NegativeZero => false,
            Repr::Binary(Binary { negative, .. }) | Repr::Infinite { negative } => *negative,
        }
    }

    /// Whether it is zero, of either sign.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0) | Repr::NegativeZero)
    }

    /// Whether it is infinite; such a number cannot be written as JSON.
    #[must_use]
    pub const fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinite { .. })
    }

    /// `self + other`
    pub fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        match (&self.0, &other.0) {
            (Repr::Small(left), Repr::Small(right)) => {
                if let Some(sum) = left.checked_add(*right) {
                    return Ok(Self(Repr::Small(sum)));
                }
            }
            (Repr::NegativeZero, Repr::NegativeZero) => return Ok(Self(Repr::NegativeZero)),
            (Repr::Infinite { negative: left }, Repr::Infinite { negative: right }) if left != right => {
                return Err(ArithmeticError::Undefined);
            }
            (Repr::Infinite { .. }, _) => return Ok(self.clone()),
            (_, Repr::Infinite { .. }) => return Ok(other.clone()),
            (
                Repr::Small(_) | Repr::NegativeZero | Repr::Binary(_),
                Repr::Small(_) | Repr::NegativeZero | Repr::Binary(_),
            ) => {}
        }
        let (Some(left), Some(right)) = (self.binary(), other.binary()) else {
            return Err(ArithmeticError::Undefined);
        };
        let exponent = left.exponent.min(right.exponent);
        let scaled_left = &left.mantissa << shift(left.exponent - exponent);
        let scaled_right = &right.mantissa << shift(right.exponent - exponent);
        if left.negative == right.negative {
            return round(left.negative, scaled_left + scaled_right, exponent);
        }
        match scaled_left.cmp(&scaled_right) {
            Ordering::Equal => Ok(Self::ZERO),
            Ordering::Greater => round(left.negative, scaled_left - scaled_right, exponent),
            Ordering::Less => round(right.negative, scaled_right - scaled_left, exponent),
        }
    }

    /// `self - other`
    pub fn sub(&self, other: &Self) -> Result<Self, ArithmeticError> {
        self.add(&other.neg())
    }

    /// `self * other`
    pub fn mul(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let negative = self.has_minus() != other.has_minus();
        if self.is_infinite() || other.is_infinite() {
            return if self.is_zero() || other.is_zero() {
                Err(ArithmeticError::Undefined)
            } else {
                Ok(Self(Repr::Infinite { negative }))
            };
        }
        if self.is_zero() || other.is_zero() {
            return Ok(zero(negative));
        }
        if let (Repr::Small(left), Repr::Small(right)) = (&self.0, &other.0)
            && let Some(product) = left.checked_mul(*right)
        {
            return Ok(Self(Repr::Small(product)));
        }
        let (Some(left), Some(right)) = (self.binary(), other.binary()) else {
            return Err(ArithmeticError::Undefined);
        };
        round(negative, left.mantissa * right.mantissa, left.exponent + right.exponent)
    }

    /// `self / other`; by zero it is infinite, zero by zero is undefined.
    pub fn checked_div(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let negative = self.has_minus() != other.has_minus();
        match (self.is_infinite(), other.is_infinite(), self.is_zero(), other.is_zero()) {
            (true, true, _, _) | (_, _, true, true) => return Err(ArithmeticError::Undefined),
            (true, false, _, _) | (_, _, false, true) => return Ok(Self(Repr::Infinite { negative })),
            (false, true, _, _) | (_, _, true, false) => return Ok(zero(negative)),
            (false, false, false, false) => {}
        }
        let (Some(left), Some(right)) = (self.binary(), other.binary()) else {
            return Err(ArithmeticError::Undefined);
        };
        quotient(negative, &left.mantissa, &right.mantissa, left.exponent - right.exponent)
    }

    /// `self % other` with the sign of `self`; by zero or by infinity it is `self`.
    pub fn remainder(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if other.is_zero() || other.is_infinite() {
            return Ok(self.clone());
        }
        if let (Repr::Small(left), Repr::Small(right)) = (&self.0, &other.0) {
            return Ok(Self(Repr::Small(left.checked_rem(*right).unwrap_or(0))));
        }
        if self.is_infinite() {
            return Err(ArithmeticError::Undefined);
        }
        // Terraform rounds the quotient before it cuts the fraction off, so `0.3 % 0.1` is as good as its division.
        let times = self.checked_div(other)?.trunc();
        self.sub(&times.mul(other)?)
    }

    /// `-self`; the negative of zero is negative zero.
    #[must_use]
    pub fn neg(&self) -> Self {
        match &self.0 {
            Repr::Small(0) => Self(Repr::NegativeZero),
            Repr::NegativeZero => Self::ZERO,
            Repr::Small(value) => match value.checked_neg() {
                Some(value) => Self(Repr::Small(value)),
                None => Self::from(value.unsigned_abs()),
            },
            Repr::Binary(binary) => {
                canonical(Binary { negative: !binary.negative, ..binary.clone() }).unwrap_or(Self::ZERO)
            }
            Repr::Infinite { negative } => Self(Repr::Infinite { negative: !negative }),
        }
    }

    /// The greatest whole number that is not greater.
    #[must_use]
    pub fn floor(&self) -> Self {
        let cut = self.trunc();
        if cut > *self { cut.sub(&Self::from(1_i64)).unwrap_or(cut) } else { cut }
    }

    /// The smallest whole number that is not smaller.
    #[must_use]
    pub fn ceil(&self) -> Self {
        let cut = self.trunc();
        if cut < *self { cut.add(&Self::from(1_i64)).unwrap_or(cut) } else { cut }
    }

    /// The number without its fraction.
    #[must_use]
    pub fn trunc(&self) -> Self {
        match &self.0 {
            Repr::Binary(binary) if binary.exponent < 0 => {
                let mantissa = &binary.mantissa >> shift(-binary.exponent);
                round(binary.negative, mantissa, 0)
                    .map_or(Self::ZERO, |cut| if cut.is_zero() { Self::ZERO } else { cut })
            }
            Repr::Small(_) | Repr::NegativeZero | Repr::Binary(_) | Repr::Infinite { .. } => self.clone(),
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.has_minus() { self.neg() } else { self.clone() }
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn signum(&self) -> i64 {
        match self.cmp(&Self::ZERO) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }

    const fn has_minus(&self) -> bool {
        self.is_negative() || matches!(self.0, Repr::NegativeZero)
    }

    /// The finite number as mantissa and exponent; the mantissa may be zero or even.
    fn binary(&self) -> Option<Binary> {
        match &self.0 {
            Repr::Small(value) => {
                Some(Binary { negative: *value < 0, mantissa: UBig::from(value.unsigned_abs()), exponent: 0 })
            }
            Repr::NegativeZero => Some(Binary { negative: true, mantissa: UBig::ZERO, exponent: 0 }),
            Repr::Binary(binary) => Some(binary.clone()),
            Repr::Infinite { .. } => None,
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(small) => Self(Repr::Small(small)),
            Err(_) => canonical(Binary { negative: false, mantissa: UBig::from(value), exponent: 0 })
                .unwrap_or(Self::ZERO),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// Compares by value: the two zeros are equal.
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(left), Repr::Small(right)) => return left.cmp(right),
            (Repr::Infinite { negative: left }, Repr::Infinite { negative: right }) => {
                return right.cmp(left);
            }
            (Repr::Infinite { negative }, _) => {
                return if *negative { Ordering::Less } else { Ordering::Greater };
            }
            (_, Repr::Infinite { negative }) => {
                return if *negative { Ordering::Greater } else { Ordering::Less };
            }
            (
                Repr::Small(_) | Repr::NegativeZero | Repr::Binary(_),
                Repr::Small(_) | Repr::NegativeZero | Repr::Binary(_),
            ) => {}
        }
        match (self.is_negative(), other.is_negative()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (negative, _) => {
                let order = compare_magnitudes(self.binary(), other.binary());
                if negative { order.reverse() } else { order }
            }
        }
    }
}

impl fmt::Display for Number {
    /// Writes the shortest decimal that reads back equal, never with an exponent (language.md 4, 7).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(value) => write!(f, "{value}"),
            Repr::NegativeZero => f.write_str("-0"),
            Repr::Infinite { negative: false } => f.write_str("+Inf"),
            Repr::Infinite { negative: true } => f.write_str("-Inf"),
            Repr::Binary(binary) => f.write_str(&shortest_decimal(binary)),
        }
    }
}

/// Splits the leading decimal digits off.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Reads an exponent; one too large to matter is cut, so that `0e9999999999` is still zero.
fn signed(text: &str) -> Option<i64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (found, rest) = digits(unsigned);
    if found.is_empty() || !rest.is_empty() {
        return None;
    }
    let magnitude = found.parse().unwrap_or(i64::from(u32::MAX)).min(i64::from(u32::MAX));
    Some(if negative { -magnitude } else { magnitude })
}

/// `whole.fraction × 10^ten × 2^two`, rounded.
fn decimal(negative: bool, whole: &str, fraction: &str, ten: i64, two: i64) -> Option<Number> {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let significant = if whole.is_empty() { fraction.trim_start_matches('0') } else { fraction };
    if whole.is_empty() && significant.is_empty() {
        return Some(zero(negative));
    }
    if whole.len() + fraction.len() > MOST_DIGITS {
        return None;
    }
    let ten = ten - length(fraction.len());
    if ten == 0 && two == 0 && whole.len() <= 18 {
        let value: i64 = whole.parse().ok()?;
        return Some(Number(Repr::Small(if negative { -value } else { value })));
    }
    // Far beyond what can be represented; the digits themselves move the point by `MOST_DIGITS` at most.
    if ten.abs() > 3 * LARGEST_EXPONENT || two.abs() > 6 * LARGEST_EXPONENT {
        return None;
    }
    let mantissa = UBig::from_str_radix(&format!("{whole}{significant}"), 10).ok()?;
    let fives = UBig::from(5_u8).pow(shift(ten.abs()));
    let exponent = ten + two;
    if ten >= 0 {
        round(negative, mantissa * fives, exponent).ok()
    } else {
        quotient(negative, &mantissa, &fives, exponent).ok()
    }
}

/// `dividend / divisor × 2^exponent`, correctly rounded.
fn quotient(
    negative: bool,
    dividend: &UBig,
    divisor: &UBig,
    exponent: i64,
) -> Result<Number, ArithmeticError> {
    let scale = (PRECISION + 2 + divisor.bit_len()).saturating_sub(dividend.bit_len());
    let (mut result, rest) = (dividend << scale).div_rem(divisor);
    if !rest.is_zero() {
        // Below the bit that decides the rounding: only says that something follows.
        result.set_bit(0);
    }
    round(negative, result, exponent - length(scale))
}

/// Rounds to the precision, ties to even.
fn round(negative: bool, mantissa: UBig, exponent: i64) -> Result<Number, ArithmeticError> {
    let excess = mantissa.bit_len().saturating_sub(PRECISION);
    if excess == 0 {
        return canonical(Binary { negative, mantissa, exponent });
    }
    let half = mantissa.bit(excess - 1);
    let beyond = mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
    let mut rounded = mantissa >> excess;
    if half && (beyond || rounded.bit(0)) {
        rounded += 1_u8;
    }
    canonical(Binary { negative, mantissa: rounded, exponent: exponent + length(excess) })
}

/// The one representation of a number that has at most the precision.
fn canonical(binary: Binary) -> Result<Number, ArithmeticError> {
    let Some(zeros) = binary.mantissa.trailing_zeros() else { return Ok(zero(binary.negative)) };
    let mantissa = binary.mantissa >> zeros;
    let exponent = binary.exponent + length(zeros);
    let top = length(mantissa.bit_len()) + exponent;
    if top.abs() > LARGEST_EXPONENT {
        return Err(ArithmeticError::OutOfRange);
    }
    if (0..64).contains(&exponent)
        && top <= 64
        && let Ok(magnitude) = u64::try_from(&mantissa << shift(exponent))
    {
        let small = if binary.negative {
            0_i64.checked_sub_unsigned(magnitude)
        } else {
            i64::try_from(magnitude).ok()
        };
        if let Some(small) = small {
            return Ok(Number(Repr::Small(small)));
        }
    }
    Ok(Number(Repr::Binary(Binary { negative: binary.negative, mantissa, exponent })))
}

const fn zero(negative: bool) -> Number {
    if negative { Number(Repr::NegativeZero) } else { Number::ZERO }
}

fn compare_magnitudes(left: Option<Binary>, right: Option<Binary>) -> Ordering {
    let (Some(left), Some(right)) = (left, right) else { return Ordering::Equal };
    let by_zero = (!left.mantissa.is_zero()).cmp(&!right.mantissa.is_zero());
    let top = |binary: &Binary| length(binary.mantissa.bit_len()) + binary.exponent;
    by_zero
        .then_with(|| if left.mantissa.is_zero() { Ordering::Equal } else { top(&left).cmp(&top(&right)) })
        .then_with(|| {
            let exponent = left.exponent.min(right.exponent);
            (&left.mantissa << shift(left.exponent - exponent))
                .cmp(&(&right.mantissa << shift(right.exponent - exponent)))
        })
}

/// The fewest digits that lie within half a last place of the number, as close to it as so many can be.
///
/// As in Terraform, half a last place counts the same in both directions: below a power of two, where the
/// neighbour is nearer, a tiny power may read back as that neighbour.
fn shortest_decimal(binary: &Binary) -> String {
    // One bit more than the precision, so that half a last place is 1.
    let widen = (PRECISION + 1).saturating_sub(binary.mantissa.bit_len());
    let middle = &binary.mantissa << widen;
    let exponent = binary.exponent - length(widen);
    let even = !middle.bit(1);
    let (scale, point) = if exponent < 0 {
        (UBig::from(5_u8).pow(shift(-exponent)), exponent)
    } else {
        (UBig::ONE << shift(exponent), 0)
    };
    let lower = ((&middle - 1_u8) * &scale).to_string();
    let upper = ((&middle + 1_u8) * &scale).to_string();
    let exact = (middle * scale).to_string();
    let point = length(exact.len()) + point;
    place_point(binary.negative, &round_digits(&exact, &lower, &upper, even), point)
}

/// Cuts `exact` at the first place where a neighbouring decimal stays between the bounds, which count
/// themselves when `inclusive`.
fn round_digits(exact: &str, lower: &str, upper: &str, inclusive: bool) -> String {
    let exact = exact.trim_end_matches('0').as_bytes();
    let lower = lower.trim_end_matches('0').as_bytes();
    let upper = upper.trim_end_matches('0').as_bytes();
    let digit = |digits: &[u8], at: usize| digits.get(at).copied().unwrap_or(b'0');
    for (at, middle) in exact.iter().copied().enumerate() {
        let (below, above) = (digit(lower, at), digit(upper, at));
        let down = below != middle || (inclusive && at + 1 == lower.len());
        let up = above != middle && (inclusive || middle + 1 < above || at + 1 < upper.len());
        let kept = exact.get(..=at).unwrap_or(exact);
        let rest = exact.get(at + 1..).unwrap_or_default();
        let nearer_up = match rest.first() {
            Some(b'5') if rest.len() == 1 => middle % 2 == 1,
            Some(next) => *next >= b'5',
            None => false,
        };
        match (down, up) {
            (true, true) if nearer_up => return increment(kept),
            (true, _) => return text(kept),
            (false, true) => return increment(kept),
            (false, false) => {}
        }
    }
    text(exact)
}

/// The digits plus one in the last place; one digit longer, with a leading zero otherwise cut, after an overflow.
fn increment(digits: &[u8]) -> String {
    let mut digits = digits.to_vec();
    let mut at = digits.len();
    while let Some(digit) = at.checked_sub(1).and_then(|index| digits.get_mut(index)) {
        if *digit != b'9' {
            *digit += 1;
            return text(&digits);
        }
        *digit = b'0';
        at -= 1;
    }
    format!("+1{}", text(&digits))
}

fn text(digits: &[u8]) -> String {
    String::from_utf8_lossy(digits).into_owned()
}

/// Writes digits whose first stands `point` places left of the decimal point.
fn place_point(negative: bool, digits: &str, point: i64) -> String {
    // An overflow in `increment` moved the point by one.
    let (digits, point) = match digits.strip_prefix('+') {
        Some(rest) => (rest, point + 1),
        None => (digits, point),
    };
    let digits = digits.trim_end_matches('0');
    let sign = if negative { "-" } else { "" };
    if point <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(shift(-point)));
    }
    match digits.split_at_checked(shift(point)) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{digits}{}", "0".repeat(shift(point).saturating_sub(digits.len()))),
    }
}

/// A difference of exponents, known not to be negative, as a shift.
fn shift(difference: i64) -> usize {
    usize::try_from(difference).unwrap_or(0)
}

fn length(bits: usize) -> i64 {
    i64::try_from(bits).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Number {
        Number::parse_conversion(text).unwrap()
    }

    #[test]
    fn reads_literals() {
        let table = [
            ("0", Some("0")),
            ("01", Some("1")),
            ("1.50", Some("1.5")),
            ("1e3", Some("1000")),
            ("1E+3", Some("1000")),
            ("1.5e-3", Some("0.0015")),
            ("1e21", Some("1000000000000000000000")),
            ("123456789.123456789", Some("123456789.123456789")),
            ("9223372036854775807", Some("9223372036854775807")),
            ("9223372036854775808", Some("9223372036854775808")),
            ("100000000000000000000000000000000000001", Some("100000000000000000000000000000000000001")),
            ("0e9999999999999999999999", Some("0")),
            ("1e1000000000", None),
            ("1e-1000000000", None),
            ("1e99999999999999999999999", None),
            (".5", None),
            ("1.", None),
            ("0x1F", None),
            ("1_000", None),
            ("-1", None),
            ("", None),
            ("1e", None),
        ];
        for (text, expected) in table {
            assert_eq!(Number::parse(text).map(|number| number.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn converts_strings() {
        let table = [
            ("+5", Some("5")),
            ("-5", Some("-5")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("1e3", Some("1000")),
            ("0123", Some("123")),
            ("1p4", Some("16")),
            ("1p-2", Some("0.25")),
            ("Inf", Some("+Inf")),
            ("-Inf", Some("-Inf")),
            ("-0", Some("-0")),
            ("-9223372036854775808", Some("-9223372036854775808")),
            ("", None),
            (" 5", None),
            ("5 ", None),
            ("0x1f", None),
            ("0o17", None),
            ("1_000", None),
            ("NaN", None),
            (".", None),
            (".e3", None),
            ("--5", None),
            ("1p999999999", None),
        ];
        for (text, expected) in table {
            let found = Number::parse_conversion(text).map(|number| number.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn computes() {
        let third = number("1").checked_div(&number("3")).unwrap();
        let shown = third.to_string();
        assert_eq!(shown, format!("0.{}5", "3".repeat(154)));
        assert_eq!(third.mul(&number("3")).unwrap(), number("1"));
        assert_eq!(number("0.1").add(&number("0.2")).unwrap(), number("0.3"));
        let square = number("1.1").mul(&number("1.1")).unwrap();
        assert_ne!(square, number("1.21"));
        assert_eq!(number(&square.to_string()), square);
        let large = number("9223372036854775807").add(&number("1")).unwrap();
        assert_eq!(large.to_string(), "9223372036854775808");
        assert_eq!(large.to_u64(), Some(1 << 63));
        assert_eq!(large.neg().to_i64(), Some(i64::MIN));
        assert_eq!(Number::from(i64::MIN).neg().to_string(), "9223372036854775808");
    }

    #[test]
    fn divides_by_zero_as_terraform_does() {
        let (zero, one, inf) = (number("0"), number("1"), number("Inf"));
        assert_eq!(one.checked_div(&zero), Ok(inf.clone()));
        assert_eq!(one.neg().checked_div(&zero), Ok(inf.neg()));
        assert!(zero.checked_div(&zero).is_err());
        assert!(inf.sub(&inf).is_err());
        assert!(inf.mul(&zero).is_err());
        assert_eq!(one.checked_div(&inf), Ok(zero));
    }

    #[test]
    fn takes_the_truncated_remainder() {
        let table = [
            ("10", "3", "1"),
            ("-10", "3", "-1"),
            ("10", "-3", "1"),
            ("5.5", "2", "1.5"),
            ("-5.5", "2", "-1.5"),
            ("5", "0", "5"),
            ("5", "Inf", "5"),
            ("-9223372036854775808", "-1", "0"),
        ];
        for (left, right, expected) in table {
            let found = number(left).remainder(&number(right)).unwrap().to_string();
            assert_eq!(found, expected, "{left} % {right}");
        }
    }

    #[test]
    fn rounds_to_whole_numbers() {
        let table = [
            ("5.1", "5", "6"),
            ("-5.1", "-6", "-5"),
            ("5", "5", "5"),
            ("0.5", "0", "1"),
            ("-0.5", "-1", "0"),
            ("1e30", "1000000000000000000000000000000", "1000000000000000000000000000000"),
        ];
        for (text, floor, ceil) in table {
            let number = number(text);
            assert_eq!((number.floor().to_string(), number.ceil().to_string()), (floor.into(), ceil.into()));
        }
    }

    #[test]
    fn knows_negative_zero() {
        let zero = Number::parse("0.0").unwrap().neg();
        assert_eq!(zero.to_string(), "-0");
        assert_eq!(zero, Number::ZERO);
        assert!(!zero.is_negative());
        assert_eq!(zero.to_i64(), Some(0));
        assert_eq!(zero.neg().to_string(), "0");
    }

    #[test]
    fn orders_by_value() {
        let ascending = [
            "-Inf",
            "-1e30",
            "-9223372036854775808",
            "-1.5",
            "-1",
            "-0.5",
            "0",
            "1e-300",
            "0.5",
            "1",
            "1.5",
            "10",
            "1e30",
            "Inf",
        ];
        for (at, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(number(left).cmp(&number(right)), at.cmp(&other), "{left} {right}");
            }
        }
    }

    #[test]
    fn goes_through_doubles() {
        for value in [0.0, -0.0, 0.1, 1.5, -2.25, 1e300, 5e-324, f64::MAX, 123_456_789.0] {
            let number = Number::from_f64(value).unwrap();
            assert_eq!(number.to_f64().to_bits(), value.to_bits(), "{value}");
        }
        assert!(Number::from_f64(f64::NAN).is_none());
        assert_eq!(Number::from_f64(3.0).and_then(|number| number.to_i64()), Some(3));
    }

    #[test]
    fn prints_extremes() {
        assert_eq!(number("1e-5").to_string(), "0.00001");
        assert_eq!(number("9.5").to_string(), "9.5");
        assert_eq!(number("0.999").to_string(), "0.999");
        assert_eq!(number("1e9000").to_string().len(), 9001);
        let nines = "9".repeat(200);
        assert_eq!(number(&nines).to_string(), format!("1{}", "0".repeat(200)));
    }
}
