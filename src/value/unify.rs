//! The one type that several have in common, as in Terraform (language.md 4).
//!
//! Enters: types. Leaves: the type that values of all of them convert to. Gives up after a number of steps
//! that grows with the types.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::{DEEPEST, without_optional};
use super::{Field, Type};
use crate::address::Name;

/// The one type that values of all these types convert to (language.md 4).
///
/// `Dynamic` among them is passed over: a null, or an unknown of which nothing is known, takes the type of
/// the others. Only such give `Dynamic`.
#[must_use]
pub fn unify(types: &[Type]) -> Option<Type> {
    Unification::of(types).unify(&types.iter().collect::<Vec<_>>())
}

/// The type of a conditional whose arms have these types.
///
/// An arm that is `Dynamic` leaves the other one as it is: that is Terraform's answer for the literal `null`.
/// For an arm that is *unknown* with an unknown type Terraform converts neither; that is the caller's to see.
#[must_use]
pub fn unify_conditional(then: &Type, otherwise: &Type) -> Option<Type> {
    match (then, otherwise) {
        (Type::Dynamic, other) | (other, Type::Dynamic) => Some(without_optional(other)),
        (then, otherwise) => Unification::of([then, otherwise]).unify(&[then, otherwise]),
    }
}

/// Whether values of one type may convert to another, and to which type exactly: `Dynamic` inside of `to` is
/// filled in as far as `from` tells.
#[must_use]
pub fn converted_type(from: &Type, to: &Type) -> Option<Type> {
    Unification::of([from, to]).resolve(from, to)
}

/// One look for a common type; `steps` are left.
struct Unification {
    steps: u32,
    depth: usize,
}

