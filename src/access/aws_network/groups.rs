//! Security groups and what they let in (aws.md 5.1).

use std::sync::Arc;

use super::lead::{self, Lead};
use super::lookups::{self, Sought, beside};
use super::ports::{Ports, Range, Scope};
use super::routes::{self, Vpc};
use super::{Attached, Endpoint, Opening, Part, PartKind, prefix_lists};
use crate::access::Assumptions;
use crate::access::addresses::Addresses;
use crate::access::aws_account::same_value;
use crate::address::Mode;
use crate::graph::attribute::is_one_of;
use crate::graph::{Graph, Join, Reader, place_of};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Unknown, Value};
use crate::verdict::{Place, Remark};

const GROUPS: &[lead::Wanted] = &[("aws_security_group", &["id"]), ("aws_default_security_group", &["id"])];

/// What reads the groups of one endpoint, for one range of ports.
struct Groups<'g, 'a> {
    graph: &'g Graph<'g>,
    store: &'a Instance,
    vpc: &'a Vpc<'g>,
    ports: &'a Ports,
    assumptions: &'a Assumptions,
}

/// Returns the addresses that may open a TCP connection, over all attached groups; `ports` are candidates of
/// which one counts.
///
/// Groups that are not in the input are taken as open (aws.md D9), unless the settings say otherwise.
pub(super) fn sources<'g>(
    endpoint: &Endpoint<'g>,
    vpc: &Vpc<'g>,
    ports: &Ports,
    assumptions: &Assumptions,
) -> Opening {
    let groups = Groups { graph: endpoint.graph, store: endpoint.store, vpc, ports, assumptions };
    let per_candidate = ports.candidates().iter().map(|range| groups.attached(&endpoint.groups, *range));
    Opening::one_of(per_candidate, ports.which())
}

