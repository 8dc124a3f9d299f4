//! Values of root variables in Terraform's precedence: environment, tfvars, `--var`, `--var-file`.
//!
//! Enters: file names and options. Leaves: [`Given`] per variable; text becomes a value in `eval`.

use std::collections::BTreeMap;

use crate::address::Name;
use crate::source::Span;
use crate::syntax::Expr;

/// The values given to the variables of one root module; the strongest for each.
pub type VariableValues = BTreeMap<Name, Given>;

/// A value given to a root variable.
#[derive(Clone, Debug)]
pub struct Given {
    /// What was given.
    pub value: GivenValue,
    /// Where: the name in a tfvars file, or the whole of a text that stands for an option.
    pub span: Span,
}

/// The form of a given value.
#[derive(Clone, Debug)]
pub enum GivenValue {
    /// An expression of a tfvars file, constant. `literal`: from JSON, where strings are no templates.
    Expression(Expr, bool),
    /// The text of `TF_VAR_x` or `--var`: the string itself, or HCL, by the declared type
    /// (language.md 5). `parsed` is the text read as an expression, when it can be.
    Text(Name, Option<Expr>),
}
