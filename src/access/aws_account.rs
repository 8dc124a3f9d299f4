//! Which account and region of AWS a resource is in.
//!
//! Enters: the provider configurations of two resources, and what they say themselves. Leaves: whether both
//! are in one account or region, three-valued. A closer of an account must be shown to be in it (aws.md R6).

use std::sync::Arc;

use crate::address::{Address, Mode, Path};
use crate::graph::{Graph, Join};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Text, Unknown, Value};

/// Arguments of a provider configuration that choose an identity, and thereby an account; `region` and what
/// is about retries or tags does not. Source: provider documentation, "Authentication and Configuration".
static IDENTITY: [&str; 8] = [
    "access_key",
    "allowed_account_ids",
    "assume_role",
    "assume_role_with_web_identity",
    "endpoints",
    "profile",
    "shared_config_files",
    "shared_credentials_files",
];

/// Whether an actor that governs an account governs the account that a store is in; `None`: another one.
///
/// A literal `account_id` beats the provider configuration (aws.md R6); one that the provider filled in is that
/// of the configuration.
#[must_use]
pub fn same_account(graph: &Graph<'_>, actor: &Instance, store: &Instance) -> Option<Join> {
    let Some(written) = written(actor, "account_id") else {
        return join(one_identity(actor, store), || doubt(actor, store));
    };
    if let Some(of) = data_source(&written)
        && &*of.resource_type == "aws_caller_identity"
        && let Some(caller) = graph.instance(of)
    {
        return join(one_identity(caller, store), || doubt(actor, store));
    }
    let known = known_account_ids(store);
    let truth = match known.as_slice() {
        [] => Truth::Unknown,
        ids => {
            let mut answers = ids.iter().map(|id| digits_equal(&written, id));
            let first = answers.next().unwrap_or(Truth::Unknown);
            answers.fold(first, Truth::agree)
        }
    };
    let filled_in = actor.copies.iter().any(|copy| &**copy == "account_id");
    if truth.is_unknown() && filled_in {
        return join(one_identity(actor, store), || doubt(actor, store));
    }
    join(truth, || written.unknowns().into_iter().next().unwrap_or_else(|| doubt(actor, store)))
}

fn join(truth: Truth, why: impl FnOnce() -> Arc<Unknown>) -> Option<Join> {
    match truth {
        Truth::True => Some(Join::Certain),
        Truth::False => None,
        Truth::Unknown => Some(Join::Possible(why())),
    }
}

/// What it depends on whether two resources are in one account.
fn doubt(actor: &Instance, store: &Instance) -> Arc<Unknown> {
    let of_provider = |instance: &Instance| {
        IDENTITY
            .iter()
            .filter_map(|name| instance.provider.arguments.get(name))
            .find_map(|value| value.unknowns().into_iter().next())
            .or_else(|| instance.provider.arguments.as_unknown().cloned())
    };
    of_provider(actor).or_else(|| of_provider(store)).unwrap_or_else(|| {
        let cause = Cause::Unset { of: actor.address.clone(), path: Path::attribute("account_id") };
        Arc::new(Unknown::because(cause))
    })
}

/// Whether two provider configurations resolve to one identity.
fn one_identity(left: &Instance, right: &Instance) -> Truth {
    if !left.provider.key.is_empty() && left.provider.key == right.provider.key {
        return Truth::True;
    }
    let (one, other) = (&left.provider.arguments, &right.provider.arguments);
    if one.as_unknown().is_some() || other.as_unknown().is_some() {
        return Truth::Unknown;
    }
    let (ours, theirs) = (known_account_ids(left), known_account_ids(right));
    if let ([ours], [theirs]) = (ours.as_slice(), theirs.as_slice()) {
        return Truth::from_bool(ours == theirs);
    }
    IDENTITY.iter().fold(Truth::True, |truth, name| {
        let same = match (argument(one, name), argument(other, name)) {
            (None, None) => Truth::True,
            (Some(value), None) | (None, Some(value)) if may_be_left_out(value) => Truth::Unknown,
            (Some(_), None) | (None, Some(_)) => Truth::False,
            (Some(value), Some(other)) => same_value(role(value), role(other)),
        };
        truth.and(same)
    })
}

/// Whether an argument may be null, which is as good as left out; of a block, whether its role may be.
fn may_be_left_out(value: &Value) -> bool {
    value.as_sequence().is_some_and(|(_, more)| more.is_some())
        || role(value).as_unknown().is_some_and(|unknown| !unknown.not_null && unknown.identity.is_none())
}

