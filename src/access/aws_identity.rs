//! Roles of the input that somebody outside can act as, and what their policies then let them do.
//!
//! Enters: a graph, and the side of one store: its names and the policies that hang on it. Leaves: routes, and
//! remarks on users who sign up and on functions with a URL of their own, whose ways on cannot be seen.
//! Knows no store: whoever asks brings the service. Source: aws.md 8 (IAM role) and 9.
//!
//! Who can act as a role:
//!
//! - *Guests of an identity pool*: `allow_unauthenticated_identities` of the pool, the role that
//!   `aws_cognito_identity_pool_roles_attachment.roles["unauthenticated"]` names, and a trust policy that admits
//!   the pool's guests. With `allow_classic_flow` every role that trusts the pool's guests, attached or not:
//!   they call STS themselves. What Cognito takes from guests in the enhanced flow does not matter to S3: its
//!   session policy allows `s3:*` (Cognito developer guide, "IAM roles", "Access policies"), and the basic flow
//!   has none.
//! - *Any account*: a trust policy that lets everyone call `sts:AssumeRole`, or the guests of identity pools
//!   without saying of which pool.
//! - *Jobs of anybody's repository*: a trust policy for the tokens of GitHub or GitLab that leaves open whose.
//! - *Whoever calls a REST API* that hands requests on with the role: `aws_gateway`.
//!
//! What the role then may do: its inline policies, attached ones and those of AWS that [`aws_managed`] knows,
//! and the policy of a store that names the role. Closers are every Deny among them, of the store's policies
//! and of service control policies, and a permissions boundary. A public access block is none: the caller is
//! inside of the account.
//!
//! What is not known: of a role that outsiders reach, an unknown policy may allow anything. A trust policy of
//! which nothing is known, or an unknown principal in it, is no way in for everybody (aws.md D10): else every
//! role that a variable names a principal for would make all buckets undetermined that it can reach. For the
//! guests of a pool that names the role it is unknown, since a part of that chain is there.

use std::rc::Rc;
use std::sync::Arc;

use super::Assumptions;
use super::aws_account::{known_account_ids, same_account};
use super::aws_actions::{Level, Service};
use super::aws_condition::{Condition, Door, Identity, Network, Requester};
use super::aws_policy::{Known, Policy, Request, Shape, StoreNames, Who, ways_of_role};
use super::{aws_gateway, aws_managed};
use crate::address::{Address, Key, Mode, Path};
use crate::graph::declare::Known as Constant;
use crate::graph::{Attribute, Fallback, Graph, Join, Reader, acts, place_of};
use crate::model::Instance;
use crate::truth::Truth;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Text, Unknown, Value};
use crate::verdict::claim::open_questions;
use crate::verdict::{Audience, Claim, Evidence, Place, Remark, Route, Ways, all, any, fact, not};

const ROLE: &str = "aws_iam_role";
const POOL: &str = "aws_cognito_identity_pool";
const ROLES_OF_POOL: &str = "aws_cognito_identity_pool_roles_attachment";
const POLICY: &str = "aws_iam_policy";
const USER_POOL: &str = "aws_cognito_user_pool";
const ROLE_POLICY: &str = "aws_iam_role_policy";
const ISSUER: &str = "aws_iam_openid_connect_provider";
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Issuers of tokens that are everybody's: who runs a job there gets one. Source: aws.md 8, IAM role.
const PUBLIC_ISSUERS: [&str; 2] = ["token.actions.githubusercontent.com", "gitlab.com"];

/// Source: schema of hashicorp/aws 5.100.
const FALLBACKS: &[Fallback] = &[
    Fallback::new(POOL, "allow_unauthenticated_identities", Constant::Bool(false), "the provider's default"),
    Fallback::new(POOL, "allow_classic_flow", Constant::Bool(false), "the provider's default"),
    Fallback::new(
        USER_POOL,
        "admin_create_user_config.allow_admin_create_user_only",
        Constant::Bool(false),
        "the service's default",
    ),
];