impl<'g> Groups<'g, '_> {
    fn attached(&self, attached: &Attached, range: Range) -> Opening {
        match attached {
            Attached::Listed { values, more, place } if values.is_empty() && more.is_none() => {
                let mut opening = self.default_group(place, range);
                if let Some(engine) = self.graph.instance(&place.address) {
                    opening.join(self.rules(Sought::GroupOf(engine), range));
                }
                opening
            }
            Attached::Listed { values, more: Some(unknown), place }
                if values.is_empty()
                    && !unknown.one_of.is_empty()
                    && unknown.one_of.iter().all(|member| member.as_sequence().is_some()) =>
            {
                // One of several lists, and that is all of them.
                let lists = unknown.one_of.iter().filter_map(Value::as_sequence);
                let openings = lists.map(|(elements, more)| {
                    let values = elements.iter().filter(|value| !value.is_null()).cloned().collect();
                    let list = Attached::Listed { values, more: more.clone(), place: place.clone() };
                    self.attached(&list, range)
                });
                Opening::one_of(openings, Some(unknown))
            }
            Attached::Listed { values, more, place } => {
                let mut opening = Opening::default();
                for value in values {
                    opening.join(self.group_value(value, place, range));
                }
                if let Some(unknown) = more {
                    opening.join(self.further(unknown, place, range));
                }
                opening
            }
            Attached::Outside { place, says } => assumed(place, says),
            Attached::NotKnown { place, unknown } => not_known(place, unknown),
        }
    }

    /// Groups of which it is not known whether they are attached.
    fn further(&self, unknown: &Arc<Unknown>, place: &Place, range: Range) -> Opening {
        if unknown.one_of.is_empty() {
            let whole = Value::new(crate::value::Data::Unknown(unknown.clone()));
            if self.default_group_of(&whole).is_some() {
                return self.group_value(&whole, place, range).perhaps(unknown);
            }
            return match lead::follow(self.graph, &whole, GROUPS) {
                Lead::To(..) => self.group_value(&whole, place, range).perhaps(unknown),
                Lead::Outside => self.outside(&whole, place),
                Lead::Module(_) | Lead::OneOf(..) | Lead::NotKnown(_) | Lead::Nowhere => {
                    not_known(place, unknown)
                }
            };
        }
        let mut opening = Opening::default();
        for member in unknown.one_of.iter().flat_map(routes::elements) {
            opening.join(self.group_value(&member, place, range));
        }
        opening.perhaps(unknown)
    }

    fn group_value(&self, value: &Value, place: &Place, range: Range) -> Opening {
        if let Some(vpc) = self.default_group_of(value) {
            return Groups { vpc: &vpc, ..*self }.default_group(place, range);
        }
        if let Some(group) = lookups::group(self.graph, value) {
            return self.group(group, range);
        }
        match lead::follow(self.graph, value, GROUPS) {
            Lead::To(group, _) if lead::is_given_up(group) => self.given_up(group, range),
            Lead::To(group, doubt) => {
                let opening = self.group(group, range);
                match doubt {
                    Some(unknown) => opening.perhaps(&unknown),
                    None => opening,
                }
            }
            Lead::Outside => self.outside(value, place),
            Lead::OneOf(members, unknown) => {
                let openings = members.iter().map(|member| self.group_value(member, place, range));
                Opening::one_of(openings, Some(&unknown))
            }
            Lead::Module(unknown) | Lead::NotKnown(unknown) => not_known(place, &unknown),
            Lead::Nowhere => Opening::default(),
        }
    }

    /// The VPC whose default group a value is: `aws_vpc.v.default_security_group_id` or what that is known to
    /// be, or a data source that looks the group named `default` up.
    fn default_group_of(&self, value: &Value) -> Option<Vpc<'g>> {
        if value.as_str().is_some() {
            let attribute = "default_security_group_id";
            let vpc = lookups::vpc_with(self.graph, attribute, &["default_security_group_id"], value)?;
            let is_default = &*vpc.address.resource_type == "aws_default_vpc";
            return Some(if is_default { Vpc::Default(Some(vpc)) } else { Vpc::Here(vpc) });
        }
        let (of, path) = lead::unknown_of(value)?.identity.as_ref()?;
        let instance = self.graph.instance(of)?;
        match (of.mode, &*of.resource_type) {
            (Mode::Managed, "aws_vpc") if path.as_attribute()? == "default_security_group_id" => {
                Some(Vpc::Here(instance))
            }
            (Mode::Managed, "aws_default_vpc") if path.as_attribute()? == "default_security_group_id" => {
                Some(Vpc::Default(Some(instance)))
            }
            (Mode::Data, "aws_security_group")
                if instance.attributes.get("name").and_then(Value::as_str) == Some("default") =>
            {
                instance.attributes.get("vpc_id").map(|vpc| routes::vpc_of_value(self.graph, vpc))
            }
            (Mode::Managed | Mode::Data | Mode::Ephemeral, _) => None,
        }
    }

    /// A group that is not in the input.
    fn outside(&self, value: &Value, place: &Place) -> Opening {
        let name = name_of(value);
        if self.known_closed(value) {
            return Opening::closed(place.clone(), format!("{name} is closed by the settings"));
        }
        assumed(place, &name)
    }

    fn known_closed(&self, value: &Value) -> bool {
        let closed = |text: &str| self.assumptions.closed_security_groups.iter().any(|known| known == text);
        if value.as_str().is_some_and(closed) {
            return true;
        }
        let identity = lead::unknown_of(value).and_then(|unknown| unknown.identity.as_ref());
        let Some((of, _)) = identity else { return false };
        let attributes = self.graph.instance(of).map(|data| &data.attributes);
        let named = |name: &str| attributes.and_then(|all| all.get(name)?.as_str()).is_some_and(closed);
        closed(&of.to_string()) || named("id") || named("name")
    }

    /// The default group of the VPC that the endpoint stands in.
    fn default_group(&self, place: &Place, range: Range) -> Opening {
        // Who adopts it anew comes first.
        let mut managed = self.graph.of_type("aws_default_security_group").to_vec();
        managed.sort_by_key(|group| lead::is_given_up(group));
        match self.vpc {
            Vpc::Here(vpc) => {
                let mut opening = Opening::default();
                let adopted = self.graph.sources(vpc, "aws_default_security_group", "vpc_id", &["id"]);
                opening.join(self.rules_in_charge(adopted, range));
                opening.join(self.rules(Sought::DefaultGroup(vpc), range));
                opening.seen.push((
                    place.clone(),
                    format!("the default security group of `{}` admits itself only", vpc.address),
                ));
                opening
            }
            Vpc::Default(vpc) => {
                let adopted = managed.iter().find(|group| {
                    let of = group.attributes.get("vpc_id").filter(|value| !value.is_null());
                    let Some(of) = of else { return routes::is_beside(self.graph, group, self.store) };
                    match lead::follow(self.graph, of, &[("aws_default_vpc", &["id"])]) {
                        Lead::To(found, _) => vpc.is_some_and(|vpc| vpc.address == found.address),
                        Lead::Outside
                        | Lead::Module(_)
                        | Lead::OneOf(..)
                        | Lead::NotKnown(_)
                        | Lead::Nowhere => false,
                    }
                });
                let name = "the default security group of the default VPC";
                let mut opening = self.adopted(adopted.copied(), place, name, range);
                if let Some(vpc) = vpc {
                    opening.join(self.rules(Sought::DefaultGroup(vpc), range));
                }
                opening
            }
            Vpc::Outside(id) => {
                let adopted = managed.iter().find(|group| {
                    group.attributes.get("vpc_id").is_some_and(|of| same_value(of, id).is_true())
                });
                self.adopted(adopted.copied(), place, "the default security group of the VPC", range)
            }
            Vpc::NotKnown(unknown) => not_known(place, unknown),
        }
    }

    /// The rules of a group that the plan gives up: those of who adopts it anew, where somebody does.
    fn given_up(&self, group: &'g Instance, range: Range) -> Opening {
        let vpc_of = |group: &Instance| group.attributes.get("vpc_id").cloned().unwrap_or_else(Value::null);
        let vpc = vpc_of(group);
        let mut adopters = vec![(group, Join::Certain)];
        for other in self.graph.of_type("aws_default_security_group") {
            if lead::is_given_up(other) || &*group.address.resource_type != "aws_default_security_group" {
                continue;
            }
            let own = vpc_of(other);
            match same_value(&vpc, &own) {
                Truth::True => adopters.push((other, Join::Certain)),
                Truth::False => {}
                Truth::Unknown => {
                    let unknown = own.unknowns().into_iter().chain(vpc.unknowns()).next();
                    adopters.extend(unknown.map(|unknown| (*other, Join::Possible(unknown))));
                }
            }
        }
        self.rules_in_charge(adopters, range)
    }

    /// The rules of a default group, as those who adopted it say.
    fn rules_in_charge(&self, adopters: Vec<(&'g Instance, Join)>, range: Range) -> Opening {
        let mut opening = Opening::default();
        for (group, join) in lead::in_charge(self.graph, adopters) {
            let rules = self.group(group, range);
            opening.join(match lead::doubt_of_opener(group, &join) {
                Some(unknown) => rules.perhaps(&unknown),
                None => rules,
            });
        }
        opening
    }

    /// A default group of a VPC that is not in the input, as far as it is managed here.
    fn adopted(&self, group: Option<&'g Instance>, place: &Place, name: &str, range: Range) -> Opening {
        let Some(group) = group else { return assumed(place, name) };
        let managed = self.group(group, range);
        match lead::doubt_of_existence(group) {
            Some(doubt) => Opening::one_of([managed, assumed(place, name)], Some(&doubt)),
            None => managed,
        }
    }

    /// The rules of a group that is in the input: blocks and resources of their own.
    fn group(&self, group: &'g Instance, range: Range) -> Opening {
        let mut opening = Opening::default();
        let reader = self.graph.reader(group);
        let blocks = reader.blocks("ingress");
        for block in &blocks.items {
            let rule = Rule {
                reader: block,
                protocol: "protocol",
                addresses: &["cidr_blocks", "ipv6_cidr_blocks"],
                lists: "prefix_list_ids",
            };
            opening.join(self.rule(&rule, range));
        }
        if let Some(unknown) = &blocks.more {
            let says = format!("which ingress rules `{}` has is not known", group.address);
            let set = Addresses::not_known(unknown.clone());
            opening.join(Opening::of(Part::new(set, reader.place(), says, PartKind::Shown)));
        }
        opening.join(self.rules(Sought::Group(group), range));
        let says = format!("no rule of `{}` lets the internet in on {}", group.address, self.ports.says());
        opening.seen.push((place_of(group), says));
        opening
    }

    /// The rules that are resources of their own and name a group, or the VPC that it is the default of.
    fn rules(&self, of: Sought<'g>, range: Range) -> Opening {
        let mut opening = Opening::default();
        for (instance, join) in self.rules_of_type("aws_security_group_rule", of) {
            let reader = self.graph.reader(instance);
            let direction = reader.attribute("type");
            let ingress = direction.value().map_or(Truth::Unknown, |value| is_one_of(value, &["ingress"]));
            if ingress.is_false() {
                continue;
            }
            let rule = Rule {
                reader: &reader,
                protocol: "protocol",
                addresses: &["cidr_blocks", "ipv6_cidr_blocks"],
                lists: "prefix_list_ids",
            };
            let mut found = self.rule(&rule, range);
            if let Some(unknown) = lead::why(ingress, direction.value()) {
                found = found.perhaps(&unknown);
            }
            opening.join(match lead::doubt_of_opener(instance, &join) {
                Some(unknown) => found.perhaps(&unknown),
                None => found,
            });
        }
        for (instance, join) in self.rules_of_type("aws_vpc_security_group_ingress_rule", of) {
            let reader = self.graph.reader(instance);
            let rule = Rule {
                reader: &reader,
                protocol: "ip_protocol",
                addresses: &["cidr_ipv4", "cidr_ipv6"],
                lists: "prefix_list_id",
            };
            let found = self.rule(&rule, range);
            opening.join(match lead::doubt_of_opener(instance, &join) {
                Some(unknown) => found.perhaps(&unknown),
                None => found,
            });
        }
        opening
    }

    fn rules_of_type(&self, resource_type: &'static str, of: Sought<'g>) -> Vec<(&'g Instance, Join)> {
        let sources = |owner, names| self.graph.sources(owner, resource_type, "security_group_id", names);
        let named = match of {
            Sought::Group(group) => sources(group, &["id"]),
            Sought::DefaultGroup(vpc) => sources(vpc, &["default_security_group_id"]),
            Sought::GroupOf(engine) => sources(engine, &["vpc_security_group_ids"]),
            Sought::MainTable(_) | Sought::Table(_) | Sought::Subnet(_) => Vec::new(),
        };
        beside(named, lookups::found(self.graph, resource_type, "security_group_id", of))
    }

    /// One rule: its addresses where its ports fit. A source that is a group is not the internet.
    fn rule(&self, rule: &Rule<'_, 'g>, range: Range) -> Opening {
        let scope = Scope::of(rule.reader, rule.protocol);
        let covers = scope.covers(range);
        let mut opening = Opening::default();
        if covers.is_false() {
            return opening;
        }
        let address = &rule.reader.instance().address;
        for name in rule.addresses {
            let attribute = rule.reader.attribute(name);
            let Some(value) = attribute.value().filter(|value| value.as_str() != Some("")) else { continue };
            let says = format!("`{address}` admits {} on {}", value.shown(), self.ports.says());
            let set = Addresses::of_value(value);
            opening.join(Opening::of(Part::new(set, attribute.place(), says, PartKind::Shown)));
        }
        let attribute = rule.reader.attribute(rule.lists);
        let (lists, more) = attribute.elements();
        for list in &lists {
            opening.join(prefix_lists::addresses(self.graph, list, &attribute.place(), address));
        }
        if let Some(unknown) = more {
            let says = format!("which prefix lists `{address}` admits is not known");
            let set = Addresses::not_known(unknown);
            opening.join(Opening::of(Part::new(set, attribute.place(), says, PartKind::Shown)));
        }
        if covers.is_unknown() { opening.perhaps(&scope.unknown(self.ports)) } else { opening }
    }
}

