//! Subnets, their route tables, and where answers can get to (aws.md 5.2).

use std::sync::Arc;

use super::layers::{self, Effect, Layer};
use super::lead::{self, Lead};
use super::lookups::{self, MAIN_TABLE, Sought, beside};
use super::{Opening, Part, PartKind, Subnets, prefix_lists};
use crate::access::addresses::{Addresses, Family};
use crate::access::aws_account::{same_account, same_region, same_value};
use crate::graph::{Graph, Join, Reader, place_of};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value};
use crate::verdict::{Place, Remark};

/// The VPC that a subnet is in.
#[derive(Clone)]
pub(super) enum Vpc<'g> {
    /// An `aws_vpc` of the input.
    Here(&'g Instance),
    /// The default VPC of the region, as `aws_default_vpc` if it is in the input.
    Default(Option<&'g Instance>),
    /// Another one, by this id.
    Outside(Value),
    /// It is not known.
    NotKnown(Arc<Unknown>),
}

/// A place where an endpoint may stand: a subnet, or what stands for subnets that are not in the input.
pub(super) struct Site<'g> {
    /// The subnet, if it is in the input.
    pub(super) subnet: Option<&'g Instance>,
    pub(super) vpc: Vpc<'g>,
    /// Where this place is named.
    pub(super) place: Place,
    /// Why it is not certain that the endpoint may stand here.
    pub(super) doubt: Option<Arc<Unknown>>,
    /// The addresses that answers get to.
    pub(super) returns: Opening,
}

const SUBNETS: &[lead::Wanted] = &[("aws_subnet", &["id"]), ("aws_default_subnet", &["id"])];
const TABLES: &[lead::Wanted] =
    &[("aws_route_table", &["id"]), ("aws_default_route_table", &["id", "default_route_table_id"])];

/// The places where an endpoint may stand. Answers of one whose routing is not in the input are taken to get
/// everywhere (aws.md D4).
pub(super) fn sites<'g>(graph: &'g Graph<'g>, store: &Instance, subnets: &Subnets) -> Vec<Site<'g>> {
    match subnets {
        Subnets::Default { place } => {
            let vpc = Vpc::Default(default_vpc(graph, store));
            let says = "the subnets of the default VPC have a route to its internet gateway".to_owned();
            let part = Part::new(Addresses::everything(), place.clone(), says, PartKind::Shown);
            let returns = Opening::of(part);
            vec![Site { subnet: None, vpc, place: place.clone(), doubt: None, returns }]
        }
        Subnets::Outside { place, says } => vec![assumed(place, says, Vpc::Outside(Value::null()))],
        Subnets::NotKnown { place, unknown } => vec![not_known(place, unknown)],
        Subnets::Listed { values, more, place } => {
            let mut sites = Vec::new();
            for value in values {
                sites_of(graph, value, place, None, &mut sites);
            }
            if let Some(unknown) = more {
                if unknown.one_of.is_empty() {
                    let whole = Value::new(Data::Unknown(unknown.clone()));
                    sites_of(graph, &whole, place, None, &mut sites);
                } else {
                    for member in unknown.one_of.iter().flat_map(elements) {
                        sites_of(graph, &member, place, Some(unknown), &mut sites);
                    }
                }
            }
            sites
        }
    }
}

fn sites_of<'g>(
    graph: &'g Graph<'g>,
    value: &Value,
    place: &Place,
    doubt: Option<&Arc<Unknown>>,
    sites: &mut Vec<Site<'g>>,
) {
    match lead::follow(graph, value, SUBNETS) {
        Lead::To(subnet, unsure) => sites.push(site(graph, subnet, doubt.cloned().or(unsure))),
        Lead::Outside => sites.push(assumed(place, "the subnet", Vpc::Outside(Value::null()))),
        Lead::Module(_) => {
            sites.push(assumed(place, "the module with the subnets", Vpc::Outside(Value::null())));
        }
        Lead::OneOf(members, unknown) => {
            for member in members.iter().flat_map(elements) {
                sites_of(graph, &member, place, Some(&unknown), sites);
            }
        }
        Lead::NotKnown(unknown) => sites.push(not_known(place, &unknown)),
        Lead::Nowhere => {}
    }
}

