//! AWS's own test of whether a policy is public; it only decides whether `restrict_public_buckets` acts.
//!
//! Enters: the statements of a policy. Leaves: whether AWS counts one of them as public. The verdict on a
//! store never rests on this test alone. Source: aws.md 3.8, from the S3 user guide ("Blocking public access
//! to your Amazon S3 storage", "The meaning of public").

use super::addresses::Addresses;
use super::aws_condition::{Condition, is_fixed};
use super::aws_pattern::{Pattern, Reading, Token};
use super::aws_policy::Statement;
use crate::truth::Truth;
use crate::value::{Data, Value};

/// On what a policy hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hangs {
    /// On a bucket, where the name of an access point may be a wildcard.
    OnBucket,
    /// On an access point, where it may not.
    OnAccessPoint,
}

/// Keys whose fixed values limit a statement.
static LIMITING: [&str; 21] = [
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:ec2instancesourcevpc",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
    "kms:calleraccount",
    "aws:vpceaccount",
    "aws:vpceorgid",
];

/// Whether AWS counts an Allow statement as public.
///
/// With `given_open` the answer is for the case that the statement lets outsiders in: what is not known of
/// it is then taken as the widest it can be, since otherwise it would not matter (aws.md D8).
#[must_use]
pub fn statement_is_public(statement: &Statement, hangs: Hangs, given_open: bool) -> Truth {
    let unknown = if given_open { Truth::True } else { Truth::Unknown };
    let exists = if statement.allows.is_unknown() { unknown } else { statement.allows };
    let principal = match statement.who.anybody() {
        Truth::Unknown => unknown,
        known => known,
    };
    let limited = statement
        .conditions
        .iter()
        .fold(Truth::False, |limited, condition| limited.or(limits(condition, hangs, given_open)));
    let limited = if statement.unknown_conditions.is_empty() || given_open {
        limited
    } else {
        limited.or(Truth::Unknown)
    };
    exists.and(principal).and(!limited)
}

/// Whether a condition limits a statement to fixed values.
fn limits(condition: &Condition, hangs: Hangs, given_open: bool) -> Truth {
    let Some(operator) = condition.operator else { return Truth::Unknown };
    if !operator.limits() {
        return Truth::False;
    }
    if condition.key == "aws:sourceip" {
        return condition.values.iter().fold(Truth::True, |all, value| all.and(is_narrow_for_aws(value)));
    }
    if condition.key == "aws:principalisawsservice" {
        return condition.values.iter().fold(Truth::True, |all, value| {
            all.and(match (value.as_str(), value.as_bool()) {
                (Some(text), _) => Truth::from_bool(text.eq_ignore_ascii_case("true")),
                (None, Some(bool)) => Truth::from_bool(bool),
                (None, None) => Truth::Unknown,
            })
        });
    }
    if !LIMITING.contains(&&*condition.key) {
        return Truth::False;
    }
    condition
        .values
        .iter()
        .fold(Truth::True, |all, value| all.and(is_fixed_for_aws(condition, value, hangs, given_open)))
}

/// Whether a value has neither wildcard nor policy variable.
fn is_fixed_for_aws(condition: &Condition, value: &Value, hangs: Hangs, given_open: bool) -> Truth {
    // A pattern that lets an outsider in has a wildcard.
    let unknown = if given_open { Truth::False } else { Truth::Unknown };
    let wildcards = condition.operator.is_some_and(super::aws_condition::Operator::has_wildcards);
    match &value.data {
        Data::String(text) => {
            let pattern =
                Pattern::read(text, Reading { wildcards, variables: !condition.variables.is_false() });
            let tokens = match (&*condition.key, hangs, pattern.fields(6).get(..5)) {
                ("s3:dataaccesspointarn", Hangs::OnBucket, Some(fields)) => fields.concat(),
                _ => pattern.0.clone(),
            };
            tokens.iter().fold(Truth::True, |all, token| {
                all.and(match token {
                    Token::Char(_) => Truth::True,
                    Token::One | Token::Many | Token::Variable(_) => Truth::False,
                    Token::Hole(hole) if is_fixed(hole) || !wildcards => Truth::True,
                    Token::Hole(_) => unknown,
                })
            })
        }
        Data::Unknown(hole) => {
            if is_fixed(hole) || !wildcards {
                Truth::True
            } else {
                unknown
            }
        }
        Data::Bool(_) | Data::Number(_) => Truth::True,
        Data::Null(_) => Truth::False,
        Data::Sequence(_, elements, more) => {
            elements.iter().fold(if more.is_some() { unknown } else { Truth::True }, |all, element| {
                all.and(is_fixed_for_aws(condition, element, hangs, given_open))
            })
        }
        Data::Mapping(..) => Truth::Unknown,
    }
}

/// Whether a range is no broader than /8 (IPv4) or /32 (IPv6), or private. AWS documents the limit per value,
/// not for their union.
fn is_narrow_for_aws(value: &Value) -> Truth {
    match &value.data {
        Data::String(text) => match text.as_known() {
            Some(text) => range_is_narrow(text),
            None => Truth::Unknown,
        },
        Data::Sequence(_, elements, more) => {
            elements.iter().fold(if more.is_some() { Truth::Unknown } else { Truth::True }, |all, element| {
                all.and(is_narrow_for_aws(element))
            })
        }
        Data::Unknown(unknown) => {
            unknown.one_of.iter().map(is_narrow_for_aws).reduce(Truth::agree).unwrap_or(Truth::Unknown)
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Mapping(..) => Truth::Unknown,
    }
}

/// The private ranges that AWS exempts (RFC 1918).
static EXEMPT: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

fn range_is_narrow(text: &str) -> Truth {
    let Ok(range) = Addresses::parse(text) else { return Truth::Unknown };
    let private = EXEMPT
        .iter()
        .filter_map(|exempt| Addresses::parse(exempt).ok())
        .any(|exempt| range.without(&exempt).is_nothing().is_true());
    let longest = if text.contains(':') { 32 } else { 8 };
    let narrow = match text.split_once('/') {
        Some((_, bits)) => bits.trim().parse::<u8>().is_ok_and(|bits| bits >= longest),
        None => true,
    };
    Truth::from_bool(private || narrow)
}
