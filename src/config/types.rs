//! Type constraints: `type = object({ name = optional(string, "x") })`.
//!
//! Enters: the expression of a `type` argument. Leaves: [`Constraint`]: the shape, with the defaults of
//! `optional()` as expressions. Source: language.md 5.

use std::collections::BTreeMap;

use crate::address::Name;
use crate::syntax::Expr;

/// A type constraint.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// `any`
    Any,
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(T)`
    List(Box<Constraint>),
    /// `set(T)`
    Set(Box<Constraint>),
    /// `map(T)`
    Map(Box<Constraint>),
    /// `tuple([…])`
    Tuple(Vec<Constraint>),
    /// `object({…})`
    Object(BTreeMap<Name, ConstraintField>),
}

/// One attribute of an object constraint.
#[derive(Clone, Debug)]
pub struct ConstraintField {
    /// Its type.
    pub of: Constraint,
    /// Whether it is `optional(…)`.
    pub optional: bool,
    /// The default of `optional(T, default)`: constant.
    pub default: Option<Expr>,
}
