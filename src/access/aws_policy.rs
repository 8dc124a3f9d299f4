//! Policy documents of AWS: who outside may do what with a store.
//!
//! Enters: the value of an attribute that holds a policy, and the names of the store it hangs on. Leaves:
//! claims per requester, way and action; remarks on what changes no verdict. Statements are read in
//! `aws_statement`, conditions judged in `aws_condition`. Source: aws.md 2 and 3.
//!
//! A statement lets somebody in when its principal, action, resource and conditions can all be met by what
//! an outsider is free to choose; a Deny takes that away only when no choice of theirs dodges it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Assumptions;
use super::aws_actions::{Action, Level, Service};
use super::aws_condition::{Condition, Door, Identity, Network, Requester, SOURCE_KEYS};
use super::aws_ground::{Ground, StatementActions};
use super::aws_pattern::Pattern;
use super::aws_public::{Hangs, statement_is_public};
use super::aws_statement::{Reader, read_statements};
pub use super::aws_statement::{Statement, Who};
use super::aws_view::{Signature, View, signature};
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

/// A requester who is known to a word, for [`Policy::admits`].
pub struct Known<'k> {
    /// For sentences: `guests of the identity pool`.
    pub who: &'k str,
    /// What for: `sts:AssumeRole`.
    pub action: &'k str,
    /// Whether a statement's principal is about them.
    pub is_meant: &'k dyn Fn(&Who) -> Truth,
    /// Whether a condition holds for them.
    pub holds: &'k dyn Fn(&Condition) -> Truth,
    /// What is not known of them.
    pub unknown: Vec<Arc<Unknown>>,
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
    pub(super) place: Place,
    pub(super) sensitive: bool,
    /// Whether it hangs on an identity and not on a store.
    of_identity: bool,
    /// Whether it stands for what is allowed by other means, and only its Denies say something.
    pub(super) only_denies: bool,
    extent: Extent,
    pub(super) statements: Vec<Statement>,
    /// Further statements may follow, and what stands in for them.
    pub(super) more: Vec<Arc<Unknown>>,
    /// Why it cannot be read, for a diagnostic at the policy's place.
    pub problem: Option<String>,
    /// What changes no verdict; those that need the store's names come from [`Policy::remarks`].
    remarks: Vec<Remark>,
}

/// A policy with more statements than this is not read: AWS takes no document of that length.
const MOST_STATEMENTS: usize = 400;

impl Policy {
    /// Reads the value of an attribute: a JSON text, or the document as an object. Null, an empty text and
    /// an empty document grant nothing.
    #[must_use]
    pub fn read(value: &Value, address: &Address, attribute: &Path) -> Self {
        Self::read_as(value, address, attribute, false)
    }

    /// Reads a policy of a role, which has no principals: it lets the role do what it allows.
    #[must_use]
    pub fn read_of_identity(value: &Value, address: &Address, attribute: &Path) -> Self {
        Self::read_as(value, address, attribute, true)
    }

