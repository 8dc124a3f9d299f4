//! Amazon S3 general-purpose buckets.
//!
//! Ways in, what opens and what closes each (aws.md 4):
//!
//! - *Bucket policy*, inline or `aws_s3_bucket_policy`: what it lets outsiders do. Closed by
//!   `restrict_public_buckets` at any level when AWS counts the policy as public.
//! - *Bucket ACL*, canned or grants, inline or `aws_s3_bucket_acl`: READ on a bucket is the right to list it.
//!   Closed by `ignore_public_acls`, by ownership `BucketOwnerEnforced`, and by Deny statements.
//! - *Object ACLs*, of objects in the input and of services that write objects with one (4.7). Closed alike.
//! - *Access points* (4.8): what both policies let outsiders do. Object Lambda access points open nothing that
//!   the access point behind them does not, since a caller needs both.
//! - *Roles* that outsiders can act as (9): guests of an identity pool, callers of a REST API, any account.
//!   Closed by a Deny, a permissions boundary or a trust policy, and by no public access block.
//!
//! `block_public_acls` and `block_public_policy` refuse new writes and close nothing that is in force. A block
//! or ownership resource that is not in the input counts as off (D1): since April 2023 S3 puts both on new
//! buckets, and what an apply finds there cannot be seen from here.

mod access_points;
mod acl;
pub mod closed;
mod policies;
mod roles;
mod settings;
mod writers;

use crate::access::aws_policy::{Shape, StoreNames};
use crate::access::{Assumptions, aws_account, aws_identity};
use crate::address::Subject;
use crate::graph::{By, Fallback, Family, Kind, Known, Outlives, Relation, Store, Tier};
use crate::model::{Apart, Copied};
use crate::stores::Resolver;
use crate::value::text::TextBuilder;
use crate::value::{Data, Text};
use crate::verdict::{Remark, Ways};

/// Buckets and everything that acts on them.
pub static RESOLVER: Resolver = Resolver {
    family: Family {
        kind: Kind::Bucket,
        tier: Tier::Core,
        stores: &["aws_s3_bucket"],
        names: &["bucket", "id", "arn"],
        relations: &[
            Relation::opener("aws_s3_bucket_policy", "bucket"),
            Relation::opener("aws_s3_bucket_acl", "bucket"),
            Relation::opener("aws_s3_object", "bucket"),
            Relation::opener("aws_s3_bucket_object", "bucket"),
            Relation::opener("aws_s3_object_copy", "bucket"),
            Relation::opener("aws_s3_access_point", "bucket"),
            Relation::opener("aws_s3control_access_point_policy", "access_point_arn")
                .unless(access_points::is_here),
            Relation::closer("aws_s3control_multi_region_access_point", "details.region.bucket"),
            Relation::opener("aws_s3_bucket_logging", "target_bucket"),
            Relation::opener("aws_dms_s3_endpoint", "bucket_name"),
            Relation::opener("aws_dms_endpoint", "s3_settings.bucket_name"),
            Relation::closer("aws_iot_topic_rule", "s3.bucket_name"),
            Relation::closer("aws_iot_topic_rule", "error_action.s3.bucket_name"),
            Relation::opener("aws_storagegateway_nfs_file_share", "location_arn"),
            Relation::opener("aws_storagegateway_smb_file_share", "location_arn"),
            Relation::closer("aws_elastictranscoder_pipeline", "content_config.bucket"),
            Relation::closer("aws_elastictranscoder_pipeline", "thumbnail_config.bucket"),
            Relation::closer(
                "aws_acmpca_certificate_authority",
                "revocation_configuration.crl_configuration.s3_bucket_name",
            ),
            Relation::closer("aws_codepipeline", "stage.action.configuration.BucketName"),
            Relation::closer("aws_medialive_channel", "destinations.settings.url"),
            Relation::closer("aws_s3_bucket_public_access_block", "bucket"),
            Relation::closer("aws_s3_bucket_ownership_controls", "bucket"),
            Relation::closer("aws_s3_bucket_request_payment_configuration", "bucket"),
            Relation::scope("aws_s3_account_public_access_block", aws_account::same_account),
        ],
        fallbacks: FALLBACKS,
        outlives: OUTLIVES,
        copies: COPIES,
        follows: &[
            "aws_s3control_multi_region_access_point_policy",
            "aws_cloudfront_distribution",
            "aws_organizations_policy",
            "aws_organizations_policy_attachment",
            "aws_iam_openid_connect_provider",
            "aws_iam_role",
            "aws_iam_role_policy",
            "aws_iam_policy",
            "aws_iam_role_policy_attachment",
            "aws_iam_policy_attachment",
            "aws_iam_role_policy_attachments_exclusive",
            "aws_cognito_identity_pool",
            "aws_cognito_identity_pool_roles_attachment",
            "aws_cognito_user_pool",
            "aws_lambda_function_url",
            "aws_api_gateway_integration",
            "aws_api_gateway_method",
            "aws_api_gateway_rest_api",
            "aws_api_gateway_rest_api_policy",
        ],
        refers: &["aws_lambda_function"],
    },
    ways,
};

const OFF: Known = Known::Bool(false);
const PROVIDER: &str = "the provider's default";

