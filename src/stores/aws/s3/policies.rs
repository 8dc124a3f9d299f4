//! Bucket policies that let outsiders in, unless a public access block restricts them.
//!
//! Several policies on one bucket: each may be the one that stays, so their ways in add up (aws.md 4.2).

use crate::access::Assumptions;
use crate::access::aws_actions::S3;
use crate::access::aws_policy::Policy;
use crate::address::Path;
use crate::graph::Store;
use crate::verdict::{Access, Audience, Claim, Route, Ways, Weight, all, not};

use super::settings::{self, Attached};

/// A policy of a bucket, with the claim that it is there.
pub(super) struct BucketPolicy {
    pub(super) policy: Policy,
    /// As something that opens.
    pub(super) opens: Claim,
    /// As something that closes.
    pub(super) closes: Claim,
}

/// Every policy that may be in force.
pub(super) fn of(bucket: &Store<'_>) -> Vec<BucketPolicy> {
    let mut policies = Vec::new();
    if bucket.shows("policy")
        && let Some(value) = bucket.attribute("policy").value()
    {
        let policy = Policy::read(value, bucket.address(), &Path::attribute("policy"));
        policies.push(BucketPolicy { policy, opens: all([]), closes: all([]) });
    }
    for actor in bucket.actors("aws_s3_bucket_policy") {
        let attribute = actor.attribute("policy");
        let Some(value) = attribute.value() else { continue };
        let policy = Policy::read(value, &actor.instance.address, &Path::attribute("policy"));
        policies.push(BucketPolicy { policy, opens: actor.opens_here(), closes: actor.closes_here() });
    }
    for found in &mut policies {
        add_controls(bucket, &mut found.policy);
    }
    policies
}

/// Adds what resource control policies deny in the bucket's account (aws.md 3.7); returns whether there is
/// one.
pub(super) fn add_controls(bucket: &Store<'_>, policy: &mut Policy) -> bool {
    let mut added = false;
    for Attached { policy: control, doubt } in settings::attached(bucket, "RESOURCE_CONTROL_POLICY") {
        if let Some(content) = control.attributes.get("content") {
            let deny = Policy::read(content, &control.address, &Path::attribute("content"));
            policy.add_denies_of(&deny, doubt.as_ref());
            added = true;
        }
    }
    added
}

/// One route for each way in of each policy.
pub(super) fn ways(
    bucket: &Store<'_>,
    policies: &[BucketPolicy],
    assumptions: &Assumptions,
    ways: &mut Ways,
) {
    let names = super::names(bucket);
    let restricted = settings::is_on(bucket, "restrict_public_buckets");
    let signed_only = settings::requester_pays(bucket);
    if policies.is_empty() {
        ways.routes.push(Route {
            name: "bucket policy",
            audience: Audience::Anonymous,
            access: Access::none(),
            claim: bucket.nothing("no bucket policy in the input"),
            close: String::new(),
            weight: Weight::Full,
            rule: None,
        });
    }
    for BucketPolicy { policy, opens, .. } in policies {
        let (ways_in, remarks) = policy.ways_and_remarks(&S3, &names, assumptions);
        for way in ways_in {
            let mut claims = vec![opens.clone(), way.claim, not(all([restricted.clone(), way.aws_public]))];
            if way.audience == Audience::Anonymous {
                claims.extend(signed_only.clone().map(not));
            }
            ways.routes.push(Route {
                name: "bucket policy",
                audience: way.audience,
                access: way.access,
                claim: all(claims),
                close: "name the principals in the policy, or set `restrict_public_buckets = true` in an \
                        aws_s3_bucket_public_access_block of this bucket"
                    .to_owned(),
                weight: way.weight,
                rule: None,
            });
        }
        for remark in remarks {
            super::remark(ways, remark);
        }
        if let Some(problem) = &policy.problem {
            let message = format!("the bucket policy cannot be read: {problem}");
            ways.diagnostics.push(crate::source::Diagnostic::error(message, policy.place().span));
        }
    }
}
