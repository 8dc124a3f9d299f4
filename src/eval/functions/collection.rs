//! Functions over lists, tuples, maps and objects.
//!
//! Enters: collections, perhaps with unknown elements or with `more` than they show. Leaves: their elements,
//! with origins and marks as they were. A sequence with `more` says which elements are certainly in it, not at
//! which position. Source: language.md 10, 16.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    ANY_NUMBER, Call, CallError, Function, MOST_POSSIBLE, Parameter, Returns, Want, argument, failed,
    same_type,
};
use crate::address::{Key, Name};
use crate::truth::Truth;
use crate::value::convert::convert;
use crate::value::equal::equal;
use crate::value::unify::unify;
use crate::value::{Cause, Data, Fields, MappingKind, More, Number, SequenceKind, Type, Unknown, Value};

/// A collection of which the function looks at every part itself.
const fn open(name: &'static str) -> Parameter {
    Parameter::any(name).partly_unknown().with_marks()
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[Parameter::new("list", Want::Bools).partly_unknown()], Returns::Bool, alltrue),
    Function::new("anytrue", &[Parameter::new("list", Want::Bools).partly_unknown()], Returns::Bool, anytrue),
    Function::new(
        "chunklist",
        &[Parameter::new("list", Want::List).partly_unknown().with_marks(), Parameter::number("size")],
        Returns::Something,
        chunklist,
    ),
    Function::new("coalesce", &[], Returns::Anything, coalesce)
        .with_rest(Parameter::any("vals").or_null().or_unknown(), ANY_NUMBER),
    Function::new("coalescelist", &[], Returns::Anything, coalescelist)
        .with_rest(Parameter::any("vals").or_unknown(), ANY_NUMBER),
    Function::new(
        "compact",
        &[Parameter::new("list", Want::Strings).partly_unknown()],
        Returns::Strings,
        compact,
    ),
    Function::new("concat", &[], Returns::Something, concat)
        .with_rest(Parameter::any("seqs").or_unknown().with_marks(), ANY_NUMBER),
    Function::new(
        "contains",
        &[Parameter::any("list").partly_unknown(), Parameter::any("value").or_unknown()],
        Returns::Bool,
        contains,
    ),
    Function::new(
        "distinct",
        &[Parameter::new("list", Want::List).partly_unknown()],
        Returns::Something,
        distinct,
    ),
    Function::new(
        "element",
        &[open("list"), Parameter::number("index").or_unknown()],
        Returns::Anything,
        element,
    ),
    Function::new("flatten", &[open("list")], Returns::Something, flatten),
    Function::new(
        "index",
        &[Parameter::any("list").partly_unknown(), Parameter::any("value").or_unknown()],
        Returns::Number,
        index,
    ),
    Function::new("keys", &[Parameter::any("inputMap").or_unknown().with_marks()], Returns::Something, keys),
    Function::new("length", &[Parameter::any("value").or_unknown().with_marks()], Returns::Number, length),
    Function::new(
        "lookup",
        &[open("inputMap"), Parameter::string("key").or_unknown()],
        Returns::Anything,
        lookup,
    )
    .with_rest(Parameter::any("default").or_null().or_unknown().with_marks(), 1),
    Function::new(
        "matchkeys",
        &[
            Parameter::new("values", Want::List).partly_unknown(),
            Parameter::new("keys", Want::List),
            Parameter::new("searchset", Want::List),
        ],
        Returns::Something,
        matchkeys,
    ),
    Function::new("merge", &[], Returns::Something, merge)
        .with_rest(Parameter::any("maps").or_null().or_unknown().with_marks(), ANY_NUMBER),
    Function::new("one", &[open("list")], Returns::Anything, one),
    Function::new("reverse", &[open("list")], Returns::Something, reverse),
    Function::new(
        "slice",
        &[open("list"), Parameter::number("start_index"), Parameter::number("end_index")],
        Returns::Something,
        slice,
    ),
    Function::new("sort", &[Parameter::new("list", Want::Strings).partly_unknown()], Returns::Strings, sort),
    Function::new("transpose", &[Parameter::new("values", Want::StringLists)], Returns::Something, transpose),
    Function::new("values", &[open("mapping")], Returns::Something, values),
    Function::new(
        "zipmap",
        &[Parameter::new("keys", Want::Strings), open("values")],
        Returns::Something,
        zipmap,
    ),
];