/// Resources that attach managed policies to roles: where they name the role, and the policies.
const ATTACHMENTS: [(&str, &str, &str); 3] = [
    ("aws_iam_role_policy_attachment", "role", "policy_arn"),
    ("aws_iam_policy_attachment", "roles", "policy_arn"),
    ("aws_iam_role_policy_attachments_exclusive", "role_name", "policy_arns"),
];

/// How others refer to a role.
const NAMES_OF_ROLE: &[&str] = &["name", "arn"];

/// A store, as far as roles are concerned.
pub struct Side<'s> {
    /// The store.
    pub instance: &'s Instance,
    /// Its names in policies.
    pub names: StoreNames,
    /// The policies that hang on it, of which each may be the one that is in force; with the claims that it is
    /// there as something that opens, and as something that closes.
    pub policies: Vec<(&'s Policy, Claim, Claim)>,
    /// Policies of the organisation that act on all requests to it, and what that depends on.
    pub controls: Vec<(Policy, Option<Arc<Unknown>>)>,
}

/// A role that somebody outside can act as.
struct Borrowed {
    role: Address,
    name: &'static str,
    audience: Audience,
    /// That they can.
    claim: Claim,
    close: &'static str,
    /// What they can have it do, when that is less than what the role may.
    asks: Option<Policy>,
    /// What is said of it where that is all, since what it hands out cannot be seen.
    only_said: Option<Remark>,
    rights: Rc<Rights>,
}

/// The policies of a role.
struct Rights {
    granted: Vec<Granted>,
    boundary: Option<Policy>,
}

/// One policy of a role, with the claim that it is there.
struct Granted {
    policy: Policy,
    opens: Claim,
    closes: Claim,
}

/// Every role that somebody outside may be able to act as, worked out once for all stores.
struct AllBorrowed(Vec<Borrowed>);

/// The ways into a store through roles that outsiders can act as, and what is worth saying of roles that they
/// can make somebody else act as.
#[must_use]
pub fn ways(graph: &Graph<'_>, side: &Side<'_>, service: &Service, assumptions: &Assumptions) -> Ways {
    let found = graph.once(|| AllBorrowed(borrowed(graph, assumptions)));
    let mut ways = Ways::default();
    for borrowed in &found.0 {
        let Some(role) = graph.instance(&borrowed.role) else { continue };
        let account = same_account(graph, role, side.instance);
        let policies_of_store: Vec<Option<&(&Policy, Claim, Claim)>> =
            if side.policies.is_empty() { vec![None] } else { side.policies.iter().map(Some).collect() };
        for of_store in policies_of_store {
            let seen = of_store.map(|(policy, opens, closes)| {
                let ours = account.is_some();
                let seen = policy.as_seen_by(&|name, denies| names(role, name, denies, ours));
                (seen, opens, closes)
            });
            let through = Through { borrowed, side, service, assumptions, account: account.as_ref() };
            through.add(seen.as_ref().map(|(policy, opens, closes)| (policy, *opens, *closes)), &mut ways);
        }
    }
    ways
}

/// One role on its way to one store.
struct Through<'t, 's> {
    borrowed: &'t Borrowed,
    side: &'t Side<'s>,
    service: &'t Service,
    assumptions: &'t Assumptions,
    /// How sure it is that both are in one account; `None`: they are not.
    account: Option<&'t Join>,
}

impl Through<'_, '_> {
    /// Adds the routes with one of the policies that may hang on the store, or without any.
    fn add(&self, of_store: Option<(&Policy, &Claim, &Claim)>, ways: &mut Ways) {
        let rights = &self.borrowed.rights;
        let mut limits: Vec<&Policy> = rights.boundary.iter().chain(&self.borrowed.asks).collect();
        let mut there = vec![self.borrowed.claim.clone()];
        match (self.account, of_store) {
            (Some(Join::Certain | Join::Guessed), _) => {}
            (Some(Join::Possible(unknown)), _) => there.push(self.perhaps_one_account(unknown)),
            // Into another account both sides have to let it.
            (None, Some((policy, opens, _))) => {
                limits.push(policy);
                there.push(opens.clone());
            }
            (None, None) => return,
        }
        for granted in &rights.granted {
            let mut policy = granted.policy.clone();
            self.deny(&mut policy, granted, of_store);
            let claims = there.iter().cloned().chain([granted.opens.clone()]).collect();
            self.push(&policy, &limits, claims, ways);
        }
        if let (Some((policy, opens, _)), Some(_)) = (of_store, self.account) {
            let mut policy = policy.clone();
            for granted in &rights.granted {
                deny(&mut policy, &granted.policy, &granted.closes);
            }
            for (control, doubt) in &self.side.controls {
                policy.add_denies_of(control, doubt.as_ref());
            }
            there.push(opens.clone());
            self.push(&policy, &limits, there, ways);
        }
    }

