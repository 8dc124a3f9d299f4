//! REST APIs that hand requests to S3 with a role of their own: whoever calls the method acts as the role.
//!
//! Enters: a graph. Leaves: the roles, each with the claim that anybody can make the API use it and with what the
//! integration asks S3 for, as a policy that limits the role. Source: aws.md 9; API Gateway developer guide,
//! "Create a REST API as an Amazon S3 proxy".
//!
//! Open: an integration of type `AWS` whose `uri` names S3, and a method with `authorization = "NONE"`. Closed by
//! `api_key_required`, by an endpoint that is `PRIVATE`, by a resource policy of the API that does not let
//! everyone invoke it, and by a role that does not trust API Gateway. An API counts as deployed. Not followed:
//! integrations in an `OpenAPI` body, and those that pass the caller's own credentials on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Assumptions;
use super::aws_account::same_value;
use super::aws_actions::Level;
use super::aws_condition::{Condition, Door, Identity, Network, Requester, SOURCE_KEYS, are_different};
use super::aws_pattern::{Pattern, Reading, Token};
use super::aws_policy::{Known, Policy, Request, Shape, StoreNames, Who};
use crate::address::Path;
use crate::graph::declare::Known as Constant;
use crate::graph::{Fallback, Graph, Join, Reader, acts};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Unknown, Value};
use crate::verdict::{Claim, all, any, not};

const INTEGRATION: &str = "aws_api_gateway_integration";
const METHOD: &str = "aws_api_gateway_method";
const API: &str = "aws_api_gateway_rest_api";
const API_POLICY: &str = "aws_api_gateway_rest_api_policy";
const SERVICE: &str = "apigateway.amazonaws.com";

/// Source: schema of hashicorp/aws 5.100.
const FALLBACKS: &[Fallback] =
    &[Fallback::new(METHOD, "api_key_required", Constant::Bool(false), "the provider's default")];

/// Methods towards S3, and what each asks for: of an object, of a bucket. Source: S3 API reference.
const ACTIONS: [(&str, Option<&str>, Option<&str>); 5] = [
    ("GET", Some("s3:GetObject"), Some("s3:ListBucket")),
    ("HEAD", Some("s3:GetObject"), Some("s3:ListBucket")),
    ("PUT", Some("s3:PutObject"), None),
    ("POST", Some("s3:PutObject"), None),
    ("DELETE", Some("s3:DeleteObject"), None),
];

/// A role that an API uses for whoever calls it.
pub(super) struct Lent {
    /// That anybody can call it, and that it uses the role.
    pub(super) claim: Claim,
    /// What it asks S3 for.
    pub(super) asks: Policy,
}

/// The integrations that use a role at S3.
pub(super) fn lent(
    graph: &Graph<'_>,
    role: &Instance,
    trust: &Policy,
    assumptions: &Assumptions,
) -> Vec<Lent> {
    let mut found = Vec::new();
    for (integration, join) in graph.sources(role, INTEGRATION, "credentials", &["arn"]) {
        let reader = Reader::of(integration, &[]);
        let Some(asks) = asks(&reader) else { continue };
        let is_aws = reader.attribute("type").one_of(&["AWS"]);
        let trusted = trusts_the_service(trust);
        if is_aws.truth().is_false() || trusted.truth().is_false() {
            continue;
        }
        let here = acts(integration, &join, true);
        let open = any(graph.of_type(METHOD).iter().filter_map(|method| open_method(method, &reader)));
        let api = open_api(graph, &reader, assumptions);
        found.push(Lent { claim: all([open, api, is_aws, trusted, here]), asks });
    }
    found
}

/// That a role trusts API Gateway. Conditions about the source of a service's call are taken to name this API.
fn trusts_the_service(trust: &Policy) -> Claim {
    let holds = |condition: &Condition| {
        if SOURCE_KEYS.contains(&&*condition.key) {
            return Truth::True;
        }
        let service =
            Requester { identity: Identity::Service, network: Network::Internet, door: Door::Bucket };
        condition.outcome(service).can_hold
    };
    trust.admits(&Known {
        who: "API Gateway",
        action: "sts:AssumeRole",
        is_meant: &|who: &Who| who.is_service(SERVICE),
        holds: &holds,
        unknown: Vec::new(),
    })
}

