//! Terraform's types.
//!
//! Enters: nothing. Leaves: [`Type`], which values have and conversions aim at. Source: language.md 3.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::Name;

/// A type; `Dynamic` is "not known yet" of a value and `any` of a constraint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Any type.
    Dynamic,
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(T)`
    List(Arc<Type>),
    /// `set(T)`
    Set(Arc<Type>),
    /// `map(T)`
    Map(Arc<Type>),
    /// `tuple([…])`
    Tuple(Arc<[Type]>),
    /// `object({…})`
    Object(Arc<BTreeMap<Name, Field>>),
}

/// One attribute of an object type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// Its type.
    pub of: Type,
    /// Whether it may be left out; only in constraints.
    pub optional: bool,
}

impl Field {
    /// An attribute that must be there.
    #[must_use]
    pub const fn required(of: Type) -> Self {
        Self { of, optional: false }
    }
}

impl Type {
    /// `list(T)`
    #[must_use]
    pub fn list(of: Self) -> Self {
        Self::List(Arc::new(of))
    }

    /// `set(T)`
    #[must_use]
    pub fn set(of: Self) -> Self {
        Self::Set(Arc::new(of))
    }

    /// `map(T)`
    #[must_use]
    pub fn map(of: Self) -> Self {
        Self::Map(Arc::new(of))
    }

    /// Whether it is string, number or bool.
    #[must_use]
    pub const fn is_primitive(&self) -> bool {
        matches!(self, Self::String | Self::Number | Self::Bool)
    }

    /// The type of the elements of a list, set or map.
    #[must_use]
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(of) | Self::Set(of) | Self::Map(of) => Some(of),
            Self::Dynamic | Self::String | Self::Number | Self::Bool | Self::Tuple(_) | Self::Object(_) => {
                None
            }
        }
    }

    /// Whether `Dynamic` stands nowhere in it.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match self {
            Self::Dynamic => false,
            Self::String | Self::Number | Self::Bool => true,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.is_exact(),
            Self::Tuple(elements) => elements.iter().all(Self::is_exact),
            Self::Object(fields) => fields.values().all(|field| field.of.is_exact()),
        }
    }

    /// What Terraform calls it in messages.
    #[must_use]
    pub const fn friendly_name(&self) -> &'static str {
        match self {
            Self::Dynamic => "any type",
            Self::String => "string",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
            Self::Tuple(_) => "tuple",
            Self::Object(_) => "object",
        }
    }
}
