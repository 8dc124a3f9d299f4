//! Policy documents of AWS: who outside may do what with a store.
//!
//! Enters: the value of an attribute that holds a policy, and the names of the store it hangs on. Leaves:
//! claims per requester, way and action; remarks on what changes no verdict. Statements are read in
//! `aws_statement`, conditions judged in `aws_condition`. Source: aws.md 2 and 3.
//!
//! A statement lets somebody in when its principal, action, resource and conditions can all be met by what
//! an outsider is free to choose; a Deny takes that away only when no choice of theirs dodges it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Assumptions;
use super::addresses::Addresses;
use super::aws_actions::{Action, Level, Service};
use super::aws_condition::{Condition, Door, Identity, Network, Requester, SOURCE_KEYS, depends_on_way};
use super::aws_pattern::{Pattern, Token, is_single};
use super::aws_public::{Hangs, statement_is_public};
pub use super::aws_statement::Statement;
use super::aws_statement::{Reader, read_statements};
use crate::address::{Address, Path, PathStep};
use crate::truth::Truth;
use crate::value::{Cause, Data, MappingKind, Origin, Text, Unknown, Value, json};
use crate::verdict::{Access, Audience, Claim, Evidence, Place, Remark, Weight, all, any, fact, not};

/// An access point of S3, as conditions of a policy see it (aws.md 4.8).
#[derive(Clone, Debug)]
pub struct AccessPoint {
    /// The resource, to know references to itself.
    pub address: Option<Address>,
    /// Its ARN, as far as known.
    pub arn: Option<Text>,
    /// The number of its account. `None`: not known; then a fixed account in a delegation counts as its own.
    pub account: Option<String>,
    /// `Internet` or `VPC`.
    pub network_origin: &'static str,
}

/// What resource patterns of a policy can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Names are bucket names: `arn:aws:s3:::NAME` and `arn:aws:s3:::NAME/KEY`.
    Bucket,
    /// Names are those of access points: `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME` and `…/object/KEY`.
    AccessPoint,
    /// Names are whole ARNs.
    Arn,
}

/// The names of the store that a policy hangs on.
#[derive(Clone, Debug)]
pub struct StoreNames {
    /// The store, to know references to itself.
    pub address: Option<Address>,
    /// How its names appear in ARNs.
    pub shape: Shape,
    /// Its names, perhaps known in part; empty: not known at all.
    pub names: Vec<Text>,
}

/// One question to a policy.
#[derive(Clone, Debug)]
pub struct Request<'p> {
    /// Who asks.
    pub identity: Identity,
    /// Over which network.
    pub network: Network,
    /// Through which door.
    pub door: Door<'p>,
    /// What for: `s3:GetObject`.
    pub action: &'p str,
    /// Of what.
    pub level: Level,
}

/// One way in that a policy offers.
#[derive(Clone, Debug)]
pub struct WayIn {
    /// For whom.
    pub audience: Audience,
    /// To do what; empty: settings only.
    pub access: Access,
    /// All of what opens it and not what closes it, as far as the policy goes.
    pub claim: Claim,
    /// One level lower when it gives no letter.
    pub weight: Weight,
    /// Whether AWS counts the policy as public, if this way is open: with that and
    /// `restrict_public_buckets` the way is closed.
    pub aws_public: Claim,
}

/// How much of a document could be read.
#[derive(Clone, Debug)]
enum Extent {
    /// All of it.
    Whole,
    /// Nothing of it is known.
    NotKnown(Arc<Unknown>),
    /// It is there and cannot be read: not JSON, too long, ambiguous.
    Unreadable(Arc<Unknown>),
    /// One of several documents.
    OneOf(Arc<Unknown>, Vec<Policy>),
}

/// A policy document with the place that it was read from.
#[derive(Clone, Debug)]
pub struct Policy {
    place: Place,
    sensitive: bool,
    extent: Extent,
    statements: Vec<Statement>,
    /// Further statements may follow, and what stands in for them.
    more: Vec<Arc<Unknown>>,
    /// Why it cannot be read, for a diagnostic at the policy's place.
    pub problem: Option<String>,
    /// What changes no verdict; those that need the store's names come from [`Policy::remarks`].
    remarks: Vec<Remark>,
}

/// A policy with more statements than this is not read: AWS takes no document of that length.
const MOST_STATEMENTS: usize = 1000;

impl Policy {
    /// Reads the value of an attribute: a JSON text, or the document as an object. Null, an empty text and
    /// an empty document grant nothing.
    #[must_use]
    pub fn read(value: &Value, address: &Address, attribute: &Path) -> Self {
        let sensitive = value.holds_sensitive();
        let place = if sensitive {
            Place {
                address: address.clone(),
                attribute: attribute.clone(),
                span: None,
                origin: Origin::Nowhere,
            }
        } else {
            Place {
                address: address.clone(),
                attribute: attribute.clone(),
                span: value.origin.written(),
                origin: value.origin.clone(),
            }
        };
        let empty = Self {
            place,
            sensitive,
            extent: Extent::Whole,
            statements: Vec::new(),
            more: Vec::new(),
            problem: None,
            remarks: Vec::new(),
        };
        match &value.data {
            Data::Null(_) => empty,
            Data::Unknown(unknown) if unknown.one_of.is_empty() => {
                Self { extent: Extent::NotKnown(unknown.clone()), ..empty }
            }
            Data::Unknown(unknown) => {
                let policies: Vec<Self> = unknown
                    .one_of
                    .iter()
                    .map(|alternative| Self::read(&alternative.clone().marked(sensitive), address, attribute))
                    .collect();
                let problem = policies.iter().find_map(|policy| policy.problem.clone());
                Self { extent: Extent::OneOf(unknown.clone(), policies), problem, ..empty }
            }
            Data::String(text) => empty.read_text(text),
            Data::Mapping(..) => empty.read_document(value),
            Data::Sequence(..) | Data::Bool(_) | Data::Number(_) => {
                empty.unreadable("a policy must be a JSON object")
            }
        }
    }

