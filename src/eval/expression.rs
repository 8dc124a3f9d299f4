//! Operators, conditionals, for expressions, objects, calls.
//!
//! Enters: an expression and a scope. Leaves: a value with its origin, or a failure. Source: language.md 7,
//! 9, 10.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::budget::Budget;
use super::functions::{self, CallError};
use super::{Evaluated, Evaluator, Failure, Names, Scope};
use crate::address::{Address, Key, Name, Path};
use crate::source::Span;
use crate::syntax::{BinaryOperator, Call, Expr, ExprKind, For, ObjectItem, UnaryOperator, native};
use crate::truth::Truth;
use crate::value::{
    Cause, Data, MappingKind, Number, Origin, SequenceKind, Type, Unknown, Value, convert, equal, unify,
};

const INCONSISTENT_ARMS: &str =
    "Inconsistent conditional result types: the true and false result expressions must have consistent types";

/// The most alternatives that an unknown value keeps.
const MOST_ALTERNATIVES: usize = 16;

impl Evaluator<'_> {
    /// Evaluates an expression.
    pub fn evaluate(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        let _deeper = self.budget.deeper().map_err(|limit| Failure::limit(limit, expr.span))?;
        self.budget.step(1).map_err(|limit| Failure::limit(limit, expr.span))?;
        let value = match &*expr.kind {
            ExprKind::Null => Value::null(),
            ExprKind::Bool(value) => Value::bool(*value),
            ExprKind::Number(text) => match literal_number(text) {
                Some(number) => Value::number(number),
                None => Value::unknown(Unknown::because(Cause::Invalid(text.clone())).of(Type::Number)),
            },
            ExprKind::String(text) => Value::string(text),
            ExprKind::Template(template) => return self.template(template, expr.span, scope),
            ExprKind::Parenthesis(inner) => return self.evaluate(inner, scope),
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => {
                return self.traversal(expr, scope);
            }
            ExprKind::Splat { source, rest } => return self.splat(source, rest, expr.span, scope),
            ExprKind::Tuple(elements) => {
                let elements =
                    elements.iter().map(|element| self.evaluate(element, scope)).collect::<Result<_, _>>()?;
                Value::tuple(elements)
            }
            ExprKind::Object(items) => self.object(items, expr.span, scope)?,
            ExprKind::Call(call) => return self.call(call, expr.span, scope),
            ExprKind::For(for_expr) => self.for_expression(for_expr, expr.span, scope)?,
            ExprKind::Conditional(condition, then, otherwise) => {
                return self.conditional(condition, then, otherwise, expr.span, scope);
            }
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, expr.span, scope)?,
            ExprKind::Binary(operator, left, right) => {
                self.binary(*operator, left, right, expr.span, scope)?
            }
        };
        Budget::weight(value.weight()).map_err(|limit| Failure::limit(limit, expr.span))?;
        Ok(match value.origin {
            Origin::Nowhere => value.with_origin(Origin::At(expr.span)),
            Origin::At(_) | Origin::Declared(_) | Origin::Via(_) | Origin::Made(_) => value,
        })
    }

    fn object(&self, items: &[ObjectItem], span: Span, scope: &Scope<'_>) -> Evaluated {
        let mut entries: BTreeMap<Name, Value> = BTreeMap::new();
        let mut unknown_key = None;
        let mut sensitive = false;
        for item in items {
            let key = self.evaluate(&item.key, scope)?;
            let value = self.evaluate(&item.value, scope)?;
            sensitive |= key.sensitive;
            match key_text(&key, item.key.span)? {
                Ok(key) => {
                    entries.insert(key, value);
                }
                Err(cause) => unknown_key = Some(cause),
            }
        }
        Ok(match unknown_key {
            Some(cause) => Value::unknown(Unknown::because(cause).not_null()),
            None => Value::object(entries),
        }
        .marked(sensitive)
        .with_origin(Origin::At(span)))
    }

    fn conditional(
        &self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let condition_value = self.evaluate(condition, scope)?;
        let decided = convert::convert(&condition_value, &Type::Bool)
            .map_err(|error| Failure::new(format!("Incorrect condition type: {error}"), condition.span))?;
        let sensitive = condition_value.sensitive;
        let by = [&condition_value.origin];
        match &decided.data {
            Data::Bool(chosen) => {
                let (arm, other) = if *chosen { (then, otherwise) } else { (otherwise, then) };
                let value = self.evaluate(arm, scope)?;
                let value = match self.evaluate(other, scope) {
                    Ok(other) => unify_arms(value, &other, span)?.marked(other.sensitive),
                    Err(failure) if failure.caught => value,
                    Err(failure) => return Err(failure),
                };
                let origin = value.origin.clone().made_by(by);
                Ok(value.with_origin(origin).marked(sensitive))
            }
            Data::Unknown(unknown) => {
                // Terraform drops the errors of both arms here.
                let arm = |expr: &Expr| match self.evaluate(expr, scope) {
                    Err(failure) if failure.caught => {
                        Ok(Value::unknown(Unknown::because(unknown.cause.clone())))
                    }
                    other => other,
                };
                let arms = [arm(then)?, arm(otherwise)?];
                if unify::unify_conditional(&arms[0].type_of(), &arms[1].type_of()).is_none() {
                    return Err(Failure::new(INCONSISTENT_ARMS, span));
                }
                let value = either(&unknown.cause, &arms);
                Ok(value.with_origin(Origin::At(span).made_by(by)).marked(sensitive))
            }
            Data::Null(_) => Err(Failure::new("Null condition: the condition value is null", condition.span)),
            Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => {
                Err(Failure::new("Incorrect condition type: a bool is required", condition.span))
            }
        }
    }

    fn unary(&self, operator: UnaryOperator, inner: &Expr, span: Span, scope: &Scope<'_>) -> Evaluated {
        let value = self.evaluate(inner, scope)?;
        let wanted = match operator {
            UnaryOperator::Not => Type::Bool,
            UnaryOperator::Negate => Type::Number,
        };
        let converted = operand(&value, &wanted, inner.span)?;
        let result = match (&converted.data, operator) {
            (Data::Bool(value), UnaryOperator::Not) => Value::bool(!value),
            (Data::Number(number), UnaryOperator::Negate) => Value::number(number.neg()),
            (Data::Unknown(unknown), UnaryOperator::Not) if !unknown.one_of.is_empty() => {
                let members = unknown.one_of.iter().map(|member| match member.as_bool() {
                    Some(member) => Value::bool(!member),
                    None => member.clone(),
                });
                let mut not = Unknown::because(unknown.cause.clone()).of(Type::Bool).not_null();
                not.one_of = members.collect();
                Value::unknown(not)
            }
            (Data::Unknown(unknown), _) => {
                Value::unknown(Unknown::because(unknown.cause.clone()).of(wanted).not_null())
            }
            (
                Data::Null(_)
                | Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..),
                _,
            ) => {
                return Err(Failure::new("Invalid operand: unsuitable value for unary operand", inner.span));
            }
        };
        let origin = Origin::At(span).made_by([&value.origin]);
        Ok(result.with_origin(origin).marked(value.sensitive))
    }

    fn binary(
        &self,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        match operator {
            BinaryOperator::Or => return self.logic(left, right, true, span, scope),
            BinaryOperator::And => return self.logic(left, right, false, span, scope),
            BinaryOperator::Equal
            | BinaryOperator::NotEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Add
            | BinaryOperator::Subtract
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo => {}
        }
        let left_value = self.evaluate(left, scope)?;
        let right_value = self.evaluate(right, scope)?;
        let origin = Origin::At(span).made_by([&left_value.origin, &right_value.origin]);
        let sensitive = left_value.sensitive || right_value.sensitive;
        let result = match operator {
            BinaryOperator::Equal | BinaryOperator::NotEqual => {
                self.budget
                    .step(u64::from(left_value.weight().min(right_value.weight())))
                    .map_err(|limit| Failure::limit(limit, span))?;
                let equal = alternatives_equal(&left_value, &right_value);
                let truth = if operator == BinaryOperator::Equal { equal } else { !equal };
                let sensitive = left_value.holds_sensitive() || right_value.holds_sensitive();
                match truth {
                    Truth::True => Value::bool(true),
                    Truth::False => Value::bool(false),
                    Truth::Unknown => {
                        let causes = causes([&left_value, &right_value]);
                        Value::unknown(Unknown::because(causes).of(Type::Bool).not_null())
                    }
                }
                .marked(sensitive)
            }
            _ => {
                let left_number = operand(&left_value, &Type::Number, left.span)?;
                let right_number = operand(&right_value, &Type::Number, right.span)?;
                arithmetic(operator, &left_number, &right_number, span)?
            }
        };
        Ok(result.with_origin(origin).marked(sensitive))
    }

    /// `||` (`decides` is true) and `&&`: either side decides alone, errors of the other are dropped.
    fn logic(&self, left: &Expr, right: &Expr, decides: bool, span: Span, scope: &Scope<'_>) -> Evaluated {
        let side = |expr: &Expr| -> Result<(Value, Value), Failure> {
            let value = self.evaluate(expr, scope)?;
            let converted = operand(&value, &Type::Bool, expr.span)?;
            Ok((value, converted))
        };
        let left_result = side(left);
        if let Ok((value, converted)) = &left_result
            && converted.as_bool() == Some(decides)
        {
            let origin = Origin::At(span).made_by([&value.origin]);
            return Ok(Value::bool(decides).with_origin(origin).marked(value.sensitive));
        }
        let right_result = side(right);
        if let Ok((value, converted)) = &right_result
            && converted.as_bool() == Some(decides)
            && left_result.as_ref().is_ok_and(|(left, _)| left.as_unknown().is_some())
        {
            let origin = Origin::At(span).made_by([&value.origin]);
            return Ok(Value::bool(decides).with_origin(origin).marked(value.sensitive));
        }
        let (left_value, left_bool) = left_result?;
        let (right_value, right_bool) = right_result?;
        let origin = Origin::At(span).made_by([&left_value.origin, &right_value.origin]);
        let result = if let (Some(left), Some(right)) = (left_bool.as_bool(), right_bool.as_bool()) {
            Value::bool(if left == decides || right == decides { decides } else { !decides })
        } else {
            let causes = causes([&left_bool, &right_bool]);
            Value::unknown(Unknown::because(causes).of(Type::Bool).not_null())
        };
        Ok(result.with_origin(origin).marked(left_value.sensitive || right_value.sensitive))
    }

    fn for_expression(&self, for_expr: &For, span: Span, scope: &Scope<'_>) -> Evaluated {
        let collection = self.evaluate(&for_expr.collection, scope)?;
        let Some((elements, more)) = iterate(&collection) else {
            return match &collection.data {
                Data::Unknown(unknown) => self.for_alternatives(for_expr, unknown, span, scope),
                Data::Null(_) => Err(Failure::new(
                    "Iteration over null value: a null value cannot be used as the collection in a 'for' expression",
                    for_expr.collection.span,
                )),
                Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..) => Err(Failure::new(
                    "Iteration over non-iterable value: a collection is required in a 'for' expression",
                    for_expr.collection.span,
                )),
            };
        };
        let sensitive = collection.sensitive;
        let value = self.for_elements(for_expr, &elements, more.as_ref(), scope)?;
        Ok(value.marked(sensitive).with_origin(Origin::At(span).made_by([&collection.origin])))
    }

    /// Over a collection that is one of several: one of several results.
    fn for_alternatives(
        &self,
        for_expr: &For,
        unknown: &Arc<Unknown>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let mut result = Unknown::because(unknown.cause.clone()).not_null();
        for member in unknown.one_of.iter().take(MOST_ALTERNATIVES) {
            let Some((elements, more)) = iterate(member) else {
                result.one_of.clear();
                break;
            };
            result.one_of.push(self.for_elements(for_expr, &elements, more.as_ref(), scope)?);
        }
        if unknown.one_of.is_empty() && for_expr.key.is_none() {
            // What the results look like, over an element of which nothing is known.
            let element = resource_of(unknown).unwrap_or_else(|| element_of(unknown));
            let key = Value::unknown(Unknown::because(unknown.cause.clone()).not_null());
            if let Ok(shown) = self.for_elements(for_expr, &[(key, element)], None, scope)
                && let Data::Sequence(kind, elements, _) = shown.data
            {
                let mut more = Unknown::because(unknown.cause.clone());
                more.one_of = elements.to_vec();
                let value = Value::new(Data::Sequence(kind, Arc::from([]), Some(Arc::new(more))));
                return Ok(value.with_origin(Origin::At(span)));
            }
        }
        Ok(Value::unknown(result).with_origin(Origin::At(span)))
    }

    fn for_elements(
        &self,
        for_expr: &For,
        elements: &[(Value, Value)],
        more: Option<&Arc<Unknown>>,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let mut list: Vec<Value> = Vec::new();
        let mut object: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
        let mut doubtful: Vec<Value> = Vec::new();
        let mut open: Vec<Cause> = more.iter().map(|more| more.cause.clone()).collect();
        let mut weight = 0u32;
        let mut unknown_key: Option<Cause> = None;
        let mut sensitive = false;
        let rest: Vec<(Value, Value)> = more
            .map(|more| {
                let key = Value::unknown(Unknown::because(more.cause.clone()).of(Type::Number).not_null());
                let shown = if more.one_of.is_empty() { vec![element_of(more)] } else { more.one_of.clone() };
                shown.into_iter().map(|element| (key.clone(), element)).collect()
            })
            .unwrap_or_default();
        let certain = elements.iter().map(|element| (element, true));
        for ((key, element), certain) in certain.chain(rest.iter().map(|element| (element, false))) {
            let outer;
            let mut names = scope.names;
            if let Some(name) = &for_expr.key_name {
                outer = Names { name, value: key.clone(), outer: scope.names };
                names = Some(&outer);
            }
            let inner = Names { name: &for_expr.value_name, value: element.clone(), outer: names };
            let scope = scope.with(&inner);
            let mut included = Truth::from_bool(certain);
            if !certain {
                included = Truth::Unknown;
            }
            if let Some(condition) = &for_expr.condition {
                let value = self.evaluate(condition, &scope)?;
                sensitive |= value.sensitive;
                if value.is_null() {
                    let message = "Condition is null: the value of the 'if' clause must not be null";
                    return Err(Failure::new(message, condition.span));
                }
                let value = convert::convert(&value, &Type::Bool).map_err(|error| {
                    Failure::new(format!("Invalid 'for' condition: {error}"), condition.span)
                })?;
                match value.as_bool() {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        included = Truth::Unknown;
                        open.push(causes([&value]));
                    }
                }
            }
            let result = self.evaluate(&for_expr.value, &scope)?;
            weight = weight.saturating_add(result.weight());
            Budget::weight(weight).map_err(|limit| Failure::limit(limit, for_expr.value.span))?;
            match &for_expr.key {
                None if included.is_true() => list.push(result),
                None => doubtful.push(result),
                Some(key) => {
                    let value = self.evaluate(key, &scope)?;
                    sensitive |= value.sensitive;
                    let text = key_text(&value, key.span).map_err(|failure| Failure {
                        message: format!("Invalid object key: {}", failure.message),
                        ..failure
                    })?;
                    match text {
                        Ok(text) => {
                            let values = object.entry(text.clone()).or_default();
                            if !values.is_empty() && !for_expr.group {
                                let message = format!(
                                    "Duplicate object key: two different items produced the key {} in this 'for' \
                                     expression",
                                    crate::value::shown_text(&text)
                                );
                                return Err(Failure::new(message, key.span));
                            }
                            values.push(result);
                        }
                        Err(cause) => unknown_key = Some(cause),
                    }
                }
            }
        }
        let open = (!open.is_empty()).then(|| Cause::any(open));
        let value = if for_expr.key.is_none() {
            let more = open.map(|cause| {
                let mut more = Unknown::because(cause);
                more.one_of = doubtful;
                Arc::new(more)
            });
            Value::new(Data::Sequence(SequenceKind::Tuple, list.into(), more))
        } else if let Some(cause) = unknown_key.or(open) {
            Value::unknown(Unknown::because(cause).not_null())
        } else {
            let entries = object.into_iter().filter_map(|(key, mut values)| {
                if for_expr.group {
                    Some((key, Value::tuple(values)))
                } else {
                    values.pop().map(|value| (key, value))
                }
            });
            Value::object(entries.collect())
        };
        Ok(value.marked(sensitive))
    }

    fn call(&self, call: &Call, span: Span, scope: &Scope<'_>) -> Evaluated {
        match &*call.name {
            "templatefile" | "templatestring" if scope.variables.is_some() => {
                let message = format!(
                    "Invalid function argument: \"{}\" cannot be called from inside of a template",
                    call.name
                );
                return Err(Failure::new(message, call.name_span));
            }
            "try" => return self.try_each(call, span, scope),
            "can" => return self.can(call, span, scope),
            "templatestring" => return self.template_string(call, span, scope),
            _ => {}
        }
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.evaluate(argument, scope)?);
        }
        if call.expand {
            let Some(last) = arguments.pop() else {
                return Err(Failure::new("Invalid expanding argument value", span));
            };
            match &last.data {
                Data::Sequence(_, elements, None) => arguments.extend(elements.iter().cloned()),
                Data::Unknown(_) | Data::Sequence(_, _, Some(_)) => {
                    let origin = Origin::At(span).made_by([&last.origin]);
                    return Ok(Value::unknown(Unknown::because(causes([&last]))).with_origin(origin));
                }
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
                    let message = "Invalid expanding argument value: must be of a tuple, list, or set type";
                    return Err(Failure::new(message, span));
                }
            }
        }
        if &*call.name == "provider::terraform::decode_tfvars"
            && let [text] = arguments.as_slice()
            && let Some(source) = text.as_str()
        {
            return self.decode_tfvars(source, text, span, scope);
        }
        let weight: u64 = arguments.iter().map(|argument| u64::from(argument.weight())).sum();
        self.budget.step(weight).map_err(|limit| Failure::limit(limit, span))?;
        let host = super::host::EvaluatorHost { evaluator: self, module: scope.module };
        let result = functions::call(&call.name, &arguments, &host);
        let origin = || Origin::At(span).made_by(arguments.iter().map(|argument| &argument.origin));
        match result {
            Ok(value) => {
                if value.sensitive && !arguments.iter().any(Value::holds_sensitive) {
                    for argument in &arguments {
                        self.hide(argument);
                    }
                }
                Budget::weight(value.weight()).map_err(|limit| Failure::limit(limit, span))?;
                Ok(match value.origin {
                    Origin::Nowhere => value.with_origin(origin()),
                    Origin::At(_) | Origin::Declared(_) | Origin::Via(_) | Origin::Made(_) => value,
                })
            }
            Err(CallError::NoSuchFunction) => {
                let message =
                    format!("Call to unknown function: there is no function named \"{}\"", call.name);
                Err(Failure::new(message, call.name_span))
            }
            Err(CallError::Argument(index, message)) => {
                let place = call.arguments.get(index).map_or(span, |argument| argument.span);
                Err(Failure::new(format!("Invalid function argument: {message}"), place))
            }
            Err(CallError::Count(message)) => Err(Failure::new(message, span)),
            Err(CallError::Failed(message)) => {
                Err(Failure::new(format!("Error in function call: {}: {message}", call.name), span))
            }
            Err(CallError::Unknown(cause @ Cause::Budget(_))) => Err(Failure {
                message: format!("evaluation stopped here: {}", cause.name()),
                span: Some(span),
                caught: false,
                cause: Box::new(cause),
            }),
            Err(CallError::Unknown(cause)) => {
                Ok(Value::unknown(Unknown::because(cause)).with_origin(origin()))
            }
        }
    }

    /// Reads the text of a tfvars file: arguments only, and no names in scope.
    fn decode_tfvars(&self, text: &str, from: &Value, span: Span, scope: &Scope<'_>) -> Evaluated {
        let invalid =
            |why: &str| Failure::new(format!("Error in function call: invalid tfvars syntax: {why}"), span);
        self.budget.text(text.len()).map_err(|limit| Failure::limit(limit, span))?;
        let id = self.sources.add("<tfvars>", text);
        let Some(source) = self.sources.file(id) else { return Err(invalid("it cannot be read")) };
        let file = native::parse_file(id, &source);
        if let Some(diagnostic) = file.diagnostics.first() {
            return Err(invalid(&diagnostic.message));
        }
        if !file.body.blocks.is_empty() {
            return Err(invalid("blocks are not allowed here"));
        }
        let closed = Scope::closed(scope.module);
        let mut entries = BTreeMap::new();
        for attribute in &file.body.attributes {
            let value = self.evaluate(&attribute.value, &closed).map_err(|failure| match *failure.cause {
                Cause::Budget(_) => failure,
                _ => invalid(&failure.message),
            })?;
            entries.insert(attribute.name.clone(), value);
        }
        let origin = Origin::At(span).made_by([&from.origin]);
        Ok(Value::object(entries).with_origin(origin).marked(from.sensitive))
    }

    fn try_each(&self, call: &Call, span: Span, scope: &Scope<'_>) -> Evaluated {
        let Some((last, _)) = call.arguments.split_last() else {
            return Err(Failure::new("Error in function call: try: at least one argument is required", span));
        };
        let mut failures = Failure::new("", last.span);
        for (position, argument) in call.arguments.iter().enumerate() {
            match self.evaluate(argument, scope) {
                Ok(value) => {
                    let Some(unknown) = value.as_unknown() else { return Ok(value) };
                    if is_certain(argument, unknown, scope) {
                        return Ok(value);
                    }
                    // It, or what stands in for it if it turns out to be an error.
                    let arguments = call.arguments.get(position + 1..).unwrap_or_default().to_vec();
                    let rest = Call { arguments, ..call.clone() };
                    let result = match self.try_each(&rest, span, scope) {
                        Ok(other) => {
                            let sensitive = value.sensitive || other.sensitive;
                            let one = one_of_two(&unknown.cause, &[value.clone(), other]);
                            Value::unknown(one).marked(sensitive)
                        }
                        Err(_) if !unknown.one_of.is_empty() => value.clone(),
                        Err(_) => Value::unknown(Unknown::because(unknown.cause.clone())),
                    };
                    return Ok(result.with_origin(value.origin).marked(value.sensitive));
                }
                Err(failure) if failure.caught => failures = failure,
                Err(failure) => return Err(failure),
            }
        }
        let message = format!("Error in function call: try: no expression succeeded: {}", failures.message);
        Err(Failure::new(message, span))
    }

    fn can(&self, call: &Call, span: Span, scope: &Scope<'_>) -> Evaluated {
        let [argument] = call.arguments.as_slice() else {
            let many = if call.arguments.is_empty() { "Not enough" } else { "Too many" };
            return Err(Failure::new(format!("{many} function arguments: can takes one argument"), span));
        };
        match self.evaluate(argument, scope) {
            Ok(value) => Ok(match value.as_unknown() {
                Some(unknown) if !is_certain(argument, unknown, scope) => {
                    Value::unknown(Unknown::because(unknown.cause.clone()).of(Type::Bool).not_null())
                }
                Some(_) | None => Value::bool(true),
            }
            .with_origin(Origin::At(span))),
            Err(failure) if failure.caught => Ok(Value::bool(false).with_origin(Origin::At(span))),
            Err(failure) => Err(failure),
        }
    }
}

