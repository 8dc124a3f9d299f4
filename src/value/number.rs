//! Terraform's numbers: binary floats of 512 bits (language.md 7).
//!
//! Enters: decimal texts and machine integers. Leaves: exact arithmetic and the shortest decimal.

use std::fmt;

/// A number.
#[derive(Clone, Debug, PartialEq)]
pub struct Number(f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value as f64)
    }
}
