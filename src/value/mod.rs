//! What an attribute can hold: data, where it comes from, and why it is not known.
//!
//! Enters: nothing but numbers, texts and spans. Leaves: [`Value`], which the evaluator and the plan
//! reader make and everything else reads. Must never import HCL, JSON plans or clouds.

pub mod convert;
#[cfg(test)]
mod convert_tests;
pub mod equal;
mod fields;
pub mod json;
pub mod number;
pub mod text;
pub mod types;
pub mod unify;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use fields::Fields;
pub use number::Number;
pub use text::Text;
pub use types::{Field, Type};

use crate::address::{Address, Name, Path, PathStep, Reference};
use crate::source::Span;

/// A value with its way and its gaps.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it was written, and the names it passed through on its way here.
    pub origin: Origin,
    /// Whether it must not be printed.
    pub sensitive: bool,
    weight: u32,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Data {
    /// A null of a type; [`Type::Dynamic`] for the literal `null`.
    Null(Type),
    /// A bool.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, perhaps with unknown parts.
    String(Text),
    /// List, set or tuple. Sets are sorted and without duplicates.
    Sequence(SequenceKind, Arc<[Value]>, More),
    /// Map or object; ordered by key, as in Terraform.
    Mapping(MappingKind, Fields),
    /// Not known as a whole.
    Unknown(Arc<Unknown>),
}

/// Whether further elements may follow those that are shown: a `dynamic` block over something unknown,
/// `concat` with an unknown list. Its `one_of` holds what is known of such an element. An empty sequence
/// with `more` is not "none".
pub type More = Option<Arc<Unknown>>;

/// Which kind of sequence; lists and sets know the type of their elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SequenceKind {
    /// `list(T)`
    List(Type),
    /// `set(T)`
    Set(Type),
    /// `tuple([…])`
    Tuple,
}

/// Which kind of mapping; maps know the type of their elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingKind {
    /// `map(T)`
    Map(Type),
    /// `object({…})`
    Object,
    /// A resource instance (empty path) or a block in it: attributes that are not shown here exist all the
    /// same, as unknown attributes of that instance.
    Block(Arc<(Address, Path)>),
}

/// Where a value was written, and the names it passed through on its way here.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// Computed, or not from a text.
    #[default]
    Nowhere,
    /// Written here.
    At(Span),
    /// Declared here, and given no value.
    Declared(Span),
    /// Handed on by a name.
    Via(Arc<Hop>),
    /// Computed from, or chosen by, other values.
    Made(Arc<Made>),
}

/// How a value was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where the value itself was written: the arm of a conditional, the expression that computes it.
    pub from: Origin,
    /// Where the values came from that it was computed from or chosen by, literals left out.
    pub by: Vec<Origin>,
}

/// One name that a value passed through: a variable, an argument, a local, an output.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The name.
    pub name: Reference,
    /// Where it is referred to.
    pub span: Option<Span>,
    /// Where the value had come from.
    pub from: Origin,
}

impl Origin {
    /// The origin of this one after passing through `name`, referred to at `span`.
    #[must_use]
    pub fn via(&self, name: Reference, span: Option<Span>) -> Self {
        Self::Via(Arc::new(Hop { name, span, from: self.clone() }))
    }

    /// Where the value was first written.
    #[must_use]
    pub fn written(&self) -> Option<Span> {
        let mut origin = self;
        let mut outermost = None;
        loop {
            match origin {
                Self::Nowhere => return outermost,
                Self::At(span) | Self::Declared(span) => return Some(*span),
                Self::Via(hop) => {
                    outermost = hop.span.or(outermost);
                    origin = &hop.from;
                }
                Self::Made(made) => origin = &made.from,
            }
        }
    }