/// That a method is the one of an integration and takes requests from everybody; `None`: it is another one.
fn open_method(method: &Instance, integration: &Reader<'_>) -> Option<Claim> {
    let reader = Reader::of(method, FALLBACKS);
    let mut ties = Vec::new();
    for name in ["rest_api_id", "resource_id", "http_method"] {
        let (own, others) = (reader.attribute(name), integration.attribute(name));
        let (one, other) = (own.value()?.clone(), others.value()?.clone());
        match same_id(&one, &other) {
            Truth::True => {}
            Truth::False => return None,
            Truth::Unknown if one.is_wholly_known() => {
                ties.push(others.claim(Truth::False, |other| same_id(other, &one)));
            }
            Truth::Unknown => ties.push(own.claim(Truth::False, |own| same_id(own, &other))),
        }
    }
    let open = reader.attribute("authorization").one_of(&["NONE"]);
    let keyless = not(reader.attribute("api_key_required").is(true));
    Some(all([open, keyless, acts(method, &Join::Certain, true)].into_iter().chain(ties)))
}

/// Whether two values are the same id: of two resources ids differ.
fn same_id(left: &Value, right: &Value) -> Truth {
    if let (Some(left), Some(right)) = (left.as_unknown(), right.as_unknown())
        && are_different(left, right)
    {
        return Truth::False;
    }
    same_value(left, right)
}

/// That the API of an integration answers everybody.
fn open_api(graph: &Graph<'_>, integration: &Reader<'_>, assumptions: &Assumptions) -> Claim {
    let name: Vec<Value> = integration.attribute("rest_api_id").value().cloned().into_iter().collect();
    let apis = graph.targets(&name, API, &["id"]).found;
    let mut claims = Vec::new();
    for (api, join) in &apis {
        let reader = Reader::of(api, &[]);
        let types = reader.attribute("endpoint_configuration.types");
        let mut closed = Vec::new();
        if !types.is_set().is_false() {
            closed.push(types.has_one_of(&["PRIVATE"]));
        }
        let own = reader.attribute("policy");
        if let Some(value) = own.value() {
            closed.push(keeps_out(value, api, &Join::Certain, assumptions));
        }
        for (policy, tie) in graph.sources(api, API_POLICY, "rest_api_id", &["id"]) {
            let attribute = Reader::of(policy, &[]).attribute("policy");
            if let Some(value) = attribute.value() {
                closed.push(keeps_out(value, policy, &tie, assumptions));
            }
        }
        claims.extend(closed.into_iter().map(|closed| not(all([closed, acts(api, join, false)]))));
    }
    all(claims)
}

/// That a resource policy of an API does not let everyone invoke it. An empty one is none.
fn keeps_out(value: &Value, on: &Instance, join: &Join, assumptions: &Assumptions) -> Claim {
    if value.as_str() == Some("") {
        return any([]);
    }
    let policy = Policy::read(value, &on.address, &Path::attribute("policy"));
    let names = StoreNames { address: Some(on.address.clone()), shape: Shape::Arn, names: Vec::new() };
    let invokes = any([Network::Internet, Network::Endpoint].map(|network| {
        let request = Request {
            identity: Identity::Anonymous,
            network,
            door: Door::Bucket,
            action: "execute-api:Invoke",
            level: Level::Either,
        };
        policy.allows(&request, &names, assumptions)
    }));
    all([acts(on, join, false), not(invokes)])
}

