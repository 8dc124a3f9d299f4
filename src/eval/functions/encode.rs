//! Encodings, hashes and cryptography.
//!
//! Enters: texts and values. Leaves: texts and values. Source: language.md 16.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use super::charset::{self, CharsetError};
use super::{Call, CallError, Function, Parameter, Returns, argument, failed, yaml};
use crate::address::Name;
use crate::value::{Data, Field, Text, Type, Value, json};

const TEXT: Parameter = Parameter::string("str");

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("base64decode", &[TEXT], Returns::String, base64decode),
    Function::new("base64encode", &[TEXT], Returns::String, |call| Ok(encoded(call.string(0)?.as_bytes()))),
    Function::new("base64gunzip", &[TEXT], Returns::String, |call| Ok(call.unknown())),
    Function::new("base64gzip", &[TEXT], Returns::String, |call| Ok(call.unknown())),
    Function::new("base64sha256", &[TEXT], Returns::String, |call| {
        Ok(encoded(&Sha256::digest(call.string(0)?.as_bytes())))
    }),
    Function::new("base64sha512", &[TEXT], Returns::String, |call| {
        Ok(encoded(&Sha512::digest(call.string(0)?.as_bytes())))
    }),
    Function::new("bcrypt", &[TEXT], Returns::String, |call| Ok(call.unknown()))
        .with_rest(Parameter::number("cost"), 1),
    Function::new("csvdecode", &[TEXT], Returns::Something, csvdecode),
    Function::new("jsondecode", &[TEXT.partly_unknown()], Returns::Anything, jsondecode),
    Function::new("jsonencode", &[Parameter::any("val").or_null().or_unknown()], Returns::String, jsonencode),
    Function::new("md5", &[TEXT], Returns::String, |call| Ok(hex(&Md5::digest(call.string(0)?.as_bytes())))),
    Function::new(
        "rsadecrypt",
        &[Parameter::string("ciphertext"), Parameter::string("privatekey")],
        Returns::String,
        |call| Ok(call.unknown().marked(true)),
    ),
    Function::new("sha1", &[TEXT], Returns::String, |call| {
        Ok(hex(&Sha1::digest(call.string(0)?.as_bytes())))
    }),
    Function::new("sha256", &[TEXT], Returns::String, |call| {
        Ok(hex(&Sha256::digest(call.string(0)?.as_bytes())))
    }),
    Function::new("sha512", &[TEXT], Returns::String, |call| {
        Ok(hex(&Sha512::digest(call.string(0)?.as_bytes())))
    }),
    Function::new(
        "textdecodebase64",
        &[Parameter::string("source"), Parameter::string("encoding")],
        Returns::String,
        textdecodebase64,
    ),
    Function::new(
        "textencodebase64",
        &[Parameter::string("string"), Parameter::string("encoding")],
        Returns::String,
        textencodebase64,
    ),
    Function::new("urldecode", &[TEXT], Returns::String, urldecode),
    Function::new("urlencode", &[TEXT], Returns::String, urlencode),
    Function::new("uuid", &[], Returns::String, |call| Ok(call.unknown())),
    Function::new(
        "uuidv5",
        &[Parameter::string("namespace"), Parameter::string("name")],
        Returns::String,
        uuidv5,
    ),
    Function::new("yamldecode", &[TEXT.partly_unknown()], Returns::Anything, yaml::decode),
    Function::new("yamlencode", &[Parameter::any("value").or_null()], Returns::String, yaml::encode),
];

/// Padding is needed; bits that the last character has too many are ignored, as Go does.
static BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// Bytes in base64, as a value.
pub(super) fn encoded(bytes: &[u8]) -> Value {
    Value::string(BASE64.encode(bytes))
}

/// Bytes in hexadecimal digits, as a value.
pub(super) fn hex(bytes: &[u8]) -> Value {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    Value::string(out)
}

/// The bytes of a base64 argument.
fn decoded(call: &Call<'_>, position: usize) -> Result<Vec<u8>, CallError> {
    let text: String =
        call.string(position)?.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    BASE64.decode(&text).map_err(|_| argument(position, "failed to decode base64 data"))
}

fn base64decode(call: &Call<'_>) -> Result<Value, CallError> {
    let text = String::from_utf8(decoded(call, 0)?)
        .map_err(|_| argument(0, "the result of decoding the provided string is not valid UTF-8"))?;
    Ok(Value::string(text))
}

fn textdecodebase64(call: &Call<'_>) -> Result<Value, CallError> {
    let bytes = decoded(call, 0)?;
    match charset::decode(&bytes, call.string(1)?) {
        Ok(text) => Ok(Value::string(text)),
        // Terraform may put replacement characters where bytes are no text.
        Err(CharsetError::NotSupported | CharsetError::NotEncodable) => Err(call.not_computed()),
    }
}