    /// Adds everything that may take away what one policy of the role allows.
    fn deny(&self, policy: &mut Policy, of: &Granted, of_store: Option<(&Policy, &Claim, &Claim)>) {
        for granted in self.borrowed.rights.granted.iter().filter(|granted| !std::ptr::eq(*granted, of)) {
            deny(policy, &granted.policy, &granted.closes);
        }
        if let Some((of_store, _, closes)) = of_store {
            deny(policy, of_store, closes);
        }
        for (control, doubt) in &self.side.controls {
            policy.add_denies_of(control, doubt.as_ref());
        }
    }

    fn push(&self, policy: &Policy, limits: &[&Policy], there: Vec<Claim>, ways: &mut Ways) {
        let there = all(there);
        for way in ways_of_role(policy, limits, self.service, &self.side.names, self.assumptions) {
            if let Some(remark) = &self.borrowed.only_said {
                let reaches = way.claim.truth().is_true() && there.truth().is_true();
                let said = ways.remarks.iter().any(|other| other.says == remark.says);
                if reaches && !way.access.is_empty() && !said {
                    ways.remarks.push(remark.clone());
                }
                continue;
            }
            ways.routes.push(Route {
                name: self.borrowed.name,
                audience: self.borrowed.audience,
                access: way.access,
                claim: all([way.claim, there.clone()]),
                close: self.borrowed.close.to_owned(),
                weight: way.weight,
                rule: None,
            });
        }
    }

    fn perhaps_one_account(&self, unknown: &Arc<Unknown>) -> Claim {
        fact(Evidence {
            truth: Truth::Unknown,
            places: vec![place_of(self.side.instance)],
            says: format!("whether `{}` is in the same account is not known", self.borrowed.role),
            unknown: vec![unknown.clone()],
            absent: false,
        })
    }
}

/// Adds what another policy denies, as far as it is there.
fn deny(policy: &mut Policy, other: &Policy, closes: &Claim) {
    match closes.truth() {
        Truth::True => policy.add_denies_of(other, None),
        Truth::False => {}
        Truth::Unknown => {
            let mut unknown = Vec::new();
            open_questions(closes, &mut unknown);
            if let Some(doubt) = unknown.first() {
                policy.add_denies_of(other, Some(doubt));
            }
        }
    }
}

/// Finds every role that somebody outside may be able to act as.
fn borrowed(graph: &Graph<'_>, assumptions: &Assumptions) -> Vec<Borrowed> {
    let mut found = Vec::new();
    for role in graph.of_type(ROLE) {
        let Some(trust) = trust_policy(role) else { continue };
        let mut ways = guests(graph, role, &trust);
        ways.extend(any_account(role, &trust, assumptions));
        ways.extend(any_repository(graph, &trust));
        ways.extend(aws_gateway::lent(graph, role, &trust, assumptions).into_iter().map(|lent| {
            let close =
                "set an `authorization` on the method, or take the bucket out of the policies of the role";
            let way = Way::new("integration of a REST API", Audience::Anonymous, lent.claim, close);
            Way { asks: Some(lent.asks), ..way }
        }));
        ways.extend(members(graph, role));
        ways.extend(functions(graph, role));
        if ways.is_empty() {
            continue;
        }
        let rights = Rc::new(rights(graph, role));
        found.extend(ways.into_iter().map(|way| Borrowed {
            role: role.address.clone(),
            name: way.name,
            audience: way.audience,
            claim: all([way.claim, acts(role, &Join::Certain, true)]),
            close: way.close,
            asks: way.asks,
            only_said: way.only_said,
            rights: rights.clone(),
        }));
    }
    found
}

