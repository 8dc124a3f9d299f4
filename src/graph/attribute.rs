//! Reading an attribute – absent, known, unknown – as a claim.
//!
//! Enters: an instance and a path. Leaves: claims whose evidence names the place and the value's way. An
//! absent scalar yields its fallback; without one it is an unknown. A written null counts as absent.

use std::borrow::Cow;
use std::sync::Arc;

use super::declare::{Fallback, Known};
use crate::address::{Path, PathStep};
use crate::model::Instance;
use crate::source::Span;
use crate::truth::Truth;
use crate::value::{Cause, Data, Number, Origin, Unknown, Value};
use crate::verdict::{Claim, Evidence, Place, fact};

/// Reads the attributes of an instance or of a block in it.
#[derive(Clone)]
pub struct Reader<'m> {
    owner: &'m Instance,
    path: Path,
    value: Cow<'m, Value>,
    fallbacks: &'static [Fallback],
    empty: bool,
}

/// Blocks of one name.
#[derive(Clone)]
pub struct Blocks<'m> {
    /// Those that are shown.
    pub items: Vec<Reader<'m>>,
    /// Whether more may follow, and why that is not known.
    pub more: Option<Arc<Unknown>>,
}

impl<'m> Blocks<'m> {
    /// Every block with the claim that it is there. Of those that may follow, what is known of them; when that
    /// is nothing, one of which nothing is known.
    #[must_use]
    pub fn each(&self, owner: &Reader<'m>, name: &str) -> Vec<(Reader<'m>, Claim)> {
        let mut each: Vec<(Reader<'m>, Claim)> =
            self.items.iter().map(|item| (item.clone(), crate::verdict::all([]))).collect();
        if let Some(more) = &self.more {
            let path = owner.full_path(name).then(PathStep::Any);
            let there = fact(Evidence {
                truth: Truth::Unknown,
                places: vec![Place { attribute: owner.full_path(name), ..owner.place() }],
                says: format!("whether there are further `{name}` blocks is not known"),
                unknown: vec![more.clone()],
                absent: false,
            });
            let shown: Vec<Value> = if more.one_of.is_empty() {
                vec![Value::new(Data::Unknown(more.clone()))]
            } else {
                more.one_of.iter().flat_map(blocks_in).collect()
            };
            each.extend(shown.into_iter().map(|value| {
                let reader = Reader { value: Cow::Owned(value), path: path.clone(), ..owner.clone() };
                (reader, there.clone())
            }));
        }
        each
    }
}

/// An attribute of one of several blocks: what all agree on is certain.
fn one_of_blocks(items: &[Reader<'_>], more: Option<&Arc<Unknown>>, rest: &str) -> Value {
    let values = items.iter().map(|item| item.attribute(rest).value().cloned().unwrap_or_else(Value::null));
    let cause = match (more, items.first()) {
        (Some(more), _) => more.cause.clone(),
        (None, Some(item)) => Cause::Attribute { of: item.owner.address.clone(), path: item.full_path(rest) },
        (None, None) => Cause::Any(Vec::new()),
    };
    let mut unknown = Unknown::because(cause);
    if more.is_none() {
        unknown.one_of = values.collect();
    }
    Value::unknown(unknown)
}

/// The blocks that an alternative stands for: one, or a list of them.
fn blocks_in(value: &Value) -> Vec<Value> {
    match &value.data {
        Data::Sequence(_, elements, _) => elements.to_vec(),
        Data::Null(_) => Vec::new(),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) | Data::Unknown(_) => {
            vec![value.clone()]
        }
    }
}

/// One attribute.
#[derive(Clone)]
pub struct Attribute<'m> {
    owner: &'m Instance,
    path: Path,
    block_span: Option<Span>,
    reading: Reading<'m>,
}