/// What is known of elements that are not shown: one of `uncertain`, or anything when nothing is known of one
/// of them.
pub(super) fn more_of(uncertain: &[Value], more: &More, call: &Call<'_>) -> More {
    if let ([only], None) = (uncertain, more)
        && let Some(unknown) = only.as_unknown()
        && unknown.identity.is_none()
    {
        return Some(unknown.clone());
    }
    if uncertain.is_empty() {
        return more.clone();
    }
    let mut one_of: Vec<Value> = Vec::new();
    let mut anything = false;
    let from_more = more.iter().map(|unknown| (unknown.one_of.as_slice(), true));
    let shown = uncertain.iter().map(|value| match value.as_unknown() {
        Some(unknown) if !unknown.is_attribute() => (unknown.one_of.as_slice(), true),
        Some(_) | None => (std::slice::from_ref(value), false),
    });
    for (possible, is_unknown) in shown.chain(from_more) {
        anything |= is_unknown && possible.is_empty();
        one_of.extend(possible.iter().cloned());
    }
    if anything || one_of.len() > 64 {
        one_of.clear();
    }
    let mut found: Vec<Cause> = uncertain
        .iter()
        .flat_map(Value::unknowns)
        .chain(more.iter().cloned())
        .map(|unknown| unknown.cause.clone())
        .collect();
    if found.is_empty() {
        // They are known; whether they are in is not, because of something else.
        found.push(call.cause());
    }
    let cause = Cause::any(found);
    Some(Arc::new(Unknown { one_of, ..Unknown::because(cause) }))
}

/// A sequence of a kind.
fn sequence(kind: SequenceKind, elements: Vec<Value>, more: More) -> Value {
    Value::new(Data::Sequence(kind, elements.into(), more))
}

fn list_or_tuple<'v>(
    call: &'v Call<'_>,
    position: usize,
    message: &str,
) -> Result<(&'v SequenceKind, &'v [Value], &'v More), CallError> {
    match &call.get(position)?.data {
        Data::Sequence(kind @ (SequenceKind::List(_) | SequenceKind::Tuple), elements, more) => {
            Ok((kind, elements, more))
        }
        Data::Sequence(SequenceKind::Set(_), ..)
        | Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Mapping(..)
        | Data::Unknown(_) => Err(argument(position, message)),
    }
}

fn mapping<'v>(
    call: &'v Call<'_>,
    position: usize,
    message: &str,
) -> Result<(&'v MappingKind, &'v Fields), CallError> {
    match &call.get(position)?.data {
        Data::Mapping(kind, entries) => Ok((kind, entries)),
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Unknown(_) => Err(argument(position, message)),
    }
}

fn alltrue(call: &Call<'_>) -> Result<Value, CallError> {
    let (elements, more) = call.elements(0)?;
    if elements.iter().any(|element| element.is_null() || element.as_bool() == Some(false)) {
        return Ok(Value::bool(false));
    }
    let certain = more.is_none() && elements.iter().all(|element| element.as_bool() == Some(true));
    Ok(if certain { Value::bool(true) } else { call.unknown() })
}