    fn unreadable(self, problem: &str) -> Self {
        let unknown = Arc::new(Unknown::because(Cause::Invalid(problem.into())));
        let problem =
            if self.sensitive { "the policy cannot be read".to_owned() } else { problem.to_owned() };
        Self { extent: Extent::Unreadable(unknown), problem: Some(problem), ..self }
    }

    fn read_text(self, text: &Text) -> Self {
        if text.as_known().is_some_and(|text| text.trim().is_empty()) {
            return self;
        }
        if let Some(document) = text.document() {
            let sensitive = self.sensitive || document.holds_sensitive();
            return self.hushed(sensitive).read_document(&document.clone());
        }
        match json::decode_policy(text) {
            Ok((document, twice)) if twice.is_empty() => match document.data {
                Data::Mapping(..) => self.read_document(&document),
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                    self.unreadable("a policy must be a JSON object")
                }
                Data::Unknown(unknown) => Self { extent: Extent::NotKnown(unknown), ..self },
            },
            Ok((_, twice)) => {
                // Which of the two AWS takes is not documented (aws.md 15, doubt 8).
                let names = twice.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let problem = format!("the policy has a key twice: {names}");
                let unknown = Arc::new(Unknown::because(Cause::Invalid(problem.as_str().into())));
                let says = if self.sensitive {
                    "the policy has a key twice in one object; which of the two counts is not documented"
                        .to_owned()
                } else {
                    format!("{problem}; which of the two counts is not documented")
                };
                let remark = Remark { code: "duplicate-key", place: self.place.clone(), says };
                Self { extent: Extent::Unreadable(unknown), remarks: vec![remark], ..self }
            }
            Err(problem) => match text.holes().next() {
                // What the holes hold may make it a document.
                Some((_, hole)) => Self { extent: Extent::NotKnown(hole.clone()), ..self },
                None => self.unreadable(&format!("the policy is not valid JSON: {problem}")),
            },
        }
    }

    fn hushed(mut self, sensitive: bool) -> Self {
        if sensitive && !self.sensitive {
            self.sensitive = true;
            self.place.span = None;
            self.place.origin = Origin::Nowhere;
        }
        self
    }

    fn read_document(mut self, document: &Value) -> Self {
        match &document.data {
            Data::Unknown(unknown) => return Self { extent: Extent::NotKnown(unknown.clone()), ..self },
            Data::Mapping(MappingKind::Block(owner), entries) if !entries.contains_key("Statement") => {
                let path = owner.1.then(PathStep::Attribute("Statement".into()));
                let unknown = Arc::new(Unknown::attribute(owner.0.clone(), path));
                return Self { extent: Extent::NotKnown(unknown), ..self };
            }
            Data::Mapping(..) | Data::Null(_) => {}
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                return self.unreadable("a policy must be a JSON object");
            }
        }
        let reader =
            Reader { place: &self.place, sensitive: self.sensitive, version: document.get("Version") };
        let Some(statement) = document.get("Statement") else { return self };
        let (statements, more) = read_statements(statement, &reader);
        if statements.len() > MOST_STATEMENTS {
            return self.unreadable("the policy has more statements than AWS takes");
        }
        self.statements = statements;
        self.more = more;
        self
    }

    /// Whether nothing of the policy is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.extent, Extent::NotKnown(_))
    }

    /// Where the policy was read from.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Whether AWS itself counts the policy as public (aws.md 3.8). A policy of which nothing is known counts
    /// as public, a decision (D8).
    #[must_use]
    pub fn aws_public(&self, hangs: Hangs) -> Claim {
        self.public_if_open(hangs, None)
    }

    fn public_if_open(&self, hangs: Hangs, open: Option<usize>) -> Claim {
        let evidence = |truth, says: &str, unknown: Vec<Arc<Unknown>>| {
            fact(Evidence {
                truth,
                places: vec![self.place.clone()],
                says: says.to_owned(),
                unknown,
                absent: false,
            })
        };
        match &self.extent {
            Extent::NotKnown(unknown) => {
                return evidence(
                    Truth::True,
                    "the policy is not known, and counts as one that AWS calls public",
                    vec![unknown.clone()],
                );
            }
            Extent::Unreadable(unknown) => {
                return evidence(
                    Truth::Unknown,
                    "whether AWS counts the policy as public is not known",
                    vec![unknown.clone()],
                );
            }
            Extent::OneOf(which, policies) => {
                let truth = policies
                    .iter()
                    .map(|policy| policy.aws_public(hangs).truth())
                    .reduce(Truth::agree)
                    .unwrap_or(Truth::Unknown);
                return evidence(truth, public_says(truth), vec![which.clone()]);
            }
            Extent::Whole => {}
        }
        let mut truth = if self.more.is_empty() { Truth::False } else { Truth::Unknown };
        for (index, statement) in self.statements.iter().enumerate() {
            truth = truth.or(statement_is_public(statement, hangs, open == Some(index)));
        }
        let unknown = if truth.is_unknown() {
            self.more.iter().cloned().chain(self.statements.iter().flat_map(Statement::unknowns)).collect()
        } else {
            Vec::new()
        };
        evidence(truth, public_says(truth), unknown)
    }

    /// Adds the Deny statements of another policy that acts on the same requests: a resource control policy,
    /// or a bucket policy where an ACL lets in. What it may deny when it is not known closes nothing.
    pub fn add_denies_of(&mut self, other: &Self) {
        if let Extent::Whole = other.extent {
            let denies = other.statements.iter().filter(|statement| statement.allows.is_false());
            self.statements.extend(denies.cloned());
        }
        if let Extent::OneOf(_, policies) = &mut self.extent {
            for policy in policies {
                policy.add_denies_of(other);
            }
        }
    }

    /// Whether one kind of request gets through: some Allow lets it, and no Deny certainly stops it.
    #[must_use]
    pub fn allows(&self, request: &Request<'_>, names: &StoreNames, assumptions: &Assumptions) -> Claim {
        let action = Action {
            pattern: Pattern::literal(request.action, false).lower(),
            letter: None,
            level: request.level,
        };
        let requester =
            Requester { identity: request.identity, network: request.network, door: request.door };
        match &self.extent {
            Extent::Whole => {
                let view = View::new(self, names, request.identity, assumptions);
                let reached = view.reached(&action);
                view.claim(&reached, requester, request.action)
            }
            Extent::NotKnown(_) | Extent::Unreadable(_) => self.not_known(),
            Extent::OneOf(which, policies) => {
                let claims: Vec<Claim> =
                    policies.iter().map(|policy| policy.allows(request, names, assumptions)).collect();
                self.either(which, claims)
            }
        }
    }

    /// One of several claims: decided where they agree.
    fn either(&self, which: &Arc<Unknown>, claims: Vec<Claim>) -> Claim {
        match claims.iter().map(Claim::truth).reduce(Truth::agree).unwrap_or(Truth::Unknown) {
            Truth::True => all(claims),
            Truth::False => any(claims),
            Truth::Unknown => fact(Evidence {
                truth: Truth::Unknown,
                places: vec![self.place.clone()],
                says: "which of several policies is in force is not known".to_owned(),
                unknown: vec![which.clone()],
                absent: false,
            }),
        }
    }

    fn not_known(&self) -> Claim {
        let unknown = match &self.extent {
            Extent::NotKnown(unknown) | Extent::Unreadable(unknown) | Extent::OneOf(unknown, _) => {
                vec![unknown.clone()]
            }
            Extent::Whole => self.more.clone(),
        };
        let says = match (&self.extent, self.sensitive) {
            (Extent::Whole, false) => "the policy may have further statements, which are not known",
            (Extent::Unreadable(_), _) => "the policy cannot be read",
            (Extent::Whole, true) | (Extent::NotKnown(_) | Extent::OneOf(..), _) => {
                "what the policy says is not known"
            }
        };
        fact(Evidence {
            truth: Truth::Unknown,
            places: vec![self.place.clone()],
            says: says.to_owned(),
            unknown,
            absent: false,
        })
    }

    /// Every way in that the policy of a store offers, also those that are closed: a private store has
    /// something to show. Requests come over the internet, through VPC endpoints of the outsider's own, and
    /// through access points of the outsider's own; those of the input are asked by [`ways_through`].
    #[must_use]
    pub fn ways_in(&self, service: &Service, names: &StoreNames, assumptions: &Assumptions) -> Vec<WayIn> {
        match &self.extent {
            Extent::NotKnown(_) | Extent::Unreadable(_) => vec![self.unknown_way(service)],
            Extent::OneOf(which, policies) => {
                let each: Vec<Vec<WayIn>> =
                    policies.iter().map(|policy| policy.ways_in(service, names, assumptions)).collect();
                self.one_of(which, each)
            }
            Extent::Whole => self.ways_of_statements(service, names, assumptions),
        }
    }

    fn unknown_way(&self, service: &Service) -> WayIn {
        WayIn {
            audience: if service.unsigned { Audience::Anonymous } else { Audience::Authenticated },
            access: Access::none(),
            claim: self.not_known(),
            weight: Weight::Full,
            aws_public: self.aws_public(Hangs::OnBucket),
        }
    }

    /// Keeps a way as it is when each of the alternatives has one as wide; else it depends on which it is.
    fn one_of(&self, which: &Arc<Unknown>, each: Vec<Vec<WayIn>>) -> Vec<WayIn> {
        let open = |ways: &[WayIn], way: &WayIn| {
            let mut access = Access::none();
            for other in
                ways.iter().filter(|other| other.audience <= way.audience && other.claim.truth().is_true())
            {
                access.extend(&other.access);
            }
            let some =
                ways.iter().any(|other| other.audience <= way.audience && other.claim.truth().is_true());
            some && way.access.letters().all(|letter| access.contains(letter))
        };
        let undecided = self.either(which, Vec::new());
        let mut ways = Vec::new();
        for alternatives in &each {
            for way in alternatives {
                let sure = each.iter().all(|others| open(others, way));
                let mut way = way.clone();
                if !sure {
                    way.claim = all([way.claim, undecided.clone()]);
                }
                ways.push(way);
            }
        }
        ways
    }

    fn ways_of_statements(
        &self,
        service: &Service,
        names: &StoreNames,
        assumptions: &Assumptions,
    ) -> Vec<WayIn> {
        let mut ways = Vec::new();
        for identity in identities(service) {
            let view = View::new(self, names, identity, assumptions);
            for (index, statement) in self.statements.iter().enumerate() {
                if statement.allows.is_false() || !view.asks(statement) {
                    continue;
                }
                let groups = view.groups(index, service);
                for (reached, actions) in groups {
                    let access = access_of(&actions);
                    ways.push(WayIn {
                        audience: audience(identity),
                        weight: weight(&access),
                        access,
                        claim: view.claim_over_ways(index, &reached),
                        aws_public: self.public_if_open(Hangs::OnBucket, Some(index)),
                    });
                }
            }
        }
        if !self.more.is_empty() {
            ways.push(self.unknown_way(service));
        }
        if ways.is_empty() {
            ways.push(self.nothing(service));
        }
        ways
    }

    fn nothing(&self, service: &Service) -> WayIn {
        WayIn {
            audience: if service.unsigned { Audience::Anonymous } else { Audience::Authenticated },
            access: Access::none(),
            claim: fact(Evidence {
                truth: Truth::False,
                places: vec![self.place.clone()],
                says: "the policy allows outsiders nothing".to_owned(),
                unknown: Vec::new(),
                absent: false,
            }),
            weight: Weight::Full,
            aws_public: self.aws_public(Hangs::OnBucket),
        }
    }

    /// What is worth saying about the policy and changes no verdict: named outsiders, service principals that
    /// any account can use, statements without effect. Nothing when the policy is sensitive.
    #[must_use]
    pub fn remarks(&self, service: &Service, names: &StoreNames, assumptions: &Assumptions) -> Vec<Remark> {
        let mut remarks = self.remarks.clone();
        if let Extent::OneOf(_, policies) = &self.extent {
            for policy in policies {
                remarks.extend(policy.remarks(service, names, assumptions));
            }
        }
        if self.sensitive {
            return remarks;
        }
        for statement in &self.statements {
            if let Some(void) = &statement.void {
                remarks.push(Remark {
                    code: "void-statement",
                    place: statement.place.clone(),
                    says: format!("{}: AWS will refuse this", void),
                });
            }
            if !statement.allows.is_true() {
                continue;
            }
            let view = View::new(self, names, Identity::Outsider, assumptions);
            if let Some(void) = view.mismatch(statement, service) {
                remarks.push(Remark { code: "void-statement", place: statement.place.clone(), says: void });
            }
            if !statement.who.named.is_empty() {
                let named: Vec<String> =
                    statement.who.named.iter().take(3).map(|name| format!("`{name}`")).collect();
                let own =
                    |name: &String| assumptions.own_accounts.iter().any(|own| name.contains(own.as_str()));
                if !statement.who.named.iter().all(own) {
                    remarks.push(Remark {
                        code: "named-outsider",
                        place: statement.who_place.clone(),
                        says: format!("{} names who may come in: {}", statement.label, named.join(", ")),
                    });
                }
            }
            if let Some(service) = statement.who.services.first()
                && !statement.is_scoped()
            {
                remarks.push(Remark {
                    code: "unscoped-service-principal",
                    place: statement.who_place.clone(),
                    says: format!(
                        "{} lets `{service}` in for every account: any account can make this service call here",
                        statement.label
                    ),
                });
            }
        }
        remarks
    }
}

