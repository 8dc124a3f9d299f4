//! Objects that are not the current ones of their instances: deposed ones, and those that a replacement
//! forgets. They go on in the cloud, each under an address of its own.
//!
//! Enters: the entries of a side. Leaves: those that are objects of their own; a setting that was made anew on
//! the same thing is one object, of which the current one says what is in force.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::entries::{Entries, Entry};
use super::json::{Json, Text};
use crate::address::{Address, Object};
use crate::model::Fate;
use crate::truth::Truth;

/// Types that set something on another thing, which has one of it: whoever makes it anew overwrites it, and
/// whoever destroys it takes both away. With the attributes that name what it is set on. Source: the APIs that
/// the provider documentation of each type names put and delete without asking for what is there.
static SETTINGS: &[(&str, &[&str])] = &[
    ("aws_api_gateway_rest_api_policy", &["rest_api_id"]),
    ("aws_cognito_identity_pool_roles_attachment", &["identity_pool_id"]),
    ("aws_iam_role_policy", &["name", "role"]),
    ("aws_iam_role_policy_attachment", &["policy_arn", "role"]),
    ("aws_iam_role_policy_attachments_exclusive", &["role_name"]),
    ("aws_main_route_table_association", &["vpc_id"]),
    ("aws_network_acl_association", &["subnet_id"]),
    ("aws_organizations_policy_attachment", &["policy_id", "target_id"]),
    ("aws_s3_account_public_access_block", &["account_id"]),
    ("aws_s3_bucket", &["bucket"]),
    ("aws_s3_bucket_acl", &["bucket"]),
    ("aws_s3_bucket_logging", &["bucket"]),
    ("aws_s3_bucket_object", &["bucket", "key"]),
    ("aws_s3_bucket_ownership_controls", &["bucket"]),
    ("aws_s3_bucket_policy", &["bucket"]),
    ("aws_s3_bucket_public_access_block", &["bucket"]),
    ("aws_s3_bucket_request_payment_configuration", &["bucket"]),
    ("aws_s3_object", &["bucket", "key"]),
    ("aws_s3_object_copy", &["bucket", "key"]),
    ("aws_s3control_access_point_policy", &["access_point_arn"]),
    ("aws_snapshot_create_volume_permission", &["account_id", "snapshot_id"]),
];

/// The address of the object of an entry.
pub(super) fn object_of(address: Address, deposed: Option<&Text<'_>>) -> Address {
    match deposed {
        Some(Text(key)) if !key.is_empty() => address.with_object(Object::Deposed((&**key).into())),
        Some(_) | None => address,
    }
}

/// Whether two objects of an instance are the same in the cloud.
pub(super) fn is_same(resource_type: &str, one: Option<&RawValue>, other: Option<&RawValue>) -> Truth {
    let (Some(one), Some(other)) = (one, other) else { return Truth::Unknown };
    let (Ok(one), Ok(other)) = (Json::read(one), Json::read(other)) else { return Truth::Unknown };
    let Some((_, names)) = SETTINGS.iter().find(|(setting, _)| *setting == resource_type) else {
        // What has no id yet is made, and gets one.
        return match (text(&one, "id"), text(&other, "id")) {
            (Some(one), Some(other)) => Truth::from_bool(one == other),
            (_, _) => Truth::False,
        };
    };
    names.iter().fold(Truth::True, |same, name| {
        same.and(match (text(&one, name), text(&other, name)) {
            (Some(one), Some(other)) => Truth::from_bool(one == other),
            (_, _) => Truth::Unknown,
        })
    })
}

/// Types of which destroying one undoes nothing. Source: provider documentation of `aws_s3_bucket_acl`,
/// "`terraform destroy` does not delete the S3 Bucket ACL", and of the others, "Removing from your configuration".
static ONLY_FORGOTTEN: [&str; 4] =
    ["aws_default_network_acl", "aws_default_route_table", "aws_default_security_group", "aws_s3_bucket_acl"];

/// Whether destroying an object undoes what it set. Source of `skip_destroy`: provider documentation.
pub(super) fn undoes(resource_type: &str, values: Option<&RawValue>) -> bool {
    let skips = |raw: &RawValue| {
        Json::read(raw).is_ok_and(|values| values.get("skip_destroy").is_some_and(Json::is_true))
    };
    !ONLY_FORGOTTEN.contains(&resource_type) && !values.is_some_and(skips)
}

fn text<'j>(values: &'j Json<'_>, name: &str) -> Option<&'j str> {
    values.get(name).and_then(Json::as_str)
}

/// Leaves out the objects that are the current ones of their instances. What is destroyed with one of these is
/// in doubt.
pub(super) fn settle(entries: &mut Entries<'_>) {
    let formers: Vec<(Address, Address)> = entries
        .iter()
        .filter_map(|(address, _)| address.former().map(|(_, current)| (address.clone(), current)))
        .collect();
    let mut current_ones: BTreeSet<Address> = BTreeSet::new();
    for (address, current) in formers {
        let (Some(former), Some(own)) = (entries.get(&address), entries.get(&current)) else { continue };
        let same = is_same(&address.resource_type, former.value, own.value);
        let is_undone = former.fate == Fate::Deleted && undoes(&address.resource_type, former.value);
        if same.is_false() {
            continue;
        }
        if same.is_true() {
            current_ones.insert(address);
        } else if let Some(former) = entries.get_mut(&address) {
            doubt(former);
        }
        if let Some(own) = entries.get_mut(&current).filter(|own| is_undone && own.fate != Fate::Deleted) {
            doubt(own);
        }
    }
    entries.leave_out(&current_ones);
}

fn doubt(entry: &mut Entry<'_>) {
    entry.exists = Truth::Unknown;
    entry.untouched = false;
}
