//! Attributes that follow from others, and what is known of those that do not.
//!
//! Enters: the attributes of an instance. Leaves: the ones that can be computed from them. Source:
//! language.md 10, 12 and 15.
//!
//! `template_file` and `local_file` need templates and files: they are computed in `eval::builtin`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Provider, engine_ports, google_policy, policy_document, sensitive};
use crate::address::{Address, Key, Mode, ModulePath, Name, Path};
use crate::truth::Truth;
use crate::value::{Cause, Data, Fields, Number, Origin, Type, Unknown, Value, convert};

/// The types of data sources whose attributes can be computed from their arguments.
const COMPLETED: [&str; 7] = [
    "aws_arn",
    "aws_caller_identity",
    "aws_iam_policy_document",
    "aws_partition",
    "aws_region",
    "google_iam_policy",
    "null_data_source",
];

/// Whether attributes of a data source can be computed from its arguments.
#[must_use]
pub fn completes(resource_type: &str) -> bool {
    COMPLETED.contains(&resource_type)
}

/// Adds the attributes of a data source that can be computed from its arguments. Where it was written is
/// `origin`. Its provider is asked for only when something depends on it: a provider's own arguments may
/// refer to data sources.
///
/// Returns what is wrong with the arguments; the attributes that would follow from them are then unknown.
pub fn complete(
    address: &Address,
    entries: &mut BTreeMap<Name, Value>,
    origin: &Origin,
    provider: &dyn Fn() -> Arc<Provider>,
) -> Vec<String> {
    if address.mode != Mode::Data {
        return Vec::new();
    }
    match &*address.resource_type {
        "aws_iam_policy_document" => return policy_document::complete(entries, origin),
        "google_iam_policy" => return google_policy::complete(entries, origin),
        "aws_arn" => parse_arn(entries),
        "aws_caller_identity" => add_identity(address, entries, &provider().key),
        "aws_partition" => add_partition(entries, &provider().arguments),
        "aws_region" => add_region(entries, &provider().arguments),
        "null_data_source" => add_outputs(entries),
        _ => {}
    }
    Vec::new()
}

/// An attribute that is not set and follows from those that are.
#[must_use]
pub fn attribute(address: &Address, name: &str, entries: &Fields) -> Option<Value> {
    if address.mode != Mode::Managed {
        return None;
    }
    match (&*address.resource_type, name) {
        ("terraform_data", "output") => Some(output(address, entries.get("input"))),
        // Arguments without a default and not computed.
        // Source: documentation of `terraform_data` and of `null_resource`.
        ("terraform_data", "input" | "triggers_replace") | ("null_resource", "triggers") => {
            Some(Value::null())
        }
        ("aws_db_instance" | "aws_rds_cluster", "port") => port(entries),
        (_, "id") => bucket_name(&address.resource_type, entries),
        _ => None,
    }
}

/// The port of an engine that sets none.
fn port(entries: &Fields) -> Option<Value> {
    let Data::String(engine) = &entries.get("engine")?.data else { return None };
    match *engine_ports::of(engine) {
        [port] => Some(Value::number(Number::from(i64::from(port)))),
        _ => None,
    }
}

/// What belongs to one bucket and has its name as `id`, in order.
/// Source: provider documentation of each, "Import" and "id".
static OF_A_BUCKET: [&str; 15] = [
    "aws_s3_bucket_accelerate_configuration",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_cors_configuration",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_replication_configuration",
    "aws_s3_bucket_request_payment_configuration",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_website_configuration",
];

/// Whether a type has another one's name as its `id`.
#[must_use]
pub fn is_named_after(resource_type: &str) -> bool {
    OF_A_BUCKET.binary_search(&resource_type).is_ok()
}

/// The name of the bucket that something belongs to, where its `id` is that. A canned ACL and an owner who is
/// expected follow behind a comma.
fn bucket_name(resource_type: &str, entries: &Fields) -> Option<Value> {
    let is_set = |name: &str| entries.get(name).is_some_and(|value| !value.is_null());
    if !is_named_after(resource_type) || is_set("acl") || is_set("expected_bucket_owner") {
        return None;
    }
    entries.get("bucket").filter(|bucket| !bucket.is_null()).cloned()
}