/// One way to act as a role.
struct Way {
    name: &'static str,
    audience: Audience,
    claim: Claim,
    close: &'static str,
    asks: Option<Policy>,
    only_said: Option<Remark>,
}

impl Way {
    fn new(name: &'static str, audience: Audience, claim: Claim, close: &'static str) -> Self {
        Self { name, audience, claim, close, asks: None, only_said: None }
    }

    /// What is worth saying when the claim holds, and no way in.
    fn said(claim: Claim, place: Place, says: String) -> Self {
        let remark = Remark { code: "role-not-followed", place, says };
        Self { only_said: Some(remark), ..Self::new("", Audience::Authenticated, claim, "") }
    }
}

fn trust_policy(role: &Instance) -> Option<Policy> {
    let attribute = Reader::of(role, &[]).attribute("assume_role_policy");
    attribute.value().map(|value| Policy::read(value, &role.address, &Path::attribute("assume_role_policy")))
}

/// Guests of identity pools that get the role, or that can ask STS for it themselves.
fn guests(graph: &Graph<'_>, role: &Instance, trust: &Policy) -> Vec<Way> {
    let close = "set `allow_unauthenticated_identities = false` in the identity pool, or take the bucket out of the \
                 policies of the role that its guests get";
    let guests = |claim| Way::new("guests of an identity pool", Audience::Anonymous, claim, close);
    let mut ways = Vec::new();
    for (attachment, join) in graph.sources(role, ROLES_OF_POOL, "roles.unauthenticated", NAMES_OF_ROLE) {
        let names: Vec<Value> =
            Reader::of(attachment, &[]).attribute("identity_pool_id").value().cloned().into_iter().collect();
        let pools = graph.targets(&names, POOL, &["id"]);
        for (pool, tie) in &pools.found {
            let admits = admits_guests(trust, &id_of(pool));
            let allows = Reader::of(pool, FALLBACKS).attribute("allow_unauthenticated_identities").is(true);
            let given = join.is_certain().then(|| gives(attachment, role));
            let here = [acts(attachment, &join, true), acts(pool, tie, true)].into_iter().chain(given);
            if join.is_certain() || !admits.truth().is_false() {
                ways.push(guests(all([allows, admits].into_iter().chain(here))));
            }
        }
        // Of a pool that is not in the input it is not known whether it has guests.
        for name in pools.elsewhere.iter().filter(|name| pools.found.is_empty() || !is_of(name, POOL)) {
            let admits = admits_guests(trust, name);
            if !admits.truth().is_false() {
                let here = acts(attachment, &join, true);
                ways.push(guests(all([pool_elsewhere(attachment), admits, here])));
            }
        }
    }
    if trust.is_unknown() {
        return ways;
    }
    for pool in graph.of_type(POOL) {
        let reader = Reader::of(pool, FALLBACKS);
        let asks = reader.attribute("allow_classic_flow").is(true);
        if asks.truth().is_false() {
            continue;
        }
        let admits = admits_guests(trust, &id_of(pool));
        if !admits.truth().is_false() {
            let allows = reader.attribute("allow_unauthenticated_identities").is(true);
            let here = acts(pool, &Join::Certain, true);
            ways.push(guests(all([allows, asks, admits, here])));
        }
    }
    ways
}

/// That guests get the role, as far as the attachment goes.
fn gives(attachment: &Instance, role: &Instance) -> Claim {
    fact(Evidence {
        truth: Truth::True,
        places: vec![Reader::of(attachment, &[]).attribute("roles").place()],
        says: format!("`{}` gives guests `{}`", attachment.address, role.address),
        unknown: Vec::new(),
        absent: false,
    })
}

/// That an identity pool which the input does not have, or does not name, has guests.
fn pool_elsewhere(attachment: &Instance) -> Claim {
    let pool = Reader::of(attachment, &[]).attribute("identity_pool_id");
    let mut unknown = pool.value().map(Value::unknowns).unwrap_or_default();
    if unknown.is_empty() {
        let name = pool.value().map_or_else(|| "identity_pool_id".to_owned(), name_of);
        unknown.push(Arc::new(Unknown::because(Cause::Elsewhere(name.into()))));
    }
    fact(Evidence {
        truth: Truth::Unknown,
        places: vec![pool.place()],
        says: "whether this identity pool has guests is not known".to_owned(),
        unknown,
        absent: false,
    })
}