/// What a member of an unknown list stands for: an element, or the elements of one of several lists.
pub(super) fn elements(member: &Value) -> Vec<Value> {
    match member.as_sequence() {
        Some((elements, more)) => {
            let more = more.iter().map(|more| Value::new(Data::Unknown(more.clone())));
            elements.iter().cloned().chain(more).collect()
        }
        None => vec![member.clone()],
    }
}

fn assumed<'g>(place: &Place, what: &str, vpc: Vpc<'g>) -> Site<'g> {
    Site { subnet: None, vpc, place: place.clone(), doubt: None, returns: assumed_routes(place, what) }
}

fn assumed_routes(place: &Place, what: &str) -> Opening {
    let says = format!("{what} is not in the input and is taken to have a route to an internet gateway");
    let mut returns = Opening::of(Part::new(Addresses::everything(), place.clone(), says, PartKind::Assumed));
    returns.remarks.push(Remark {
        code: "assumed-route",
        place: place.clone(),
        says: format!("routing not in the input, assumed: {what} is taken to reach an internet gateway"),
    });
    returns
}

fn not_known<'g>(place: &Place, unknown: &Arc<Unknown>) -> Site<'g> {
    let says = "which subnets are used is not known".to_owned();
    let set = Addresses::not_known(unknown.clone());
    let returns = Opening::of(Part::new(set, place.clone(), says, PartKind::Shown));
    Site { subnet: None, vpc: Vpc::NotKnown(unknown.clone()), place: place.clone(), doubt: None, returns }
}

fn site<'g>(graph: &'g Graph<'g>, subnet: &'g Instance, doubt: Option<Arc<Unknown>>) -> Site<'g> {
    let vpc = match subnet.attributes.get("vpc_id").filter(|value| !value.is_null()) {
        Some(id) => vpc_of_value(graph, id),
        None if &*subnet.address.resource_type == "aws_default_subnet" => {
            Vpc::Default(default_vpc(graph, subnet))
        }
        None => match subnet.attributes.as_unknown() {
            Some(unknown) => Vpc::NotKnown(unknown.clone()),
            None => Vpc::Outside(Value::null()),
        },
    };
    let returns = returns(graph, subnet, &vpc);
    Site { subnet: Some(subnet), vpc, place: place_of(subnet), doubt, returns }
}

fn default_vpc<'g>(graph: &'g Graph<'g>, near: &Instance) -> Option<&'g Instance> {
    graph.of_type("aws_default_vpc").iter().copied().find(|vpc| is_beside(graph, vpc, near))
}

/// Whether a resource certainly is in the account and the region of another one.
pub(super) fn is_beside(graph: &Graph<'_>, resource: &Instance, near: &Instance) -> bool {
    same_account(graph, resource, near).is_some_and(|join| join.is_certain())
        && same_region(resource, near).is_true()
}

/// The VPC that an id refers to.
pub(super) fn vpc_of_value<'g>(graph: &'g Graph<'g>, id: &Value) -> Vpc<'g> {
    match lead::follow(graph, id, &[("aws_vpc", &["id"]), ("aws_default_vpc", &["id"])]) {
        Lead::To(vpc, _) if &*vpc.address.resource_type == "aws_default_vpc" => Vpc::Default(Some(vpc)),
        Lead::To(vpc, _) => Vpc::Here(vpc),
        Lead::Outside | Lead::Module(_) | Lead::Nowhere => Vpc::Outside(id.clone()),
        Lead::OneOf(_, unknown) | Lead::NotKnown(unknown) => Vpc::NotKnown(unknown),
    }
}

