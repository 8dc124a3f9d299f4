//! Access points: a second door, which needs both the access point's policy and the bucket's (aws.md 4.8).
//!
//! An access point's own block is *on* where it is not written, the opposite of a bucket's. One in a VPC
//! answers from there only. A multi-Region access point takes signed requests only.

use crate::access::Assumptions;
use crate::access::aws_account::{known_account_ids, same_value};
use crate::access::aws_actions::{S3, S3_SIGNED, Service};
use crate::access::aws_policy::{AccessPoint, Policy, Shape, StoreNames, WayIn, ways_through};
use crate::address::Path;
use crate::graph::{Actor, Graph, Join, Reader, Store, acts};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Cause, Data, Text, Unknown, Value};
use crate::verdict::{Access, Audience, Claim, Evidence, Route, Ways, Weight, all, any, fact, not};

use super::policies::BucketPolicy;
use super::settings;

const POINT: &str = "aws_s3_access_point";
const POINT_POLICY: &str = "aws_s3control_access_point_policy";
const MULTI_REGION: &str = "aws_s3control_multi_region_access_point";
const MULTI_REGION_POLICY: &str = "aws_s3control_multi_region_access_point_policy";

/// How others refer to an access point.
const NAMES: &[&str] = &["arn", "id"];

/// One door: an access point with one of the policies that may be in force on it.
struct Point<'p, 'g> {
    actor: &'p Actor<'g>,
    policy: Policy,
    /// That the policy is there.
    policy_there: Claim,
    seen_as: AccessPoint,
    names: StoreNames,
    service: &'static Service,
    /// That it answers from the internet.
    on_the_internet: Claim,
    /// That its own block restricts it.
    restricts: Claim,
}

/// One route for each way in through each access point.
pub(super) fn ways(
    bucket: &Store<'_>,
    bucket_policies: &[BucketPolicy],
    assumptions: &Assumptions,
    ways: &mut Ways,
) {
    if bucket.orphan && &*bucket.address().resource_type == POINT_POLICY {
        policy_alone(bucket, assumptions, ways);
        return;
    }
    let restricted = settings::is_on(bucket, "restrict_public_buckets");
    let bucket_names = super::names(bucket);
    for point in bucket.actors(POINT).flat_map(|actor| points(bucket, actor)).chain(multi_region(bucket)) {
        let shut = any([restricted.clone(), point.restricts.clone()]);
        let here = all([point.actor.opens_here(), point.policy_there.clone(), point.on_the_internet.clone()]);
        if bucket_policies.is_empty() {
            if !bucket.orphan {
                let nothing = bucket.nothing("no bucket policy in the input that delegates to access points");
                push_closed(ways, all([here, nothing]));
                continue;
            }
            for way in point.policy.ways_in(point.service, &point.names, assumptions) {
                let closed = not(all([shut.clone(), way.aws_public.clone()]));
                let claim = all([here.clone(), way.claim.clone(), closed, elsewhere(bucket)]);
                push(ways, &way, claim);
            }
            continue;
        }
        for found in bucket_policies {
            let sides = ((&found.policy, &bucket_names), (&point.policy, &point.names));
            for way in ways_through(&point.seen_as, point.service, sides.0, sides.1, assumptions) {
                let closed = not(all([shut.clone(), way.aws_public.clone()]));
                let claim = all([here.clone(), found.opens.clone(), way.claim.clone(), closed]);
                push(ways, &way, claim);
            }
        }
    }
}

fn push(ways: &mut Ways, way: &WayIn, claim: Claim) {
    ways.routes.push(Route {
        name: "access point",
        audience: way.audience,
        access: way.access.clone(),
        claim,
        close: "name the principals in the access point's policy, or leave out its \
                `public_access_block_configuration`, which turns its block on"
            .to_owned(),
        weight: way.weight,
        rule: None,
    });
}

fn push_closed(ways: &mut Ways, claim: Claim) {
    ways.routes.push(Route {
        name: "access point",
        audience: Audience::Anonymous,
        access: Access::none(),
        claim,
        close: String::new(),
        weight: Weight::Full,
        rule: None,
    });
}

/// The policy of a bucket that is not in the input is not known, nor the access point of a policy alone.
fn elsewhere(orphan: &Store<'_>) -> Claim {
    let cause = Cause::Elsewhere(format!("the bucket behind {}", orphan.address()).into());
    fact(Evidence {
        truth: Truth::Unknown,
        places: vec![orphan.place()],
        says: "the policy of the bucket behind it is not in the input".to_owned(),
        unknown: vec![std::sync::Arc::new(Unknown::because(cause))],
        absent: false,
    })
}

