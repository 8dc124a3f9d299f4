//! Conversion, unification, equality and the order of sets, as in Terraform (language.md 3, 4, 10).
//!
//! Enters: values and the types that somebody wants. Leaves: values of these types, whose every part keeps
//! its origin and its mark, or Terraform's objection. Nothing here runs longer than the values are large,
//! apart from unification, which gives up after a fixed number of steps.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Cause, Data, Field, MappingKind, More, Number, SequenceKind, Text, Type, Unknown, Value};
use crate::address::{Address, Name, Path, PathStep};
use crate::truth::Truth;

/// How deep values and types are followed; deeper ones do not convert and are not compared.
pub(crate) const DEEPEST: usize = 512;

/// How many values one conversion may make. Values share their parts, so a small program can make a value
/// that would fill the memory once it is written out.
const MOST_PARTS: usize = 1 << 21;

/// Steps that one comparison may take.
const MOST_STEPS: u32 = 1_000_000;

/// Why a value does not have the wanted type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError {
    /// Where inside the value.
    pub path: Path,
    /// What is wrong there, in Terraform's words.
    pub message: String,
}

impl fmt::Display for ConversionError {
    /// Writes the way and the message as Terraform does: `element 0: attribute "a": string required`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.path.steps() {
            match step {
                PathStep::Attribute(name) => write!(f, "attribute \"{name}\": ")?,
                PathStep::Index(index) => write!(f, "element {index}: ")?,
                PathStep::Key(key) => write!(f, "element \"{key}\": ")?,
                PathStep::Any => f.write_str("element: ")?,
            }
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConversionError {}

/// Converts a value to a type.
///
/// A lone `Dynamic` converts nothing; inside a collection it is "one type, to be found". Missing optional
/// attributes become null; their defaults are the business of whoever reads the constraint.
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConversionError> {
    Conversion { path: Vec::new(), finds_types: true, parts: MOST_PARTS }.convert(value, to)
}

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

/// Whether Terraform's `==` holds: type first, then value.
#[must_use]
pub fn equal(a: &Value, b: &Value) -> Truth {
    Comparison { steps: MOST_STEPS, depth: 0 }.equal(a, b)
}

/// The order of the elements of a set: strings by code point, numbers by value, false before true, then null,
/// then what is not known. The order of other elements is ours; Terraform's is by hash.
#[must_use]
pub fn compare_for_set(a: &Value, b: &Value) -> Ordering {
    certainty(a).cmp(&certainty(b)).then_with(|| compare(a, b, 0))
}

/// Sorts the elements of a set and drops those that are certainly there twice.
#[must_use]
pub fn sort_set(mut elements: Vec<Value>) -> Vec<Value> {
    elements.sort_by(compare_for_set);
    elements.dedup_by(|later, earlier| {
        certainty(later) < 2 && compare_for_set(earlier, later).is_eq() && equal(earlier, later).is_true()
    });
    elements
}

/// A conversion on its way down.
struct Conversion {
    path: Vec<PathStep>,
    /// How many values may still be converted.
    parts: usize,
    /// Whether `Dynamic` inside a collection is a type to be found; otherwise it was looked for already.
    finds_types: bool,
}

impl Conversion {
    fn convert(&mut self, value: &Value, to: &Type) -> Result<Value, ConversionError> {
        self.parts = self.parts.saturating_sub(1);
        if self.path.len() > DEEPEST || self.parts == 0 {
            return Err(self.error("the value is too large to be converted"));
        }
        let data = match (&value.data, to) {
            (_, Type::Dynamic) => return Ok(value.clone()),
            (Data::Null(from), _) => match converted_type(from, to) {
                Some(of) => Data::Null(of),
                None => return Err(self.required(to)),
            },
            (Data::Unknown(unknown), _) => Data::Unknown(self.unknown(unknown, to)?),
            // A resource has more attributes than are shown: as a map it stays what it is.
            (Data::Bool(_), Type::Bool)
            | (Data::Number(_), Type::Number)
            | (Data::String(_), Type::String)
            | (Data::Mapping(MappingKind::Block(_), _), Type::Map(_)) => value.data.clone(),
            (Data::Bool(bool), Type::String) => {
                Data::String(Text::known(if *bool { "true" } else { "false" }))
            }
            (Data::Number(number), Type::String) => Data::String(Text::known(&number.to_string())),
            (Data::String(text), Type::Number | Type::Bool) => self.text(text, to)?,
            (Data::Sequence(_, elements, more), Type::List(of)) => {
                let (of, elements) = self.elements(elements, of, "list")?;
                let more = self.more(more, &of);
                Data::Sequence(SequenceKind::List(of), elements.into(), more)
            }
            (Data::Sequence(_, elements, more), Type::Set(of)) => {
                let (of, elements) = self.elements(elements, of, "set")?;
                let more = self.more(more, &of);
                // Terraform moves the marks of elements to the set, since elements have no place of their own.
                let sensitive = value.sensitive || elements.iter().any(Value::holds_sensitive);
                let elements =
                    if sensitive { elements.iter().map(Value::unmarked).collect() } else { elements };
                let data = Data::Sequence(SequenceKind::Set(of), sort_set(elements).into(), more);
                return Ok(Value::new(data).with_origin(value.origin.clone()).marked(sensitive));
            }
            (Data::Sequence(SequenceKind::Tuple, elements, more), Type::Tuple(types)) => {
                self.tuple(elements, more, types)?
            }
            (Data::Mapping(MappingKind::Block(owner), entries), Type::Object(fields)) => {
                self.object(&completed(owner, entries, fields), fields)?
            }
            (Data::Mapping(_, entries), Type::Map(of)) => self.map(entries, of)?,
            (Data::Mapping(_, entries), Type::Object(fields)) => self.object(entries, fields)?,
            (
                Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..),
                Type::String
                | Type::Number
                | Type::Bool
                | Type::List(_)
                | Type::Set(_)
                | Type::Map(_)
                | Type::Tuple(_)
                | Type::Object(_),
            ) => return Err(self.required(to)),
        };
        Ok(Value::new(data).with_origin(value.origin.clone()).marked(value.sensitive))
    }

