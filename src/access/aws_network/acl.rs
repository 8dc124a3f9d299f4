//! Network ACLs: ordered rules at the edge of a subnet (aws.md 5.3).

use std::sync::Arc;

use super::layers::{self, Effect, Layer};
use super::lead::{self, Lead};
use super::ports::{Ports, Range, Scope, number};
use super::routes::{Site, Vpc};
use super::{Opening, Part, PartKind};
use crate::access::addresses::Addresses;
use crate::graph::attribute::{is_one_of, test_value};
use crate::graph::{Graph, Reader, place_of};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown};

/// Ports that answers go to. Source: VPC user guide, "Ephemeral ports".
const EPHEMERAL: Range = Range { first: 1024, last: 65535 };

const ACLS: &[lead::Wanted] =
    &[("aws_network_acl", &["id"]), ("aws_default_network_acl", &["id", "default_network_acl_id"])];

/// The addresses that the network ACL of a place lets in on `ports`, of which one counts, and answers; `None`
/// when there is no ACL in the input: AWS's default one lets everything through.
pub(super) fn sources<'g>(graph: &'g Graph<'g>, site: &Site<'g>, ports: &Ports) -> Option<Opening> {
    let mut certain = Vec::new();
    let mut possible = Vec::new();
    let mut doubt = None;
    if let Some(subnet) = site.subnet {
        let mut found = Vec::new();
        for (acl, join) in graph.sources(subnet, "aws_network_acl", "subnet_ids", &["id"]) {
            found.push((acl, join, Lead::To(acl, None)));
        }
        for (acl, join) in graph.sources(subnet, "aws_default_network_acl", "subnet_ids", &["id"]) {
            found.push((acl, join, Lead::To(acl, None)));
        }
        for (association, join) in graph.sources(subnet, "aws_network_acl_association", "subnet_id", &["id"])
        {
            let Some(id) = association.attributes.get("network_acl_id") else { continue };
            found.push((association, join, lead::follow(graph, id, ACLS)));
        }
        for (owner, join, lead) in found {
            // A closer must be shown: what an unread module may hold does not close (aws.md 5.6).
            if graph.phantom(owner).is_some() {
                continue;
            }
            match lead {
                Lead::To(acl, unsure) => {
                    let unknown = lead::doubt_of_closer(owner, &join).or(unsure);
                    match unknown {
                        None => certain.push(acl),
                        Some(unknown) => {
                            possible.push(acl);
                            doubt = Some(unknown);
                        }
                    }
                }
                Lead::OneOf(_, unknown) | Lead::NotKnown(unknown) => {
                    let says = format!("which network ACL `{}` names is not known", owner.address);
                    let set = Addresses::not_known(unknown);
                    return Some(Opening::of(Part::new(set, place_of(owner), says, PartKind::Shown)));
                }
                Lead::Outside | Lead::Module(_) | Lead::Nowhere => {}
            }
        }
    }
    certain.dedup_by_key(|acl| &acl.address);
    if let [only] = certain.as_slice() {
        return Some(rules(graph, only, ports));
    }
    if !certain.is_empty() {
        let cause =
            Cause::Attribute { of: site.place.address.clone(), path: "network_acl_association".into() };
        let all = certain.into_iter().map(|acl| rules(graph, acl, ports));
        return Some(Opening::one_of(all, Some(&Arc::new(Unknown::because(cause)))));
    }
    let everything = || {
        let says = "the default network ACL lets everything through".to_owned();
        Opening::of(Part::new(Addresses::everything(), site.place.clone(), says, PartKind::Shown))
    };
    let default = default_acl(graph, site).map(|(acl, doubt)| match doubt {
        None => rules(graph, acl, ports),
        Some(doubt) => {
            let says = format!("without `{}` the default network ACL lets everything through", acl.address);
            let without = Part::new(Addresses::everything(), place_of(acl), says, PartKind::Shown);
            Opening::one_of([rules(graph, acl, ports), Opening::of(without)], Some(&doubt))
        }
    });
    let Some(doubt) = doubt else { return default };
    let default = default.unwrap_or_else(everything);
    let all = possible.into_iter().map(|acl| rules(graph, acl, ports)).chain([default]);
    Some(Opening::one_of(all, Some(&doubt)))
}

/// The default ACL of the VPC of a place, when it is managed here, and what makes that doubtful. What an unread
/// module may hold does not close (aws.md 5.6).
fn default_acl<'g>(graph: &'g Graph<'g>, site: &Site<'g>) -> Option<(&'g Instance, Option<Arc<Unknown>>)> {
    let (Vpc::Here(vpc) | Vpc::Default(Some(vpc))) = &site.vpc else { return None };
    let adopting =
        graph.sources(vpc, "aws_default_network_acl", "default_network_acl_id", &["default_network_acl_id"]);
    lead::in_charge(graph, adopting)
        .into_iter()
        .filter(|(acl, _)| graph.phantom(acl).is_none())
        .map(|(acl, join)| (acl, lead::doubt_of_closer(acl, &join)))
        .min_by_key(|(_, doubt)| doubt.is_some())
}