/// The role of a block that assumes one, for what else the block says (session name, duration) is no matter
/// of accounts; other values as they are. Of several blocks, one role after the other, the last one counts.
fn role(value: &Value) -> &Value {
    let block = match value.as_sequence() {
        Some((elements, None)) => elements.last().unwrap_or(value),
        Some((_, Some(_))) | None => value,
    };
    if block.as_unknown().is_some() { block } else { block.get("role_arn").unwrap_or(value) }
}

/// An argument that is written and not empty.
fn argument<'v>(arguments: &'v Value, name: &str) -> Option<&'v Value> {
    arguments.get(name).filter(|value| {
        let empty = value.as_sequence().is_some_and(|(elements, more)| elements.is_empty() && more.is_none());
        !value.is_null() && !empty && value.as_str() != Some("")
    })
}

/// The account numbers that a resource can be in, as far as its provider configuration says; empty when it
/// does not.
///
/// The number in the role that is assumed, else `allowed_account_ids`.
#[must_use]
pub fn known_account_ids(instance: &Instance) -> Vec<String> {
    let arguments = &instance.provider.arguments;
    let roles = ["assume_role", "assume_role_with_web_identity"];
    let role = roles
        .iter()
        .find_map(|name| role(argument(arguments, name)?).as_str()?.split(':').nth(4).map(str::to_owned));
    if let Some(account) = role.filter(|account| is_account(account)) {
        return vec![account];
    }
    if roles.iter().any(|name| argument(arguments, name).is_some()) {
        return Vec::new();
    }
    match argument(arguments, "allowed_account_ids").and_then(Value::as_sequence) {
        Some((elements, None)) => {
            let known: Option<Vec<String>> =
                elements.iter().map(|element| element.as_str().map(str::to_owned)).collect();
            known.unwrap_or_default()
        }
        Some((_, Some(_))) | None => Vec::new(),
    }
}

/// Whether a text is an account number: twelve digits.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The region that a resource is in: its own `region` (provider 6.x), else that of its provider
/// configuration; `None` when neither says one and the environment decides.
#[must_use]
pub fn region_of(instance: &Instance) -> Option<Value> {
    written(instance, "region").or_else(|| argument(&instance.provider.arguments, "region").cloned())
}

/// Whether two resources are in one region.
#[must_use]
pub fn same_region(left: &Instance, right: &Instance) -> Truth {
    match (region_of(left), region_of(right)) {
        (Some(left), Some(right)) => same_value(&left, &right),
        // The environment decides for both alike.
        (None, None) if left.provider.key == right.provider.key => Truth::True,
        (None, None) => {
            let unknown = |instance: &Instance| instance.provider.arguments.as_unknown().is_some();
            let profiles =
                [left, right].map(|instance| argument(&instance.provider.arguments, "profile").is_some());
            if unknown(left) || unknown(right) || profiles.contains(&true) {
                Truth::Unknown
            } else {
                Truth::True
            }
        }
        (Some(_), None) | (None, Some(_)) => Truth::Unknown,
    }
}

/// Whether the provider configuration of a resource sends a service's requests outside of AWS.
///
/// There AWS's account settings and defaults may not exist (aws.md R7).
#[must_use]
pub fn foreign_endpoint(instance: &Instance, service: &str) -> Truth {
    let arguments = &instance.provider.arguments;
    if arguments.as_unknown().is_some() {
        return Truth::Unknown;
    }
    let Some(endpoints) = argument(arguments, "endpoints") else { return Truth::False };
    let single = std::slice::from_ref(endpoints);
    let (blocks, more) = match endpoints.as_sequence() {
        Some((elements, more)) => (elements, more.is_some()),
        None => (single, false),
    };
    let start = if more { Truth::Unknown } else { Truth::False };
    blocks.iter().fold(start, |truth, block| {
        let foreign = match &block.data {
            Data::Unknown(_) => Truth::Unknown,
            Data::Mapping(_, entries) => entries.get(service).map_or(Truth::False, is_foreign),
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                Truth::False
            }
        };
        truth.or(foreign)
    })
}

/// Domains that AWS's endpoints end in. Source: AWS General Reference, "Service endpoints", all partitions.
static AWS_DOMAINS: [&str; 8] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

fn is_foreign(endpoint: &Value) -> Truth {
    match &endpoint.data {
        Data::Null(_) => Truth::False,
        Data::String(text) => is_foreign_text(text),
        Data::Unknown(_) => Truth::Unknown,
        Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => Truth::True,
    }
}

