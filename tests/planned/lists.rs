//! Lists that are unknown as a whole.

use serde_json::{Value, json};

use super::{
    block, change, database, document, group, plan, references, statement, verdict_of_document, verdicts,
};

/// A list that is unknown as a whole holds what it refers to, and what is known beside. Whatever is known and no
/// element may be a condition.
#[test]
fn groups_of_a_list_that_is_not_known() {
    let variables = json!({
        "one": {"value": "sg-1"}, "list": {"value": ["sg-1"]}, "none": {"value": []}, "null": {"value": null},
        "empty": {"value": ""}, "on": {"value": true}, "place": {"value": "here"}, "map": {"value": {"a": "sg-1"}},
        "places": {"value": ["here", "there"]}, "number": {"value": 1}});
    let group = |name: &str, addresses: &str, unknown: Value| {
        let group = group("sg-0", addresses);
        let mut group = group.as_object().unwrap().clone();
        if unknown["id"] == true {
            group.remove("id");
        }
        change(&format!("aws_security_group.{name}"), &["create"], &Value::Null, &json!(group), &unknown)
    };
    let primary = |name: &str| {
        let mut database = database(name, false);
        database.as_object_mut().unwrap().remove("vpc_security_group_ids");
        let unknown = json!({"vpc_security_group_ids": true});
        let mut database =
            change(&format!("aws_db_instance.{name}"), &["create"], &Value::Null, &database, &unknown);
        database["change"]["after_sensitive"] = json!({"vpc_security_group_ids": []});
        database
    };
    let judged = |names: &str, sensitive: bool| {
        let id = json!({"id": true});
        let mut database = database("a", true);
        database.as_object_mut().unwrap().remove("vpc_security_group_ids");
        let unknown = json!({"vpc_security_group_ids": true});
        let mut database = change("aws_db_instance.a", &["create"], &Value::Null, &database, &unknown);
        database["change"]["after_sensitive"] =
            json!({"vpc_security_group_ids": if sensitive { json!(true) } else { json!([]) }});
        let changes = [
            group("open", "0.0.0.0/0", id.clone()),
            group("shut", "10.0.0.0/8", id.clone()),
            group("low", "10.0.0.0/16", id),
            group("old", "0.0.0.0/0", json!({})),
            group("all[0]", "0.0.0.0/0", json!({"id": true})),
            group("all[1]", "10.0.0.0/8", json!({"id": true})),
            database,
            primary("p_open"),
            primary("p_shut"),
        ];
        let expressions = json!({"vpc_security_group_ids": references(names)});
        let mut resources: Vec<Value> = ["open", "shut", "low", "old", "all"]
            .map(|name| block(&format!("aws_security_group.{name}"), &json!({})))
            .to_vec();
        resources.push(block("aws_db_instance.a", &expressions));
        for (name, group) in [("p_open", "open"), ("p_shut", "shut")] {
            let expressions = json!({"vpc_security_group_ids": references(group)});
            resources.push(block(&format!("aws_db_instance.{name}"), &expressions));
        }
        let more =
            json!({"configuration": {"root_module": {"resources": resources}}, "variables": variables});
        let found = verdicts(&plan(&changes, more));
        found.first().unwrap().split(' ').nth(1).unwrap().to_owned()
    };
    for (names, expected) in [
        ("shut", "private"),
        ("shut low", "private"),
        ("open shut", "public"),
        // Beside it stands one that exists already, or one that nobody knows.
        ("shut old", "public"),
        ("shut var.one", "public"),
        ("shut var.list", "public"),
        ("var.one shut", "public"),
        // Nothing, and what cannot be a group.
        ("shut var.none", "private"),
        ("open shut var.none", "public"),
        ("shut var.empty", "private"),
        ("shut low var.null", "private"),
        // The only one that can make the list unknown.
        ("var.on open", "public"),
        ("var.on shut", "private"),
        // One or the other.
        ("var.on open shut", "undetermined"),
        ("var.place open shut", "undetermined"),
        ("var.null open shut", "undetermined"),
        ("var.none open shut", "undetermined"),
        ("var.places var.place open shut", "undetermined"),
        ("terraform.workspace open shut", "undetermined"),
        ("var.on shut low", "private"),
        ("shut var.on open", "undetermined"),
        // The condition stands behind both.
        ("open shut var.place", "public"),
        // An index, perhaps; the splat and what stands behind it.
        ("aws_security_group.all", "public"),
        ("aws_security_group.all var.place", "undetermined"),
        ("aws_security_group.all var.number", "undetermined"),
        ("aws_security_group.all var.map", "undetermined"),
        ("aws_security_group.all var.none", "public"),
        ("aws_security_group.all var.on", "public"),
        // Those of another database.
        ("aws_db_instance.p_open.vpc_security_group_ids", "public"),
        ("aws_db_instance.p_shut.vpc_security_group_ids", "private"),
        ("aws_db_instance.p_shut.vpc_security_group_ids var.one", "public"),
        (
            "aws_db_instance.p_shut.vpc_security_group_ids aws_db_instance.p_open.vpc_security_group_ids",
            "public",
        ),
        // Any may be there.
        ("shut var.map", "undetermined"),
        ("shut path.module", "undetermined"),
        ("shut local.groups", "undetermined"),
    ] {
        assert_eq!(judged(names, false), expected, "{names}");
        assert_eq!(judged(names, true), expected, "{names}, sensitive");
    }
}

