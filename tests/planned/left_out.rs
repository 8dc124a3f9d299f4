//! What a plan leaves out.

use serde_json::{Value, json};

use super::{block, bucket, change, plan, verdicts};

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
    // What is nested too deep to be read may be anything.
    let deep = (0..150).fold(json!({"constant_value": "site"}), |inside, _| json!([inside]));
    let call = json!({"source": "./guard", "expressions": {"bucket": deep}, "module": inside});
    assert_eq!(judged(&json!({"module_calls": {"guard": call}})), all);
    let named = json!({"resources": [block("aws_s3_bucket_policy.p", &json!({"bucket": refers(&["var.bucket"])}))],
                       "variables": {"bucket": {"default": "elsewhere"}}});
    let call = json!({"source": "./guard", "expressions": {"bucket": deep}, "module": named});
    assert_eq!(judged(&json!({"module_calls": {"guard": call}})), all);
}
