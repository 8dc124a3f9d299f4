//! What plans say about changes and no plan in `testdata/plans` has: each is made here, of the few keys that
//! matter, and judged through the real binary.

#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod judge;

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

/// Of a policy that is unknown as a whole nothing is absent.
#[test]
fn an_instance_that_is_not_known_at_all() {
    let policy = |after: &Value, unknown: &Value| {
        let policy = change("aws_s3_bucket_policy.p", &["create"], &Value::Null, after, unknown);
        verdicts(&plan(&[bucket("aws_s3_bucket.b", "site"), policy], json!({})))
    };
    // It may as well be the policy of a bucket that is not here.
    let either = ["aws_s3_bucket.b undetermined -", "aws_s3_bucket_policy.p undetermined -"];
    for (after, unknown) in [(Value::Null, json!(true)), (json!({}), json!({"bucket": true, "policy": true}))]
    {
        assert_eq!(policy(&after, &unknown), either);
    }
    let open = policy(&json!({"bucket": "site", "policy": OPEN}), &json!({}));
    assert_eq!(open, ["aws_s3_bucket.b public introduced"]);
}

/// What does not say its values, or says them without what is not known of them, is not known at all.
#[test]
fn values_that_are_not_said() {
    let resource = |address: &str, values: &Value| {
        let (resource_type, name) = address.split_once('.').unwrap();
        json!({"address": address, "mode": "managed", "type": resource_type, "name": name, "values": values})
    };
    let bucket = json!({"bucket": "site", "id": "site"});
    let resources = |policy: &Value| {
        let resources = [resource("aws_s3_bucket.b", &bucket), resource("aws_s3_bucket_policy.p", policy)];
        json!({"root_module": {"resources": resources}})
    };
    let closed = json!({"bucket": "site", "policy": "{}"});
    let either = ["aws_s3_bucket.b undetermined -", "aws_s3_bucket_policy.p undetermined -"];
    // In a state.
    let state = |values: Value| json!({"format_version": "1.0", "values": values});
    assert_eq!(verdicts(&state(resources(&closed))), ["aws_s3_bucket.b private -"]);
    assert_eq!(verdicts(&state(resources(&Value::Null))), either);
    // In `planned_values`, which leave out what is not known: of what is written nobody knows without a
    // `configuration`.
    let planned = |changes: Value, policy: &Value| {
        json!({"format_version": "1.2", "planned_values": resources(policy), "resource_changes": changes,
               "prior_state": state(resources(&closed))})
    };
    for changes in [Value::Null, json!([])] {
        assert_eq!(verdicts(&planned(changes.clone(), &closed)), either, "{changes}");
        assert_eq!(verdicts(&planned(changes.clone(), &json!({"bucket": "site"}))), either, "{changes}");
    }
    // In a change that leaves `after_unknown` out.
    for (action, expected) in [("create", either.as_slice()), ("no-op", &["aws_s3_bucket.b private -"])] {
        let mut policy = change("aws_s3_bucket_policy.p", &[action], &Value::Null, &closed, &Value::Null);
        policy["change"].as_object_mut().unwrap().remove("after_unknown");
        let b = self::bucket("aws_s3_bucket.b", "site");
        assert_eq!(verdicts(&plan(&[b, policy], json!({}))), expected, "{action}");
    }
}

/// Values of shapes that Terraform never prints say nothing.
#[test]
fn values_of_other_shapes() {
    let judged = |group: Value, unknown: Value, public: Value| {
        let mut database = database("a", true);
        database["publicly_accessible"] = public;
        let changes = [
            change("aws_db_instance.a", &["create"], &Value::Null, &database, &json!({})),
            change("aws_security_group.s", &["create"], &Value::Null, &group, &unknown),
        ];
        verdicts(&plan(&changes, json!({})))
    };
    let shut = || group("sg-1", "10.0.0.0/8");
    let private = ["aws_db_instance.a private -"];
    let open = ["aws_db_instance.a undetermined -"];
    assert_eq!(judged(shut(), json!({"ingress": [{"cidr_blocks": [false]}]}), json!(true)), private);
    for unknown in [
        json!({"ingress": [{"cidr_blocks": [false, true]}]}),
        json!({"ingress": [{"cidr_blocks": {"1": true}}]}),
        json!({"ingress": [{}, true]}),
        json!({"ingress": {"0": true}}),
        json!({"ingress": "true"}),
    ] {
        assert_eq!(judged(shut(), unknown.clone(), json!(true)), open, "{unknown}");
    }
    let none = json!({"id": "sg-1"});
    assert_eq!(judged(none.clone(), json!({"ingress": [true]}), json!(true)), open);
    assert_eq!(judged(none, json!({"ingress": []}), json!(true)), private);
    for public in [json!(1), json!([true]), json!({"value": true})] {
        assert_eq!(judged(group("sg-1", "0.0.0.0/0"), json!({}), public.clone()), open, "{public}");
    }
}

