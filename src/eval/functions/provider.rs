//! Functions of providers that need no cloud to compute.
//!
//! Enters: texts and values. Leaves: texts and objects. Sources: the function pages of the AWS, Google providers,
//! and of `terraform.io/builtin/terraform`.

use std::collections::BTreeMap;

use super::{Call, CallError, Function, Parameter, Returns, argument, failed};
use crate::address::Name;
use crate::value::text::TextBuilder;
use crate::value::{Data, Value};

const PART: Parameter = Parameter::string("part").or_unknown();
const ID: Parameter = Parameter::string("id");

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("provider::aws::arn_build", &[PART, PART, PART, PART, PART], Returns::String, arn_build),
    Function::new("provider::aws::arn_parse", &[Parameter::string("arn")], Returns::Something, arn_parse),
    Function::new(
        "provider::aws::trim_iam_role_path",
        &[Parameter::string("arn")],
        Returns::String,
        trim_iam_role_path,
    ),
    Function::new("provider::google::location_from_id", &[ID], Returns::String, |call| {
        after(call, "locations")
    }),
    Function::new("provider::google::name_from_id", &[ID], Returns::String, name_from_id),
    Function::new("provider::google::project_from_id", &[ID], Returns::String, |call| {
        after(call, "projects")
    }),
    Function::new("provider::google::region_from_id", &[ID], Returns::String, |call| after(call, "regions")),
    Function::new("provider::google::region_from_zone", &[ID], Returns::String, region_from_zone),
    Function::new("provider::google::zone_from_id", &[ID], Returns::String, |call| after(call, "zones")),
    Function::new(
        "provider::terraform::decode_tfvars",
        &[Parameter::string("src")],
        Returns::Something,
        |call| Ok(call.unknown()),
    ),
    Function::new(
        "provider::terraform::encode_expr",
        &[Parameter::any("expr").or_null()],
        Returns::String,
        |call| {
            let mut out = String::new();
            expression(call, call.get(0)?, &mut out)?;
            Ok(Value::string(out))
        },
    ),
    Function::new(
        "provider::terraform::encode_tfvars",
        &[Parameter::any("value")],
        Returns::String,
        encode_tfvars,
    ),
];

/// The names of the parts of an ARN after `arn`.
static ARN_PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

fn arn_parse(call: &Call<'_>) -> Result<Value, CallError> {
    let arn = call.string(0)?;
    let rest = arn.strip_prefix("arn:").ok_or_else(|| failed("arn: invalid prefix"))?;
    let parts: Vec<&str> = rest.splitn(5, ':').collect();
    if parts.len() != ARN_PARTS.len() {
        return Err(failed("arn: not enough sections"));
    }
    let entries: BTreeMap<Name, Value> =
        ARN_PARTS.iter().zip(parts).map(|(name, part)| (Name::from(*name), Value::string(part))).collect();
    Ok(Value::object(entries))
}

fn arn_build(call: &Call<'_>) -> Result<Value, CallError> {
    let mut builder = TextBuilder::default();
    builder.push_str("arn");
    for position in 0..ARN_PARTS.len() {
        builder.push_str(":");
        match call.get(position)?.as_unknown() {
            Some(unknown) => builder.push_hole(unknown.clone()),
            None => builder.push_text(call.text(position)?),
        }
    }
    Ok(Value::new(Data::String(builder.build())))
}

fn trim_iam_role_path(call: &Call<'_>) -> Result<Value, CallError> {
    let arn = call.string(0)?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, "iam", region, _, resource] = parts.as_slice() else {
        return Err(failed("value is not an IAM role ARN"));
    };
    let role = resource.strip_prefix("role/").filter(|_| region.is_empty());
    let role = role.ok_or_else(|| failed("value is not an IAM role ARN"))?;
    let name = role.rsplit('/').next().unwrap_or(role);
    let before = arn.strip_suffix(resource).unwrap_or(arn);
    Ok(Value::string(format!("{before}role/{name}")))
}

/// The component after `collection` in an id or self link.
fn after(call: &Call<'_>, collection: &str) -> Result<Value, CallError> {
    let id = call.string(0)?;
    let mut parts = id.split('/').skip_while(|part| *part != collection);
    let found = parts.nth(1).filter(|found| !found.is_empty());
    found
        .map(Value::string)
        .ok_or_else(|| argument(0, format!("the input string {id:?} has no {collection}")))
}

fn name_from_id(call: &Call<'_>) -> Result<Value, CallError> {
    let id = call.string(0)?;
    match id.rsplit_once('/') {
        Some((before, name)) if !before.is_empty() && !name.is_empty() => Ok(Value::string(name)),
        _ => Err(argument(0, format!("the input string {id:?} is not an id"))),
    }
}

fn region_from_zone(call: &Call<'_>) -> Result<Value, CallError> {
    let zone = call.string(0)?;
    match zone.rsplit_once('-') {
        Some((region, letter)) if letter.len() == 1 && region.contains('-') => Ok(Value::string(region)),
        _ => Err(argument(0, format!("the input string {zone:?} is not a zone"))),
    }
}

/// Writes an expression on one line; how objects are laid out is left to Terraform.
fn expression(call: &Call<'_>, value: &Value, out: &mut String) -> Result<(), CallError> {
    match &value.data {
        Data::Null(_) => out.push_str("null"),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Number(number) if !number.is_infinite() => out.push_str(&number.to_string()),
        Data::String(text) => quoted(call, text.literal(), out)?,
        Data::Sequence(_, elements, None) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                expression(call, element, out)?;
            }
            out.push(']');
        }
        Data::Mapping(_, entries) if entries.is_empty() => out.push_str("{}"),
        Data::Number(_) | Data::Mapping(..) | Data::Unknown(_) | Data::Sequence(_, _, Some(_)) => {
            return Err(call.not_computed());
        }
    }
    call.make_text(out.len())
}

fn quoted(call: &Call<'_>, text: &str, out: &mut String) -> Result<(), CallError> {
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if characters.peek() == Some(&'{') => out.extend([character, character]),
            other if other.is_control() || !other.is_ascii() => return Err(call.not_computed()),
            other => out.push(other),
        }
    }
    out.push('"');
    Ok(())
}

fn encode_tfvars(call: &Call<'_>) -> Result<Value, CallError> {
    let value = call.get(0)?;
    let entries =
        value.as_mapping().ok_or_else(|| argument(0, "invalid value to encode: must be an object"))?;
    let mut out = String::new();
    let widest = entries.keys().map(|name| name.len()).max().unwrap_or(0);
    for (name, entry) in entries.iter() {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && !name.is_empty();
        if !plain {
            return Err(call.not_computed());
        }
        out.extend([name, " ".repeat(widest - name.len()).as_str(), " = "]);
        expression(call, entry, &mut out)?;
        out.push('\n');
    }
    Ok(Value::string(out))
}