/// Source: aws.md R1; schema and documentation of hashicorp/aws 5.100. A revocation list: AWS Private CA API
/// reference, `CrlConfiguration`, "If no value is specified, the default is `PUBLIC_READ`".
const FALLBACKS: &[Fallback] = &[
    Fallback::new(
        "aws_acmpca_certificate_authority",
        "revocation_configuration.crl_configuration.enabled",
        OFF,
        PROVIDER,
    ),
    Fallback::new(
        "aws_acmpca_certificate_authority",
        "revocation_configuration.crl_configuration.s3_object_acl",
        Known::Text("PUBLIC_READ"),
        "the service's default",
    ),
    Fallback::new("aws_s3_bucket_public_access_block", "block_public_acls", OFF, PROVIDER),
    Fallback::new("aws_s3_bucket_public_access_block", "block_public_policy", OFF, PROVIDER),
    Fallback::new("aws_s3_bucket_public_access_block", "ignore_public_acls", OFF, PROVIDER),
    Fallback::new("aws_s3_bucket_public_access_block", "restrict_public_buckets", OFF, PROVIDER),
    Fallback::new("aws_s3_account_public_access_block", "block_public_acls", OFF, PROVIDER),
    Fallback::new("aws_s3_account_public_access_block", "block_public_policy", OFF, PROVIDER),
    Fallback::new("aws_s3_account_public_access_block", "ignore_public_acls", OFF, PROVIDER),
    Fallback::new("aws_s3_account_public_access_block", "restrict_public_buckets", OFF, PROVIDER),
];

/// Source: aws.md 11; provider documentation of `aws_s3_bucket_acl`, "destroy", and of `skip_destroy`.
const OUTLIVES: &[Outlives] = &[
    Outlives { resource_type: "aws_s3_bucket_acl", when: None },
    Outlives { resource_type: "aws_s3_bucket_public_access_block", when: Some("skip_destroy") },
];

/// Source: plan-format.md 3, "Stale and lying attributes".
const COPIES: &[Copied] = &[
    copied("aws_s3_bucket", "policy", "aws_s3_bucket_policy", None),
    copied("aws_s3_bucket", "grant", "aws_s3_bucket_acl", None),
    copied("aws_s3_access_point", "policy", "aws_s3control_access_point_policy", None),
    copied("aws_s3_account_public_access_block", "account_id", "", None),
    copied("aws_s3_bucket_acl", "access_control_policy", "", Some("acl")),
    Copied {
        apart: Some(Apart { tie: "role", without: aws_identity::without_inline }),
        ..copied("aws_iam_role", "inline_policy", "aws_iam_role_policy", None)
    },
    Copied {
        apart: Some(Apart { tie: "role", without: aws_identity::without_attached }),
        ..copied("aws_iam_role", "managed_policy_arns", "aws_iam_role_policy_attachment", None)
    },
    Copied {
        apart: Some(Apart { tie: "roles", without: aws_identity::without_attached }),
        ..copied("aws_iam_role", "managed_policy_arns", "aws_iam_policy_attachment", None)
    },
];

const fn copied(
    resource_type: &'static str,
    attribute: &'static str,
    actor: &'static str,
    mirrors: Option<&'static str>,
) -> Copied {
    Copied { resource_type, attribute, actor, mirrors, apart: None }
}

fn ways(bucket: &Store<'_>, assumptions: &Assumptions) -> Ways {
    let mut ways = Ways::default();
    let policies = policies::of(bucket);
    policies::ways(bucket, &policies, assumptions, &mut ways);
    acl::ways(bucket, &policies, assumptions, &mut ways);
    access_points::ways(bucket, &policies, assumptions, &mut ways);
    roles::ways(bucket, &policies, assumptions, &mut ways);
    settings::remarks(bucket, &mut ways);
    ways
}

/// The bucket as resource patterns of a policy name it.
fn names(bucket: &Store<'_>) -> StoreNames {
    let mut address = (!bucket.orphan).then(|| bucket.address().clone());
    let mut names = Vec::new();
    for name in &bucket.names {
        match &name.data {
            Data::String(text) => names.push(text.clone()),
            Data::Unknown(unknown) => {
                if bucket.orphan
                    && let Some((of, _)) = &unknown.identity
                {
                    address = Some(of.clone());
                }
                let mut text = TextBuilder::default();
                text.push_hole(unknown.clone());
                names.push(text.build());
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {}
        }
        let handed_on = name.origin.handed_on();
        let from = handed_on.iter().find_map(|hop| match &hop.name.subject {
            Subject::Resource(of, _) => Some(of.clone()),
            Subject::Variable(_)
            | Subject::Local(_)
            | Subject::Output(_)
            | Subject::Module(_)
            | Subject::Other(_) => None,
        });
        if bucket.orphan && address.is_none() {
            address = from;
        }
    }
    StoreNames { address, shape: Shape::Bucket, names: names.iter().map(without_arn).collect() }
}

/// The name out of an ARN of a bucket.
fn without_arn(text: &Text) -> Text {
    match text.as_known().and_then(|known| known.rsplit_once(":::")) {
        Some((_, name)) => Text::known(name),
        None => text.clone(),
    }
}

/// Whether a relation of an actor goes through that attribute.
fn is_tied_by(by: By, attribute: &str) -> bool {
    match by {
        By::Attribute(own) => own == attribute,
        By::Back(_) | By::Scope(_) => false,
    }
}

/// Adds remarks, each once.
fn remark(ways: &mut Ways, remark: Remark) {
    let known = ways.remarks.iter().any(|other| {
        other.code == remark.code && other.says == remark.says && other.place.address == remark.place.address
    });
    if !known {
        ways.remarks.push(remark);
    }
}
