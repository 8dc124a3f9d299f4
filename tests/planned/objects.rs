//! Objects that go, and objects that stay behind.

use serde_json::{Value, json};

use super::{
    KEY, OPEN, bucket, change, database, group, in_a_vpc, plan, recorded, same, state, table, verdicts,
};

/// What is no longer managed goes on; what is destroyed does not, unless only the record of it goes.
#[test]
fn what_goes() {
    let policy = json!({"bucket": "site", "policy": OPEN});
    let b = || bucket("aws_s3_bucket.b", "site");
    for (actions, after, expected) in [
        (vec!["no-op"], &policy, "aws_s3_bucket.b public existing"),
        (vec!["delete"], &Value::Null, "aws_s3_bucket.b private removed"),
        (vec!["forget"], &Value::Null, "aws_s3_bucket.b public existing"),
        (vec!["Forget"], &Value::Null, "aws_s3_bucket.b public existing"),
        (vec!["delete", "create"], &policy, "aws_s3_bucket.b public existing"),
        (vec!["create", "forget"], &policy, "aws_s3_bucket.b public existing"),
    ] {
        let change = change("aws_s3_bucket_policy.p", &actions, &policy, after, &json!({}));
        assert_eq!(verdicts(&plan(&[b(), change], json!({}))), [expected], "{actions:?}");
    }
    // The store goes: destroyed it is gone, forgotten it is as public as it was.
    let policy = change("aws_s3_bucket_policy.p", &["forget"], &policy, &Value::Null, &json!({}));
    let store = json!({"bucket": "site", "id": "site"});
    let store = |action| change("aws_s3_bucket.b", &[action], &store, &Value::Null, &json!({}));
    let forgotten = verdicts(&plan(&[store("forget"), policy], json!({})));
    assert_eq!(forgotten, ["aws_s3_bucket.b public existing"]);
}

/// A deposed object goes on until it is destroyed: a store of its own beside the current one, and in force
/// where something refers to it.
#[test]
fn deposed_objects_of_a_state() {
    let open = || recorded("aws_security_group.s", &group("sg-1", "0.0.0.0/0"), None);
    let shut = || recorded("aws_security_group.s", &group("sg-2", "10.0.0.0/8"), None);
    let now = |public| recorded("aws_db_instance.a", &database("new", public), None);
    let former = |public| recorded("aws_db_instance.a", &database("old", public), KEY);
    let deposed = "aws_db_instance.a (deposed object 6422870e)";
    let judged = |resources: &[Value]| verdicts(&state(resources));
    assert_eq!(judged(&[former(true), open()]), [format!("{deposed} public -")]);
    let both =
        |now: &str, former: &str| [format!("aws_db_instance.a {now} -"), format!("{deposed} {former} -")];
    assert_eq!(judged(&[now(false), former(true), open()]), both("private", "public"));
    assert_eq!(judged(&[former(true), now(false), open()]), both("private", "public"));
    assert_eq!(judged(&[now(true), former(false), open()]), both("public", "private"));
    // What still refers to a deposed group is behind that one.
    let deposed_group = recorded("aws_security_group.s", &group("sg-1", "0.0.0.0/0"), KEY);
    assert_eq!(judged(&[now(true), deposed_group.clone(), shut()]), ["aws_db_instance.a public -"]);
    let mut elsewhere = database("new", true);
    elsewhere["vpc_security_group_ids"] = json!(["sg-2"]);
    let elsewhere = recorded("aws_db_instance.a", &elsewhere, None);
    assert_eq!(judged(&[elsewhere, deposed_group, shut()]), ["aws_db_instance.a private -"]);
    // A bucket has one policy, and the current object says which.
    let bucket =
        |name: &str, deposed| recorded("aws_s3_bucket.b", &json!({"bucket": name, "id": name}), deposed);
    let policy = |name: &str, text: &str, deposed| {
        recorded("aws_s3_bucket_policy.p", &json!({"bucket": name, "policy": text}), deposed)
    };
    let settled = [bucket("site", None), policy("site", "{}", None), policy("site", OPEN, KEY)];
    assert_eq!(judged(&settled), ["aws_s3_bucket.b private -"]);
    let moved =
        [bucket("new", None), policy("new", "{}", None), bucket("site", KEY), policy("site", OPEN, KEY)];
    let expected = ["aws_s3_bucket.b private -", "aws_s3_bucket.b (deposed object 6422870e) public -"];
    assert_eq!(judged(&moved), expected);
}