/// The id of an identity pool: known of one that exists, else whatever it will be.
fn id_of(pool: &Instance) -> Value {
    let known = pool.attributes.get("id").filter(|id| !id.is_null());
    known
        .cloned()
        .unwrap_or_else(|| Value::unknown(Unknown::attribute(pool.address.clone(), Path::attribute("id"))))
}

/// That a trust policy admits the guests of an identity pool. Their token says whose pool it is for (`aud`) and
/// that they are guests (`amr`). Source: Cognito developer guide, "Role trust and permissions".
fn admits_guests(trust: &Policy, pool: &Value) -> Claim {
    let id = text_of(pool);
    let holds = |condition: &Condition| match &*condition.key {
        "cognito-identity.amazonaws.com:aud" => condition.holds_for(std::slice::from_ref(&id)),
        "cognito-identity.amazonaws.com:amr" => condition.holds_for(&[Text::known("unauthenticated")]),
        // Who calls STS for them, and from where, the flow decides; which guest one is, nobody chooses.
        "cognito-identity.amazonaws.com:sub" | "aws:sourceip" => Truth::Unknown,
        _ => {
            let guest =
                Requester { identity: Identity::Outsider, network: Network::Internet, door: Door::Bucket };
            condition.outcome(guest).can_hold
        }
    };
    trust.admits(&Known {
        who: "guests of the identity pool",
        action: "sts:AssumeRoleWithWebIdentity",
        is_meant: &|who: &Who| who.trusts(COGNITO),
        holds: &holds,
        unknown: pool.unknowns(),
    })
}

/// That any account in the world can act as a role.
fn any_account(role: &Instance, trust: &Policy, assumptions: &Assumptions) -> Option<Way> {
    let names = StoreNames { address: Some(role.address.clone()), shape: Shape::Arn, names: Vec::new() };
    let asked = |federations: &[&str], action: &str| {
        let trust = trust.with_known_principals(federations);
        if trust.keeps_out(Identity::Outsider) {
            return any([]);
        }
        any([Network::Internet, Network::Endpoint].map(|network| {
            let request = Request {
                identity: Identity::Outsider,
                network,
                door: Door::Bucket,
                action,
                level: Level::Either,
            };
            trust.allows(&request, &names, assumptions)
        }))
    };
    let claims = [asked(&[], "sts:AssumeRole"), asked(&[COGNITO], "sts:AssumeRoleWithWebIdentity")];
    let claim = any(claims.into_iter().filter(|claim| !claim.truth().is_false()));
    (!claim.truth().is_false()).then(|| {
        let close = "name the principals in the `assume_role_policy` of the role";
        Way::new("role that any account can assume", Audience::Authenticated, claim, close)
    })
}

/// That a job of anybody's repository can act as a role: the issuer of its token is everybody's, and the trust
/// policy does not say of whose repository.
fn any_repository(graph: &Graph<'_>, trust: &Policy) -> Option<Way> {
    let is_public = |provider: &Text| {
        if let Some((of, _)) = provider.as_hole().and_then(|hole| hole.identity.as_ref()) {
            let url = graph.instance(of).and_then(|provider| provider.attributes.get("url"));
            return url.map_or(Truth::False, is_public_issuer);
        }
        let issuer = |host: &&str| provider.known_suffix().ends_with(&format!(":oidc-provider/{host}"));
        Truth::from_bool(PUBLIC_ISSUERS.iter().any(issuer))
    };
    let holds = |condition: &Condition| {
        let job = Requester { identity: Identity::Outsider, network: Network::Internet, door: Door::Bucket };
        condition.outcome(job).can_hold
    };
    let urls = graph.of_type(ISSUER).iter().filter_map(|issuer| issuer.attributes.get("url"));
    let urls = urls.filter(|url| is_public_issuer(url).is_unknown());
    let claim = trust.with_known_principals(&[]).admits(&Known {
        who: "jobs of anybody's repository",
        action: "sts:AssumeRoleWithWebIdentity",
        is_meant: &|who: &Who| who.has_provider(&is_public),
        holds: &holds,
        unknown: urls.flat_map(Value::unknowns).collect(),
    });
    (!claim.truth().is_false()).then(|| {
        let close =
            "fix the owner of the repository in a condition on `sub` in the `assume_role_policy` of the role";
        Way::new("role that jobs of any repository can assume", Audience::Authenticated, claim, close)
    })
}

