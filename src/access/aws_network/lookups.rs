//! What a data source may have found: a table, a subnet or a group that stands in the input as well.
//!
//! A data source is another name for something. Where its arguments say that it is this one, a rule or route
//! that goes by it acts here; where they may mean it – the same VPC, and nothing else that is known – it may
//! act here. One that refers to nothing of the input is taken to have found something elsewhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::routes::{self, Vpc};
use crate::access::aws_account::same_value;
use crate::address::Mode;
use crate::graph::join::{Target, joins};
use crate::graph::{Graph, Join};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Unknown, Value};

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) enum Sought<'g> {
    /// The main route table of a VPC.
    MainTable(&'g Instance),
    /// The default security group of a VPC.
    DefaultGroup(&'g Instance),
    /// A route table.
    Table(&'g Instance),
    /// A subnet.
    Subnet(&'g Instance),
    /// A security group.
    Group(&'g Instance),
    /// The only group of an engine, by the attribute that shows it.
    GroupOf(&'g Instance),
}

/// The attributes under which a main route table is known.
pub(super) const MAIN_TABLE: &[&str] = &["default_route_table_id", "main_route_table_id"];

/// The resources of a type whose `attribute` goes by a data source that may have found what is sought.
pub(super) fn found<'g>(
    graph: &'g Graph<'g>,
    resource_type: &'static str,
    attribute: &'static str,
    sought: Sought<'g>,
) -> Vec<(&'g Instance, Join)> {
    let named = graph.through_data(resource_type, attribute);
    named
        .iter()
        .filter_map(|(instance, data)| {
            let join = match sought.is(graph, data) {
                Truth::False => return None,
                Truth::True => Join::Certain,
                Truth::Unknown => Join::Possible(id_of(data)),
            };
            Some((*instance, join))
        })
        .collect()
}

/// What is tied by name, and what else may be tied through a data source.
pub(super) fn beside<'g>(
    named: Vec<(&'g Instance, Join)>,
    looked_up: Vec<(&'g Instance, Join)>,
) -> Vec<(&'g Instance, Join)> {
    let known: BTreeSet<_> = named.iter().map(|(instance, _)| instance.address.clone()).collect();
    let further = looked_up.into_iter().filter(|(instance, _)| !known.contains(&instance.address));
    named.into_iter().chain(further).collect()
}

/// The security group of the input that a data source certainly has found.
pub(super) fn group<'g>(graph: &'g Graph<'g>, value: &Value) -> Option<&'g Instance> {
    let data = graph.data_of(value)?;
    let groups = graph.of_type("aws_security_group").iter().copied();
    let mut found = groups.filter(|group| Sought::Group(group).is(graph, data).is_true());
    found.next().filter(|_| found.next().is_none())
}

/// The VPC of the input that has a known id as one of its attributes.
pub(super) fn vpc_with<'g>(
    graph: &'g Graph<'g>,
    attribute: &str,
    names: &'static [&'static str],
    id: &Value,
) -> Option<&'g Instance> {
    id.as_str()?;
    ["aws_vpc", "aws_default_vpc"].into_iter().find_map(|resource_type| {
        let targets = graph.targets(std::slice::from_ref(id), resource_type, names);
        let has_it =
            |vpc: &Instance| vpc.attributes.get(attribute).is_some_and(|own| same_value(own, id).is_true());
        targets.found.into_iter().map(|(vpc, _)| vpc).find(|vpc| has_it(vpc))
    })
}

fn id_of(data: &Instance) -> Arc<Unknown> {
    let several = data.address.resource_type.ends_with('s');
    let path = if several { "ids" } else { "id" };
    Arc::new(Unknown::because(Cause::Data { of: data.address.clone(), path: path.into() }))
}

impl<'g> Sought<'g> {
    fn is(self, graph: &'g Graph<'g>, data: &'g Instance) -> Truth {
        let types: &[&str] = match self {
            Self::MainTable(_) => &["aws_route_table"],
            Self::DefaultGroup(_) => &["aws_security_group"],
            Self::Table(_) => &["aws_route_table", "aws_route_tables"],
            Self::Subnet(_) => &["aws_subnet", "aws_subnet_ids", "aws_subnets"],
            Self::Group(_) => &["aws_security_group", "aws_security_groups"],
            Self::GroupOf(_) => &[],
        };
        if !types.contains(&&*data.address.resource_type) {
            return Truth::False;
        }
        if let Self::MainTable(vpc) = self
            && let Some(id) = data.attributes.get("route_table_id").filter(|id| !id.is_null())
        {
            let join = joins(graph, id, &Target::of(vpc, MAIN_TABLE));
            return join.map_or(Truth::False, |join| Truth::from_bool(join.is_certain()).or(Truth::Unknown));
        }
        let written = |name: &str| data.attributes.get(name).filter(|value| !value.is_null());
        let vpc = written("vpc_id").cloned().or_else(|| filter(data, "vpc-id"));
        let here = match vpc {
            Some(id) => self.is_in(graph, &id),
            None if may_mean_something_here(data) => Truth::Unknown,
            None => Truth::False,
        };
        here.and(self.fits(data))
    }

    /// Whether what is sought is in the VPC that an id means.
    fn is_in(self, graph: &'g Graph<'g>, id: &Value) -> Truth {
        let own = match self {
            Self::MainTable(vpc) | Self::DefaultGroup(vpc) => Vpc::Here(vpc),
            Self::Table(of) | Self::Subnet(of) | Self::Group(of) | Self::GroupOf(of) => {
                match of.attributes.get("vpc_id") {
                    Some(own) if same_value(own, id).is_true() => return Truth::True,
                    Some(own) => routes::vpc_of_value(graph, own),
                    None => return Truth::Unknown,
                }
            }
        };
        match (own, routes::vpc_of_value(graph, id)) {
            (Vpc::Here(own) | Vpc::Default(Some(own)), Vpc::Here(other) | Vpc::Default(Some(other))) => {
                Truth::from_bool(own.address == other.address)
            }
            (Vpc::NotKnown(_), _) | (_, Vpc::NotKnown(_)) => Truth::Unknown,
            (Vpc::Here(_) | Vpc::Default(_) | Vpc::Outside(_), _) => Truth::False,
        }
    }

    /// Whether the rest of the arguments means what is sought.
    fn fits(self, data: &Instance) -> Truth {
        let name = || data.attributes.get("name").cloned().or_else(|| filter(data, "group-name"));
        match self {
            Self::MainTable(_) => match filter(data, "association.main") {
                Some(main) if matches!(main.as_str(), Some("true")) => Truth::True,
                Some(main) if matches!(main.as_str(), Some("false")) => Truth::False,
                Some(_) | None => Truth::Unknown,
            },
            Self::DefaultGroup(_) => {
                name().map_or(Truth::Unknown, |name| same_value(&name, &Value::string("default")))
            }
            Self::Group(group) => match (name(), group.attributes.get("name")) {
                (Some(name), Some(own)) => same_value(&name, own),
                (_, _) => Truth::Unknown,
            },
            Self::Table(_) | Self::Subnet(_) | Self::GroupOf(_) => Truth::Unknown,
        }
    }
}

/// The only value of the filter of a name.
fn filter(data: &Instance, name: &str) -> Option<Value> {
    let (filters, _) = data.attributes.get("filter")?.as_sequence()?;
    let filter = filters.iter().find(|filter| filter.get("name").and_then(Value::as_str) == Some(name))?;
    match filter.get("values")?.as_sequence()? {
        ([only], None) => Some(only.clone()),
        _ => None,
    }
}

/// Whether an argument is an attribute of a resource of the input, or is not known at all.
fn may_mean_something_here(data: &Instance) -> bool {
    let unknown = data.attributes.unknowns();
    unknown.iter().any(|unknown| unknown.identity.as_ref().is_none_or(|(of, _)| of.mode == Mode::Managed))
}