/// A plan destroys deposed objects, unless it leaves them out.
#[test]
fn deposed_objects_of_a_plan() {
    let now =
        change("aws_db_instance.a", &["no-op"], &database("new", false), &database("new", false), &json!({}));
    let open = group("sg-1", "0.0.0.0/0");
    let changes = [now, change("aws_security_group.s", &["no-op"], &open, &open, &json!({}))];
    let prior = state(&[
        recorded("aws_db_instance.a", &database("new", false), None),
        recorded("aws_db_instance.a", &database("old", true), KEY),
        recorded("aws_security_group.s", &open, None),
    ]);
    let deposed = |action| {
        let mut deposed =
            change("aws_db_instance.a", &[action], &database("old", true), &Value::Null, &json!({}));
        deposed["deposed"] = json!(KEY);
        [changes.as_slice(), &[deposed]].concat()
    };
    let gone = ["aws_db_instance.a private -", "aws_db_instance.a (deposed object 6422870e) gone"];
    let stays =
        ["aws_db_instance.a private -", "aws_db_instance.a (deposed object 6422870e) public existing"];
    for prior in [prior.clone(), Value::Null] {
        let more = json!({"prior_state": prior});
        assert_eq!(verdicts(&plan(&deposed("delete"), more.clone())), gone);
        assert_eq!(verdicts(&plan(&deposed("forget"), more)), stays);
    }
    assert_eq!(verdicts(&plan(&changes, json!({"prior_state": prior}))), stays);
    let refreshed =
        json!({"format_version": "1.2", "planned_values": {"root_module": {}}, "prior_state": prior});
    assert_eq!(verdicts(&refreshed), stays);
}

/// What is destroyed after another took its place on the same thing takes that away as well.
#[test]
fn settings_that_are_destroyed_last() {
    let policy = json!({"bucket": "site", "policy": OPEN});
    let policy = change("aws_s3_bucket_policy.p", &["no-op"], &policy, &policy, &json!({}));
    let closed = |bucket: &str| {
        json!({"bucket": bucket, "block_public_acls": true, "ignore_public_acls": true,
               "block_public_policy": true, "restrict_public_buckets": true})
    };
    let block = |actions: &[&str], before: &Value, after: &Value| {
        change("aws_s3_bucket_public_access_block.b", actions, before, after, &json!({}))
    };
    let judged = |blocks: &[Value]| {
        let changes = [bucket("aws_s3_bucket.b", "site"), policy.clone()];
        verdicts(&plan(&[changes.as_slice(), blocks].concat(), json!({})))
    };
    let site = closed("site");
    assert_eq!(judged(&[block(&["delete", "create"], &site, &site)]), ["aws_s3_bucket.b private -"]);
    assert_eq!(judged(&[block(&["create", "delete"], &site, &site)]), ["aws_s3_bucket.b undetermined -"]);
    let moved = judged(&[block(&["create", "delete"], &closed("old"), &site)]);
    assert_eq!(moved, ["aws_s3_bucket.b private removed"]);
    let mut skips = site.clone();
    skips["skip_destroy"] = json!(true);
    assert_eq!(judged(&[block(&["create", "delete"], &skips, &site)]), ["aws_s3_bucket.b private -"]);
    for (bucket, expected) in [("site", "undetermined"), ("old", "private")] {
        let mut deposed = block(&["delete"], &closed(bucket), &Value::Null);
        deposed["deposed"] = json!(KEY);
        let blocks = [block(&["no-op"], &site, &site), deposed];
        assert_eq!(judged(&blocks), [format!("aws_s3_bucket.b {expected} -")], "{bucket}");
    }
}