fn anytrue(call: &Call<'_>) -> Result<Value, CallError> {
    let (elements, more) = call.elements(0)?;
    if elements.iter().any(|element| element.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    let certain = more.is_none() && elements.iter().all(|element| element.as_unknown().is_none());
    Ok(if certain { Value::bool(false) } else { call.unknown() })
}

fn chunklist(call: &Call<'_>) -> Result<Value, CallError> {
    let (elements, more) = call.elements(0)?;
    let size = usize::try_from(call.integer(1)?).map_err(|_| failed("the size argument must be positive"))?;
    if more.is_some() {
        return Ok(call.unknown());
    }
    let list = call.get(0)?.type_of();
    let of = list.element().cloned().unwrap_or(Type::Dynamic);
    let size = if size == 0 { elements.len().max(1) } else { size };
    call.make_elements(elements.len())?;
    let chunks = elements.chunks(size).map(|chunk| Value::list(of.clone(), chunk.to_vec())).collect();
    Ok(Value::list(list, chunks))
}

/// Whether a value is one that `coalesce` takes.
enum Acceptable {
    Yes,
    No,
    Perhaps,
}

fn acceptable(value: &Value) -> Acceptable {
    match &value.data {
        Data::Null(_) => Acceptable::No,
        Data::String(text) => match (text.literal().is_empty(), text.as_known().is_some()) {
            (false, _) => Acceptable::Yes,
            (true, true) => Acceptable::No,
            (true, false) => Acceptable::Perhaps,
        },
        Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => Acceptable::Yes,
        Data::Unknown(unknown) if unknown.not_null => match unknown.of_type {
            // An attribute that the provider always sets is never empty.
            Type::String | Type::Dynamic if unknown.identity.is_none() => Acceptable::Perhaps,
            Type::Dynamic
            | Type::String
            | Type::Number
            | Type::Bool
            | Type::List(_)
            | Type::Set(_)
            | Type::Map(_)
            | Type::Tuple(_)
            | Type::Object(_) => Acceptable::Yes,
        },
        Data::Unknown(_) => Acceptable::Perhaps,
    }
}

fn coalesce(call: &Call<'_>) -> Result<Value, CallError> {
    if call.arguments.is_empty() {
        return Err(failed("at least one argument is required"));
    }
    // A literal null, and what is not known at all, take any type.
    let types: Vec<Type> =
        call.arguments.iter().map(Value::type_of).filter(|of_type| *of_type != Type::Dynamic).collect();
    let wanted = if types.is_empty() {
        Type::Dynamic
    } else {
        unify(&types).ok_or_else(|| failed("all arguments must have the same type"))?
    };
    let untyped =
        call.arguments.iter().any(|value| value.as_unknown().is_some() && value.type_of() == Type::Dynamic);
    for (position, value) in call.arguments.iter().enumerate() {
        let value = convert(value, &wanted).map_err(|error| argument(position, error.to_string()))?;
        match acceptable(&value) {
            Acceptable::No => {}
            // What comes after, when its type is not known, may turn a number into a string.
            Acceptable::Yes if untyped && value.type_of() != Type::String && value.as_unknown().is_none() => {
                return Ok(call.unknown());
            }
            Acceptable::Yes => return Ok(value),
            Acceptable::Perhaps => return coalesce_unknown(call, &wanted, position),
        }
    }
    Err(failed("no non-null, non-empty-string arguments"))
}

/// The result when the argument at `from` may or may not be taken: any of it and those that follow up to the
/// first that is taken for certain, when each has few values.
fn coalesce_unknown(call: &Call<'_>, wanted: &Type, from: usize) -> Result<Value, CallError> {
    let mut one_of = Vec::new();
    let mut enumerable = true;
    for (position, value) in call.arguments.iter().enumerate().skip(from) {
        let value = convert(value, wanted).map_err(|error| argument(position, error.to_string()))?;
        match value.as_unknown() {
            Some(unknown) if unknown.is_attribute() => one_of.push(value.clone()),
            Some(unknown) if unknown.one_of.is_empty() => enumerable = false,
            Some(unknown) => {
                let taken =
                    unknown.one_of.iter().filter(|value| !matches!(acceptable(value), Acceptable::No));
                one_of.extend(taken.cloned());
            }
            None if matches!(acceptable(&value), Acceptable::No) => {}
            None => one_of.push(value.clone()),
        }
        if matches!(acceptable(&value), Acceptable::Yes) {
            break;
        }
    }
    if !enumerable || one_of.len() > MOST_POSSIBLE {
        one_of.clear();
    }
    Ok(Value::unknown(Unknown { one_of, ..Unknown::because(call.cause()).of(wanted.clone()).not_null() }))
}

fn coalescelist(call: &Call<'_>) -> Result<Value, CallError> {
    if call.arguments.is_empty() {
        return Err(failed("at least one argument is required"));
    }
    for position in 0..call.arguments.len() {
        let value = call.get(position)?;
        if value.as_unknown().is_some() {
            return Ok(call.unknown());
        }
        let (_, elements, more) =
            list_or_tuple(call, position, "coalescelist arguments must be lists or tuples")?;
        if !elements.is_empty() {
            return Ok(value.clone());
        }
        if more.is_some() {
            return Ok(call.unknown());
        }
    }
    Err(failed("no non-null, non-empty-list arguments"))
}

fn compact(call: &Call<'_>) -> Result<Value, CallError> {
    let (elements, more) = call.elements(0)?;
    let mut kept = Vec::new();
    let mut uncertain = Vec::new();
    for element in elements {
        match acceptable(element) {
            Acceptable::No => {}
            Acceptable::Yes => kept.push(element.clone()),
            Acceptable::Perhaps => uncertain.push(element.clone()),
        }
    }
    let more = more_of(&uncertain, more, call);
    Ok(sequence(SequenceKind::List(Type::String), kept, more))
}

fn concat(call: &Call<'_>) -> Result<Value, CallError> {
    if call.arguments.is_empty() {
        return Err(failed("at least one argument is required"));
    }
    let mut elements: Vec<Value> = Vec::new();
    let mut types = Vec::new();
    let mut uncertain: Vec<Arc<Unknown>> = Vec::new();
    let mut all_lists = true;
    let mut sensitive = false;
    for (position, value) in call.arguments.iter().enumerate() {
        sensitive |= value.sensitive;
        match &value.data {
            Data::Unknown(unknown) => match &unknown.of_type {
                Type::Tuple(parts) => {
                    all_lists = false;
                    elements.extend(parts.iter().map(|part| {
                        Value::unknown(Unknown::because(unknown.cause.clone()).of(part.clone()))
                    }));
                }
                Type::List(of) => {
                    types.push(Type::clone(of));
                    uncertain.push(Arc::new(element_of(unknown, Type::clone(of))));
                }
                Type::Dynamic => {
                    all_lists = false;
                    uncertain.push(Arc::new(element_of(unknown, Type::Dynamic)));
                }
                other @ (Type::String
                | Type::Number
                | Type::Bool
                | Type::Set(_)
                | Type::Map(_)
                | Type::Object(_)) => {
                    return Err(not_a_sequence(position, other));
                }
            },
            Data::Sequence(kind @ (SequenceKind::List(_) | SequenceKind::Tuple), shown, more) => {
                match kind {
                    SequenceKind::List(of) => types.push(of.clone()),
                    SequenceKind::Set(_) | SequenceKind::Tuple => all_lists = false,
                }
                call.make_elements(elements.len().saturating_add(shown.len()))?;
                elements.extend(shown.iter().cloned());
                uncertain.extend(more.clone());
            }
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(SequenceKind::Set(_), ..)
            | Data::Mapping(..) => return Err(not_a_sequence(position, &value.type_of())),
        }
    }
    let more = more_of(
        &uncertain.into_iter().map(|u| Value::new(Data::Unknown(u))).collect::<Vec<_>>(),
        &None,
        call,
    );
    let of = if all_lists { unify(&types) } else { None };
    let Some(of) = of else {
        return Ok(sequence(SequenceKind::Tuple, elements, more).marked(sensitive));
    };
    let converted: Result<Vec<Value>, _> = elements.iter().map(|element| convert(element, &of)).collect();
    let elements = converted.map_err(|error| failed(error.to_string()))?;
    Ok(sequence(SequenceKind::List(of), elements, more).marked(sensitive))
}

fn not_a_sequence(position: usize, got: &Type) -> CallError {
    argument(position, format!("all arguments must be lists or tuples; got {}", got.friendly_name()))
}

/// What is known of an element of an unknown sequence: one of the elements of its possible values.
fn element_of(sequence: &Unknown, of_type: Type) -> Unknown {
    let mut one_of = Vec::new();
    for possible in &sequence.one_of {
        match &possible.data {
            Data::Sequence(_, elements, None) if one_of.len() + elements.len() <= 64 => {
                one_of.extend(elements.iter().map(|element| element.clone().marked(possible.sensitive)));
            }
            Data::Null(_) => {}
            Data::Sequence(..)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Mapping(..)
            | Data::Unknown(_) => {
                one_of.clear();
                break;
            }
        }
    }
    if one_of.iter().any(|value| value.as_unknown().is_some_and(|unknown| !unknown.is_attribute())) {
        one_of.clear();
    }
    Unknown { one_of, ..Unknown::because(sequence.cause.clone()).of(of_type) }
}

fn contains(call: &Call<'_>) -> Result<Value, CallError> {
    let wanted = call.get(1)?;
    let value = call.get(0)?;
    let (elements, more) =
        value.as_sequence().ok_or_else(|| argument(0, "argument must be list, tuple, or set"))?;
    let mut found = Truth::from_bool(false);
    if more.is_some() {
        found = Truth::Unknown;
    }
    for element in elements {
        found = found.or(equal(wanted, element));
        if found == Truth::True {
            return Ok(Value::bool(true));
        }
    }
    Ok(if found == Truth::False { Value::bool(false) } else { call.unknown() })
}

fn distinct(call: &Call<'_>) -> Result<Value, CallError> {
    let (elements, more) = call.elements(0)?;
    let of = call.get(0)?.type_of().element().cloned().unwrap_or(Type::Dynamic);
    let (mut kept, uncertain) = distinct_elements(call, elements)?;
    let more = more_of(&uncertain, more, call);
    // What may equal one of those before is there in any case, if only as that one.
    kept.extend(uncertain);
    Ok(sequence(SequenceKind::List(of), kept, more))
}

/// Those that are certainly different from all before, and those that may equal one.
pub(super) fn distinct_elements(
    call: &Call<'_>,
    elements: &[Value],
) -> Result<(Vec<Value>, Vec<Value>), CallError> {
    let mut kept: Vec<Value> = Vec::new();
    let mut uncertain = Vec::new();
    let mut texts = std::collections::BTreeSet::new();
    // What was kept and is no known string.
    let mut others: Vec<Value> = Vec::new();
    for element in elements {
        // Strings, which are most lists, are compared by a set.
        if let Some(text) = element.as_str() {
            if !texts.insert(text.to_owned()) {
                continue;
            }
            call.host.spend(others.len())?;
            let present = others.iter().fold(Truth::False, |so_far, other| so_far.or(equal(other, element)));
            match present {
                Truth::True => {}
                Truth::False => kept.push(element.clone()),
                Truth::Unknown => uncertain.push(element.clone()),
            }
            continue;
        }
        call.host.spend(kept.len())?;
        let present = kept.iter().fold(Truth::False, |so_far, other| so_far.or(equal(other, element)));
        match present {
            Truth::True => {}
            Truth::False => {
                kept.push(element.clone());
                others.push(element.clone());
            }
            Truth::Unknown => uncertain.push(element.clone()),
        }
    }
    Ok((kept, uncertain))
}

fn element(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let (_, elements, more) =
        list_or_tuple(call, 0, "cannot read elements from this value: list or tuple required")?;
    let sensitive = value.sensitive;
    if more.is_some() {
        return Ok(one_element(call, value, elements, more).marked(sensitive));
    }
    if elements.is_empty() {
        return Err(failed("cannot use element function with an empty list"));
    }
    if call.get(1)?.as_unknown().is_some() {
        return Ok(any_of(call, elements).marked(sensitive));
    }
    let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let index = usize::try_from(call.integer(1)?.rem_euclid(length)).unwrap_or(0);
    let found = elements.get(index).ok_or_else(|| failed("no such element"))?;
    Ok(found.clone().marked(sensitive))
}

/// One of these values, it is not known which.
fn any_of(call: &Call<'_>, values: &[Value]) -> Value {
    let unknown = Unknown { of_type: same_type(values), ..Unknown::because(call.cause()) };
    let sensitive = values.iter().any(Value::holds_sensitive);
    let mut one_of: Vec<Value> = Vec::new();
    for value in values {
        if one_of.len() > MOST_POSSIBLE || value.as_unknown().is_some_and(|unknown| !unknown.is_attribute()) {
            return Value::unknown(unknown).marked(sensitive);
        }
        if !one_of.iter().any(|other| is_same(other, value)) {
            one_of.push(value.clone());
        }
    }
    if let [only] = one_of.as_slice()
        && !stands_for_several(only)
    {
        return only.clone().marked(sensitive);
    }
    let not_null = one_of.iter().all(|value| match value.as_unknown() {
        Some(unknown) => unknown.not_null,
        None => !value.is_null(),
    });
    Value::unknown(Unknown { not_null, one_of, ..unknown }).marked(sensitive)
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (one.as_unknown(), other.as_unknown()) {
        (Some(one), Some(other)) => one.is_same(other),
        (Some(_) | None, _) => equal(one, other) == Truth::True,
    }
}

/// Whether it is an attribute of an instance that stands for any number of them.
fn stands_for_several(value: &Value) -> bool {
    value.as_unknown().and_then(|unknown| unknown.identity.as_ref()).is_some_and(|(of, _)| {
        of.key == Key::Unknown || of.module.steps().iter().any(|step| step.key == Key::Unknown)
    })
}

/// An element, it is not known which, of a sequence that has more than it shows.
fn one_element(call: &Call<'_>, list: &Value, shown: &[Value], more: &More) -> Value {
    let further = more.iter().flat_map(|more| &more.one_of);
    if more.as_ref().is_some_and(|more| more.one_of.is_empty()) {
        return Value::unknown(Unknown::because(call.cause()).of(element_type(list)));
    }
    any_of(call, &shown.iter().chain(further).cloned().collect::<Vec<_>>())
}

fn flatten(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let Some((elements, more)) = value.as_sequence() else {
        return Err(argument(0, "can only flatten lists, sets and tuples"));
    };
    let mut flat =
        Flat { elements: Vec::new(), uncertain: more.iter().cloned().collect(), sensitive: value.sensitive };
    flat.add(call, elements)?;
    let uncertain: Vec<Value> =
        flat.uncertain.iter().map(|unknown| Value::unknown(flat_element_of(unknown))).collect();
    let more = more_of(&uncertain, &None, call);
    Ok(sequence(SequenceKind::Tuple, flat.elements, more).marked(flat.sensitive))
}

/// What is known of an element that flattening makes of something unknown: of a list, or of what may be one.
fn flat_element_of(unknown: &Unknown) -> Unknown {
    let mut one_of: Vec<Value> = Vec::new();
    let mut anything = false;
    for possible in &unknown.one_of {
        let parts = match &possible.data {
            Data::Sequence(_, elements, more) => {
                anything |= more.is_some();
                elements
            }
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Mapping(..)
            | Data::Unknown(_) => std::slice::from_ref(possible),
        };
        for part in parts {
            anything |= match &part.data {
                Data::Sequence(..) => true,
                Data::Unknown(part) => !part.is_attribute() || !part.of_type.is_primitive(),
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
                    false
                }
            };
        }
        if anything || one_of.len() + parts.len() > 64 {
            one_of.clear();
            break;
        }
        one_of.extend(parts.iter().map(|part| part.clone().marked(possible.sensitive)));
    }
    Unknown { one_of, ..Unknown::because(unknown.cause.clone()) }
}