/// Whether tokens of the issuer at a URL are everybody's. An issuer that is an attribute of a resource, as of a
/// cluster, is one's own.
fn is_public_issuer(url: &Value) -> Truth {
    let text = match &url.data {
        Data::String(text) => text,
        Data::Unknown(unknown) if unknown.identity.is_none() => return Truth::Unknown,
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::Sequence(..)
        | Data::Mapping(..)
        | Data::Unknown(_) => return Truth::False,
    };
    if text.as_hole().is_some_and(|hole| hole.identity.is_some()) {
        return Truth::False;
    }
    PUBLIC_ISSUERS.iter().fold(Truth::False, |truth, host| {
        truth.or(text.equals(host)).or(text.equals(&format!("https://{host}")))
    })
}

/// Users who sign up by themselves at the user pool of an identity pool get the role of its members. Who counts
/// as a member the application decides, so that this is said only.
fn members(graph: &Graph<'_>, role: &Instance) -> Vec<Way> {
    let mut ways = Vec::new();
    for (attachment, join) in graph.sources(role, ROLES_OF_POOL, "roles.authenticated", NAMES_OF_ROLE) {
        let names: Vec<Value> =
            Reader::of(attachment, &[]).attribute("identity_pool_id").value().cloned().into_iter().collect();
        for (pool, tie) in graph.targets(&names, POOL, &["id"]).found {
            for (provider, there) in Reader::of(pool, &[]).each_block("cognito_identity_providers") {
                let name: Vec<Value> =
                    provider.attribute("provider_name").value().cloned().into_iter().collect();
                for (users, of_users) in graph.targets(&name, USER_POOL, &["endpoint"]).found {
                    let closed = Reader::of(users, FALLBACKS)
                        .attribute("admin_create_user_config.allow_admin_create_user_only")
                        .is(true);
                    let here = [
                        acts(attachment, &join, false),
                        acts(pool, &tie, false),
                        acts(users, &of_users, false),
                    ];
                    let claim = all(here.into_iter().chain([there.clone(), not(closed)]));
                    let says = format!(
                        "whoever signs up at `{}` gets `{}`, which reaches what is stored here",
                        users.address, role.address
                    );
                    ways.push(Way::said(claim, place_of(users), says));
                }
            }
        }
    }
    ways
}

/// Functions that answer everybody at a URL of their own: what one hands out its code decides.
fn functions(graph: &Graph<'_>, role: &Instance) -> Vec<Way> {
    let mut ways = Vec::new();
    for (function, join) in graph.sources(role, "aws_lambda_function", "role", &["arn"]) {
        for (url, tie) in
            graph.sources(function, "aws_lambda_function_url", "function_name", &["function_name"])
        {
            let open = Reader::of(url, &[]).attribute("authorization_type").one_of(&["NONE"]);
            let claim = all([open, acts(function, &join, false), acts(url, &tie, false)]);
            let says = format!(
                "`{}` answers everyone at `{}` and reaches what is stored here; what it hands out is not followed",
                function.address, url.address
            );
            ways.push(Way::said(claim, place_of(url), says));
        }
    }
    ways
}