/// An object that somebody destroyed, and that is no longer written, is nowhere.
#[test]
fn changes_of_nothing() {
    let nothing = change("aws_s3_bucket.a", &["no-op"], &Value::Null, &Value::Null, &json!({}));
    let plan = plan(&[nothing, bucket("aws_s3_bucket.b", "site")], json!({}));
    assert_eq!(verdicts(&plan), ["aws_s3_bucket.b private -"]);
}

/// A block for the whole account closes a bucket of the same account. Of a provider configuration with an alias
/// that is not in the document nobody knows the account.
#[test]
fn provider_configurations_that_are_not_shown() {
    let policy = json!({"bucket": "site", "policy": OPEN});
    let policy = change("aws_s3_bucket_policy.p", &["no-op"], &policy, &policy, &json!({}));
    let closed = json!({"block_public_acls": true, "ignore_public_acls": true, "block_public_policy": true,
                        "restrict_public_buckets": true});
    let unknown = json!({"id": true, "account_id": true});
    let account = "aws_s3_account_public_access_block.a";
    let changes = [
        bucket("aws_s3_bucket.b", "site"),
        policy,
        change(account, &["create"], &Value::Null, &closed, &unknown),
    ];
    let with_key = |address: &str, key: &str| {
        let mut block = block(address, &json!({}));
        block["provider_config_key"] = json!(key);
        block
    };
    let private = "aws_s3_bucket.b private removed";
    let either = "aws_s3_bucket.b undetermined existing";
    for (providers, key, expected) in [
        (json!({}), "aws", private),
        (json!({}), "aws.other", either),
        (json!({"aws.other": {"alias": "other"}}), "aws.other", private),
        (json!({"aws.other": {"alias": "other", "expressions": []}}), "aws.other", either),
    ] {
        let resources = [
            with_key("aws_s3_bucket.b", "aws"),
            with_key("aws_s3_bucket_policy.p", "aws"),
            with_key(account, key),
        ];
        let configuration = json!({"provider_config": providers, "root_module": {"resources": resources}});
        let judged = verdicts(&plan(&changes, json!({"configuration": configuration})));
        assert_eq!(judged, [expected], "{key} {providers}");
    }
}