#[derive(Clone)]
enum Reading<'m> {
    Given(Cow<'m, Value>),
    Fallback(Value, &'static str),
    Absent,
}

impl<'m> Reader<'m> {
    /// Reads an instance.
    #[must_use]
    pub fn of(owner: &'m Instance, fallbacks: &'static [Fallback]) -> Self {
        Self { owner, path: Path::empty(), value: Cow::Borrowed(&owner.attributes), fallbacks, empty: false }
    }

    /// Reads nothing: the store of an orphan has no attributes of its own.
    #[must_use]
    pub fn empty(owner: &'m Instance, fallbacks: &'static [Fallback]) -> Self {
        let value = Cow::Owned(Value::object(std::collections::BTreeMap::new()));
        Self { owner, path: Path::empty(), value, fallbacks, empty: true }
    }

    /// The instance that is read.
    #[must_use]
    pub const fn instance(&self) -> &'m Instance {
        self.owner
    }

    /// The value that is read: an object, or unknown.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The place of the block.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            address: self.owner.address.clone(),
            attribute: self.path.clone(),
            span: self.value.origin.written().or(self.owner.span),
            origin: self.value.origin.clone(),
        }
    }

    /// An attribute; dots lead through blocks. A block that is not there makes its attributes absent; of several
    /// blocks it is one of theirs.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Attribute<'m> {
        if let Some((block, rest)) = name.split_once('.') {
            let blocks = self.blocks(block);
            return match (blocks.items.as_slice(), &blocks.more) {
                ([], None) => self.absent(name),
                ([only], None) => only.attribute(rest),
                (items, more) => self.given(name, Cow::Owned(one_of_blocks(items, more.as_ref(), rest))),
            };
        }
        match &self.value.data {
            Data::Unknown(unknown) => {
                let step = unknown.step(&PathStep::Attribute(name.into()));
                self.given(name, Cow::Owned(Value::unknown(step)))
            }
            Data::Mapping(..) => match self.entry(name) {
                Some(value) if !value.is_null() => self.given(name, value),
                Some(_) | None => self.absent(name),
            },
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                self.absent(name)
            }
        }
    }

    fn entry(&self, name: &str) -> Option<Cow<'m, Value>> {
        match &self.value {
            Cow::Borrowed(value) => value.get(name).map(Cow::Borrowed),
            Cow::Owned(value) => value.get(name).cloned().map(Cow::Owned),
        }
    }

    fn full_path(&self, name: &str) -> Path {
        name.split('.').fold(self.path.clone(), |path, part| path.then(PathStep::Attribute(part.into())))
    }

    fn given(&self, name: &str, value: Cow<'m, Value>) -> Attribute<'m> {
        Attribute {
            owner: self.owner,
            path: self.full_path(name),
            block_span: self.span(),
            reading: Reading::Given(value),
        }
    }

    fn absent(&self, name: &str) -> Attribute<'m> {
        let path = self.full_path(name);
        let dotted: Vec<&str> = path
            .steps()
            .iter()
            .filter_map(|step| match step {
                PathStep::Attribute(name) => Some(&**name),
                PathStep::Index(_) | PathStep::Key(_) | PathStep::Any => None,
            })
            .collect();
        let dotted = dotted.join(".");
        let fallback = self.fallbacks.iter().find(|fallback| {
            !self.empty
                && fallback.resource_type == &*self.owner.address.resource_type
                && fallback.attribute == dotted
        });
        let reading = match fallback {
            Some(fallback) => match fallback.value {
                Known::Nothing => Reading::Absent,
                Known::Bool(value) => Reading::Fallback(Value::bool(value), fallback.source),
                Known::Text(text) => Reading::Fallback(Value::string(text), fallback.source),
                Known::Number(number) => {
                    Reading::Fallback(Value::number(Number::from(number)), fallback.source)
                }
            },
            None => Reading::Absent,
        };
        Attribute { owner: self.owner, path, block_span: self.span(), reading }
    }

    fn span(&self) -> Option<Span> {
        self.value.origin.written().or(self.owner.span)
    }

    /// Every block of a name, with the claim that it is there; see [`Blocks::each`].
    #[must_use]
    pub fn each_block(&self, name: &str) -> Vec<(Self, Claim)> {
        self.blocks(name).each(self, name)
    }

    /// Every block at a dotted path, with the claim that it is there; of an empty path what is read itself.
    #[must_use]
    pub fn each_at(&self, path: &str) -> Vec<(Self, Claim)> {
        let mut found = vec![(self.clone(), crate::verdict::all([]))];
        for name in path.split('.').filter(|name| !name.is_empty()) {
            let inner = found.iter().flat_map(|(reader, there)| {
                let blocks = reader.each_block(name).into_iter();
                blocks.map(|(block, claim)| (block, crate::verdict::all([there.clone(), claim])))
            });
            found = inner.collect();
        }
        found
    }

    /// The blocks of a name. A lone object is a list of one; an unknown is "perhaps some".
    #[must_use]
    pub fn blocks(&self, name: &str) -> Blocks<'m> {
        let path = self.full_path(name);
        match &self.value.data {
            Data::Unknown(unknown) => {
                return Blocks {
                    items: Vec::new(),
                    more: Some(Arc::new(unknown.step(&PathStep::Attribute(name.into())))),
                };
            }
            Data::Mapping(..) => {}
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                return Blocks { items: Vec::new(), more: None };
            }
        }
        let Some(value) = self.entry(name) else { return Blocks { items: Vec::new(), more: None } };
        let reader = |value: Cow<'m, Value>, path: Path| Self { path, value, ..self.clone() };
        match &value.data {
            Data::Unknown(unknown) => Blocks { items: Vec::new(), more: Some(unknown.clone()) },
            Data::Mapping(..) => Blocks { items: vec![reader(value, path)], more: None },
            Data::Sequence(_, elements, more) => {
                let items = match &value {
                    Cow::Borrowed(Value { data: Data::Sequence(_, elements, _), .. }) => elements
                        .iter()
                        .zip(0..)
                        .map(|(element, at)| reader(Cow::Borrowed(element), path.then(PathStep::Index(at))))
                        .collect(),
                    Cow::Borrowed(_) | Cow::Owned(_) => elements
                        .iter()
                        .zip(0..)
                        .map(|(element, at)| {
                            reader(Cow::Owned(element.clone()), path.then(PathStep::Index(at)))
                        })
                        .collect(),
                };
                Blocks { items, more: more.clone() }
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => {
                Blocks { items: Vec::new(), more: None }
            }
        }
    }
}