/// An access point with each of its policies: its own, and those of separate resources.
fn points<'p, 'g>(bucket: &Store<'g>, actor: &'p Actor<'g>) -> Vec<Point<'p, 'g>> {
    let mut policies = Vec::new();
    let apart = policies_of(bucket.graph, actor.instance);
    let own = actor.attribute("policy");
    if let Some(value) = own.value().filter(|_| shows_policy(bucket.graph, actor.instance, &apart)) {
        let policy = Policy::read(value, &actor.instance.address, &Path::attribute("policy"));
        policies.push((policy, all([])));
    }
    for (instance, join) in apart {
        let reader = Reader::of(instance, &[]);
        if let Some(value) = reader.attribute("policy").value() {
            let policy = Policy::read(value, &instance.address, &Path::attribute("policy"));
            policies.push((policy, acts(instance, &join, true)));
        }
    }
    let vpc = actor.each_block("vpc_configuration");
    let in_a_vpc = any(vpc.into_iter().map(|(block, there)| {
        let is_set = fact(Evidence {
            truth: Truth::True,
            places: vec![block.place()],
            says: "the access point answers from its VPC only".to_owned(),
            unknown: Vec::new(),
            absent: false,
        });
        all([there, is_set])
    }));
    let name = text_of(actor, "name");
    let account = literal(actor, "account_id").or_else(|| account_of(actor));
    policies
        .into_iter()
        .map(|(policy, policy_there)| Point {
            actor,
            policy,
            policy_there,
            seen_as: AccessPoint {
                address: Some(actor.instance.address.clone()),
                arn: None,
                account: account.clone(),
                network_origin: if in_a_vpc.truth().is_true() { "VPC" } else { "Internet" },
            },
            names: StoreNames {
                address: Some(actor.instance.address.clone()),
                shape: Shape::AccessPoint,
                names: name.iter().cloned().collect(),
            },
            service: &S3,
            on_the_internet: not(in_a_vpc.clone()),
            restricts: block(&actor.reader(), "public_access_block_configuration"),
        })
        .collect()
}

/// Whether `policy` says what is in force: not where it mirrors what a resource sets that is in the input, or
/// that the plan deletes.
fn shows_policy(graph: &Graph<'_>, point: &Instance, apart: &[(&Instance, Join)]) -> bool {
    let is_copy = point.copies.iter().any(|copy| &**copy == "policy");
    let acts = apart.iter().any(|(_, join)| !matches!(join, Join::Possible(_)));
    !is_copy || !acts && !graph.deletes_one_of(point, POINT_POLICY, "access_point_arn", NAMES)
}

/// The policies that are resources of their own, and name an access point by reference or by a built ARN.
fn policies_of<'g>(graph: &'g Graph<'g>, point: &'g Instance) -> Vec<(&'g Instance, Join)> {
    let mut found = graph.sources(point, POINT_POLICY, "access_point_arn", NAMES);
    for policy in graph.of_type(POINT_POLICY) {
        if found.iter().all(|(known, _)| known.address != policy.address)
            && let Some(join) = by_built_arn(policy, point)
        {
            found.push((policy, join));
        }
    }
    found
}

/// Whether the access point that a policy names is in the input.
pub(super) fn is_here(graph: &Graph<'_>, policy: &Instance) -> bool {
    let points = graph.of_type(POINT);
    let arn = policy.attributes.get("access_point_arn").into_iter().cloned().collect::<Vec<_>>();
    !graph.targets(&arn, POINT, NAMES).found.is_empty()
        || points.iter().any(|point| by_built_arn(policy, point).is_some())
}

/// The tie by `arn:PARTITION:s3:REGION:ACCOUNT:accesspoint/NAME`, put together in the configuration.
fn by_built_arn(policy: &Instance, point: &Instance) -> Option<Join> {
    let Data::String(arn) = &policy.attributes.get("access_point_arn")?.data else { return None };
    let named = Value::new(Data::String(name_in(arn)?));
    let account = arn.known_prefix().split(':').nth(4).filter(|account| account.len() == 12);
    let own = point.attributes.get("account_id").and_then(Value::as_str);
    if account.zip(own).is_some_and(|(account, own)| account != own) {
        return None;
    }
    let name = point.attributes.get("name")?;
    match same_value(&named, name) {
        Truth::True => Some(Join::Certain),
        Truth::False => None,
        Truth::Unknown => named.unknowns().into_iter().chain(name.unknowns()).next().map(Join::Possible),
    }
}

/// The name of the access point that an ARN is of.
fn name_in(arn: &Text) -> Option<Text> {
    let mut name: Option<TextBuilder> = None;
    for piece in arn.pieces() {
        match (&mut name, piece) {
            (Some(name), Piece::Literal(literal)) => name.push_str(literal),
            (Some(name), Piece::Hole(hole)) => name.push_hole(hole.clone()),
            (None, Piece::Literal(literal)) => {
                if let Some((_, rest)) = literal.split_once(":accesspoint/") {
                    let mut begun = TextBuilder::default();
                    begun.push_str(rest);
                    name = Some(begun);
                }
            }
            (None, Piece::Hole(_)) => {}
        }
    }
    name.map(TextBuilder::build)
}

