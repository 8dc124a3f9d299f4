//! What closes a bucket: public access blocks, object ownership, requester pays.
//!
//! Per setting the levels add up: account, organisation, bucket; the most restrictive wins (aws.md 4.3).
//! Several blocks on one bucket: the weakest may be the one that stays (4.11 h).

use std::sync::Arc;

use crate::access::aws_account::{foreign_endpoint, known_account_ids};
use crate::address::Path;
use crate::graph::attribute::{is_one_of, test_value};
use crate::graph::{Actor, Store, acts, place_of};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value, json};
use crate::verdict::claim::open_questions;
use crate::verdict::{Claim, Evidence, Remark, Ways, all, any, fact, not};

const BLOCK: &str = "aws_s3_bucket_public_access_block";
const ACCOUNT_BLOCK: &str = "aws_s3_account_public_access_block";
const OWNERSHIP: &str = "aws_s3_bucket_ownership_controls";
const PAYMENT: &str = "aws_s3_bucket_request_payment_configuration";

/// That one of the four settings is on for the bucket, at any level.
pub(super) fn is_on(bucket: &Store<'_>, setting: &str) -> Claim {
    let blocks: Vec<&Actor<'_>> = in_force(bucket, BLOCK).collect();
    let own = if blocks.is_empty() {
        bucket.nothing("no public access block for this bucket in the input")
    } else {
        weakest(&blocks, |block| block.attribute(setting).is(true))
    };
    let account = bucket
        .actors(ACCOUNT_BLOCK)
        .map(|block| all([block.closes_here(), block.attribute(setting).is(true)]));
    let levels = any([own].into_iter().chain(account).chain(organisation(bucket)));
    match foreign_endpoint(bucket.instance, "s3") {
        Truth::False => levels,
        truth => all([levels, not(elsewhere(bucket, truth))]),
    }
}

/// The actors of a type that this input puts in force.
fn in_force<'b, 'g>(
    bucket: &'b Store<'g>,
    resource_type: &'static str,
) -> impl Iterator<Item = &'b Actor<'g>> {
    bucket.actors(resource_type).filter(|actor| !actor.is_left_out())
}

/// That what several resources set holds whichever of them stays: one sets it, and none that may be there
/// does not.
fn weakest(actors: &[&Actor<'_>], set: impl Fn(&Actor<'_>) -> Claim) -> Claim {
    match actors {
        [only] => all([only.closes_here(), set(only)]),
        several => all([
            any(several.iter().map(|actor| all([actor.closes_here(), set(actor)]))),
            not(any(several.iter().map(|actor| all([actor.opens_here(), not(set(actor))])))),
        ]),
    }
}

/// That requests go to a service other than AWS, where its blocks may not exist (aws.md R7).
fn elsewhere(bucket: &Store<'_>, truth: Truth) -> Claim {
    let unknown = bucket.instance.provider.arguments.unknowns();
    fact(Evidence {
        truth,
        places: vec![bucket.place()],
        says:
            "the provider sends S3 requests to an endpoint outside of AWS, where this setting may not exist"
                .to_owned(),
        unknown: if truth.is_unknown() { unknown } else { Vec::new() },
        absent: false,
    })
}

/// Organisation policies that turn all four settings on for the bucket's account (aws.md 4.1).
fn organisation(bucket: &Store<'_>) -> Vec<Claim> {
    attached(bucket, "S3_POLICY")
        .into_iter()
        .filter_map(|Attached { policy, doubt }| {
            let (assigns, unknown) = assigns_all(policy);
            let truth = assigns.and(if doubt.is_some() { Truth::Unknown } else { Truth::True });
            let says = if truth.is_unknown() {
                format!(
                    "whether `{}` turns all four settings on for this account is not known",
                    policy.address
                )
            } else {
                format!("`{}` turns all four settings on for this account", policy.address)
            };
            (!truth.is_false()).then(|| {
                fact(Evidence {
                    truth,
                    places: vec![place_of(policy)],
                    says,
                    unknown: if truth.is_unknown() {
                        doubt.into_iter().chain(unknown).collect()
                    } else {
                        Vec::new()
                    },
                    absent: false,
                })
            })
        })
        .collect()
}

