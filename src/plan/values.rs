//! `after` × `after_unknown` × `after_sensitive` into one [`Value`].
//!
//! Enters: the three trees of an instance and the expressions that it was written with. Leaves: its
//! attributes. What is unknown and was not written is absent; what is unknown and was, asks
//! [`super::references`] for its cause and identity (plan-format.md 3).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::json::Json;
use super::names::Names;
use crate::address::{Name, Path, PathStep};
use crate::value::{Data, MappingKind, Number, SequenceKind, Unknown, Value};

/// The three trees at one place.
#[derive(Clone, Copy)]
pub(super) struct Trees<'j> {
    pub(super) value: Option<&'j Json<'j>>,
    pub(super) unknown: Option<&'j Json<'j>>,
    pub(super) sensitive: Option<&'j Json<'j>>,
}

impl<'j> Trees<'j> {
    /// What is known or unknown in an object, by name and in order.
    fn entries(self) -> impl Iterator<Item = (&'j str, Self)> {
        let object = |tree: Option<&'j Json<'j>>| match tree {
            Some(Json::Object(entries)) => entries.as_slice(),
            Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_)) | None => {
                &[]
            }
        };
        let whole = self.sensitive.filter(|tree| tree.is_true());
        let [mut value, mut unknown, mut sensitive] = [self.value, self.unknown, self.sensitive].map(object);
        std::iter::from_fn(move || {
            let name = match (value.first(), unknown.first()) {
                (Some((one, _)), Some((other, _))) => one.min(other),
                (Some((name, _)), None) | (None, Some((name, _))) => name,
                (None, None) => return None,
            };
            let inner = Self {
                value: taken(&mut value, name),
                unknown: taken(&mut unknown, name),
                sensitive: whole.or_else(|| taken(&mut sensitive, name)),
            };
            Some((&**name, inner))
        })
    }

    fn element(self, at: usize) -> Self {
        let element =
            |tree: Option<&'j Json<'j>>| tree.and_then(Json::elements).and_then(|elements| elements.get(at));
        Self {
            value: element(self.value),
            unknown: element(self.unknown),
            sensitive: inherit(self.sensitive, element),
        }
    }
}

impl Trees<'_> {
    /// The value, when it is known and has no parts.
    fn scalar(self) -> Option<Value> {
        if self.unknown.is_some_and(Json::is_true) {
            return None;
        }
        let value = match self.value? {
            Json::Null => Value::null(),
            Json::Bool(value) => Value::bool(*value),
            Json::Number(digits) => number(digits),
            Json::String(text) => Value::string(text),
            Json::Array(_) | Json::Object(_) => return None,
        };
        Some(value.marked(self.sensitive.is_some_and(Json::is_true)))
    }
}

impl Trees<'_> {
    /// Whether what is unknown has another shape than the value, as Terraform never prints it.
    fn differ(self) -> bool {
        match (self.value, self.unknown) {
            (Some(Json::Array(known)), Some(Json::Array(unknown))) => known.len() < unknown.len(),
            (_, Some(Json::Array(unknown))) => !unknown.is_empty(),
            (Some(Json::Array(_)), Some(Json::Object(unknown))) => !unknown.is_empty(),
            (_, Some(Json::String(_) | Json::Number(_))) => true,
            (_, _) => false,
        }
    }
}

/// Takes the entry of a name from the rest of an object, and leaves out those before it.
fn taken<'j>(rest: &mut &'j [(Cow<'j, str>, Json<'j>)], name: &str) -> Option<&'j Json<'j>> {
    while let Some(((own, value), behind)) = rest.split_first() {
        match (**own).cmp(name) {
            Ordering::Less => *rest = behind,
            Ordering::Equal => {
                *rest = behind;
                return Some(value);
            }
            Ordering::Greater => return None,
        }
    }
    None
}

/// What is inside of something sensitive is.
fn inherit<'j>(
    sensitive: Option<&'j Json<'j>>,
    inside: impl Fn(Option<&'j Json<'j>>) -> Option<&'j Json<'j>>,
) -> Option<&'j Json<'j>> {
    if sensitive.is_some_and(Json::is_true) { sensitive } else { inside(sensitive) }
}

/// The expressions that a value was written with.
#[derive(Clone, Debug)]
pub(super) enum Written<'c> {
    /// Nobody can tell: there is no configuration, or a `dynamic` block stands in between.
    Hidden,
    /// Nothing.
    Nothing,
    /// One of these expressions or blocks; which one is not known when there are several.
    By(Vec<&'c Json<'c>>),
    /// A part of what these expressions make.
    Around(Vec<&'c Json<'c>>),
}