/// The account of a block that is there already stands in it. Where nobody wrote it, it is that of the provider
/// configuration, as it was before the block was made.
#[test]
fn account_numbers_that_the_provider_fills_in() {
    let policy = json!({"bucket": "site", "policy": OPEN});
    let closed = json!({"id": "123456789012", "account_id": "123456789012", "block_public_acls": true,
                        "ignore_public_acls": true, "block_public_policy": true, "restrict_public_buckets": true});
    let account = "aws_s3_account_public_access_block.a";
    let changes =
        [bucket("aws_s3_bucket.b", "site"), same("aws_s3_bucket_policy.p", &policy), same(account, &closed)];
    let provider = |access_key: &str, role: &str| {
        json!({"expressions": {"access_key": {"constant_value": access_key},
                               "assume_role": [{"role_arn": {"constant_value": role}}]}})
    };
    let role = |account: &str| format!("arn:aws:iam::{account}:role/r");
    let (ours, theirs) = (role("123456789012"), role("210987654321"));
    let providers = json!({
        "aws": {}, "aws.same": {"alias": "same"}, "aws.region": {"expressions": {"region": {"constant_value": "r"}}},
        "aws.key": {"expressions": {"access_key": {"constant_value": "k"}}},
        "aws.ours": provider("k", &ours), "aws.theirs": provider("k", &theirs),
        "aws.hidden": {"expressions": {"profile": {"references": ["var.profile", "var"]}}},
    });
    let written = json!({"account_id": {"constant_value": "123456789012"}});
    let private = "aws_s3_bucket.b private -";
    let public = "aws_s3_bucket.b public existing";
    let either = "aws_s3_bucket.b undetermined -";
    for (of_bucket, of_block, expressions, expected) in [
        ("aws", "aws", &json!({}), private),
        ("aws", "aws.region", &json!({}), private),
        ("aws", "aws.key", &json!({}), public),
        ("aws.hidden", "aws", &json!({}), either),
        ("aws.hidden", "aws.hidden", &json!({}), private),
        ("aws.ours", "aws.hidden", &json!({}), private),
        ("aws.theirs", "aws.hidden", &json!({}), public),
        ("aws", "aws", &written, either),
        ("aws.ours", "aws", &written, private),
        ("aws.theirs", "aws", &written, public),
    ] {
        let with_key = |address: &str, key: &str, expressions: &Value| {
            let mut block = block(address, expressions);
            block["provider_config_key"] = json!(key);
            block
        };
        let resources = [
            with_key("aws_s3_bucket.b", of_bucket, &json!({})),
            with_key("aws_s3_bucket_policy.p", of_bucket, &json!({})),
            with_key(account, of_block, expressions),
        ];
        let configuration = json!({"provider_config": providers, "root_module": {"resources": resources}});
        let judged = verdicts(&plan(&changes, json!({"configuration": configuration})));
        assert_eq!(judged, [expected], "{of_bucket} {of_block} {expressions}");
    }
    // Nobody knows whether it was written.
    assert_eq!(verdicts(&plan(&changes, json!({}))), [either]);
}

/// What is put off may open what it was handed, in whichever module that stands, and nothing else.
#[test]
fn deferred_changes() {
    let reason = |address: &str| {
        let change =
            change(address, &["create"], &Value::Null, &json!({}), &json!({"bucket": true, "policy": true}));
        json!([{"reason": "instance_count_unknown", "resource_change": change}])
    };
    let resource = |address: &str, bucket: Value| {
        let (resource_type, name) = address.split_once('.').unwrap();
        json!({"address": address, "mode": "managed", "type": resource_type, "name": name,
               "expressions": {"bucket": bucket, "policy": {"references": ["local.policy"]}}, "for_each_expression": {}})
    };
    let names = |of: &str| json!({"references": [format!("{of}.id"), of]});
    let changes = [bucket("aws_s3_bucket.a", "site"), bucket("aws_s3_bucket.b", "other")];
    let configuration = |mut root: Value| {
        let buckets = ["aws_s3_bucket.a", "aws_s3_bucket.b"].map(|address| block(address, &json!({})));
        let others = root["resources"].as_array().cloned().unwrap_or_default();
        root["resources"] = json!([buckets.as_slice(), &others].concat());
        json!({"root_module": root})
    };
    let a = ["aws_s3_bucket.a undetermined -", "aws_s3_bucket.b private -"];
    // Beside the buckets.
    let root =
        configuration(json!({"resources": [resource("aws_s3_bucket_policy.p", names("aws_s3_bucket.a"))]}));
    let deferred = reason("aws_s3_bucket_policy.p[\"*\"]");
    let beside = json!({"configuration": root, "deferred_changes": deferred, "complete": false});
    assert_eq!(verdicts(&plan(&changes, beside)), a);
    // In a module that is handed one of them.
    let module = json!({"resources": [resource("aws_s3_bucket_policy.p", json!({"references": ["var.bucket"]}))],
                        "variables": {"bucket": {}}});
    let root = configuration(json!({"module_calls": {"guard": {
        "source": "./guard", "expressions": {"bucket": names("aws_s3_bucket.a")}, "module": module}}}));
    for complete in [json!(false), Value::Null] {
        let deferred = reason("module.guard.aws_s3_bucket_policy.p[\"*\"]");
        let inside = json!({"configuration": root, "deferred_changes": deferred, "complete": complete});
        assert_eq!(verdicts(&plan(&changes, inside)), a, "complete: {complete}");
    }
    // Without a configuration it may be any.
    let deferred = json!({"deferred_changes": reason("aws_s3_bucket_policy.p[\"*\"]")});
    let any = ["aws_s3_bucket.a undetermined -", "aws_s3_bucket.b undetermined -"];
    assert_eq!(verdicts(&plan(&changes, deferred)), any);
    let deferred = json!({"deferred_changes": reason("module.guard.aws_s3_bucket_policy.p[\"*\"]")});
    assert_eq!(verdicts(&plan(&changes, deferred)), any);
}