/// An organisation policy that acts on a bucket's account.
pub(super) struct Attached<'g> {
    /// The policy.
    pub(super) policy: &'g Instance,
    /// What it depends on whether it acts there; `None`: it does for certain.
    pub(super) doubt: Option<Arc<Unknown>>,
}

/// Organisation policies of a type that are, or may be, attached to the bucket's account. A closer must be
/// shown to apply: where that is not known it is in doubt (aws.md R6).
pub(super) fn attached<'g>(bucket: &Store<'g>, policy_type: &str) -> Vec<Attached<'g>> {
    let graph = bucket.graph;
    let policies = graph.of_type("aws_organizations_policy");
    if policies.is_empty() {
        return Vec::new();
    }
    let accounts = known_account_ids(bucket.instance);
    let mut found = Vec::new();
    for policy in policies {
        let reader = graph.reader(policy);
        let is_type = reader.attribute("type").claim(Truth::False, |value| is_one_of(value, &[policy_type]));
        let mut best: Option<Attached<'g>> = None;
        for (attachment, join) in
            graph.sources(policy, "aws_organizations_policy_attachment", "policy_id", &["id"])
        {
            let target = graph
                .reader(attachment)
                .attribute("target_id")
                .claim(Truth::Unknown, |target| is_target(target, &accounts));
            let here =
                all([acts(policy, &join, false), acts(attachment, &join, false), is_type.clone(), target]);
            match here.truth() {
                Truth::False => {}
                Truth::True => best = Some(Attached { policy, doubt: None }),
                Truth::Unknown if best.is_some() => {}
                Truth::Unknown => {
                    let mut unknown = Vec::new();
                    open_questions(&here, &mut unknown);
                    let doubt = unknown.into_iter().next().unwrap_or_else(|| {
                        let path = Path::attribute("target_id");
                        Arc::new(Unknown::because(Cause::Unset { of: attachment.address.clone(), path }))
                    });
                    best = Some(Attached { policy, doubt: Some(doubt) });
                }
            }
        }
        found.extend(best);
    }
    found
}

/// Whether an attachment's target is the account, or holds it. Another account does not; what a root or a
/// unit holds is not in the input.
fn is_target(target: &Value, accounts: &[String]) -> Truth {
    let Data::String(text) = &target.data else { return Truth::Unknown };
    let Some(known) = text.as_known() else { return Truth::Unknown };
    let is_account = known.len() == 12 && known.bytes().all(|byte| byte.is_ascii_digit());
    match accounts {
        _ if !is_account => Truth::Unknown,
        [] => Truth::Unknown,
        [only] => Truth::from_bool(only == known),
        several if several.iter().any(|account| account == known) => Truth::Unknown,
        _ => Truth::False,
    }
}

/// Whether a policy turns all four settings on, and what that depends on.
fn assigns_all(policy: &Instance) -> (Truth, Vec<Arc<Unknown>>) {
    let Some(content) = policy.attributes.get("content") else {
        let unknown = policy.attributes.as_unknown().cloned();
        return (
            if unknown.is_some() { Truth::Unknown } else { Truth::False },
            unknown.into_iter().collect(),
        );
    };
    let truth = test_value(content, &|content| {
        let Data::String(text) = &content.data else { return Truth::False };
        let Ok(document) = json::decode(text) else {
            return if text.as_known().is_some() { Truth::False } else { Truth::Unknown };
        };
        let mut value = &document;
        for name in ["s3_attributes", "public_access_block_configuration", "@@assign"] {
            match &value.data {
                Data::Unknown(_) => return Truth::Unknown,
                Data::Mapping(_, entries) => match entries.get(name) {
                    Some(inner) => value = inner,
                    None => return Truth::False,
                },
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                    return Truth::False;
                }
            }
        }
        is_one_of(value, &["all"])
    });
    (truth, if truth.is_unknown() { content.unknowns() } else { Vec::new() })
}