    fn text(&self, text: &Text, to: &Type) -> Result<Data, ConversionError> {
        let Some(known) = text.as_known() else { return Ok(Data::Unknown(unknown_from_text(text, to))) };
        match to {
            Type::Number => match Number::parse_conversion(known) {
                Some(number) => Ok(Data::Number(number)),
                None => Err(self.error("a number is required")),
            },
            Type::Bool
            | Type::Dynamic
            | Type::String
            | Type::List(_)
            | Type::Set(_)
            | Type::Map(_)
            | Type::Tuple(_)
            | Type::Object(_) => match known {
                "true" | "1" => Ok(Data::Bool(true)),
                "false" | "0" => Ok(Data::Bool(false)),
                "True" | "TRUE" => {
                    Err(self.error("a bool is required; to convert from string, use lowercase \"true\""))
                }
                "False" | "FALSE" => {
                    Err(self.error("a bool is required; to convert from string, use lowercase \"false\""))
                }
                _ => Err(self.error("a bool is required")),
            },
        }
    }

    fn unknown(&mut self, unknown: &Arc<Unknown>, to: &Type) -> Result<Arc<Unknown>, ConversionError> {
        let Some(of_type) = converted_type(&unknown.of_type, to) else { return Err(self.required(to)) };
        if of_type == unknown.of_type {
            return Ok(unknown.clone());
        }
        let one_of = self.one_of(unknown, &of_type);
        Ok(Arc::new(Unknown { of_type, one_of, ..unknown.as_ref().clone() }))
    }

    /// The possible values that convert. One that does not would be an error in Terraform, so the value is
    /// none of those; when none is left the unknown can be anything, as far as we know.
    fn one_of(&mut self, unknown: &Unknown, to: &Type) -> Vec<Value> {
        self.path.push(PathStep::Any);
        let converted = unknown.one_of.iter().filter_map(|member| self.convert(member, to).ok()).collect();
        self.path.pop();
        converted
    }

    fn more(&mut self, more: &More, of: &Type) -> More {
        more.as_ref().map(|unknown| match self.unknown(unknown, of) {
            Ok(converted) => converted,
            Err(_) => {
                Arc::new(Unknown { of_type: of.clone(), one_of: Vec::new(), ..unknown.as_ref().clone() })
            }
        })
    }

    /// Converts each element to one type, which is found when `of` leaves it open.
    fn elements(
        &mut self,
        elements: &[Value],
        of: &Type,
        collection: &str,
    ) -> Result<(Type, Vec<Value>), ConversionError> {
        let mut converted = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            converted.push(self.inside(PathStep::Index(index), element, of)?);
        }
        if of.is_exact() || !self.finds_types {
            return Ok((without_optional(of), converted));
        }
        let found = self.common_type(converted.iter(), collection)?;
        for (index, element) in converted.iter_mut().enumerate() {
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            self.settle(PathStep::Index(index), element, &found)?;
        }
        Ok((found, converted))
    }

    fn map(&mut self, entries: &BTreeMap<Name, Value>, of: &Type) -> Result<Data, ConversionError> {
        let mut converted = BTreeMap::new();
        for (name, value) in entries {
            converted.insert(name.clone(), self.inside(PathStep::Key(name.clone()), value, of)?);
        }
        if of.is_exact() || !self.finds_types {
            return Ok(Data::Mapping(MappingKind::Map(without_optional(of)), Arc::new(converted)));
        }
        let found = self.common_type(converted.values(), "map")?;
        for (name, value) in &mut converted {
            self.settle(PathStep::Key(name.clone()), value, &found)?;
        }
        Ok(Data::Mapping(MappingKind::Map(found), Arc::new(converted)))
    }

    fn common_type<'v>(
        &self,
        values: impl Iterator<Item = &'v Value>,
        collection: &str,
    ) -> Result<Type, ConversionError> {
        let types: Vec<Type> = values.map(Value::type_of).collect();
        unify(&types).ok_or_else(|| self.error(&format!("all {collection} elements must have the same type")))
    }

    /// Converts an element to the type that was found for all; what is still open in there stays as it is.
    fn settle(&mut self, step: PathStep, element: &mut Value, found: &Type) -> Result<(), ConversionError> {
        if element.type_of() != *found {
            let outer = std::mem::replace(&mut self.finds_types, false);
            let settled = self.inside(step, element, found);
            self.finds_types = outer;
            *element = settled?;
        }
        Ok(())
    }

    fn tuple(
        &mut self,
        elements: &[Value],
        more: &More,
        types: &Arc<[Type]>,
    ) -> Result<Data, ConversionError> {
        if elements.len() > types.len() || (elements.len() < types.len() && more.is_none()) {
            return Err(self.error("tuple required"));
        }
        if let Some(more) = more {
            let of = without_optional(&Type::Tuple(types.clone()));
            return Ok(Data::Unknown(Arc::new(Unknown::because(more.cause.clone()).of(of).not_null())));
        }
        let mut converted = Vec::with_capacity(elements.len());
        for (index, (element, of)) in elements.iter().zip(types.iter()).enumerate() {
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            converted.push(self.inside(PathStep::Index(index), element, of)?);
        }
        Ok(Data::Sequence(SequenceKind::Tuple, converted.into(), None))
    }

    fn object(
        &mut self,
        entries: &BTreeMap<Name, Value>,
        fields: &BTreeMap<Name, Field>,
    ) -> Result<Data, ConversionError> {
        let missing: Vec<String> = fields
            .iter()
            .filter(|(name, field)| !field.optional && !entries.contains_key(*name))
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        match missing.as_slice() {
            [] => {}
            [one] => return Err(self.error(&format!("attribute {one} is required"))),
            [one, other] => return Err(self.error(&format!("attributes {one} and {other} are required"))),
            [several @ .., last] => {
                return Err(
                    self.error(&format!("attributes {}, and {last} are required", several.join(", ")))
                );
            }
        }
        let mut converted = BTreeMap::new();
        for (name, field) in fields {
            let value = match entries.get(name) {
                Some(value) => self.inside(PathStep::Attribute(name.clone()), value, &field.of)?,
                None => Value::new(Data::Null(without_optional(&field.of))),
            };
            converted.insert(name.clone(), value);
        }
        Ok(Data::Mapping(MappingKind::Object, Arc::new(converted)))
    }

    fn inside(&mut self, step: PathStep, value: &Value, to: &Type) -> Result<Value, ConversionError> {
        self.path.push(step);
        let converted = self.convert(value, to);
        self.path.pop();
        converted
    }

    fn error(&self, message: &str) -> ConversionError {
        let path = self.path.iter().fold(Path::empty(), |path, step| path.then(step.clone()));
        ConversionError { path, message: message.to_owned() }
    }

    fn required(&self, to: &Type) -> ConversionError {
        self.error(&format!("{} required", constraint_name(to)))
    }
}