/// A block of the configuration: its expressions.
fn block(address: &str, expressions: &Value) -> Value {
    let (resource_type, name) = address.split_once('.').unwrap();
    json!({"address": address, "mode": "managed", "type": resource_type, "name": name,
           "expressions": expressions})
}

/// What a plan leaves out is not known where its configuration is not in the document, or not all of it. What
/// is closed anyway stays so.
#[test]
fn plans_that_leave_something_out_without_saying_what() {
    let settings = json!({"bucket": "other", "id": "other", "block_public_acls": true, "ignore_public_acls": true,
                          "block_public_policy": true, "restrict_public_buckets": true});
    let block_of_b =
        change("aws_s3_bucket_public_access_block.b", &["no-op"], &settings, &settings, &json!({}));
    let changes = [bucket("aws_s3_bucket.a", "site"), bucket("aws_s3_bucket.b", "other"), block_of_b];
    let open = ["aws_s3_bucket.a undetermined -", "aws_s3_bucket.b private -"];
    let shut = ["aws_s3_bucket.a private -", "aws_s3_bucket.b private -"];
    let resources = ["aws_s3_bucket.a", "aws_s3_bucket.b", "aws_s3_bucket_public_access_block.b"];
    let resources = resources.map(|address| block(address, &json!({})));
    for (configuration, partial) in [
        (json!({}), open),
        (json!({"root_module": {}}), open),
        (json!({"root_module": {"resources": resources[..1]}}), open),
        (json!({"root_module": {"resources": resources}}), shut),
    ] {
        for (complete, expected) in [(json!(false), partial), (json!(true), shut), (Value::Null, shut)] {
            let more = json!({"configuration": configuration, "complete": complete});
            assert_eq!(verdicts(&plan(&changes, more)), expected, "{configuration} {complete}");
        }
    }
    assert_eq!(verdicts(&plan(&changes, json!({"complete": false}))), open);
    // What is destroyed needs no block.
    let c = json!({"bucket": "c", "id": "c"});
    let destroyed = change("aws_s3_bucket.c", &["delete"], &c, &Value::Null, &json!({}));
    let root = json!({"root_module": {"resources": resources}});
    let more = json!({"configuration": root, "complete": false});
    assert_eq!(verdicts(&plan(&[changes.as_slice(), &[destroyed]].concat(), more)), shut);
}