/// Where the answers of a subnet get to: by the table that it is associated with, else by the main one.
fn returns<'g>(graph: &'g Graph<'g>, subnet: &'g Instance, vpc: &Vpc<'g>) -> Opening {
    let mut certain = Vec::new();
    let mut possible = Vec::new();
    let mut doubts = Vec::new();
    let associations = beside(
        graph.sources(subnet, "aws_route_table_association", "subnet_id", &["id"]),
        lookups::found(graph, "aws_route_table_association", "subnet_id", Sought::Subnet(subnet)),
    );
    for (association, join) in associations {
        let table = by_association(graph, association);
        match (&join, lead::doubt_of_opener(association, &join)) {
            (_, Some(unknown)) => {
                possible.push(table);
                doubts.push(unknown);
            }
            (Join::Guessed, None) => certain.push(table.guessed(association)),
            (Join::Certain | Join::Possible(_), None) => certain.push(table),
        }
    }
    if certain.len() > 1 {
        let cause = Cause::Attribute { of: subnet.address.clone(), path: "route_table_association".into() };
        return Opening::one_of(certain, Some(&Arc::new(Unknown::because(cause))));
    }
    if let Some(table) = certain.pop() {
        return table;
    }
    let main = by_main_table(graph, subnet, vpc);
    match doubts.first() {
        Some(doubt) => {
            possible.push(main);
            Opening::one_of(possible, Some(doubt))
        }
        None => main,
    }
}

fn by_association<'g>(graph: &'g Graph<'g>, association: &'g Instance) -> Opening {
    let attribute = graph.reader(association).attribute("route_table_id");
    let Some(id) = attribute.value() else {
        return assumed_routes(&attribute.place(), "the route table");
    };
    by_table_id(graph, id, &attribute.place())
}

/// The routes of the table that an id refers to.
fn by_table_id<'g>(graph: &'g Graph<'g>, id: &Value, place: &Place) -> Opening {
    if let Some((of, path)) = lead::unknown_of(id).and_then(|unknown| unknown.identity.as_ref())
        && matches!(path.as_attribute(), Some("default_route_table_id" | "main_route_table_id"))
        && let Some(vpc) = graph.instance(of)
    {
        return match &*of.resource_type {
            "aws_vpc" => main_table_of(graph, vpc, path.as_attribute() == Some("main_route_table_id")),
            "aws_default_vpc" => default_vpc_routes(graph, Some(vpc), place),
            _ => assumed_routes(place, "the route table"),
        };
    }
    let lead = lead::follow(graph, id, TABLES);
    let is_here = matches!(&lead, Lead::To(table, _) if !lead::is_given_up(table));
    if !is_here && let Some(vpc) = vpc_of_default_table(graph, id) {
        return match &*vpc.address.resource_type {
            "aws_vpc" => main_table_of(graph, vpc, false),
            _ => default_vpc_routes(graph, Some(vpc), place),
        };
    }
    match lead {
        Lead::To(table, doubt) => {
            let opening = table_routes(graph, table);
            match doubt {
                Some(unknown) => opening.perhaps(&unknown),
                None => opening,
            }
        }
        Lead::Outside | Lead::Module(_) => assumed_routes(place, "the route table"),
        Lead::OneOf(members, unknown) => {
            let tables = members.iter().map(|member| by_table_id(graph, member, place));
            Opening::one_of(tables, Some(&unknown))
        }
        Lead::NotKnown(unknown) => {
            let says = "which route table is used is not known".to_owned();
            Opening::of(Part::new(Addresses::not_known(unknown), place.clone(), says, PartKind::Shown))
        }
        Lead::Nowhere => Opening::default(),
    }
}

/// The VPC of the input whose default table has a known id.
fn vpc_of_default_table<'g>(graph: &'g Graph<'g>, id: &Value) -> Option<&'g Instance> {
    lookups::vpc_with(graph, "default_route_table_id", &["default_route_table_id"], id)
}