/// What a replacement forgets goes on beside what takes its place, unless both are one thing.
#[test]
fn what_a_replacement_forgets() {
    let open = group("sg-1", "0.0.0.0/0");
    let open = change("aws_security_group.s", &["no-op"], &open, &open, &json!({}));
    for actions in [["create", "forget"].as_slice(), &["forget", "create"], &["ForgetThenCreate"]] {
        let judged = |changes: &[Value]| verdicts(&plan(changes, json!({})));
        let replaced = |public| {
            let mut after = database("new", public);
            after.as_object_mut().unwrap().remove("id");
            change("aws_db_instance.a", actions, &database("old", true), &after, &json!({"id": true}))
        };
        let forgotten = "aws_db_instance.a (forgotten object) public existing";
        let both = |now: &str| [format!("aws_db_instance.a {now}"), forgotten.to_owned()];
        assert_eq!(judged(&[replaced(false), open.clone()]), both("private -"), "{actions:?}");
        assert_eq!(judged(&[replaced(true), open.clone()]), both("public introduced"), "{actions:?}");
        // An actor: the group that the database still names.
        let new = json!({"ingress": []});
        let group =
            change("aws_security_group.s", actions, &group("sg-1", "0.0.0.0/0"), &new, &json!({"id": true}));
        let database = database("a", true);
        let database = change("aws_db_instance.a", &["no-op"], &database, &database, &json!({}));
        assert_eq!(judged(&[database, group]), ["aws_db_instance.a public existing"], "{actions:?}");
        // The new policy of the same bucket is in force, the old one of another bucket goes on.
        let b = || bucket("aws_s3_bucket.b", "site");
        let policy = |after: &Value, unknown: &Value| {
            let before = json!({"bucket": "site", "id": "site", "policy": OPEN});
            change("aws_s3_bucket_policy.p", actions, &before, after, unknown)
        };
        let closed = |name: &str| json!({"bucket": name, "policy": "{}"});
        let unknown = json!({"id": true});
        let same = judged(&[b(), policy(&closed("site"), &unknown)]);
        assert_eq!(same, ["aws_s3_bucket.b private removed"], "{actions:?}");
        let moved = judged(&[b(), bucket("aws_s3_bucket.c", "other"), policy(&closed("other"), &unknown)]);
        let expected = ["aws_s3_bucket.b public existing", "aws_s3_bucket.c private -"];
        assert_eq!(moved, expected, "{actions:?}");
        // Whether it is another bucket is not known.
        let unknown = json!({"id": true, "bucket": true});
        let perhaps = judged(&[b(), policy(&json!({"policy": "{}"}), &unknown)]);
        let expected = ["aws_s3_bucket.b undetermined existing", "aws_s3_bucket_policy.p undetermined -"];
        assert_eq!(perhaps, expected, "{actions:?}");
    }
}

/// A deposed object has the address of the one that took its place, and does not speak for it.
#[test]
fn deposed_objects() {
    let closed = json!({"bucket": "site", "policy": "{}"});
    let now = change("aws_s3_bucket_policy.p", &["no-op"], &closed, &closed, &json!({}));
    let open = json!({"bucket": "site", "policy": OPEN});
    let mut deposed = change("aws_s3_bucket_policy.p", &["delete"], &open, &Value::Null, &json!({}));
    deposed["deposed"] = json!("6422870e");
    for changes in [[now.clone(), deposed.clone()], [deposed, now]] {
        let changes = [[bucket("aws_s3_bucket.b", "site")].as_slice(), &changes].concat();
        assert_eq!(verdicts(&plan(&changes, json!({}))), ["aws_s3_bucket.b private -"]);
    }
}