    /// The origin of a value made at `self` by others; those that passed through no name are left out.
    #[must_use]
    pub fn made_by<'o>(self, others: impl IntoIterator<Item = &'o Self>) -> Self {
        let by: Vec<Self> = others
            .into_iter()
            .filter(|other| !matches!(other, Self::Nowhere | Self::At(_) | Self::Declared(_)))
            .take(4)
            .cloned()
            .collect();
        if by.is_empty() { self } else { Self::Made(Arc::new(Made { from: self, by })) }
    }

    /// The origin of a part of a value with this origin: the part was written there, and went the same way.
    #[must_use]
    pub fn through(&self, part: &Self) -> Self {
        match self {
            Self::Nowhere | Self::At(_) | Self::Declared(_) => part.clone(),
            Self::Via(hop) => Self::Via(Arc::new(Hop {
                name: hop.name.clone(),
                span: hop.span,
                from: hop.from.through(part),
            })),
            Self::Made(made) => {
                Self::Made(Arc::new(Made { from: made.from.through(part), by: made.by.clone() }))
            }
        }
    }

    /// The hops, the one nearest to the reader first.
    #[must_use]
    pub fn hops(&self) -> Vec<&Hop> {
        let mut hops = Vec::new();
        let mut origin = self;
        loop {
            match origin {
                Self::Nowhere | Self::At(_) | Self::Declared(_) => return hops,
                Self::Via(hop) => {
                    hops.push(hop.as_ref());
                    origin = &hop.from;
                }
                Self::Made(made) => origin = &made.from,
            }
        }
    }

    /// The hops of a value that was only handed on: none once something was computed or chosen.
    #[must_use]
    pub fn handed_on(&self) -> Vec<&Hop> {
        let mut hops = Vec::new();
        let mut origin = self;
        while let Self::Via(hop) = origin {
            hops.push(hop.as_ref());
            origin = &hop.from;
        }
        hops
    }

    /// The origins of the values that this one was computed from or chosen by, nearest first.
    #[must_use]
    pub fn makers(&self) -> Vec<&Self> {
        let mut makers = Vec::new();
        let mut origin = self;
        loop {
            match origin {
                Self::Nowhere | Self::At(_) | Self::Declared(_) => return makers,
                Self::Via(hop) => origin = &hop.from,
                Self::Made(made) => {
                    makers.extend(&made.by);
                    origin = &made.from;
                }
            }
        }
    }
}

/// Why a value is not known, and what is known all the same.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Why.
    pub cause: Cause,
    /// It *is* that attribute of that resource instance, not merely depends on it. Joins, "fixed,
    /// whichever it is" and "certainly set" need this, not the cause.
    pub identity: Option<(Address, Path)>,
    /// It *is* that named value itself, which the input does not resolve: `var.name`, `module.m.id`. Two of
    /// these are the same thing, whatever it is.
    pub named: Option<(Reference, Path)>,
    /// Its type as far as known.
    pub of_type: Type,
    /// Whether it is certainly not null.
    pub not_null: bool,
    /// All the values it can have; empty: anything.
    pub one_of: Vec<Value>,
    /// Which one of them it probably is: a plan loses indexes, and the same position is a guess. A guess may
    /// open something, never close it.
    pub guess: Option<(Address, Path)>,
}

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A root variable that was given no value.
    Variable(Reference),
    /// The provider decides: "known after apply".
    Attribute {
        /// The instance.
        of: Address,
        /// The attribute.
        path: Path,
    },
    /// A data source is not read.
    Data {
        /// The instance.
        of: Address,
        /// The attribute.
        path: Path,
    },
    /// Left out, and no fallback is on record or the provider version decides.
    Unset {
        /// The instance.
        of: Address,
        /// The attribute.
        path: Path,
    },
    /// The cloud decides, and no input says how.
    Cloud {
        /// The instance.
        of: Address,
        /// The attribute.
        path: Path,
    },
    /// Left out of a plan: a resource by `-target` or an error, or a part of the document.
    NotPlanned(Name),
    /// It depends on several.
    Any(Vec<Cause>),
    /// A name that a plan does not follow: a local value, an expression around several names.
    Hidden(Name),
    /// A function whose result is not computed: `timestamp()`, a file outside of the project, not supported.
    Function(Name),
    /// A module that is not installed.
    Module(Reference),
    /// Refers to something that is not declared; the text is the expression as written.
    Undeclared(Name),
    /// The expression is wrong; a diagnostic says how.
    Invalid(Name),
    /// It depends on itself.
    Cycle(Reference),
    /// A budget was spent.
    Budget(Name),
    /// It exists outside of the input: a policy by its ARN, the organisation that an account is in.
    Elsewhere(Name),
}

