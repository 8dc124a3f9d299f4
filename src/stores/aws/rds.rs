//! Amazon RDS and Aurora: instances, clusters and shard groups.
//!
//! One way in: the endpoint answers from the internet, and the engine's own login is all that is left. It is
//! open when the instance has a public address (`publicly_accessible`) and the internet reaches it: a security
//! group admits it on the port, and the subnet has a route to an internet gateway (aws.md 5, 6.2).
//!
//! - `aws_db_instance`: its own flag, groups, subnets and port. A replica and a restored instance have their
//!   own as well (RDS user guide, "Working with DB instance read replicas").
//! - `aws_rds_cluster_instance`: its own flag, the cluster's groups and port, its own subnet group or the
//!   cluster's. Each instance is a store, since one may be public and its sibling not; the cluster is one too,
//!   as open as its widest instance.
//! - Multi-AZ DB cluster (`db_cluster_instance_class`) and `aws_rds_shard_group`: the provider sends no flag
//!   unless a shard group writes one, and AWS's texts disagree on what the API then takes. It is unknown.
//!
//! Nothing else closes: not TLS, not IAM authentication, not encryption (aws.md 5.5). The Data API
//! (`enable_http_endpoint`) checks an identity for every request and opens nothing (aws.md R4).

use std::sync::Arc;

use crate::access::Assumptions;
use crate::access::aws_network::{Attached, COPIES, Endpoint, Ports, Subnets, Zone, reach};
use crate::graph::{
    Fallback, Family, Graph, Join, Kind, Known, Outlives, Reader, Store, Tier, acts, place_of,
};
use crate::model::{Instance, engine_ports};
use crate::stores::Resolver;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown};
use crate::verdict::{Access, Audience, Claim, Evidence, Letter, Remark, Route, Ways, Weight, all, fact};

/// Instances that are not part of an Aurora cluster.
pub static INSTANCES: Resolver = resolver(&["aws_db_instance"], instance_ways);
/// Clusters: Aurora and Multi-AZ.
pub static CLUSTERS: Resolver = resolver(&["aws_rds_cluster"], cluster_ways);
/// Instances of Aurora clusters.
pub static CLUSTER_INSTANCES: Resolver = resolver(&["aws_rds_cluster_instance"], cluster_instance_ways);
/// Shard groups of Aurora clusters.
pub static SHARD_GROUPS: Resolver = resolver(&["aws_rds_shard_group"], shard_group_ways);

const fn resolver(stores: &'static [&'static str], ways: fn(&Store<'_>, &Assumptions) -> Ways) -> Resolver {
    Resolver {
        family: Family {
            kind: Kind::Database,
            tier: Tier::Core,
            stores,
            names: &["id", "identifier", "cluster_identifier", "arn"],
            relations: &[],
            fallbacks: FALLBACKS,
            outlives: OUTLIVES,
            copies: COPIES,
            follows: FOLLOWS,
            refers: &[],
        },
        ways,
    }
}

static FALLBACKS: &[Fallback] = &[
    Fallback {
        resource_type: "aws_db_instance",
        attribute: "publicly_accessible",
        value: Known::Bool(false),
        source: "provider documentation",
    },
    Fallback {
        resource_type: "aws_db_instance",
        attribute: "network_type",
        value: Known::Text("IPV4"),
        source: "provider documentation",
    },
    // With a zone and without the flag, RDS places one instance there.
    Fallback {
        resource_type: "aws_db_instance",
        attribute: "multi_az",
        value: Known::Bool(false),
        source: "RDS API reference, CreateDBInstance",
    },
    Fallback {
        resource_type: "aws_rds_cluster",
        attribute: "network_type",
        value: Known::Text("IPV4"),
        source: "provider documentation",
    },
    Fallback {
        resource_type: "aws_rds_cluster_instance",
        attribute: "publicly_accessible",
        value: Known::Bool(false),
        source: "provider code sends the zero value on create",
    },
];

/// What belongs to every VPC, and to the default one: Terraform adopts it and destroys nothing. The last two can
/// be destroyed with `force_destroy`, and AWS refuses that as long as an engine stands in them.
/// Source: aws.md 11; provider documentation of each.
static OUTLIVES: &[Outlives] = &[
    Outlives { resource_type: "aws_default_network_acl", when: None },
    Outlives { resource_type: "aws_default_route_table", when: None },
    Outlives { resource_type: "aws_default_security_group", when: None },
    Outlives { resource_type: "aws_default_subnet", when: None },
    Outlives { resource_type: "aws_default_vpc", when: None },
];