/// An operand converted to the type that its operator takes; null is an error.
fn operand(value: &Value, wanted: &Type, span: Span) -> Evaluated {
    if value.is_null() {
        return Err(Failure::new("Operation failed: argument must not be null", span));
    }
    convert::convert(value, wanted)
        .map_err(|error| Failure::new(format!("Invalid operand: unsuitable value: {error}"), span))
}

/// A number as it is written, with a sign where the parser took one in.
fn literal_number(text: &str) -> Option<Number> {
    match text.strip_prefix('-') {
        Some(digits) => Number::parse(digits).map(|number| number.neg()),
        None => Number::parse(text),
    }
}

/// Whether an unknown cannot turn out to be an error: a name that is declared, or an attribute of a resource.
fn is_certain(expr: &Expr, unknown: &Unknown, scope: &Scope<'_>) -> bool {
    let is_name = match &*expr.kind {
        ExprKind::Attribute(root, _) => {
            matches!(&*root.kind, ExprKind::Variable(root) if matches!(&**root, "var" | "local" | "each"))
        }
        ExprKind::Variable(_) => true,
        _ => false,
    };
    // An instance of an unknown number of them may not be there.
    let is_there = |of: &Address| {
        let (steps, own) = (of.module.steps(), scope.module.path.steps());
        let shared = steps.iter().zip(own).take_while(|(step, other)| step == other).count();
        of.key != Key::Unknown && steps.iter().skip(shared).all(|step| step.key != Key::Unknown)
    };
    let of_something = |(of, path): &(Address, Path)| path.steps().len() <= 1 && is_there(of);
    is_name || unknown.identity.as_ref().is_some_and(of_something)
}

