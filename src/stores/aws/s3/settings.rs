//! What closes a bucket: public access blocks, object ownership, requester pays.
//!
//! Per setting the levels add up: account, organisation, bucket; the most restrictive wins (aws.md 4.3).
//! Several blocks on one bucket: the weakest may be the one that stays (4.11 h).

use serde_json::Value as Json;

use crate::access::aws_account::{foreign_endpoint, known_account_ids};
use crate::graph::{Actor, Store, place_of};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::Data;
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
fn in_force<'b, 'g>(bucket: &'b Store<'g>, resource_type: &'static str) -> impl Iterator<Item = &'b Actor<'g>> {
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
        .filter(|policy| assigns_all(policy))
        .map(|policy| {
            fact(Evidence {
                truth: Truth::True,
                places: vec![place_of(policy)],
                says: format!("`{}` turns all four settings on for this account", policy.address),
                unknown: Vec::new(),
                absent: false,
            })
        })
        .collect()
}

/// Organisation policies of a type that are shown to be attached to the bucket's account.
pub(super) fn attached<'g>(bucket: &Store<'g>, policy_type: &str) -> Vec<&'g Instance> {
    let graph = bucket.graph;
    let accounts = known_account_ids(graph, bucket.instance);
    if accounts.is_empty() {
        return Vec::new();
    }
    let is_here = |attachment: &Instance| {
        let target = attachment.attributes.get("target_id").and_then(|value| value.as_str());
        target.is_some_and(|target| accounts.iter().any(|account| account == target))
            && attachment.exists.is_true()
    };
    graph
        .of_type("aws_organizations_policy")
        .iter()
        .filter(|policy| policy.attributes.get("type").and_then(|value| value.as_str()) == Some(policy_type))
        .filter(|policy| policy.exists.is_true())
        .filter(|policy| {
            graph
                .sources(policy, "aws_organizations_policy_attachment", "policy_id", &["id"])
                .into_iter()
                .any(|(attachment, join)| join.is_certain() && is_here(attachment))
        })
        .copied()
        .collect()
}

fn assigns_all(policy: &Instance) -> bool {
    let content = policy.attributes.get("content").and_then(|value| value.as_str());
    let document: Option<Json> = content.and_then(|text| serde_json::from_str(text).ok());
    document.is_some_and(|document| {
        document.pointer("/s3_attributes/public_access_block_configuration/@@assign").and_then(Json::as_str)
            == Some("all")
    })
}

/// That ACLs are disabled: ownership is `BucketOwnerEnforced` (aws.md 4.5).
pub(super) fn acls_are_disabled(bucket: &Store<'_>) -> Claim {
    let controls: Vec<&Actor<'_>> = in_force(bucket, OWNERSHIP).collect();
    if controls.is_empty() {
        return bucket.nothing("no ownership controls for this bucket in the input");
    }
    weakest(&controls, |control| control.attribute("rule.object_ownership").one_of(&["BucketOwnerEnforced"]))
}

/// That whoever asks pays, which takes no unsigned requests (aws.md 4.1).
pub(super) fn requester_pays(bucket: &Store<'_>) -> Claim {
    let configured: Vec<&Actor<'_>> = in_force(bucket, PAYMENT).collect();
    let inline = bucket.attribute("request_payer").one_of(&["Requester"]);
    if configured.is_empty() {
        return inline;
    }
    any([weakest(&configured, |payment| payment.attribute("payer").one_of(&["Requester"])), inline])
}

/// Remarks on settings that refuse new writes only, and on what S3 does to new buckets.
pub(super) fn remarks(bucket: &Store<'_>, ways: &mut Ways) {
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