/// The output of a `terraform_data`: null like its input, else unknown of the type of its input, and for all
/// that Terraform says null in the end.
fn output(address: &Address, input: Option<&Value>) -> Value {
    let Some(input) = input.filter(|input| !input.is_null()) else { return Value::null() };
    Value::unknown(Unknown::attribute(address.clone(), Path::attribute("output")).of(input.type_of()))
}

/// Adds an attribute unless an argument of its name is set.
fn add(entries: &mut BTreeMap<Name, Value>, name: &str, value: Value) {
    if entries.get(name).is_none_or(Value::is_null) {
        entries.insert(name.into(), value);
    }
}

/// The same unknown for all that ask one provider configuration who it is: two principals made from it are
/// the same account.
fn add_identity(address: &Address, entries: &mut BTreeMap<Name, Value>, provider: &Name) {
    let account = Address {
        module: ModulePath::root(),
        mode: Mode::Data,
        resource_type: address.resource_type.clone(),
        name: provider.clone(),
        key: Key::None,
    };
    for (name, same_as) in
        [("account_id", "account_id"), ("id", "account_id"), ("arn", "arn"), ("user_id", "user_id")]
    {
        let cause = Cause::Data { of: address.clone(), path: Path::attribute(name) };
        let mut unknown = Unknown::because(cause).of(Type::String).not_null();
        unknown.identity = Some((account.clone(), Path::attribute(same_as)));
        add(entries, name, Value::unknown(unknown));
    }
}

/// A partition of AWS: the beginning of its regions' names, its own name, the suffix of its host names, and
/// the same in reverse.
/// Source: AWS general reference, "Amazon Resource Names", and botocore's `partitions.json`.
static PARTITIONS: [(&str, &str, &str, &str); 2] = [
    ("cn-", "aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
    ("us-gov-", "aws-us-gov", "amazonaws.com", "com.amazonaws"),
];

/// The partition of a provider whose region does not say otherwise; an assumption (language.md 15).
const COMMON_PARTITION: (&str, &str, &str, &str) = ("", "aws", "amazonaws.com", "com.amazonaws");

fn add_partition(entries: &mut BTreeMap<Name, Value>, provider: &Value) {
    let region = provider.get("region");
    let begins = |prefix: &str| match region.map(|region| &region.data) {
        Some(Data::String(text)) => text.starts_with(prefix) == Truth::True,
        Some(
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_),
        )
        | None => false,
    };
    // Partitions that are closed to the public have names of their own.
    if begins("us-iso") || begins("eu-iso") {
        return;
    }
    let (_, partition, suffix, reverse) =
        PARTITIONS.iter().find(|(prefix, ..)| begins(prefix)).unwrap_or(&COMMON_PARTITION);
    for (name, value) in
        [("partition", partition), ("id", partition), ("dns_suffix", suffix), ("reverse_dns_prefix", reverse)]
    {
        add(entries, name, Value::string(value));
    }
}

fn add_region(entries: &mut BTreeMap<Name, Value>, provider: &Value) {
    let set = |name: &str| entries.get(name).filter(|value| !value.is_null());
    let region = set("region").or_else(|| set("name")).or_else(|| provider.get("region")).cloned();
    let Some(region) = region.filter(|region| matches!(region.data, Data::String(_))) else { return };
    for name in ["id", "name", "region"] {
        add(entries, name, region.clone());
    }
}

/// The parts of an ARN, `arn:partition:service:region:account:resource`.
/// Source: provider documentation of `aws_arn`; AWS general reference, "Amazon Resource Names".
fn parse_arn(entries: &mut BTreeMap<Name, Value>) {
    let Some(arn) = entries.get("arn").cloned() else { return };
    let Some(parts) = arn.as_str().and_then(|text| text.strip_prefix("arn:")) else { return };
    let parts: Vec<String> = parts.splitn(5, ':').map(str::to_owned).collect();
    if parts.len() < 5 {
        return;
    }
    for (name, part) in ["partition", "service", "region", "account", "resource"].into_iter().zip(parts) {
        let part = Value::string(part).with_origin(arn.origin.clone()).marked(arn.sensitive);
        entries.insert(name.into(), part);
    }
}