/// What a partly known string is as a number or bool: unknown, and never null.
fn unknown_from_text(text: &Text, to: &Type) -> Arc<Unknown> {
    if let Some(only) = text.as_hole() {
        let one_of = only.one_of.iter().filter_map(|member| convert(member, to).ok()).collect();
        let unknown = Unknown { of_type: to.clone(), one_of, ..only.as_ref().clone() };
        return Arc::new(unknown.not_null());
    }
    let cause = Cause::any(text.holes().map(|(_, unknown)| unknown.cause.clone()));
    Arc::new(Unknown::because(cause).of(to.clone()).not_null())
}

/// What Terraform calls a wanted type in messages: `list of string`, `map of any single type`.
#[must_use]
pub fn constraint_name(of: &Type) -> String {
    let mut name = String::new();
    let mut rest = of;
    while let Type::List(element) | Type::Set(element) | Type::Map(element) = rest {
        name.push_str(rest.friendly_name());
        name.push_str(" of ");
        rest = element;
    }
    if name.is_empty() || *rest != Type::Dynamic {
        name.push_str(rest.friendly_name());
    } else {
        name.push_str("any single type");
    }
    name
}

/// The type that values have which were converted to a constraint: no attribute of theirs is optional.
#[must_use]
pub fn without_optional(of: &Type) -> Type {
    match of {
        Type::Dynamic | Type::String | Type::Number | Type::Bool => of.clone(),
        Type::List(element) => Type::list(without_optional(element)),
        Type::Set(element) => Type::set(without_optional(element)),
        Type::Map(element) => Type::map(without_optional(element)),
        Type::Tuple(elements) => Type::Tuple(elements.iter().map(without_optional).collect()),
        Type::Object(fields) => Type::Object(Arc::new(
            fields
                .iter()
                .map(|(name, field)| (name.clone(), Field::required(without_optional(&field.of))))
                .collect(),
        )),
    }
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

/// One comparison; `steps` are left.
struct Comparison {
    steps: u32,
    depth: usize,
}

impl Comparison {
    fn equal(&mut self, a: &Value, b: &Value) -> Truth {
        let Some(steps) = self.steps.checked_sub(1) else { return Truth::Unknown };
        self.steps = steps;
        if self.depth == DEEPEST {
            return Truth::Unknown;
        }
        self.depth += 1;
        let answer = self.compare(a, b);
        self.depth -= 1;
        answer
    }

    fn compare(&mut self, a: &Value, b: &Value) -> Truth {
        match (&a.data, &b.data) {
            (Data::Unknown(unknown), _) => self.equal_unknown(unknown, b),
            (_, Data::Unknown(unknown)) => self.equal_unknown(unknown, a),
            (Data::Null(_), Data::Null(_)) => Truth::True,
            (Data::Bool(left), Data::Bool(right)) => Truth::from_bool(left == right),
            (Data::Number(left), Data::Number(right)) => Truth::from_bool(left == right),
            (Data::String(left), Data::String(right)) => equal_texts(left, right),
            (Data::Sequence(left, ..), Data::Sequence(right, ..)) if !same_sequence_kind(left, right) => {
                Truth::False
            }
            (Data::Sequence(SequenceKind::Set(_), left, more), Data::Sequence(_, right, other_more)) => {
                self.equal_sets((left, more), (right, other_more))
            }
            (Data::Sequence(_, left, more), Data::Sequence(_, right, other_more)) => {
                self.equal_sequences((left, more), (right, other_more))
            }
            (Data::Mapping(MappingKind::Block(_), entries), Data::Mapping(_, others))
            | (Data::Mapping(_, entries), Data::Mapping(MappingKind::Block(_), others)) => {
                let shared = entries.iter().filter_map(|(name, entry)| Some((entry, others.get(name)?)));
                self.equal_all(shared).and(Truth::Unknown)
            }
            (Data::Mapping(left, entries), Data::Mapping(right, others)) => {
                if same_mapping_kind(left, right) && entries.keys().eq(others.keys()) {
                    self.equal_all(entries.values().zip(others.values()))
                } else {
                    Truth::False
                }
            }
            (
                Data::Null(_)
                | Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..),
                _,
            ) => Truth::False,
        }
    }

    fn equal_unknown(&mut self, unknown: &Unknown, other: &Value) -> Truth {
        if let Some((first, rest)) = unknown.one_of.split_first() {
            let mut answer = self.equal(first, other);
            for member in rest {
                if answer.is_unknown() {
                    break;
                }
                answer = answer.agree(self.equal(member, other));
            }
            if !answer.is_unknown() {
                return answer;
            }
        }
        match &other.data {
            Data::Null(_) => false_if(unknown.not_null),
            Data::Unknown(other) => {
                // Two nulls are equal whatever their types; one that is certainly none leaves the types to decide.
                let differ = !may_be_same(&unknown.of_type, &other.of_type, 0);
                false_if(differ && (unknown.not_null || other.not_null))
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) | Data::Mapping(..) => {
                false_if(!may_be_same(&unknown.of_type, &other.type_of(), 0))
            }
        }
    }

    fn equal_sequences(&mut self, left: (&[Value], &More), right: (&[Value], &More)) -> Truth {
        let ((left, more), (right, other_more)) = (left, right);
        let too_long =
            |longer: &[Value], shorter: &[Value], more: &More| longer.len() > shorter.len() && more.is_none();
        if too_long(left, right, other_more) || too_long(right, left, more) {
            return Truth::False;
        }
        let shown = self.equal_all(left.iter().zip(right));
        if more.is_some() || other_more.is_some() { shown.and(Truth::Unknown) } else { shown }
    }

    /// Sets are equal when each holds what the other holds; an unknown element may coincide with any.
    fn equal_sets(&mut self, left: (&[Value], &More), right: (&[Value], &More)) -> Truth {
        let surely_missing = |this: &mut Self, elements: &[Value], (others, more): (&[Value], &More)| {
            more.is_none()
                && elements
                    .iter()
                    .any(|element| others.iter().all(|other| this.equal(element, other).is_false()))
        };
        let known = |(elements, more): (&[Value], &More)| {
            more.is_none() && elements.iter().all(Value::is_wholly_known)
        };
        if known(left) && known(right) {
            return if left.0.len() == right.0.len() {
                self.equal_all(left.0.iter().zip(right.0))
            } else {
                Truth::False
            };
        }
        if surely_missing(self, left.0, right) || surely_missing(self, right.0, left) {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    fn equal_all<'v>(&mut self, pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Truth {
        let mut answer = Truth::True;
        for (left, right) in pairs {
            answer = answer.and(self.equal(left, right));
            if answer.is_false() {
                break;
            }
        }
        answer
    }
}

fn equal_texts(left: &Text, right: &Text) -> Truth {
    if let Some(known) = right.as_known() {
        return left.equals(known);
    }
    if let Some(known) = left.as_known() {
        return right.equals(known);
    }
    let fit = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    let fit_at_end = |a: &str, b: &str| a.ends_with(b) || b.ends_with(a);
    let possible = fit(left.known_prefix(), right.known_prefix())
        && fit_at_end(left.known_suffix(), right.known_suffix());
    if possible { Truth::Unknown } else { Truth::False }
}

fn same_sequence_kind(left: &SequenceKind, right: &SequenceKind) -> bool {
    match (left, right) {
        (SequenceKind::List(left), SequenceKind::List(right))
        | (SequenceKind::Set(left), SequenceKind::Set(right)) => may_be_same(left, right, 0),
        (SequenceKind::Tuple, SequenceKind::Tuple) => true,
        (SequenceKind::List(_) | SequenceKind::Set(_) | SequenceKind::Tuple, _) => false,
    }
}

fn same_mapping_kind(left: &MappingKind, right: &MappingKind) -> bool {
    match (left, right) {
        (MappingKind::Map(left), MappingKind::Map(right)) => may_be_same(left, right, 0),
        (MappingKind::Object, MappingKind::Object) => true,
        (MappingKind::Map(_) | MappingKind::Object | MappingKind::Block(_), _) => false,
    }
}

/// The attributes of a resource instance or block that an object type asks for: what is not shown is an
/// unknown attribute of that instance.
fn completed(
    owner: &(Address, Path),
    entries: &BTreeMap<Name, Value>,
    fields: &BTreeMap<Name, Field>,
) -> BTreeMap<Name, Value> {
    let mut all = entries.clone();
    for (name, field) in fields {
        if all.get(name).is_none_or(Value::is_null) {
            let path = owner.1.then(PathStep::Attribute(name.clone()));
            let unknown = Unknown::attribute(owner.0.clone(), path).of(without_optional(&field.of));
            all.insert(name.clone(), Value::unknown(unknown));
        }
    }
    all
}

/// Whether two types can be the same once every `Dynamic` in them is known.
fn may_be_same(left: &Type, right: &Type, depth: usize) -> bool {
    if depth > DEEPEST {
        return true;
    }
    match (left, right) {
        (Type::Dynamic, _)
        | (_, Type::Dynamic)
        | (Type::String, Type::String)
        | (Type::Number, Type::Number)
        | (Type::Bool, Type::Bool) => true,
        (Type::List(left), Type::List(right))
        | (Type::Set(left), Type::Set(right))
        | (Type::Map(left), Type::Map(right)) => may_be_same(left, right, depth + 1),
        (Type::Tuple(left), Type::Tuple(right)) => {
            left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| may_be_same(left, right, depth + 1))
        }
        (Type::Object(left), Type::Object(right)) => {
            left.keys().eq(right.keys())
                && left
                    .values()
                    .zip(right.values())
                    .all(|(left, right)| may_be_same(&left.of, &right.of, depth + 1))
        }
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
        ) => false,
    }
}

