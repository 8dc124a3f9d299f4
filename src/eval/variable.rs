//! Input variables: what they are given, their defaults, their types.
//!
//! Enters: a declaration, and an argument of the caller or a value given to the root. Leaves: the value of
//! `var.NAME`. Source: language.md 5.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::{Evaluated, Evaluator, Failure, ModuleInstance, Scope, undeclared};
use crate::address::{Name, Path, Reference, Subject};
use crate::config::Variable;
use crate::config::types::Constraint;
use crate::input::variables::{Given, GivenValue};
use crate::source::Span;
use crate::value::{Cause, Data, Field, MappingKind, Origin, Type, Unknown, Value, convert};

impl Evaluator<'_> {
    pub(super) fn variable(&self, module: &Rc<ModuleInstance>, name: &Name) -> Value {
        let reference =
            || Reference { module: module.path.clone(), subject: Subject::Variable(name.clone()) };
        let Some(variable) = module.node.module.variables.get(name) else {
            return undeclared(reference());
        };
        self.once(&module.variables, name, reference, variable.span, || {
            let value =
                self.variable_value(module, name, variable).unwrap_or_else(|failure| self.recover(failure));
            if variable.sensitive {
                self.hide(&value);
                if let Some(default) = &variable.default {
                    self.sensitive.borrow_mut().insert(default.expression.span);
                }
            }
            value.marked(variable.sensitive)
        })
    }

    fn variable_value(&self, module: &Rc<ModuleInstance>, name: &Name, variable: &Variable) -> Evaluated {
        let shape = shape(&variable.constraint);
        let given = match &module.caller {
            Some(caller) => {
                let call = caller.instance.node.module.calls.get(&caller.name);
                match call.and_then(|call| call.arguments.get(name)) {
                    Some((argument, span)) => {
                        let scope = Scope::of(&caller.instance, Some(&caller.iteration));
                        let value =
                            self.evaluate(argument, &scope).unwrap_or_else(|failure| self.recover(failure));
                        Some((value, *span))
                    }
                    None => None,
                }
            }
            None => match self.given.get(name) {
                Some(given) => Some((self.given_value(given, name, variable, module)?, given.span)),
                None => None,
            },
        };
        let (value, span) = match given {
            Some((value, _)) if value.is_null() && !variable.nullable => {
                self.default_of(module, name, variable)?
            }
            Some(given) => given,
            None => self.default_of(module, name, variable)?,
        };
        let value = self.with_defaults(value, &variable.constraint, module)?;
        convert::convert(&value, &shape).map_err(|error| {
            Failure::new(
                format!("Invalid value for input variable: the given value is not suitable for var.{name}: {error}"),
                span,
            )
        })
    }

    /// The default; a variable without one is unknown.
    fn default_of(
        &self,
        module: &Rc<ModuleInstance>,
        name: &Name,
        variable: &Variable,
    ) -> Result<(Value, Span), Failure> {
        if let Some(default) = &variable.default {
            let value = self.evaluate(&default.expression, &Scope::closed(module))?;
            return Ok((value, default.expression.span));
        }
        // Of a child, that its caller does not hand it over was reported when the tree was read.
        Ok((not_given(module, name, variable), variable.span))
    }

    fn given_value(
        &self,
        given: &Given,
        name: &Name,
        variable: &Variable,
        module: &Rc<ModuleInstance>,
    ) -> Evaluated {
        let value = match &given.value {
            GivenValue::Expression(expression, _) => self.evaluate(expression, &Scope::closed(module))?,
            GivenValue::Unread => not_given(module, name, variable),
            GivenValue::Text(text, parsed) => {
                let literal = match &variable.constraint {
                    Constraint::String | Constraint::Number | Constraint::Bool => true,
                    Constraint::Any => !variable.typed,
                    Constraint::List(_)
                    | Constraint::Set(_)
                    | Constraint::Map(_)
                    | Constraint::Tuple(_)
                    | Constraint::Object(_) => false,
                };
                match parsed {
                    _ if literal => Value::string(text).with_origin(Origin::At(given.span)),
                    Some(expression) => self.evaluate(expression, &Scope::closed(module))?,
                    None => {
                        let message = "Invalid expression: the value of this variable cannot be parsed";
                        return Err(Failure::new(message, given.span));
                    }
                }
            }
        };
        Ok(value)
    }

    /// Fills in the defaults of `optional()` where an attribute is missing or null.
    fn with_defaults(&self, value: Value, constraint: &Constraint, module: &Rc<ModuleInstance>) -> Evaluated {
        if !has_defaults(constraint) {
            return Ok(value);
        }
        let data = match (&value.data, constraint) {
            (Data::Mapping(kind, entries), Constraint::Object(fields)) => {
                let mut filled: BTreeMap<Name, Value> = entries.to_map();
                for (name, field) in fields {
                    let present = filled.get(name).filter(|entry| !entry.is_null()).cloned();
                    let entry = match (present, &field.default) {
                        (Some(entry), _) => entry,
                        (None, Some(default)) => self.evaluate(default, &Scope::closed(module))?,
                        (None, None) => continue,
                    };
                    filled.insert(name.clone(), self.with_defaults(entry, &field.of, module)?);
                }
                let kind = match kind {
                    MappingKind::Map(_) | MappingKind::Object => MappingKind::Object,
                    MappingKind::Block(owner) => MappingKind::Block(owner.clone()),
                };
                Data::Mapping(kind, filled.into())
            }
            (Data::Mapping(kind, entries), Constraint::Map(of)) => {
                let filled = entries
                    .iter()
                    .map(|(name, entry)| Ok((name.clone(), self.with_defaults(entry.clone(), of, module)?)))
                    .collect::<Result<BTreeMap<_, _>, Failure>>()?;
                let kind = match kind {
                    MappingKind::Map(_) | MappingKind::Object => MappingKind::Object,
                    MappingKind::Block(owner) => MappingKind::Block(owner.clone()),
                };
                Data::Mapping(kind, filled.into())
            }
            (Data::Sequence(_, elements, more), Constraint::List(of) | Constraint::Set(of)) => {
                let filled = elements
                    .iter()
                    .map(|element| self.with_defaults(element.clone(), of, module))
                    .collect::<Result<Vec<_>, Failure>>()?;
                Data::Sequence(crate::value::SequenceKind::Tuple, filled.into(), more.clone())
            }
            (Data::Sequence(kind, elements, more), Constraint::Tuple(types)) => {
                let filled = elements
                    .iter()
                    .enumerate()
                    .map(|(at, element)| match types.get(at) {
                        Some(of) => self.with_defaults(element.clone(), of, module),
                        None => Ok(element.clone()),
                    })
                    .collect::<Result<Vec<_>, Failure>>()?;
                Data::Sequence(kind.clone(), filled.into(), more.clone())
            }
            _ => return Ok(value),
        };
        Ok(Value::new(data).with_origin(value.origin).marked(value.sensitive))
    }
}