/// What an ACL lets in on one of the ports, and whose answers it lets out.
fn rules<'g>(graph: &'g Graph<'g>, acl: &'g Instance, ports: &Ports) -> Opening {
    let inbound = ports
        .candidates()
        .iter()
        .map(|range| layers::first_wins(entries(graph, acl, false, &|scope, _| scope.covers(*range))));
    let mut opening = Opening::one_of(inbound, ports.which());
    // Answers are shut in only when no port that they can go to is allowed.
    let outbound = layers::first_wins(entries(graph, acl, true, &|scope, adds| {
        if adds { scope.touches(EPHEMERAL) } else { Truth::from_bool(scope.covers(EPHEMERAL).is_true()) }
    }));
    let place = place_of(acl);
    let answers = format!("`{}` lets no answer out to the internet", acl.address);
    let before = opening.set.clone();
    opening.set = before.intersection(&outbound.set);
    if outbound.set.is_nothing().is_true() {
        opening.seen.insert(0, (place.clone(), answers));
    }
    opening.seen.push((place, format!("`{}` does not let the internet in on {}", acl.address, ports.says())));
    opening
}

/// The rules of an ACL in one direction as layers; `applies` says whether one is about the ports in question.
fn entries<'g>(
    graph: &'g Graph<'g>,
    acl: &'g Instance,
    egress: bool,
    applies: &dyn Fn(&Scope, bool) -> Truth,
) -> Vec<Layer> {
    let mut layers = Vec::new();
    let reader = graph.reader(acl);
    let blocks = reader.blocks(if egress { "egress" } else { "ingress" });
    for block in &blocks.items {
        let entry = Entry { reader: block, number: "rule_no", action: "action" };
        entry.layers(None, None, applies, &mut layers);
    }
    if let Some(unknown) = &blocks.more {
        layers.push(Layer {
            set: Addresses::not_known(unknown.clone()),
            effect: Effect::Either(unknown.clone()),
            rank: None,
            doubt: None,
            place: reader.place(),
            says: format!("which rules `{}` has is not known", acl.address),
            remarks: Vec::new(),
        });
    }
    for (rule, join) in graph.sources(acl, "aws_network_acl_rule", "network_acl_id", &["id"]) {
        let reader = graph.reader(rule);
        let written = reader.attribute("egress");
        let direction = match written.value() {
            None => Truth::from_bool(!egress),
            Some(value) => test_value(value, &|value| match value.as_bool() {
                Some(written) => Truth::from_bool(written == egress),
                None => is_one_of(value, &[if egress { "true" } else { "false" }]),
            }),
        };
        if direction.is_false() {
            continue;
        }
        let direction = lead::why(direction, written.value());
        let opens = direction.clone().or_else(|| lead::doubt_of_opener(rule, &join));
        let closes = direction.or_else(|| lead::doubt_of_closer(rule, &join));
        let entry = Entry { reader: &reader, number: "rule_number", action: "rule_action" };
        entry.layers(opens.as_ref(), closes.as_ref(), applies, &mut layers);
    }
    layers
}

/// One rule, and how its attributes are called.
struct Entry<'r, 'g> {
    reader: &'r Reader<'g>,
    number: &'static str,
    action: &'static str,
}

impl Entry<'_, '_> {
    fn layers(
        &self,
        opens: Option<&Arc<Unknown>>,
        closes: Option<&Arc<Unknown>>,
        applies: &dyn Fn(&Scope, bool) -> Truth,
        layers: &mut Vec<Layer>,
    ) {
        let scope = Scope::of(self.reader, "protocol");
        let action = self.reader.attribute(self.action);
        let allow = action.value().map_or(Truth::Unknown, |value| {
            test_value(value, &|value| match &value.data {
                Data::String(text) => match text.as_known() {
                    Some(text) => Truth::from_bool(text.eq_ignore_ascii_case("allow")),
                    None => Truth::Unknown,
                },
                Data::Null(_)
                | Data::Bool(_)
                | Data::Number(_)
                | Data::Sequence(..)
                | Data::Mapping(..)
                | Data::Unknown(_) => Truth::Unknown,
            })
        });
        let covers = applies(&scope, !allow.is_false());
        if covers.is_false() {
            return;
        }
        let effect = match allow {
            Truth::True => Effect::Adds,
            Truth::False => Effect::Removes,
            Truth::Unknown => match lead::why(allow, action.value()) {
                Some(unknown) => Effect::Either(unknown),
                None => Effect::Removes,
            },
        };
        let certain = if effect == Effect::Adds { opens } else { closes };
        let ports = Ports::all(&[]);
        let doubt = certain.cloned().or_else(|| covers.is_unknown().then(|| scope.unknown(&ports)));
        let rank = self.reader.attribute(self.number).value().and_then(number).map(|number| -number);
        let address = &self.reader.instance().address;
        let verb = if effect == Effect::Removes { "denies" } else { "allows" };
        for name in ["cidr_block", "ipv6_cidr_block"] {
            let attribute = self.reader.attribute(name);
            let Some(value) = attribute.value().filter(|value| value.as_str() != Some("")) else { continue };
            let unranked = rank.is_none().then(|| {
                let of = address.clone();
                Arc::new(Unknown::because(Cause::Attribute { of, path: self.number.into() }))
            });
            layers.push(Layer {
                set: Addresses::of_value(value),
                effect: effect.clone(),
                rank,
                doubt: doubt.clone().or(unranked),
                place: attribute.place(),
                says: format!("`{address}` {verb} {}", value.shown()),
                remarks: Vec::new(),
            });
        }
    }
}
