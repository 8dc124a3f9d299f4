//! Rules and routes that a group, a table or a list shows and that resources of their own made.
//!
//! What AWS has is read back into the blocks that nobody wrote: all rules of a group, whoever made them. When a
//! plan changes one that is a resource of its own, its copy is no longer in force; what no resource accounts
//! for is.

use super::ports::number;
use crate::model::{Apart, Copied};
use crate::value::{Data, Value};

/// Every attribute that shows such copies. Source: provider documentation of each type, the note that it
/// "provides both a standalone resource and … defined in-line".
pub static COPIES: &[Copied] = &[
    of_group("aws_security_group", "aws_security_group_rule", without_rule),
    of_group("aws_security_group", "aws_vpc_security_group_ingress_rule", without_ingress_rule),
    of_group("aws_default_security_group", "aws_security_group_rule", without_rule),
    of_group("aws_default_security_group", "aws_vpc_security_group_ingress_rule", without_ingress_rule),
    copied("aws_route_table", "route", "aws_route", "route_table_id", without_route),
    copied("aws_default_route_table", "route", "aws_route", "route_table_id", without_route),
    of_acl("aws_network_acl", "ingress", without_inbound),
    of_acl("aws_network_acl", "egress", without_outbound),
    of_acl("aws_default_network_acl", "ingress", without_inbound),
    of_acl("aws_default_network_acl", "egress", without_outbound),
    copied(
        "aws_ec2_managed_prefix_list",
        "entry",
        "aws_ec2_managed_prefix_list_entry",
        "prefix_list_id",
        without_entry,
    ),
    copied(
        "aws_internet_gateway",
        "vpc_id",
        "aws_internet_gateway_attachment",
        "internet_gateway_id",
        without_vpc,
    ),
];

/// What is left of a block when what a resource set is taken out; `None`: nothing.
type Without = fn(Value, &Value) -> Option<Value>;

const fn of_group(resource_type: &'static str, actor: &'static str, without: Without) -> Copied {
    copied(resource_type, "ingress", actor, "security_group_id", without)
}

const fn of_acl(resource_type: &'static str, attribute: &'static str, without: Without) -> Copied {
    copied(resource_type, attribute, "aws_network_acl_rule", "network_acl_id", without)
}

const fn copied(
    resource_type: &'static str,
    attribute: &'static str,
    actor: &'static str,
    tie: &'static str,
    without: Without,
) -> Copied {
    Copied { resource_type, attribute, actor, mirrors: None, apart: Some(Apart { tie, without }) }
}

/// The attributes of a block of a group that hold sources.
const SOURCES: [&str; 3] = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"];

fn without_rule(block: Value, rule: &Value) -> Option<Value> {
    if text(rule, "type") != Some("ingress") || !is_same_scope(&block, rule, "protocol") {
        return Some(block);
    }
    without_sources(block, rule, SOURCES)
}

fn without_ingress_rule(block: Value, rule: &Value) -> Option<Value> {
    if !is_same_scope(&block, rule, "ip_protocol") {
        return Some(block);
    }
    without_sources(block, rule, ["cidr_ipv4", "cidr_ipv6", "prefix_list_id"])
}

/// A block without the sources that a rule names. AWS has each source of a protocol and its ports once.
/// Source: EC2 API reference, `AuthorizeSecurityGroupIngress`, `InvalidPermission.Duplicate`.
fn without_sources(block: Value, rule: &Value, names: [&str; 3]) -> Option<Value> {
    let Some(attributes) = block.as_mapping() else { return Some(block) };
    let mut left = attributes.to_map();
    for (own, name) in SOURCES.into_iter().zip(names) {
        let (Some(sources), Some(theirs)) = (left.get(own), rule.get(name)) else { continue };
        let Data::Sequence(kind, elements, more) = &sources.data else { continue };
        let kept = elements.iter().filter(|source| !holds(theirs, source)).cloned().collect();
        let kept = Value::new(Data::Sequence(kind.clone(), kept, more.clone())).marked(sources.sensitive);
        left.insert(own.into(), kept);
    }
    // What admits a group admits nobody of the internet.
    let admits = |name: &str| {
        left.get(name).is_some_and(|sources| match sources.as_sequence() {
            Some((elements, more)) => !elements.is_empty() || more.is_some(),
            None => !sources.is_null(),
        })
    };
    let some = SOURCES.iter().any(|name| admits(name));
    some.then(|| Value::object(left).with_origin(block.origin.clone()).marked(block.sensitive))
}

/// Whether a value is a text or has it as an element.
fn holds(value: &Value, text: &Value) -> bool {
    let Some(text) = text.as_str() else { return false };
    let is_it = |value: &Value| value.as_str().is_some_and(|own| own.eq_ignore_ascii_case(text));
    match value.as_sequence() {
        Some((elements, _)) => elements.iter().any(is_it),
        None => is_it(value),
    }
}

/// Whether a block and a rule are about the same protocol and ports.
fn is_same_scope(block: &Value, rule: &Value, protocol: &str) -> bool {
    let (Some(own), Some(theirs)) = (text(block, "protocol"), text(rule, protocol)) else { return false };
    let (own, theirs) = (protocol_of(own), protocol_of(theirs));
    let port = |value: &Value, name: &str| value.get(name).and_then(number);
    let same = |name: &str| port(block, name).is_some() && port(block, name) == port(rule, name);
    own.eq_ignore_ascii_case(theirs) && (own == "-1" || same("from_port") && same("to_port"))
}

/// A protocol by the name that AWS gives it. Source: EC2 API reference, `IpPermission`, `IpProtocol`.
fn protocol_of(written: &str) -> &str {
    match written {
        "all" => "-1",
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        other => other,
    }
}

/// A table has one route to each destination.
fn without_route(block: Value, route: &Value) -> Option<Value> {
    let destinations = [
        ("cidr_block", "destination_cidr_block"),
        ("ipv6_cidr_block", "destination_ipv6_cidr_block"),
        ("destination_prefix_list_id", "destination_prefix_list_id"),
    ];
    let same = destinations.into_iter().any(|(own, name)| is_same(&block, own, route, name));
    (!same).then_some(block)
}

/// A list has each range once.
fn without_entry(block: Value, entry: &Value) -> Option<Value> {
    (!is_same(&block, "cidr", entry, "cidr")).then_some(block)
}

fn without_inbound(block: Value, rule: &Value) -> Option<Value> {
    without_numbered(block, rule, false)
}

fn without_outbound(block: Value, rule: &Value) -> Option<Value> {
    without_numbered(block, rule, true)
}

/// A network ACL has one rule of each number in each direction: inbound is the provider's default. Of a rule
/// whose direction is not known nothing is taken out.
fn without_numbered(block: Value, rule: &Value, egress: bool) -> Option<Value> {
    let direction = match rule.get("egress").filter(|direction| !direction.is_null()) {
        Some(direction) => direction.as_bool(),
        None => Some(false),
    };
    let own = block.get("rule_no").and_then(number);
    let same = own.is_some() && own == rule.get("rule_number").and_then(number);
    (direction != Some(egress) || !same).then_some(block)
}

fn without_vpc(vpc: Value, attachment: &Value) -> Option<Value> {
    let same = vpc.as_str().is_some_and(|id| text(attachment, "vpc_id") == Some(id));
    (!same).then_some(vpc)
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// Whether both have the same text there, and not an empty one.
fn is_same(one: &Value, name: &str, other: &Value, its_name: &str) -> bool {
    let (Some(one), Some(other)) = (text(one, name), text(other, its_name)) else { return false };
    !one.is_empty() && one.eq_ignore_ascii_case(other)
}