struct Flat {
    elements: Vec<Value>,
    uncertain: Vec<Arc<Unknown>>,
    sensitive: bool,
}

impl Flat {
    /// No deeper than an argument may be.
    fn add(&mut self, call: &Call<'_>, elements: &[Value]) -> Result<(), CallError> {
        for element in elements {
            match &element.data {
                Data::Sequence(_, inner, more) => {
                    self.sensitive |= element.sensitive;
                    self.uncertain.extend(more.clone());
                    self.add(call, inner)?;
                }
                Data::Unknown(unknown) => match unknown.of_type {
                    Type::String | Type::Number | Type::Bool | Type::Map(_) | Type::Object(_) => {
                        self.elements.push(element.clone());
                    }
                    Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
                        self.sensitive |= element.sensitive;
                        self.uncertain.push(unknown.clone());
                    }
                },
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
                    self.elements.push(element.clone());
                }
            }
        }
        call.make_elements(elements.len())
    }
}

fn index(call: &Call<'_>) -> Result<Value, CallError> {
    let wanted = call.get(1)?;
    let (_, elements, more) = list_or_tuple(call, 0, "argument must be a list or tuple")?;
    if elements.is_empty() && more.is_none() {
        return Err(failed("cannot search an empty list"));
    }
    if more.is_some() {
        return Ok(call.unknown());
    }
    for (position, element) in elements.iter().enumerate() {
        match equal(wanted, element) {
            Truth::True => return Ok(number(position)),
            Truth::False => {}
            Truth::Unknown => return Ok(call.unknown()),
        }
    }
    Err(failed("item not found"))
}