fn is_foreign_text(text: &Text) -> Truth {
    let shown = text.shown();
    if shown.is_empty() {
        return Truth::False;
    }
    let rest = shown.split_once("://").map_or(shown.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or(rest).to_ascii_lowercase();
    if AWS_DOMAINS.iter().any(|domain| host.ends_with(domain)) {
        Truth::False
    } else if text.as_known().is_none() && (host.ends_with('…') || !rest.contains('/') && host.contains('…'))
    {
        Truth::Unknown
    } else {
        Truth::True
    }
}

/// An attribute that is written: not absent, null or empty.
fn written(instance: &Instance, name: &str) -> Option<Value> {
    instance.attributes.get(name).filter(|value| !value.is_null() && value.as_str() != Some("")).cloned()
}

/// The data source that a value is an attribute of.
fn data_source(value: &Value) -> Option<&Address> {
    let (of, _) = value.as_unknown()?.identity.as_ref()?;
    (of.mode == Mode::Data).then_some(of)
}

/// Whether a value is that account number; numbers lose leading zeros.
fn digits_equal(value: &Value, id: &str) -> Truth {
    match &value.data {
        Data::String(text) => text.equals(id),
        Data::Number(number) => {
            Truth::from_bool(number.to_string().trim_start_matches('0') == id.trim_start_matches('0'))
        }
        Data::Unknown(_) => Truth::Unknown,
        Data::Null(_) | Data::Bool(_) | Data::Sequence(..) | Data::Mapping(..) => Truth::False,
    }
}

/// Whether two values are equal, whatever they are.
///
/// Two unknowns are equal when both are the same attribute or the same named value; else that is not known.
#[must_use]
pub fn same_value(left: &Value, right: &Value) -> Truth {
    if let (Some(one), Some(other)) = (identity(left), identity(right))
        && one.is_same(other)
    {
        return Truth::True;
    }
    match (&left.data, &right.data) {
        (Data::Unknown(_), _)
        | (_, Data::Unknown(_))
        | (Data::Sequence(_, _, Some(_)), Data::Sequence(..))
        | (Data::Sequence(..), Data::Sequence(_, _, Some(_))) => Truth::Unknown,
        (Data::Null(_), Data::Null(_)) => Truth::True,
        (Data::Bool(one), Data::Bool(other)) => Truth::from_bool(one == other),
        (Data::Number(one), Data::Number(other)) => Truth::from_bool(one == other),
        (Data::String(one), Data::String(other)) => match (one.as_known(), other.as_known()) {
            (Some(known), _) => other.equals(known),
            (None, Some(known)) => one.equals(known),
            (None, None) => Truth::Unknown,
        },
        (Data::Sequence(_, one, None), Data::Sequence(_, other, None)) => {
            if one.len() == other.len() {
                one.iter()
                    .zip(other.iter())
                    .fold(Truth::True, |truth, (one, other)| truth.and(same_value(one, other)))
            } else {
                Truth::False
            }
        }
        (Data::Mapping(_, one), Data::Mapping(_, other)) => {
            let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
            names.into_iter().fold(Truth::True, |truth, name| {
                let null = Value::null();
                let pair = (one.get(name).unwrap_or(&null), other.get(name).unwrap_or(&null));
                truth.and(same_value(pair.0, pair.1))
            })
        }
        (
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..),
            _,
        ) => Truth::False,
    }
}

