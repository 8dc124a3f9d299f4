//! Whether the internet reaches an engine in a VPC: security groups, routes, network ACLs, and the block of
//! public access (aws.md 5).
//!
//! Enters: what a store says about its groups, subnets and port. Leaves: a claim over evidence, per family
//! of addresses and subnet. Knows nothing of databases: who asks brings the port and the flag.
//!
//! Everything is judged as sets of source addresses: what the groups admit, what the network ACL lets
//! through and what answers get to must overlap broadly, for one subnet. A part that is not in the input is
//! taken as open, with a remark (aws.md D4, D9): a true public flag is a stated intention, and what closes it
//! must be shown.

mod acl;
mod block;
mod evidence;
mod groups;
mod layers;
mod lead;
mod ports;
mod prefix_lists;
mod routes;

use std::sync::Arc;

pub use ports::Ports;

use super::Assumptions;
use super::addresses::{Addresses, Family};
use super::aws_account::same_value;
use crate::graph::{Attribute, Graph};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value};
use crate::verdict::{Claim, Evidence, Place, Remark, all, any, fact, not};
use lead::Lead;
use routes::Site;

/// An engine's place in a network, as far as its store says it.
pub struct Endpoint<'g> {
    /// The graph.
    pub graph: &'g Graph<'g>,
    /// The store.
    pub store: &'g Instance,
    /// Its security groups.
    pub groups: Attached,
    /// Its subnets.
    pub subnets: Subnets,
    /// What it listens on.
    pub ports: Ports,
    /// That IPv6 addresses count as well; without it they do not.
    pub dual: Option<Claim>,
    /// The availability zone that it stands in.
    pub zone: Option<Zone>,
}

/// The availability zone of an engine.
pub struct Zone {
    /// Its name.
    pub name: Value,
    /// Where it is written.
    pub place: Place,
    /// That the engine may stand in others all the same.
    pub several: Claim,
}

/// Security groups of an engine.
#[derive(Clone)]
pub enum Attached {
    /// These; none at all means the default group of the VPC.
    Listed {
        /// Their ids.
        values: Vec<Value>,
        /// Whether more may follow.
        more: Option<Arc<Unknown>>,
        /// Where they are listed.
        place: Place,
    },
    /// They are set by something that is not in the input.
    Outside {
        /// Where that is named.
        place: Place,
        /// What it is: "the cluster `db`".
        says: String,
    },
    /// They are not known.
    NotKnown {
        /// Where that is named.
        place: Place,
        /// Why.
        unknown: Arc<Unknown>,
    },
}

/// Subnets of an engine.
#[derive(Clone)]
pub enum Subnets {
    /// Those of the default VPC.
    Default {
        /// The store, or where the subnets would be named.
        place: Place,
    },
    /// These.
    Listed {
        /// Their ids.
        values: Vec<Value>,
        /// Whether more may follow.
        more: Option<Arc<Unknown>>,
        /// Where they are listed.
        place: Place,
    },
    /// They are set by something that is not in the input.
    Outside {
        /// Where that is named.
        place: Place,
        /// What it is: "the subnet group".
        says: String,
    },
    /// They are not known.
    NotKnown {
        /// Where that is named.
        place: Place,
        /// Why.
        unknown: Arc<Unknown>,
    },
}

/// Whether the internet reaches an engine.
pub struct Reach {
    /// That it does.
    pub claim: Claim,
    /// What was assumed, and what is worth saying.
    pub remarks: Vec<Remark>,
    /// An edit that restricts what the groups admit.
    pub close: Option<String>,
}

impl Attached {
    /// The groups that an attribute lists; an empty list means the same as none.
    ///
    /// Source: provider code of `aws_db_instance`, which sends the list only when it has elements.
    #[must_use]
    pub fn of(attribute: &Attribute<'_>) -> Self {
        let (values, more) = attribute.elements();
        let values = values.into_iter().filter(|value| !value.is_null()).collect();
        Self::Listed { values, more, place: attribute.place() }
    }
}

impl Subnets {
    /// The subnets that an attribute lists; none means those of the default VPC.
    #[must_use]
    pub fn of(attribute: &Attribute<'_>) -> Self {
        let (values, more) = attribute.elements();
        let values: Vec<Value> = values.into_iter().filter(|value| !value.is_null()).collect();
        if values.is_empty() && more.is_none() {
            return Self::Default { place: attribute.place() };
        }
        Self::Listed { values, more, place: attribute.place() }
    }

