//! What an unknown refers to.

use serde_json::{Value, json};

use super::{
    OPEN, block, bucket, change, database, plan, rule_through_an_output, statement, verdict_of_document,
    verdicts,
};

/// The steps behind an output that holds whole resources: keys around them, or attributes.
#[test]
fn steps_behind_an_output() {
    let (db, app) = ("aws_security_group.db", "aws_security_group.app");
    let public = "public introduced";
    for (output, named, expected) in [
        (vec![db], "module.m.out.id", public),
        (vec![db], "module.m.out.group.id", public),
        (vec![db], "module.m.out[\"group\"][0].id", public),
        (vec![db], "module.m.out.name.id", public),
        (vec![db], "module.m.out.of[\"x.y\"].this", public),
        (vec![app], "module.m.out.group.id", "private -"),
        // Which one of two is meant, nobody knows; nor whether a local value is.
        (vec![app, db], "module.m.out.group.id", "undetermined -"),
        (vec![app, "local.groups"], "module.m.out.group.id", "undetermined -"),
        (vec!["local.groups"], "module.m.out.group.id", "undetermined -"),
        // An attribute that names another resource is not its own name.
        (vec!["aws_vpc.v"], "module.m.out.id", "private -"),
        (vec!["aws_vpc.v"], "module.m.out.sg", "private -"),
        (vec!["aws_vpc.v"], "module.m.out.net.default_security_group_id", "private -"),
        (vec!["aws_vpc.v.id", "aws_vpc.v.default_security_group_id", app], "module.m.out.sg", "private -"),
    ] {
        let judged = rule_through_an_output(&output, &[named]);
        assert_eq!(judged, [format!("aws_db_instance.a {expected}")], "{named} of {output:?}");
    }
    // Steps without an end.
    let long = format!("module.m.out{}.id", ".x".repeat(5000));
    assert_eq!(rule_through_an_output(&[db], &[&long]), ["aws_db_instance.a undetermined -"]);
}

