//! VPC block public access, which cuts what comes in through internet gateways (aws.md 5.4).

use super::routes::{self, Site, Vpc};
use crate::access::aws_account::{same_account, same_region};
use crate::graph::{Graph, Join, acts};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value};
use crate::verdict::{Claim, all, any, not};

/// That the block of the store's account and region cuts a place off.
///
/// Source: VPC user guide, "Block public access to VPCs and subnets"; both blocking modes cut what comes in,
/// and only exclusions in the mode `allow-bidirectional` exempt from it.
pub(super) fn cuts<'g>(graph: &'g Graph<'g>, store: &Instance, site: &Site<'g>) -> Claim {
    let options = graph.of_type("aws_vpc_block_public_access_options");
    any(options.iter().filter_map(|options| {
        let join = in_scope(graph, options, store)?;
        let mode = graph
            .reader(options)
            .attribute("internet_gateway_block_mode")
            .one_of(&["block-bidirectional", "block-ingress"]);
        Some(all([mode, acts(options, &join, false), not(exempt(graph, store, site))]))
    }))
}

/// The account and the region of the options are those of the store.
fn in_scope(graph: &Graph<'_>, options: &Instance, store: &Instance) -> Option<Join> {
    let join = same_account(graph, options, store)?;
    match same_region(options, store) {
        Truth::True => Some(join),
        Truth::False => None,
        Truth::Unknown => {
            let cause = Cause::Attribute { of: options.address.clone(), path: "region".into() };
            Some(Join::Possible(std::sync::Arc::new(Unknown::because(cause))))
        }
    }
}

/// That an exclusion exempts the VPC or the subnet.
fn exempt<'g>(graph: &'g Graph<'g>, store: &Instance, site: &Site<'g>) -> Claim {
    let exclusions = graph.of_type("aws_vpc_block_public_access_exclusion");
    any(exclusions.iter().filter_map(|exclusion| {
        let join = in_scope(graph, exclusion, store)?;
        let reader = graph.reader(exclusion);
        let vpc = match &site.vpc {
            Vpc::Here(vpc) => Some(*vpc),
            Vpc::Default(vpc) => *vpc,
            Vpc::Outside(_) | Vpc::NotKnown(_) => None,
        };
        let of_vpc = reader.attribute("vpc_id").value().map(|id| (is_vpc(graph, site, id), id.clone(), vpc));
        let of_subnet = reader
            .attribute("subnet_id")
            .value()
            .map(|id| (is_subnet(graph, site, id), id.clone(), site.subnet));
        let named: Vec<(Truth, Value, Option<&Instance>)> = of_vpc.into_iter().chain(of_subnet).collect();
        let here = named.iter().fold(Truth::False, |truth, (same, ..)| truth.or(*same));
        let join = match here {
            Truth::False => return None,
            Truth::True => join,
            Truth::Unknown => {
                let unknown = named.iter().find_map(|(_, id, _)| id.unknowns().into_iter().next());
                Join::Possible(unknown.unwrap_or_else(|| {
                    let own = named.iter().find_map(|(_, _, own)| *own).unwrap_or(exclusion);
                    let cause = Cause::Attribute { of: own.address.clone(), path: "id".into() };
                    std::sync::Arc::new(Unknown::because(cause))
                }))
            }
        };
        let mode = reader.attribute("internet_gateway_exclusion_mode").one_of(&["allow-bidirectional"]);
        Some(all([mode, acts(exclusion, &join, true)]))
    }))
}

fn is_vpc<'g>(graph: &'g Graph<'g>, site: &Site<'g>, id: &Value) -> Truth {
    match (&site.vpc, routes::vpc_of_value(graph, id)) {
        (Vpc::Here(ours) | Vpc::Default(Some(ours)), Vpc::Here(theirs) | Vpc::Default(Some(theirs))) => {
            Truth::from_bool(ours.address == theirs.address)
        }
        (Vpc::Here(ours), Vpc::Outside(theirs)) => match ours.attributes.get("id") {
            Some(ours) => crate::access::aws_account::same_value(ours, &theirs),
            // Nothing says which id it has.
            None => Truth::Unknown,
        },
        (Vpc::Outside(ours), Vpc::Outside(theirs)) if !ours.is_null() => {
            crate::access::aws_account::same_value(ours, &theirs)
        }
        (Vpc::Here(_) | Vpc::Default(_) | Vpc::Outside(_) | Vpc::NotKnown(_), _) => Truth::Unknown,
    }
}

fn is_subnet<'g>(graph: &'g Graph<'g>, site: &Site<'g>, id: &Value) -> Truth {
    let Some(subnet) = site.subnet else { return Truth::Unknown };
    let single = std::slice::from_ref(id);
    let types: [&'static str; 2] = ["aws_subnet", "aws_default_subnet"];
    let mut truth = Truth::False;
    for resource_type in types {
        let targets = graph.targets(single, resource_type, &["id"]);
        for (found, join) in targets.found {
            if found.address == subnet.address {
                truth = truth.or(if join.is_certain() { Truth::True } else { Truth::Unknown });
            }
        }
    }
    // Nothing says which id the subnet has.
    let literal = matches!(&id.data, Data::String(text) if text.as_hole().is_none());
    if literal && subnet.attributes.get("id").is_none() { truth.or(Truth::Unknown) } else { truth }
}