/// Terraform adopts what every VPC has, and destroys none of it: what was set last is in force.
#[test]
fn adopted_things_that_are_removed() {
    type Case<'c> = (&'c str, &'c [&'c str], &'c [Value], Value, Value);
    let default_group = |addresses: &str| {
        let mut group = group("sg-default", addresses);
        group["vpc_id"] = json!("vpc-1");
        group
    };
    let acl = |action: &str| {
        let rule = json!({"rule_no": 1, "action": action, "protocol": "-1", "cidr_block": "0.0.0.0/0"});
        json!({"id": "acl-default", "default_network_acl_id": "acl-default", "ingress": [rule], "egress": [rule]})
    };
    let routed = same("aws_default_route_table.r", &table("rtb-main", "default_route_table_id", "0.0.0.0/0"));
    let open = same("aws_security_group.s", &group("sg-1", "0.0.0.0/0"));
    let main = |addresses| table("rtb-main", "default_route_table_id", addresses);
    let everyone = "0.0.0.0/0";
    let inside = "10.0.0.0/8";
    let with_route = [routed.clone()];
    let with_both = [routed.clone(), open.clone()];
    let cases: [Case<'_>; 4] = [
        ("aws_default_security_group", &[], &with_route, default_group(everyone), default_group(inside)),
        (
            "aws_default_security_group",
            &["sg-default"],
            &with_route,
            default_group(everyone),
            default_group(inside),
        ),
        ("aws_default_network_acl", &["sg-1"], &with_both, acl("allow"), acl("deny")),
        ("aws_default_route_table", &["sg-1"], &with_both[1..], main(everyone), main(inside)),
    ];
    for (resource_type, groups, others, opens, closes) in cases {
        let judged = |changes: &[Value]| {
            verdicts(&plan(&[in_a_vpc(groups).as_slice(), others, changes].concat(), json!({})))
        };
        let [x, y] = ["x", "y"].map(|name| format!("{resource_type}.{name}"));
        let removed = |values: &Value| change(&x, &["delete"], values, &Value::Null, &json!({}));
        let created = |values: &Value| {
            let mut values = values.clone();
            values.as_object_mut().unwrap().remove("id");
            change(&y, &["create"], &Value::Null, &values, &json!({"id": true}))
        };
        assert_eq!(judged(&[removed(&opens)]), ["aws_db_instance.a public existing"], "{x}");
        assert_eq!(judged(&[removed(&closes)]), ["aws_db_instance.a private -"], "{x}");
        // Another block adopts it anew.
        let closed = judged(&[removed(&opens), created(&closes)]);
        assert_eq!(closed, ["aws_db_instance.a private removed"], "{x}");
        let opened = judged(&[removed(&closes), created(&opens)]);
        assert_eq!(opened, ["aws_db_instance.a public introduced"], "{x}");
        // Destroying what is overwritten on the same thing undoes nothing.
        let replaced = change(&x, &["create", "delete"], &opens, &closes, &json!({}));
        assert_eq!(judged(&[replaced]), ["aws_db_instance.a private removed"], "{x}");
    }
    // A default subnet goes on where it is, behind the table that is associated with it.
    let mut changes = in_a_vpc(&["sg-1"]);
    changes[2] = change(
        "aws_default_subnet.s",
        &["delete"],
        &json!({"id": "subnet-1", "vpc_id": "vpc-1"}),
        &Value::Null,
        &json!({}),
    );
    let inner = table("rtb-1", "id", inside);
    changes.extend([open, same("aws_route_table.t", &inner)]);
    let tied = json!({"subnet_id": "subnet-1", "route_table_id": "rtb-1"});
    changes.push(same("aws_route_table_association.t", &tied));
    assert_eq!(verdicts(&plan(&changes, json!({}))), ["aws_db_instance.a private -"]);
}

/// What every VPC has is known by its id once it is there, and means the same as a reference to it.
#[test]
fn default_resources_by_their_ids() {
    let routed = same("aws_default_route_table.r", &table("rtb-main", "default_route_table_id", "0.0.0.0/0"));
    let judged = |changes: &[Value]| {
        let state: Vec<Value> = changes
            .iter()
            .map(|change| recorded(change["address"].as_str().unwrap(), &change["change"]["after"], None))
            .collect();
        (verdicts(&plan(changes, json!({}))), verdicts(&self::state(&state)))
    };
    let both = |verdict: &str, change: &str| {
        let one = |change: &str| vec![format!("aws_db_instance.a {verdict} {change}")];
        (one(change), one("-"))
    };
    let group = in_a_vpc(&["sg-default"]);
    let rule = json!({"security_group_id": "sg-default", "type": "ingress", "protocol": "tcp",
                      "from_port": 5432, "to_port": 5432, "cidr_blocks": ["0.0.0.0/0"]});
    let rule = same("aws_security_group_rule.r", &rule);
    assert_eq!(judged(&[group.as_slice(), std::slice::from_ref(&routed)].concat()), both("private", "-"));
    assert_eq!(judged(&[group.as_slice(), &[routed, rule.clone()]].concat()), both("public", "existing"));
    // The main table, which has the local route only unless one is added.
    let tied = same(
        "aws_route_table_association.t",
        &json!({"subnet_id": "subnet-1", "route_table_id": "rtb-main"}),
    );
    let route =
        json!({"route_table_id": "rtb-main", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"});
    let main = [group.as_slice(), &[rule, tied]].concat();
    assert_eq!(judged(&main), both("private", "-"));
    assert_eq!(judged(&[main, vec![same("aws_route.r", &route)]].concat()), both("public", "existing"));
}