const fn public_says(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "AWS itself counts the policy as public",
        Truth::False => "AWS itself does not count the policy as public, so that no block restricts it",
        Truth::Unknown => "whether AWS itself counts the policy as public is not known",
    }
}

fn identities(service: &Service) -> Vec<Identity> {
    let signed = [Identity::Outsider, Identity::Service];
    if service.unsigned { [Identity::Anonymous].into_iter().chain(signed).collect() } else { signed.to_vec() }
}

const fn audience(identity: Identity) -> Audience {
    match identity {
        Identity::Anonymous => Audience::Anonymous,
        Identity::Outsider | Identity::Service => Audience::Authenticated,
    }
}

fn access_of(actions: &[Action]) -> Access {
    let mut access = Access::none();
    for letter in actions.iter().filter_map(|action| action.letter) {
        access.insert(letter);
    }
    access
}

fn weight(access: &Access) -> Weight {
    if access.is_empty() { Weight::OneLower } else { Weight::Full }
}

/// Every way in through an access point: what its policy and the bucket's both allow, for the same requester
/// (aws.md 4.8). `service` is [`super::aws_actions::S3_SIGNED`] for multi-Region access points.
#[must_use]
pub fn ways_through(
    point: &AccessPoint,
    service: &Service,
    bucket: (&Policy, &StoreNames),
    access_point: (&Policy, &StoreNames),
    assumptions: &Assumptions,
) -> Vec<WayIn> {
    let sides = [bucket, access_point];
    let public = any([bucket.0.aws_public(Hangs::OnBucket), access_point.0.aws_public(Hangs::OnAccessPoint)]);
    let mut ways = Vec::new();
    for identity in identities(service).into_iter().filter(|identity| *identity != Identity::Service) {
        // Actions with the same answers on both sides are one way in.
        let mut groups: BTreeMap<(Signature, Signature), Vec<Action>> = BTreeMap::new();
        let views = sides.map(|(policy, names)| View::new(policy, names, identity, assumptions));
        for action in service.actions(None) {
            let [ours, theirs] = &views;
            let signature = (signature(&ours.reached(&action)), signature(&theirs.reached(&action)));
            groups.entry(signature).or_default().push(action);
        }
        for actions in groups.values() {
            let Some(action) = actions.first() else { continue };
            let networks = [Network::Internet, Network::Endpoint].map(|network| {
                let requester = Requester { identity, network, door: Door::Point(point) };
                let both = sides.iter().zip(&views).map(|((policy, names), view)| match &policy.extent {
                    Extent::Whole => view.claim(&view.reached(action), requester, ""),
                    Extent::NotKnown(_) | Extent::Unreadable(_) => policy.not_known(),
                    Extent::OneOf(which, policies) => {
                        let claims = policies
                            .iter()
                            .map(|policy| {
                                let view = View::new(policy, names, identity, assumptions);
                                match &policy.extent {
                                    Extent::Whole => view.claim(&view.reached(action), requester, ""),
                                    Extent::NotKnown(_) | Extent::Unreadable(_) | Extent::OneOf(..) => {
                                        policy.not_known()
                                    }
                                }
                            })
                            .collect();
                        policy.either(which, claims)
                    }
                });
                all(both)
            });
            let access = access_of(actions);
            ways.push(WayIn {
                audience: audience(identity),
                weight: weight(&access),
                access,
                claim: any(networks),
                aws_public: public.clone(),
            });
        }
    }
    ways
}