/// What an integration asks S3 for, as a policy; `None`: it is about something else.
fn asks(integration: &Reader<'_>) -> Option<Policy> {
    let uri = integration.attribute("uri");
    let place = uri.place();
    let read = |document: &Value| {
        let document = document.clone().with_origin(place.origin.clone());
        Policy::read_of_identity(&document, &place.address, &place.attribute)
    };
    let not_known = |unknown: &Arc<Unknown>| Some(read(&Value::new(Data::Unknown(unknown.clone()))));
    let text = match uri.value().map(|value| &value.data)? {
        Data::String(text) => text,
        Data::Unknown(unknown) => {
            // Functions are invoked by an attribute of theirs; S3 has none.
            return if unknown.identity.is_some() { None } else { not_known(unknown) };
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            return None;
        }
    };
    let whole = Pattern::read(text, Reading { wildcards: false, variables: false });
    let fields = whole.fields(6);
    let [_, _, service, _, target, path] = *fields else {
        // A part that is not known may hold the rest.
        return whole.holes().next().filter(|hole| hole.identity.is_none()).and_then(not_known);
    };
    let said = |tokens: &[Token]| Pattern(tokens.to_vec());
    if !said(service).overlaps(&Pattern::literal("apigateway", false)) {
        return None;
    }
    let path = path_of(path)?;
    let (bucket, key) = match before_s3(target) {
        Some([]) => {
            let end = path.iter().position(|token| matches!(token, Token::Char('/'))).unwrap_or(path.len());
            path.split_at(end)
        }
        Some([bucket @ .., Token::Char('.')]) => (bucket, path),
        Some(_) | None => {
            return target.iter().find_map(hole).filter(|hole| hole.identity.is_none()).and_then(not_known);
        }
    };
    let key = match key {
        [Token::Char('/'), key @ ..] => key,
        other => other,
    };
    let method = integration.attribute("integration_http_method");
    let mut statements = Vec::new();
    for (name, of_object, of_bucket) in ACTIONS {
        let asked = method.one_of(&[name]).truth();
        let action = if key.is_empty() { of_bucket } else { of_object };
        if asked.is_false() {
            continue;
        }
        // Which of them it is decides what is open.
        if asked.is_unknown() {
            let unknown = method.value().into_iter().flat_map(Value::unknowns).next();
            let unknown = unknown.unwrap_or_else(|| {
                let (of, path) = (place.address.clone(), Path::attribute("integration_http_method"));
                Arc::new(Unknown::because(Cause::Unset { of, path }))
            });
            return not_known(&unknown);
        }
        let Some(action) = action else { continue };
        let mut resource = TextBuilder::default();
        resource.push_str("arn:aws:s3:::");
        push(&mut resource, bucket);
        if !key.is_empty() {
            resource.push_str("/");
            push(&mut resource, key);
        }
        let entries = [
            ("Sid", Value::string("integration")),
            ("Effect", Value::string("Allow")),
            ("Action", Value::string(action)),
            ("Resource", Value::new(Data::String(resource.build()))),
        ];
        let entries: BTreeMap<_, _> = entries
            .into_iter()
            .map(|(name, value)| (name.into(), value.with_origin(place.origin.clone())))
            .collect();
        statements.push(Value::object(entries));
    }
    let document = [("Statement".into(), Value::tuple(statements))];
    Some(read(&Value::object(document.into())))
}

/// What follows `path/`; `None`: another operation than one on a bucket.
const fn path_of(tokens: &[Token]) -> Option<&[Token]> {
    match tokens {
        [
            Token::Char('p'),
            Token::Char('a'),
            Token::Char('t'),
            Token::Char('h'),
            Token::Char('/'),
            rest @ ..,
        ] => Some(rest),
        _ => None,
    }
}

/// What stands before the name of the service: nothing, or a bucket and a dot.
const fn before_s3(tokens: &[Token]) -> Option<&[Token]> {
    match tokens {
        [before @ .., Token::Char('s'), Token::Char('3')] => Some(before),
        _ => None,
    }
}

fn hole(token: &Token) -> Option<&Arc<Unknown>> {
    match token {
        Token::Hole(hole) => Some(hole),
        Token::Char(_) | Token::One | Token::Many | Token::Variable(_) => None,
    }
}

/// Adds a part of a path: what stands in braces is the caller's to choose.
fn push(text: &mut TextBuilder, tokens: &[Token]) {
    let mut in_braces = false;
    for token in tokens {
        match token {
            Token::Char('{') => {
                in_braces = true;
                text.push_str("*");
            }
            Token::Char('}') => in_braces = false,
            Token::Char(_) | Token::Hole(_) if in_braces => {}
            Token::Char(character) => text.push_str(character.encode_utf8(&mut [0; 4])),
            Token::Hole(hole) => text.push_hole(hole.clone()),
            Token::One | Token::Many | Token::Variable(_) => {}
        }
    }
}