fn number(value: usize) -> Value {
    Value::number(Number::from(u64::try_from(value).unwrap_or(u64::MAX)))
}

fn keys(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let strings = |names: Vec<&Name>| names.into_iter().map(Value::string).collect::<Vec<_>>();
    let keys = match &value.data {
        Data::Mapping(MappingKind::Map(_), entries) => {
            Value::list(Type::String, strings(entries.keys().collect()))
        }
        Data::Mapping(MappingKind::Object, entries) => Value::tuple(strings(entries.keys().collect())),
        // It has attributes that are not shown.
        Data::Mapping(MappingKind::Block(_), _) => call.unknown(),
        Data::Unknown(unknown) => match &unknown.of_type {
            Type::Object(fields) => Value::tuple(strings(fields.keys().collect())),
            Type::Map(_) => call.unknown_of(Type::list(Type::String)),
            Type::Dynamic => call.unknown(),
            Type::String | Type::Number | Type::Bool | Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
                return Err(argument(0, "must have map or object type"));
            }
        },
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
            return Err(argument(0, "must have map or object type"));
        }
    };
    Ok(keys.marked(value.sensitive))
}

fn length(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let unsupported = || argument(0, "argument must be a string, a collection type, or a structural type");
    let count = match &value.data {
        Data::String(text) => match text.as_known() {
            Some(text) => number(text.graphemes(true).count()),
            None => call.unknown(),
        },
        Data::Sequence(_, _, Some(_)) | Data::Mapping(MappingKind::Block(_), _) => call.unknown(),
        Data::Sequence(SequenceKind::Set(_), elements, None) if !value.is_wholly_known() => {
            length_of_set(call, elements)
        }
        Data::Sequence(_, elements, None) => number(elements.len()),
        Data::Mapping(MappingKind::Map(_) | MappingKind::Object, entries) => number(entries.len()),
        Data::Unknown(unknown) => match &unknown.of_type {
            Type::Tuple(parts) => number(parts.len()),
            Type::Object(fields) => number(fields.len()),
            Type::Dynamic | Type::String | Type::List(_) | Type::Set(_) | Type::Map(_) => call.unknown(),
            Type::Number | Type::Bool => return Err(unsupported()),
        },
        Data::Null(_) | Data::Bool(_) | Data::Number(_) => return Err(unsupported()),
    };
    // The length of a string tells more of it than that of a list does of its elements.
    Ok(count.marked(value.sensitive))
}