/// The causes of everything unknown in some values.
pub fn causes<'v>(values: impl IntoIterator<Item = &'v Value>) -> Cause {
    Cause::any(
        values
            .into_iter()
            .flat_map(|value| value.unknowns().into_iter().take(8))
            .map(|unknown| unknown.cause.clone()),
    )
}

/// One of two values, not known which, converted to the type that both share.
pub fn either(cause: &Cause, arms: &[Value; 2]) -> Value {
    let types = [arms[0].type_of(), arms[1].type_of()];
    let of_type = unify::unify_conditional(&types[0], &types[1]).unwrap_or(Type::Dynamic);
    let mut one = one_of_two(cause, arms);
    let members = one.one_of.into_iter();
    one.one_of = members.map(|member| convert::convert(&member, &of_type).unwrap_or(member)).collect();
    let sensitive = arms.iter().any(|arm| arm.sensitive);
    Value::unknown(one.of(of_type)).marked(sensitive)
}

/// One of two values as they are. What is unknown in itself makes it anything.
fn one_of_two(cause: &Cause, arms: &[Value; 2]) -> Unknown {
    let mut one_of = Vec::new();
    let mut all = vec![cause.clone()];
    let mut anything = false;
    for arm in arms {
        match arm.as_unknown() {
            None => one_of.push(arm.clone()),
            Some(unknown) if unknown.one_of.is_empty() => {
                all.push(unknown.cause.clone());
                if unknown.identity.is_some() { one_of.push(arm.clone()) } else { anything = true }
            }
            Some(unknown) => {
                all.push(unknown.cause.clone());
                one_of.extend(unknown.one_of.iter().cloned());
            }
        }
    }
    if anything || one_of.len() > MOST_ALTERNATIVES {
        one_of.clear();
    }
    let not_null = arms.iter().all(|arm| match &arm.data {
        Data::Null(_) => false,
        Data::Unknown(unknown) => unknown.not_null,
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => true,
    });
    Unknown { not_null, one_of, ..Unknown::because(Cause::any(all)) }
}