impl Unification {
    /// A look that may take a few times as many steps as the types have parts. Objects that do not unify
    /// attribute by attribute are tried as maps, so deep ones would otherwise take steps without end.
    fn of<'t>(types: impl IntoIterator<Item = &'t Type>) -> Self {
        let parts = types.into_iter().map(parts).fold(0_u32, u32::saturating_add);
        Self { steps: parts.saturating_mul(32).saturating_add(10_000), depth: 0 }
    }

    /// Runs one level deeper, unless the limits are reached.
    fn deeper(&mut self, look: impl FnOnce(&mut Self) -> Option<Type>) -> Option<Type> {
        self.steps = self.steps.checked_sub(1)?;
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let found = look(self);
        self.depth -= 1;
        found
    }

    fn unify(&mut self, types: &[&Type]) -> Option<Type> {
        let types: Vec<&Type> = types.iter().copied().filter(|of| **of != Type::Dynamic).collect();
        let Some(first) = types.first() else { return Some(Type::Dynamic) };
        if types.iter().all(|of| of == first) {
            return Some(without_optional(first));
        }
        self.steps = self.steps.checked_sub(u32::try_from(types.len()).ok()?)?;
        if types.iter().all(|of| of.is_primitive()) {
            // Number and bool have no common type without a string among them.
            return types.contains(&&Type::String).then_some(Type::String);
        }
        let all = |fits: fn(&Type) -> bool| types.iter().all(|of| fits(of));
        if all(|of| matches!(of, Type::Object(_))) {
            self.deeper(|this| this.unify_objects(&types))
        } else if all(|of| matches!(of, Type::Tuple(_))) {
            self.deeper(|this| this.unify_tuples(&types))
        } else if all(|of| matches!(of, Type::List(_) | Type::Set(_) | Type::Tuple(_))) {
            self.deeper(|this| this.unify_sequences(&types))
        } else if all(|of| matches!(of, Type::Map(_) | Type::Object(_))) {
            self.deeper(|this| this.unify_mappings(&types))
        } else {
            None
        }
    }

    /// Attribute by attribute when all have the same ones, otherwise as maps.
    fn unify_objects(&mut self, types: &[&Type]) -> Option<Type> {
        let objects: Vec<&BTreeMap<Name, Field>> = types.iter().filter_map(|of| fields(of)).collect();
        let first = objects.first()?;
        if objects.iter().all(|object| object.keys().eq(first.keys())) {
            let mut unified = BTreeMap::new();
            for name in first.keys() {
                let column: Vec<&Type> =
                    objects.iter().filter_map(|object| object.get(name)).map(|field| &field.of).collect();
                match self.unify(&column) {
                    Some(of) => unified.insert(name.clone(), Field::required(of)),
                    None => break,
                };
            }
            if unified.len() == first.len() {
                return Some(Type::Object(Arc::new(unified)));
            }
        }
        let attributes: Vec<&Type> = objects.iter().flat_map(|o| o.values()).map(|field| &field.of).collect();
        self.unify(&attributes).map(Type::map)
    }

    /// Element by element when all have the same length, otherwise as lists.
    fn unify_tuples(&mut self, types: &[&Type]) -> Option<Type> {
        let tuples: Vec<&[Type]> = types.iter().filter_map(|of| tuple_elements(of)).collect();
        let first = tuples.first()?;
        if tuples.iter().all(|tuple| tuple.len() == first.len()) {
            let mut unified = Vec::with_capacity(first.len());
            for index in 0..first.len() {
                let column: Vec<&Type> = tuples.iter().filter_map(|tuple| tuple.get(index)).collect();
                match self.unify(&column) {
                    Some(of) => unified.push(of),
                    None => break,
                }
            }
            if unified.len() == first.len() {
                return Some(Type::Tuple(unified.into()));
            }
        }
        let elements: Vec<&Type> = tuples.iter().flat_map(|tuple| tuple.iter()).collect();
        self.unify(&elements).map(Type::list)
    }

    /// A list when there is one, otherwise a set. Tuples beside lists help to find the type of the elements;
    /// beside sets they have to convert to it, as sets have to beside lists.
    fn unify_sequences(&mut self, types: &[&Type]) -> Option<Type> {
        let of_sets: Vec<&Type> =
            types.iter().filter(|of| matches!(of, Type::Set(_))).filter_map(|of| of.element()).collect();
        let of_lists: Vec<&Type> =
            types.iter().filter(|of| matches!(of, Type::List(_))).filter_map(|of| of.element()).collect();
        let in_tuples: Vec<&Type> = types.iter().filter_map(|of| tuple_elements(of)).flatten().collect();
        match (of_lists.is_empty(), of_sets.is_empty()) {
            (_, true) => self.unify(&[of_lists, in_tuples].concat()).map(Type::list),
            (true, false) => self.unify_elements(&of_sets, &in_tuples).map(Type::set),
            (false, false) => self.unify_elements(&of_lists, &[of_sets, in_tuples].concat()).map(Type::list),
        }
    }

    fn unify_mappings(&mut self, types: &[&Type]) -> Option<Type> {
        let of_maps = types.iter().filter_map(|of| of.element());
        let attributes =
            types.iter().filter_map(|of| fields(of)).flat_map(BTreeMap::values).map(|field| &field.of);
        let all: Vec<&Type> = of_maps.chain(attributes).collect();
        self.unify(&all).map(Type::map)
    }

    fn unify_elements(&mut self, leading: &[&Type], others: &[&Type]) -> Option<Type> {
        let of = self.unify(leading)?;
        if !of.is_exact() {
            return self.unify(&[leading, others].concat());
        }
        others.iter().all(|other| self.resolve(other, &of).is_some()).then_some(of)
    }

    fn resolve(&mut self, from: &Type, to: &Type) -> Option<Type> {
        match (from, to) {
            (from, Type::Dynamic) => Some(from.clone()),
            (Type::Dynamic, to) => Some(without_optional(to)),
            (Type::String, Type::String | Type::Number | Type::Bool)
            | (Type::Number, Type::String | Type::Number)
            | (Type::Bool, Type::String | Type::Bool) => Some(to.clone()),
            (Type::List(element) | Type::Set(element), Type::List(of)) => {
                self.deeper(|this| this.resolve(element, of)).map(Type::list)
            }
            (Type::List(element) | Type::Set(element), Type::Set(of)) => {
                self.deeper(|this| this.resolve(element, of)).map(Type::set)
            }
            (Type::Tuple(elements), Type::List(of)) => {
                self.deeper(|this| this.resolve_all(elements.iter(), of)).map(Type::list)
            }
            (Type::Tuple(elements), Type::Set(of)) => {
                self.deeper(|this| this.resolve_all(elements.iter(), of)).map(Type::set)
            }
            (Type::Map(element), Type::Map(of)) => {
                self.deeper(|this| this.resolve(element, of)).map(Type::map)
            }
            (Type::Object(fields), Type::Map(of)) => {
                let attributes = fields.values().map(|field| &field.of);
                self.deeper(|this| this.resolve_all(attributes, of)).map(Type::map)
            }
            (Type::Map(element), Type::Object(wanted)) => self.deeper(|this| {
                let mut resolved = BTreeMap::new();
                for (name, field) in wanted.iter() {
                    resolved.insert(name.clone(), Field::required(this.resolve(element, &field.of)?));
                }
                Some(Type::Object(Arc::new(resolved)))
            }),
            (Type::Object(given), Type::Object(wanted)) => self.deeper(|this| {
                let mut resolved = BTreeMap::new();
                for (name, field) in wanted.iter() {
                    let of = match given.get(name) {
                        Some(given) => this.resolve(&given.of, &field.of)?,
                        None if field.optional => without_optional(&field.of),
                        None => return None,
                    };
                    resolved.insert(name.clone(), Field::required(of));
                }
                Some(Type::Object(Arc::new(resolved)))
            }),
            (Type::Tuple(given), Type::Tuple(wanted)) if given.len() == wanted.len() => self.deeper(|this| {
                let mut resolved = Vec::with_capacity(given.len());
                for (given, wanted) in given.iter().zip(wanted.iter()) {
                    resolved.push(this.resolve(given, wanted)?);
                }
                Some(Type::Tuple(resolved.into()))
            }),
            (
                Type::String
                | Type::Number
                | Type::Bool
                | Type::List(_)
                | Type::Set(_)
                | Type::Map(_)
                | Type::Tuple(_)
                | Type::Object(_),
                _,
            ) => None,
        }
    }

    fn resolve_all<'t>(&mut self, types: impl Iterator<Item = &'t Type>, of: &Type) -> Option<Type> {
        let mut resolved = Vec::new();
        for from in types {
            resolved.push(self.resolve(from, of)?);
        }
        if of.is_exact() {
            return Some(without_optional(of));
        }
        self.unify(&resolved.iter().collect::<Vec<_>>())
    }
}

/// How many types a type is made of.
fn parts(of: &Type) -> u32 {
    let inside = match of {
        Type::Dynamic | Type::String | Type::Number | Type::Bool => 0,
        Type::List(element) | Type::Set(element) | Type::Map(element) => parts(element),
        Type::Tuple(elements) => elements.iter().map(parts).fold(0, u32::saturating_add),
        Type::Object(fields) => fields.values().map(|field| parts(&field.of)).fold(0, u32::saturating_add),
    };
    inside.saturating_add(1)
}

fn tuple_elements(of: &Type) -> Option<&[Type]> {
    match of {
        Type::Tuple(elements) => Some(elements),
        Type::Dynamic
        | Type::String
        | Type::Number
        | Type::Bool
        | Type::List(_)
        | Type::Set(_)
        | Type::Map(_)
        | Type::Object(_) => None,
    }
}

fn fields(of: &Type) -> Option<&BTreeMap<Name, Field>> {
    match of {
        Type::Object(fields) => Some(fields),
        Type::Dynamic
        | Type::String
        | Type::Number
        | Type::Bool
        | Type::List(_)
        | Type::Set(_)
        | Type::Map(_)
        | Type::Tuple(_) => None,
    }
}
