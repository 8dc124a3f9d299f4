//! Attributes that show what other resources had set.

use serde_json::{Value, json};

use super::{block, bucket, change, group, in_a_vpc, plan, same, table, verdicts};

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
