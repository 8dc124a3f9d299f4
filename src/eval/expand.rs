//! `count`, `for_each` and `enabled` to instances.
//!
//! Enters: the meta-arguments of a block. Leaves: its instances in Terraform's order. An unknown number
//! leaves one representative, `[*]`. Source: language.md 12.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::budget::{Limit, MOST_INSTANCES};
use super::{Evaluator, Failure, ModuleInstance, Scope};
use crate::address::{Key, Name};
use crate::source::Span;
use crate::syntax::Expr;
use crate::truth::Truth;
use crate::value::{Cause, Data, Number, SequenceKind, Type, Unknown, Value, convert, equal};

/// The meta-arguments that decide how many instances there are.
pub struct Meta<'m> {
    /// `count`
    pub count: Option<&'m Expr>,
    /// `for_each`
    pub for_each: Option<&'m Expr>,
    /// `enabled`
    pub enabled: Option<&'m Expr>,
    /// The header of the block.
    pub header: Span,
}

/// The instances of a block.
#[derive(Debug)]
pub struct Expansion {
    /// How the instances are told apart.
    pub shape: Shape,
    /// In Terraform's order.
    pub instances: Vec<Expanded>,
    /// Why their number or keys are not known: then there is one, `[*]`.
    pub unknown: Option<Arc<Unknown>>,
}

/// How instances are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// There is one, without a key.
    Single,
    /// By number.
    Count,
    /// By text.
    ForEach,
}

/// One instance.
#[derive(Clone, Debug)]
pub struct Expanded {
    /// Its key.
    pub key: Key,
    /// Its `each` or `count`.
    pub iteration: Iteration,
    /// Whether there is such an instance.
    pub exists: Truth,
    /// Why that is not known.
    pub unknown: Option<Arc<Unknown>>,
}

/// `each` and `count` of one instance.
#[derive(Clone, Debug, Default)]
pub struct Iteration {
    /// `each.key`
    pub key: Option<Value>,
    /// `each.value`
    pub value: Option<Value>,
    /// `count.index`
    pub index: Option<Value>,
}

