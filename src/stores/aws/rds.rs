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
use crate::access::aws_network::{Attached, Endpoint, Ports, Subnets, Zone, reach};
use crate::graph::{Fallback, Family, Graph, Join, Kind, Known, Reader, Store, Tier, acts, place_of};
use crate::model::Instance;
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
            outlives: &[],
            copies: &[],
            follows: FOLLOWS,
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
    "aws_security_group",
    "aws_security_group_rule",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_block_public_access_exclusion",
    "aws_vpc_block_public_access_options",
    "aws_vpc_security_group_ingress_rule",
];

const ENGINE_LOGIN: &str = "public endpoint";
const SWITCH_OFF: &str = "set `publicly_accessible = false`";
const MOVE_INSIDE: &str = "place it in subnets whose route tables have no route to an internet gateway";

/// What an engine listens on, by the beginning of its name; the first that fits counts.
/// Source: RDS user guide, "Port" in "Settings for DB instances" and for clusters; Db2 after aws.md 5.7.
static ENGINES: &[(&str, u16)] = &[
    ("aurora-postgresql", 5432),
    ("aurora-mysql", 3306),
    ("aurora", 3306),
    ("postgres", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("oracle", 1521),
    ("custom-oracle", 1521),
    ("sqlserver", 1433),
    ("custom-sqlserver", 1433),
    ("db2", 50000),
];

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
    let mut candidates = Vec::new();
    if let Some(Data::String(text)) = value.map(|value| &value.data) {
        for (engine, port) in ENGINES {
            match text.starts_with(engine) {
                Truth::True => {
                    candidates.push(*port);
                    break;
                }
                Truth::Unknown => candidates.push(*port),
                Truth::False => {}
            }
        }
    }
    if candidates.is_empty() {
        candidates = ENGINES.iter().map(|(_, port)| *port).collect();
    }
    candidates.sort_unstable();
    candidates.dedup();
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
    let cause = Cause::Unset { of: store.address.clone(), path: "publicly_accessible".into() };
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

#[cfg(test)]
mod tests {
    use crate::access::Assumptions;
    use crate::model::sample::{gap, model};
    use crate::stores::{Judgement, judge_all};
    use crate::verdict::{Audience, Verdict};

    /// What stands around every instance: a VPC with a gateway, a public and a private subnet.
    const AROUND: &str = r#"
        "aws_vpc.v": {"cidr_block": "10.0.0.0/16"},
        "aws_internet_gateway.igw": {"vpc_id": "@aws_vpc.v.id"},
        "aws_subnet.a": {"vpc_id": "@aws_vpc.v.id", "availability_zone": "eu-west-1a"},
        "aws_subnet.b": {"vpc_id": "@aws_vpc.v.id", "availability_zone": "eu-west-1b"},
        "aws_db_subnet_group.g": {"name": "g", "subnet_ids": ["@aws_subnet.a.id"]},
        "aws_route_table.t": {"vpc_id": "@aws_vpc.v.id", "route": [
            {"cidr_block": "0.0.0.0/0", "gateway_id": "@aws_internet_gateway.igw.id"}]},
        "aws_route_table_association.a": {"subnet_id": "@aws_subnet.a.id",
            "route_table_id": "@aws_route_table.t.id"},
        "aws_security_group.db": {"vpc_id": "@aws_vpc.v.id", "ingress": [
            {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["0.0.0.0/0"]}]},
        "aws_db_instance.pg": {"engine": "postgres", "publicly_accessible": true,
            "db_subnet_group_name": "@aws_db_subnet_group.g.name",
            "vpc_security_group_ids": ["@aws_security_group.db.id"]}
    "#;

    /// The model around, with entries replaced (or removed, when they are null), added, or merged when their
    /// name begins with `+`.
    fn judged(changes: &str) -> Judgement {
        judge_all(&model(&changed(changes).to_string()), &Assumptions::default())
    }

    fn changed(changes: &str) -> serde_json::Value {
        let mut document: serde_json::Value = serde_json::from_str(&format!("{{{AROUND}}}")).unwrap();
        let changes: serde_json::Value = serde_json::from_str(&format!("{{{changes}}}")).unwrap();
        let (merged, added): (Vec<_>, Vec<_>) =
            changes.as_object().unwrap().iter().partition(|(name, _)| name.starts_with('+'));
        for (name, change) in added.into_iter().chain(merged) {
            let (name, merge) = match name.strip_prefix('+') {
                Some(name) => (name, true),
                None => (name.as_str(), false),
            };
            let all = document.as_object_mut().unwrap();
            if change.is_null() {
                all.remove(name).unwrap();
            } else if merge {
                let entry = all.get_mut(name).unwrap().as_object_mut().unwrap();
                entry.extend(change.as_object().unwrap().clone());
            } else {
                all.insert(name.to_owned(), change.clone());
            }
        }
        document
    }

    fn verdict(judgement: &Judgement, address: &str) -> String {
        let store = judgement.stores.iter().find(|store| store.address.to_string() == address);
        let assessment = &store.unwrap_or_else(|| panic!("no {address}")).assessment;
        let verdict = match &assessment.verdict {
            Verdict::Public { audience, .. } => {
                assert_eq!(*audience, Audience::Network);
                "public"
            }
            Verdict::Private => "private",
            Verdict::Undetermined => "undetermined",
        };
        let mut codes: Vec<&str> = assessment.remarks.iter().map(|remark| remark.code).collect();
        codes.dedup();
        [&[verdict], codes.as_slice()].concat().join(" ")
    }

    fn because(judgement: &Judgement, address: &str) -> Vec<String> {
        let store = judgement.stores.iter().find(|store| store.address.to_string() == address).unwrap();
        store.assessment.because.iter().map(|reason| reason.evidence.says.clone()).collect()
    }

    /// Its name, what it changes, and the verdict with the codes of its remarks.
    type Row = (&'static str, &'static str, &'static str);

    fn check(address: &str, rows: &[Row]) {
        for (name, changes, expected) in rows {
            let judgement = judged(changes);
            assert_eq!(
                verdict(&judgement, address),
                *expected,
                "{name}: {:#?}",
                because(&judgement, address)
            );
        }
    }

    /// aws.md 5.8.
    static COMBINATIONS: &[Row] = &[
        ("n1", "", "public"),
        (
            "n2",
            r#""+aws_route_table.t": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}]}"#,
            "private",
        ),
        ("n3", r#""+aws_db_instance.pg": {"publicly_accessible": null}"#, "private"),
        (
            "n4",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["10.0.0.0/8"]}]}"#,
            "private",
        ),
        (
            "n5",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["8.8.8.0/24"]}]}"#,
            "private public-address",
        ),
        (
            "n6",
            r#""+aws_security_group.db": {"ingress": []},
                "aws_security_group_rule.one": {"type": "ingress", "protocol": "tcp", "from_port": 5432,
                    "to_port": 5432, "cidr_blocks": ["0.0.0.0/1"],
                    "security_group_id": "@aws_security_group.db.id"},
                "aws_vpc_security_group_ingress_rule.two": {"ip_protocol": "tcp", "from_port": 5432,
                    "to_port": 5432, "cidr_ipv4": "128.0.0.0/1",
                    "security_group_id": "@aws_security_group.db.id"}"#,
            "public",
        ),
        (
            "n7",
            r#""+aws_route_table.t": {"route": []},
                "aws_route.one": {"route_table_id": "@aws_route_table.t.id",
                    "destination_cidr_block": "0.0.0.0/1", "gateway_id": "@aws_internet_gateway.igw.id"},
                "aws_route.two": {"route_table_id": "@aws_route_table.t.id",
                    "destination_cidr_block": "128.0.0.0/1", "gateway_id": "igw-0abc"}"#,
            "public",
        ),
        (
            "n8",
            r#""+aws_route_table.t": {"route": [
                    {"cidr_block": "198.51.100.0/24", "gateway_id": "@aws_internet_gateway.igw.id"}]}"#,
            "private",
        ),
        (
            "n9",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "public",
        ),
        (
            "n10",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "private",
        ),
        (
            "n11",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5000, "to_port": 6000, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "public",
        ),
        (
            "n12",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "private",
        ),
        (
            "n13",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "self": true,
                     "security_groups": ["sg-1"]}]}"#,
            "private",
        ),
        (
            "n14",
            r#""aws_security_group.closed": {"ingress": []},
                "+aws_db_instance.pg": {"vpc_security_group_ids": [
                    "@aws_security_group.closed.id", "@aws_security_group.db.id"]}"#,
            "public",
        ),
        (
            "n15",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": ["sg-0abc"]}"#,
            "public assumed-open-group",
        ),
        (
            "n15 beside a closed one",
            r#""aws_security_group.closed": {"ingress": []},
                "+aws_db_instance.pg": {"vpc_security_group_ids": [
                    "@aws_security_group.closed.id", "@data.aws_security_group.x.id"]}"#,
            "public assumed-open-group",
        ),
        (
            "n15 beside an open one",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": [
                    "@aws_security_group.db.id", "@data.terraform_remote_state.x.outputs.sg"]}"#,
            "public",
        ),
        ("n16", r#""+aws_db_instance.pg": {"vpc_security_group_ids": null}"#, "private"),
        (
            "n17",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": []},
                "aws_default_security_group.d": {"vpc_id": "@aws_vpc.v.id", "ingress": [
                    {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "public",
        ),
        (
            "n17 by reference",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": ["@aws_vpc.v.default_security_group_id"]},
                "aws_default_security_group.d": {"vpc_id": "@aws_vpc.v.id", "ingress": [
                    {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "public",
        ),
        (
            "n18",
            r#""aws_network_acl.n": {"subnet_ids": ["@aws_subnet.a.id"],
                    "egress": [{"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0,
                        "to_port": 0, "cidr_block": "0.0.0.0/0"}],
                    "ingress": [
                    {"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0,
                     "cidr_block": "0.0.0.0/0"},
                    {"rule_no": 50, "action": "deny", "protocol": "tcp", "from_port": 5432, "to_port": 5432,
                     "cidr_block": "0.0.0.0/0"}]}"#,
            "private",
        ),
        (
            "n19",
            r#""aws_network_acl.n": {"subnet_ids": ["@aws_subnet.a.id"]},
                "aws_network_acl_rule.out": {"network_acl_id": "@aws_network_acl.n.id", "egress": true,
                    "rule_number": 100, "rule_action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"},
                "aws_network_acl_rule.in": {"network_acl_id": "@aws_network_acl.n.id",
                    "rule_number": 100, "rule_action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"},
                "aws_network_acl_rule.last": {"network_acl_id": "@aws_network_acl.n.id", "egress": false,
                    "rule_number": 200, "rule_action": "deny", "protocol": "-1", "cidr_block": "0.0.0.0/0"}"#,
            "public",
        ),
        ("n20", r#""aws_network_acl.n": {"subnet_ids": ["@aws_subnet.a.id"]}"#, "private"),
        (
            "n21",
            r#""aws_vpc_block_public_access_options.o": {"internet_gateway_block_mode": "block-ingress"}"#,
            "private",
        ),
        (
            "n22",
            r#""aws_vpc_block_public_access_options.o": {"internet_gateway_block_mode": "block-ingress"},
                "aws_vpc_block_public_access_exclusion.e": {"vpc_id": "@aws_vpc.v.id",
                    "internet_gateway_exclusion_mode": "allow-bidirectional"}"#,
            "public",
        ),
        (
            "n23",
            r#""aws_vpc_block_public_access_options.o": {"internet_gateway_block_mode": "block-ingress"},
                "aws_vpc_block_public_access_exclusion.e": {"vpc_id": "@aws_vpc.v.id",
                    "internet_gateway_exclusion_mode": "allow-egress"}"#,
            "private",
        ),
        (
            "n24",
            r#""+aws_db_subnet_group.g": {"subnet_ids": ["@aws_subnet.b.id", "@aws_subnet.a.id"]}"#,
            "public",
        ),
        ("n25", r#""aws_route_table_association.a": null"#, "private"),
        ("n26", r#""aws_internet_gateway.igw": {}"#, "private"),
        (
            "n26, attached by a resource of its own",
            r#""aws_internet_gateway.igw": {},
                "aws_internet_gateway_attachment.x": {"vpc_id": "@aws_vpc.v.id",
                    "internet_gateway_id": "@aws_internet_gateway.igw.id"}"#,
            "public",
        ),
        (
            "n27",
            r#""+aws_db_subnet_group.g": {"subnet_ids": "@data.aws_subnets.all.ids"}"#,
            "public assumed-route",
        ),
        ("n28", r#""+aws_db_instance.pg": {"publicly_accessible": "?public"}"#, "undetermined"),
        (
            "n29",
            r#""+aws_db_instance.pg": {"publicly_accessible": "?public"},
                "+aws_route_table.t": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}]}"#,
            "private",
        ),
        (
            "n30",
            r#""+aws_route_table.t": {"route": [
                    {"ipv6_cidr_block": "::/0", "gateway_id": "@aws_internet_gateway.igw.id"}]},
                "+aws_security_group.db": {"ingress": [
                    {"protocol": "-1", "from_port": 0, "to_port": 0, "ipv6_cidr_blocks": ["::/0"]}]}"#,
            "private",
        ),
        (
            "n30 with both families",
            r#""+aws_route_table.t": {"route": [
                    {"ipv6_cidr_block": "::/0", "gateway_id": "@aws_internet_gateway.igw.id"}]},
                "+aws_security_group.db": {"ingress": [
                    {"protocol": "-1", "from_port": 0, "to_port": 0, "ipv6_cidr_blocks": ["::/0"]}]},
                "+aws_db_instance.pg": {"network_type": "DUAL"}"#,
            "undetermined",
        ),
        (
            "n31",
            r#""data.aws_ec2_managed_prefix_list.cf": {
                    "name": "com.amazonaws.global.cloudfront.origin-facing"},
                "+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5432, "to_port": 5432,
                     "prefix_list_ids": ["@data.aws_ec2_managed_prefix_list.cf.id"]}]}"#,
            "private managed-prefix-list",
        ),
        (
            "n32",
            r#""aws_ec2_managed_prefix_list.all": {"entry": [{"cidr": "0.0.0.0/0"}]},
                "+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5432, "to_port": 5432,
                     "prefix_list_ids": ["@aws_ec2_managed_prefix_list.all.id"]}]}"#,
            "public",
        ),
    ];

    static NOT_KNOWN: &[Row] = &[
        (
            "ranges",
            r#""+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": "?cidrs"}]}"#,
            "undetermined",
        ),
        ("groups", r#""+aws_db_instance.pg": {"vpc_security_group_ids": "?groups"}"#, "undetermined"),
        (
            "group of a module that is not installed",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": ["%sg"]}"#,
            "undetermined",
        ),
        ("port", r#""+aws_db_instance.pg": {"port": "?port"}"#, "undetermined"),
        (
            "port, and every port is open",
            r#""+aws_db_instance.pg": {"port": "?port"}, "+aws_security_group.db": {"ingress": [
                    {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "public",
        ),
        ("engine", r#""+aws_db_instance.pg": {"engine": "?engine"}"#, "undetermined"),
        (
            "engine, and no port is open",
            r#""+aws_db_instance.pg": {"engine": "?engine"}, "+aws_security_group.db": {"ingress": [
                    {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "private",
        ),
        (
            "edition of an engine",
            r#""+aws_db_instance.pg": {"port": "5432"}, "+aws_security_group.db": {"ingress": [
                    {"protocol": 6, "from_port": "5432", "to_port": "5432", "cidr_blocks": ["0.0.0.0/0"]}]}"#,
            "public",
        ),
        (
            "number of rules",
            r#""+aws_security_group.db": {"ingress": []},
                "aws_security_group_rule.one[*]": {"type": "ingress", "protocol": "tcp", "from_port": 5432,
                    "to_port": 5432, "cidr_blocks": ["0.0.0.0/0"],
                    "security_group_id": "@aws_security_group.db.id"}"#,
            "undetermined",
        ),
        ("further blocks", r#""+aws_security_group.db": {"ingress": ["~"]}"#, "undetermined"),
        (
            "one unknown group among closed ones",
            r#""aws_security_group.closed": {},
                "+aws_db_instance.pg": {"vpc_security_group_ids": ["@aws_security_group.closed.id", "?sg"]}"#,
            "undetermined",
        ),
        (
            "one unknown group among open ones",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": ["@aws_security_group.db.id", "?sg"]}"#,
            "public",
        ),
        ("subnet group", r#""+aws_db_instance.pg": {"db_subnet_group_name": "?name"}"#, "undetermined"),
        ("subnets", r#""+aws_db_subnet_group.g": {"subnet_ids": "?subnets"}"#, "undetermined"),
        (
            "subnets of a module that is not installed",
            r#""+aws_db_subnet_group.g": {"subnet_ids": "%vpc"}"#,
            "public assumed-route",
        ),
        (
            "no group, and the VPC is not in the input",
            r#""+aws_db_instance.pg": {"vpc_security_group_ids": null, "db_subnet_group_name": "main"}"#,
            "public assumed-open-group assumed-route",
        ),
        (
            "target of the route",
            r#""+aws_route_table.t": {"route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "?gateway"}]}"#,
            "undetermined",
        ),
        (
            "number of a rule in the network ACL",
            r#""aws_network_acl.n": {"subnet_ids": ["@aws_subnet.a.id"],
                    "egress": [{"rule_no": 1, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"}],
                    "ingress": [
                    {"rule_no": 100, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"},
                    {"rule_no": "?number", "action": "deny", "protocol": "-1", "cidr_block": "0.0.0.0/0"}]}"#,
            "undetermined",
        ),
    ];

    static ROUTING: &[Row] = &[
        (
            "more specific routes elsewhere take everything away",
            r#""+aws_route_table.t": {"route": [
                    {"cidr_block": "0.0.0.0/0", "gateway_id": "@aws_internet_gateway.igw.id"},
                    {"cidr_block": "0.0.0.0/1", "gateway_id": "", "nat_gateway_id": "nat-1"},
                    {"cidr_block": "128.0.0.0/1", "transit_gateway_id": "tgw-1"}]}"#,
            "private",
        ),
        (
            "a route elsewhere with an unknown destination takes little away",
            r#""aws_route.peer": {"route_table_id": "@aws_route_table.t.id",
                    "destination_cidr_block": "?peer", "vpc_peering_connection_id": "pcx-1"}"#,
            "public",
        ),
        (
            "the main table has a route",
            r#""aws_route_table_association.a": null,
                "aws_route.main": {"route_table_id": "@aws_vpc.v.main_route_table_id",
                    "destination_cidr_block": "0.0.0.0/0", "gateway_id": "@aws_internet_gateway.igw.id"}"#,
            "public",
        ),
        (
            "the default table is adopted",
            r#""aws_route_table_association.a": null,
                "aws_default_route_table.d": {"default_route_table_id": "@aws_vpc.v.default_route_table_id",
                    "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "@aws_internet_gateway.igw.id"}]}"#,
            "public",
        ),
        (
            "another table is made the main one",
            r#""aws_route_table_association.a": null,
                "aws_main_route_table_association.m": {"vpc_id": "@aws_vpc.v.id",
                    "route_table_id": "@aws_route_table.t.id"}"#,
            "public",
        ),
        (
            "the gateway is another VPC's",
            r#""aws_vpc.other": {}, "aws_internet_gateway.igw": {"vpc_id": "@aws_vpc.other.id"}"#,
            "private",
        ),
        (
            "the instance stands in the zone without a route",
            r#""+aws_db_subnet_group.g": {"subnet_ids": ["@aws_subnet.b.id", "@aws_subnet.a.id"]},
                "+aws_db_instance.pg": {"availability_zone": "eu-west-1b"}"#,
            "private",
        ),
        (
            "no subnet group is the default VPC",
            r#""+aws_db_instance.pg": {"db_subnet_group_name": null}"#,
            "public",
        ),
        (
            "a block of another region",
            r#""aws_vpc_block_public_access_options.o": {"internet_gateway_block_mode": "block-ingress",
                    "_provider": {"region": "us-east-1"}},
                "+aws_db_instance.pg": {"_provider": {"region": "eu-west-1"}}"#,
            "public",
        ),
        (
            "a block of another account",
            r#""aws_vpc_block_public_access_options.o": {"internet_gateway_block_mode": "block-ingress",
                    "_provider": {"region": "us-east-1", "profile": "other"}},
                "+aws_db_instance.pg": {"_provider": {"region": "us-east-1"}}"#,
            "public",
        ),
        (
            "a block of an unknown region",
            r#""aws_vpc_block_public_access_options.o": {"internet_gateway_block_mode": "block-ingress",
                    "_provider": {"region": "?region"}},
                "+aws_db_instance.pg": {"_provider": {"region": "us-east-1"}}"#,
            "undetermined",
        ),
    ];

    #[test]
    fn combinations_of_facts() {
        check("aws_db_instance.pg", COMBINATIONS);
        check("aws_db_instance.pg", NOT_KNOWN);
        check("aws_db_instance.pg", ROUTING);
    }

    /// Forgetting one value never turns public into private, or back.
    #[test]
    fn forgetting_never_turns_a_verdict() {
        let rows = COMBINATIONS.iter().chain(ROUTING).map(|(_, changes, _)| ("aws_db_instance.pg", *changes));
        let aurora = ["aws_rds_cluster.c", "aws_rds_cluster_instance.i", "aws_rds_cluster_instance.off"];
        let mut turned = Vec::new();
        for (address, changes) in rows.chain(aurora.map(|address| (address, AURORA))) {
            let document = changed(changes);
            let known = verdict(&judged(changes), address);
            let known = known.split(' ').next().unwrap();
            for pointer in pointers(&document, "") {
                let mut forgotten = document.clone();
                *forgotten.pointer_mut(&pointer).unwrap() = "?forgotten".into();
                let judgement = judge_all(&model(&forgotten.to_string()), &Assumptions::default());
                let now = verdict(&judgement, address);
                let now = now.split(' ').next().unwrap();
                if now != known && now != "undetermined" {
                    turned.push(format!("{known} is {now} without {pointer}: {changes}"));
                }
            }
        }
        assert_eq!(turned, Vec::<String>::new());
    }

    /// JSON pointers to every attribute and everything inside.
    fn pointers(document: &serde_json::Value, at: &str) -> Vec<String> {
        let inside: Vec<(String, &serde_json::Value)> = match document {
            serde_json::Value::Object(entries) => {
                entries.iter().map(|(name, entry)| (name.replace('/', "~1"), entry)).collect()
            }
            serde_json::Value::Array(entries) => {
                entries.iter().enumerate().map(|(index, entry)| (index.to_string(), entry)).collect()
            }
            _ => Vec::new(),
        };
        let mut found = Vec::new();
        for (name, entry) in inside.into_iter().filter(|(name, _)| name != "_provider") {
            let path = format!("{at}/{name}");
            if !at.is_empty() {
                found.push(path.clone());
            }
            found.extend(pointers(entry, &path));
        }
        found
    }

    #[test]
    fn a_replica_has_its_own_flag_and_the_port_of_its_source() {
        check(
            "aws_db_instance.replica",
            &[
                (
                    "open",
                    r#""aws_db_instance.replica": {"replicate_source_db": "@aws_db_instance.pg.identifier",
                    "publicly_accessible": true, "vpc_security_group_ids": ["@aws_security_group.db.id"]}"#,
                    "public",
                ),
                (
                    "its source alone is open",
                    r#""aws_db_instance.replica": {"replicate_source_db": "@aws_db_instance.pg.identifier"}"#,
                    "private",
                ),
            ],
        );
    }

    const AURORA: &str = r#"
        "aws_rds_cluster.c": {"engine": "aurora-postgresql", "cluster_identifier": "c",
            "db_subnet_group_name": "g", "vpc_security_group_ids": ["@aws_security_group.db.id"]},
        "aws_rds_cluster_instance.i": {"cluster_identifier": "@aws_rds_cluster.c.id",
            "publicly_accessible": true},
        "aws_rds_cluster_instance.off": {"cluster_identifier": "@aws_rds_cluster.c.id"}"#;

    #[test]
    fn aurora_is_as_open_as_its_widest_instance() {
        let judgement = judged(AURORA);
        assert_eq!(verdict(&judgement, "aws_rds_cluster_instance.i"), "public");
        assert_eq!(verdict(&judgement, "aws_rds_cluster_instance.off"), "private");
        assert_eq!(verdict(&judgement, "aws_rds_cluster.c"), "public");
        let judgement =
            judged(&format!("{AURORA}, \"+aws_rds_cluster_instance.i\": {{\"publicly_accessible\": null}}"));
        assert_eq!(verdict(&judgement, "aws_rds_cluster.c"), "private");
    }

    #[test]
    fn clusters_without_instances_and_with_a_flag_that_aws_decides() {
        let without = r#""aws_rds_cluster.c": {"engine": "aurora-mysql",
            "vpc_security_group_ids": ["@aws_security_group.db.id"]}"#;
        assert_eq!(verdict(&judged(without), "aws_rds_cluster.c"), "private no-instance");
        let multi = r#""aws_rds_cluster.c": {"engine": "postgres", "db_cluster_instance_class": "db.m5d.large",
            "db_subnet_group_name": "g", "vpc_security_group_ids": ["@aws_security_group.db.id"]}"#;
        assert_eq!(verdict(&judged(multi), "aws_rds_cluster.c"), "undetermined");
        let nat =
            r#", "+aws_route_table.t": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "n"}]}"#;
        assert_eq!(verdict(&judged(&format!("{multi}{nat}")), "aws_rds_cluster.c"), "private");
        let shards = r#", "aws_rds_shard_group.s": {"db_cluster_identifier": "@aws_rds_cluster.c.id"}"#;
        assert_eq!(verdict(&judged(&format!("{multi}{shards}")), "aws_rds_shard_group.s"), "undetermined");
        let off = r#", "+aws_rds_shard_group.s": {"publicly_accessible": false}"#;
        assert_eq!(verdict(&judged(&format!("{multi}{shards}{off}")), "aws_rds_shard_group.s"), "private");
    }

    #[test]
    fn an_instance_whose_cluster_is_not_in_the_input_shows_nothing_that_closes() {
        let instance = r#""aws_rds_cluster_instance.i": {"cluster_identifier": "elsewhere",
            "engine": "aurora-mysql", "publicly_accessible": true}"#;
        assert_eq!(
            verdict(&judged(instance), "aws_rds_cluster_instance.i"),
            "public assumed-open-group assumed-route"
        );
    }

    #[test]
    fn a_module_that_is_not_installed_may_open_what_it_was_handed() {
        let text = format!("{{{AROUND}}}").replace("\"0.0.0.0/0\"]", "\"10.0.0.0/8\"]");
        let mut closed = model(&text);
        let judge = |model: &crate::model::Model| {
            verdict(&judge_all(model, &Assumptions::default()), "aws_db_instance.pg")
        };
        assert_eq!(judge(&closed), "private");
        closed.gaps.push(gap("rules", Some("\"@aws_vpc.v.cidr_block\"")));
        assert_eq!(judge(&closed), "private");
        closed.gaps.push(gap("more", Some("\"@aws_security_group.db.id\"")));
        assert_eq!(judge(&closed), "undetermined");
    }

    #[test]
    fn a_group_can_be_known_to_be_closed() {
        let text = format!("{{{AROUND}}}").replace("@aws_security_group.db.id", "sg-0abc");
        let assumptions =
            Assumptions { closed_security_groups: vec!["sg-0abc".to_owned()], ..Assumptions::default() };
        assert_eq!(verdict(&judge_all(&model(&text), &assumptions), "aws_db_instance.pg"), "private");
    }

    #[test]
    fn explanations_name_what_decides() {
        for (changes, expected) in [
            (
                "",
                vec![
                    "`publicly_accessible` is true",
                    "`aws_security_group.db` admits [\"0.0.0.0/0\"] on port 5432",
                    "`aws_route_table.t` sends \"0.0.0.0/0\" to `aws_internet_gateway.igw`",
                ],
            ),
            (
                r#""+aws_route_table.t": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}]}"#,
                vec!["`aws_route_table.t` sends \"0.0.0.0/0\" to something else than an internet gateway"],
            ),
            (
                r#""aws_route_table_association.a": null"#,
                vec![
                    "`aws_subnet.a` has no route table association, and the main route table of `aws_vpc.v` \
                     has no route to an internet gateway",
                ],
            ),
            (
                r#""aws_security_group.db": {}"#,
                vec!["no rule of `aws_security_group.db` lets the internet in on port 5432"],
            ),
            (
                r#""aws_internet_gateway.igw": {}"#,
                vec![
                    "`aws_route_table.t` sends \"0.0.0.0/0\" to `aws_internet_gateway.igw`, which is not attached \
                     to this VPC",
                ],
            ),
            (
                r#""aws_network_acl.n": {"subnet_ids": ["@aws_subnet.a.id"]}"#,
                vec!["`aws_network_acl.n` lets no answer out to the internet"],
            ),
            (
                r#""+aws_db_instance.pg": {"publicly_accessible": null}"#,
                vec!["`publicly_accessible` is not set, which means false (provider documentation)"],
            ),
        ] {
            assert_eq!(because(&judged(changes), "aws_db_instance.pg"), expected);
        }
        let judgement = judged("");
        let routes = &judgement.stores[0].assessment.routes;
        assert_eq!(
            routes[0].close,
            "set `publicly_accessible = false`, or restrict `ingress[0].cidr_blocks` of \
             `aws_security_group.db` to the networks that need it"
        );
    }
}