/// The elements of a set that are not known may equal each other, or those that are.
fn length_of_set(call: &Call<'_>, elements: &[Value]) -> Value {
    let distinct = elements.iter().filter(|element| element.is_wholly_known()).count();
    let least = distinct.max(usize::from(!elements.is_empty()));
    if least == elements.len() {
        return number(least);
    }
    if elements.len() - least >= MOST_POSSIBLE {
        return call.unknown();
    }
    let one_of = (least..=elements.len()).map(number).collect();
    Value::unknown(Unknown { one_of, ..Unknown::because(call.cause()).of(Type::Number).not_null() })
}

fn lookup(call: &Call<'_>) -> Result<Value, CallError> {
    let map = call.get(0)?;
    let (kind, entries) = mapping(call, 0, "lookup() requires a map as the first argument")?;
    let default = match call.arguments.get(2) {
        None => None,
        Some(default) => Some(match kind {
            MappingKind::Map(of) => convert(default, of)
                .map_err(|_| argument(2, "the default value must have the same type as the map elements"))?,
            MappingKind::Object | MappingKind::Block(_) => default.clone(),
        }),
    };
    let is_block = matches!(kind, MappingKind::Block(_));
    if call.get(1)?.as_unknown().is_some() || call.text(1)?.as_known().is_none() {
        if is_block {
            return Ok(call.unknown());
        }
        let possible: Vec<Value> = entries.values().cloned().chain(default).collect();
        return Ok(any_of(call, &possible).marked(map.sensitive));
    }
    let key = call.string(1)?;
    let found = match (entries.get(key), default) {
        (Some(found), _) => found.clone(),
        (None, _) if is_block => call.unknown(),
        (None, Some(default)) => default,
        (None, None) => {
            return Err(match kind {
                MappingKind::Map(_) => failed(format!("lookup failed to find key {key:?}")),
                MappingKind::Object | MappingKind::Block(_) => {
                    argument(1, format!("the given object has no attribute {key:?}"))
                }
            });
        }
    };
    Ok(found.marked(map.sensitive))
}