/// A list of documents that is unknown as a whole: those that are known stand beside.
#[test]
fn documents_of_a_list_that_is_not_known() {
    let everyone = json!({"type": "*", "identifiers": ["*"]});
    let account = json!({"type": "AWS", "identifiers": ["111122223333"]});
    let late = json!({"json": true, "statement": [{"resources": [true]}]});
    let made = |name: &str, effect: &str, principals: &Value, condition: &Value| {
        let mut statement = statement(effect, principals, condition);
        statement["resources"] = json!([null]);
        document(name, &json!({"statement": [statement]}), &late)
    };
    let insecure = json!([{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}]);
    let others = [
        made("tls", "Deny", &everyone, &insecure),
        made("open", "Allow", &everyone, &json!([])),
        made("shut", "Allow", &account, &json!([])),
    ];
    let judged = |names: &str| {
        let long = |name: &str| match name {
            "tls" | "open" | "shut" => format!("data.aws_iam_policy_document.{name}.json"),
            _ => name.to_owned(),
        };
        let names = names.split_whitespace().map(long).collect::<Vec<_>>().join(" ");
        let expressions = json!({"source_policy_documents": references(&names)});
        let unknown = json!({"source_policy_documents": true});
        verdict_of_document(&json!({"statement": []}), unknown, &expressions, &others)
    };
    for (names, expected) in [
        // Something made the list, and what else is in it nobody sees.
        ("tls shut", "undetermined"),
        ("tls path.module", "undetermined"),
        ("tls local.policy", "undetermined"),
        // What it was made for is seen.
        ("tls var.empty", "private"),
        ("tls var.null", "private"),
        ("tls var.open", "public"),
        ("tls open var.empty", "public"),
        // `var.on ? one : ""`
        ("var.on tls var.on shut", "private"),
        ("var.on tls var.on open", "public"),
        ("tls var.on var.open", "public"),
        ("tls var.off var.open", "undetermined"),
        ("var.on tls var.off open", "undetermined"),
        // `var.on ? one : other`
        ("var.on shut open", "undetermined"),
        ("var.off shut open", "undetermined"),
    ] {
        assert_eq!(judged(names), expected, "{names}");
    }
}

/// Principals and the values of a condition in a list that is unknown as a whole, and in one of whose elements
/// it is not known which is which.
#[test]
fn principals_of_a_list_that_is_not_known() {
    let role = "aws_iam_role.r.arn";
    let principals = |names: &str, shown: &Value| {
        let mut principals = json!({"type": "AWS"});
        if shown.is_array() {
            principals["identifiers"] = shown.as_array().unwrap().iter().map(|_| Value::Null).collect();
        }
        let after = json!({"statement": [statement("Allow", &principals, &json!([]))]});
        let unknown = json!({"statement": [{"principals": [{"identifiers": shown}]}]});
        let written = json!({"statement": [{"principals": [{
            "type": {"constant_value": "AWS"}, "identifiers": references(&format!("{role} {names}"))}]}]});
        verdict_of_document(&after, unknown, &written, &[])
    };
    let whole = json!(true);
    for (names, shown, expected) in [
        ("", &json!([true]), "private"),
        ("", &whole, "undetermined"),
        ("var.account", &whole, "private"),
        ("var.everyone", &whole, "public"),
        ("var.list", &whole, "public"),
        ("local.readers", &whole, "undetermined"),
        // `sort`
        ("var.everyone", &json!([true, true]), "undetermined"),
        ("var.account", &json!([true, true]), "private"),
        ("var.everyone", &json!([true]), "private"),
    ] {
        assert_eq!(principals(names, shown), expected, "{names} {shown}");
    }
    let condition = |effect: &str, test: &str, names: &str, variable: &str| {
        let everyone = json!({"type": "*", "identifiers": ["*"]});
        let condition = json!([{"test": test, "variable": variable}]);
        let mut statements = vec![statement(effect, &everyone, &condition)];
        let mut unknown = vec![json!({"condition": [{"values": true}]})];
        let mut written = vec![json!({"condition": [{"values": references(names)}]})];
        if effect == "Deny" {
            statements.insert(0, statement("Allow", &everyone, &json!([])));
            unknown.insert(0, json!({}));
            written.insert(0, json!({"effect": {"constant_value": "Allow"}}));
        }
        let after = json!({"statement": statements});
        verdict_of_document(&after, json!({"statement": unknown}), &json!({"statement": written}), &[])
    };
    let endpoint = "aws_vpc_endpoint.e.id";
    for (effect, test, names, variable, expected) in [
        ("Allow", "StringEquals", endpoint.to_owned(), "aws:SourceVpce", "private"),
        ("Allow", "StringLike", endpoint.to_owned(), "aws:SourceVpce", "undetermined"),
        ("Allow", "StringLike", format!("{endpoint} var.everyone"), "aws:SourceVpce", "undetermined"),
        ("Deny", "ArnNotLike", role.to_owned(), "aws:PrincipalArn", "undetermined"),
        ("Deny", "ArnNotLike", format!("{role} var.list"), "aws:PrincipalArn", "undetermined"),
    ] {
        assert_eq!(condition(effect, test, &names, variable), expected, "{effect} {test} {names}");
    }
}