/// Every policy of a role.
fn rights(graph: &Graph<'_>, role: &Instance) -> Rights {
    let reader = Reader::of(role, &[]);
    let mut granted = Vec::new();
    let own = graph.sources(role, ROLE_POLICY, "role", NAMES_OF_ROLE);
    if shows(role, "inline_policy", own.iter().any(|(_, join)| join.is_certain())) {
        for (block, there) in reader.each_block("inline_policy") {
            let attribute = block.attribute("policy");
            if let Some(value) = attribute.value() {
                let policy = Policy::read_of_identity(value, &role.address, &attribute.place().attribute);
                granted.push(Granted { policy, opens: there.clone(), closes: there });
            }
        }
    }
    for (instance, join) in own {
        granted.extend(document(instance, &join));
    }
    let mut attached = false;
    for (resource_type, of_role, arns) in ATTACHMENTS {
        for (instance, join) in graph.sources(role, resource_type, of_role, NAMES_OF_ROLE) {
            attached |= join.is_certain();
            let attribute = Reader::of(instance, &[]).attribute(arns);
            for mut managed in managed(graph, &attribute) {
                managed.opens = all([managed.opens, acts(instance, &join, true)]);
                managed.closes = all([managed.closes, acts(instance, &join, false)]);
                granted.push(managed);
            }
        }
    }
    if shows(role, "managed_policy_arns", attached) {
        granted.extend(managed(graph, &reader.attribute("managed_policy_arns")));
    }
    Rights { granted, boundary: boundary(graph, &reader.attribute("permissions_boundary")) }
}

/// Whether an attribute of a role says what is in force, or only mirrors what other resources set.
fn shows(role: &Instance, attribute: &str, is_set_elsewhere: bool) -> bool {
    !is_set_elsewhere || !role.copies.iter().any(|copy| &**copy == attribute)
}

/// An `inline_policy` block of a role without what an `aws_iam_role_policy` had set: a role has one policy of
/// each name.
#[must_use]
pub fn without_inline(block: Value, policy: &Value) -> Option<Value> {
    let name = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
    let same = name(&block).is_some() && name(&block) == name(policy);
    (!same).then_some(block)
}

/// One of `managed_policy_arns` without what a resource had attached.
#[must_use]
pub fn without_attached(arn: Value, attachment: &Value) -> Option<Value> {
    let attached = attachment.get("policy_arn").and_then(Value::as_str);
    let same = attached.is_some() && arn.as_str() == attached;
    (!same).then_some(arn)
}

/// The policy of a resource that has one.
fn document(instance: &Instance, join: &Join) -> Option<Granted> {
    let attribute = Reader::of(instance, &[]).attribute("policy");
    let policy = Policy::read_of_identity(attribute.value()?, &instance.address, &Path::attribute("policy"));
    Some(Granted { policy, opens: acts(instance, join, true), closes: acts(instance, join, false) })
}

/// The managed policies that an attribute names by their ARNs.
fn managed(graph: &Graph<'_>, arns: &Attribute<'_>) -> Vec<Granted> {
    let (values, more) = arns.elements();
    let values: Vec<Value> =
        values.into_iter().chain(more.map(|more| Value::new(Data::Unknown(more)))).collect();
    let mut granted = Vec::new();
    for value in values.iter().filter(|value| !value.is_null()) {
        let targets = graph.targets(std::slice::from_ref(value), POLICY, &["arn"]);
        granted.extend(targets.found.iter().filter_map(|(policy, join)| document(policy, join)));
        let some = !targets.found.is_empty();
        for value in targets.elsewhere.iter().filter(|value| !(some && is_of(value, POLICY))) {
            let policy = not_in_the_input(graph, value, arns);
            granted.push(Granted { policy, opens: all([]), closes: all([]) });
        }
    }
    granted
}

/// Whether a value is an attribute of a resource of a type, whichever instance of it.
fn is_of(value: &Value, resource_type: &str) -> bool {
    let identity = value.as_unknown().and_then(|unknown| unknown.identity.as_ref());
    identity.is_some_and(|(of, _)| of.mode == Mode::Managed && &*of.resource_type == resource_type)
}