/// A rule, and which attributes it is written with.
struct Rule<'r, 'g> {
    reader: &'r Reader<'g>,
    protocol: &'static str,
    addresses: &'static [&'static str],
    lists: &'static str,
}

/// A group that nothing shows to keep the internet out.
fn assumed(place: &Place, name: &str) -> Opening {
    let says = format!("{name} is not in the input and is taken as open");
    let mut opening = Opening::of(Part::new(Addresses::everything(), place.clone(), says, PartKind::Assumed));
    opening.remarks.push(Remark {
        code: "assumed-open-group",
        place: place.clone(),
        says: format!("{name} is not in the input, so nothing shows that it keeps the internet out"),
    });
    opening
}

fn not_known(place: &Place, unknown: &Arc<Unknown>) -> Opening {
    let set = Addresses::not_known(unknown.clone());
    let says = "which security groups are attached is not known".to_owned();
    Opening::of(Part::new(set, place.clone(), says, PartKind::Shown))
}

/// What to call a group that is not in the input.
fn name_of(value: &Value) -> String {
    if value.holds_sensitive() {
        return "a security group".to_owned();
    }
    match (value.as_str(), lead::unknown_of(value)) {
        (Some(text), _) => format!("security group {}", crate::value::shown_text(text)),
        (None, Some(unknown)) => format!("security group `{}`", unknown.cause.name()),
        (None, None) => "a security group".to_owned(),
    }
}