impl Cause {
    /// Several causes as one, without duplicates.
    #[must_use]
    pub fn any(causes: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for cause in causes {
            match cause {
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        flat.sort();
        flat.dedup();
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(several) => Self::Any(several),
        }
    }

    /// The single causes.
    #[must_use]
    pub fn each(&self) -> Vec<&Self> {
        match self {
            Self::Any(several) => several.iter().flat_map(Self::each).collect(),
            other => vec![other],
        }
    }

    /// What to call it: `var.acl`, `aws_s3_bucket.b.arn`, `timestamp()`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Variable(name) | Self::Module(name) | Self::Cycle(name) => name.to_string(),
            Self::Attribute { of, path }
            | Self::Data { of, path }
            | Self::Unset { of, path }
            | Self::Cloud { of, path } => {
                if path.is_empty() {
                    of.to_string()
                } else {
                    format!("{of}.{path}")
                }
            }
            Self::Any(several) => several.iter().map(Self::name).collect::<Vec<_>>().join(", "),
            Self::Function(name) => format!("{name}()"),
            Self::NotPlanned(name)
            | Self::Hidden(name)
            | Self::Undeclared(name)
            | Self::Invalid(name)
            | Self::Budget(name)
            | Self::Elsewhere(name) => name.to_string(),
        }
    }
}

impl Unknown {
    /// An unknown of any type with a cause.
    #[must_use]
    pub fn because(cause: Cause) -> Self {
        Self {
            cause,
            identity: None,
            named: None,
            of_type: Type::Dynamic,
            not_null: false,
            one_of: Vec::new(),
            guess: None,
        }
    }

    /// The same, of a type.
    #[must_use]
    pub fn of(mut self, of_type: Type) -> Self {
        self.of_type = of_type;
        self
    }

    /// The same, certainly not null.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// The same unknown, seen through one more step: an attribute or element of it.
    #[must_use]
    pub fn step(&self, step: &PathStep) -> Self {
        let deeper = |path: &Path| path.then(step.clone());
        let cause = match &self.cause {
            Cause::Attribute { of, path } => Cause::Attribute { of: of.clone(), path: deeper(path) },
            Cause::Data { of, path } => Cause::Data { of: of.clone(), path: deeper(path) },
            other => other.clone(),
        };
        Self {
            cause: if self.identity.is_some() { cause } else { self.cause.clone() },
            identity: self.identity.as_ref().map(|(of, path)| (of.clone(), deeper(path))),
            named: self.named.as_ref().map(|(name, path)| (name.clone(), deeper(path))),
            of_type: Type::Dynamic,
            not_null: false,
            one_of: Vec::new(),
            guess: None,
        }
    }

    fn weight(&self) -> u32 {
        self.one_of.iter().map(Value::weight).fold(1, u32::saturating_add)
    }

    /// Whether both are certainly the same thing, whatever it is.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.identity.is_some() && self.identity == other.identity)
            || (self.named.is_some() && self.named == other.named)
    }

    /// Whether it is an attribute of a resource and no more is known of it: such a one counts as one of the
    /// values that an unknown can have.
    #[must_use]
    pub const fn is_attribute(&self) -> bool {
        self.identity.is_some() && self.one_of.is_empty()
    }

    /// The attribute itself, of an instance.
    #[must_use]
    pub fn attribute(of: Address, path: Path) -> Self {
        let cause = Cause::Attribute { of: of.clone(), path: path.clone() };
        Self { identity: Some((of, path)), ..Self::because(cause) }
    }
}

impl Value {
    /// A value that comes from nowhere.
    #[must_use]
    pub fn new(data: Data) -> Self {
        let weight = weigh(&data);
        Self { data, origin: Origin::Nowhere, sensitive: false, weight }
    }

    /// How many values a walk through it meets, shared ones counted each time: values are shared, so a few
    /// lines of configuration can make one that no walk ends on. The evaluator refuses heavy ones.
    #[must_use]
    pub const fn weight(&self) -> u32 {
        self.weight
    }

