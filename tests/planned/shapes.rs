//! Values and changes in shapes that a plan may have.

use serde_json::{Value, json};

use super::{OPEN, block, bucket, change, database, group, plan, recorded, same, state, verdicts};

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