/// Which statement speaks about an action, and which Denies might take it away: each with the truth of what
/// does not hang on the way of the request.
#[derive(Clone, Debug)]
struct Reached {
    allow: usize,
    truth: Truth,
    denies: Vec<(usize, Truth)>,
}

type Signature = Vec<(usize, u8, Vec<(usize, u8)>)>;

const fn rank(truth: Truth) -> u8 {
    match truth {
        Truth::False => 0,
        Truth::Unknown => 1,
        Truth::True => 2,
    }
}

fn signature(reached: &[Reached]) -> Signature {
    reached
        .iter()
        .map(|reached| {
            let denies = reached.denies.iter().map(|(index, truth)| (*index, rank(*truth))).collect();
            (reached.allow, rank(reached.truth), denies)
        })
        .collect()
}

/// A policy as one identity sees it, on one store.
struct View<'p> {
    policy: &'p Policy,
    identity: Identity,
    assumptions: &'p Assumptions,
    containers: Vec<Pattern>,
    objects: Vec<Pattern>,
    /// Per statement: its resource patterns, with references to the store replaced by its names.
    resources: Vec<Vec<Pattern>>,
}

impl<'p> View<'p> {
    fn new(policy: &'p Policy, names: &StoreNames, identity: Identity, assumptions: &'p Assumptions) -> Self {
        let own = Arc::new(Unknown::because(Cause::Invalid("the store's name".into())));
        let names_of: Vec<Pattern> = if names.names.is_empty() {
            vec![Pattern(vec![Token::Hole(own)])]
        } else {
            let reading = super::aws_pattern::Reading { wildcards: false, variables: false };
            names.names.iter().map(|name| Pattern::read(name, reading)).collect()
        };
        let around = |before: &str, after: &str| -> Vec<Pattern> {
            names_of
                .iter()
                .map(|name| {
                    Pattern::literal(before, true)
                        .then(name)
                        .then(&Pattern::literal(after, true))
                        .any_partition()
                })
                .collect()
        };
        let (containers, objects) = match names.shape {
            Shape::Bucket => (around("arn:aws:s3:::", ""), around("arn:aws:s3:::", "/*")),
            Shape::AccessPoint => (
                around("arn:aws:s3:*:*:accesspoint/", ""),
                around("arn:aws:s3:*:*:accesspoint/", "/object/*"),
            ),
            Shape::Arn => (around("", ""), [around("", "/*"), around("", ":*")].concat()),
        };
        let resources = policy
            .statements
            .iter()
            .map(|statement| {
                statement
                    .resources
                    .patterns
                    .iter()
                    .map(|pattern| own_names(pattern, names, &names_of, &containers).any_partition())
                    .collect()
            })
            .collect();
        Self { policy, identity, assumptions, containers, objects, resources }
    }

