//! JSON of one resource at a time, borrowing its strings from the document.
//!
//! Enters: a slice of the document. Leaves: a [`Json`] tree that lives as long as one resource is read.
//! Depth is bounded by the parser (128); of duplicate keys the last counts.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(Cow<'a, str>),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// The entries of an object, in order of their keys. A list: Terraform writes them in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Object<'a> {
    /// Sorts entries; of those with the same key the last counts.
    fn new(mut entries: Vec<(Cow<'a, str>, Json<'a>)>) -> Self {
        if !entries.is_sorted_by(|(one, _), (next, _)| one < next) {
            entries.reverse();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            entries.dedup_by(|(next, _), (one, _)| next == one);
        }
        Self(entries)
    }

    /// The entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Json<'a>> {
        let at = self.0.binary_search_by(|(own, _)| (**own).cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Keys and values, in order of the keys.
    pub(super) fn as_slice(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        &self.0
    }

    /// The keys, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| &**key)
    }

    /// The values, in order of the keys.
    pub(super) fn values(&self) -> impl Iterator<Item = &Json<'a>> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Keys and values, in order of the keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// Whether there is no entry.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Cow<'a, str>, Json<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The key under which the parser hands over numbers with all their digits.
const NUMBER: &str = "$serde_json::private::Number";

impl<'a> Json<'a> {
    /// Reads a slice of the document.
    pub(super) fn read(raw: &'a RawValue) -> Result<Self, serde_json::Error> {
        serde_json::from_str(raw.get())
    }

    /// Reads a slice of the document without the entries that `skips` names: of the object itself, not of those
    /// inside.
    pub(super) fn read_without(
        raw: &'a RawValue,
        skips: fn(&str) -> bool,
    ) -> Result<Self, serde_json::Error> {
        serde_json::Deserializer::from_str(raw.get()).deserialize_any(JsonVisitor { skips })
    }

    /// The entry of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.get(name),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }

    /// The elements of an array.
    pub(super) fn elements(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => None,
        }
    }

    /// The text of a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Whether it is `true`.
    pub(super) const fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }
}

/// A string that borrows where it can.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor { skips: |_| false })
    }
}

struct JsonVisitor {
    /// The entries of an object that are not read.
    skips: fn(&str) -> bool,
}

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(Cow::Owned(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Json::Number(Cow::Owned(value.to_string())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(element) = elements.next_element()? {
            read.push(element);
        }
        Ok(Json::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Text(key)) = entries.next_key()? {
            if (self.skips)(&key) {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: Json<'de> = entries.next_value()?;
            match value {
                Json::String(digits) if key == NUMBER && read.is_empty() => return Ok(Json::Number(digits)),
                value => read.push((key, value)),
            }
        }
        Ok(Json::Object(Object::new(read)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_strings_their_escapes() {
        let text =
            r#"{"a": [1, 123456789012345678901234567890, -0.10], "b": "x\ny", "b": null, "c": {"d": true}}"#;
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        let json = Json::read(raw).unwrap();
        let number = |digits: &str| Json::Number(Cow::Owned(digits.to_owned()));
        let numbers = [number("1"), number("123456789012345678901234567890"), number("-0.10")];
        assert_eq!(json.get("a").and_then(Json::elements).unwrap(), numbers);
        assert_eq!(json.get("b"), Some(&Json::Null));
        assert!(json.get("c").and_then(|inner| inner.get("d")).unwrap().is_true());
    }

    #[test]
    fn objects_are_in_order_and_the_last_of_a_key_counts() {
        let raw: &RawValue = serde_json::from_str(r#"{"b": 1, "a": 2, "b": 3, "": 4}"#).unwrap();
        let Json::Object(read) = Json::read(raw).unwrap() else { panic!("no object") };
        let number = |digits: &'static str| Json::Number(Cow::Borrowed(digits));
        let entries: Vec<_> = read.iter().collect();
        assert_eq!(entries, [("", &number("4")), ("a", &number("2")), ("b", &number("3"))]);
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let text = "[".repeat(100_000) + &"]".repeat(100_000);
        let raw: &RawValue = serde_json::from_str(&text).unwrap();
        assert!(Json::read(raw).is_err());
    }
}