    /// The literal `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::new(Data::Null(Type::Dynamic))
    }

    /// A bool.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self::new(Data::Bool(value))
    }

    /// A number.
    #[must_use]
    pub fn number(value: Number) -> Self {
        Self::new(Data::Number(value))
    }

    /// A known string; the text must be in NFC already or come from such.
    #[must_use]
    pub fn string(value: impl AsRef<str>) -> Self {
        Self::new(Data::String(Text::known(value.as_ref())))
    }

    /// An unknown value.
    #[must_use]
    pub fn unknown(unknown: Unknown) -> Self {
        Self::new(Data::Unknown(Arc::new(unknown)))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(elements: Vec<Self>) -> Self {
        Self::new(Data::Sequence(SequenceKind::Tuple, elements.into(), None))
    }

    /// A list whose elements have that type.
    #[must_use]
    pub fn list(of: Type, elements: Vec<Self>) -> Self {
        Self::new(Data::Sequence(SequenceKind::List(of), elements.into(), None))
    }

    /// An object.
    #[must_use]
    pub fn object(attributes: BTreeMap<Name, Self>) -> Self {
        Self::new(Data::Mapping(MappingKind::Object, attributes.into()))
    }

    /// The same value, from there.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same value, not to be printed when `sensitive`; a mark is never taken away.
    #[must_use]
    pub fn marked(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// The same value without any mark, inside of it neither: for a whole that carries them all.
    #[must_use]
    pub fn unmarked(&self) -> Self {
        if !self.holds_sensitive() {
            return self.clone();
        }
        let data = match &self.data {
            Data::Sequence(kind, elements, more) => {
                Data::Sequence(kind.clone(), elements.iter().map(Self::unmarked).collect(), more.clone())
            }
            Data::Mapping(kind, entries) => Data::Mapping(
                kind.clone(),
                entries.iter().map(|(name, entry)| (name.clone(), entry.unmarked())).collect(),
            ),
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {
                self.data.clone()
            }
        };
        Self { data, origin: self.origin.clone(), sensitive: false, weight: self.weight }
    }

    /// Whether it is null for certain.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.data, Data::Null(_))
    }

    /// The unknown, when the value is not known as a whole.
    #[must_use]
    pub const fn as_unknown(&self) -> Option<&Arc<Unknown>> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..) => None,
        }
    }

    /// The known text of a string without holes.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => text.as_known(),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_) => None,
        }
    }

    /// The known bool.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(value) => Some(*value),
            Data::Null(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_) => None,
        }
    }

    /// The elements that are shown, of a sequence.
    #[must_use]
    pub fn as_sequence(&self) -> Option<(&[Self], &More)> {
        match &self.data {
            Data::Sequence(_, elements, more) => Some((elements, more)),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Mapping(..)
            | Data::Unknown(_) => None,
        }
    }

    /// The entries of a map or object.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Fields> {
        match &self.data {
            Data::Mapping(_, entries) => Some(entries),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Unknown(_) => None,
        }
    }

    /// The attribute of a map or object, when it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_mapping().and_then(|entries| entries.get(name))
    }

    /// Every unknown inside, holes and `more` included, in reading order.
    #[must_use]
    pub fn unknowns(&self) -> Vec<Arc<Unknown>> {
        let mut found = Vec::new();
        self.collect_unknowns(&mut found);
        found
    }

    fn collect_unknowns(&self, found: &mut Vec<Arc<Unknown>>) {
        match &self.data {
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => {}
            Data::String(text) => found.extend(text.holes().map(|(_, unknown)| unknown.clone())),
            Data::Sequence(_, elements, more) => {
                for element in elements.iter() {
                    element.collect_unknowns(found);
                }
                found.extend(more.clone());
            }
            Data::Mapping(_, entries) => {
                for element in entries.values() {
                    element.collect_unknowns(found);
                }
            }
            Data::Unknown(unknown) => found.push(unknown.clone()),
        }
    }

    /// Whether nothing inside is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match &self.data {
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => true,
            Data::String(text) => text.as_known().is_some(),
            Data::Sequence(_, elements, more) => more.is_none() && elements.iter().all(Self::is_wholly_known),
            Data::Mapping(_, entries) => entries.values().all(Self::is_wholly_known),
            Data::Unknown(_) => false,
        }
    }

    /// Whether it, or something inside, must not be printed.
    #[must_use]
    pub fn holds_sensitive(&self) -> bool {
        self.sensitive
            || match &self.data {
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => false,
                Data::Sequence(_, elements, _) => elements.iter().any(Self::holds_sensitive),
                Data::Mapping(_, entries) => entries.values().any(Self::holds_sensitive),
                Data::Unknown(unknown) => unknown.one_of.iter().any(Self::holds_sensitive),
            }
    }

    /// Its type; exact for what is known.
    #[must_use]
    pub fn type_of(&self) -> Type {
        match &self.data {
            Data::Null(of_type) => of_type.clone(),
            Data::Bool(_) => Type::Bool,
            Data::Number(_) => Type::Number,
            Data::String(_) => Type::String,
            Data::Sequence(SequenceKind::List(of), ..) => Type::List(Arc::new(of.clone())),
            Data::Sequence(SequenceKind::Set(of), ..) => Type::Set(Arc::new(of.clone())),
            Data::Sequence(SequenceKind::Tuple, _, Some(_)) | Data::Mapping(MappingKind::Block(_), _) => {
                Type::Dynamic
            }
            Data::Sequence(SequenceKind::Tuple, elements, None) => {
                Type::Tuple(elements.iter().map(Self::type_of).collect())
            }
            Data::Mapping(MappingKind::Map(of), _) => Type::Map(Arc::new(of.clone())),
            Data::Mapping(MappingKind::Object, entries) => Type::Object(Arc::new(
                entries
                    .iter()
                    .map(|(name, value)| (name.clone(), Field::required(value.type_of())))
                    .collect(),
            )),
            Data::Unknown(unknown) => unknown.of_type.clone(),
        }
    }

    /// The only way of a value into a message: `(sensitive)` for what must not be printed, cut when long,
    /// control characters escaped.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.holds_sensitive() {
            return "(sensitive)".to_owned();
        }
        match &self.data {
            Data::Null(_) => "null".to_owned(),
            Data::Bool(value) => value.to_string(),
            Data::Number(value) => value.to_string(),
            Data::String(text) => shown_text(&text.shown()),
            Data::Sequence(_, elements, more) => {
                let mut parts: Vec<String> = elements.iter().take(4).map(Self::shown).collect();
                if elements.len() > 4 || more.is_some() {
                    parts.push("…".to_owned());
                }
                format!("[{}]", parts.join(", "))
            }
            Data::Mapping(_, entries) => {
                let mut parts: Vec<String> = entries
                    .iter()
                    .take(4)
                    .map(|(name, value)| format!("{name} = {}", value.shown()))
                    .collect();
                if entries.len() > 4 {
                    parts.push("…".to_owned());
                }
                format!("{{{}}}", parts.join(", "))
            }
            Data::Unknown(unknown) => format!("(unknown: {})", unknown.cause.name()),
        }
    }
}