    fn targets(&self, level: Level) -> Vec<&Pattern> {
        match level {
            Level::Container => self.containers.iter().collect(),
            Level::Object => self.objects.iter().collect(),
            Level::Either => self.containers.iter().chain(&self.objects).collect(),
        }
    }

    fn patterns(&self, index: usize) -> &[Pattern] {
        self.resources.get(index).map_or(&[], Vec::as_slice)
    }

    /// Whether a statement is worth asking for this identity at all.
    fn asks(&self, statement: &Statement) -> bool {
        match self.identity {
            Identity::Anonymous | Identity::Outsider => true,
            // A service for an outsider counts when a value about its source is what opens the statement, or
            // when the settings say that a bare service principal is public (aws.md 2 and D3).
            Identity::Service => {
                statement.is_scoped()
                    || self.assumptions.unscoped_service_principal_is_public
                        && !statement.who.services.is_empty()
            }
        }
    }

    /// Whether a pattern of an Allow can match something, for this identity: one with a policy variable only
    /// for who has such a value (aws.md 3.5).
    fn has_values(&self, pattern: &Pattern) -> bool {
        self.identity != Identity::Anonymous || pattern.variables().next().is_none()
    }

    /// Whether an Allow speaks about the store on that level.
    fn allows_resource(&self, index: usize, statement: &Statement, level: Level) -> Truth {
        let targets = self.targets(level);
        let patterns = self.patterns(index);
        if !statement.resources.present {
            return Truth::True;
        }
        if statement.resources.negated {
            // It closes only if it excludes the whole level.
            let excluded = targets.iter().fold(Truth::True, |whole, target| {
                whole.and(patterns.iter().fold(Truth::False, |some, pattern| some.or(pattern.covers(target))))
            });
            return !excluded;
        }
        // What is not known covers: some part of the store is open, whichever (aws.md 3.5).
        Truth::from_bool(
            patterns.iter().any(|pattern| {
                self.has_values(pattern) && targets.iter().any(|target| pattern.overlaps(target))
            }),
        )
    }