impl Evaluator<'_> {
    /// Evaluates the meta-arguments of a block.
    pub fn expand(&self, meta: &Meta<'_>, module: &Rc<ModuleInstance>) -> Expansion {
        let scope = Scope::of(module, None);
        let _share = self.budget.share();
        let result = match (meta.count, meta.for_each, meta.enabled) {
            (Some(count), _, _) => self.expand_count(count, &scope),
            (None, Some(for_each), _) => self.expand_for_each(for_each, &scope),
            (None, None, Some(enabled)) => self.expand_enabled(enabled, &scope),
            (None, None, None) => Ok(single(Truth::True, None)),
        };
        let expansion = result.unwrap_or_else(|failure| {
            let value = self.recover(failure);
            let shape = if meta.count.is_some() { Shape::Count } else { Shape::ForEach };
            representative(shape, value.as_unknown().cloned(), None)
        });
        if (expansion.shape == Shape::Single || expansion.unknown.is_some())
            && let Err(limit) = self.budget.block()
        {
            let unknown = self.recover(Failure::limit(limit, meta.header));
            return representative(expansion.shape, unknown.as_unknown().cloned(), None);
        }
        expansion
    }

    /// Counts instances before they are made.
    fn instances(&self, count: u64, span: Span) -> Result<(), Failure> {
        if count > MOST_INSTANCES {
            return Err(Failure::limit(Limit::Instances, span));
        }
        self.budget.instances(count).map_err(|limit| Failure::limit(limit, span))
    }

    fn expand_count(&self, count: &Expr, scope: &Scope<'_>) -> Result<Expansion, Failure> {
        let value = self.evaluate(count, scope)?;
        let invalid = |why: &str| Failure::new(format!("Invalid count argument: {why}"), count.span);
        let number = match &value.data {
            Data::Unknown(unknown) => return Ok(representative(Shape::Count, Some(unknown.clone()), None)),
            Data::Null(_) => return Err(invalid("the given \"count\" argument value is null")),
            Data::Bool(_) | Data::Sequence(..) | Data::Mapping(..) => {
                return Err(invalid("a number is required"));
            }
            Data::Number(_) | Data::String(_) => {
                convert::convert(&value, &Type::Number).map_err(|error| invalid(&error.to_string()))?
            }
        };
        let number = match &number.data {
            Data::Number(number) => {
                number.to_u64().ok_or_else(|| invalid("must be a whole number of zero or more"))?
            }
            Data::Unknown(unknown) => return Ok(representative(Shape::Count, Some(unknown.clone()), None)),
            Data::Null(_) | Data::Bool(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => {
                return Err(invalid("a number is required"));
            }
        };
        self.instances(number, count.span)?;
        let instances = (0..number)
            .map(|index| Expanded {
                key: Key::Number(index),
                iteration: Iteration {
                    index: Some(Value::number(Number::from(index))),
                    ..Iteration::default()
                },
                exists: Truth::True,
                unknown: None,
            })
            .collect();
        Ok(Expansion { shape: Shape::Count, instances, unknown: None })
    }

    fn expand_enabled(&self, enabled: &Expr, scope: &Scope<'_>) -> Result<Expansion, Failure> {
        let value = self.evaluate(enabled, scope)?;
        let value = convert::convert(&value, &Type::Bool)
            .map_err(|error| Failure::new(format!("Invalid enabled argument: {error}"), enabled.span))?;
        match &value.data {
            Data::Bool(true) => Ok(single(Truth::True, None)),
            Data::Bool(false) => Ok(Expansion { shape: Shape::Single, instances: Vec::new(), unknown: None }),
            Data::Unknown(unknown) => Ok(single(Truth::Unknown, Some(unknown.clone()))),
            Data::Null(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => {
                Err(Failure::new("Invalid enabled argument: a bool is required", enabled.span))
            }
        }
    }

    fn expand_for_each(&self, for_each: &Expr, scope: &Scope<'_>) -> Result<Expansion, Failure> {
        let value = self.evaluate(for_each, scope)?;
        let invalid = |why: &str| Failure::new(format!("Invalid for_each argument: {why}"), for_each.span);
        if value.sensitive {
            return Err(invalid("sensitive values cannot be used to tell instances apart"));
        }
        match &value.data {
            Data::Unknown(unknown) => {
                let members: Option<Vec<Vec<(Name, Value)>>> = unknown.one_of.iter().map(entries).collect();
                match members.filter(|members| !members.is_empty()).and_then(|m| union(&m, unknown)) {
                    Some(union) => {
                        self.instances(union.instances.len() as u64, for_each.span)?;
                        Ok(union)
                    }
                    None => Ok(representative(Shape::ForEach, Some(unknown.clone()), element_of(unknown))),
                }
            }
            Data::Null(_) => Err(invalid("the given \"for_each\" argument value is null")),
            Data::Bool(_) | Data::Number(_) | Data::String(_) => {
                Err(invalid("the \"for_each\" value must be a map, or a set of strings"))
            }
            Data::Sequence(SequenceKind::List(_) | SequenceKind::Tuple, _, _) => Err(invalid(
                "the \"for_each\" value must be a map, or a set of strings, and you have provided a value of type list",
            )),
            Data::Sequence(SequenceKind::Set(_), elements, more) => {
                if let Some(unknown) =
                    more.clone().or_else(|| elements.iter().find_map(|e| e.as_unknown().cloned()))
                {
                    return Ok(representative(Shape::ForEach, Some(unknown), None));
                }
                self.instances(elements.len() as u64, for_each.span)?;
                if let Some(entries) = entries(&value) {
                    Ok(of_entries(entries))
                } else {
                    let holed = elements.iter().flat_map(Value::unknowns).next();
                    match holed {
                        Some(unknown) => Ok(representative(Shape::ForEach, Some(unknown), None)),
                        None => Err(invalid("the set must contain only non-null strings")),
                    }
                }
            }
            Data::Mapping(_, members) => {
                self.instances(members.len() as u64, for_each.span)?;
                Ok(of_entries(entries(&value).unwrap_or_default()))
            }
        }
    }
}

fn of_entries(entries: Vec<(Name, Value)>) -> Expansion {
    let instances = entries.into_iter().map(|(key, value)| of_entry(key, value, Truth::True, None)).collect();
    Expansion { shape: Shape::ForEach, instances, unknown: None }
}

fn of_entry(key: Name, value: Value, exists: Truth, unknown: Option<Arc<Unknown>>) -> Expanded {
    let iteration = Iteration { key: Some(Value::string(&key)), value: Some(value), index: None };
    Expanded { key: Key::Text(key), iteration, exists, unknown }
}

/// Keys and values of a map, an object or a set of known strings.
fn entries(value: &Value) -> Option<Vec<(Name, Value)>> {
    match &value.data {
        Data::Mapping(_, entries) => Some(
            entries
                .iter()
                .map(|(key, entry)| {
                    let origin = value.origin.through(&entry.origin);
                    (key.clone(), entry.clone().with_origin(origin))
                })
                .collect(),
        ),
        Data::Sequence(SequenceKind::Set(_) | SequenceKind::Tuple, elements, None) => elements
            .iter()
            .map(|element| {
                let origin = value.origin.through(&element.origin);
                element.as_str().map(|key| (Name::from(key), element.clone().with_origin(origin)))
            })
            .collect(),
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Unknown(_) => None,
    }
}

/// The union of several possible sets of instances: what is in all of them exists for certain.
fn union(members: &[Vec<(Name, Value)>], unknown: &Arc<Unknown>) -> Option<Expansion> {
    let mut all: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
    for (key, value) in members.iter().flatten() {
        all.entry(key.clone()).or_default().push(value.clone());
    }
    if all.len() as u64 > MOST_INSTANCES {
        return None;
    }
    let instances = all
        .into_iter()
        .map(|(key, mut values)| {
            let everywhere = values.len() == members.len();
            values.dedup_by(|later, earlier| equal::equal(later, earlier).is_true());
            let value = if values.len() == 1 {
                values.remove(0)
            } else {
                let mut either = Unknown::because(unknown.cause.clone());
                either.one_of = values;
                Value::unknown(either)
            };
            let exists = if everywhere { Truth::True } else { Truth::Unknown };
            of_entry(key, value, exists, (!everywhere).then(|| unknown.clone()))
        })
        .collect();
    Some(Expansion { shape: Shape::ForEach, instances, unknown: None })
}

/// What is known of the elements of an unknown collection.
fn element_of(unknown: &Arc<Unknown>) -> Option<Value> {
    let of_type = unknown.of_type.element().cloned()?;
    Some(Value::unknown(Unknown::because(unknown.cause.clone()).of(of_type)))
}

fn single(exists: Truth, unknown: Option<Arc<Unknown>>) -> Expansion {
    let instance = Expanded { key: Key::None, iteration: Iteration::default(), exists, unknown };
    Expansion { shape: Shape::Single, instances: vec![instance], unknown: None }
}

/// The one instance that stands for a number that is not known.
fn representative(shape: Shape, unknown: Option<Arc<Unknown>>, element: Option<Value>) -> Expansion {
    let unknown = unknown.unwrap_or_else(|| Arc::new(Unknown::because(Cause::Any(Vec::new()))));
    let part = |of_type: Type| Value::unknown(Unknown::because(unknown.cause.clone()).of(of_type).not_null());
    let iteration = match shape {
        Shape::Count => Iteration { index: Some(part(Type::Number)), ..Iteration::default() },
        Shape::ForEach | Shape::Single => Iteration {
            key: Some(part(Type::String)),
            value: Some(element.unwrap_or_else(|| Value::unknown(Unknown::because(unknown.cause.clone())))),
            index: None,
        },
    };
    let instance =
        Expanded { key: Key::Unknown, iteration, exists: Truth::Unknown, unknown: Some(unknown.clone()) };
    Expansion { shape, instances: vec![instance], unknown: Some(unknown) }
}
