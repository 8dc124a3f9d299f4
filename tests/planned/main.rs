//! What plans say about changes and no plan in `testdata/plans` has: each is made here, of the few keys that
//! matter, and judged through the real binary.

#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod copies;
#[path = "../judge/mod.rs"]
mod judge;
mod left_out;
mod lists;
mod objects;
mod references;
mod shapes;

use serde_json::{Value, json};

/// A policy that lets everyone read.
const OPEN: &str = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}}"#;

/// `ADDRESS verdict change` of every store, and `ADDRESS removed` of those that are destroyed.
#[track_caller]
fn verdicts(plan: &Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.json"), plan.to_string()).unwrap();
    let (report, _) = judge::report(folder.path(), &["plan.json"]).unwrap();
    assert_eq!(report["diagnostics"], json!([]));
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let said = |store: &Value| {
        format!("{} {} {}", text(&store["address"]), text(&store["verdict"]), text(&store["change"]))
    };
    let stores = report["stores"].as_array().unwrap();
    let gone = report["findings"].as_array().unwrap().iter().filter(|finding| {
        finding["change"] == "removed" && stores.iter().all(|store| store["address"] != finding["address"])
    });
    stores.iter().map(said).chain(gone.map(|finding| format!("{} gone", text(&finding["address"])))).collect()
}

