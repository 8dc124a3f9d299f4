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
mod copies;
mod evidence;
mod groups;
mod layers;
mod lead;
mod lookups;
mod ports;
mod prefix_lists;
mod routes;

use std::sync::Arc;

pub use copies::COPIES;
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
            Lead::To(group, doubt) => {
                let attribute = graph.reader(group).attribute("subnet_ids");
                let (mut values, more) = attribute.elements();
                match doubt {
                    Some(unknown) => {
                        // It may be another group: an element of which nothing is known stands beside.
                        values.extend(more.map(|more| Value::new(Data::Unknown(more))));
                        let more = Unknown { one_of: values, ..Unknown::because(unknown.cause.clone()) };
                        let rest = Value::new(Data::Unknown(unknown));
                        Self::Listed { values: vec![rest], more: Some(Arc::new(more)), place }
                    }
                    None => Self::Listed { values, more, place: attribute.place() },
                }
            }
            // The group of that name is the one that AWS makes in the default VPC (aws.md 6.2).
            Lead::Outside if name.as_str() == Some("default") => Self::Default { place },
            Lead::Outside => Self::Outside { place, says: "the subnet group".to_owned() },
            Lead::Module(_) => Self::Outside { place, says: "the module with the subnet group".to_owned() },
            Lead::OneOf(members, unknown) => {
                let groups = members
                    .iter()
                    .map(|member| Self::of_group_value(graph, member, place.clone(), resource_type));
                let listed: Option<Vec<Vec<Value>>> = groups
                    .map(|group| match group {
                        Self::Listed { values, more: None, .. } => Some(values),
                        Self::Listed { .. }
                        | Self::Default { .. }
                        | Self::Outside { .. }
                        | Self::NotKnown { .. } => None,
                    })
                    .collect();
                match listed {
                    Some(values) => {
                        let one_of = values.into_iter().flatten().collect();
                        let more = Unknown { one_of, ..Unknown::because(unknown.cause.clone()) };
                        Self::Listed { values: Vec::new(), more: Some(Arc::new(more)), place }
                    }
                    None => Self::NotKnown { place, unknown },
                }
            }
            Lead::NotKnown(unknown) => Self::NotKnown { place, unknown },
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

    /// The same over a guessed tie to a resource: it opens and does not close, for it may be another one.
    fn guessed(mut self, instance: &Instance) -> Self {
        let cause = Cause::Attribute { of: instance.address.clone(), path: "id".into() };
        let other = Addresses::not_known(Arc::new(Unknown::because(cause)));
        self.set = self.set.union(&other);
        let says = format!("whether it is `{}` is a guess", instance.address);
        self.parts.push(Part::new(other, crate::graph::place_of(instance), says, PartKind::Shown));
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
    let sites = routes::sites(endpoint.graph, endpoint.store, &endpoint.subnets);
    let mut reach = Reach { claim: any([]), remarks: Vec::new(), close: None };
    let mut claims = Vec::new();
    let near = Near { endpoint, sites: &sites, assumptions };
    for ports in endpoint.ports.apart() {
        claims.push(near.family(Family::V4, &ports, &mut reach));
        if let Some(dual) = &endpoint.dual {
            let mut over_v6 = Reach { claim: any([]), remarks: Vec::new(), close: None };
            let v6 = near.family(Family::V6, &ports, &mut over_v6);
            if !v6.truth().is_false() {
                if !dual.truth().is_false() {
                    reach.remarks.extend(over_v6.remarks);
                    reach.close = reach.close.or(over_v6.close);
                }
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
    let cause = Cause::Cloud { of, path: "network_type".into() };
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

impl Near<'_, '_> {
    /// That addresses of one family reach one of the ports.
    fn family(&self, family: Family, ports: &Ports, reach: &mut Reach) -> Claim {
        let graph = self.endpoint.graph;
        // All subnets are in one VPC: one that is in the input says which.
        let here = self.sites.iter().find(|site| matches!(site.vpc, routes::Vpc::Here(_)));
        let vpc = here.or_else(|| self.sites.first()).map(|site| site.vpc.clone());
        let vpc = vpc.unwrap_or_else(|| routes::Vpc::Outside(Value::null()));
        let groups = groups::sources(self.endpoint, &vpc, ports, self.assumptions);
        let admitted = evidence::fact_of(&groups, family, self.assumptions, evidence::GROUPS);
        if let Some(close) = evidence::close(&groups, family, self.assumptions) {
            reach.close.get_or_insert(close);
        }
        let shown = evidence::shown_is_broad(&groups, family, self.assumptions);
        reach.remarks.extend(groups.remarks.iter().filter(|_| !shown).cloned());
        let mut places = Vec::new();
        let mut answered = false;
        for site in self.sites {
            let routes = evidence::fact_of(&site.returns, family, self.assumptions, evidence::ROUTES);
            answered |= !routes.truth().is_false();
            let acl = acl::sources(graph, site, ports);
            let through =
                acl.as_ref().map(|acl| evidence::fact_of(acl, family, self.assumptions, evidence::ACL));
            let mut claims: Vec<Claim> = Vec::new();
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
        if answered && let Some(remark) = evidence::narrow(&groups, family, self.assumptions) {
            reach.remarks.push(remark);
        }
        all([admitted, self.somewhere(places)])
    }

    /// That the engine may stand in any place, or in the one in its zone, if the zone tells places apart.
    fn somewhere(&self, places: Vec<Claim>) -> Claim {
        let Some(zone) = &self.endpoint.zone else { return any(places) };
        let zones: Vec<(Truth, Option<Value>)> =
            self.sites.iter().map(|site| same_zone(zone, site)).collect();
        let found = zones.iter().any(|(truth, _)| truth.is_true());
        if zones.iter().all(|(truth, _)| truth.is_false()) {
            // None is in it, so the zone is none of these subnets', and AWS will say so.
            return any(places);
        }
        let in_zone = self.sites.iter().zip(zones).zip(&places).map(|((site, (truth, theirs)), place)| {
            // As long as no subnet is certainly in the zone, none is certainly out of it.
            let truth = if found { truth } else { Truth::Unknown };
            if truth.is_true() {
                return place.clone();
            }
            let here = zone_fact(zone, site, truth, theirs.as_ref());
            all([any([zone.several.clone(), here]), place.clone()])
        });
        // In whichever of them it stands: when all are open, it is.
        let whichever: Vec<Claim> =
            if places.is_empty() { Vec::new() } else { vec![all(places.iter().cloned())] };
        any(in_zone.chain(whichever))
    }
}

/// Whether a place is in a zone.
fn same_zone(zone: &Zone, site: &Site<'_>) -> (Truth, Option<Value>) {
    let theirs = site.subnet.and_then(|subnet| subnet.attributes.get("availability_zone"));
    match theirs.filter(|theirs| !theirs.is_null()) {
        Some(theirs) => (same_value(&zone.name, theirs), Some(theirs.clone())),
        None => (Truth::Unknown, None),
    }
}

fn zone_fact(zone: &Zone, site: &Site<'_>, truth: Truth, theirs: Option<&Value>) -> Claim {
    let known = theirs.filter(|_| !truth.is_unknown());
    let says = match known {
        Some(theirs) => format!(
            "`{}` is in the availability zone {}, the instance in {}",
            site.place.address,
            theirs.shown(),
            zone.name.shown()
        ),
        None => {
            format!("whether `{}` is in the instance's availability zone is not known", site.place.address)
        }
    };
    let unset = || {
        let of = site.place.address.clone();
        Arc::new(Unknown::because(Cause::Unset { of, path: "availability_zone".into() }))
    };
    let mut values = vec![&zone.name];
    values.extend(theirs);
    let unknown = truth
        .is_unknown()
        .then(|| values.iter().find_map(|value| value.unknowns().into_iter().next()).unwrap_or_else(unset));
    fact(Evidence {
        truth,
        places: vec![zone.place.clone(), site.place.clone()],
        says,
        unknown: unknown.into_iter().collect(),
        absent: false,
    })
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