/// The arm taken, converted to the type that both arms share.
fn unify_arms(taken: Value, other: &Value, span: Span) -> Evaluated {
    if other.is_null() && other.type_of() == Type::Dynamic {
        return Ok(taken);
    }
    let (left, right) = (taken.type_of(), other.type_of());
    if left == right {
        return Ok(taken);
    }
    let Some(wanted) = unify::unify_conditional(&left, &right) else {
        return Err(Failure::new(INCONSISTENT_ARMS, span));
    };
    convert::convert(&taken, &wanted)
        .map_err(|error| Failure::new(format!("Inconsistent conditional result types: {error}"), span))
}

/// Equality of values of which either may be one of several.
fn alternatives_equal(left: &Value, right: &Value) -> Truth {
    for (one, other) in [(left, right), (right, left)] {
        if let Some(unknown) = one.as_unknown()
            && !unknown.one_of.is_empty()
            && other.as_unknown().is_none()
        {
            let mut answers = unknown.one_of.iter().map(|member| equal::equal(member, other));
            let first = answers.next().unwrap_or(Truth::Unknown);
            return answers.fold(first, Truth::agree);
        }
    }
    equal::equal(left, right)
}

fn arithmetic(operator: BinaryOperator, left: &Value, right: &Value, span: Span) -> Evaluated {
    let comparison = matches!(
        operator,
        BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
    );
    let (Data::Number(left_number), Data::Number(right_number)) = (&left.data, &right.data) else {
        let of_type = if comparison { Type::Bool } else { Type::Number };
        if comparison && let Some(truth) = compare_alternatives(operator, left, right) {
            return Ok(Value::bool(truth));
        }
        return Ok(Value::unknown(Unknown::because(causes([left, right])).of(of_type).not_null()));
    };
    if comparison {
        return Ok(Value::bool(compares(operator, left_number, right_number)));
    }
    let result = match operator {
        BinaryOperator::Add => left_number.add(right_number),
        BinaryOperator::Subtract => left_number.sub(right_number),
        BinaryOperator::Multiply => left_number.mul(right_number),
        BinaryOperator::Divide => left_number.checked_div(right_number),
        _ => left_number.remainder(right_number),
    };
    match result {
        Ok(number) => Ok(Value::number(number)),
        Err(error) => Err(Failure::new(format!("Operation failed: {error}"), span)),
    }
}