/// A policy that the input does not have: one of AWS's own, or one of which nothing is known.
fn not_in_the_input(graph: &Graph<'_>, arn: &Value, named_by: &Attribute<'_>) -> Policy {
    let place = named_by.place();
    let looked_up = arn.as_unknown().and_then(|unknown| unknown.identity.as_ref()).and_then(|(of, _)| {
        let data = (of.mode == Mode::Data && &*of.resource_type == POLICY).then(|| graph.instance(of))??;
        let text = |name: &str| data.attributes.get(name).and_then(Value::as_str);
        text("arn").or_else(|| text("name"))
    });
    let document = match arn.as_str().or(looked_up).and_then(aws_managed::document) {
        Some(document) => Value::string(document),
        None => Value::new(Data::Unknown(
            arn.unknowns()
                .into_iter()
                .next()
                .unwrap_or_else(|| Arc::new(Unknown::because(Cause::Elsewhere(name_of(arn).into())))),
        )),
    };
    Policy::read_of_identity(&document.with_origin(arn.origin.clone()), &place.address, &place.attribute)
}

/// The permissions boundary of a role. Of several that it may be nothing is known.
fn boundary(graph: &Graph<'_>, attribute: &Attribute<'_>) -> Option<Policy> {
    let value = attribute.value().filter(|value| value.as_str() != Some(""))?;
    let mut found = managed(graph, attribute);
    let place = attribute.place();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) if only.closes.truth().is_true() => Some(only.policy),
        (Some(_) | None, _) => {
            let cause = Cause::any(value.unknowns().iter().map(|unknown| unknown.cause.clone()));
            let unknown = Value::unknown(Unknown::because(cause));
            Some(Policy::read_of_identity(&unknown, &place.address, &place.attribute))
        }
    }
}

/// Whether a principal of a store's policy is the role. `denies`: of a Deny, which takes in the role with its
/// account; into another account (`ours` is false) naming the account is enough to let it in as well.
fn names(role: &Instance, principal: &Text, denies: bool, ours: bool) -> Truth {
    if let Some(hole) = principal.as_hole() {
        return match &hole.identity {
            Some((of, _)) if of.mode == Mode::Managed => match () {
                () if *of == role.address && is_one(of) => Truth::True,
                () if of.same_resource(&role.address) => Truth::Unknown,
                () => Truth::False,
            },
            Some(_) | None => Truth::Unknown,
        };
    }
    let Some(known) = principal.as_known() else { return Truth::Unknown };
    let fields: Vec<&str> = known.splitn(6, ':').collect();
    let accounts = known_account_ids(role);
    let in_account = |account: &str| match accounts.as_slice() {
        [] => Truth::Unknown,
        [only] => Truth::from_bool(only == account),
        several if several.iter().any(|known| known == account) => Truth::Unknown,
        _ => Truth::False,
    };
    let of_account = |account: &str| if denies || !ours { in_account(account) } else { Truth::False };
    match *fields {
        [account] if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            of_account(account)
        }
        [id] if id.starts_with("AROA") => Truth::Unknown,
        ["arn", _, "iam", _, account, "root"] => of_account(account),
        ["arn", _, "iam", _, account, resource] => {
            let Some(path) = resource.strip_prefix("role/") else { return Truth::False };
            let name = path.rsplit('/').next().unwrap_or(path);
            let same_name = match role.attributes.get("name").map(|name| &name.data) {
                Some(Data::String(text)) => text.equals(name),
                Some(Data::Unknown(_)) => Truth::Unknown,
                Some(_) | None => Truth::False,
            };
            // Of an account that is not known the name says enough to let in, and not to keep out.
            same_name.and(match in_account(account) {
                Truth::Unknown if !denies => Truth::True,
                answer => answer,
            })
        }
        ["arn", _, "sts", ..] => Truth::Unknown,
        _ => Truth::False,
    }
}

/// Whether an address names one instance, not the representative of several.
fn is_one(address: &Address) -> bool {
    super::aws_pattern::is_single(address) && address.key != Key::Unknown
}

/// What to call something outside of the input.
fn name_of(value: &Value) -> String {
    if value.holds_sensitive() { "(sensitive)".to_owned() } else { text_of(value).shown() }
}

fn text_of(value: &Value) -> Text {
    match &value.data {
        Data::String(text) => text.clone(),
        Data::Unknown(unknown) => {
            let mut text = TextBuilder::default();
            text.push_hole(unknown.clone());
            text.build()
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            Text::known("")
        }
    }
}