fn add_outputs(entries: &mut BTreeMap<Name, Value>) {
    let Some(inputs) = entries.get("inputs").filter(|inputs| !inputs.is_null()) else { return };
    if let Ok(outputs) = convert::convert(inputs, &Type::map(Type::String)) {
        entries.insert("outputs".into(), outputs);
    }
}

/// Names of attributes that are strings wherever they are computed.
static STRINGS: [&str; 28] = [
    "account_id",
    "address",
    "arn",
    "bucket",
    "bucket_domain_name",
    "bucket_regional_domain_name",
    "default_network_acl_id",
    "default_route_table_id",
    "default_security_group_id",
    "dns_name",
    "dns_suffix",
    "domain_name",
    "endpoint",
    "fqdn",
    "hosted_zone_id",
    "id",
    "json",
    "main_route_table_id",
    "minified_json",
    "name",
    "partition",
    "policy_data",
    "primary_blob_endpoint",
    "region",
    "self_link",
    "unique_id",
    "url",
    "zone_id",
];

/// The type of an attribute that the provider computes; `Dynamic` when it is not on record.
#[must_use]
pub fn type_of(address: &Address, name: &str) -> Type {
    let is_cloud =
        ["aws_", "azurerm_", "google_"].iter().any(|cloud| address.resource_type.starts_with(cloud));
    match name {
        "id" | "arn" => Type::String,
        "tags_all" if is_cloud => Type::map(Type::String),
        _ if is_cloud && STRINGS.contains(&name) => Type::String,
        _ => Type::Dynamic,
    }
}

/// Whether a computed attribute is certainly not null.
#[must_use]
pub fn is_never_null(address: &Address, name: &str) -> bool {
    match name {
        "id" | "arn" => true,
        "account_id" | "dns_suffix" | "json" | "minified_json" | "partition" | "policy_data" | "user_id" => {
            address.mode == Mode::Data
        }
        "bucket_domain_name" | "bucket_regional_domain_name" => &*address.resource_type == "aws_s3_bucket",
        // Every VPC has them. Source: VPC user guide, "Default security groups for your VPCs", "Main route table",
        // "Default network ACL".
        "default_network_acl_id"
        | "default_route_table_id"
        | "default_security_group_id"
        | "main_route_table_id" => &*address.resource_type == "aws_vpc" && address.mode == Mode::Managed,
        "self_link" => address.resource_type.starts_with("google_"),
        _ => false,
    }
}

/// Tells the characters that an attribute may hold from those that it never does.
pub type Alphabet = fn(char) -> bool;

/// What some attributes are made of; none of them is ever empty, or begins with a sign.
static ALPHABETS: [(Mode, &str, &[&str], Alphabet); 7] = [
    // Source: S3 user guide, "General purpose bucket naming rules"; documentation of `aws_s3_bucket`: `bucket`
    // "must be lowercase", also where S3 took other names (us-east-1 before 2018-03, which had `_` besides).
    (
        Mode::Managed,
        "aws_s3_bucket",
        &["arn", "bucket", "bucket_domain_name", "bucket_regional_domain_name", "id"],
        |character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || ".-_:".contains(character)
        },
    ),
    // Source: AWS account management reference, "View AWS account identifiers": a number of twelve digits.
    (Mode::Data, "aws_caller_identity", &["account_id"], |character| character.is_ascii_digit()),
    // Source: CloudFront API reference, "Distribution" and "CloudFrontOriginAccessIdentity", by their examples;
    // service authorization reference, "Resource types defined by Amazon CloudFront".
    (Mode::Managed, "aws_cloudfront_distribution", &["arn", "id"], is_of_cloudfront),
    (Mode::Managed, "aws_cloudfront_origin_access_identity", &["iam_arn", "id"], is_of_cloudfront),
    // Source: EC2 user guide, "Resource IDs": the kind, a hyphen, and letters and digits.
    (Mode::Managed, "aws_security_group", &["id"], is_of_ec2),
    (Mode::Managed, "aws_subnet", &["id"], is_of_ec2),
    (Mode::Managed, "aws_vpc", &["default_security_group_id", "id"], is_of_ec2),
];

/// `subnet-0123456789abcdef0`
fn is_of_ec2(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
}