fn matchkeys(call: &Call<'_>) -> Result<Value, CallError> {
    let (values, more) = call.elements(0)?;
    let of = call.get(0)?.type_of().element().cloned().unwrap_or(Type::Dynamic);
    let (keys, _) = call.elements(1)?;
    let (wanted, _) = call.elements(2)?;
    if more.is_some() {
        return Ok(call.unknown());
    }
    if values.len() != keys.len() {
        return Err(failed("length of keys and values should be equal"));
    }
    let types = [element_type(call.get(1)?), element_type(call.get(2)?)];
    let common = unify(&types).ok_or_else(|| failed("keys and searchset must be of the same type"))?;
    call.host.spend(keys.len().saturating_mul(wanted.len()))?;
    let convert_all = |values: &[Value]| -> Result<Vec<Value>, CallError> {
        values
            .iter()
            .map(|value| convert(value, &common).map_err(|error| failed(error.to_string())))
            .collect()
    };
    let (keys, wanted) = (convert_all(keys)?, convert_all(wanted)?);
    let kept = values
        .iter()
        .zip(&keys)
        .filter(|(_, key)| wanted.iter().any(|wanted| equal(key, wanted) == Truth::True))
        .map(|(value, _)| value.clone())
        .collect();
    Ok(Value::list(of, kept))
}

/// The type of the elements of a list or set that was converted.
pub(super) fn element_type(value: &Value) -> Type {
    value.type_of().element().cloned().unwrap_or(Type::Dynamic)
}