fn compares(operator: BinaryOperator, left: &Number, right: &Number) -> bool {
    let ordering = left.cmp(right);
    match operator {
        BinaryOperator::Greater => ordering == Ordering::Greater,
        BinaryOperator::GreaterOrEqual => ordering != Ordering::Less,
        BinaryOperator::Less => ordering == Ordering::Less,
        _ => ordering != Ordering::Greater,
    }
}

/// A comparison that every alternative decides the same way.
fn compare_alternatives(operator: BinaryOperator, left: &Value, right: &Value) -> Option<bool> {
    let members = |value: &Value| -> Option<Vec<Number>> {
        let numbers = match &value.data {
            Data::Number(number) => vec![Some(number.clone())],
            Data::Unknown(unknown) => unknown
                .one_of
                .iter()
                .map(|member| match &member.data {
                    Data::Number(number) => Some(number.clone()),
                    Data::Null(_)
                    | Data::Bool(_)
                    | Data::String(_)
                    | Data::Sequence(..)
                    | Data::Mapping(..)
                    | Data::Unknown(_) => None,
                })
                .collect(),
            Data::Null(_) | Data::Bool(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => {
                Vec::new()
            }
        };
        numbers.into_iter().collect::<Option<Vec<_>>>().filter(|numbers| !numbers.is_empty())
    };
    let (left, right) = (members(left)?, members(right)?);
    let mut answers =
        left.iter().flat_map(|left| right.iter().map(move |right| compares(operator, left, right)));
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

/// The text of an object key; `Err` with the cause when it is not known.
fn key_text(key: &Value, span: Span) -> Result<Result<Name, Cause>, Failure> {
    if key.is_null() {
        return Err(Failure::new("Null value as key: can't use a null value as a key", span));
    }
    let text = convert::convert(key, &Type::String).map_err(|error| {
        Failure::new(format!("Incorrect key type: can't use this value as a key: {error}"), span)
    })?;
    Ok(match text.as_str() {
        Some(text) => Ok(text.into()),
        None => Err(causes([&text])),
    })
}

/// What a for expression goes over.
pub type Elements = (Vec<(Value, Value)>, Option<Arc<Unknown>>);

/// Keys and elements of a collection, each with the way that the collection went; `None` for anything else.
pub fn iterate(collection: &Value) -> Option<Elements> {
    let through = |element: &Value| {
        let origin = collection.origin.through(&element.origin);
        element.clone().with_origin(origin)
    };
    match &collection.data {
        Data::Sequence(kind, elements, more) => {
            let elements = elements
                .iter()
                .zip(0u64..)
                .map(|(element, index)| {
                    let element = through(element);
                    let key = match kind {
                        SequenceKind::Set(_) => element.clone(),
                        SequenceKind::List(_) | SequenceKind::Tuple => match more {
                            None => Value::number(Number::from(index)),
                            // Elements that are not shown may stand before this one.
                            Some(more) => Value::unknown(
                                Unknown::because(more.cause.clone()).of(Type::Number).not_null(),
                            ),
                        },
                    };
                    (key, element)
                })
                .collect();
            Some((elements, more.clone()))
        }
        Data::Mapping(MappingKind::Map(_) | MappingKind::Object, entries) => {
            Some((entries.iter().map(|(key, entry)| (Value::string(key), through(entry))).collect(), None))
        }
        Data::Mapping(MappingKind::Block(_), entries) => {
            Some((entries.iter().map(|(key, entry)| (Value::string(key), through(entry))).collect(), None))
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => None,
    }
}

/// An element of which nothing is known but that it is one of an unknown collection.
pub fn element_of(unknown: &Unknown) -> Value {
    let of_type = unknown.of_type.element().cloned().unwrap_or(Type::Dynamic);
    Value::unknown(Unknown::because(unknown.cause.clone()).of(of_type))
}

/// The representative instance, when an unknown stands for all instances of a resource.
pub fn resource_of(unknown: &Arc<Unknown>) -> Option<Value> {
    let (address, path) = unknown.identity.as_ref()?;
    (*path == Path::empty() && address.key == crate::address::Key::Unknown)
        .then(|| Value::new(Data::Unknown(unknown.clone())))
}