    /// The subnets of the group that an attribute names; without a group those of the default VPC.
    #[must_use]
    pub fn of_group<'g>(
        graph: &'g Graph<'g>,
        attribute: &Attribute<'_>,
        resource_type: &'static str,
    ) -> Self {
        let place = attribute.place();
        match attribute.value() {
            None => Self::Default { place },
            // The group of that name is the one that AWS makes in the default VPC (aws.md 6.2).
            Some(name) => Self::of_group_value(graph, name, place, resource_type),
        }
    }

    fn of_group_value<'g>(
        graph: &'g Graph<'g>,
        name: &Value,
        place: Place,
        resource_type: &'static str,
    ) -> Self {
        match lead::follow(graph, name, &[(resource_type, &["name", "id"])]) {
            Lead::To(group, join) => match lead::doubt_of_closer(group, &join) {
                None => {
                    let subnets = graph.reader(group).attribute("subnet_ids");
                    let (values, more) = subnets.elements();
                    Self::Listed { values, more, place: subnets.place() }
                }
                Some(unknown) => {
                    let (values, _) = graph.reader(group).attribute("subnet_ids").elements();
                    let more = Unknown { one_of: values, ..Unknown::because(unknown.cause.clone()) };
                    // The group may be another one: an element of which nothing is known stands beside them.
                    let rest = Value::new(Data::Unknown(unknown));
                    Self::Listed { values: vec![rest], more: Some(Arc::new(more)), place }
                }
            },
            Lead::Outside => Self::Outside { place, says: "the subnet group".to_owned() },
            Lead::Module(_) => Self::Outside { place, says: "the module with the subnet group".to_owned() },
            Lead::OneOf(_, unknown) | Lead::NotKnown(unknown) => Self::NotKnown { place, unknown },
            Lead::Nowhere => Self::Default { place },
        }
    }
}

/// A set of addresses with what it was read from.
#[derive(Clone, Default)]
struct Opening {
    set: Addresses,
    /// What adds to it.
    parts: Vec<Part>,
    /// What was looked at and adds nothing, in falling order of what it explains.
    seen: Vec<(Place, String)>,
    remarks: Vec<Remark>,
}

/// Something that adds addresses to a set.
#[derive(Clone)]
struct Part {
    set: Addresses,
    place: Place,
    says: String,
    kind: PartKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PartKind {
    /// It is in the input.
    Shown,
    /// It stands for what is not.
    Assumed,
}

impl Part {
    const fn new(set: Addresses, place: Place, says: String, kind: PartKind) -> Self {
        Self { set, place, says, kind }
    }
}

impl Opening {
    fn of(part: Part) -> Self {
        Self { set: part.set.clone(), parts: vec![part], ..Self::default() }
    }

    /// Something that adds nothing.
    fn closed(place: Place, says: String) -> Self {
        Self { seen: vec![(place, says)], ..Self::default() }
    }

    /// Adds another one.
    fn join(&mut self, other: Self) {
        self.set = self.set.union(&other.set);
        self.parts.extend(other.parts);
        self.seen.extend(other.seen);
        self.remarks.extend(other.remarks);
    }

    /// The same where it certainly counts, and nothing for sure where it may not.
    fn perhaps(mut self, unknown: &Arc<Unknown>) -> Self {
        self.set = self.set.perhaps(unknown);
        for part in &mut self.parts {
            part.set = part.set.clone().perhaps(unknown);
        }
        self
    }

    /// One of several; `which` says what decides.
    fn one_of(openings: impl IntoIterator<Item = Self>, which: Option<&Arc<Unknown>>) -> Self {
        let mut openings = openings.into_iter();
        let Some(mut whole) = openings.next() else { return Self::default() };
        let mut sets = vec![whole.set.clone()];
        for opening in openings {
            sets.push(opening.set);
            whole.parts.extend(opening.parts);
            whole.seen.extend(opening.seen);
            whole.remarks.extend(opening.remarks);
        }
        let mut said = std::collections::BTreeSet::new();
        whole.parts.retain(|part| said.insert(part.says.clone()));
        whole.set = match which {
            Some(which) if sets.len() > 1 => Addresses::one_of(sets, which),
            Some(_) | None => sets.iter().fold(Addresses::nothing(), |set, other| set.union(other)),
        };
        whole
    }
}

/// Whether the internet reaches an engine, over all its subnets, ports and families of addresses.
#[must_use]
pub fn reach(endpoint: &Endpoint<'_>, assumptions: &Assumptions) -> Reach {
    let sites = routes::sites(endpoint.graph, &endpoint.subnets);
    let mut reach = Reach { claim: any([]), remarks: Vec::new(), close: None };
    let mut claims = Vec::new();
    let near = Near { endpoint, sites: &sites, assumptions };
    for ports in endpoint.ports.apart() {
        claims.push(near.family(Family::V4, &ports, &mut reach));
        if let Some(dual) = &endpoint.dual {
            let v6 = near.family(Family::V6, &ports, &mut reach);
            if !v6.truth().is_false() {
                claims.push(all([dual.clone(), v6, answers_ipv6(endpoint)]));
            }
        }
    }
    reach.claim = any(claims);
    if reach.claim.truth().is_false() {
        reach.remarks.retain(|remark| !remark.code.starts_with("assumed-"));
    }
    let mut said = std::collections::BTreeSet::new();
    reach.remarks.retain(|remark| said.insert((remark.code, remark.says.clone())));
    reach
}

/// Nobody documents whether public IPv6 addresses of a dual-stack engine are reached (aws.md 15, doubt 6).
fn answers_ipv6(endpoint: &Endpoint<'_>) -> Claim {
    let of = endpoint.store.address.clone();
    let cause = Cause::Attribute { of, path: "network_type".into() };
    fact(Evidence {
        truth: Truth::Unknown,
        places: vec![crate::graph::place_of(endpoint.store)],
        says: "whether AWS gives it an IPv6 address that the internet reaches is not known".to_owned(),
        unknown: vec![Arc::new(Unknown::because(cause))],
        absent: false,
    })
}

struct Near<'g, 'a> {
    endpoint: &'a Endpoint<'g>,
    sites: &'a [Site<'g>],
    assumptions: &'a Assumptions,
}