    /// Whether a Deny covers everything that an Allow speaks about, on that level.
    fn covers(&self, deny: usize, allow: usize, level: Level) -> Truth {
        let (Some(denying), Some(allowing)) =
            (self.policy.statements.get(deny), self.policy.statements.get(allow))
        else {
            return Truth::Unknown;
        };
        if !denying.resources.present {
            return Truth::True;
        }
        let denied = self.patterns(deny);
        let mut truth = Truth::True;
        for target in self.targets(level) {
            let whole = std::slice::from_ref(target);
            let pieces: Vec<&Pattern> = if allowing.resources.present && !allowing.resources.negated {
                self.patterns(allow)
                    .iter()
                    .filter(|pattern| self.has_values(pattern) && pattern.overlaps(target))
                    .collect()
            } else {
                whole.iter().collect()
            };
            for piece in pieces {
                let covered = if denying.resources.negated {
                    denied.iter().fold(Truth::True, |all, spared| {
                        all.and(if spared.overlaps(piece) && spared.overlaps(target) {
                            if spared.has_hole() { Truth::Unknown } else { Truth::False }
                        } else {
                            Truth::True
                        })
                    })
                } else {
                    denied.iter().fold(Truth::False, |some, pattern| {
                        some.or(pattern.covers(target)).or(pattern.covers(piece))
                    })
                };
                truth = truth.and(covered);
            }
        }
        truth
    }

    /// The statements that allow an action on this store, with the Denies that might take it away.
    fn reached(&self, action: &Action) -> Vec<Reached> {
        let indexes: Vec<usize> = (0..self.policy.statements.len()).collect();
        indexes.into_iter().filter_map(|index| self.reached_by(index, action)).collect()
    }

    fn reached_by(&self, index: usize, action: &Action) -> Option<Reached> {
        let statement = self.policy.statements.get(index)?;
        if statement.allows.is_false() || !self.asks(statement) {
            return None;
        }
        let truth = statement.actions.takes(&action.pattern, false).and(self.allows_resource(
            index,
            statement,
            action.level,
        ));
        if truth.is_false() {
            return None;
        }
        let mut denies = Vec::new();
        for (position, deny) in self.policy.statements.iter().enumerate() {
            let applies = deny
                .denies
                .and(deny.actions.takes(&action.pattern, true))
                .and(deny.who.covers(self.identity));
            if applies.is_false() {
                continue;
            }
            let applies = applies.and(self.covers(position, index, action.level));
            if !applies.is_false() {
                denies.push((position, applies));
            }
        }
        Some(Reached { allow: index, truth, denies })
    }

    /// The actions that one statement allows on this store, put together where the same facts decide.
    fn groups(&self, index: usize, service: &Service) -> Vec<(Reached, Vec<Action>)> {
        let Some(statement) = self.policy.statements.get(index) else { return Vec::new() };
        let patterns = statement.actions.sure_patterns();
        let mut groups: BTreeMap<Signature, (Reached, Vec<Action>)> = BTreeMap::new();
        for action in service.actions(patterns) {
            if let Some(reached) = self.reached_by(index, &action) {
                groups
                    .entry(signature(std::slice::from_ref(&reached)))
                    .or_insert_with(|| (reached, Vec::new()))
                    .1
                    .push(action);
            }
        }
        groups.into_values().collect()
    }

    /// Why a statement that names a resource says nothing about this store.
    fn mismatch(&self, statement: &Statement, service: &Service) -> Option<String> {
        let index = self.policy.statements.iter().position(|other| std::ptr::eq(other, statement))?;
        let patterns = statement.actions.sure_patterns();
        if service.actions(patterns).is_empty() {
            return Some(format!("{} names no action of this store", statement.label));
        }
        if self.allows_resource(index, statement, Level::Either).is_false() {
            return Some(format!("{} names another resource than the one that it hangs on", statement.label));
        }
        self.groups(index, service)
            .is_empty()
            .then(|| format!("{} names actions that do not apply to the resources it names", statement.label))
    }