impl Attribute<'_> {
    /// The value: written, or what its absence means; `None` when it is absent and nothing is on record.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match &self.reading {
            Reading::Given(value) => Some(value),
            Reading::Fallback(value, _) => Some(value),
            Reading::Absent => None,
        }
    }

    /// Whether it is written: not absent. An unknown that is an attribute of a resource is set (google.md
    /// G2a); any other unknown may be null.
    #[must_use]
    pub fn is_set(&self) -> Truth {
        match &self.reading {
            Reading::Given(value) => match &value.data {
                Data::Unknown(unknown) if unknown.identity.is_some() || unknown.not_null => Truth::True,
                Data::Unknown(unknown) if !unknown.one_of.is_empty() => {
                    let mut answers = unknown.one_of.iter().map(|member| Truth::from_bool(!member.is_null()));
                    let first = answers.next().unwrap_or(Truth::Unknown);
                    answers.fold(first, Truth::agree)
                }
                Data::Unknown(_) => Truth::Unknown,
                Data::Null(_) => Truth::False,
                Data::Bool(_)
                | Data::Number(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..) => Truth::True,
            },
            Reading::Fallback(..) | Reading::Absent => Truth::False,
        }
    }

    /// The elements of a list or set, a single value as a list of one, and whether more may follow.
    #[must_use]
    pub fn elements(&self) -> (Vec<Value>, Option<Arc<Unknown>>) {
        match self.value().map(|value| &value.data) {
            None | Some(Data::Null(_)) => (Vec::new(), None),
            Some(Data::Sequence(_, elements, more)) => (elements.to_vec(), more.clone()),
            Some(Data::Unknown(unknown)) => {
                let single =
                    matches!(unknown.of_type, crate::value::Type::String) || unknown.identity.is_some();
                if single {
                    (self.value().cloned().into_iter().collect(), None)
                } else {
                    (Vec::new(), Some(unknown.clone()))
                }
            }
            Some(Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..)) => {
                (self.value().cloned().into_iter().collect(), None)
            }
        }
    }

    /// The place: where the value is written, else the block.
    #[must_use]
    pub fn place(&self) -> Place {
        let origin = match &self.reading {
            Reading::Given(value) => value.origin.clone(),
            Reading::Fallback(..) | Reading::Absent => Origin::Nowhere,
        };
        let span = match &origin {
            Origin::Nowhere => self.block_span,
            Origin::At(span) | Origin::Declared(span) => Some(*span),
            Origin::Via(hop) => hop.span.or(self.block_span),
            Origin::Made(made) => made.from.written().or(self.block_span),
        };
        Place { address: self.owner.address.clone(), attribute: self.path.clone(), span, origin }
    }

    /// A claim over the value. `test` sees known values and strings with holes, never a null or a whole
    /// unknown; of an unknown that is one of several it sees each. What is absent without a fallback is
    /// `absent`: `Unknown` unless the caller knows better.
    #[must_use]
    pub fn claim(&self, absent: Truth, test: impl Fn(&Value) -> Truth) -> Claim {
        let (truth, says, unknown) = match &self.reading {
            Reading::Given(value) => {
                let truth = test_value(value, &test);
                let says = if value.is_wholly_known() || value.as_unknown().is_none() {
                    format!("`{}` is {}", self.path, value.shown())
                } else {
                    format!("`{}` is not known", self.path)
                };
                let mut unknown = if truth.is_unknown() { value.unknowns() } else { Vec::new() };
                if truth.is_unknown() && unknown.is_empty() {
                    // A value of a type that the attribute cannot have.
                    let cause = Cause::Invalid(self.path.to_string().into());
                    unknown.push(Arc::new(Unknown::because(cause)));
                }
                (truth, says, unknown)
            }
            Reading::Fallback(value, source) => (
                test(value),
                format!("`{}` is not set, which means {} ({source})", self.path, value.shown()),
                Vec::new(),
            ),
            Reading::Absent => {
                let unknown = if absent.is_unknown() {
                    let cause = Cause::Unset { of: self.owner.address.clone(), path: self.path.clone() };
                    vec![Arc::new(Unknown::because(cause))]
                } else {
                    Vec::new()
                };
                (absent, format!("`{}` is not set", self.path), unknown)
            }
        };
        fact(Evidence { truth, places: vec![self.place()], says, unknown, absent: false })
    }

    /// That it is this bool; the strings `"true"` and `"false"` count as Terraform converts them.
    #[must_use]
    pub fn is(&self, wanted: bool) -> Claim {
        self.claim(Truth::Unknown, |value| match &value.data {
            Data::Bool(value) => Truth::from_bool(*value == wanted),
            Data::String(text) => {
                let equal = |texts: [&str; 2]| text.equals(texts[0]).or(text.equals(texts[1]));
                if wanted { equal(["true", "1"]) } else { equal(["false", "0"]) }
            }
            Data::Null(_) => Truth::False,
            Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => Truth::Unknown,
        })
    }

    /// That it is one of these strings.
    #[must_use]
    pub fn one_of(&self, wanted: &[&str]) -> Claim {
        self.claim(Truth::False, |value| is_one_of(value, wanted))
    }
}