/// The routes of a subnet without an association of its own.
fn by_main_table<'g>(graph: &'g Graph<'g>, subnet: &'g Instance, vpc: &Vpc<'g>) -> Opening {
    match vpc {
        Vpc::Here(vpc) => {
            let mut returns = main_table_of(graph, vpc, true);
            let says = format!(
                "`{}` has no route table association, and the main route table of `{}` has no route to an \
                 internet gateway",
                subnet.address, vpc.address
            );
            returns.seen.insert(0, (place_of(subnet), says));
            returns
        }
        Vpc::Default(vpc) => default_vpc_routes(graph, *vpc, &place_of(subnet)),
        Vpc::Outside(_) => {
            assumed_routes(&place_of(subnet), &format!("the main route table of `{}`", subnet.address))
        }
        Vpc::NotKnown(unknown) => {
            let says = format!("which VPC `{}` is in is not known", subnet.address);
            let set = Addresses::not_known(unknown.clone());
            Opening::of(Part::new(set, place_of(subnet), says, PartKind::Shown))
        }
    }
}

/// The default VPC has an internet gateway and a route to it, unless its table is managed here.
/// Source: VPC user guide, "Default VPC components".
fn default_vpc_routes<'g>(graph: &'g Graph<'g>, vpc: Option<&'g Instance>, place: &Place) -> Opening {
    let adopted = vpc.map(|vpc| {
        graph.sources(
            vpc,
            "aws_default_route_table",
            "default_route_table_id",
            &["default_route_table_id", "main_route_table_id"],
        )
    });
    let adopted = lead::in_charge(graph, adopted.unwrap_or_default());
    if let Some((table, _)) =
        adopted.into_iter().find(|(table, join)| lead::doubt_of_closer(table, join).is_none())
    {
        return table_routes(graph, table);
    }
    let says = "the main route table of the default VPC has a route to its internet gateway".to_owned();
    Opening::of(Part::new(Addresses::everything(), place.clone(), says, PartKind::Shown))
}

/// The main table of a VPC of the input (`main`: also one that is put in its place), which has the local
/// route only unless something adds to it.
fn main_table_of<'g>(graph: &'g Graph<'g>, vpc: &'g Instance, main: bool) -> Opening {
    let mut possible = Vec::new();
    let mut doubts = Vec::new();
    if main {
        for (association, join) in graph.sources(vpc, "aws_main_route_table_association", "vpc_id", &["id"]) {
            let table = by_association(graph, association);
            match lead::doubt_of_closer(association, &join) {
                None => return table,
                Some(unknown) => {
                    possible.push(table);
                    doubts.push(unknown);
                }
            }
        }
    }
    let mut layers = Vec::new();
    let mut seen = Vec::new();
    let vpc_id = identity_of(vpc);
    let sought = Sought::MainTable(vpc);
    let adopting = beside(
        graph.sources(vpc, "aws_default_route_table", "default_route_table_id", MAIN_TABLE),
        lookups::found(graph, "aws_default_route_table", "default_route_table_id", sought),
    );
    for (table, join) in lead::in_charge(graph, adopting) {
        let doubt = lead::doubt_of_opener(table, &join);
        let mut found = Vec::new();
        own_routes(graph, table, &vpc_id, &mut found);
        layers.extend(found.into_iter().map(|layer| layer.doubted(doubt.as_ref())));
        seen.push(place_of(table));
    }
    apart_routes(graph, sought, &vpc_id, &mut layers);
    let mut returns = layers::first_wins(layers);
    let says = format!("the main route table of `{}` has no route to an internet gateway", vpc.address);
    returns.seen.extend(seen.into_iter().chain([place_of(vpc)]).map(|place| (place, says.clone())));
    match doubts.first() {
        Some(doubt) => {
            possible.push(returns);
            Opening::one_of(possible, Some(doubt))
        }
        None => returns,
    }
}

fn identity_of(instance: &Instance) -> Value {
    instance
        .attributes
        .get("id")
        .filter(|id| !id.is_null())
        .cloned()
        .unwrap_or_else(|| Value::unknown(Unknown::attribute(instance.address.clone(), "id".into())))
}

/// The routes of a table of the input.
fn table_routes<'g>(graph: &'g Graph<'g>, table: &'g Instance) -> Opening {
    let mut layers = Vec::new();
    let vpc_id = table_vpc(graph, table);
    own_routes(graph, table, &vpc_id, &mut layers);
    let mut returns = layers::first_wins(layers);
    let says = format!("no route of `{}` leads to an internet gateway", table.address);
    returns.seen.push((place_of(table), says));
    returns
}

