//! Type constraints: `type = object({ name = optional(string, "x") })`.
//!
//! Enters: the expression of a `type` argument. Leaves: [`Constraint`]: the shape, with the defaults of
//! `optional()` as expressions. Source: language.md 5.

use std::collections::BTreeMap;

use crate::address::Name;
use crate::source::Diagnostic;
use crate::syntax::{Call, Expr, ExprKind, ObjectItem, native};

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

/// Reads the value of a `type` argument. `json`: it stands in a JSON file, where the type is a string.
///
/// A part that is no type is `any`, with an error diagnostic at its place.
pub fn read(expression: &Expr, json: bool, diagnostics: &mut Vec<Diagnostic>) -> Constraint {
    let ExprKind::String(text) = &*expression.kind else {
        return constraint(expression, diagnostics);
    };
    if !json {
        diagnostics.push(
            Diagnostic::error("Invalid quoted type constraints", Some(expression.span))
                .with_note(format!("help: remove the quotes around `{text}`")),
        );
    }
    match native::parse_expression(expression.span.file, text, expression.span.start.saturating_add(1)) {
        Ok(inner) => constraint(&inner, diagnostics),
        Err(_) => invalid(expression, "it is not a type expression", diagnostics),
    }
}

fn invalid(expression: &Expr, why: &str, diagnostics: &mut Vec<Diagnostic>) -> Constraint {
    diagnostics.push(Diagnostic::error("Invalid type specification", Some(expression.span)).with_note(why));
    Constraint::Any
}

fn constraint(expression: &Expr, diagnostics: &mut Vec<Diagnostic>) -> Constraint {
    match &*expression.kind {
        ExprKind::Variable(name) => keyword(expression, name, diagnostics),
        ExprKind::Call(call) => constructor(expression, call, diagnostics),
        ExprKind::Parenthesis(inner) => constraint(inner, diagnostics),
        _ => invalid(
            expression,
            "a type is a keyword such as `string`, or a constructor such as `list(string)`",
            diagnostics,
        ),
    }
}

fn keyword(expression: &Expr, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Constraint {
    match name {
        "any" => Constraint::Any,
        "string" => Constraint::String,
        "number" => Constraint::Number,
        "bool" => Constraint::Bool,
        "list" => Constraint::List(Box::new(Constraint::Any)),
        "map" => Constraint::Map(Box::new(Constraint::Any)),
        "set" | "object" | "tuple" => {
            let why = format!("the type constructor `{name}` requires one argument");
            invalid(expression, &why, diagnostics)
        }
        _ => invalid(expression, &format!("`{name}` is not a type"), diagnostics),
    }
}

fn constructor(expression: &Expr, call: &Call, diagnostics: &mut Vec<Diagnostic>) -> Constraint {
    let name = &*call.name;
    match (name, call.arguments.as_slice()) {
        ("list", [element]) => Constraint::List(Box::new(constraint(element, diagnostics))),
        ("set", [element]) => Constraint::Set(Box::new(constraint(element, diagnostics))),
        ("map", [element]) => Constraint::Map(Box::new(constraint(element, diagnostics))),
        ("tuple", [elements]) => match &*elements.kind {
            ExprKind::Tuple(elements) => {
                Constraint::Tuple(elements.iter().map(|element| constraint(element, diagnostics)).collect())
            }
            _ => invalid(elements, "`tuple` requires a list of types, in brackets", diagnostics),
        },
        ("object", [fields]) => match &*fields.kind {
            ExprKind::Object(items) => Constraint::Object(
                items.iter().filter_map(|item| field(item, diagnostics)).collect::<BTreeMap<_, _>>(),
            ),
            _ => invalid(fields, "`object` requires a map of attribute names to types", diagnostics),
        },
        ("list" | "set" | "map" | "tuple" | "object", _) => {
            let why = format!("the type constructor `{name}` requires one argument");
            invalid(expression, &why, diagnostics)
        }
        ("optional", _) => {
            invalid(expression, "`optional` is only allowed for an attribute of an object type", diagnostics)
        }
        ("any" | "string" | "number" | "bool", _) => {
            let why = format!("the type `{name}` takes no arguments");
            invalid(expression, &why, diagnostics)
        }
        _ => invalid(expression, &format!("`{name}` is not a type constructor"), diagnostics),
    }
}

fn field(item: &ObjectItem, diagnostics: &mut Vec<Diagnostic>) -> Option<(Name, ConstraintField)> {
    let ExprKind::String(name) = &*item.key.kind else {
        invalid(&item.key, "the attributes of an object type have plain names", diagnostics);
        return None;
    };
    let required = |of| ConstraintField { of, optional: false, default: None };
    let field = match &*item.value.kind {
        ExprKind::Call(call) if &*call.name == "optional" => match call.arguments.as_slice() {
            [of] => ConstraintField { of: constraint(of, diagnostics), optional: true, default: None },
            [of, default] => ConstraintField {
                of: constraint(of, diagnostics),
                optional: true,
                default: Some(default.clone()),
            },
            _ => {
                let why = "`optional` requires a type, and takes a default";
                ConstraintField { optional: true, ..required(invalid(&item.value, why, diagnostics)) }
            }
        },
        _ => required(constraint(&item.value, diagnostics)),
    };
    Some((name.clone(), field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn shown(constraint: &Constraint) -> String {
        match constraint {
            Constraint::Any => "any".into(),
            Constraint::String => "string".into(),
            Constraint::Number => "number".into(),
            Constraint::Bool => "bool".into(),
            Constraint::List(of) => format!("list({})", shown(of)),
            Constraint::Set(of) => format!("set({})", shown(of)),
            Constraint::Map(of) => format!("map({})", shown(of)),
            Constraint::Tuple(of) => {
                format!("tuple([{}])", of.iter().map(shown).collect::<Vec<_>>().join(","))
            }
            Constraint::Object(fields) => {
                let fields = fields.iter().map(|(name, field)| {
                    let of = shown(&field.of);
                    match (field.optional, &field.default) {
                        (false, _) => format!("{name}={of}"),
                        (true, None) => format!("{name}=optional({of})"),
                        (true, Some(_)) => format!("{name}=optional({of},…)"),
                    }
                });
                format!("object({{{}}})", fields.collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn type_expressions() {
        let table = [
            ("string", "string", 0),
            ("any", "any", 0),
            ("list", "list(any)", 0),
            ("map", "map(any)", 0),
            ("set", "any", 1),
            ("set(number)", "set(number)", 0),
            ("map(list(bool))", "map(list(bool))", 0),
            ("tuple([string, number])", "tuple([string,number])", 0),
            (
                "object({ a = string, b = optional(number), c = optional(list(object({ d = any })), []) })",
                "object({a=string,b=optional(number),c=optional(list(object({d=any})),…)})",
                0,
            ),
            ("object({})", "object({})", 0),
            ("optional(string)", "any", 1),
            ("list(string, string)", "any", 1),
            ("list(strin)", "list(any)", 1),
            ("\"string\"", "string", 1),
            ("\"list\"", "list(any)", 1),
            ("5", "any", 1),
        ];
        let sources = Sources::new("/".into());
        for (text, expected, errors) in table {
            let file = sources.add("type", text);
            let expression = native::parse_expression(file, text, 0).unwrap();
            let mut diagnostics = Vec::new();
            let constraint = read(&expression, false, &mut diagnostics);
            assert_eq!((shown(&constraint).as_str(), diagnostics.len()), (expected, errors), "{text}");
        }
    }
}