/// 0: known, 1: null, 2: not wholly known.
fn certainty(value: &Value) -> u8 {
    if value.is_null() {
        1
    } else if value.is_wholly_known() {
        0
    } else {
        2
    }
}

fn compare(a: &Value, b: &Value, depth: usize) -> Ordering {
    if depth > DEEPEST {
        return Ordering::Equal;
    }
    match (&a.data, &b.data) {
        (Data::Bool(left), Data::Bool(right)) => left.cmp(right),
        (Data::Number(left), Data::Number(right)) => left.cmp(right),
        (Data::String(left), Data::String(right)) => left.literal().cmp(right.literal()),
        (Data::Sequence(_, left, _), Data::Sequence(_, right, _)) => left
            .iter()
            .zip(right.iter())
            .map(|(left, right)| compare(left, right, depth + 1))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| left.len().cmp(&right.len())),
        (Data::Mapping(_, left), Data::Mapping(_, right)) => left
            .iter()
            .zip(right.iter())
            .map(|((name, left), (other, right))| {
                name.cmp(other).then_with(|| compare(left, right, depth + 1))
            })
            .find(|order| order.is_ne())
            .unwrap_or_else(|| left.len().cmp(&right.len())),
        (
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_),
            _,
        ) => kind_rank(a).cmp(&kind_rank(b)),
    }
}