/// The id of the VPC that a table belongs to; null when nothing says it.
fn table_vpc<'g>(graph: &'g Graph<'g>, table: &'g Instance) -> Value {
    if let Some(id) = table.attributes.get("vpc_id").filter(|id| !id.is_null()) {
        return id.clone();
    }
    let identity = table
        .attributes
        .get("default_route_table_id")
        .and_then(|id| lead::unknown_of(id))
        .and_then(|unknown| unknown.identity.as_ref());
    match identity.and_then(|(of, _)| graph.instance(of)) {
        Some(vpc) if &*vpc.address.resource_type == "aws_vpc" => identity_of(vpc),
        Some(_) | None => Value::null(),
    }
}

/// The routes that a table is written with, and those that name it.
fn own_routes<'g>(graph: &'g Graph<'g>, table: &'g Instance, vpc_id: &Value, layers: &mut Vec<Layer>) {
    let reader = graph.reader(table);
    let blocks = reader.blocks("route");
    for block in &blocks.items {
        let destinations = ["cidr_block", "ipv6_cidr_block"];
        route(graph, block, destinations, vpc_id, None, layers);
    }
    if let Some(unknown) = &blocks.more {
        // Further routes may open; to close, they would have to cover the internet piece by piece.
        layers.push(Layer {
            set: Addresses::not_known(unknown.clone()),
            effect: Effect::Adds,
            rank: None,
            doubt: Some(unknown.clone()),
            place: reader.place(),
            says: format!("which routes `{}` has is not known", table.address),
            remarks: Vec::new(),
        });
    }
    apart_routes(graph, Sought::Table(table), vpc_id, layers);
}

fn apart_routes<'g>(graph: &'g Graph<'g>, table: Sought<'g>, vpc_id: &Value, layers: &mut Vec<Layer>) {
    let named = match table {
        Sought::MainTable(vpc) => graph.sources(vpc, "aws_route", "route_table_id", MAIN_TABLE),
        Sought::Table(table) => graph.sources(table, "aws_route", "route_table_id", &["id"]),
        Sought::DefaultGroup(_) | Sought::Subnet(_) | Sought::Group(_) | Sought::GroupOf(_) => Vec::new(),
    };
    for (instance, join) in beside(named, lookups::found(graph, "aws_route", "route_table_id", table)) {
        let doubt = lead::doubt_of_opener(instance, &join);
        let destinations = ["destination_cidr_block", "destination_ipv6_cidr_block"];
        let reader = graph.reader(instance);
        let before = layers.len();
        route(graph, &reader, destinations, vpc_id, doubt.as_ref(), layers);
        let closes = lead::doubt_of_closer(instance, &join);
        // What stands for an unread module may open; it is not taken to close.
        let phantom = graph.phantom(instance).is_some();
        for layer in layers.iter_mut().skip(before) {
            if layer.effect == Effect::Removes && layer.doubt.is_none() {
                layer.doubt.clone_from(&closes);
            }
            if phantom && matches!(layer.effect, Effect::Either(_) | Effect::RemovesSome(_)) {
                layer.effect = Effect::Adds;
            }
        }
    }
}

