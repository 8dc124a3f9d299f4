//! Set functions.
//!
//! Enters: lists, sets and tuples, which become sets of one type. Leaves: sets; an element that may or may not
//! be in the result is part of its `more`. Source: language.md 10, 16.

use std::sync::Arc;

use super::collection::{distinct_elements, element_type, more_of};
use super::{ANY_NUMBER, Call, CallError, Function, Parameter, Returns, Want, argument, failed};
use crate::truth::Truth;
use crate::value::convert::convert;
use crate::value::equal::equal;
use crate::value::unify::unify;
use crate::value::{Data, More, SequenceKind, Type, Value};

const SET: Parameter = Parameter::new("sets", Want::Set).partly_unknown();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[SET], Returns::Something, setintersection).with_rest(SET, ANY_NUMBER),
    Function::new("setproduct", &[], Returns::Something, setproduct)
        .with_rest(Parameter::any("sets").partly_unknown(), ANY_NUMBER),
    Function::new("setsubtract", &[SET, SET], Returns::Something, setsubtract),
    Function::new("setunion", &[SET], Returns::Something, setunion).with_rest(SET, ANY_NUMBER),
];

/// The arguments as sets of one type of element.
fn alike(call: &Call<'_>) -> Result<(Type, Vec<Value>), CallError> {
    let types: Vec<Type> = call.arguments.iter().filter(|set| !is_untyped(set)).map(element_type).collect();
    let of = if types.is_empty() {
        Type::Dynamic
    } else {
        unify(&types).ok_or_else(|| failed("given sets must all have compatible element types"))?
    };
    let wanted = Type::set(of.clone());
    let sets = call
        .arguments
        .iter()
        .enumerate()
        .map(|(position, set)| convert(set, &wanted).map_err(|error| argument(position, error.to_string())))
        .collect::<Result<_, _>>()?;
    Ok((of, sets))
}

/// An empty set of no type yet fits any other.
fn is_untyped(set: &Value) -> bool {
    set.as_sequence().is_some_and(|(elements, more)| elements.is_empty() && more.is_none())
        && element_type(set) == Type::Dynamic
}

fn parts(set: &Value) -> (&[Value], More) {
    set.as_sequence().map_or((&[], None), |(elements, more)| (elements, more.clone()))
}

/// Whether a value is in a set.
fn member(value: &Value, set: &Value) -> Truth {
    let (elements, more) = parts(set);
    let start = if more.is_some() { Truth::Unknown } else { Truth::False };
    elements.iter().fold(start, |so_far, element| so_far.or(equal(element, value)))
}

/// A set of some elements, brought into the order of sets.
fn set(
    call: &Call<'_>,
    of: Type,
    certain: &[Value],
    uncertain: &[Value],
    more: &More,
) -> Result<Value, CallError> {
    let list = Value::list(of.clone(), certain.to_vec());
    let ordered = convert(&list, &Type::set(of.clone())).map_err(|error| failed(error.to_string()))?;
    let (elements, own_more) = parts(&ordered);
    let mut more = more.clone();
    if let Some(own) = own_more {
        more = more_of(&[Value::new(Data::Unknown(own))], &more, call);
    }
    let more = more_of(uncertain, &more, call);
    Ok(Value::new(Data::Sequence(SequenceKind::Set(of), elements.into(), more)))
}

fn setunion(call: &Call<'_>) -> Result<Value, CallError> {
    let (of, sets) = alike(call)?;
    let mut all = Vec::new();
    let mut mores = Vec::new();
    for set in &sets {
        let (elements, more) = parts(set);
        call.make_elements(elements.len())?;
        all.extend(elements.iter().cloned());
        mores.extend(more.map(|unknown| Value::new(Data::Unknown(unknown))));
    }
    let (mut kept, uncertain) = distinct_elements(call, &all)?;
    let more = more_of(&mores, &None, call);
    // What may equal another is there in any case: a set that is not wholly known does not tell how many it has.
    kept.extend(uncertain);
    set(call, of, &kept, &[], &more)
}

fn setintersection(call: &Call<'_>) -> Result<Value, CallError> {
    let (of, sets) = alike(call)?;
    let Some((first, others)) = sets.split_first() else { return Ok(call.unknown()) };
    select(
        call,
        of,
        first,
        |value| others.iter().fold(Truth::True, |so_far, other| so_far.and(member(value, other))),
        others,
    )
}

fn setsubtract(call: &Call<'_>) -> Result<Value, CallError> {
    let (of, sets) = alike(call)?;
    let Some((first, others)) = sets.split_first() else { return Ok(call.unknown()) };
    select(
        call,
        of,
        first,
        |value| others.iter().fold(Truth::True, |so_far, other| so_far.and(!member(value, other))),
        others,
    )
}

/// The elements of a set that pass a test.
fn select(
    call: &Call<'_>,
    of: Type,
    from: &Value,
    test: impl Fn(&Value) -> Truth,
    others: &[Value],
) -> Result<Value, CallError> {
    let (elements, more) = parts(from);
    let compared: usize = others.iter().map(|other| parts(other).0.len()).sum();
    call.host.spend(elements.len().saturating_mul(compared))?;
    let (mut certain, mut uncertain) = (Vec::new(), Vec::new());
    for element in elements {
        match test(element) {
            Truth::True => certain.push(element.clone()),
            Truth::False => {}
            Truth::Unknown => uncertain.push(element.clone()),
        }
    }
    set(call, of, &certain, &uncertain, &more)
}

fn setproduct(call: &Call<'_>) -> Result<Value, CallError> {
    if call.arguments.len() < 2 {
        return Err(failed("at least two arguments are required"));
    }
    let mut is_set = false;
    let mut columns: Vec<Vec<Value>> = Vec::new();
    let mut types = Vec::new();
    let mut count: usize = 1;
    for (position, value) in call.arguments.iter().enumerate() {
        let Data::Sequence(kind, _, more) = &value.data else {
            return Err(argument(position, "a set or a list is required"));
        };
        let wanted = match kind {
            SequenceKind::Set(_) => {
                is_set = true;
                if !value.is_wholly_known() {
                    return Ok(call.unknown());
                }
                Type::set(Type::Dynamic)
            }
            SequenceKind::List(_) | SequenceKind::Tuple => Type::list(Type::Dynamic),
        };
        if more.is_some() {
            return Ok(call.unknown());
        }
        let column = convert(value, &wanted)
            .map_err(|_| argument(position, "all elements must be of the same type"))?;
        types.push(element_type(&column));
        let (elements, _) = parts(&column);
        count = count.saturating_mul(elements.len());
        columns.push(elements.to_vec());
    }
    call.make_elements(count.saturating_mul(columns.len()))?;
    let of = Type::Tuple(types.into());
    if count == 0 {
        // Before any row is made: all columns but one may be long.
        columns.clear();
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for column in &columns {
        rows = rows
            .iter()
            .flat_map(|row| {
                column
                    .iter()
                    .map(move |value| row.iter().cloned().chain(std::iter::once(value.clone())).collect())
            })
            .collect();
    }
    let rows: Vec<Value> = if count == 0 { Vec::new() } else { rows.into_iter().map(Value::tuple).collect() };
    if !is_set {
        return Ok(Value::list(of, rows));
    }
    if rows.iter().any(|row| !row.is_wholly_known()) {
        return Ok(call.unknown());
    }
    Ok(Value::new(Data::Sequence(SequenceKind::Set(of), Arc::from(rows), None)))
}
