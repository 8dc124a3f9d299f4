//! The tables of aws.md 3 as tests: each row one policy and the verdict on a bucket that it alone hangs on.

use std::sync::Arc;

use super::Assumptions;
use super::aws_actions::{KMS, Level, S3, S3_SIGNED, SQS, Service};
use super::aws_condition::{Door, Identity, Network};
use super::aws_policy::{AccessPoint, Policy, Request, Shape, StoreNames, WayIn, ways_through};
use super::aws_public::Hangs;
use crate::address::{Address, Key, Mode, ModulePath, Path};
use crate::truth::Truth;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, SequenceKind, Text, Unknown, Value};
use crate::verdict::{Route, Verdict, all, judge, not};

fn address(resource_type: &str, name: &str) -> Address {
    Address {
        module: ModulePath::root(),
        mode: Mode::Managed,
        resource_type: resource_type.into(),
        name: name.into(),
        key: Key::None,
    }
}

fn bucket() -> StoreNames {
    StoreNames {
        address: Some(address("aws_s3_bucket", "b")),
        shape: Shape::Bucket,
        names: vec![Text::known("data-1")],
    }
}

fn plain() -> Unknown {
    Unknown::because(Cause::Function("timestamp".into()))
}

/// `?` stands for an unknown, `@type.name.attribute` for a reference, in which text may follow a space.
fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::null(),
        serde_json::Value::Bool(bool) => Value::bool(*bool),
        serde_json::Value::Number(number) => Value::string(number.to_string()),
        serde_json::Value::String(text) => string(text),
        serde_json::Value::Array(elements) => {
            let more = elements.last().is_some_and(|last| last == "…");
            let shown = &elements[..elements.len() - usize::from(more)];
            let more = more.then(|| Arc::new(plain()));
            Value::new(Data::Sequence(SequenceKind::Tuple, shown.iter().map(value).collect(), more))
        }
        serde_json::Value::Object(entries) => {
            Value::object(entries.iter().map(|(name, part)| (name.as_str().into(), value(part))).collect())
        }
    }
}

fn string(text: &str) -> Value {
    if text == "?" {
        return Value::unknown(plain());
    }
    let Some(reference) = text.strip_prefix('@') else {
        let mut builder = TextBuilder::default();
        for (index, part) in text.split("<?>").enumerate() {
            if index > 0 {
                builder.push_hole(Arc::new(plain()));
            }
            builder.push_str(part);
        }
        return Value::new(Data::String(builder.build()));
    };
    let (reference, rest) = reference.split_once(' ').unwrap_or((reference, ""));
    let parts: Vec<&str> = reference.split('.').collect();
    let unknown = Unknown::attribute(address(parts[0], parts[1]), Path::attribute(parts[2]));
    if rest.is_empty() {
        return Value::unknown(unknown);
    }
    let mut builder = TextBuilder::default();
    builder.push_hole(Arc::new(unknown));
    builder.push_str(rest);
    Value::new(Data::String(builder.build()))
}

fn policy_of(document: &Value) -> Policy {
    Policy::read(document, &address("aws_s3_bucket_policy", "b"), &Path::attribute("policy"))
}

fn parsed(json: &str) -> serde_json::Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn policy(json: &str) -> Policy {
    policy_of(&value(&parsed(json)))
}

fn verdict_of(ways: Vec<WayIn>, restricted: bool) -> String {
    let routes = ways
        .into_iter()
        .map(|way| Route {
            name: "bucket policy",
            audience: way.audience,
            access: way.access,
            claim: if restricted { all([way.claim, not(way.aws_public)]) } else { way.claim },
            close: String::new(),
            weight: way.weight,
            rule: None,
        })
        .collect();
    match judge(routes, Vec::new()).verdict {
        Verdict::Public { audience, access } => {
            let letters: Vec<&str> = access.letters().map(crate::verdict::Letter::name).collect();
            format!("{} {}", audience.name(), letters.join("+"))
        }
        Verdict::Private => "private".to_owned(),
        Verdict::Undetermined => "undetermined".to_owned(),
    }
}

fn verdict(policy: &Policy) -> String {
    verdict_of(policy.ways_in(&S3, &bucket(), &Assumptions::default()), false)
}

fn statement(fields: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {fields}}}]}}"#)
}