/// A default port follows from the engine, although a plan does not know it; a rule that takes it opens it.
#[test]
fn a_rule_with_the_port_of_the_database() {
    let judged = |engine: &str, reference: &str| {
        let mut shown = database("a", true);
        shown["engine"] = json!(engine);
        shown.as_object_mut().unwrap().remove("port");
        let rule = json!({"type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "protocol": "tcp", "security_group_id": "sg-1"});
        let ports = json!({"from_port": true, "to_port": true});
        let changes = [
            change(
                "aws_db_instance.a",
                &["create"],
                &Value::Null,
                &shown,
                &json!({"port": true, "address": true}),
            ),
            change("aws_security_group.s", &["create"], &Value::Null, &json!({"id": "sg-1"}), &json!({})),
            change("aws_security_group_rule.r", &["create"], &Value::Null, &rule, &ports),
        ];
        let port = json!({"references": [reference, "aws_db_instance.a"]});
        let block = |address: &str, expressions: Value| {
            let (resource_type, name) = address.split_once('.').unwrap();
            json!({"address": address, "mode": "managed", "type": resource_type, "name": name,
                   "expressions": expressions})
        };
        let blocks = [
            block("aws_db_instance.a", json!({})),
            block("aws_security_group.s", json!({})),
            block("aws_security_group_rule.r", json!({"from_port": port, "to_port": port})),
        ];
        let configuration = json!({"root_module": {"resources": blocks}});
        verdicts(&plan(&changes, json!({"complete": true, "configuration": configuration})))
    };
    let port = "aws_db_instance.a.port";
    assert_eq!(judged("postgres", port), ["aws_db_instance.a public introduced"]);
    assert_eq!(judged("postgres", "aws_db_instance.a.address"), ["aws_db_instance.a undetermined -"]);
    assert_eq!(judged("another", port), ["aws_db_instance.a undetermined -"]);
}

/// A document that waits for apply and whose statements are all known is known.
#[test]
fn a_document_that_waits_and_is_known() {
    let judged = |identifier: &str| {
        let statement = json!({"effect": null, "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::site/*"],
                               "principals": [{"type": "AWS", "identifiers": [identifier]}]});
        let document = json!({"address": "data.aws_iam_policy_document.d", "mode": "data",
            "type": "aws_iam_policy_document", "name": "d", "action_reason": "read_because_dependency_pending",
            "change": {"actions": ["read"], "before": null, "after": {"statement": [statement]},
                       "after_unknown": {"id": true, "json": true, "minified_json": true}}});
        let policy = json!({"bucket": "site"});
        let unknown = json!({"policy": true});
        let policy = change("aws_s3_bucket_policy.p", &["create"], &Value::Null, &policy, &unknown);
        let json = ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"];
        let policy_block = json!({"address": "aws_s3_bucket_policy.p", "mode": "managed",
            "type": "aws_s3_bucket_policy", "name": "p", "expressions": {"policy": {"references": json}}});
        let document_block = json!({"address": "data.aws_iam_policy_document.d", "mode": "data",
            "type": "aws_iam_policy_document", "name": "d", "expressions": {"statement": [{}]}});
        let configuration = json!({"root_module": {"resources": [policy_block, document_block]}});
        let changes = [bucket("aws_s3_bucket.b", "site"), document, policy];
        verdicts(&plan(&changes, json!({"complete": true, "configuration": configuration})))
    };
    assert_eq!(judged("*"), ["aws_s3_bucket.b public introduced"]);
    assert_eq!(judged("111122223333"), ["aws_s3_bucket.b private -"]);
}

/// An index that is no literal is lost: which instance is meant, the names behind tell.
#[test]
fn an_index_that_is_lost() {
    let mut changes = Vec::new();
    for (key, name) in [("a", "first"), ("b", "second")] {
        let open = OPEN.replace("site", name);
        let address = format!("aws_s3_bucket.b[\"{key}\"]");
        changes.push(change(
            &address,
            &["create"],
            &Value::Null,
            &json!({"bucket": name}),
            &json!({"id": true}),
        ));
        let policy = json!({"bucket": name, "policy": open});
        changes.push(change(
            &format!("aws_s3_bucket_policy.p[\"{key}\"]"),
            &["no-op"],
            &policy,
            &policy,
            &json!({}),
        ));
        let block = json!({"restrict_public_buckets": key == "a"});
        let address = format!("aws_s3_bucket_public_access_block.x[\"{key}\"]");
        changes.push(change(&address, &["create"], &Value::Null, &block, &json!({"bucket": true})));
    }
    let judged = |bucket: &[&str], for_each: &Value| {
        let mut block = block(
            "aws_s3_bucket_public_access_block.x",
            &json!({"bucket": {"references": bucket}, "restrict_public_buckets": {"references": ["each.key"]}}),
        );
        block["for_each_expression"] = for_each.clone();
        let of = |address: &str| self::block(address, &json!({}));
        let resources = json!([of("aws_s3_bucket.b"), of("aws_s3_bucket_policy.p"), block]);
        let more = json!({"configuration": {"root_module": {"resources": resources}},
                          "variables": {"peer": {"value": {"a": "b", "b": "a"}},
                                        "names": {"value": ["a", "b"]}, "on": {"value": true},
                                        "other": {"value": "b"}}});
        let found = verdicts(&plan(&changes, more));
        found.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let set = json!({"references": ["var.names"]});
    let peers = json!({"references": ["var.peer"]});
    let literal = json!({"constant_value": {"a": "b", "b": "a"}});
    let (own, peer, any) = ("private public", "public private", "undetermined undetermined");
    let b = "aws_s3_bucket.b";
    for (bucket, for_each, expected) in [
        (vec![b, "each.key"], &set, own),
        (vec![b, "each.key"], &peers, own),
        (vec!["var.on", b, "each.key"], &peers, own),
        (vec![b, "each.key", "var.on"], &peers, own),
        (vec![b, "each.key", "var.other"], &peers, any),
        (vec![b, "each.value"], &set, own),
        (vec![b, "each.value"], &Value::Null, own),
        (vec![b, "each.value"], &peers, peer),
        (vec![b, "each.value"], &literal, peer),
        (vec![b, "var.peer", "each.key"], &set, peer),
        (vec![b, "var.peer", "each.value"], &peers, own),
        (vec![b, "var.peer", "var.peer", "each.key"], &set, any),
        (vec![b, "local.peer", "each.key"], &set, any),
        (vec![b, "aws_iam_role.r.id", "aws_iam_role.r", "each.key"], &set, any),
    ] {
        assert_eq!(judged(&bucket, for_each), expected, "{bucket:?} {for_each}");
    }
}

/// Everything in a document is known, and it is read at apply all the same: something else has to be done first.
#[test]
fn a_document_that_waits() {
    let judged = |identifier: &str| {
        let principals = json!({"type": "AWS", "identifiers": [identifier]});
        let statement = statement("Allow", &principals, &json!([]));
        verdict_of_document(&json!({"statement": [statement]}), json!({}), &json!({}), &[])
    };
    assert_eq!(judged("*"), "public");
    assert_eq!(judged("111122223333"), "private");
}