/// The unknown value of a root variable.
fn not_given(module: &ModuleInstance, name: &Name, variable: &Variable) -> Value {
    let reference = Reference { module: module.path.clone(), subject: Subject::Variable(name.clone()) };
    let mut unknown = Unknown::because(Cause::Variable(reference.clone())).of(shape(&variable.constraint));
    unknown.named = Some((reference, Path::empty()));
    unknown.not_null = !variable.nullable;
    Value::unknown(unknown).with_origin(Origin::Declared(variable.span))
}

fn has_defaults(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Any | Constraint::String | Constraint::Number | Constraint::Bool => false,
        Constraint::List(of) | Constraint::Set(of) | Constraint::Map(of) => has_defaults(of),
        Constraint::Tuple(elements) => elements.iter().any(has_defaults),
        Constraint::Object(fields) => {
            fields.values().any(|field| field.default.is_some() || has_defaults(&field.of))
        }
    }
}

/// The type that a constraint converts to.
pub(super) fn shape(constraint: &Constraint) -> Type {
    match constraint {
        Constraint::Any => Type::Dynamic,
        Constraint::String => Type::String,
        Constraint::Number => Type::Number,
        Constraint::Bool => Type::Bool,
        Constraint::List(of) => Type::list(shape(of)),
        Constraint::Set(of) => Type::set(shape(of)),
        Constraint::Map(of) => Type::map(shape(of)),
        Constraint::Tuple(elements) => Type::Tuple(elements.iter().map(shape).collect()),
        Constraint::Object(fields) => Type::Object(Arc::new(
            fields
                .iter()
                .map(|(name, field)| (name.clone(), Field { of: shape(&field.of), optional: field.optional }))
                .collect(),
        )),
    }
}
