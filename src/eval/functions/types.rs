//! Conversions and marks.
//!
//! Enters: any value. Leaves: the same of another type, with identity and possible values as they were, or with
//! another mark. Source: language.md 4, 11, 16.

use std::collections::BTreeMap;

use super::{ANY_NUMBER, Call, CallError, Function, Parameter, Returns, failed};
use crate::address::Name;
use crate::value::convert::convert;
use crate::value::{Cause, Data, Type, Unknown, Value};

const VALUE: Parameter = Parameter::any("v").or_null().or_unknown().with_marks();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("ephemeralasnull", &[VALUE], Returns::Anything, |call| Ok(without_ephemeral(call.get(0)?))),
    Function::new("issensitive", &[VALUE], Returns::Bool, issensitive),
    Function::new("list", &[], Returns::Something, |_| {
        Err(failed("the \"list\" function was deprecated in Terraform v0.12 and is no longer available; use tolist([ ... ]) syntax to write a literal list"))
    })
    .with_rest(VALUE, ANY_NUMBER),
    Function::new("map", &[], Returns::Something, |_| {
        Err(failed("the \"map\" function was deprecated in Terraform v0.12 and is no longer available; use tomap({ ... }) syntax to write a literal map"))
    })
    .with_rest(VALUE, ANY_NUMBER),
    Function::new("nonsensitive", &[VALUE], Returns::Anything, |call| {
        let mut value = call.get(0)?.clone();
        value.sensitive = false;
        Ok(value)
    }),
    Function::new("sensitive", &[VALUE], Returns::Anything, |call| Ok(call.get(0)?.clone().marked(true))),
    Function::new("tobool", &[VALUE], Returns::Anything, |call| to(call, &Type::Bool)),
    Function::new("tolist", &[VALUE], Returns::Anything, |call| to(call, &Type::list(Type::Dynamic))),
    Function::new("tomap", &[VALUE], Returns::Anything, |call| to(call, &Type::map(Type::Dynamic))),
    Function::new("tonumber", &[VALUE], Returns::Anything, |call| to(call, &Type::Number)),
    Function::new("toset", &[VALUE], Returns::Anything, |call| to(call, &Type::set(Type::Dynamic))),
    Function::new("tostring", &[VALUE], Returns::Anything, |call| to(call, &Type::String)),
];

fn to(call: &Call<'_>, wanted: &Type) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let converted =
        convert(value, wanted).map_err(|error| CallError::Argument(0, format!("cannot convert: {error}")))?;
    // A set is marked as a whole.
    let whole = matches!(wanted, Type::Set(_)) && value.holds_sensitive();
    Ok(converted.marked(whole))
}

fn issensitive(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    if value.sensitive {
        return Ok(Value::bool(true));
    }
    Ok(if value.as_unknown().is_some() { call.unknown() } else { Value::bool(false) })
}

/// Ephemeral parts are marked as sensitive ones are, so what is marked may become null.
fn without_ephemeral(value: &Value) -> Value {
    if value.sensitive {
        let unknown = Unknown::because(Cause::Function("ephemeralasnull".into())).of(value.type_of());
        return Value::unknown(unknown).marked(true);
    }
    let data = match &value.data {
        Data::Sequence(kind, elements, more) => {
            Data::Sequence(kind.clone(), elements.iter().map(without_ephemeral).collect(), more.clone())
        }
        Data::Mapping(kind, entries) => {
            let entries: BTreeMap<Name, Value> =
                entries.iter().map(|(name, entry)| (name.clone(), without_ephemeral(entry))).collect();
            Data::Mapping(kind.clone(), entries.into())
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {
            value.data.clone()
        }
    };
    Value::new(data).with_origin(value.origin.clone())
}