fn textencodebase64(call: &Call<'_>) -> Result<Value, CallError> {
    match charset::encode(call.string(0)?, call.string(1)?) {
        Ok(bytes) => Ok(encoded(&bytes)),
        Err(CharsetError::NotEncodable) => Err(argument(
            0,
            "the given string contains characters that cannot be represented in the encoding",
        )),
        Err(CharsetError::NotSupported) => Err(call.not_computed()),
    }
}

fn urlencode(call: &Call<'_>) -> Result<Value, CallError> {
    let mut out = String::new();
    for byte in call.string(0)?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    Ok(Value::string(out))
}

fn urldecode(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.string(0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = rest.split_at_checked(2).and_then(|(digits, after)| {
                    let digits = std::str::from_utf8(digits).ok()?;
                    let valid = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                    valid.then(|| u8::from_str_radix(digits, 16).ok().map(|byte| (byte, after)))?
                });
                let (byte, after) = digits.ok_or_else(|| argument(0, "invalid URL escape"))?;
                out.push(byte);
                rest = after;
            }
            other => out.push(*other),
        }
    }
    String::from_utf8(out)
        .map(Value::string)
        .map_err(|_| argument(0, "the result of decoding the provided string is not valid UTF-8"))
}

fn jsonencode(call: &Call<'_>) -> Result<Value, CallError> {
    let text = json::encode(call.get(0)?);
    call.make_text(text.literal().len())?;
    Ok(Value::new(Data::String(text)))
}

fn jsondecode(call: &Call<'_>) -> Result<Value, CallError> {
    let text: &Text = call.text(0)?;
    let value = json::decode(text);
    match (value, text.as_known()) {
        (Ok(value), _) => Ok(value),
        (Err(error), Some(_)) => Err(failed(error)),
        // What stands in the holes may make it valid.
        (Err(_), None) => Ok(call.unknown()),
    }
}

fn uuidv5(call: &Call<'_>) -> Result<Value, CallError> {
    let namespace = call.string(0)?;
    let namespace = match namespace {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other)
            .map_err(|_| argument(0, format!("uuidv5() doesn't support namespace {other}")))?,
    };
    Ok(Value::string(Uuid::new_v5(&namespace, call.string(1)?.as_bytes()).hyphenated().to_string()))
}

fn csvdecode(call: &Call<'_>) -> Result<Value, CallError> {
    let mut rows = rows(call.string(0)?)?.into_iter();
    let Some(header) = rows.next() else { return Err(argument(0, "missing header line")) };
    let mut names: Vec<Name> = Vec::with_capacity(header.len());
    for name in &header {
        let name = Text::known(name);
        if names.iter().any(|other| **other == *name.literal()) {
            return Err(failed(format!("duplicate column name {:?}", name.literal())));
        }
        names.push(name.literal().into());
    }
    let of = Type::Object(std::sync::Arc::new(
        names.iter().map(|name| (name.clone(), Field::required(Type::String))).collect(),
    ));
    let mut records = Vec::new();
    for row in rows {
        if row.len() != names.len() {
            return Err(failed(format!("wrong number of fields in row {}", records.len() + 2)));
        }
        call.make_elements(row.len())?;
        let record: BTreeMap<Name, Value> =
            names.iter().cloned().zip(row.into_iter().map(Value::string)).collect();
        records.push(Value::object(record));
    }
    Ok(Value::list(of, records))
}

/// The rows of a CSV text by the rules of RFC 4180, blank lines left out.
fn rows(text: &str) -> Result<Vec<Vec<String>>, CallError> {
    let mut rows = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) {
            rest = after;
            continue;
        }
        let mut row = Vec::new();
        loop {
            let (field, ended_by, after) = field(rest)?;
            row.push(field);
            rest = after;
            if ended_by != ',' {
                break;
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// One field, the character that ends it, and the rest after that.
fn field(text: &str) -> Result<(String, char, &str), CallError> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (field, after) = text.split_at_checked(end).unwrap_or((text, ""));
        let is_last = !after.starts_with(',');
        let field = if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field };
        if field.contains('"') {
            return Err(failed("bare \" in non-quoted-field"));
        }
        return Ok((field.to_owned(), if is_last { '\n' } else { ',' }, after.get(1..).unwrap_or("")));
    };
    let mut field = String::new();
    loop {
        let (before, after) =
            rest.split_once('"').ok_or_else(|| failed("extraneous or missing \" in quoted-field"))?;
        field.push_str(&before.replace("\r\n", "\n"));
        if let Some(after) = after.strip_prefix('"') {
            field.push('"');
            rest = after;
        } else if let Some(after) = after.strip_prefix(',') {
            return Ok((field, ',', after));
        } else if after.is_empty() || after == "\r" {
            return Ok((field, '\n', ""));
        } else if let Some(after) = after.strip_prefix('\n').or_else(|| after.strip_prefix("\r\n")) {
            return Ok((field, '\n', after));
        } else {
            return Err(failed("extraneous or missing \" in quoted-field"));
        }
    }
}