/// What is left out may open what its block refers to; all, where a plan does not show what that is.
#[test]
fn what_is_left_out_and_what_it_refers_to() {
    let changes = [bucket("aws_s3_bucket.a", "site"), bucket("aws_s3_bucket.b", "other")];
    let buckets = ["aws_s3_bucket.a", "aws_s3_bucket.b"].map(|address| block(address, &json!({})));
    let a = ["aws_s3_bucket.a undetermined -", "aws_s3_bucket.b private -"];
    let all = ["aws_s3_bucket.a undetermined -", "aws_s3_bucket.b undetermined -"];
    let none = ["aws_s3_bucket.a private -", "aws_s3_bucket.b private -"];
    let judged = |root: &Value| {
        let mut root = root.clone();
        let left_out = root["resources"].as_array().cloned().unwrap_or_default();
        root["resources"] = json!([buckets.as_slice(), &left_out].concat());
        let more = json!({"configuration": {"root_module": root}, "complete": false,
                          "variables": {"name": {"value": "other"}}});
        verdicts(&plan(&changes, more))
    };
    let refers = |names: &[&str]| json!({"references": names});
    let of_a = refers(&["aws_s3_bucket.a.id", "aws_s3_bucket.a"]);
    let local = refers(&["local.it"]);
    for (bucket, policy, expected) in [
        (&of_a, &local, a),
        (&json!({"constant_value": "site"}), &local, a),
        (&json!({"constant_value": "elsewhere"}), &local, none),
        (&local, &json!({"constant_value": "{}"}), all),
        // What the document names is not what it is a policy of.
        (&local, &refers(&["aws_iam_role.r.arn", "aws_iam_role.r"]), all),
        // A name that is made of something may be any.
        (&refers(&["var.name"]), &local, all),
        (&refers(&["terraform.workspace"]), &local, all),
        (&refers(&["count.index"]), &local, all),
        (&refers(&["random_id.r.hex", "random_id.r"]), &local, all),
        (&refers(&["data.aws_caller_identity.me.account_id", "data.aws_caller_identity.me"]), &local, all),
        (&json!({}), &local, all),
    ] {
        let left_out = block("aws_s3_bucket_policy.p", &json!({"bucket": bucket, "policy": policy}));
        assert_eq!(judged(&json!({"resources": [left_out]})), expected, "{bucket} {policy}");
    }
    // In a block, and by what is iterated over.
    let endpoint = block("aws_dms_endpoint.e", &json!({"s3_settings": [{"bucket_name": of_a}]}));
    assert_eq!(judged(&json!({"resources": [endpoint]})), a);
    let mut each =
        block("aws_s3_bucket_policy.p", &json!({"bucket": refers(&["each.value.id", "each.value"])}));
    each["for_each_expression"] = refers(&["aws_s3_bucket.a"]);
    assert_eq!(judged(&json!({"resources": [each]})), a);
    // In a module, through a local value: what the module is handed.
    let inside = json!({"resources": [block("aws_s3_bucket_policy.p", &json!({"bucket": local, "policy": local}))],
                        "variables": {"bucket": {}}});
    for (bucket, expected) in [(&of_a, a), (&local, all), (&json!({"constant_value": "elsewhere"}), none)] {
        let call = json!({"source": "./guard", "expressions": {"bucket": bucket}, "module": inside});
        assert_eq!(judged(&json!({"module_calls": {"guard": call}})), expected, "{bucket}");
        let outer = json!({"source": "./outer", "expressions": {"bucket": bucket},
                           "module": {"variables": {"bucket": {}}, "module_calls": {"guard": {
                               "source": "./guard", "expressions": {"bucket": local}, "module": inside}}}});
        assert_eq!(judged(&json!({"module_calls": {"outer": outer}})), expected, "{bucket} in two modules");
    }
}

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

