//! The combinations of aws.md 5.8 and 6.2 as tables: each row one network and what it makes of a database.

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
        assert_eq!(verdict(&judgement, address), *expected, "{name}: {:#?}", because(&judgement, address));
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
    ("n15", r#""+aws_db_instance.pg": {"vpc_security_group_ids": ["sg-0abc"]}"#, "public assumed-open-group"),
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
    let nat = r#", "+aws_route_table.t": {"route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "n"}]}"#;
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