const fn kind_rank(value: &Value) -> u8 {
    match value.data {
        Data::Bool(_) => 0,
        Data::Number(_) => 1,
        Data::String(_) => 2,
        Data::Sequence(..) => 3,
        Data::Mapping(..) => 4,
        Data::Null(_) => 5,
        Data::Unknown(_) => 6,
    }
}

/// False when that is certain, else unknown.
const fn false_if(certain: bool) -> Truth {
    if certain { Truth::False } else { Truth::Unknown }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::{compare_for_set, convert, converted_type, equal, sort_set, unify, unify_conditional};
    use crate::address::{Address, Key, Mode, ModulePath, Path};
    use crate::source::{Sources, Span};
    use crate::truth::Truth;
    use crate::value::text::TextBuilder;
    use crate::value::{Cause, Data, Field, MappingKind, Number, Origin, SequenceKind, Type, Unknown, Value};

    fn n(value: i64) -> Value {
        Value::number(Number::from(value))
    }

    fn s(value: &str) -> Value {
        Value::string(value)
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        Value::object(entries.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
    }

    fn object_type(fields: &[(&str, Type)]) -> Type {
        Type::Object(Arc::new(
            fields.iter().map(|(name, of)| ((*name).into(), Field::required(of.clone()))).collect(),
        ))
    }

    fn tuple_type(elements: &[Type]) -> Type {
        Type::Tuple(elements.into())
    }

    fn any_unknown() -> Unknown {
        Unknown::because(Cause::Function("timestamp".into()))
    }

    fn id() -> Unknown {
        let of = Address {
            module: ModulePath::root(),
            mode: Mode::Managed,
            resource_type: "aws_s3_bucket".into(),
            name: "b".into(),
            key: Key::None,
        };
        Unknown::attribute(of, Path::attribute("id")).of(Type::String)
    }

    fn with_hole(before: &str, hole: Unknown, after: &str) -> Value {
        let mut text = TextBuilder::default();
        text.push_str(before);
        text.push_hole(Arc::new(hole));
        text.push_str(after);
        Value::new(Data::String(text.build()))
    }

    /// Type and value, for tables.
    fn seen(value: &Value) -> String {
        match &value.data {
            Data::Null(of) => format!("null({})", super::constraint_name(of)),
            Data::Unknown(unknown) => format!("unknown({})", super::constraint_name(&unknown.of_type)),
            Data::Sequence(kind, elements, more) => {
                let inside: Vec<_> = elements.iter().map(seen).collect();
                let kind = match kind {
                    SequenceKind::List(of) => format!("list({})", super::constraint_name(of)),
                    SequenceKind::Set(of) => format!("set({})", super::constraint_name(of)),
                    SequenceKind::Tuple => "tuple".to_owned(),
                };
                format!("{kind}[{}{}]", inside.join(", "), if more.is_some() { ", …" } else { "" })
            }
            Data::Mapping(kind, entries) => {
                let inside: Vec<_> =
                    entries.iter().map(|(name, value)| format!("{name}={}", seen(value))).collect();
                let kind = match kind {
                    MappingKind::Map(of) => format!("map({})", super::constraint_name(of)),
                    MappingKind::Object | MappingKind::Block(_) => "object".to_owned(),
                };
                format!("{kind}{{{}}}", inside.join(", "))
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) => value.shown(),
        }
    }

    #[test]
    fn converts() {
        let any = Type::Dynamic;
        let table = [
            (n(5), Type::String, "\"5\""),
            (Value::number(Number::parse("1.50").unwrap()), Type::String, "\"1.5\""),
            (Value::number(Number::parse("1e21").unwrap()), Type::String, "\"1000000000000000000000\""),
            (Value::bool(true), Type::String, "\"true\""),
            (s("12"), Type::Number, "12"),
            (s("1p4"), Type::Number, "16"),
            (s(""), Type::Number, "! a number is required"),
            (s("1"), Type::Bool, "true"),
            (s("0"), Type::Bool, "false"),
            (s("yes"), Type::Bool, "! a bool is required"),
            (s("True"), Type::Bool, "! a bool is required; to convert from string, use lowercase \"true\""),
            (n(1), Type::Bool, "! bool required"),
            (Value::bool(true), Type::Number, "! number required"),
            (s("a"), Type::list(Type::String), "! list of string required"),
            (s("a"), Type::list(any.clone()), "! list of any single type required"),
            (Value::tuple(vec![n(1), s("a")]), any.clone(), "tuple[1, \"a\"]"),
            (
                Value::tuple(vec![n(1), s("a"), Value::bool(true)]),
                Type::list(any.clone()),
                "list(string)[\"1\", \"a\", \"true\"]",
            ),
            (
                Value::tuple(vec![Value::bool(true), n(1)]),
                Type::list(any.clone()),
                "! all list elements must have the same type",
            ),
            (Value::tuple(vec![]), Type::list(any.clone()), "list(any type)[]"),
            (
                Value::tuple(vec![Value::null(), s("a")]),
                Type::list(any.clone()),
                "list(string)[null(string), \"a\"]",
            ),
            (
                Value::tuple(vec![n(1), Value::null()]),
                Type::list(Type::String),
                "list(string)[\"1\", null(string)]",
            ),
            (
                Value::tuple(vec![Value::tuple(vec![n(1)]), Value::tuple(vec![s("a")])]),
                Type::list(any.clone()),
                "list(tuple)[tuple[\"1\"], tuple[\"a\"]]",
            ),
            (
                Value::tuple(vec![Value::tuple(vec![n(1)]), Value::tuple(vec![])]),
                Type::list(any.clone()),
                "list(list of number)[list(number)[1], list(number)[]]",
            ),
            (
                Value::tuple(vec![object(&[("a", n(1))]), object(&[("a", s("x"))])]),
                Type::list(any.clone()),
                "list(object)[object{a=\"1\"}, object{a=\"x\"}]",
            ),
            (
                Value::tuple(vec![object(&[("a", n(1))]), object(&[("b", n(2))])]),
                Type::list(any.clone()),
                "list(map of number)[map(number){a=1}, map(number){b=2}]",
            ),
            (
                object(&[("a", n(1)), ("b", Value::tuple(vec![n(2)]))]),
                Type::map(any.clone()),
                "! all map elements must have the same type",
            ),
            (object(&[("a", n(1)), ("b", s("x"))]), Type::map(any.clone()), "map(string){a=\"1\", b=\"x\"}"),
            (object(&[("a", n(1))]), Type::set(any.clone()), "! set of any single type required"),
            (
                Value::tuple(vec![s("b"), s("A"), s("a"), s("B"), s("a")]),
                Type::set(any.clone()),
                "set(string)[\"A\", \"B\", \"a\", \"b\"]",
            ),
            (Value::tuple(vec![s("1"), n(1)]), Type::set(Type::String), "set(string)[\"1\"]"),
            (Value::tuple(vec![n(10), n(9)]), Type::set(Type::Number), "set(number)[9, 10]"),
            (
                Value::tuple(vec![Value::unknown(any_unknown()), s("a"), Value::null()]),
                Type::set(Type::String),
                "set(string)[\"a\", null(string), unknown(string)]",
            ),
            (object(&[("a", n(1)), ("extra", n(2))]), object_type(&[("a", Type::String)]), "object{a=\"1\"}"),
            (
                object(&[]),
                object_type(&[("a", Type::String), ("b", Type::Bool)]),
                "! attributes \"a\" and \"b\" are required",
            ),
            (object(&[]), object_type(&[("a", Type::String)]), "! attribute \"a\" is required"),
            (
                Value::tuple(vec![object(&[("a", Value::tuple(vec![]))])]),
                Type::list(object_type(&[("a", Type::String)])),
                "! element 0: attribute \"a\": string required",
            ),
            (Value::tuple(vec![n(1), n(2)]), tuple_type(&[Type::String, Type::Number]), "tuple[\"1\", 2]"),
            (Value::tuple(vec![n(1)]), tuple_type(&[]), "! tuple required"),
            (Value::list(Type::Number, vec![n(1)]), tuple_type(&[Type::Number]), "! tuple required"),
            (Value::null(), Type::list(Type::String), "null(list of string)"),
            (Value::unknown(any_unknown()), Type::Number, "unknown(number)"),
            (Value::unknown(id()), Type::list(Type::String), "! list of string required"),
            (with_hole("1", id(), ""), Type::Number, "unknown(number)"),
            (with_hole("1", id(), ""), Type::String, "\"1…\""),
        ];
        for (value, to, expected) in table {
            let found = match convert(&value, &to) {
                Ok(converted) => seen(&converted),
                Err(error) => format!("! {error}"),
            };
            assert_eq!(found, expected, "{} to {to:?}", seen(&value));
        }
    }

    #[test]
    fn fills_optional_attributes() {
        let fields = BTreeMap::from([
            ("a".into(), Field::required(Type::Number)),
            ("b".into(), Field { of: Type::list(Type::String), optional: true }),
        ]);
        let wanted = Type::list(Type::Object(Arc::new(fields)));
        let converted = convert(&Value::tuple(vec![object(&[("a", s("1"))])]), &wanted).unwrap();
        assert_eq!(seen(&converted), "list(object)[object{a=1, b=null(list of string)}]");
        assert_eq!(
            converted.type_of(),
            Type::list(object_type(&[("a", Type::Number), ("b", Type::list(Type::String))]))
        );
    }

    #[test]
    fn keeps_what_is_known_of_unknowns() {
        let mut unknown = id().not_null();
        unknown.one_of = vec![s("1"), s("x"), s("2")];
        let converted = convert(&Value::unknown(unknown), &Type::Number).unwrap();
        let found = converted.as_unknown().unwrap();
        assert!(found.not_null);
        assert_eq!(found.identity, id().identity);
        assert_eq!(found.cause, id().cause);
        assert_eq!(found.one_of.iter().map(seen).collect::<Vec<_>>(), ["1", "2"]);

        let open =
            Value::new(Data::Sequence(SequenceKind::Tuple, vec![n(1)].into(), Some(Arc::new(any_unknown()))));
        assert_eq!(seen(&convert(&open, &Type::list(Type::String)).unwrap()), "list(string)[\"1\", …]");
        assert_eq!(
            seen(&convert(&open, &tuple_type(&[Type::Number, Type::Bool])).unwrap()),
            "unknown(tuple)"
        );
    }

    #[test]
    fn keeps_origins_and_marks() {
        let origin = Origin::At(Span { file: Sources::default().add("main.tf", "a = 1"), start: 3, end: 4 });
        let secret = n(1).with_origin(origin).marked(true);
        let list = convert(&Value::tuple(vec![secret.clone(), n(2)]), &Type::list(Type::String)).unwrap();
        assert!(!list.sensitive);
        let (elements, _) = list.as_sequence().unwrap();
        assert!(elements[0].sensitive && !elements[1].sensitive);
        assert_eq!(elements[0].origin.written().map(|span| span.start), Some(3));
        let set = convert(&list, &Type::set(Type::String)).unwrap();
        assert!(set.sensitive, "marks of elements move to their set");
    }

    #[test]
    fn unifies() {
        let empty = object_type(&[]);
        let table = [
            (vec![], Some(Type::Dynamic)),
            (vec![Type::Number, Type::String], Some(Type::String)),
            (vec![Type::Number, Type::Bool], None),
            (vec![Type::Number, Type::Bool, Type::String], Some(Type::String)),
            (vec![Type::Dynamic, Type::Number], Some(Type::Number)),
            (vec![Type::String, Type::list(Type::String)], None),
            (
                vec![object_type(&[("a", Type::Number), ("b", Type::String)]), empty.clone()],
                Some(Type::map(Type::String)),
            ),
            (
                vec![object_type(&[("a", Type::Bool)]), object_type(&[("b", Type::String)])],
                Some(Type::map(Type::String)),
            ),
            (vec![object_type(&[("a", Type::Number), ("b", Type::Bool)]), empty.clone()], None),
            (vec![object_type(&[("a", Type::String), ("b", tuple_type(&[Type::Number]))]), empty], None),
            (
                vec![
                    object_type(&[("a", tuple_type(&[Type::Number]))]),
                    object_type(&[("a", tuple_type(&[]))]),
                ],
                Some(object_type(&[("a", Type::list(Type::Number))])),
            ),
            (vec![tuple_type(&[Type::Bool]), tuple_type(&[Type::String])], Some(tuple_type(&[Type::String]))),
            (vec![tuple_type(&[Type::Number]), tuple_type(&[])], Some(Type::list(Type::Number))),
            (vec![tuple_type(&[Type::Bool, Type::Number]), tuple_type(&[])], None),
            (vec![Type::set(Type::String), tuple_type(&[Type::Number])], Some(Type::set(Type::String))),
            (vec![Type::set(Type::String), Type::list(Type::Number)], Some(Type::list(Type::Number))),
            (vec![Type::list(Type::Number), tuple_type(&[Type::String])], Some(Type::list(Type::String))),
            (vec![Type::list(Type::Dynamic), tuple_type(&[Type::Number])], Some(Type::list(Type::Number))),
            (vec![Type::list(Type::String), tuple_type(&[])], Some(Type::list(Type::String))),
            (
                vec![Type::map(Type::String), object_type(&[("a", Type::Number)])],
                Some(Type::map(Type::String)),
            ),
            (vec![Type::map(Type::String), object_type(&[("a", Type::list(Type::String))])], None),
            (
                vec![Type::map(Type::Number), object_type(&[("a", Type::String)])],
                Some(Type::map(Type::String)),
            ),
            (vec![Type::map(Type::String), Type::list(Type::String)], None),
        ];
        for (types, expected) in table {
            assert_eq!(unify(&types), expected, "{types:?}");
            if let [then, otherwise] = types.as_slice() {
                assert_eq!(unify_conditional(then, otherwise), expected, "{types:?}");
            }
        }
    }

    #[test]
    fn unification_of_deep_types_ends() {
        let deep = |leaf: Type| {
            let mut of = leaf;
            for _ in 0..200 {
                of = object_type(&[("a", of)]);
            }
            of
        };
        assert_eq!(unify(&[deep(Type::Number), deep(Type::Bool)]), None);
        assert_eq!(unify(&[deep(Type::Number), deep(Type::String)]), Some(deep(Type::String)));
    }

    #[test]
    fn tells_the_type_that_a_conversion_gives() {
        let open = object_type(&[("a", Type::list(Type::Dynamic))]);
        let given = object_type(&[("a", tuple_type(&[Type::Number, Type::String])), ("b", Type::Bool)]);
        assert_eq!(converted_type(&given, &open), Some(object_type(&[("a", Type::list(Type::String))])));
        assert_eq!(converted_type(&Type::Bool, &Type::Number), None);
        assert_eq!(converted_type(&Type::Dynamic, &open), Some(open));
    }

    #[test]
    fn compares_as_terraform_does() {
        let list = |elements| Value::list(Type::String, elements);
        let unknown = |of| Value::unknown(any_unknown().of(of));
        let two = {
            let mut unknown = any_unknown().of(Type::String);
            unknown.one_of = vec![s("public-read"), s("private")];
            Value::unknown(unknown)
        };
        let table = [
            (s("1"), n(1), Truth::False),
            (s("true"), Value::bool(true), Truth::False),
            (n(1), Value::number(Number::parse("1.0").unwrap()), Truth::True),
            (list(vec![s("a")]), Value::tuple(vec![s("a")]), Truth::False),
            (list(vec![]), Value::tuple(vec![]), Truth::False),
            (list(vec![]), Value::list(Type::Number, vec![]), Truth::False),
            (list(vec![s("a")]), list(vec![s("a")]), Truth::True),
            (Value::tuple(vec![]), Value::tuple(vec![]), Truth::True),
            (object(&[]), object(&[]), Truth::True),
            (object(&[]), convert(&object(&[]), &Type::map(Type::String)).unwrap(), Truth::False),
            (Value::null(), Value::new(Data::Null(Type::Number)), Truth::True),
            (Value::null(), s(""), Truth::False),
            (unknown(Type::String), Value::null(), Truth::Unknown),
            (Value::unknown(any_unknown().not_null()), Value::null(), Truth::False),
            (with_hole("x-", id(), ""), Value::null(), Truth::False),
            (unknown(Type::Number), s("x"), Truth::False),
            (unknown(Type::list(Type::String)), Value::tuple(vec![]), Truth::False),
            (unknown(Type::String), s(""), Truth::Unknown),
            (unknown(Type::Dynamic), s(""), Truth::Unknown),
            (Value::unknown(id()), Value::unknown(id()), Truth::Unknown),
            (with_hole("abc", id(), ""), s("xyz"), Truth::False),
            (with_hole("abc", id(), ""), s("abcd"), Truth::Unknown),
            (with_hole("abc", id(), ""), with_hole("x", id(), ""), Truth::False),
            (with_hole("", id(), "-logs"), with_hole("", id(), "-data"), Truth::False),
            (two.clone(), s("public"), Truth::False),
            (two.clone(), s("private"), Truth::Unknown),
            (two, Value::null(), Truth::False),
            (Value::tuple(vec![n(1), unknown(Type::Number)]), Value::tuple(vec![n(2), n(2)]), Truth::False),
            (Value::tuple(vec![n(1), unknown(Type::String)]), Value::tuple(vec![n(1), n(2)]), Truth::False),
            (object(&[("a", n(1))]), object(&[("b", n(1))]), Truth::False),
            (object(&[("a", n(1))]), object(&[("a", n(1))]), Truth::True),
        ];
        for (left, right, expected) in table {
            assert_eq!(equal(&left, &right), expected, "{} == {}", seen(&left), seen(&right));
            assert_eq!(equal(&right, &left), expected, "{} == {}", seen(&right), seen(&left));
        }
    }

    #[test]
    fn compares_sets() {
        let set = |elements| convert(&Value::tuple(elements), &Type::set(Type::String)).unwrap();
        let u = || Value::unknown(any_unknown().of(Type::String));
        let table = [
            (set(vec![s("a"), s("b")]), set(vec![s("b"), s("a")]), Truth::True),
            (set(vec![s("a")]), set(vec![s("b"), s("a")]), Truth::False),
            (set(vec![u()]), set(vec![]), Truth::False),
            (set(vec![u(), s("a")]), set(vec![s("b")]), Truth::False),
            (set(vec![u(), s("a")]), set(vec![s("a")]), Truth::Unknown),
        ];
        for (left, right, expected) in table {
            assert_eq!(equal(&left, &right), expected, "{} == {}", seen(&left), seen(&right));
            assert_eq!(equal(&right, &left), expected);
        }
    }

    #[test]
    fn orders_sets() {
        let elements = vec![
            Value::unknown(any_unknown()),
            Value::null(),
            s("é"),
            s("a"),
            s("_"),
            s("10"),
            s("9"),
            s("a"),
        ];
        let sorted: Vec<_> = sort_set(elements).iter().map(seen).collect();
        assert_eq!(
            sorted,
            ["\"10\"", "\"9\"", "\"_\"", "\"a\"", "\"é\"", "null(any type)", "unknown(any type)"]
        );
        assert_eq!(compare_for_set(&Value::bool(false), &Value::bool(true)), Ordering::Less);
        let unknown = Value::unknown(any_unknown());
        assert_eq!(sort_set(vec![unknown.clone(), unknown]).len(), 2);
    }
}
