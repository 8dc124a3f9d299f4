//! One file per family of stores: the part that grows.
//!
//! Enters: a graph and the assumptions. Leaves: an assessment per store. A store's file states the ways in
//! as claims over evidence and never decides. Must never import `syntax`, `input`, `config`, `eval`,
//! `plan`, `report`, the disk or the environment.

pub mod aws;
pub mod not_judged;
pub mod remedies;

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Assumptions;
use crate::address::{Address, Mode};
use crate::graph::{Fallback, Family, Graph, Kind, Store, Tier, phantoms};
use crate::model::{Fate, Model};
use crate::source::{Diagnostic, Span};
use crate::verdict::{Assessment, Ways, judge};

pub use not_judged::NOT_JUDGED;

/// A family of stores and what states their ways in.
#[derive(Debug)]
pub struct Resolver {
    /// What is declared.
    pub family: Family,
    /// The ways in of one store, as claims; it never decides.
    pub ways: fn(&Store<'_>, &Assumptions) -> Ways,
}

/// Every resolver, in the order of the documentation.
pub static RESOLVERS: &[&Resolver] = &[
    &aws::s3::RESOLVER,
    &aws::s3::closed::RESOLVER,
    &aws::rds::INSTANCES,
    &aws::rds::CLUSTERS,
    &aws::rds::CLUSTER_INSTANCES,
    &aws::rds::SHARD_GROUPS,
    &aws::snapshots::RESOLVER,
];

/// A store with its verdict.
#[derive(Debug)]
pub struct Judged {
    /// The address that the verdict goes under.
    pub address: Address,
    /// What it is.
    pub kind: Kind,
    /// How loud.
    pub tier: Tier,
    /// The header of its block.
    pub span: Option<Span>,
    /// The header of the user's module call, when the block stands in an installed module.
    pub call_span: Option<Span>,
    /// The verdict.
    pub assessment: Assessment,
}

/// Everything that was judged in one model.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The stores, by address.
    pub stores: Vec<Judged>,
    /// Input that is wrong in itself.
    pub diagnostics: Vec<Diagnostic>,
    /// Types that hold data and cannot be judged yet, with their counts.
    pub not_judged: BTreeMap<String, u64>,
}

/// Judges every store of a model.
#[must_use]
pub fn judge_all(model: &Model, assumptions: &Assumptions) -> Judgement {
    let types: BTreeSet<&'static str> = RESOLVERS
        .iter()
        .flat_map(|resolver| {
            let relations = resolver.family.relations.iter().map(|relation| relation.resource_type);
            relations.chain(resolver.family.follows.iter().copied())
        })
        .collect();
    let made_up = phantoms(model, &types);
    let mut judgement = Judgement::default();
    for resolver in RESOLVERS {
        let fallbacks: &'static [Fallback] = resolver.family.fallbacks;
        let graph = Graph::with_outliving(model, &made_up, fallbacks, resolver.family.outlives);
        for store in graph.stores(&resolver.family) {
            let ways = (resolver.ways)(&store, assumptions);
            judgement.diagnostics.extend(ways.diagnostics);
            let assessment = judge(ways.routes, ways.remarks);
            // What opens nothing stands for no store.
            if store.orphan && assessment.opens_nothing() {
                continue;
            }
            judgement.stores.push(Judged {
                address: store.address().clone(),
                kind: resolver.family.kind,
                tier: resolver.family.tier,
                span: store.instance.span,
                call_span: store.instance.call_span,
                assessment,
            });
        }
    }
    judgement.stores.sort_by(|left, right| left.address.cmp(&right.address));
    for instance in model.instances.values().filter(|instance| instance.fate != Fate::Deleted) {
        let resource_type = &*instance.address.resource_type;
        if instance.address.mode == Mode::Managed && NOT_JUDGED.binary_search(&resource_type).is_ok() {
            *judgement.not_judged.entry(resource_type.to_owned()).or_default() += 1;
        }
    }
    judgement
}
