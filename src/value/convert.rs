//! Conversion of values, as in Terraform (language.md 3, 10).
//!
//! Enters: values and the types that somebody wants. Leaves: values of these types, whose every part keeps
//! its origin and its mark, or Terraform's objection. Nothing here runs longer than the values are large.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::equal::sort_set;
use super::unify::{converted_type, unify};
use super::{
    Cause, Data, Field, Fields, MappingKind, More, Number, SequenceKind, Text, Type, Unknown, Value,
};
use crate::address::{Address, Name, Path, PathStep};

/// How deep values and types are followed; deeper ones do not convert and are not compared.
pub(crate) const DEEPEST: usize = 512;

/// How many values one conversion may make. Values share their parts, so a small program can make a value
/// that would fill the memory once it is written out.
const MOST_PARTS: usize = 1 << 21;

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

    fn map(&mut self, entries: &Fields, of: &Type) -> Result<Data, ConversionError> {
        let mut converted = BTreeMap::new();
        for (name, value) in entries.iter() {
            converted.insert(name.clone(), self.inside(PathStep::Key(name.clone()), value, of)?);
        }
        if of.is_exact() || !self.finds_types {
            return Ok(Data::Mapping(MappingKind::Map(without_optional(of)), converted.into()));
        }
        let found = self.common_type(converted.values(), "map")?;
        for (name, value) in &mut converted {
            self.settle(PathStep::Key(name.clone()), value, &found)?;
        }
        Ok(Data::Mapping(MappingKind::Map(found), converted.into()))
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

    fn object(&mut self, entries: &Fields, fields: &BTreeMap<Name, Field>) -> Result<Data, ConversionError> {
        let missing: Vec<String> = fields
            .iter()
            .filter(|(name, field)| !field.optional && !entries.contains_key(name))
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
        Ok(Data::Mapping(MappingKind::Object, converted.into()))
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

/// The attributes of a resource instance or block that an object type asks for: what is not shown is an
/// unknown attribute of that instance.
fn completed(owner: &(Address, Path), entries: &Fields, fields: &BTreeMap<Name, Field>) -> Fields {
    let mut all = entries.to_map();
    for (name, field) in fields {
        if all.get(name).is_none_or(Value::is_null) {
            let path = owner.1.then(PathStep::Attribute(name.clone()));
            let unknown = Unknown::attribute(owner.0.clone(), path).of(without_optional(&field.of));
            all.insert(name.clone(), Value::unknown(unknown));
        }
    }
    all.into()
}