/// One route as layers: what it sends to an internet gateway is added, what it sends elsewhere removed.
fn route<'g>(
    graph: &'g Graph<'g>,
    reader: &Reader<'g>,
    destinations: [&str; 2],
    vpc_id: &Value,
    doubt: Option<&Arc<Unknown>>,
    layers: &mut Vec<Layer>,
) {
    let target = target(graph, reader, vpc_id);
    for (name, family) in destinations.into_iter().zip(Family::ALL) {
        let attribute = reader.attribute(name);
        let Some(value) = attribute.value().filter(|value| value.as_str() != Some("")) else { continue };
        let rank = value.as_str().map(prefix_length);
        let mut set = Addresses::of_value(value);
        let mut effect = target.effect.clone();
        if rank.is_none()
            && effect == Effect::Removes
            && let Some(unknown) = value.unknowns().into_iter().next()
        {
            effect = Effect::RemovesSome(unknown);
            set = Addresses::every(family);
        }
        let destination = value.shown();
        let places = if value.as_str().is_some() { target.place.clone() } else { attribute.place() };
        layers.push(Layer {
            set,
            effect,
            rank,
            doubt: doubt.cloned().or_else(|| target.doubt.clone()),
            place: places,
            says: format!("`{}` sends {destination} to {}", reader.instance().address, target.says),
            remarks: Vec::new(),
        });
    }
    let attribute = reader.attribute("destination_prefix_list_id");
    if let Some(value) = attribute.value().filter(|value| value.as_str() != Some(""))
        && target.effect != Effect::Removes
        && graph.phantom(reader.instance()).is_none()
    {
        let opening = prefix_lists::addresses(graph, value, &attribute.place(), &reader.instance().address);
        layers.push(Layer {
            set: opening.set,
            effect: target.effect.clone(),
            rank: None,
            doubt: doubt.cloned().or_else(|| target.doubt.clone()),
            place: attribute.place(),
            says: format!("`{}` sends a prefix list to {}", reader.instance().address, target.says),
            remarks: opening.remarks,
        });
    }
}

fn prefix_length(cidr: &str) -> i64 {
    let whole = if cidr.contains(':') { 128 } else { 32 };
    cidr.rsplit_once('/').and_then(|(_, digits)| digits.trim().parse().ok()).unwrap_or(whole)
}

/// Where a route leads to.
struct Target {
    effect: Effect,
    doubt: Option<Arc<Unknown>>,
    place: Place,
    says: String,
}

fn target<'g>(graph: &'g Graph<'g>, reader: &Reader<'g>, vpc_id: &Value) -> Target {
    let gateway = reader.attribute("gateway_id");
    if let Some(value) = gateway.value().filter(|value| value.as_str() != Some("")) {
        return gateway_target(graph, value, gateway.place(), vpc_id);
    }
    let carrier = reader.attribute("carrier_gateway_id");
    if let Some(value) = carrier.value().filter(|value| value.as_str() != Some("")) {
        let unknown = lead::unknown_of(value).cloned().unwrap_or_else(|| {
            let of = reader.instance().address.clone();
            Arc::new(Unknown::because(Cause::Attribute { of, path: "carrier_gateway_id".into() }))
        });
        let says = "a carrier gateway".to_owned();
        return Target { effect: Effect::Either(unknown), doubt: None, place: carrier.place(), says };
    }
    let says = "something else than an internet gateway".to_owned();
    Target { effect: Effect::Removes, doubt: None, place: reader.place(), says }
}

/// What else than an internet gateway `gateway_id` may name. Source: provider documentation of `aws_route` and
/// `aws_route_table`, and what AWS answers to mistaken ones.
const OTHER_GATEWAYS: &[&str] = &[
    "aws_ec2_transit_gateway",
    "aws_egress_only_internet_gateway",
    "aws_nat_gateway",
    "aws_vpc_endpoint",
    "aws_vpc_peering_connection",
    "aws_vpn_gateway",
];