impl Written<'_> {
    /// The expressions of an attribute or block.
    pub(super) fn entry(&self, name: &str) -> Self {
        match self {
            Self::Hidden => Self::Hidden,
            Self::Nothing => Self::Nothing,
            Self::Around(nodes) => Self::Around(nodes.clone()),
            Self::By(nodes) if nodes.iter().any(|node| is_expression(node)) => Self::Around(nodes.clone()),
            Self::By(nodes) => {
                let found: Vec<&Json<'_>> = nodes
                    .iter()
                    .flat_map(|node| match node {
                        Json::Object(entries) => {
                            entries.get(name).map(|inner| vec![inner]).unwrap_or_default()
                        }
                        Json::Null | Json::Array(_) => Vec::new(),
                        Json::Bool(_) | Json::Number(_) | Json::String(_) => vec![*node],
                    })
                    .collect();
                if found.is_empty() { Self::Nothing } else { Self::By(found) }
            }
        }
    }

    /// The blocks that an element of a list may have been written as. `count` elements are there.
    fn element(&self, at: usize, count: usize, value: Option<&Json<'_>>) -> Self {
        let nodes = match self {
            Self::By(nodes) => nodes,
            // Elements that nothing was written for come from a `dynamic` block.
            Self::Hidden | Self::Nothing => return Self::Hidden,
            Self::Around(_) => return self.clone(),
        };
        let [node] = nodes.as_slice() else { return self.clone() };
        let Json::Array(blocks) = node else { return self.clone() };
        if blocks.len() < count {
            // A `dynamic` block made some of them.
            return Self::Hidden;
        }
        let fitting: Vec<&Json<'_>> =
            blocks.iter().filter(|block| value.is_none_or(|value| fits(block, value))).collect();
        match blocks.get(at) {
            Some(own) if blocks.len() == count && fitting.iter().all(|other| *other == own) => {
                Self::By(vec![own])
            }
            Some(_) | None if fitting.is_empty() => Self::Hidden,
            Some(_) | None => Self::By(fitting),
        }
    }
}

/// Whether a node is an expression, and not the attributes of a block.
pub(super) fn is_expression(node: &Json<'_>) -> bool {
    matches!(node.get("references"), Some(Json::Array(_))) || node.get("constant_value").is_some()
}

/// Whether the constants of a block are those of a value.
fn fits(block: &Json<'_>, value: &Json<'_>) -> bool {
    let (Json::Object(written), Json::Object(values)) = (block, value) else { return true };
    written.iter().all(|(name, expression)| match (constant_of(expression), values.get(name)) {
        (Some(constant), Some(value)) => same(constant, value),
        (Some(_) | None, _) => true,
    })
}

/// The constant that an expression is. In JSON syntax a template counts as one and is none.
pub(super) fn constant_of<'j>(node: &'j Json<'j>) -> Option<&'j Json<'j>> {
    fn has_template(json: &Json<'_>) -> bool {
        match json {
            Json::String(text) => text.contains("${") || text.contains("%{"),
            Json::Array(elements) => elements.iter().any(has_template),
            Json::Object(entries) => entries.values().any(has_template),
            Json::Null | Json::Bool(_) | Json::Number(_) => false,
        }
    }
    if node.get("references").is_some() {
        return None;
    }
    node.get("constant_value").filter(|constant| !has_template(constant))
}

/// Whether a constant may have become a value: numbers and bools are also written as strings.
fn same(constant: &Json<'_>, value: &Json<'_>) -> bool {
    let text = |json: &Json<'_>| -> Option<String> {
        match json {
            Json::String(text) | Json::Number(text) => Some(text.to_string()),
            Json::Bool(value) => Some(value.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    };
    match (text(constant), text(value)) {
        (Some(constant), Some(value)) => constant == value,
        (_, _) => true,
    }
}

/// Where an unknown value stands.
pub(super) struct Place<'w> {
    /// The way from the instance.
    pub(super) path: &'w Path,
    /// What it was written with.
    pub(super) written: &'w Written<'w>,
    /// Whether it is a list as far as the plan says; of what is sensitive it does not.
    pub(super) list: bool,
    /// Whether it is sensitive as a whole.
    pub(super) sensitive: bool,
    /// Of an element: its position among the unknown elements of its list, and how many there are.
    pub(super) position: Option<(usize, usize)>,
    /// The object that it stands in.
    pub(super) around: Option<&'w Json<'w>>,
}

/// Makes a value of an unknown leaf; `None`: it is absent.
pub(super) type Leaf<'l> = &'l dyn Fn(&Place<'_>) -> Option<Value>;

/// Converts trees into values.
pub(super) struct Converter<'l> {
    pub(super) names: &'l Names,
    pub(super) leaf: Leaf<'l>,
    /// Whether attributes are kept that no verdict depends on.
    pub(super) everything: bool,
}