    fn read_as(value: &Value, address: &Address, attribute: &Path, of_identity: bool) -> Self {
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
            of_identity,
            only_denies: false,
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
                    .map(|alternative| {
                        let alternative = alternative.clone().marked(sensitive);
                        Self::read_as(&alternative, address, attribute, of_identity)
                    })
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

    /// What stands for a right that something else than a policy gives: everything is allowed to everyone, and
    /// what [`Policy::add_denies_of`] adds is taken away.
    #[must_use]
    pub fn of_everything(address: &Address, attribute: &Path) -> Self {
        let text = |value: &str| Value::string(value);
        let statement = [
            ("Effect".into(), text("Allow")),
            ("Principal".into(), text("*")),
            ("Action".into(), text("*")),
            ("Resource".into(), text("*")),
        ];
        let document = Value::object([("Statement".into(), Value::object(statement.into()))].into());
        Self { only_denies: true, ..Self::read(&document, address, attribute) }
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
            if matches!(document.data, Data::String(_) | Data::Null(_)) {
                return self.unreadable("a policy must be a JSON object");
            }
            let document = (**document).clone().marked(self.sensitive);
            let (address, attribute) = (&self.place.address, &self.place.attribute);
            return Self::read_as(&document, address, attribute, self.of_identity).at(self.place);
        }
        match json::decode_policy(text) {
            Ok((document, twice)) => match &document.data {
                Data::Mapping(..) => {
                    let mut policy = self.read_document(&document);
                    let remarks: Vec<Remark> = twice.iter().map(|name| policy.stands_twice(name)).collect();
                    policy.remarks.extend(remarks);
                    policy
                }
                Data::Unknown(unknown) => Self { extent: Extent::NotKnown(unknown.clone()), ..self },
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                    self.unreadable("a policy must be a JSON object")
                }
            },
            Err(problem) => match text.holes().next() {
                // What the holes hold may make it a document.
                Some((_, hole)) => Self { extent: Extent::NotKnown(hole.clone()), ..self },
                None => self.unreadable(&format!("the policy is not valid JSON: {problem}")),
            },
        }
    }

    /// Which of the two AWS takes is not documented (aws.md 15, doubt 8): the reader made the value unknown.
    fn stands_twice(&self, name: &str) -> Remark {
        let key = if self.sensitive { "a key".to_owned() } else { format!("`{}`", name.escape_debug()) };
        Remark {
            code: "duplicate-key",
            place: self.place.clone(),
            says: format!(
                "{key} stands twice in one object of the policy; which of the two counts is not documented"
            ),
        }
    }

    /// The same; where the document itself was not written anywhere, the place of the text.
    fn at(mut self, place: Place) -> Self {
        if !self.sensitive && self.place.span.is_none() {
            self.place = place;
        }
        self
    }

    fn read_document(mut self, document: &Value) -> Self {
        if let Data::Mapping(MappingKind::Block(owner), entries) = &document.data
            && !entries.contains_key("Statement")
        {
            let path = step(&owner.1, "Statement");
            let unknown = Arc::new(Unknown::attribute(owner.0.clone(), path));
            return Self { extent: Extent::NotKnown(unknown), ..self };
        }
        let reader = Reader {
            place: &self.place,
            sensitive: self.sensitive,
            version: document.get("Version"),
            of_identity: self.of_identity,
        };
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
    /// or a bucket policy where an ACL lets in. What it may deny when it is not known makes the answer unknown.
    /// `doubt`: what it depends on whether the other policy acts here; `None`: it does.
    pub fn add_denies_of(&mut self, other: &Self, doubt: Option<&Arc<Unknown>>) {
        if let Extent::OneOf(_, policies) = &mut self.extent {
            for policy in policies {
                policy.add_denies_of(other, doubt);
            }
        }
        match &other.extent {
            Extent::Whole => {
                let denies = other.statements.iter().filter(|statement| !statement.denies.is_false());
                let acts = if doubt.is_some() { Truth::Unknown } else { Truth::True };
                self.statements.extend(denies.map(|deny| {
                    let mut deny =
                        Statement { allows: Truth::False, denies: deny.denies.and(acts), ..deny.clone() };
                    deny.exists.extend(doubt.cloned());
                    deny
                }));
                self.more.extend(other.more.iter().cloned());
            }
            Extent::NotKnown(unknown) | Extent::Unreadable(unknown) | Extent::OneOf(unknown, _) => {
                self.more.push(unknown.clone());
            }
        }
        self.sensitive |= other.sensitive;
    }

    /// The policy of a store as one role sees it: a statement is about everyone who acts as the role, or about
    /// nobody. What may allow the role and does not name it for certain is left out, since an unknown
    /// principal is a named one (aws.md D8 and D10); what may deny is kept. `is_role` is told of a name whether
    /// it stands in a Deny.
    #[must_use]
    pub fn as_seen_by(&self, is_role: &dyn Fn(&Text, bool) -> Truth) -> Self {
        let mut seen = self.clone();
        if let Extent::OneOf(_, policies) = &mut seen.extent {
            for policy in policies {
                *policy = policy.as_seen_by(is_role);
            }
        }
        for statement in &mut seen.statements {
            let who = &mut statement.who;
            let denies = !statement.denies.is_false();
            let named = who.accounts.iter().fold(Truth::False, |truth, name| truth.or(is_role(name, denies)));
            who.everyone = match (who.negated, named) {
                (false, named) => who.everyone.or(named),
                // Sparing a role takes its sessions as well, which cannot be told here.
                (true, Truth::False) => who.everyone,
                (true, Truth::True | Truth::Unknown) => Truth::Unknown,
            };
            if !statement.allows.is_false() && !statement.who.everyone.is_true() {
                statement.allows = Truth::False;
            }
        }
        seen
    }

    /// The policy with nobody but named principals where it is not known whether everyone is meant, and without
    /// identity providers but these. A policy that then lets in nobody for certain lets nobody in.
    #[must_use]
    pub fn with_known_principals(&self, federations: &[&str]) -> Self {
        let mut known = self.clone();
        match &mut known.extent {
            Extent::Whole => {}
            Extent::NotKnown(_) | Extent::Unreadable(_) => known.extent = Extent::Whole,
            Extent::OneOf(_, policies) => {
                for policy in policies {
                    *policy = policy.with_known_principals(federations);
                }
            }
        }
        let mut lets_in = false;
        for statement in &mut known.statements {
            if statement.who.everyone.is_unknown() && !statement.allows.is_false() {
                statement.who.everyone = Truth::False;
            }
            statement.who.federations.retain(|provider| federations.contains(&provider.as_str()));
            lets_in |= !statement.allows.is_false() && statement.who.anybody().is_true();
        }
        if !lets_in {
            known.more.clear();
        }
        known
    }

    /// That some statement lets one known requester in, and that none certainly denies it: for trust policies.
    #[must_use]
    pub fn admits(&self, known: &Known<'_>) -> Claim {
        match &self.extent {
            Extent::Whole => {}
            Extent::NotKnown(_) | Extent::Unreadable(_) => return self.not_known(),
            Extent::OneOf(which, policies) => {
                return self.either(which, policies.iter().map(|policy| policy.admits(known)).collect());
            }
        }
        let action = Pattern::literal(known.action, false).lower();
        let about = |statement: &Statement, effect: Truth, whole: bool| {
            let conditions = statement.conditions.iter().map(known.holds).fold(Truth::True, Truth::and);
            let rest = if statement.unknown_conditions.is_empty() { Truth::True } else { Truth::Unknown };
            let meant = (known.is_meant)(&statement.who);
            effect.and(statement.actions.takes(&action, whole)).and(meant).and(conditions).and(rest)
        };
        let mut claims = Vec::new();
        let mut denials = Vec::new();
        for statement in &self.statements {
            let (label, who, what) = (&statement.label, known.who, known.action);
            if !statement.allows.is_false() {
                let truth = about(statement, statement.allows, false);
                let says = match truth {
                    Truth::True => format!("{label} lets {who} call `{what}`"),
                    Truth::False => format!("{label} does not let {who} call `{what}`"),
                    Truth::Unknown => format!("whether {label} lets {who} call `{what}` is not known"),
                };
                claims.push(self.of_statement(truth, statement, says, known));
            }
            let denied = about(statement, statement.denies, true);
            if !denied.is_false() {
                let says = if denied.is_true() {
                    format!("{label} denies {who} `{what}`")
                } else {
                    format!("whether {label} denies {who} `{what}` is not known")
                };
                denials.push(not(self.of_statement(denied, statement, says, known)));
            }
        }
        if !self.more.is_empty() {
            claims.push(self.not_known());
            denials.push(not(self.not_known()));
        }
        if claims.is_empty() {
            claims.push(fact(Evidence {
                truth: Truth::False,
                places: vec![self.place.clone()],
                says: "the policy lets nobody in".to_owned(),
                unknown: Vec::new(),
                absent: false,
            }));
        }
        all(std::iter::once(any(claims)).chain(denials))
    }

    fn of_statement(&self, truth: Truth, statement: &Statement, says: String, known: &Known<'_>) -> Claim {
        let mut unknown = Vec::new();
        if truth.is_unknown() {
            unknown.extend(statement.unknowns());
            if (known.is_meant)(&statement.who).is_unknown() {
                let holes = statement.who.providers.iter().flat_map(Text::holes);
                unknown.extend(holes.map(|(_, hole)| hole.clone()));
            }
            unknown.extend(known.unknown.iter().cloned());
        }
        let (places, says) = if self.sensitive {
            (vec![self.place.clone()], "the policy, which is sensitive, decides this".to_owned())
        } else {
            (vec![statement.who_place.clone(), statement.place.clone()], says)
        };
        fact(Evidence { truth, places, says, unknown, absent: false })
    }

    /// Whether no statement lets an identity in, whatever it asks for.
    #[must_use]
    pub fn keeps_out(&self, identity: Identity) -> bool {
        let is_whole = matches!(self.extent, Extent::Whole) && self.more.is_empty();
        let lets_in = |statement: &Statement| {
            !statement.allows.is_false() && !statement.who.lets_in(identity).is_false()
        };
        is_whole && !self.only_denies && !self.statements.iter().any(lets_in)
    }

    /// Whether one kind of request gets through: some Allow lets it, and no Deny certainly stops it.
    #[must_use]
    pub fn allows(&self, request: &Request<'_>, names: &StoreNames, assumptions: &Assumptions) -> Claim {
        let action = Action::new(Pattern::literal(request.action, false).lower(), None, request.level);
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

    pub(super) fn not_known(&self) -> Claim {
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
            Extent::NotKnown(_) | Extent::Unreadable(_) => self.unknown_ways(service),
            Extent::OneOf(which, policies) => {
                let each: Vec<Vec<WayIn>> =
                    policies.iter().map(|policy| policy.ways_in(service, names, assumptions)).collect();
                self.one_of(which, &each)
            }
            Extent::Whole => self.ways_of_statements(&self.on(service, names), assumptions),
        }
    }

    /// The same, with what is worth saying about the policy.
    #[must_use]
    pub fn ways_and_remarks(
        &self,
        service: &Service,
        names: &StoreNames,
        assumptions: &Assumptions,
    ) -> (Vec<WayIn>, Vec<Remark>) {
        if !matches!(self.extent, Extent::Whole) {
            let ways = self.ways_in(service, names, assumptions);
            return (ways, self.remarks(service, names, assumptions));
        }
        let on = self.on(service, names);
        (self.ways_of_statements(&on, assumptions), self.remarks_of_statements(&on, names, assumptions))
    }

    fn on<'p>(&'p self, service: &'p Service, names: &StoreNames) -> OnStore<'p> {
        let ground = Rc::new(Ground::new(self, names, false));
        OnStore { service, ground, actions: StatementActions::new(self, service) }
    }

    /// A policy of which nothing is known may let in anybody, and what keeps unsigned requests out leaves the
    /// signed ones.
    fn unknown_ways(&self, service: &Service) -> Vec<WayIn> {
        let audiences = [Audience::Anonymous, Audience::Authenticated];
        let audiences = audiences.into_iter().filter(|who| service.unsigned || *who != Audience::Anonymous);
        audiences
            .map(|audience| WayIn {
                audience,
                access: Access::none(),
                claim: self.not_known(),
                weight: Weight::Full,
                aws_public: self.aws_public(Hangs::OnBucket),
            })
            .collect()
    }

    /// Keeps a way as it is when each of the alternatives has one as wide; else it depends on which it is.
    fn one_of(&self, which: &Arc<Unknown>, each: &[Vec<WayIn>]) -> Vec<WayIn> {
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
        for alternatives in each {
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

    fn ways_of_statements(&self, on: &OnStore<'_>, assumptions: &Assumptions) -> Vec<WayIn> {
        let mut ways = Vec::new();
        let service = on.service;
        for identity in identities(service) {
            let view = View::on(on.ground.clone(), self, identity, assumptions);
            for (index, statement) in self.statements.iter().enumerate() {
                if statement.allows.is_false() || !view.asks(statement) {
                    continue;
                }
                let groups = view.groups(index, &on.actions);
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
            if identity != Identity::Service {
                ways.extend(view.joined(service));
            }
        }
        if !self.more.is_empty() {
            ways.extend(self.unknown_ways(service));
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
        let mut remarks = self.remarks_of_statements(&self.on(service, names), names, assumptions);
        if let Extent::OneOf(_, policies) = &self.extent {
            for policy in policies {
                remarks.extend(policy.remarks(service, names, assumptions));
            }
        }
        remarks
    }

    fn remarks_of_statements(
        &self,
        on: &OnStore<'_>,
        names: &StoreNames,
        assumptions: &Assumptions,
    ) -> Vec<Remark> {
        let mut remarks = self.remarks.clone();
        if self.sensitive {
            return remarks;
        }
        let view = View::on(on.ground.clone(), self, Identity::Outsider, assumptions);
        for (index, statement) in self.statements.iter().enumerate() {
            if let Some(void) = &statement.void {
                remarks.push(Remark {
                    code: "void-statement",
                    place: statement.place.clone(),
                    says: format!("{void}: AWS will refuse this"),
                });
            }
            if !statement.allows.is_true() {
                continue;
            }
            if names.shape == Shape::Bucket
                && !statement.resources.negated
                && statement.resources.names.iter().any(|name| name == "*")
            {
                remarks.push(Remark {
                    code: "apply-refused",
                    place: statement.place.clone(),
                    says: format!("{} names `*` as its resource, which S3 itself refuses", statement.label),
                });
            }
            if let Some(void) = view.mismatch(index, &on.actions) {
                remarks.push(Remark { code: "void-statement", place: statement.place.clone(), says: void });
            }
            if !statement.who.negated && !statement.who.named.is_empty() {
                let shown: Vec<String> = statement
                    .who
                    .named
                    .iter()
                    .take(3)
                    .map(|name| format!("`{}`", name.escape_debug()))
                    .collect();
                let own =
                    |name: &String| assumptions.own_accounts.iter().any(|own| name.contains(own.as_str()));
                if !statement.who.named.iter().all(own) {
                    remarks.push(Remark {
                        code: "named-outsider",
                        place: statement.who_place.clone(),
                        says: format!("{} names who may come in: {}", statement.label, shown.join(", ")),
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

/// What is the same for all who are asked about: see [`Ground`].
struct OnStore<'p> {
    service: &'p Service,
    ground: Rc<Ground>,
    actions: StatementActions<'p>,
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

pub(super) const fn audience(identity: Identity) -> Audience {
    match identity {
        Identity::Anonymous => Audience::Anonymous,
        Identity::Outsider | Identity::Service | Identity::Role => Audience::Authenticated,
    }
}

pub(super) fn access_of(actions: &[Action]) -> Access {
    let mut access = Access::none();
    for letter in actions.iter().filter_map(|action| action.letter) {
        access.insert(letter);
    }
    access
}

pub(super) fn weight(access: &Access) -> Weight {
    if access.is_empty() { Weight::OneLower } else { Weight::Full }
}

/// Every way in that one policy of a role opens, with what limits the role: a permissions boundary, or the policy
/// of a bucket in another account. An action must be allowed by all of them, for the same request. The
/// audience is that of whoever may act as the role, which the caller knows.
#[must_use]
pub fn ways_of_role(
    policy: &Policy,
    limits: &[&Policy],
    service: &Service,
    names: &StoreNames,
    assumptions: &Assumptions,
) -> Vec<RoleWay> {
    let sides: Vec<Side<'_>> =
        std::iter::once(&policy).chain(limits).map(|policy| Side::new(policy, names, assumptions)).collect();
    // Actions with the same answers on all sides are one way in.
    let mut groups: BTreeMap<Vec<Vec<Signature>>, Vec<Action>> = BTreeMap::new();
    for action in service.actions(None) {
        let signatures = sides.iter().map(|side| side.signatures(&action)).collect();
        groups.entry(signatures).or_default().push(action);
    }
    let mut ways = Vec::new();
    for actions in groups.values() {
        let Some(action) = actions.first() else { continue };
        let networks = [Network::Internet, Network::Endpoint].map(|network| {
            let requester = Requester { identity: Identity::Role, network, door: Door::Bucket };
            all(sides.iter().map(|side| side.allows(action, requester)))
        });
        let [internet, endpoint] = networks;
        let claim = if internet.truth().is_true() { internet } else { any([internet, endpoint]) };
        if !claim.truth().is_false() {
            let access = access_of(actions);
            ways.push(RoleWay { weight: weight(&access), access, claim });
        }
    }
    ways
}

/// One way in that a policy opens to a role.
#[derive(Clone, Debug)]
pub struct RoleWay {
    /// To do what; empty: settings only.
    pub access: Access,
    /// What opens it and not what closes it, as far as policies go.
    pub claim: Claim,
    /// One level lower when it gives no letter.
    pub weight: Weight,
}

/// A policy as a role sees it, or several of which one is in force.
struct Side<'p> {
    policy: &'p Policy,
    views: Vec<View<'p>>,
}

impl<'p> Side<'p> {
    fn new(policy: &'p Policy, names: &StoreNames, assumptions: &'p Assumptions) -> Self {
        let view = |policy: &'p Policy| View::new(policy, names, Identity::Role, assumptions);
        let views = match &policy.extent {
            Extent::Whole => vec![view(policy)],
            Extent::NotKnown(_) | Extent::Unreadable(_) => Vec::new(),
            Extent::OneOf(_, policies) => policies.iter().map(view).collect(),
        };
        Self { policy, views }
    }

    fn signatures(&self, action: &Action) -> Vec<Signature> {
        self.views.iter().map(|view| signature(&view.reached(action))).collect()
    }

    fn allows(&self, action: &Action, requester: Requester<'_>) -> Claim {
        let by = |(view, policy): (&View<'_>, &Policy)| match &policy.extent {
            Extent::Whole => view.claim(&view.reached(action), requester, ""),
            Extent::NotKnown(_) | Extent::Unreadable(_) | Extent::OneOf(..) => policy.not_known(),
        };
        match &self.policy.extent {
            Extent::Whole => self.views.first().map_or_else(|| any([]), |view| by((view, self.policy))),
            Extent::NotKnown(_) | Extent::Unreadable(_) => self.policy.not_known(),
            Extent::OneOf(which, policies) => {
                self.policy.either(which, self.views.iter().zip(policies).map(by).collect())
            }
        }
    }
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