    /// The networks and doors that make a difference to a statement and its Denies.
    fn ways(&self, reached: &Reached) -> Vec<(Network, Door<'static>)> {
        let statements = std::iter::once(reached.allow)
            .chain(reached.denies.iter().map(|(index, _)| *index))
            .filter_map(|index| self.policy.statements.get(index));
        let depends = statements
            .flat_map(|statement| &statement.conditions)
            .any(|condition| depends_on_way(&condition.key));
        if !depends {
            return vec![(Network::Internet, Door::Bucket)];
        }
        let mut ways = vec![(Network::Internet, Door::Bucket), (Network::Endpoint, Door::Bucket)];
        let points = self.policy.statements.get(reached.allow).is_some_and(|statement| {
            statement.conditions.iter().any(|condition| {
                condition.key == "s3:dataaccesspointarn" || condition.key == "s3:dataaccesspointaccount"
            })
        });
        if points && self.identity == Identity::Outsider {
            ways.push((Network::Internet, Door::ForeignPoint));
            ways.push((Network::Endpoint, Door::ForeignPoint));
        }
        ways
    }

    fn claim_over_ways(&self, index: usize, reached: &Reached) -> Claim {
        let Some(statement) = self.policy.statements.get(index) else { return any([]) };
        let ways = self.ways(reached);
        let shared = self.shared(statement, reached, "");
        let by_way: Vec<Claim> = ways
            .into_iter()
            .map(|(network, door)| {
                let requester = Requester { identity: self.identity, network, door };
                all(self.on_the_way(statement, reached, requester))
            })
            .collect();
        let by_way = match <[Claim; 1]>::try_from(by_way) {
            Ok([only]) => only,
            Err(several) => any(several),
        };
        all(shared.into_iter().chain([by_way]))
    }

    /// Whether some statement lets a request through.
    fn claim(&self, reached: &[Reached], requester: Requester<'_>, action: &str) -> Claim {
        let mut claims: Vec<Claim> = reached
            .iter()
            .filter_map(|reached| {
                let statement = self.policy.statements.get(reached.allow)?;
                let facts = self.shared(statement, reached, action);
                Some(all(facts.into_iter().chain(self.on_the_way(statement, reached, requester))))
            })
            .collect();
        if !self.policy.more.is_empty() {
            claims.push(self.policy.not_known());
        }
        if claims.is_empty() {
            claims.push(self.evidence(
                Truth::False,
                vec![self.policy.place.clone()],
                "the policy does not allow this",
                Vec::new(),
            ));
        }
        any(claims)
    }

    /// The facts that do not hang on the way of a request.
    fn shared(&self, statement: &Statement, reached: &Reached, action: &str) -> Vec<Claim> {
        let mut facts = Vec::new();
        let truth = statement.who.lets_in(self.identity);
        let says = match truth {
            Truth::True => {
                let what = if action.is_empty() { statement.actions.shown() } else { format!("`{action}`") };
                format!("{} lets {} {what}", statement.label, statement.who.shown(self.identity))
            }
            Truth::False => format!("{} {}", statement.label, statement.who.why_not(self.identity)),
            Truth::Unknown => format!("whom {} lets in is not known", statement.label),
        };
        let places = vec![statement.who_place.clone(), statement.actions.place.clone()];
        facts.push(self.evidence(truth, places, &says, statement.who.unknown.clone()));
        if statement.allows.is_unknown() {
            facts.push(self.evidence(
                Truth::Unknown,
                vec![statement.place.clone()],
                &format!("whether there is {}, and whether it allows, is not known", statement.label),
                statement.exists.clone(),
            ));
        }
        if reached.truth.is_unknown() {
            let unknown =
                statement.actions.unknown.iter().chain(&statement.resources.unknown).cloned().collect();
            facts.push(self.evidence(
                Truth::Unknown,
                vec![statement.actions.place.clone()],
                &format!("which actions {} allows is not known", statement.label),
                unknown,
            ));
        }
        facts
    }

    /// The conditions of an Allow and the Denies against it, for one requester.
    fn on_the_way(&self, statement: &Statement, reached: &Reached, requester: Requester<'_>) -> Vec<Claim> {
        let mut facts = Vec::new();
        let mut admitted: Option<(Addresses, Vec<Place>)> = None;
        for condition in &statement.conditions {
            if judged_as_set(condition, requester) {
                let set = condition.source_ip();
                let (joined, places) = match admitted.take() {
                    Some((earlier, mut places)) => {
                        places.push(condition.place.clone());
                        (earlier.intersection(&set), places)
                    }
                    None => (set, vec![condition.place.clone()]),
                };
                admitted = Some((joined, places));
                continue;
            }
            let outcome = condition.outcome(requester);
            facts.push(self.evidence(
                outcome.can_hold,
                vec![condition.place.clone()],
                &condition_says(condition, outcome.can_hold),
                outcome.unknown,
            ));
        }
        if let Some((set, places)) = &admitted {
            let truth = set.broad(self.assumptions);
            let says = match truth {
                Truth::True => format!("`aws:SourceIp` admits {}", set.share()),
                Truth::False => format!("`aws:SourceIp` keeps {} to few addresses", statement.label),
                Truth::Unknown => "which addresses `aws:SourceIp` admits is not known".to_owned(),
            };
            facts.push(self.evidence(truth, places.clone(), &says, set.unknown().to_vec()));
        }
        if !statement.unknown_conditions.is_empty() {
            facts.push(self.evidence(
                Truth::Unknown,
                vec![statement.place.clone()],
                &format!("the conditions of {} are not known", statement.label),
                statement.unknown_conditions.clone(),
            ));
        }
        let admitted = admitted.map_or_else(Addresses::everything, |(set, _)| set);
        facts.extend(self.denials(reached, &admitted, requester));
        facts
    }