/// A group, table or list that was read back shows what resources of their own had set on it. When a plan
/// changes one of these, what it shows of it is over; what nobody in the input made is not.
#[test]
fn copies_of_what_a_plan_changes() {
    let everyone = "0.0.0.0/0";
    let routed = || same("aws_default_route_table.r", &table("rtb-main", "default_route_table_id", everyone));
    let rule = |more: Value| {
        let mut rule = json!({"id": "r", "security_group_id": "sg-1", "from_port": 5432, "to_port": 5432});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let of_group =
        |addresses: &str| rule(json!({"type": "ingress", "protocol": "tcp", "cidr_blocks": [addresses]}));
    let ingress = |addresses: &str| rule(json!({"ip_protocol": "6", "cidr_ipv4": addresses}));
    let shown = |addresses: &[&str]| {
        json!({"id": "sg-1", "ingress": [{"from_port": 5432, "to_port": 5432, "protocol": "tcp",
                                          "cidr_blocks": addresses, "self": false}]})
    };
    let judged = |group: &Value, changes: &[Value]| {
        let group = [same("aws_security_group.s", group), routed()];
        verdicts(&plan(&[in_a_vpc(&["sg-1"]).as_slice(), &group, changes].concat(), json!({})))
    };
    let removed = ["aws_db_instance.a private removed"];
    let existing = ["aws_db_instance.a public existing"];
    let deleted =
        |address: &str, values: &Value| change(address, &["delete"], values, &Value::Null, &json!({}));
    for (resource_type, of) in [
        ("aws_security_group_rule", &of_group as &dyn Fn(&str) -> Value),
        ("aws_vpc_security_group_ingress_rule", &ingress),
    ] {
        let r = format!("{resource_type}.r");
        let open = of(everyone);
        assert_eq!(judged(&shown(&[everyone]), &[deleted(&r, &open)]), removed, "{r}");
        for actions in [["update"].as_slice(), &["delete", "create"]] {
            let narrowed = change(&r, actions, &open, &of("10.0.0.0/8"), &json!({}));
            assert_eq!(judged(&shown(&[everyone]), &[narrowed]), removed, "{r} {actions:?}");
        }
        // What it becomes is not known.
        let mut after = open.clone();
        for name in ["cidr_blocks", "cidr_ipv4"] {
            after.as_object_mut().unwrap().remove(name);
        }
        let unknown = json!({"cidr_blocks": true, "cidr_ipv4": true});
        let changed = change(&r, &["update"], &open, &after, &unknown);
        assert_eq!(
            judged(&shown(&[everyone]), &[changed]),
            ["aws_db_instance.a undetermined existing"],
            "{r}"
        );
        // It stays, or is only forgotten.
        assert_eq!(judged(&shown(&[everyone]), &[same(&r, &open)]), existing, "{r}");
        let forgotten = change(&r, &["forget"], &open, &Value::Null, &json!({}));
        assert_eq!(judged(&shown(&[everyone]), &[forgotten]), existing, "{r}");
        // By hand: another half of the internet, other ports, another group's rule.
        let halves = shown(&["0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8"]);
        assert_eq!(judged(&halves, &[deleted(&r, &of("10.0.0.0/8"))]), existing, "{r}");
        assert_eq!(judged(&halves, &[deleted(&r, &of("0.0.0.0/1"))]), existing, "{r}");
        for (name, value) in [("to_port", json!(5433)), ("security_group_id", json!("sg-2"))] {
            let mut other = of(everyone);
            other[name] = value;
            assert_eq!(judged(&shown(&[everyone]), &[deleted(&r, &other)]), existing, "{r} {name}");
        }
    }
    let mut outbound = of_group(everyone);
    outbound["type"] = json!("egress");
    assert_eq!(judged(&shown(&[everyone]), &[deleted("aws_security_group_rule.r", &outbound)]), existing);
    // A rule about everything has no ports, or any.
    let every = json!({"id": "sg-1", "ingress": [{"from_port": 0, "to_port": 0, "protocol": "-1",
                                                  "cidr_blocks": [everyone]}]});
    let mut all = of_group(everyone);
    (all["protocol"], all["to_port"]) = (json!("all"), json!(65535));
    assert_eq!(judged(&every, &[deleted("aws_security_group_rule.r", &all)]), removed);
    // Blocks that are written, and that the plan sets.
    let written = json!({"configuration": {"root_module": {"resources": [
        block("aws_security_group.s", &json!({"ingress": [{"cidr_blocks": {"constant_value": [everyone]}}]}))]}}});
    let group = [same("aws_security_group.s", &shown(&[everyone])), routed()];
    let gone = deleted("aws_security_group_rule.r", &of_group(everyone));
    let changes = [in_a_vpc(&["sg-1"]).as_slice(), &group, std::slice::from_ref(&gone)].concat();
    assert_eq!(verdicts(&plan(&changes, written)), existing);
    let set =
        change("aws_security_group.s", &["update"], &shown(&["10.0.0.0/8"]), &shown(&[everyone]), &json!({}));
    let changes = [in_a_vpc(&["sg-1"]).as_slice(), &[set, routed(), gone]].concat();
    assert_eq!(verdicts(&plan(&changes, json!({}))), existing);
}

/// The same of routes, network ACLs, prefix lists and gateways.
#[test]
fn copies_of_routes_and_lists_that_a_plan_changes() {
    let everyone = "0.0.0.0/0";
    let removed = ["aws_db_instance.a private removed"];
    let existing = ["aws_db_instance.a public existing"];
    let open = || same("aws_security_group.s", &group("sg-1", everyone));
    let routed = || same("aws_default_route_table.r", &table("rtb-main", "default_route_table_id", everyone));
    let deleted =
        |address: &str, values: &Value| change(address, &["delete"], values, &Value::Null, &json!({}));
    let judged =
        |changes: &[Value]| verdicts(&plan(&[in_a_vpc(&["sg-1"]).as_slice(), changes].concat(), json!({})));
    // Routes of the main table and of another one.
    let route = |table: &str, to: &str| json!({"id": "r", "route_table_id": table, "destination_cidr_block": to, "gateway_id": "igw-1"});
    for (id, of_table) in [
        ("rtb-main", vec![routed()]),
        (
            "rtb-1",
            vec![
                same("aws_route_table.t", &table("rtb-1", "id", everyone)),
                same(
                    "aws_route_table_association.t",
                    &json!({"subnet_id": "subnet-1", "route_table_id": "rtb-1"}),
                ),
            ],
        ),
    ] {
        let with = |change: Value| judged(&[of_table.as_slice(), &[open(), change]].concat());
        assert_eq!(with(deleted("aws_route.r", &route(id, everyone))), removed, "{id}");
        assert_eq!(with(deleted("aws_route.r", &route(id, "10.1.0.0/16"))), existing, "{id}");
        assert_eq!(with(same("aws_route.r", &route(id, everyone))), existing, "{id}");
    }
    // A network ACL: a deny that goes opens, an allow that goes closes.
    let rule = |number: u8, action: &str, egress: bool| {
        json!({"network_acl_id": "acl-1", "rule_number": number, "rule_action": action, "egress": egress,
               "protocol": "-1", "cidr_block": everyone})
    };
    let entry = |number: u8, action: &str| json!({"rule_no": number, "action": action, "protocol": "-1", "cidr_block": everyone});
    let acl = json!({"id": "acl-1", "subnet_ids": ["subnet-1"], "ingress": [entry(1, "deny"), entry(2, "allow")],
                     "egress": [entry(1, "allow")]});
    let with = |gone: &[(u8, &str, bool)]| {
        let gone = gone.iter().enumerate().map(|(at, (number, action, egress))| {
            deleted(&format!("aws_network_acl_rule.r{at}"), &rule(*number, action, *egress))
        });
        let gone: Vec<Value> = gone.collect();
        judged(&[[open(), routed(), same("aws_network_acl.n", &acl)].as_slice(), &gone].concat())
    };
    assert_eq!(with(&[]), ["aws_db_instance.a private -"]);
    assert_eq!(with(&[(1, "deny", false)]), ["aws_db_instance.a public introduced"]);
    assert_eq!(with(&[(1, "deny", true)]), ["aws_db_instance.a private -"]);
    assert_eq!(with(&[(1, "deny", false), (2, "allow", false)]), ["aws_db_instance.a private -"]);
    // The entry of a list.
    let list = json!({"id": "pl-1", "entry": [{"cidr": everyone, "description": ""}]});
    let of_list = |addresses: &str| json!({"id": "e", "prefix_list_id": "pl-1", "cidr": addresses});
    let admits = json!({"id": "sg-1", "ingress": [{"from_port": 5432, "to_port": 5432, "protocol": "tcp",
                                                   "prefix_list_ids": ["pl-1"]}]});
    for (was, expected) in [(everyone, removed), ("10.0.0.0/9", existing)] {
        let narrowed = change(
            "aws_ec2_managed_prefix_list_entry.e",
            &["delete", "create"],
            &of_list(was),
            &of_list("10.0.0.0/8"),
            &json!({}),
        );
        let list = same("aws_ec2_managed_prefix_list.p", &list);
        assert_eq!(
            judged(&[routed(), same("aws_security_group.s", &admits), list, narrowed]),
            expected,
            "{was}"
        );
    }
    // What attaches the gateway.
    let attachment = json!({"internet_gateway_id": "igw-1", "vpc_id": "vpc-1"});
    assert_eq!(
        judged(&[open(), routed(), deleted("aws_internet_gateway_attachment.a", &attachment)]),
        removed
    );
}

/// The same of what lets somebody read a bucket: the policy of an access point, and what a role may do.
#[test]
fn copies_of_policies_that_a_plan_changes() {
    let removed = ["aws_s3_bucket.b private removed"];
    let existing = ["aws_s3_bucket.b public existing"];
    let provider = json!({"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws"}});
    let judged = |changes: &[Value]| {
        let changes = [[bucket("aws_s3_bucket.b", "site")].as_slice(), changes].concat();
        let blocks: Vec<Value> =
            changes.iter().map(|change| block(change["address"].as_str().unwrap(), &json!({}))).collect();
        let root = json!({"provider_config": provider, "root_module": {"resources": blocks}});
        verdicts(&plan(&changes, json!({"configuration": root})))
    };
    let text = |principal: Value, action: &str, resource: &str| {
        let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": action});
        if !resource.is_empty() {
            statement["Resource"] = json!(resource);
        }
        json!({"Statement": statement}).to_string()
    };
    let arn = "arn:aws:s3:eu-west-1:123456789012:accesspoint/door";
    let objects = format!("{arn}/object/*");
    let off = json!([{"block_public_acls": false, "block_public_policy": false, "ignore_public_acls": false,
                      "restrict_public_buckets": false}]);
    let everyone = text(json!("*"), "s3:GetObject", &objects);
    let named = text(json!({"AWS": "111122223333"}), "s3:GetObject", &objects);
    let point = json!({"bucket": "site", "name": "door", "account_id": "123456789012", "arn": arn,
                       "id": "123456789012:door", "policy": everyone, "public_access_block_configuration": off});
    let delegates = json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*",
        "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*"],
        "Condition": {"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}}});
    let delegates = json!({"bucket": "site", "policy": delegates.to_string()});
    let point = [same("aws_s3_access_point.p", &point), same("aws_s3_bucket_policy.b", &delegates)];
    let policy = |policy: &str| json!({"access_point_arn": arn, "policy": policy});
    let address = "aws_s3control_access_point_policy.p";
    let with = |change: &[Value]| judged(&[point.as_slice(), change].concat());
    assert_eq!(with(&[]), existing);
    assert_eq!(with(&[change(address, &["delete"], &policy(&everyone), &Value::Null, &json!({}))]), removed);
    assert_eq!(
        with(&[change(address, &["update"], &policy(&everyone), &policy(&named), &json!({}))]),
        removed
    );
    // A role that anybody may take on.
    let read =
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}}"#;
    let role = |inline: &[&str], attached: &[&str]| {
        let inline: Vec<Value> = inline.iter().map(|name| json!({"name": name, "policy": read})).collect();
        let trust = text(json!({"AWS": "*"}), "sts:AssumeRole", "");
        let role = json!({"id": "r", "name": "r", "arn": "arn:aws:iam::123456789012:role/r",
                          "assume_role_policy": trust, "inline_policy": inline, "managed_policy_arns": attached});
        same("aws_iam_role.r", &role)
    };
    let own = json!({"role": "r", "name": "own", "policy": read});
    let own = change("aws_iam_role_policy.p", &["delete"], &own, &Value::Null, &json!({}));
    assert_eq!(judged(&[role(&["own"], &[]), own.clone()]), removed);
    assert_eq!(judged(&[role(&["own", "by hand"], &[]), own]), existing);
    let all = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    for (resource_type, attachment) in [
        ("aws_iam_role_policy_attachment", json!({"role": "r", "policy_arn": all})),
        ("aws_iam_policy_attachment", json!({"roles": ["r"], "policy_arn": all})),
    ] {
        let gone = change(&format!("{resource_type}.a"), &["delete"], &attachment, &Value::Null, &json!({}));
        assert_eq!(judged(&[role(&[], &[all]), gone.clone()]), removed, "{resource_type}");
        let more = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert_eq!(judged(&[role(&[], &[all, more]), gone]), existing, "{resource_type}");
    }
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

