//! Expressions to values.

pub mod functions;