/// Everything that is followed on the way to the internet.
static FOLLOWS: &[&str] = &[
    "aws_db_subnet_group",
    "aws_default_network_acl",
    "aws_default_route_table",
    "aws_default_security_group",
    "aws_default_subnet",
    "aws_default_vpc",
    "aws_ec2_managed_prefix_list",
    "aws_ec2_managed_prefix_list_entry",
    "aws_internet_gateway",
    "aws_internet_gateway_attachment",
    "aws_main_route_table_association",
    "aws_network_acl",
    "aws_network_acl_association",
    "aws_network_acl_rule",
    "aws_rds_cluster_instance",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_route_tables",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_security_groups",
    "aws_subnet",
    "aws_subnet_ids",
    "aws_subnets",
    "aws_vpc",
    "aws_vpc_block_public_access_exclusion",
    "aws_vpc_block_public_access_options",
    "aws_vpc_security_group_ingress_rule",
];

const ENGINE_LOGIN: &str = "public endpoint";
const SWITCH_OFF: &str = "set `publicly_accessible = false`";
const MOVE_INSIDE: &str = "place it in subnets whose route tables have no route to an internet gateway";

/// Replicas of replicas are followed this far.
const FURTHEST: usize = 4;

fn instance_ways(store: &Store<'_>, assumptions: &Assumptions) -> Ways {
    let flag = store.attribute("publicly_accessible").is(true);
    let reader = store.reader();
    let network = || Endpoint {
        graph: store.graph,
        store: store.instance,
        groups: Attached::of(&reader.attribute("vpc_security_group_ids")),
        subnets: instance_subnets(store.graph, &reader, 0),
        ports: instance_ports(store.graph, &reader, 0),
        dual: Some(dual(&reader)),
        zone: zone(&reader, Some("multi_az")),
    };
    endpoint(flag, SWITCH_OFF, network, assumptions)
}

/// The one way in: a public address that the internet reaches.
fn endpoint<'g>(
    flag: Claim,
    close: &str,
    network: impl FnOnce() -> Endpoint<'g>,
    assumptions: &Assumptions,
) -> Ways {
    let mut ways = Ways::default();
    let mut close = close.to_owned();
    let claim = if flag.truth().is_false() {
        flag
    } else {
        let reach = reach(&network(), assumptions);
        if let Some(restrict) = reach.close {
            close = format!("{close}, or {restrict}");
        }
        ways.remarks = reach.remarks;
        all([flag, reach.claim])
    };
    ways.routes.push(Route {
        name: ENGINE_LOGIN,
        audience: Audience::Network,
        access: Access::of(&[Letter::Connect]),
        claim,
        close,
        weight: Weight::Full,
        rule: None,
    });
    ways
}

/// That IPv6 counts as well.
fn dual(reader: &Reader<'_>) -> Claim {
    reader.attribute("network_type").one_of(&["DUAL"])
}

fn zone(reader: &Reader<'_>, several: Option<&str>) -> Option<Zone> {
    let attribute = reader.attribute("availability_zone");
    let name = attribute.value().filter(|value| value.as_str() != Some(""))?.clone();
    let several = several.map_or_else(|| Claim::Any(Vec::new()), |name| reader.attribute(name).is(true));
    Some(Zone { name, place: attribute.place(), several })
}

/// The instance that a replica is made of, when it is in the input and in the same region: a source in
/// another one is named by its ARN.
fn source_of<'g>(graph: &'g Graph<'g>, reader: &Reader<'g>) -> Option<&'g Instance> {
    let attribute = reader.attribute("replicate_source_db");
    let value = attribute.value()?;
    let by_arn = match &value.data {
        Data::Unknown(unknown) => {
            unknown.identity.as_ref().is_some_and(|(_, path)| path.as_attribute() == Some("arn"))
        }
        Data::String(text) => text.known_prefix().starts_with("arn:"),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => false,
    };
    if by_arn {
        return None;
    }
    let targets = graph.targets(std::slice::from_ref(value), "aws_db_instance", &["identifier", "id"]);
    match targets.found.as_slice() {
        [(source, Join::Certain)] if source.address != reader.instance().address => Some(source),
        _ => None,
    }
}