fn identity(value: &Value) -> Option<&Arc<Unknown>> {
    match &value.data {
        Data::Unknown(unknown) => Some(unknown),
        Data::String(text) => text.as_hole(),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{foreign_endpoint, known_account_ids, same_account, same_region};
    use crate::graph::{Graph, Join};
    use crate::model::Model;
    use crate::model::sample::{address, model};
    use crate::truth::Truth;

    fn two(actor: &str, store: &str) -> Model {
        model(&format!(
            r#"{{"aws_s3_account_public_access_block.a": {actor}, "aws_s3_bucket.b": {store},
            "data.aws_caller_identity.me": {{}}}}"#
        ))
    }

    #[test]
    fn one_account_or_two() {
        for (actor, store, expected) in [
            ("{}", "{}", "same"),
            (
                r#"{"_provider": {"region": "eu-west-1"}}"#,
                r#"{"_provider": {"region": "us-east-1"}}"#,
                "same",
            ),
            (r#"{"_provider": {"profile": "one"}}"#, r#"{"_provider": {"profile": "two"}}"#, "other"),
            (r#"{"_provider": {"profile": "one"}}"#, "{}", "other"),
            (r#"{"_provider": {"profile": "?profile"}}"#, "{}", "unknown"),
            (
                r#"{"_provider": {"profile": "?profile"}}"#,
                r#"{"_provider": {"profile": "?profile", "region": "eu-west-1"}}"#,
                "same",
            ),
            (
                r#"{"_provider": {"assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/a"}]}}"#,
                r#"{"_provider": {"assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/b"}]}}"#,
                "same",
            ),
            (
                r#"{"_provider": {"assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/a"}]}}"#,
                r#"{"_provider": {"assume_role": [{"role_arn": "arn:aws:iam::444455556666:role/a"}]}}"#,
                "other",
            ),
            (
                r#"{"_provider": {"assume_role": [{"role_arn": "?role", "session_name": "a"}]}}"#,
                r#"{"_provider": {"assume_role": [{"role_arn": "?role"}]}}"#,
                "same",
            ),
            (
                r#"{"_provider": {"assume_role": [{"role_arn": "?one"}]}}"#,
                r#"{"_provider": {"assume_role": [{"role_arn": "?two"}]}}"#,
                "unknown",
            ),
            (r#"{"_provider": {"assume_role": [{"role_arn": "?role"}]}}"#, "{}", "unknown"),
            (r#"{"_provider": {"assume_role": ["?block"]}}"#, "{}", "unknown"),
            (r#"{"account_id": "111122223333"}"#, "{}", "unknown"),
            (
                r#"{"account_id": "111122223333"}"#,
                r#"{"_provider": {"allowed_account_ids": ["111122223333"]}}"#,
                "same",
            ),
            (
                r#"{"account_id": "111122223333"}"#,
                r#"{"_provider": {"allowed_account_ids": ["444455556666"]}}"#,
                "other",
            ),
            (
                r#"{"account_id": "111122223333"}"#,
                r#"{"_provider": {"allowed_account_ids": ["444455556666", "111122223333"]}}"#,
                "unknown",
            ),
            (r#"{"account_id": "@data.aws_caller_identity.me.account_id"}"#, "{}", "same"),
        ] {
            let model = two(actor, store);
            let graph = Graph::new(&model, &[], &[]);
            let instance = |name: &str| graph.instance(&address(name)).unwrap();
            let (actor_of, store_of) =
                (instance("aws_s3_account_public_access_block.a"), instance("aws_s3_bucket.b"));
            let answer = match same_account(&graph, actor_of, store_of) {
                Some(Join::Certain) => "same",
                Some(Join::Guessed) => "guessed",
                Some(Join::Possible(_)) => "unknown",
                None => "other",
            };
            assert_eq!(answer, expected, "{actor} {store}");
        }
    }

    #[test]
    fn regions() {
        for (left, right, expected) in [
            ("{}", "{}", Truth::True),
            (r#"{"region": "eu-west-1"}"#, r#"{"_provider": {"region": "eu-west-1"}}"#, Truth::True),
            (r#"{"region": "eu-west-1"}"#, r#"{"_provider": {"region": "us-east-1"}}"#, Truth::False),
            (r#"{"region": "eu-west-1"}"#, "{}", Truth::Unknown),
            (r#"{"_provider": {"region": "?region"}}"#, r#"{"region": "?region"}"#, Truth::True),
            (r#"{"_provider": {"region": "?region"}}"#, r#"{"region": "?other"}"#, Truth::Unknown),
        ] {
            let model = two(left, right);
            let mut instances = model.instances.values().filter(|instance| instance.address.name.len() == 1);
            let (one, other) = (instances.next().unwrap(), instances.next().unwrap());
            assert_eq!(same_region(one, other), expected, "{left} {right}");
        }
    }

    #[test]
    fn endpoints_outside_of_aws() {
        for (endpoints, expected) in [
            ("[]", Truth::False),
            (r#"[{"s3": "https://s3.eu-west-1.amazonaws.com"}]"#, Truth::False),
            (r#"[{"s3": "http://localhost:9000"}]"#, Truth::True),
            (r#"[{"s3": "https://fsn1.your-objectstorage.com"}]"#, Truth::True),
            (r#"[{"dynamodb": "http://localhost:8000"}]"#, Truth::False),
            (r#"[{"s3": "?endpoint"}]"#, Truth::Unknown),
            (r#"{"s3": "https://minio.example.org/"}"#, Truth::True),
            (r#""?endpoints""#, Truth::Unknown),
        ] {
            let model = two("{}", &format!(r#"{{"_provider": {{"endpoints": {endpoints}}}}}"#));
            let bucket = model.instances.get(&address("aws_s3_bucket.b")).unwrap();
            assert_eq!(foreign_endpoint(bucket, "s3"), expected, "{endpoints}");
        }
    }

    #[test]
    fn account_numbers_come_from_the_role_first() {
        let provider = r#"{"_provider": {"allowed_account_ids": ["444455556666"],
            "assume_role": [{"role_arn": "arn:aws:iam::111122223333:role/x"}]}}"#;
        let model = two("{}", provider);
        let graph = Graph::new(&model, &[], &[]);
        let bucket = graph.instance(&address("aws_s3_bucket.b")).unwrap();
        assert_eq!(known_account_ids(bucket), ["111122223333"]);
    }
}
