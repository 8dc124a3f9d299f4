//! Interpolation and directives.
//!
//! Enters: a template. Leaves: a string whose unknown parts are holes. Source: language.md 8.

use std::sync::Arc;

use super::budget::Budget;
use super::budget::Limit;
use super::expression::{causes, iterate};
use super::{Evaluated, Evaluator, Failure, Names, Scope};
use crate::source::{Diagnostic, Span};
use crate::syntax::{Call, Expr, ExprKind, Template, TemplatePart, native};
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Fields, Origin, Type, Unknown, Value, convert};

/// A template that is being filled in.
#[derive(Default)]
struct Filling {
    text: TextBuilder,
    origins: Vec<Origin>,
    sensitive: bool,
}

impl Evaluator<'_> {
    /// Evaluates a template to a string.
    pub(super) fn template(&self, template: &Template, span: Span, scope: &Scope<'_>) -> Evaluated {
        let mut filling = Filling::default();
        self.fill(template, span, scope, &mut filling)?;
        let origin = Origin::At(span).made_by(&filling.origins);
        let value = Value::new(Data::String(filling.text.build()));
        Budget::weight(value.weight()).map_err(|limit| Failure::limit(limit, span))?;
        Ok(value.with_origin(origin).marked(filling.sensitive))
    }

    fn fill(
        &self,
        template: &Template,
        span: Span,
        scope: &Scope<'_>,
        filling: &mut Filling,
    ) -> Result<(), Failure> {
        for part in &template.parts {
            match part {
                TemplatePart::Literal(text, _) => self.append(filling, text, span)?,
                TemplatePart::Interpolation(expr) => {
                    let value = self.evaluate(expr, scope)?;
                    self.interpolate(&value, expr.span, filling)?;
                }
                TemplatePart::If { condition, then, otherwise, span } => {
                    let value = self.evaluate(condition, scope)?;
                    filling.sensitive |= value.sensitive;
                    let decided = convert::convert(&value, &Type::Bool).map_err(|error| {
                        Failure::new(format!("Incorrect condition type: {error}"), condition.span)
                    })?;
                    filling.origins.push(value.origin.clone());
                    match &decided.data {
                        Data::Bool(true) => self.fill(then, *span, scope, filling)?,
                        Data::Bool(false) => self.fill(otherwise, *span, scope, filling)?,
                        Data::Unknown(unknown) => {
                            let arms =
                                [self.template(then, *span, scope)?, self.template(otherwise, *span, scope)?];
                            let hole = super::expression::either(&unknown.cause, &arms);
                            self.interpolate(&hole, *span, filling)?;
                        }
                        Data::Null(_)
                        | Data::Number(_)
                        | Data::String(_)
                        | Data::Sequence(..)
                        | Data::Mapping(..) => {
                            return Err(Failure::new(
                                "Null condition: the condition value is null",
                                condition.span,
                            ));
                        }
                    }
                }
                TemplatePart::For { key_name, value_name, collection, body, span } => {
                    let value = self.evaluate(collection, scope)?;
                    filling.sensitive |= value.sensitive;
                    let Some((elements, more)) = iterate(&value) else {
                        let Some(unknown) = value.as_unknown() else {
                            let message = if value.is_null() {
                                "Iteration over null value: a null value cannot be used as the collection here"
                            } else {
                                "Iteration over non-iterable value: a collection is required"
                            };
                            return Err(Failure::new(message, collection.span));
                        };
                        filling.text.push_hole(Arc::new(anything(unknown)));
                        continue;
                    };
                    for (key, element) in elements {
                        self.budget.step(1).map_err(|limit| Failure::limit(limit, *span))?;
                        let outer;
                        let mut names = scope.names;
                        if let Some(name) = key_name {
                            outer = Names { name, value: key, outer: scope.names };
                            names = Some(&outer);
                        }
                        let inner = Names { name: value_name, value: element, outer: names };
                        self.fill(body, *span, &scope.with(&inner), filling)?;
                    }
                    if let Some(more) = more {
                        filling.text.push_hole(Arc::new(anything(&more)));
                    }
                }
            }
        }
        Ok(())
    }

    fn append(&self, filling: &mut Filling, text: &str, span: Span) -> Result<(), Failure> {
        if filling.text.len() + text.len() > super::budget::LONGEST_STRING {
            return Err(Failure::limit(Limit::Text, span));
        }
        self.budget.text(text.len()).map_err(|limit| Failure::limit(limit, span))?;
        filling.text.push_str(text);
        Ok(())
    }

    fn interpolate(&self, value: &Value, span: Span, filling: &mut Filling) -> Result<(), Failure> {
        filling.sensitive |= value.holds_sensitive();
        filling.origins.push(value.origin.clone());
        if value.is_null() {
            let message = "Invalid template interpolation value: the expression result is null";
            return Err(Failure::new(message, span));
        }
        let text = convert::convert(value, &Type::String).map_err(|error| {
            Failure::new(
                format!("Invalid template interpolation value: cannot include the given value in a string template: {error}"),
                span,
            )
        })?;
        match &text.data {
            Data::String(text) => {
                if filling.text.len() + text.literal().len() > super::budget::LONGEST_STRING {
                    return Err(Failure::limit(Limit::Text, span));
                }
                self.budget.text(text.literal().len()).map_err(|limit| Failure::limit(limit, span))?;
                filling.text.push_text(text);
            }
            Data::Unknown(unknown) => filling.text.push_hole(unknown.clone()),
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
                return Err(Failure::new("Invalid template interpolation value: string required", span));
            }
        }
        Ok(())
    }

    /// `templatestring(reference, variables)`.
    pub(super) fn template_string(&self, call: &Call, span: Span, scope: &Scope<'_>) -> Evaluated {
        let [template, variables] = call.arguments.as_slice() else {
            let many = if call.arguments.len() < 2 { "Not enough" } else { "Too many" };
            let message = format!("{many} function arguments: templatestring takes a template and an object");
            return Err(Failure::new(message, span));
        };
        if !matches!(
            &*template.kind,
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) | ExprKind::Parenthesis(_)
        ) {
            let message = "Invalid function argument: the template must be a reference to a string value";
            return Err(Failure::new(message, template.span));
        }
        let template_value = self.evaluate(template, scope)?;
        let variables = self.evaluate(variables, scope)?;
        let (Some(text), Some(entries)) = (template_value.as_str(), variables.as_mapping()) else {
            let cause = causes([&template_value, &variables]);
            if cause == Cause::Any(Vec::new()) {
                return Err(Failure::new(
                    "Invalid function argument: templatestring takes a string and an object",
                    span,
                ));
            }
            return Ok(Value::unknown(Unknown::because(cause).of(Type::String)).with_origin(Origin::At(span)));
        };
        let sensitive = template_value.sensitive;
        let place = template_value.origin.written().unwrap_or(span);
        let parsed = native::parse_computed_template(text, place);
        let rendered = self.render(parsed, entries, span, scope).map_err(|failure| match *failure.cause {
            Cause::Budget(_) => failure,
            _ => Failure::new(format!("Invalid function argument: {}", failure.message), span),
        })?;
        Ok(rendered.marked(sensitive))
    }

    /// Renders a template with only these names in scope.
    pub(super) fn render(
        &self,
        template: Result<Expr, Diagnostic>,
        variables: &Fields,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let template = template
            .map_err(|diagnostic| Failure::new(format!("Invalid template: {}", diagnostic.message), span))?;
        self.evaluate(&template, &Scope::of_template(scope.module, variables))
    }
}

/// A text of which nothing is known.
fn anything(unknown: &Unknown) -> Unknown {
    Unknown::because(unknown.cause.clone()).of(Type::String)
}