/// `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL`
fn is_of_cloudfront(character: char) -> bool {
    character.is_ascii_alphanumeric() || ":/- ".contains(character)
}

/// What an attribute that is computed is made of, when that is on record; it is never empty then.
#[must_use]
pub fn alphabet(of: &Address, path: &Path) -> Option<Alphabet> {
    ALPHABETS
        .iter()
        .find(|(mode, resource_type, names, _)| {
            *mode == of.mode
                && **resource_type == *of.resource_type
                && names.iter().any(|name| *path == Path::attribute(name))
        })
        .map(|(.., alphabet)| *alphabet)
}

/// Whether an attribute is sensitive by its provider's schema.
#[must_use]
pub fn is_sensitive(resource_type: &str, name: &str) -> bool {
    sensitive::is_sensitive(resource_type, name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::{attribute, complete};
    use crate::address::{Address, Key, Mode, ModulePath, Name};
    use crate::model::Provider;
    use crate::value::{Origin, Type, Value};

    fn address(mode: Mode, resource_type: &str, name: &str) -> Address {
        Address {
            module: ModulePath::root(),
            mode,
            resource_type: resource_type.into(),
            name: name.into(),
            key: Key::None,
        }
    }

    fn completed(
        resource_type: &str,
        arguments: &[(&str, Value)],
        region: Option<&str>,
    ) -> BTreeMap<Name, Value> {
        let mut entries: BTreeMap<Name, Value> =
            arguments.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        let region = region.map(|region| ("region".into(), Value::string(region)));
        let provider = || {
            Arc::new(Provider {
                source: "hashicorp/aws".into(),
                key: "hashicorp/aws".into(),
                arguments: Value::object(region.clone().into_iter().collect()),
                version: None,
            })
        };
        complete(&address(Mode::Data, resource_type, "this"), &mut entries, &Origin::Nowhere, &provider);
        entries
    }

    #[test]
    fn data_sources_that_follow_from_the_provider() {
        let cases = [
            ("aws_partition", "partition", None, Some("aws")),
            ("aws_partition", "dns_suffix", Some("cn-north-1"), Some("amazonaws.com.cn")),
            ("aws_partition", "partition", Some("us-gov-west-1"), Some("aws-us-gov")),
            ("aws_partition", "partition", Some("us-iso-east-1"), None),
            ("aws_region", "name", Some("eu-west-1"), Some("eu-west-1")),
            ("aws_region", "id", None, None),
        ];
        for (resource_type, name, region, expected) in cases {
            let entries = completed(resource_type, &[], region);
            assert_eq!(entries.get(name).and_then(Value::as_str), expected, "{resource_type} in {region:?}");
        }
        let arn = Value::string("arn:aws:s3:::b/k:1");
        let entries = completed("aws_arn", &[("arn", arn)], None);
        assert_eq!(entries.get("resource").and_then(Value::as_str), Some("b/k:1"));
    }

    #[test]
    fn one_account_is_one_unknown() {
        let entries = completed("aws_caller_identity", &[], None);
        let unknown = |name: &str| entries.get(name).and_then(Value::as_unknown).cloned();
        let (account, id, arn) = (unknown("account_id"), unknown("id"), unknown("arn"));
        let same = |one: &Option<Arc<_>>, two: &Option<Arc<_>>| {
            one.as_ref()
                .zip(two.as_ref())
                .is_some_and(|(one, two): (&Arc<crate::value::Unknown>, _)| one.is_same(two))
        };
        assert!(same(&account, &id));
        assert!(!same(&account, &arn));
    }

    #[test]
    fn the_output_of_terraform_data_is_like_its_input() {
        let address = address(Mode::Managed, "terraform_data", "this");
        let output = |input: Option<Value>| {
            let entries = input.into_iter().map(|input| ("input".into(), input)).collect();
            attribute(&address, "output", &entries).unwrap_or_else(|| Value::string("none"))
        };
        assert!(output(None).is_null());
        assert!(output(Some(Value::null())).is_null());
        let known = output(Some(Value::tuple(vec![Value::bool(true)])));
        assert_eq!(known.type_of(), Type::Tuple([Type::Bool].into()));
        assert!(known.as_unknown().is_some_and(|unknown| !unknown.not_null && unknown.identity.is_some()));
    }
}
