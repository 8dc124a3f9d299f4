//! Prefix lists: named sets of addresses that rules and routes refer to (aws.md 5.1).

use std::sync::Arc;

use super::lead::{self, Lead};
use super::{Opening, Part, PartKind};
use crate::access::addresses::Addresses;
use crate::address::{Address, Mode};
use crate::graph::Graph;
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value};
use crate::verdict::{Place, Remark};

/// The addresses of a prefix list that a rule or route of `owner` names at `place`.
///
/// Lists of AWS itself hold one service's addresses and are not the internet; a list of which only the id is
/// known is not known.
pub(super) fn addresses<'g>(graph: &'g Graph<'g>, value: &Value, place: &Place, owner: &Address) -> Opening {
    match lead::follow(graph, value, &[("aws_ec2_managed_prefix_list", &["id"])]) {
        Lead::To(list, doubt) => {
            let set = entries(graph, list);
            let says = format!("`{owner}` admits the entries of `{}`", list.address);
            let opening = Opening::of(Part::new(set, place.clone(), says, PartKind::Shown));
            match doubt {
                Some(unknown) => opening.perhaps(&unknown),
                None => opening,
            }
        }
        Lead::OneOf(members, unknown) => {
            let openings = members.iter().map(|member| addresses(graph, member, place, owner));
            Opening::one_of(openings, Some(&unknown))
        }
        Lead::Nowhere => Opening::default(),
        Lead::Outside => outside(graph, value, place, owner),
        Lead::Module(unknown) | Lead::NotKnown(unknown) => {
            let says = format!("which addresses `{owner}` admits is not known");
            let set = Addresses::not_known(unknown);
            Opening::of(Part::new(set, place.clone(), says, PartKind::Shown))
        }
    }
}

/// The entries of a list in the input: blocks and resources of their own.
fn entries<'g>(graph: &'g Graph<'g>, list: &'g Instance) -> Addresses {
    let blocks = graph.reader(list).blocks("entry");
    let mut set = blocks
        .items
        .iter()
        .filter_map(|entry| entry.attribute("cidr").value().map(Addresses::of_value))
        .fold(Addresses::nothing(), |set, entry| set.union(&entry));
    if let Some(unknown) = blocks.more {
        set = set.union(&Addresses::not_known(unknown));
    }
    let apart = graph.sources(list, "aws_ec2_managed_prefix_list_entry", "prefix_list_id", &["id"]);
    for (entry, join) in apart {
        let Some(cidr) = graph.reader(entry).attribute("cidr").value().map(Addresses::of_value) else {
            continue;
        };
        set = set.union(&match lead::doubt_of_opener(entry, &join) {
            Some(unknown) => cidr.perhaps(&unknown),
            None => cidr,
        });
    }
    set
}

fn outside<'g>(graph: &'g Graph<'g>, value: &Value, place: &Place, owner: &Address) -> Opening {
    let data = lead::unknown_of(value)
        .and_then(|unknown| unknown.identity.as_ref())
        .filter(|(of, _)| of.mode == Mode::Data)
        .and_then(|(of, _)| graph.instance(of));
    let name = data.and_then(|data| data.attributes.get("name"));
    let managed = name.map_or(Truth::False, |name| match &name.data {
        Data::String(text) => text.starts_with("com.amazonaws."),
        Data::Unknown(_) => Truth::Unknown,
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            Truth::False
        }
    });
    if managed.is_true() {
        let shown = name.map_or_else(String::new, Value::shown);
        let mut opening =
            Opening::closed(place.clone(), format!("`{owner}` admits the addresses of {shown} only"));
        opening.remarks.push(Remark {
            code: "managed-prefix-list",
            place: place.clone(),
            says: format!("`{owner}` admits AWS's own prefix list {shown}: one service, not the internet"),
        });
        return opening;
    }
    let unknown = lead::unknown_of(value).cloned();
    let unknown =
        unknown.unwrap_or_else(|| Arc::new(Unknown::because(Cause::Undeclared(value.shown().into()))));
    let says = format!("which addresses the prefix list of `{owner}` holds is not known");
    let set = Addresses::not_known(unknown);
    Opening::of(Part::new(set, place.clone(), says, PartKind::Shown))
}