fn merge(call: &Call<'_>) -> Result<Value, CallError> {
    let mut merged: BTreeMap<Name, Value> = BTreeMap::new();
    let mut kind: Option<Type> = None;
    let mut matching = true;
    let mut unknown = false;
    let mut sensitive = false;
    let mut block = None;
    for (position, value) in call.arguments.iter().enumerate() {
        sensitive |= value.sensitive;
        let of_type = value.type_of();
        let is_block = matches!(value.data, Data::Mapping(MappingKind::Block(_), _));
        match &value.data {
            Data::Null(Type::Dynamic) => {
                matching = false;
                continue;
            }
            Data::Unknown(found) if found.of_type == Type::Dynamic => {
                unknown = true;
                matching = false;
                continue;
            }
            Data::Unknown(_) => unknown = true,
            Data::Mapping(kind, entries) => {
                if let MappingKind::Block(owner) = kind {
                    // What a block does not show may override what came before.
                    unknown |= block.is_some() || merged.keys().any(|name| !entries.contains_key(name));
                    block = Some(owner.clone());
                }
                call.make_elements(entries.len())?;
                for (name, entry) in entries.iter() {
                    merged.insert(name.clone(), entry.clone());
                }
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {}
        }
        if !is_block && !matches!(of_type, Type::Map(_) | Type::Object(_)) {
            return Err(argument(
                position,
                format!("arguments must be maps or objects, got {}", of_type.friendly_name()),
            ));
        }
        match &kind {
            None => kind = Some(of_type),
            Some(first) => matching &= *first == of_type,
        }
    }
    if unknown {
        let of_type = kind.filter(|_| matching).unwrap_or(Type::Dynamic);
        return Ok(call.unknown_of(of_type).marked(sensitive));
    }
    let map = match (kind, block) {
        (_, Some(owner)) => MappingKind::Block(owner),
        (Some(Type::Map(of)), None) if matching => MappingKind::Map(Type::clone(&of)),
        (_, None) => MappingKind::Object,
    };
    Ok(Value::new(Data::Mapping(map, merged.into())).marked(sensitive))
}

fn one(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let Data::Sequence(kind, elements, more) = &value.data else {
        return Err(argument(0, "must be a list, set, or tuple value with either zero or one elements"));
    };
    let too_many = || argument(0, "must be a list, set, or tuple value with either zero or one elements");
    let is_set = matches!(kind, SequenceKind::Set(_));
    let answer = match (&**elements, more) {
        ([], Some(more)) if more.one_of.is_empty() => {
            Value::unknown(Unknown::because(call.cause()).of(element_type(value)))
        }
        ([], Some(more)) => {
            let none = Value::new(Data::Null(element_type(value)));
            any_of(call, &more.one_of.iter().cloned().chain([none]).collect::<Vec<_>>())
        }
        (_, Some(_)) => Value::unknown(Unknown::because(call.cause()).of(element_type(value))),
        ([], None) => Value::new(Data::Null(element_type(value))),
        ([only], None) => only.clone(),
        (_, None) if is_set && !value.is_wholly_known() => {
            Value::unknown(Unknown::because(call.cause()).of(element_type(value)))
        }
        (_, None) => return Err(too_many()),
    };
    Ok(answer.marked(value.sensitive))
}

fn reverse(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let Data::Sequence(kind, elements, more) = &value.data else {
        return Err(argument(0, "can only reverse list or tuple values"));
    };
    let kind = match kind {
        SequenceKind::Set(of) | SequenceKind::List(of) => SequenceKind::List(of.clone()),
        SequenceKind::Tuple => SequenceKind::Tuple,
    };
    let unordered =
        matches!(value.data, Data::Sequence(SequenceKind::Set(_), ..)) && !value.is_wholly_known();
    if unordered {
        return Ok(call.unknown_of(match kind {
            SequenceKind::List(of) | SequenceKind::Set(of) => Type::list(of),
            SequenceKind::Tuple => Type::Dynamic,
        }));
    }
    Ok(sequence(kind, elements.iter().rev().cloned().collect(), more.clone()).marked(value.sensitive))
}

fn slice(call: &Call<'_>) -> Result<Value, CallError> {
    let (kind, elements, more) = list_or_tuple(call, 0, "cannot slice this value: list or tuple required")?;
    let bound = |position: usize, name: &str| -> Result<usize, CallError> {
        let index = call.integer(position)?;
        let index = usize::try_from(index)
            .map_err(|_| argument(position, format!("{name} index must not be less than zero")))?;
        if index > elements.len() && more.is_none() {
            return Err(argument(
                position,
                format!("{name} index must not be greater than the length of the list"),
            ));
        }
        Ok(index)
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    if start > end {
        return Err(argument(1, "start index must not be greater than end index"));
    }
    if more.is_some() {
        if end - start > MOST_POSSIBLE {
            return Ok(call.unknown());
        }
        let one = one_element(call, call.get(0)?, elements, more);
        return Ok(sequence(kind.clone(), vec![one; end - start], None).marked(call.get(0)?.sensitive));
    }
    let part = elements.get(start..end).unwrap_or_default().to_vec();
    Ok(sequence(kind.clone(), part, None).marked(call.get(0)?.sensitive))
}

fn sort(call: &Call<'_>) -> Result<Value, CallError> {
    let (elements, more) = call.elements(0)?;
    if elements.iter().any(Value::is_null) {
        return Err(argument(0, "given list element is null; a null string cannot be sorted"));
    }
    let (mut known, uncertain): (Vec<Value>, Vec<Value>) =
        elements.iter().cloned().partition(|element| element.as_str().is_some());
    known.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    if known.is_empty() && more.is_none() {
        // The number of elements is known, and with one also its place.
        if uncertain.len() == 1 {
            return Ok(Value::list(Type::String, uncertain));
        }
        let any = any_of(call, &uncertain);
        let any = if any.type_of() == Type::String { any } else { call.unknown_of(Type::String) };
        return Ok(Value::list(Type::String, vec![any; uncertain.len()]));
    }
    let more = more_of(&uncertain, more, call);
    Ok(sequence(SequenceKind::List(Type::String), known, more))
}

fn transpose(call: &Call<'_>) -> Result<Value, CallError> {
    let (_, entries) = mapping(call, 0, "must be a map of lists of string")?;
    let mut transposed: BTreeMap<Name, Vec<Value>> = BTreeMap::new();
    for (name, list) in entries.iter() {
        let (elements, _) = list.as_sequence().ok_or_else(|| argument(0, "must not contain null lists"))?;
        for element in elements {
            let key = element.as_str().ok_or_else(|| argument(0, "must not contain null strings"))?;
            transposed.entry(key.into()).or_default().push(Value::string(name));
        }
    }
    let of = Type::list(Type::String);
    let entries = transposed
        .into_iter()
        .map(|(key, names)| (key, Value::list(Type::String, names)))
        .collect::<BTreeMap<_, _>>();
    Ok(Value::new(Data::Mapping(MappingKind::Map(of), entries.into())))
}

fn values(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let (kind, entries) = mapping(call, 0, "values() requires a map as the first argument")?;
    let kind = match kind {
        MappingKind::Map(of) => SequenceKind::List(of.clone()),
        MappingKind::Object => SequenceKind::Tuple,
        MappingKind::Block(_) => return Ok(call.unknown()),
    };
    Ok(sequence(kind, entries.values().cloned().collect(), None).marked(value.sensitive))
}

fn zipmap(call: &Call<'_>) -> Result<Value, CallError> {
    let (keys, _) = call.elements(0)?;
    let (kind, values, more) = list_or_tuple(call, 1, "values must be a list or tuple value")?;
    if more.is_some() {
        return Ok(call.unknown());
    }
    if keys.len() != values.len() {
        return Err(failed(format!(
            "number of keys ({}) does not match number of values ({})",
            keys.len(),
            values.len()
        )));
    }
    let mut entries = BTreeMap::new();
    for (key, value) in keys.iter().zip(values) {
        let key = key.as_str().ok_or_else(|| argument(0, "keys must not be null"))?;
        entries.insert(Name::from(key), value.clone());
    }
    let kind = match kind {
        SequenceKind::List(of) | SequenceKind::Set(of) => MappingKind::Map(of.clone()),
        SequenceKind::Tuple => MappingKind::Object,
    };
    Ok(Value::new(Data::Mapping(kind, entries.into())).marked(call.get(1)?.sensitive))
}