/// What a hole in a text weighs: whoever reads the text makes several pieces of it.
const HOLE: u32 = 16;

fn weigh(data: &Data) -> u32 {
    let sum = |weights: &mut dyn Iterator<Item = u32>| weights.fold(1, u32::saturating_add);
    match data {
        Data::Null(_) | Data::Bool(_) | Data::Number(_) => 1,
        Data::String(text) => {
            let holes = u32::try_from(text.holes().len()).unwrap_or(u32::MAX).saturating_mul(HOLE);
            let document = text.document().map_or(0, |document| document.weight);
            document.saturating_add(holes).saturating_add(1)
        }
        Data::Sequence(_, elements, more) => sum(&mut elements.iter().map(Value::weight))
            .saturating_add(more.as_ref().map_or(0, |more| more.weight())),
        Data::Mapping(_, entries) => sum(&mut entries.values().map(Value::weight)),
        Data::Unknown(unknown) => unknown.weight(),
    }
}

/// The most characters of a string that a message shows.
const LONGEST_SHOWN: usize = 80;

/// Quotes a text for a message: control characters escaped, cut when long.
#[must_use]
pub fn shown_text(text: &str) -> String {
    let mut out = String::from("\"");
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST_SHOWN {
            out.push('…');
            break;
        }
        match character {
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => out.extend(other.escape_default()),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