/// A change of a resource: its actions, what was, what will be, and what is not known of it.
fn change(address: &str, actions: &[&str], before: &Value, after: &Value, unknown: &Value) -> Value {
    let local = address.rsplit_once("module.").map_or(address, |(_, call)| call.split_once('.').unwrap().1);
    let (resource_type, name) = local.split_once('.').unwrap();
    let name = name.split('[').next();
    json!({"address": address, "mode": "managed", "type": resource_type, "name": name,
           "provider_name": "registry.terraform.io/hashicorp/aws",
           "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown}})
}

fn bucket(address: &str, name: &str) -> Value {
    let bucket = json!({"bucket": name, "id": name});
    change(address, &["no-op"], &bucket, &bucket, &json!({}))
}

fn plan(changes: &[Value], more: Value) -> Value {
    let mut plan = json!({"format_version": "1.2", "resource_changes": changes});
    let Value::Object(more) = more else { panic!("no object: {more}") };
    plan.as_object_mut().unwrap().extend(more);
    plan
}

/// A block of the configuration: its expressions.
fn block(address: &str, expressions: &Value) -> Value {
    let (resource_type, name) = address.split_once('.').unwrap();
    json!({"address": address, "mode": "managed", "type": resource_type, "name": name,
           "expressions": expressions})
}

/// A database that everybody may connect to if it is public, behind a group that admits everybody.
fn database(name: &str, public: bool) -> Value {
    json!({"id": name, "identifier": name, "publicly_accessible": public, "engine": "postgres", "port": 5432,
           "network_type": "IPV4", "vpc_security_group_ids": ["sg-1"]})
}

fn group(id: &str, addresses: &str) -> Value {
    json!({"id": id, "ingress": [{"from_port": 5432, "to_port": 5432, "protocol": "tcp",
                                  "cidr_blocks": [addresses]}]})
}

/// A resource of a state.
fn recorded(address: &str, values: &Value, deposed: Option<&str>) -> Value {
    let (resource_type, name) = address.split_once('.').unwrap();
    json!({"address": address, "mode": "managed", "type": resource_type, "name": name, "values": values,
           "deposed_key": deposed})
}

fn state(resources: &[Value]) -> Value {
    json!({"format_version": "1.0", "values": {"root_module": {"resources": resources}}})
}

const KEY: Option<&str> = Some("6422870e");

/// What stays as it is.
fn same(address: &str, values: &Value) -> Value {
    change(address, &["no-op"], values, values, &json!({}))
}

/// A public database in the only subnet of a VPC with a gateway, and the default resources of that VPC.
fn in_a_vpc(groups: &[&str]) -> Vec<Value> {
    let mut database = database("a", true);
    database["vpc_security_group_ids"] = json!(groups);
    database["db_subnet_group_name"] = json!("inside");
    vec![
        same("aws_db_instance.a", &database),
        same("aws_db_subnet_group.s", &json!({"id": "inside", "name": "inside", "subnet_ids": ["subnet-1"]})),
        same("aws_subnet.s", &json!({"id": "subnet-1", "vpc_id": "vpc-1"})),
        same("aws_internet_gateway.g", &json!({"id": "igw-1", "vpc_id": "vpc-1"})),
        same(
            "aws_vpc.v",
            &json!({"id": "vpc-1", "default_security_group_id": "sg-default",
                    "default_network_acl_id": "acl-default", "default_route_table_id": "rtb-main",
                    "main_route_table_id": "rtb-main"}),
        ),
    ]
}

/// A route table with one route to the gateway.
fn table(id: &str, name: &str, addresses: &str) -> Value {
    json!({"id": id, name: id, "vpc_id": "vpc-1", "route": [{"cidr_block": addresses, "gateway_id": "igw-1"}]})
}

/// What a module makes of its resources, and what of it a rule outside of it names.
fn rule_through_an_output(output: &[&str], named: &[&str]) -> Vec<String> {
    let group = |name: &str| {
        let group = json!({"name": name, "ingress": []});
        change(
            &format!("module.m.aws_security_group.{name}"),
            &["create"],
            &Value::Null,
            &group,
            &json!({"id": true}),
        )
    };
    let vpc = change(
        "module.m.aws_vpc.v",
        &["create"],
        &Value::Null,
        &json!({"cidr_block": "10.0.0.0/16"}),
        &json!({"id": true, "default_security_group_id": true}),
    );
    let rule = json!({"type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "protocol": "-1", "from_port": 0, "to_port": 0});
    let rule = change(
        "aws_security_group_rule.r",
        &["create"],
        &Value::Null,
        &rule,
        &json!({"security_group_id": true, "id": true}),
    );
    let mut shown = database("a", true);
    shown.as_object_mut().unwrap().remove("vpc_security_group_ids");
    let unknown = json!({"vpc_security_group_ids": true, "id": true});
    let database = change("aws_db_instance.a", &["create"], &Value::Null, &shown, &unknown);
    let references = |names: &[&str]| json!({"references": names});
    let resource = |address: &str, expressions: Value| {
        let (resource_type, name) = address.split_once('.').unwrap();
        json!({"address": address, "mode": "managed", "type": resource_type, "name": name, "expressions": expressions})
    };
    let inside = ["aws_security_group.db", "aws_security_group.app", "aws_vpc.v"];
    let module = json!({
        "resources": inside.map(|address| resource(address, json!({}))),
        "outputs": {
            "out": {"expression": references(output)},
            "db": {"expression": references(&["aws_security_group.db.id", "aws_security_group.db"])},
        },
    });
    let root = json!({
        "resources": [
            resource("aws_security_group_rule.r", json!({"security_group_id": references(named)})),
            resource("aws_db_instance.a", json!({"vpc_security_group_ids": references(&["module.m.db", "module.m"])})),
        ],
        "module_calls": {"m": {"source": "./m", "module": module}},
    });
    let changes = [group("db"), group("app"), vpc, rule, database];
    let more = json!({"complete": true, "configuration": {"root_module": root}});
    verdicts(&plan(&changes, more))
}

/// The full name of an attribute, and what it is shortened to.
fn full(attribute: &str) -> Vec<String> {
    let parts: Vec<&str> = attribute.split('.').collect();
    let shorter = parts[..parts.len() - 1].join(".");
    vec![attribute.to_owned(), shorter]
}

/// References as a plan has them: what is written in brief is an attribute in full.
fn references(names: &str) -> Value {
    let each = names.split_whitespace().flat_map(|name| match name.split_once('.') {
        Some(("aws_security_group" | "var" | "local" | "path" | "terraform", _)) => vec![name.to_owned()],
        Some(_) => full(name),
        None => full(&format!("aws_security_group.{name}.id")),
    });
    json!({"references": each.collect::<Vec<_>>()})
}

/// A document that is read at apply, of which these parts are known.
fn document(name: &str, after: &Value, unknown: &Value) -> Value {
    let mut document =
        change(&format!("aws_iam_policy_document.{name}"), &["read"], &Value::Null, after, unknown);
    document["address"] = json!(format!("data.aws_iam_policy_document.{name}"));
    document["mode"] = json!("data");
    document["change"]["after_sensitive"] = json!({"source_policy_documents": [],
               "statement": [{"principals": [{"identifiers": []}], "condition": [{"values": []}]}]});
    document
}

/// What a policy says that is made of a document which is read at apply, with these expressions.
fn verdict_of_document(after: &Value, mut unknown: Value, expressions: &Value, others: &[Value]) -> String {
    unknown["json"] = json!(true);
    let policy = json!({"bucket": "site"});
    let policy =
        change("aws_s3_bucket_policy.p", &["create"], &Value::Null, &policy, &json!({"policy": true}));
    let named = ["aws_iam_role.r", "aws_vpc_endpoint.e"].map(|address| {
        change(address, &["create"], &Value::Null, &json!({}), &json!({"id": true, "arn": true}))
    });
    let own = [bucket("aws_s3_bucket.b", "site"), policy, document("d", after, &unknown)];
    let changes = [own.as_slice(), &named, others].concat();
    let refers = json!({"policy": references("data.aws_iam_policy_document.d.json")});
    let data = |name: &str, expressions: &Value| {
        let mut data = block(&format!("aws_iam_policy_document.{name}"), expressions);
        data["address"] = json!(format!("data.aws_iam_policy_document.{name}"));
        data["mode"] = json!("data");
        data
    };
    let resources = json!([
        block("aws_s3_bucket.b", &json!({})),
        block("aws_s3_bucket_policy.p", &refers),
        data("d", expressions),
        data("tls", &json!({})),
        data("open", &json!({})),
        data("shut", &json!({})),
        block("aws_iam_role.r", &json!({})),
        block("aws_vpc_endpoint.e", &json!({}))
    ]);
    let more = json!({
        "configuration": {"root_module": {"resources": resources}},
        "variables": {"open": {"value": OPEN_LIST}, "empty": {"value": ""}, "on": {"value": true},
                      "off": {"value": false}, "null": {"value": null}, "everyone": {"value": "*"},
                      "list": {"value": ["*"]}, "account": {"value": "111122223333"},
                      "service": {"value": "ec2.amazonaws.com"}}});
    let found = verdicts(&plan(&changes, more));
    found.first().unwrap().split(' ').nth(1).unwrap().to_owned()
}

/// The same policy in the shape that a document takes.
const OPEN_LIST: &str = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}]}"#;

fn statement(effect: &str, principals: &Value, condition: &Value) -> Value {
    json!({"effect": effect, "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::site/*"],
           "principals": [principals], "condition": condition})
}
