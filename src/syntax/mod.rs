//! Text to tree, one file at a time: what is written, not what it means.
//!
//! Enters: the text of a `.tf`, `.tf.json`, tfvars or template file. Leaves: [`Body`] and [`Expr`], every
//! node with its [`Span`], one shape for native and JSON syntax. The parser crates appear in `native.rs`,
//! `prepare.rs`, `lower.rs` and `json.rs` only. Must never import values.

pub mod json;
mod lower;
pub mod native;
mod prepare;
mod scan;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use crate::address::Name;
use crate::source::{Diagnostic, Span};

/// What was read from one file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The top-level items.
    pub body: Body,
    /// Every comment, in order; also where parsing failed. Empty for JSON.
    pub comments: Vec<Comment>,
    /// Items that could not be read: their text is missing from `body`.
    pub lost: Vec<Lost>,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// A comment, with its marks.
#[derive(Clone, Debug)]
pub struct Comment {
    /// The place, marks included.
    pub span: Span,
    /// The text without `#`, `//`, `/*`, `*/`, trimmed.
    pub text: Name,
}

/// A top-level item that did not parse.
#[derive(Clone, Debug)]
pub struct Lost {
    /// The place.
    pub span: Span,
    /// The words and labels of the header, when it could be read: `["resource", "aws_s3_bucket", "b"]`.
    pub header: Vec<Name>,
}

/// The content of a file or block.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// `name = value`, in source order. In JSON also what may be a block: see [`Attribute::json`].
    pub attributes: Vec<Attribute>,
    /// Blocks, in source order.
    pub blocks: Vec<Block>,
}

impl Body {
    /// The attribute of that name; the last one when it was written twice.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().rev().find(|attribute| &*attribute.name == name)
    }

    /// The blocks of that type, in source order.
    pub fn blocks_of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind == kind)
    }
}

/// `name = value`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Name,
    /// The place of the name.
    pub name_span: Span,
    /// The value.
    pub value: Expr,
    /// Whether it was written in JSON, where an object or a list of objects may stand for blocks: the
    /// reader decides by the name (language.md 1).
    pub json: bool,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// The block type.
    pub kind: Name,
    /// The labels with their places.
    pub labels: Vec<(Name, Span)>,
    /// The content.
    pub body: Body,
    /// The header: type and labels.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

impl Block {
    /// The label at that position.
    #[must_use]
    pub fn label(&self, index: usize) -> Option<&Name> {
        self.labels.get(index).map(|(label, _)| label)
    }
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: Arc<ExprKind>,
    /// The place.
    pub span: Span,
}

impl Expr {
    /// An expression.
    #[must_use]
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind: Arc::new(kind), span }
    }
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as it is written.
    Number(Name),
    /// A string without interpolation, unescaped and in NFC.
    String(Name),
    /// A quoted string, heredoc or JSON string with interpolations or directives. Its value is a string
    /// also when a single interpolation is left of it, as in `"${x ~} "`; `"${x}"` is `x` itself.
    Template(Template),
    /// A bare name, or the root of a traversal: `var`, `aws_s3_bucket`, `each`.
    Variable(Name),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{ a = b }`
    Object(Vec<ObjectItem>),
    /// `a.b`
    Attribute(Expr, Name),
    /// `a[b]`; `a.0` with a number.
    Index(Expr, Expr),
    /// `a[*].b[0]` (`full`: everything after it applies to each element) or `a.*.b` (only attributes
    /// belong to it; what follows applies to the result). `rest` holds what is applied to each element.
    Splat {
        /// What is splatted.
        source: Expr,
        /// What is applied to each element.
        rest: Vec<SplatStep>,
    },
    /// `f(a, b...)`
    Call(Call),
    /// `[for k, v in c : e if x]`, `{for k, v in c : key => e... if x}`
    For(For),
    /// `c ? a : b`
    Conditional(Expr, Expr, Expr),
    /// `!a`, `-a`
    Unary(UnaryOperator, Expr),
    /// `a + b`
    Binary(BinaryOperator, Expr, Expr),
    /// `(a)`
    Parenthesis(Expr),
}

/// One step of a splat.
#[derive(Clone, Debug)]
pub enum SplatStep {
    /// `.name`
    Attribute(Name, Span),
    /// `[expr]`, `.0`
    Index(Expr),
    /// A second `[*]` or `.*` within: applies the steps after it to each element of the element.
    Splat(Span),
}

/// `key = value` in an object.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// A bare identifier is a [`ExprKind::String`].
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// A function call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The name with its namespace, such as `provider::aws::arn_parse`; `core::` is taken away.
    pub name: Name,
    /// The place of the name.
    pub name_span: Span,
    /// The arguments.
    pub arguments: Vec<Expr>,
    /// Whether the last one is expanded with `...`.
    pub expand: bool,
}

/// A `for` expression.
#[derive(Clone, Debug)]
pub struct For {
    /// The name of the key or index, when two names are given.
    pub key_name: Option<Name>,
    /// The name of the element.
    pub value_name: Name,
    /// What it goes over.
    pub collection: Expr,
    /// The key of each result, for `{for …}`.
    pub key: Option<Expr>,
    /// Each result.
    pub value: Expr,
    /// Whether results with the same key are grouped (`...`).
    pub group: bool,
    /// Which elements count.
    pub condition: Option<Expr>,
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Infix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// A template: literal pieces (strip markers and heredoc indentation already applied), interpolations and
/// directives.
#[derive(Clone, Debug, Default)]
pub struct Template {
    /// The pieces, in order.
    pub parts: Vec<TemplatePart>,
}

/// One piece of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Text.
    Literal(Name, Span),
    /// `${expr}`
    Interpolation(Expr),
    /// `%{ if c }…%{ else }…%{ endif }`
    If {
        /// The condition.
        condition: Expr,
        /// When true.
        then: Template,
        /// When false.
        otherwise: Template,
        /// The place of the opening directive.
        span: Span,
    },
    /// `%{ for k, v in c }…%{ endfor }`
    For {
        /// The name of the key or index, when two names are given.
        key_name: Option<Name>,
        /// The name of the element.
        value_name: Name,
        /// What it goes over.
        collection: Expr,
        /// What is repeated.
        body: Template,
        /// The place of the opening directive.
        span: Span,
    },
}