    fn denials(&self, reached: &Reached, admitted: &Addresses, requester: Requester<'_>) -> Vec<Claim> {
        let mut facts = Vec::new();
        for (index, applies) in &reached.denies {
            let Some(deny) = self.policy.statements.get(*index) else { continue };
            let mut certain = *applies;
            for condition in &deny.conditions {
                let dodge = if judged_as_set(condition, requester) {
                    admitted.intersection(&condition.source_ip().complement()).broad(self.assumptions)
                } else {
                    condition.outcome(requester).can_fail
                };
                certain = certain.and(!dodge);
            }
            if !deny.unknown_conditions.is_empty() {
                certain = certain.and(Truth::Unknown);
            }
            let says = match certain {
                Truth::False => continue,
                Truth::True => format!("{} denies this to every outsider", deny.label),
                Truth::Unknown => {
                    format!("whether {} denies this to every outsider is not known", deny.label)
                }
            };
            facts.push(not(self.evidence(certain, vec![deny.place.clone()], &says, deny.unknowns())));
        }
        if !self.policy.more.is_empty() {
            facts.push(not(self.evidence(
                Truth::Unknown,
                vec![self.policy.place.clone()],
                "whether a further statement of the policy denies this is not known",
                self.policy.more.clone(),
            )));
        }
        facts
    }

    /// A fact; of a sensitive policy it only says which attribute decides.
    fn evidence(&self, truth: Truth, places: Vec<Place>, says: &str, unknown: Vec<Arc<Unknown>>) -> Claim {
        let unknown = if truth.is_unknown() { unknown } else { Vec::new() };
        if self.policy.sensitive {
            return fact(Evidence {
                truth,
                places: vec![self.policy.place.clone()],
                says: "the policy, which is sensitive, decides this".to_owned(),
                unknown,
                absent: false,
            });
        }
        fact(Evidence { truth, places, says: says.to_owned(), unknown, absent: false })
    }
}

/// Whether a condition is one on the address of a request that has one.
fn judged_as_set(condition: &Condition, requester: Requester<'_>) -> bool {
    condition.key == "aws:sourceip"
        && requester.network == Network::Internet
        && requester.identity != Identity::Service
}

fn condition_says(condition: &Condition, truth: Truth) -> String {
    let (operator, key) = (&condition.operator_name, &condition.key_name);
    match truth {
        Truth::True => format!("`{operator}` on `{key}` restricts no outsider"),
        Truth::Unknown => format!("whether `{operator}` on `{key}` keeps outsiders out is not known"),
        Truth::False => match (condition.operator, &*condition.values) {
            (Some(operator), [only]) if operator.limits() && !operator.is_ip() => {
                format!("`{key}` admits {} only", only.shown())
            }
            (Some(operator), [_, _, ..]) if operator.limits() && !operator.is_ip() => {
                format!("`{key}` admits {} values only", condition.values.len())
            }
            (Some(_) | None, _) => format!("`{operator}` on `{key}` keeps outsiders out"),
        },
    }
}

/// Replaces references to the store itself by its name or ARN.
fn own_names(pattern: &Pattern, names: &StoreNames, names_of: &[Pattern], containers: &[Pattern]) -> Pattern {
    let Some(address) = names.address.as_ref().filter(|address| is_single(address)) else {
        return pattern.clone();
    };
    let mut tokens = Vec::with_capacity(pattern.0.len());
    for token in &pattern.0 {
        let own = match token {
            Token::Hole(hole) => match &hole.identity {
                Some((of, path)) if of == address => match (path.as_attribute(), names.shape) {
                    (Some("arn"), _) | (Some("id"), Shape::Arn) => containers.first(),
                    (Some("id" | "bucket"), Shape::Bucket) | (Some("name"), Shape::AccessPoint) => {
                        names_of.first()
                    }
                    (Some(_) | None, _) => None,
                },
                Some(_) | None => None,
            },
            Token::Char(_) | Token::One | Token::Many | Token::Variable(_) => None,
        };
        match own {
            Some(own) => tokens.extend(own.0.iter().cloned()),
            None => tokens.push(token.clone()),
        }
    }
    Pattern(tokens)
}

/// Whether a statement is opened by what a service acts for.
impl Statement {
    /// Whether it has a condition on the source that a service acts for.
    #[must_use]
    pub fn is_scoped(&self) -> bool {
        self.conditions.iter().any(|condition| SOURCE_KEYS.contains(&&*condition.key))
    }
}

/// The path of one element of a document.
pub(super) fn step(path: &Path, name: &str) -> Path {
    path.then(PathStep::Attribute(name.into()))
}