/// The subnets of an instance: those of its group; of a replica without one those of its source; else those
/// of the default VPC. Source: RDS API reference, `CreateDBInstanceReadReplica`, `DBSubnetGroupName`.
fn instance_subnets<'g>(graph: &'g Graph<'g>, reader: &Reader<'g>, steps: usize) -> Subnets {
    let attribute = reader.attribute("db_subnet_group_name");
    if attribute.value().is_none()
        && steps < FURTHEST
        && let Some(source) = source_of(graph, reader)
    {
        return instance_subnets(graph, &graph.reader(source), steps + 1);
    }
    Subnets::of_group(graph, &attribute, "aws_db_subnet_group")
}

fn instance_ports<'g>(graph: &'g Graph<'g>, reader: &Reader<'g>, steps: usize) -> Ports {
    Ports::of(&reader.attribute("port"), || {
        if reader.attribute("engine").value().is_none()
            && steps < FURTHEST
            && let Some(source) = source_of(graph, reader)
        {
            return instance_ports(graph, &graph.reader(source), steps + 1);
        }
        default_ports(reader)
    })
}

/// The port of an engine that does not set one; an engine that is not known has one of them all.
fn default_ports(reader: &Reader<'_>) -> Ports {
    let attribute = reader.attribute("engine");
    let value = attribute.value();
    let candidates = match value.map(|value| &value.data) {
        Some(Data::String(engine)) => engine_ports::of(engine),
        Some(
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_),
        )
        | None => engine_ports::all(),
    };
    let unknown = value.and_then(|value| value.unknowns().into_iter().next()).unwrap_or_else(|| {
        let of = reader.instance().address.clone();
        Arc::new(Unknown::because(Cause::Unset { of, path: "engine".into() }))
    });
    Ports::one_of(&candidates, unknown)
}

fn cluster_instance_ways(store: &Store<'_>, assumptions: &Assumptions) -> Ways {
    aurora_endpoint(store.graph, store.instance, None, assumptions)
}

/// The way in through one instance of a cluster; `cluster` when it is known already.
fn aurora_endpoint<'g>(
    graph: &'g Graph<'g>,
    instance: &'g Instance,
    cluster: Option<&'g Instance>,
    assumptions: &Assumptions,
) -> Ways {
    let reader = graph.reader(instance);
    let flag = reader.attribute("publicly_accessible").is(true);
    let network = || {
        let cluster = match cluster {
            Some(cluster) => Owner::Here(cluster),
            None => owner(graph, &reader, "cluster_identifier"),
        };
        let mut network = cluster.network(graph, instance);
        let own = reader.attribute("db_subnet_group_name");
        if own.value().is_some() {
            network.subnets = Subnets::of_group(graph, &own, "aws_db_subnet_group");
        }
        network.zone = zone(&reader, None);
        network
    };
    endpoint(flag, SWITCH_OFF, network, assumptions)
}

/// The cluster that an instance or shard group belongs to.
enum Owner<'g> {
    Here(&'g Instance),
    /// Not in the input.
    Outside(String, crate::verdict::Place),
    NotKnown(Arc<Unknown>, crate::verdict::Place),
}

fn owner<'g>(graph: &'g Graph<'g>, reader: &Reader<'g>, name: &str) -> Owner<'g> {
    let attribute = reader.attribute(name);
    let place = attribute.place();
    let Some(value) = attribute.value() else {
        return Owner::Outside("its cluster".to_owned(), place);
    };
    let targets =
        graph.targets(std::slice::from_ref(value), "aws_rds_cluster", &["cluster_identifier", "id"]);
    let certain = targets.found.iter().find(|(_, join)| !matches!(join, Join::Possible(_)));
    if let Some((cluster, _)) = certain {
        return Owner::Here(cluster);
    }
    let representative = |address: &crate::address::Address| {
        value.as_unknown().and_then(|unknown| unknown.identity.as_ref()).is_some_and(|(of, _)| of == address)
    };
    if let Some((cluster, _)) = targets.found.iter().find(|(cluster, _)| representative(&cluster.address)) {
        return Owner::Here(cluster);
    }
    let outside = value
        .as_unknown()
        .is_none_or(|unknown| unknown.identity.is_some() || matches!(unknown.cause, Cause::Data { .. }));
    match value.unknowns().into_iter().next() {
        Some(unknown) if !outside => Owner::NotKnown(unknown, place),
        Some(_) | None if targets.found.is_empty() => {
            Owner::Outside(format!("the cluster of `{}`", reader.instance().address), place)
        }
        Some(unknown) => Owner::NotKnown(unknown, place),
        None => Owner::Outside(format!("the cluster of `{}`", reader.instance().address), place),
    }
}