/// The ways in through an access point that is not in the input, whose policy is.
fn policy_alone(policy: &Store<'_>, assumptions: &Assumptions, ways: &mut Ways) {
    let written = Reader::of(policy.instance, &[]).attribute("policy");
    let Some(value) = written.value() else { return };
    let names = match policy.instance.attributes.get("access_point_arn").map(|arn| &arn.data) {
        Some(Data::String(arn)) => name_in(arn).into_iter().collect(),
        Some(_) | None => Vec::new(),
    };
    let names = StoreNames { address: None, shape: Shape::AccessPoint, names };
    let read = Policy::read(value, policy.address(), &Path::attribute("policy"));
    for way in read.ways_in(&S3, &names, assumptions) {
        let claim = all([way.claim.clone(), elsewhere(policy)]);
        push(ways, &way, claim);
    }
}

/// Multi-Region access points, with each policy that names them.
fn multi_region<'p, 'g>(bucket: &'p Store<'g>) -> Vec<Point<'p, 'g>> {
    let mut points = Vec::new();
    for actor in bucket.actors(MULTI_REGION) {
        let name = actor.attribute("details.name");
        let graph = bucket.graph;
        let read = graph.of_type(MULTI_REGION_POLICY).iter().map(|instance| (*instance, Join::Certain));
        let perhaps = graph.perhaps(actor.instance, MULTI_REGION_POLICY, &["alias", "domain_name"]);
        for (instance, join) in read.chain(perhaps) {
            let reader = Reader::of(instance, &[]);
            let names = reader.attribute("details.name");
            let same = match (name.value(), names.value()) {
                (Some(left), Some(right)) => same_name(actor, left, right),
                (None, _) | (_, None) => Truth::False,
            };
            if same.is_false() {
                continue;
            }
            let attribute = reader.attribute("details.policy");
            let Some(value) = attribute.value() else { continue };
            let path: Path = "details.policy".into();
            let tie = names.claim(Truth::False, |_| same);
            points.push(Point {
                actor,
                policy: Policy::read(value, &instance.address, &path),
                policy_there: all([acts(instance, &join, true), if same.is_true() { all([]) } else { tie }]),
                seen_as: AccessPoint {
                    address: Some(actor.instance.address.clone()),
                    arn: None,
                    account: account_of(actor),
                    network_origin: "Internet",
                },
                names: StoreNames {
                    address: Some(actor.instance.address.clone()),
                    shape: Shape::AccessPoint,
                    names: Vec::new(),
                },
                service: &S3_SIGNED,
                on_the_internet: all([]),
                restricts: restricted_details(actor),
            });
        }
    }
    points
}

/// Whether a policy names this access point: by its name, or by an expression over its id.
fn same_name(actor: &Actor<'_>, name: &crate::value::Value, named: &crate::value::Value) -> Truth {
    if named.as_unknown().is_some() {
        let mentions = named.unknowns().iter().any(|unknown| {
            unknown.identity.as_ref().is_some_and(|(of, _)| *of == actor.instance.address)
                || unknown.cause.each().iter().any(|cause| match cause {
                    Cause::Attribute { of, .. } => *of == actor.instance.address,
                    _ => false,
                })
        });
        return if mentions { Truth::True } else { Truth::Unknown };
    }
    crate::value::equal::equal(name, named)
}

fn restricted_details(actor: &Actor<'_>) -> Claim {
    let details = actor.each_block("details");
    any(details.into_iter().map(|(details, there)| all([there, block(&details, "public_access_block")])))
}

/// That the access point's own block restricts it: a block or setting that is not written is on.
fn block(reader: &Reader<'_>, name: &str) -> Claim {
    let blocks = reader.each_block(name);
    if blocks.is_empty() {
        return fact(Evidence {
            truth: Truth::True,
            places: vec![reader.place()],
            says: format!("`{name}` is not set, which turns all four settings on for the access point"),
            unknown: Vec::new(),
            absent: false,
        });
    }
    any(blocks.into_iter().map(|(block, there)| {
        let setting = block.attribute("restrict_public_buckets");
        let is_on = if setting.is_set().is_false() {
            fact(Evidence {
                truth: Truth::True,
                places: vec![setting.place()],
                says: "`restrict_public_buckets` is not set, which means true on an access point".to_owned(),
                unknown: Vec::new(),
                absent: false,
            })
        } else {
            setting.is(true)
        };
        all([there, is_on])
    }))
}

/// The account of an access point, when only one is possible.
fn account_of(actor: &Actor<'_>) -> Option<String> {
    match known_account_ids(actor.instance).as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn text_of(actor: &Actor<'_>, name: &str) -> Option<Text> {
    match actor.attribute(name).value().map(|value| &value.data) {
        Some(Data::String(text)) => Some(text.clone()),
        Some(_) | None => None,
    }
}

fn literal(actor: &Actor<'_>, name: &str) -> Option<String> {
    actor.attribute(name).value().and_then(|value| value.as_str()).map(str::to_owned)
}