fn gateway_target<'g>(graph: &'g Graph<'g>, value: &Value, place: Place, vpc_id: &Value) -> Target {
    let elsewhere = |place: Place, says: &str| Target {
        effect: Effect::Removes,
        doubt: None,
        place,
        says: says.to_owned(),
    };
    let not_known = |place: Place, unknown: Arc<Unknown>| Target {
        effect: Effect::Either(unknown),
        doubt: None,
        place,
        says: "a gateway that is not known".to_owned(),
    };
    match lead::follow(graph, value, &[("aws_internet_gateway", &["id"])]) {
        Lead::To(gateway, doubt) => {
            let says = format!("`{}`", gateway.address);
            let (attached, why) = attached(graph, gateway, vpc_id);
            match attached {
                Truth::True => Target { effect: Effect::Adds, doubt, place, says },
                Truth::False => elsewhere(place, &format!("{says}, which is not attached to this VPC")),
                Truth::Unknown => {
                    let doubt = doubt.or(why);
                    Target { effect: Effect::Adds, doubt, place, says }
                }
            }
        }
        Lead::Outside => {
            let internet = "an internet gateway outside of the input".to_owned();
            match (value.as_str(), lead::unknown_of(value).and_then(|unknown| unknown.identity.as_ref())) {
                (Some(id), _) if id.starts_with("igw-") => {
                    Target { effect: Effect::Adds, doubt: None, place, says: value.shown() }
                }
                (Some(_), _) => elsewhere(place, "something else than an internet gateway"),
                (None, Some((of, _))) if &*of.resource_type == "aws_internet_gateway" => {
                    Target { effect: Effect::Adds, doubt: None, place, says: internet }
                }
                (None, Some((of, _))) if OTHER_GATEWAYS.contains(&&*of.resource_type) => {
                    elsewhere(place, &format!("`{of}`"))
                }
                (None, _) => {
                    let unknown = value.unknowns().into_iter().next();
                    match unknown {
                        Some(unknown) => not_known(place, unknown),
                        None => elsewhere(place, "something else than an internet gateway"),
                    }
                }
            }
        }
        Lead::OneOf(members, unknown) => {
            let mut targets =
                members.iter().map(|member| gateway_target(graph, member, place.clone(), vpc_id));
            match targets.next() {
                Some(first) if targets.all(|other| other.effect == first.effect) => first,
                Some(_) | None => not_known(place, unknown),
            }
        }
        Lead::Module(unknown) | Lead::NotKnown(unknown) => not_known(place, unknown),
        Lead::Nowhere => elsewhere(place, "nothing"),
    }
}

/// Whether an internet gateway is attached to the VPC of a table: by its own `vpc_id`, or by an
/// `aws_internet_gateway_attachment`. AWS refuses a route to a gateway of another VPC, so what cannot be
/// compared is taken as attached.
fn attached<'g>(
    graph: &'g Graph<'g>,
    gateway: &'g Instance,
    vpc_id: &Value,
) -> (Truth, Option<Arc<Unknown>>) {
    let mut truth = Truth::False;
    let mut why = None;
    let mut attach = |id: &Value, doubt: Option<Arc<Unknown>>| {
        let same = same_vpc(graph, id, vpc_id);
        let here = if doubt.is_some() { same.and(Truth::Unknown) } else { same };
        truth = truth.or(here);
        if here.is_unknown() && why.is_none() {
            why = doubt.or_else(|| id.unknowns().into_iter().next());
        }
    };
    let reader = graph.reader(gateway);
    if let Some(id) = reader.attribute("vpc_id").value().filter(|id| id.as_str() != Some("")) {
        attach(id, None);
    }
    let attachments =
        graph.sources(gateway, "aws_internet_gateway_attachment", "internet_gateway_id", &["id"]);
    for (attachment, join) in attachments {
        let doubt = lead::doubt_of_opener(attachment, &join);
        match graph.reader(attachment).attribute("vpc_id").value() {
            Some(id) => attach(id, doubt),
            None => attach(&Value::null(), doubt),
        }
    }
    (truth, why)
}

/// Whether two ids are of one VPC. Different resources are different VPCs.
pub(super) fn same_vpc<'g>(graph: &'g Graph<'g>, left: &Value, right: &Value) -> Truth {
    if left.is_null() || right.is_null() {
        return Truth::True;
    }
    let same = same_value(left, right);
    if !same.is_unknown() {
        return same;
    }
    match (vpc_of_value(graph, left), vpc_of_value(graph, right)) {
        (Vpc::Here(left) | Vpc::Default(Some(left)), Vpc::Here(right) | Vpc::Default(Some(right))) => {
            Truth::from_bool(left.address == right.address)
        }
        (Vpc::NotKnown(_), _) | (_, Vpc::NotKnown(_)) => Truth::Unknown,
        (Vpc::Here(_) | Vpc::Default(_) | Vpc::Outside(_), _) => Truth::True,
    }
}