impl<'g> Owner<'g> {
    /// Where an endpoint of the cluster stands in the network.
    fn network(&self, graph: &'g Graph<'g>, store: &'g Instance) -> Endpoint<'g> {
        match self {
            Self::Here(cluster) => {
                let reader = graph.reader(cluster);
                Endpoint {
                    graph,
                    store,
                    groups: Attached::of(&reader.attribute("vpc_security_group_ids")),
                    subnets: Subnets::of_group(
                        graph,
                        &reader.attribute("db_subnet_group_name"),
                        "aws_db_subnet_group",
                    ),
                    ports: Ports::of(&reader.attribute("port"), || default_ports(&reader)),
                    dual: Some(dual(&reader)),
                    zone: None,
                }
            }
            Self::Outside(says, place) => Endpoint {
                graph,
                store,
                groups: Attached::Outside {
                    place: place.clone(),
                    says: format!("the security group of {says}"),
                },
                subnets: Subnets::Outside {
                    place: place.clone(),
                    says: format!("the subnet group of {says}"),
                },
                ports: default_ports(&graph.reader(store)),
                dual: None,
                zone: None,
            },
            Self::NotKnown(unknown, place) => Endpoint {
                graph,
                store,
                groups: Attached::NotKnown { place: place.clone(), unknown: unknown.clone() },
                subnets: Subnets::NotKnown { place: place.clone(), unknown: unknown.clone() },
                ports: default_ports(&graph.reader(store)),
                dual: None,
                zone: None,
            },
        }
    }
}

fn cluster_ways(store: &Store<'_>, assumptions: &Assumptions) -> Ways {
    let mut ways = Ways::default();
    let graph = store.graph;
    let class = store.attribute("db_cluster_instance_class");
    let multi_az = class.is_set();
    if !multi_az.is_false() {
        let set = class.claim(Truth::False, |value| Truth::from_bool(value.as_str() != Some("")));
        let flag = all([set, flag_not_sent(store.instance, "a Multi-AZ DB cluster")]);
        let network = || Owner::Here(store.instance).network(graph, store.instance);
        ways.extend(endpoint(flag, MOVE_INSIDE, network, assumptions));
    }
    let names: &[&str] = &["cluster_identifier", "id"];
    let instances = graph.sources(store.instance, "aws_rds_cluster_instance", "cluster_identifier", names);
    if instances.is_empty() && multi_az.is_false() {
        ways.routes.push(Route {
            name: ENGINE_LOGIN,
            audience: Audience::Network,
            access: Access::of(&[Letter::Connect]),
            claim: store.nothing("no instance of the cluster in the input"),
            close: SWITCH_OFF.to_owned(),
            weight: Weight::Full,
            rule: None,
        });
        ways.remarks.push(Remark {
            code: "no-instance",
            place: store.place(),
            says: "no `aws_rds_cluster_instance` of it is in the input, so it is judged without one"
                .to_owned(),
        });
    }
    for (instance, join) in instances {
        let mut through = aurora_endpoint(graph, instance, Some(store.instance), assumptions);
        for route in &mut through.routes {
            let claim = std::mem::replace(&mut route.claim, Claim::Any(Vec::new()));
            route.claim = all([claim, acts(instance, &join, true)]);
        }
        ways.extend(through);
    }
    ways
}

/// A flag that the provider does not send. AWS decides, and its own texts disagree: by whether the VPC has an
/// internet gateway, or false when a subnet group is given (RDS API reference, `CreateDBCluster`,
/// `PubliclyAccessible`).
fn flag_not_sent(store: &Instance, what: &str) -> Claim {
    let cause = Cause::Cloud { of: store.address.clone(), path: "publicly_accessible".into() };
    fact(Evidence {
        truth: Truth::Unknown,
        places: vec![place_of(store)],
        says: format!("whether {what} gets a public address is decided by AWS, not by the input"),
        unknown: vec![Arc::new(Unknown::because(cause))],
        absent: false,
    })
}

fn shard_group_ways(store: &Store<'_>, assumptions: &Assumptions) -> Ways {
    let written = store.attribute("publicly_accessible");
    let flag = match written.value() {
        Some(_) => written.is(true),
        None => flag_not_sent(store.instance, "a shard group without `publicly_accessible`"),
    };
    let reader = store.reader();
    let network =
        || owner(store.graph, &reader, "db_cluster_identifier").network(store.graph, store.instance);
    endpoint(flag, SWITCH_OFF, network, assumptions)
}