/// What an ACL was read as tells more than the canned one it was written with, unless nobody read it.
#[test]
fn an_access_control_list_that_was_not_read() {
    let grant = |uri: &str| json!({"permission": "READ", "grantee": [{"type": "Group", "uri": format!("http://acs.amazonaws.com/groups/{uri}")}]});
    let owner = json!({"permission": "FULL_CONTROL", "grantee": [{"type": "CanonicalUser", "id": "0"}]});
    let judged = |canned: &str, read: Value| {
        let acl = json!({"bucket": "site", "acl": canned, "access_control_policy": read});
        let bucket = recorded("aws_s3_bucket.b", &json!({"bucket": "site", "id": "site"}), None);
        verdicts(&state(&[bucket, recorded("aws_s3_bucket_acl.b", &acl, None)]))
    };
    let public = ["aws_s3_bucket.b public -"];
    let private = ["aws_s3_bucket.b private -"];
    assert_eq!(judged("public-read", json!([])), public);
    assert_eq!(judged("public-read", Value::Null), public);
    assert_eq!(judged("private", json!([])), private);
    assert_eq!(judged("public-read", json!([{"grant": [owner]}])), private);
    assert_eq!(judged("private", json!([{"grant": [owner, grant("global/AllUsers")]}])), public);
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