fn check(rows: &[(String, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(json, expected)| {
            let found = verdict(&policy(json));
            (found != *expected).then(|| format!("{json}\n  is {found}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const READ: &str = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-1/*""#;
const BOTH: &str = r#"["arn:aws:s3:::data-1", "arn:aws:s3:::data-1/*"]"#;

#[test]
fn principals() {
    check(
        &[
            (r#""Principal": "*""#, "anonymous read"),
            (r#""Principal": {"AWS": "*"}"#, "anonymous read"),
            (r#""Principal": {"AWS": ["arn:aws:iam::222222222222:root", "*"]}"#, "anonymous read"),
            (r#""Principal": {"*": "*"}"#, "anonymous read"),
            (r#""NotPrincipal": {"AWS": "222222222222"}"#, "anonymous read"),
            (r#""NotPrincipal": {"AWS": "*"}"#, "private"),
            (r#""NotPrincipal": {"AWS": "?"}"#, "undetermined"),
            (r#""Principal": {"AWS": "123456789012"}"#, "private"),
            (r#""Principal": {"AWS": "arn:aws:iam::123456789012:role/x"}"#, "private"),
            (r#""Principal": {"AWS": "AROAEXAMPLE"}"#, "private"),
            (r#""Principal": {"AWS": "arn:aws:iam::*:root"}"#, "private"),
            (r#""Principal": {"CanonicalUser": "abc"}"#, "private"),
            (r#""Principal": {"CanonicalUser": "?"}"#, "private"),
            (r#""Principal": {"Federated": "graph.facebook.com"}"#, "authenticated read"),
            (r#""Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/x"}"#, "private"),
            (r#""Principal": {"Federated": "?"}"#, "private"),
            (r#""Principal": {"Service": "cloudfront.amazonaws.com"}"#, "private"),
            (r#""Principal": {"Service": "?"}"#, "private"),
            (r#""Principal": {"AWS": "?"}"#, "undetermined"),
            (r#""Principal": "?""#, "undetermined"),
            (r#""Principal": {"AWS": ["222222222222", "…"]}"#, "undetermined"),
            (r#""Principal": {"AWS": "@aws_iam_role.r.arn"}"#, "private"),
            (r#""Principal": {"AWS": "arn:aws:iam::<?>:root"}"#, "private"),
            (r#""Principal": {"AWS": "<?>", "Service": "x.amazonaws.com"}"#, "undetermined"),
            (r#""Sid": "without""#, "private"),
        ]
        .map(|(principal, expected)| (statement(&format!("{principal}, {READ}")), expected)),
    );
}

#[test]
fn actions_and_resources() {
    let to = |action: &str, resource: &str| {
        statement(&format!(r#""Principal": "*", "Action": {action}, "Resource": {resource}"#))
    };
    check(&[
        (to(r#""s3:*""#, BOTH), "anonymous read+list+write+admin"),
        (to(r#""*""#, BOTH), "anonymous read+list+write+admin"),
        (to(r#""s3:*""#, r#""arn:aws:s3:::data-1/*""#), "anonymous read+write+admin"),
        (to(r#""s3:*""#, r#""arn:aws:s3:::data-1""#), "anonymous list+admin"),
        (to(r#""s3:*""#, r#""arn:aws:s3:::data-1*""#), "anonymous read+list+write+admin"),
        (to(r#""s3:*""#, r#""*""#), "anonymous read+list+write+admin"),
        (to(r#""S3:getobject""#, BOTH), "anonymous read"),
        (to(r#""s3:*Object""#, BOTH), "anonymous read+write"),
        (to(r#""s3:Get?bject""#, BOTH), "anonymous read"),
        (to(r#""s3:GetBucketLocation""#, BOTH), "anonymous "),
        (to(r#""s3:SomethingNew""#, BOTH), "anonymous "),
        (to(r#""s3:ListAllMyBuckets""#, r#""*""#), "private"),
        (to(r#""sqs:SendMessage""#, BOTH), "private"),
        (to("[]", BOTH), "private"),
        (to(r#""?""#, BOTH), "undetermined"),
        (to(r#"["s3:GetObject", "?"]"#, BOTH), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""arn:aws:s3:::data-1""#), "private"),
        (to(r#""s3:ListBucket""#, r#""arn:aws:s3:::data-1/*""#), "private"),
        (to(r#""s3:GetObject""#, r#""arn:aws:s3:::someone-else/*""#), "private"),
        (to(r#""s3:GetObject""#, r#""arn:aws-cn:s3:::data-1/*""#), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""arn:<?>:s3:::data-1/*""#), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""arn:aws:s3:::data-1/public/*""#), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""?""#), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""@aws_s3_bucket.b.arn /*""#), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""@aws_s3_bucket.b.arn""#), "private"),
        (to(r#""s3:ListBucket""#, r#""@aws_s3_bucket.b.arn""#), "anonymous list"),
        (to(r#""s3:GetObject""#, r#""@aws_s3_bucket.other.arn /*""#), "anonymous read"),
        (to(r#""s3:GetObject""#, r#""arn:aws:s3:::data-1/${aws:username}/*""#), "authenticated read"),
        (to(r#""s3:GetObject""#, r#""arn:aws:s3:::data-1/${aws:SourceIp}/*""#), "anonymous read"),
        (
            statement(
                r#""Principal": "*", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::data-1/secret/*""#,
            ),
            "anonymous read",
        ),
        (
            statement(
                r#""Principal": "*", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::data-1/*""#,
            ),
            "private",
        ),
        (
            statement(&format!(r#""Principal": "*", "NotAction": ["s3:Delete*"], "Resource": {BOTH}"#)),
            "anonymous read+list+write+admin",
        ),
        (statement(&format!(r#""Principal": "*", "NotAction": "*", "Resource": {BOTH}"#)), "private"),
    ]);
}

#[test]
fn documents() {
    let open = format!(r#"{{"Effect": "Allow", "Principal": "*", {READ}}}"#);
    check(&[
        ("{}".to_owned(), "private"),
        (r#""""#.to_owned(), "private"),
        (r#"{"Statement": []}"#.to_owned(), "private"),
        (format!(r#"{{"Statement": {open}}}"#), "anonymous read"),
        (r#""?""#.to_owned(), "undetermined"),
        (r#"{"Statement": "?"}"#.to_owned(), "undetermined"),
        (r#"{"Statement": ["…"]}"#.to_owned(), "undetermined"),
        // A further statement may be a Deny.
        (format!(r#"{{"Statement": [{open}, "…"]}}"#), "undetermined"),
        (
            format!(
                r#"{{"Statement": [{open}, {{"Effect": "Allow", "Principal": {{"AWS": "?"}}, {READ}}}]}}"#
            ),
            "anonymous read",
        ),
        (open.replace(r#""Allow""#, r#""allow""#), "private"),
        (format!(r#"{{"Statement": {}}}"#, open.replace(r#""Allow""#, r#""?""#)), "undetermined"),
        (format!(r#"{{"Statement": {}}}"#, open.replace(r#""Allow""#, r#""Deny""#)), "private"),
    ]);
    let text = policy_of(&Value::string(format!(r#"{{"Statement": {open}}}"#)));
    assert_eq!(verdict(&text), "anonymous read");
    let broken = policy_of(&Value::string("{"));
    assert!(broken.problem.is_some());
    assert_eq!(verdict(&broken), "undetermined");
    // What a text was encoded from may not be known.
    let encoded = Text::known("?").with_document(Value::unknown(plain()));
    assert_eq!(verdict(&policy_of(&Value::new(Data::String(encoded)))), "undetermined");
    let encoded = Text::known("[]").with_document(Value::tuple(Vec::new()));
    assert_eq!(verdict(&policy_of(&Value::new(Data::String(encoded)))), "undetermined");
    // Two readings of a key that stands twice.
    let twice = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}"#;
    let twice = policy_of(&Value::string(twice));
    assert_eq!(verdict(&twice), "undetermined");
    assert_eq!(twice.remarks(&S3, &bucket(), &Assumptions::default())[0].code, "duplicate-key");
}

#[test]
fn alternatives_that_agree_are_decided() {
    let either = |documents: &[&str]| {
        let one_of = documents.iter().map(|document| value(&parsed(document))).collect();
        verdict(&policy_of(&Value::unknown(Unknown { one_of, ..plain() })))
    };
    let open = statement(&format!(r#""Principal": "*", {READ}"#));
    let wider = statement(&format!(r#""Principal": "*", "Action": "s3:*", "Resource": {BOTH}"#));
    let named = statement(&format!(r#""Principal": {{"AWS": "222222222222"}}, {READ}"#));
    assert_eq!(either(&[&open, &wider]), "anonymous read");
    assert_eq!(either(&[&named, "null"]), "private");
    assert_eq!(either(&[&open, &named]), "undetermined");
}

#[test]
fn conditions_of_an_allow() {
    check(
        &[
            (r#"{"IpAddress": {"aws:SourceIp": "8.8.8.0/24"}}"#, "private"),
            (r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, "private"),
            (r#"{"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}"#, "anonymous read"),
            (r#"{"IpAddress": {"aws:SourceIp": ["8.8.8.0/24", "?"]}}"#, "undetermined"),
            (r#"{"IpAddress": {"aws:SourceIp": ["8.8.8.0/24", "<?>/32"]}}"#, "private"),
            (r#"{"IpAddress": {"aws:SourceIp": ["8.8.8.0/24", "…"]}}"#, "undetermined"),
            (r#"{"IpAddress": {"aws:SourceIp": []}}"#, "private"),
            (r#"{"IpAddressIfExists": {"aws:SourceIp": "8.8.8.0/24"}}"#, "anonymous read"),
            (r#"{"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}}"#, "anonymous read"),
            (
                r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}, "NotIpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}"#,
                "private",
            ),
            (r#"{"StringEquals": {"aws:SourceIp": "0.0.0.0/0"}}"#, "private"),
            (r#"{"StringLike": {"aws:SourceIp": "*"}}"#, "anonymous read"),
            (r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#, "anonymous read"),
            (r#"{"StringEquals": {"aws:SourceVpce": "vpce-0a"}}"#, "private"),
            (r#"{"StringEquals": {"aws:SourceVpce": "?"}}"#, "private"),
            (r#"{"StringLike": {"aws:SourceVpce": "?"}}"#, "undetermined"),
            (r#"{"StringLike": {"aws:SourceVpce": "@aws_vpc_endpoint.e.id"}}"#, "private"),
            (r#"{"StringLike": {"aws:SourceVpce": "vpce-*"}}"#, "anonymous read"),
            (r#"{"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}"#, "anonymous read"),
            (r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-0a"}}"#, "anonymous read"),
            (r#"{"Null": {"aws:SourceVpce": "false"}}"#, "anonymous read"),
            (r#"{"Null": {"aws:SourceVpce": "?"}}"#, "undetermined"),
            (r#"{"StringEquals": {"AWS:principalorgid": "o-a"}}"#, "private"),
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "*"}}"#, "private"),
            (r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#, "authenticated read"),
            (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}}"#, "anonymous read"),
            (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}"#, "anonymous read"),
            (r#"{"Null": {"aws:PrincipalOrgID": "false"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}"#, "private"),
            (r#"{"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}"#, "private"),
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}}"#, "authenticated read"),
            (r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, "private"),
            (r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*"}}"#, "authenticated read"),
            (r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, "anonymous read"),
            (r#"{"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"aws:PrincipalAccount": ["222222222222", "?"]}}"#, "private"),
            (r#"{"StringEquals": {"aws:PrincipalAccount": "anonymous"}}"#, "anonymous read"),
            (r#"{"StringLike": {"aws:PrincipalAccount": "*"}}"#, "anonymous read"),
            (r#"{"StringLike": {"aws:PrincipalAccount": "12345678901?"}}"#, "authenticated read"),
            (r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}"#, "private"),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}"#, "authenticated read"),
            (r#"{"StringLike": {"aws:PrincipalArn": "*"}}"#, "authenticated read"),
            (r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}"#, "private"),
            (r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:*::222222222222:role/*"}}"#, "authenticated read"),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:*::222222222222:role/*"}}"#, "private"),
            (r#"{"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}"#, "private"),
            (r#"{"StringLike": {"aws:PrincipalArn": "?"}}"#, "undetermined"),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::<?>:role/x"}}"#, "undetermined"),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/<?>"}}"#, "private"),
            (r#"{"ArnLike": {"aws:PrincipalArn": "@aws_iam_role.r.arn"}}"#, "private"),
            (r#"{"ArnLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}"#, "anonymous read"),
            (r#"{"StringLike": {"aws:userid": "AROAID:*"}}"#, "private"),
            (r#"{"StringLike": {"aws:userid": "*:alice@example.com"}}"#, "authenticated read"),
            (r#"{"StringLike": {"aws:userid": "*"}}"#, "anonymous read"),
            (r#"{"StringEquals": {"aws:PrincipalType": "Anonymous"}}"#, "anonymous read"),
            (r#"{"StringEquals": {"aws:PrincipalType": "AssumedRole"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"aws:username": "alice"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"aws:PrincipalTag/team": "?"}}"#, "authenticated read"),
            (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, "authenticated read"),
            (r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#, "private"),
            (r#"{"Bool": {"aws:PrincipalIsAWSService": false}}"#, "authenticated read"),
            (r#"{"Bool": {"aws:ViaAWSService": "true"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"s3:DataAccessPointAccount": "222222222222"}}"#, "private"),
            (r#"{"StringLike": {"s3:DataAccessPointAccount": "*"}}"#, "authenticated read"),
            (r#"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:*:accesspoint/*"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}"#, "private"),
            (r#"{"StringEquals": {"aws:ResourceAccount": "111111111111"}}"#, "anonymous read"),
            (r#"{"StringLike": {"aws:Referer": "?"}}"#, "anonymous read"),
            (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, "anonymous read"),
            (r#"{"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}"#, "anonymous read"),
            (r#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#, "anonymous read"),
            (r#"{"StringEquals": {"s3:MadeUpKey": "x"}}"#, "anonymous read"),
            (r#"{"StringResembles": {"aws:Referer": "x"}}"#, "undetermined"),
            (r#"{"IpAddress": {"aws:PrincipalOrgID": "10.0.0.0/8"}}"#, "undetermined"),
            (r#""?""#, "undetermined"),
            (r#"{"StringEquals": "?"}"#, "undetermined"),
            (r#"[{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}, "…"]"#, "private"),
            (r#"[{"StringEquals": {"aws:Referer": "x"}}, "…"]"#, "undetermined"),
            (
                r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}, "StringLike": {"aws:SourceVpce": "vpce-*"}}"#,
                "private",
            ),
            (
                r#"{"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:111111111111:key/1"}}"#,
                "private",
            ),
        ]
        .map(|(condition, expected)| {
            (statement(&format!(r#""Principal": "*", {READ}, "Condition": {condition}"#)), expected)
        }),
    );
}

#[test]
fn services_for_an_outsider() {
    check(
        &[
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}"#, "authenticated read"),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111111111111:*"}}"#, "private"),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}"#, "authenticated read"),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::source/*"}}"#, "private"),
            (r#"{"ArnEquals": {"aws:SourceArn": "@aws_cloudfront_distribution.d.arn"}}"#, "private"),
            (r#"{"StringLike": {"aws:SourceAccount": "*"}}"#, "authenticated read"),
            (r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#, "private"),
            (r#"{"StringEquals": {"aws:SourceAccount": "?"}}"#, "private"),
        ]
        .map(|(condition, expected)| {
            let principal = r#""Principal": {"Service": "sns.amazonaws.com"}"#;
            (statement(&format!(r#"{principal}, {READ}, "Condition": {condition}"#)), expected)
        }),
    );
    check(&[(
        statement(&format!(r#""Principal": {{"Service": "sns.amazonaws.com"}}, {READ}, "Condition": "?""#)),
        "undetermined",
    )]);
    let bare =
        policy(&statement(&format!(r#""Principal": {{"Service": "cloudfront.amazonaws.com"}}, {READ}"#)));
    let strict = Assumptions { unscoped_service_principal_is_public: true, ..Assumptions::default() };
    assert_eq!(verdict_of(bare.ways_in(&S3, &bucket(), &strict), false), "authenticated read");
    let codes: Vec<&str> = bare.remarks(&S3, &bucket(), &strict).iter().map(|remark| remark.code).collect();
    assert_eq!(codes, ["unscoped-service-principal"]);
}

/// The Deny table of aws.md 3.7. What each outsider gets: `in` or `denied` for A over the internet, A through
/// an endpoint, and X.
#[test]
fn denies() {
    let rows = [
        ("{}", "denied denied denied"),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}"#, "denied denied denied"),
        (r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}}"#, "denied denied denied"),
        (r#"{"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}"#, "denied denied denied"),
        (
            r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}}"#,
            "denied denied denied",
        ),
        (r#"{"StringNotLike": {"aws:userid": ["AROAID:*", "111111111111"]}}"#, "denied denied denied"),
        (r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-0a"}}"#, "denied denied denied"),
        (r#"{"StringNotEquals": {"aws:SourceVpc": "?"}}"#, "denied denied denied"),
        (r#"{"NotIpAddress": {"aws:SourceIp": "8.8.8.0/24"}}"#, "denied denied denied"),
        (r#"{"NotIpAddress": {"aws:SourceIp": "0.0.0.0/1"}}"#, "in denied in"),
        (r#"{"IpAddress": {"aws:SourceIp": "9.9.9.0/24"}}"#, "in in in"),
        (r#"{"Null": {"aws:SourceVpce": "true"}}"#, "denied in in"),
        (r#"{"StringEquals": {"aws:SourceVpce": "vpce-0a"}}"#, "in in in"),
        (r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}}"#, "in in denied"),
        (r#"{"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#, "denied denied denied"),
        (
            r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}"#,
            "in in denied",
        ),
        (
            r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#,
            "denied denied denied",
        ),
        (r#"{"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, "in in in"),
        (r#"{"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, "denied denied denied"),
        (r#"{"Null": {"aws:PrincipalArn": "true"}}"#, "denied denied in"),
        (r#"{"StringEquals": {"aws:PrincipalType": "Anonymous"}}"#, "denied denied in"),
        (r#"{"Null": {"aws:userid": "true"}}"#, "in in in"),
        (r#"{"Null": {"aws:PrincipalAccount": "true"}}"#, "in in in"),
        (r#"{"StringNotEquals": {"aws:PrincipalTag/team": "x"}}"#, "denied denied in"),
        (r#"{"Bool": {"aws:SecureTransport": "false"}}"#, "in in in"),
        (r#"{"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#, "in in in"),
        (r#"{"StringNotLike": {"aws:Referer": "https://x/*"}}"#, "in in in"),
        (
            r#"{"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:111111111111:key/1"}}"#,
            "in in in",
        ),
        (r#"{"StringNotLike": {"aws:SourceVpce": "?"}}"#, "denied unknown unknown"),
        (r#"{"NotIpAddress": {"aws:SourceIp": "?"}}"#, "unknown denied unknown"),
        (r#""?""#, "unknown unknown unknown"),
        (r#"{"StringNotLike": {"aws:PrincipalOrgID": "*"}}"#, "denied denied in"),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(condition, expected)| {
            let json = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": "*", {READ}}},
                {{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {BOTH}, "Condition": {condition}}}]}}"#
            );
            let policy = policy(&json);
            let ask = |identity, network| {
                let request =
                    Request { identity, network, door: Door::Bucket, action: "s3:GetObject", level: Level::Object };
                policy.allows(&request, &bucket(), &Assumptions::default()).truth()
            };
            let word = |truth| match truth {
                Truth::True => "in",
                Truth::False => "denied",
                Truth::Unknown => "unknown",
            };
            let outsider =
                ask(Identity::Outsider, Network::Internet).or(ask(Identity::Outsider, Network::Endpoint));
            let found = format!(
                "{} {} {}",
                word(ask(Identity::Anonymous, Network::Internet)),
                word(ask(Identity::Anonymous, Network::Endpoint)),
                word(outsider)
            );
            (found != *expected).then(|| format!("{condition}\n  is {found}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_deny_covers() {
    let with = |allow: &str, deny: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": "*", {allow}}}, {{"Effect": "Deny", {deny}}}]}}"#
        )
    };
    let all = format!(r#""Principal": "*", "Action": "s3:*", "Resource": {BOTH}"#);
    check(&[
        (with(READ, &all), "private"),
        (with(READ, r#""Principal": "*", "Action": "s3:PutObject", "Resource": "*""#), "anonymous read"),
        (
            with(READ, r#""Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data-1""#),
            "anonymous read",
        ),
        (
            with(READ, r#""Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data-1/private/*""#),
            "anonymous read",
        ),
        (
            with(READ, r#""Principal": {"AWS": "222222222222"}, "Action": "s3:*", "Resource": "*""#),
            "anonymous read",
        ),
        (
            with(READ, r#""NotPrincipal": {"AWS": "222222222222"}, "Action": "s3:*", "Resource": "*""#),
            "private",
        ),
        (with(READ, r#""Principal": {"AWS": "?"}, "Action": "s3:*", "Resource": "*""#), "undetermined"),
        (with(READ, r#""Principal": "*", "Action": "s3:*", "Resource": "?""#), "undetermined"),
        (with(READ, r#""Principal": "*", "Action": "?", "Resource": "*""#), "undetermined"),
        (
            with(READ, r#""Principal": "*", "Action": "s3:*", "Resource": "@aws_s3_bucket.b.arn /*""#),
            "private",
        ),
        (
            with(READ, r#""Principal": "*", "Action": "s3:*", "Resource": "@aws_s3_bucket.o.arn /*""#),
            "undetermined",
        ),
        (
            with(
                READ,
                r#""Principal": "*", "Action": "s3:*", "NotResource": "arn:aws:s3:::data-1/public/*""#,
            ),
            "anonymous read",
        ),
        (
            with(READ, r#""Principal": "*", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*""#),
            "private",
        ),
        (with(READ, r#""Principal": "*", "NotAction": "s3:PutObject", "Resource": "*""#), "private"),
        (with(READ, r#""Principal": "*", "NotAction": "s3:Get*", "Resource": "*""#), "anonymous read"),
        (
            with(
                r#""Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::data-1/*""#,
                r#""Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-1/*""#,
            ),
            "anonymous read",
        ),
        (
            with(
                r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-1/a/*""#,
                r#""Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data-1/a*""#,
            ),
            "private",
        ),
        (
            with(
                r#""Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "52.0.0.0/8"}}"#,
                r#""Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "52.0.0.0/7"}}"#,
            ),
            "private",
        ),
        (
            with(
                &format!(
                    r#""Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"], "Resource": {BOTH}"#
                ),
                r#""Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::data-1/*""#,
            ),
            "anonymous read+list",
        ),
    ]);
}

/// Ranges of one policy are judged together, over all its statements.
#[test]
fn ranges_of_several_statements() {
    let range = |cidr: &str, action: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "{action}", "Resource": "arn:aws:s3:::data-1/*",
            "Condition": {{"IpAddress": {{"aws:SourceIp": "{cidr}"}}}}}}"#
        )
    };
    let list = |statements: &[String]| format!(r#"{{"Statement": [{}]}}"#, statements.join(", "));
    let (low, high) = (range("52.0.0.0/9", "s3:GetObject"), range("52.128.0.0/9", "s3:Get*"));
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    check(&[
        (list(std::slice::from_ref(&low)), "private"),
        (list(&[low.clone(), high.clone()]), "anonymous read"),
        (list(&[low.clone(), range("52.128.0.0/9", "s3:PutObject")]), "private"),
        (list(&[low.clone(), range("?", "s3:GetObject")]), "undetermined"),
        (list(&[low, high, deny.to_owned()]), "private"),
    ]);
}

/// A document as long as AWS takes none is bounded work.
#[test]
fn long_documents() {
    let resources: Vec<String> =
        (0..800).map(|n| format!(r#""arn:aws:s3:::data-1/*a*a*a*a*{n:05}""#)).collect();
    let resources = resources.join(", ");
    let json = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": [{resources}]}},
        {{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [{resources}]}}]}}"#
    );
    assert_eq!(verdict(&policy(&json)), "undetermined");
    let one = format!(r#"{{"Effect": "Allow", "Principal": "*", {READ}}}"#);
    let many = format!(r#"{{"Statement": [{}]}}"#, vec![one; 20_000].join(", "));
    assert_eq!(verdict(&policy(&many)), "undetermined");
}

/// The table of aws.md 3.8: the meaning, AWS's own test, and the verdict behind `restrict_public_buckets`.
#[test]
fn the_test_of_aws() {
    let everyone = r#""Principal": "*""#;
    let on = |condition: &str| format!(r#"{everyone}, {READ}, "Condition": {condition}"#);
    let rows = [
        (format!("{everyone}, {READ}"), "anonymous read", Truth::True, "private"),
        (on(r#"{"StringLike": {"aws:userid": "AROAID:*"}}"#), "private", Truth::True, "private"),
        (
            on(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::111111111111:distribution/*"}}"#),
            "private",
            Truth::True,
            "private",
        ),
        (
            on(r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}"#),
            "private",
            Truth::True,
            "private",
        ),
        (
            on(r#"{"IpAddress": {"aws:SourceIp": "52.0.0.0/8"}}"#),
            "anonymous read",
            Truth::False,
            "anonymous read",
        ),
        (
            on(r#"{"IpAddress": {"aws:SourceIp": ["52.0.0.0/9", "52.128.0.0/9"]}}"#),
            "anonymous read",
            Truth::False,
            "anonymous read",
        ),
        (on(r#"{"IpAddress": {"aws:SourceIp": "52.0.0.0/7"}}"#), "anonymous read", Truth::True, "private"),
        (on(r#"{"IpAddress": {"aws:SourceIp": "?"}}"#), "undetermined", Truth::Unknown, "undetermined"),
        (
            on(r#"{"IpAddressIfExists": {"aws:SourceIp": "8.8.8.0/24"}}"#),
            "anonymous read",
            Truth::True,
            "private",
        ),
        (on(r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#), "private", Truth::False, "private"),
        (on(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#), "private", Truth::False, "private"),
        (on(r#"{"StringEquals": {"aws:SourceVpce": "?"}}"#), "private", Truth::False, "private"),
        (on(r#"{"StringLike": {"aws:SourceVpc": "vpc-*"}}"#), "anonymous read", Truth::True, "private"),
        (on(r#"{"StringEquals": {"aws:Referer": "x"}}"#), "anonymous read", Truth::True, "private"),
        (
            format!(r#""Principal": {{"Service": "cloudfront.amazonaws.com"}}, {READ}"#),
            "private",
            Truth::False,
            "private",
        ),
        (
            format!(r#""Principal": {{"Federated": "graph.facebook.com"}}, {READ}"#),
            "authenticated read",
            Truth::True,
            "private",
        ),
        // If it is everyone, the block cuts it off.
        (format!(r#""Principal": {{"AWS": "?"}}, {READ}"#), "undetermined", Truth::Unknown, "private"),
    ];
    for (fields, semantic, public, behind) in rows {
        let policy = policy(&statement(&fields));
        assert_eq!(verdict(&policy), semantic, "{fields}");
        assert_eq!(policy.aws_public(Hangs::OnBucket).truth(), public, "{fields}");
        let ways = policy.ways_in(&S3, &bucket(), &Assumptions::default());
        assert_eq!(verdict_of(ways, true), behind, "{fields}");
    }
    let unknown = policy(r#""?""#);
    assert_eq!(unknown.aws_public(Hangs::OnBucket).truth(), Truth::True);
    assert_eq!(verdict_of(unknown.ways_in(&S3, &bucket(), &Assumptions::default()), true), "private");
    // An unknown second statement does not make the first one's ranges public in the eyes of AWS.
    let mixed = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Principal": "*", {READ}, "Condition": {{"IpAddress": {{"aws:SourceIp": "52.0.0.0/8"}}}}}},
        {{"Effect": "Allow", "Principal": {{"AWS": "?"}}, {READ}}}]}}"#
    );
    assert_eq!(
        verdict_of(policy(&mixed).ways_in(&S3, &bucket(), &Assumptions::default()), true),
        "undetermined"
    );
}

#[test]
fn access_points() {
    let delegation = |condition: &str| {
        statement(&format!(
            r#""Principal": {{"AWS": "*"}}, "Action": "*", "Resource": {BOTH}, "Condition": {condition}"#
        ))
    };
    let account = delegation(r#"{"StringEquals": {"s3:DataAccessPointAccount": "111111111111"}}"#);
    let arn = "arn:aws:s3:us-east-1:111111111111:accesspoint/ap";
    let read =
        statement(&format!(r#""Principal": "*", "Action": "s3:GetObject", "Resource": "{arn}/object/*""#));
    let both =
        statement(&format!(r#""Principal": "*", "Action": "s3:*", "Resource": ["{arn}", "{arn}/object/*"]"#));
    let point = |account: Option<&str>, origin: &'static str| AccessPoint {
        address: Some(address("aws_s3_access_point", "ap")),
        arn: Some(Text::known(arn)),
        account: account.map(str::to_owned),
        network_origin: origin,
    };
    let names = StoreNames {
        address: Some(address("aws_s3_access_point", "ap")),
        shape: Shape::AccessPoint,
        names: vec![Text::known("ap")],
    };
    let ask = |service: &Service, point: &AccessPoint, bucket_policy: &str, point_policy: &str| {
        let bucket_policy = policy(bucket_policy);
        let point_policy = policy(point_policy);
        let ways = ways_through(
            point,
            service,
            (&bucket_policy, &bucket()),
            (&point_policy, &names),
            &Assumptions::default(),
        );
        verdict_of(ways, false)
    };
    let ours = point(Some("111111111111"), "Internet");
    for (bucket_policy, point_policy, expected) in [
        (&*account, &*read, "anonymous read"),
        (&account, &both, "anonymous read+list+write+admin"),
        (&account, "{}", "private"),
        ("{}", &read, "private"),
        (&account, r#""?""#, "undetermined"),
        (r#""?""#, &read, "undetermined"),
        (&delegation(r#"{"StringEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}"#), &read, "private"),
        (&delegation(r#"{"StringEquals": {"s3:DataAccessPointAccount": "222222222222"}}"#), &read, "private"),
        (&delegation(r#"{"StringEquals": {"s3:DataAccessPointAccount": "?"}}"#), &read, "undetermined"),
        (
            &delegation(r#"{"StringEquals": {"s3:DataAccessPointArn": "@aws_s3_access_point.ap.arn"}}"#),
            &read,
            "anonymous read",
        ),
        (
            &delegation(
                r#"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:111111111111:accesspoint/*"}}"#,
            ),
            &read,
            "anonymous read",
        ),
        (
            &statement(&format!(
                r#""Principal": "*", {READ}, "Condition": {{"StringEquals": {{"s3:DataAccessPointAccount": "111111111111"}}}}"#
            )),
            &both,
            "anonymous read",
        ),
    ] {
        assert_eq!(ask(&S3, &ours, bucket_policy, point_policy), expected, "{bucket_policy} {point_policy}");
    }
    assert_eq!(ask(&S3_SIGNED, &ours, &account, &read), "authenticated read");
    assert_eq!(ask(&S3, &point(None, "Internet"), &account, &read), "anonymous read");
}

#[test]
fn other_services() {
    let queue = "arn:aws:sqs:eu-west-1:111111111111:q";
    let names = StoreNames {
        address: Some(address("aws_sqs_queue", "q")),
        shape: Shape::Arn,
        names: vec![Text::known(queue)],
    };
    let ask = |service: &Service, fields: &str| {
        verdict_of(policy(&statement(fields)).ways_in(service, &names, &Assumptions::default()), false)
    };
    let everyone = r#""Principal": "*""#;
    for (action, resource, expected) in [
        ("sqs:SendMessage", queue, "anonymous write"),
        ("sqs:*", queue, "anonymous read+write+admin"),
        ("SQS:ReceiveMessage", "*", "anonymous read"),
        ("sqs:GetQueueUrl", "*", "anonymous "),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111111111111:other", "private"),
        ("sns:Publish", "*", "private"),
    ] {
        let fields = format!(r#"{everyone}, "Action": "{action}", "Resource": "{resource}""#);
        assert_eq!(ask(&SQS, &fields), expected, "{action} {resource}");
    }
    let scoped = format!(
        r#"{everyone}, "Action": "sqs:SendMessage", "Resource": "{queue}", "Condition": {{"ArnEquals": {{"aws:SourceArn": "@aws_sns_topic.t.arn"}}}}"#
    );
    assert_eq!(ask(&SQS, &scoped), "private");
    let key = format!(
        r#"{everyone}, "Action": "kms:*", "Resource": "*", "Condition": {{"StringEquals": {{"kms:CallerAccount": "111111111111"}}}}"#
    );
    assert_eq!(ask(&KMS, &key), "private");
    let via = format!(
        r#"{everyone}, "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*", "Condition": {{"StringEquals": {{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}}"#
    );
    assert_eq!(ask(&KMS, &via), "authenticated read+write");
    let generic = Service::by_verb(&["kinesis"], false);
    for (action, expected) in [
        ("kinesis:GetRecords", "authenticated read"),
        ("kinesis:PutRecord*", "authenticated write"),
        ("kinesis:List*", "authenticated list"),
        ("kinesis:Frobnicate", "authenticated "),
        ("kinesis:*", "authenticated read+list+write+admin"),
        ("*", "authenticated read+list+write+admin"),
    ] {
        assert_eq!(ask(&generic, &format!(r#"{everyone}, "Action": "{action}""#)), expected, "{action}");
    }
}

#[test]
fn remarks_and_evidence() {
    let codes = |fields: &str| -> Vec<&'static str> {
        policy(&statement(fields))
            .remarks(&S3, &bucket(), &Assumptions::default())
            .iter()
            .map(|remark| remark.code)
            .collect()
    };
    assert_eq!(codes(&format!(r#""Principal": "*", {READ}"#)), Vec::<&str>::new());
    assert_eq!(codes(&format!(r#""Principal": {{"AWS": "222222222222"}}, {READ}"#)), ["named-outsider"]);
    assert_eq!(
        codes(&format!(r#""Principal": {{"AWS": "arn:aws:iam::*:root"}}, {READ}"#)),
        ["void-statement"]
    );
    for resource in ["arn:aws:s3:::data-1", "arn:aws:s3:::other/*"] {
        let fields = format!(r#""Principal": "*", "Action": "s3:GetObject", "Resource": "{resource}""#);
        assert_eq!(codes(&fields), ["void-statement"], "{resource}");
    }
    assert_eq!(codes(r#""Principal": "*", "Action": "s3:GetObject", "Resource": "*""#), ["apply-refused"]);
    let says = |document: &Value| -> Vec<String> {
        let routes = policy_of(document)
            .ways_in(&S3, &bucket(), &Assumptions::default())
            .into_iter()
            .map(|way| Route {
                name: "bucket policy",
                audience: way.audience,
                access: way.access,
                claim: way.claim,
                close: String::new(),
                weight: way.weight,
                rule: None,
            })
            .collect();
        judge(routes, Vec::new()).because.iter().map(|reason| reason.evidence.says.clone()).collect()
    };
    let open = value(&parsed(&statement(&format!(r#""Sid": "Readers", "Principal": "*", {READ}"#))));
    assert_eq!(says(&open), ["statement `Readers` lets everyone call `s3:GetObject`"]);
    let part = r#""Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-1/public/*""#;
    assert_eq!(
        says(&value(&parsed(&statement(part)))),
        ["statement 1 lets everyone call `s3:GetObject` on `arn:aws:s3:::data-1/public/*`"]
    );
    let closed = format!(
        r#""Principal": "*", {READ}, "Condition": {{"StringEquals": {{"aws:SourceVpce": "vpce-0a"}}}}"#
    );
    assert_eq!(says(&value(&parsed(&statement(&closed)))), ["`aws:SourceVpce` admits \"vpce-0a\" only"]);
    let named = format!(r#""Principal": {{"AWS": "222222222222"}}, {READ}"#);
    assert_eq!(says(&value(&parsed(&statement(&named)))), ["statement 1 admits `222222222222` only"]);
    assert_eq!(says(&open.marked(true)), ["the policy, which is sensitive, decides this"]);
}
