//! Roles of the bucket's own account that somebody outside can act as (aws.md 9).
//!
//! Who they are and what their policies say is worked out in `access::aws_identity`. A public access block does
//! not help: whoever acts as such a role is inside of the account.

use crate::access::Assumptions;
use crate::access::aws_actions::S3;
use crate::access::aws_identity::{self, Side};
use crate::access::aws_policy::{Policy, StoreNames};
use crate::address::Path;
use crate::graph::Store;
use crate::value::text::TextBuilder;
use crate::value::{Data, Unknown};
use crate::verdict::Ways;

use super::policies::BucketPolicy;
use super::settings::{Attached, attached};

/// What the provider puts before the unique end of a name that is not set. Source: provider code, `create.Name`.
const GENERATED: &str = "terraform-";

/// One route for each way in that a policy opens to such a role.
pub(super) fn ways(
    bucket: &Store<'_>,
    policies: &[BucketPolicy],
    assumptions: &Assumptions,
    ways: &mut Ways,
) {
    let side = Side {
        instance: bucket.instance,
        names: names(bucket),
        policies: policies
            .iter()
            .map(|found| (&found.policy, found.opens.clone(), found.closes.clone()))
            .collect(),
        controls: controls(bucket, policies.is_empty()),
    };
    ways.extend(aws_identity::ways(bucket.graph, &side, &S3, assumptions));
}

/// Policies of the organisation: those of its accounts bind a role, unlike somebody of another account. Those of
/// resources are part of the bucket policies already, where there is one.
fn controls(bucket: &Store<'_>, resources_too: bool) -> Vec<(Policy, Option<std::sync::Arc<Unknown>>)> {
    let mut controls = Vec::new();
    let mut add =
        |policy_type: &str, read: fn(&crate::value::Value, &crate::address::Address, &Path) -> Policy| {
            for Attached { policy, doubt } in attached(bucket, policy_type) {
                if let Some(content) = policy.attributes.get("content") {
                    controls.push((read(content, &policy.address, &Path::attribute("content")), doubt));
                }
            }
        };
    add("SERVICE_CONTROL_POLICY", Policy::read_of_identity);
    if resources_too {
        add("RESOURCE_CONTROL_POLICY", Policy::read);
    }
    controls
}

/// The names of the bucket, for policies that hang on a role: those that are known where there are any, and
/// the beginning of a generated one.
fn names(bucket: &Store<'_>) -> StoreNames {
    let mut names = super::names(bucket);
    let known = |text: &crate::value::Text| text.as_known().is_some();
    if names.names.iter().any(known) {
        names.names.retain(known);
    } else if !bucket.orphan && bucket.attribute("bucket").is_set().is_false() {
        let mut generated = TextBuilder::default();
        match bucket.attribute("bucket_prefix").value().map(|value| &value.data) {
            Some(Data::String(prefix)) => generated.push_text(prefix),
            Some(Data::Unknown(unknown)) => generated.push_hole(unknown.clone()),
            Some(_) | None => generated.push_str(GENERATED),
        }
        let name = Unknown::attribute(bucket.address().clone(), Path::attribute("bucket"));
        generated.push_hole(std::sync::Arc::new(name));
        names.names = vec![generated.build()];
    }
    names
}