/// That ACLs are disabled: ownership is `BucketOwnerEnforced` (aws.md 4.5).
pub(super) fn acls_are_disabled(bucket: &Store<'_>) -> Claim {
    let controls: Vec<&Actor<'_>> = in_force(bucket, OWNERSHIP).collect();
    if controls.is_empty() {
        return bucket.nothing("no ownership controls for this bucket in the input");
    }
    weakest(&controls, |control| control.attribute("rule.object_ownership").one_of(&["BucketOwnerEnforced"]))
}

/// That whoever asks pays, which takes no unsigned requests (aws.md 4.1); nothing where nothing says so.
pub(super) fn requester_pays(bucket: &Store<'_>) -> Option<Claim> {
    let configured: Vec<&Actor<'_>> = in_force(bucket, PAYMENT).collect();
    let inline = bucket.attribute("request_payer");
    let inline = (!inline.is_set().is_false()).then(|| inline.one_of(&["Requester"]));
    let separate = (!configured.is_empty())
        .then(|| weakest(&configured, |payment| payment.attribute("payer").one_of(&["Requester"])));
    match (inline, separate) {
        (None, None) => None,
        (inline, separate) => Some(any(inline.into_iter().chain(separate))),
    }
}

/// Remarks on settings that refuse new writes only, and on what S3 does to new buckets.
pub(super) fn remarks(bucket: &Store<'_>, ways: &mut Ways) {
    served(bucket, ways);
    let opens =
        |name: &str| ways.routes.iter().any(|route| route.name == name && route.claim.truth().is_true());
    let policy_is_open = opens("bucket policy");
    let acl_is_open = opens("bucket ACL") || opens("object ACL");
    if !policy_is_open && !acl_is_open {
        return;
    }
    for block in bucket.actors(BLOCK).chain(bucket.actors(ACCOUNT_BLOCK)) {
        let guards = [("block_public_policy", policy_is_open), ("block_public_acls", acl_is_open)];
        for (guard, _) in guards.into_iter().filter(|(_, open)| *open) {
            let attribute = block.attribute(guard);
            let is_set = attribute.value().is_some_and(|value| matches!(value.data, Data::Bool(true)));
            if is_set {
                let remark = Remark {
                    code: "apply-refused",
                    place: attribute.place(),
                    says: format!(
                        "`{guard}` refuses new public grants, so an apply may fail; what is in force stays open"
                    ),
                };
                super::remark(ways, remark);
            }
        }
    }
    if bucket.actors(BLOCK).next().is_none() && !bucket.orphan {
        let remark = Remark {
            code: "assumed-no-block",
            place: bucket.place(),
            says:
                "no public access block for this bucket in the input, assumed off; on a bucket created since \
                   April 2023 S3 refuses public grants until one lifts its own"
                    .to_owned(),
        };
        super::remark(ways, remark);
    }
}

/// The attributes of a bucket that a distribution has as its origin.
const DOMAINS: &[&str] = &["bucket_regional_domain_name", "bucket_domain_name", "website_endpoint"];

/// What a distribution serves is published on purpose and opens no bucket (aws.md 4.9).
fn served(bucket: &Store<'_>, ways: &mut Ways) {
    let graph = bucket.graph;
    if bucket.orphan {
        return;
    }
    let served_by =
        graph.sources(bucket.instance, "aws_cloudfront_distribution", "origin.domain_name", DOMAINS);
    for (distribution, _) in served_by.into_iter().filter(|(_, join)| join.is_certain()) {
        ways.remarks.push(Remark {
            code: "served-by-cdn",
            place: crate::graph::place_of(distribution),
            says: format!("`{}` serves its objects", distribution.address),
        });
    }
}