impl Attribute<'_> {
    /// That one of its elements is one of these strings; a single string counts as a list of one.
    #[must_use]
    pub fn has_one_of(&self, wanted: &[&str]) -> Claim {
        self.claim(Truth::False, |value| match &value.data {
            Data::Sequence(_, elements, more) => {
                let rest = if more.is_some() { Truth::Unknown } else { Truth::False };
                elements.iter().fold(rest, |truth, element| truth.or(is_one_of(element, wanted)))
            }
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Mapping(..)
            | Data::Unknown(_) => is_one_of(value, wanted),
        })
    }
}

/// Whether a value is one of these strings.
#[must_use]
pub fn is_one_of(value: &Value, wanted: &[&str]) -> Truth {
    match &value.data {
        Data::String(text) => wanted.iter().fold(Truth::False, |truth, wanted| truth.or(text.equals(wanted))),
        Data::Unknown(_) => test_value(value, &|member| is_one_of(member, wanted)),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            Truth::False
        }
    }
}

/// Tests a value; of an unknown that is one of several every member, and what all agree on is decided.
#[must_use]
pub fn test_value(value: &Value, test: &dyn Fn(&Value) -> Truth) -> Truth {
    match value.as_unknown() {
        Some(unknown) if unknown.one_of.is_empty() => Truth::Unknown,
        Some(unknown) => {
            let mut answers = unknown.one_of.iter().map(|member| {
                if member.is_null() || member.as_unknown().is_some_and(|inner| inner.one_of.is_empty()) {
                    Truth::Unknown
                } else {
                    test_value(member, test)
                }
            });
            let first = answers.next().unwrap_or(Truth::Unknown);
            answers.fold(first, Truth::agree)
        }
        None => test(value),
    }
}