impl<'g> Near<'g, '_> {
    /// That addresses of one family reach one of the ports.
    fn family(&self, family: Family, ports: &Ports, reach: &mut Reach) -> Claim {
        let graph = self.endpoint.graph;
        let vpc = self.sites.first().map(|site| site.vpc.clone());
        let vpc = vpc.unwrap_or_else(|| routes::Vpc::Outside(Value::null()));
        let groups = groups::sources(graph, &self.endpoint.groups, &vpc, ports, self.assumptions);
        let admitted = evidence::fact_of(&groups, family, self.assumptions, evidence::GROUPS);
        if let Some(close) = evidence::close(&groups, family, self.assumptions) {
            reach.close.get_or_insert(close);
        }
        let shown = evidence::shown_is_broad(&groups, family, self.assumptions);
        reach.remarks.extend(groups.remarks.iter().filter(|_| !shown).cloned());
        let zoned = self.zoned();
        let mut places = Vec::new();
        let mut routed = false;
        for site in self.sites {
            let routes = evidence::fact_of(&site.returns, family, self.assumptions, evidence::ROUTES);
            routed |= !routes.truth().is_false();
            let acl = acl::sources(graph, site, ports);
            let through =
                acl.as_ref().map(|acl| evidence::fact_of(acl, family, self.assumptions, evidence::ACL));
            let mut claims: Vec<Claim> = Vec::new();
            claims.extend(zoned.then(|| self.in_zone(site)).flatten());
            claims.extend(site.doubt.as_ref().map(|doubt| stands_here(site, doubt)));
            let singles =
                through.iter().fold(admitted.truth().and(routes.truth()), |all, one| all.and(one.truth()));
            claims.push(routes);
            claims.extend(through);
            let openings: Vec<(&Opening, evidence::Words)> = [
                Some((&groups, evidence::GROUPS)),
                acl.as_ref().map(|acl| (acl, evidence::ACL)),
                Some((&site.returns, evidence::ROUTES)),
            ]
            .into_iter()
            .flatten()
            .collect();
            let common = evidence::common(&openings, family, self.assumptions);
            if common.truth() != singles {
                claims.push(common);
            }
            let cut = block::cuts(graph, self.endpoint.store, site);
            if !matches!(&cut, Claim::Any(none) if none.is_empty()) {
                claims.push(not(cut));
            }
            places.push(all(claims));
            reach.remarks.extend(site.returns.remarks.iter().cloned());
        }
        if routed && let Some(remark) = evidence::narrow(&groups, family, self.assumptions) {
            reach.remarks.push(remark);
        }
        all([admitted, any(places)])
    }

    /// Whether the zone tells the places apart: one of them is certainly in it.
    fn zoned(&self) -> bool {
        self.sites.iter().any(|site| self.same_zone(site).is_some_and(|(truth, _)| truth.is_true()))
    }

    fn same_zone(&self, site: &Site<'g>) -> Option<(Truth, Value)> {
        let zone = self.endpoint.zone.as_ref()?;
        let theirs = site.subnet?.attributes.get("availability_zone").filter(|zone| !zone.is_null())?;
        Some((same_value(&zone.name, theirs), theirs.clone()))
    }

    fn in_zone(&self, site: &Site<'g>) -> Option<Claim> {
        let zone = self.endpoint.zone.as_ref()?;
        let (truth, theirs) = self.same_zone(site)?;
        if truth.is_true() {
            return None;
        }
        let here = fact(Evidence {
            truth,
            places: vec![zone.place.clone(), site.place.clone()],
            says: format!(
                "`{}` is in the availability zone {}, the instance in {}",
                site.place.address,
                theirs.shown(),
                zone.name.shown()
            ),
            unknown: lead::why(truth, &[&zone.name, &theirs]).into_iter().collect(),
            absent: false,
        });
        Some(any([zone.several.clone(), here]))
    }
}

fn stands_here(site: &Site<'_>, doubt: &Arc<Unknown>) -> Claim {
    fact(Evidence {
        truth: Truth::Unknown,
        places: vec![site.place.clone()],
        says: format!("whether it may stand in `{}` is not known", site.place.address),
        unknown: vec![doubt.clone()],
        absent: false,
    })
}