impl Converter<'_> {
    /// The attributes of an instance. Nulls are left out when nobody asks for everything: they are read as
    /// absent.
    pub(super) fn attributes(&self, trees: Trees<'_>, written: &Written<'_>) -> BTreeMap<Name, Value> {
        // A map that is made at once has full nodes, one that grows has half of them empty.
        self.entries(trees, written, &Path::empty()).into_iter().collect()
    }

    /// A value that is known in part and was written somewhere.
    pub(super) fn shape(&self, trees: Trees<'_>) -> Value {
        let value = self.value(trees, &Written::Hidden, &Path::empty(), (None, None));
        value.unwrap_or_else(Value::null)
    }

    fn entries(&self, trees: Trees<'_>, written: &Written<'_>, path: &Path) -> Vec<(Name, Value)> {
        let padded = is_padded(path);
        let mut entries: Vec<(Name, Value)> = Vec::new();
        for (name, inner) in trees.entries() {
            let shared = self.names.get(name);
            let value = inner.scalar().or_else(|| {
                let path = path.then(PathStep::Attribute(shared.clone()));
                self.value(inner, &written.entry(name), &path, (None, trees.value))
            });
            let is_absent = |value: &Value| value.is_null() || padded && value.as_str() == Some("");
            if let Some(value) = value
                && (self.everything || !is_absent(&value))
            {
                entries.push((shared, value));
            }
        }
        entries
    }

    fn object(&self, trees: Trees<'_>, written: &Written<'_>, path: &Path) -> Value {
        let entries = self.entries(trees, written, path);
        Value::new(Data::Mapping(MappingKind::Object, entries.into_iter().collect()))
    }

    fn value(
        &self,
        trees: Trees<'_>,
        written: &Written<'_>,
        path: &Path,
        (position, around): (Option<(usize, usize)>, Option<&Json<'_>>),
    ) -> Option<Value> {
        let sensitive = trees.sensitive.is_some_and(Json::is_true);
        if trees.unknown.is_some_and(Json::is_true) || trees.differ() {
            let list = matches!(trees.sensitive, Some(Json::Array(_)));
            return (self.leaf)(&Place { path, written, list, sensitive, position, around })
                .map(|value| value.marked(sensitive));
        }
        let value = match trees.value {
            None if trees.unknown.is_some_and(|tree| matches!(tree, Json::Object(_))) => {
                self.object(trees, written, path)
            }
            None => Value::null(),
            Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => return trees.scalar(),
            Some(Json::Object(_)) => self.object(trees, written, path),
            Some(Json::Array(elements)) => {
                let count = elements.len();
                let is_unknown = |at: &usize| trees.element(*at).unknown.is_some_and(Json::is_true);
                let unknown: Vec<usize> = (0..count).filter(is_unknown).collect();
                let read = elements.iter().enumerate().map(|(at, element)| {
                    let index = u64::try_from(at).unwrap_or(u64::MAX);
                    let inner = path.then(PathStep::Index(index));
                    let own = written.element(at, count, Some(element));
                    let position = unknown.binary_search(&at).ok().map(|position| (position, unknown.len()));
                    let element = self.value(trees.element(at), &own, &inner, (position, around));
                    let hidden = || {
                        let (list, sensitive) = (false, false);
                        let written = &Written::Hidden;
                        (self.leaf)(&Place { path: &inner, written, list, sensitive, position, around })
                    };
                    element.or_else(hidden).unwrap_or_else(Value::null)
                });
                Value::tuple(read.collect())
            }
        };
        Some(value.marked(sensitive))
    }
}

/// Attributes that hold blocks whose elements have every key, with an empty string for what is not set.
/// Source: schema of hashicorp/aws 5.100 (`ConfigMode` attribute), plan-format.md 3.
const PADDED: [&str; 4] = ["access", "egress", "ingress", "route"];

fn is_padded(path: &Path) -> bool {
    match path.steps() {
        [PathStep::Attribute(name), PathStep::Index(_)] => PADDED.contains(&&**name),
        _ => false,
    }
}

fn number(digits: &str) -> Value {
    match Number::parse(digits) {
        Some(number) => Value::number(number),
        None => Value::string(digits),
    }
}

/// A constant, as a value.
pub(super) fn constant(json: &Json<'_>, names: &Names) -> Value {
    match json {
        Json::Null => Value::null(),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(digits) => number(digits),
        Json::String(text) => Value::string(text),
        Json::Array(elements) => {
            Value::tuple(elements.iter().map(|element| constant(element, names)).collect())
        }
        Json::Object(entries) => Value::object(
            entries.iter().map(|(name, entry)| (names.get(name), constant(entry, names))).collect(),
        ),
    }
}

/// No block that is shown, and perhaps some.
pub(super) fn perhaps_blocks(unknown: Unknown) -> Value {
    let elements: Arc<[Value]> = Arc::from([]);
    Value::new(Data::Sequence(SequenceKind::Tuple, elements, Some(Arc::new(unknown))))
}
