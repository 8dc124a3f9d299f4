//! Conditions of a policy statement: whether an outsider can meet them, and whether one can dodge them.
//!
//! Enters: one operator with one key and its values, and a requester. Leaves: an [`Outcome`]. What an
//! outsider's request carries is the table `KEYS`; what a missing key does is [`Operator::when_missing`].
//! Source: aws.md 2, 3.6 and 3.7, from the IAM user guide ("IAM JSON policy elements: Condition operators",
//! "AWS global condition context keys") and the service authorization reference.

use std::sync::Arc;

use super::addresses::Addresses;
use super::aws_pattern::{Pattern, Reading, Token, is_single};
use super::aws_policy::AccessPoint;
use crate::address::{Mode, Path, PathStep};
use crate::truth::Truth;
use crate::value::{Cause, Data, Text, Unknown, Value};

/// Who asks, from outside (aws.md 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// An unsigned request.
    Anonymous,
    /// A principal in an account, organisation and network of the attacker's own choosing.
    Outsider,
    /// An AWS service that acts for a resource in the outsider's account.
    Service,
    /// A session of a role of our own account, which an outsider may act as (aws.md 9).
    Role,
}

/// Which way a request comes (aws.md 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    /// Over the internet: it has `aws:SourceIp`, and no key about a VPC.
    Internet,
    /// Through a VPC endpoint of the outsider's own: it has no `aws:SourceIp`.
    Endpoint,
}

/// Through which door of S3 a request comes.
#[derive(Clone, Copy, Debug)]
pub enum Door<'p> {
    /// Straight to the bucket.
    Bucket,
    /// Through an access point of the input.
    Point(&'p AccessPoint),
    /// Through an access point that the outsider hung on the bucket from an own account.
    ForeignPoint,
}

/// A requester, as far as conditions see it.
#[derive(Clone, Copy, Debug)]
pub struct Requester<'p> {
    /// Who.
    pub identity: Identity,
    /// Which way.
    pub network: Network,
    /// Through which door.
    pub door: Door<'p>,
}

/// Whether a condition can hold and whether it can fail for a requester who chooses what they can choose.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Some request of theirs meets it: what an Allow needs.
    pub can_hold: Truth,
    /// Some request of theirs does not meet it: what a Deny must not leave.
    pub can_fail: Truth,
    /// What that depends on.
    pub unknown: Vec<Arc<Unknown>>,
}

/// One operator, one key and its values.
#[derive(Clone, Debug)]
pub struct Condition {
    /// As written: `StringLikeIfExists`.
    pub operator_name: String,
    /// What it means; `None`: AWS has no such operator.
    pub operator: Option<Operator>,
    /// As written: `aws:SourceIp`.
    pub key_name: String,
    /// In lower case.
    pub key: String,
    /// The alternatives; an element may be unknown.
    pub values: Vec<Value>,
    /// Whether `${…}` is a variable; unknown when `Version` is.
    pub variables: Truth,
    /// Where it stands.
    pub place: crate::verdict::Place,
}

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    kind: Comparison,
    negated: bool,
    if_exists: bool,
    over: Option<Over>,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    /// Character by character; wildcards are literal text.
    Exact { ignore_case: bool },
    /// With `*` and `?`.
    Like,
    /// As `Like`, but `*` does not cross a colon; `ArnEquals` is `ArnLike`.
    Arn,
    /// Less, greater: of numbers and dates.
    Order,
    /// Networks.
    Ip,
    /// Whether the key is there at all.
    Null,
}

/// `ForAnyValue:` and `ForAllValues:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Any,
    All,
}

/// The operators by their base name in lower case: comparison, negated.
static OPERATORS: [(&str, Comparison, bool); 27] = [
    ("stringequals", Comparison::Exact { ignore_case: false }, false),
    ("stringnotequals", Comparison::Exact { ignore_case: false }, true),
    ("stringequalsignorecase", Comparison::Exact { ignore_case: true }, false),
    ("stringnotequalsignorecase", Comparison::Exact { ignore_case: true }, true),
    ("stringlike", Comparison::Like, false),
    ("stringnotlike", Comparison::Like, true),
    ("numericequals", Comparison::Exact { ignore_case: false }, false),
    ("numericnotequals", Comparison::Exact { ignore_case: false }, true),
    ("numericlessthan", Comparison::Order, false),
    ("numericlessthanequals", Comparison::Order, false),
    ("numericgreaterthan", Comparison::Order, false),
    ("numericgreaterthanequals", Comparison::Order, false),
    ("dateequals", Comparison::Exact { ignore_case: false }, false),
    ("datenotequals", Comparison::Exact { ignore_case: false }, true),
    ("datelessthan", Comparison::Order, false),
    ("datelessthanequals", Comparison::Order, false),
    ("dategreaterthan", Comparison::Order, false),
    ("dategreaterthanequals", Comparison::Order, false),
    ("bool", Comparison::Exact { ignore_case: true }, false),
    ("binaryequals", Comparison::Exact { ignore_case: false }, false),
    ("ipaddress", Comparison::Ip, false),
    ("notipaddress", Comparison::Ip, true),
    ("arnequals", Comparison::Arn, false),
    ("arnlike", Comparison::Arn, false),
    ("arnnotequals", Comparison::Arn, true),
    ("arnnotlike", Comparison::Arn, true),
    ("null", Comparison::Null, false),
];

impl Operator {
    /// Reads a name such as `ForAnyValue:StringNotLikeIfExists`; names compare case-insensitively.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let (over, base) = if let Some(base) = name.strip_prefix("foranyvalue:") {
            (Some(Over::Any), base)
        } else if let Some(base) = name.strip_prefix("forallvalues:") {
            (Some(Over::All), base)
        } else {
            (None, &*name)
        };
        let (if_exists, base) = match base.strip_suffix("ifexists") {
            Some(base) => (true, base),
            None => (false, base),
        };
        let (_, kind, negated) = OPERATORS.iter().find(|(known, ..)| *known == base)?;
        Some(Self { kind: *kind, negated: *negated, if_exists, over })
    }

    /// Whether the test holds when the request does not have the key (aws.md 3.6, first table).
    #[must_use]
    pub const fn when_missing(self) -> Truth {
        match (self.over, self.if_exists) {
            // The guides do not say which of the two decides.
            (Some(Over::Any), true) => Truth::Unknown,
            (Some(Over::All), _) | (None, true) => Truth::True,
            (Some(Over::Any), false) => Truth::False,
            (None, false) => Truth::from_bool(self.negated),
        }
    }

    /// Whether it holds for one of the values only, and not for a missing key: what AWS's own test asks.
    #[must_use]
    pub const fn limits(self) -> bool {
        !self.negated
            && !self.if_exists
            && !matches!(self.over, Some(Over::All))
            && !matches!(self.kind, Comparison::Null | Comparison::Order)
    }

    /// Whether it tests networks.
    #[must_use]
    pub const fn is_ip(self) -> bool {
        matches!(self.kind, Comparison::Ip)
    }

    /// Whether it is true for everything but its values.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        self.negated
    }

    /// Whether `*` and `?` in its values are wildcards.
    #[must_use]
    pub const fn has_wildcards(self) -> bool {
        matches!(self.kind, Comparison::Like | Comparison::Arn)
    }
}

/// What one key carries in an outsider's request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carries {
    /// It is not there.
    Missing,
    /// This word.
    Word(&'static str),
    /// A value that is not ours; of which this part is not the outsider's to choose as ours.
    Foreign(Part),
    /// The same, or nothing.
    ForeignOrMissing(Part),
    /// What the outsider likes.
    Free,
    /// What the outsider likes, or nothing.
    FreeOrMissing,
    /// One value that is not theirs to choose, and that the input does not show.
    Settled,
}

/// Which part of a value says whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// Before the first `/`: the organisation of a path.
    BeforeSlash,
    /// Before the first `:`: the unique id of a role.
    BeforeColon,
    /// The account field of an ARN; where that is empty (S3) the name of the resource.
    Account,
}

/// On which way a key is there at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Any,
    Internet,
    Endpoint,
    Point,
}

/// One row of the key table: what it carries for A, X and S.
#[derive(Clone, Copy, Debug)]
struct Key {
    name: &'static str,
    on: On,
    anonymous: Carries,
    outsider: Carries,
    service: Carries,
}

const fn key(name: &'static str, on: On, anonymous: Carries, outsider: Carries, service: Carries) -> Key {
    Key { name, on, anonymous, outsider, service }
}

/// The keys that tell outsiders apart. A name that ends in `*` stands for all with that beginning.
static KEYS: &[Key] = {
    use Carries::{Foreign, ForeignOrMissing, Free, FreeOrMissing, Missing, Word};
    use Part::{Account, BeforeColon, BeforeSlash, Whole};
    &[
        // Its values are networks: `source_ip`.
        key("aws:sourceip", On::Internet, Free, Free, Missing),
        key("aws:vpcsourceip", On::Endpoint, Free, Free, Missing),
        key("aws:sourcevpc", On::Endpoint, Foreign(Whole), Foreign(Whole), Missing),
        key("aws:sourcevpce", On::Endpoint, Foreign(Whole), Foreign(Whole), Missing),
        key("aws:vpceaccount", On::Endpoint, Foreign(Whole), Foreign(Whole), Missing),
        // The endpoint's account need not be in an organisation.
        key("aws:vpceorgid", On::Endpoint, ForeignOrMissing(Whole), ForeignOrMissing(Whole), Missing),
        key(
            "aws:vpceorgpaths",
            On::Endpoint,
            ForeignOrMissing(BeforeSlash),
            ForeignOrMissing(BeforeSlash),
            Missing,
        ),
        // Only requests with the credentials of an EC2 instance have it.
        key("aws:ec2instancesourcevpc", On::Endpoint, Missing, ForeignOrMissing(Whole), Missing),
        key("aws:principalorgid", On::Any, Missing, ForeignOrMissing(Whole), Missing),
        key("aws:principalorgpaths", On::Any, Missing, ForeignOrMissing(BeforeSlash), Missing),
        key("aws:principalaccount", On::Any, Word("anonymous"), Foreign(Whole), Missing),
        key("aws:principalarn", On::Any, Missing, Foreign(Account), Missing),
        key("aws:userid", On::Any, Word("anonymous"), Foreign(BeforeColon), Missing),
        key("aws:principaltype", On::Any, Word("Anonymous"), Free, Missing),
        key("aws:username", On::Any, Missing, FreeOrMissing, Missing),
        key("aws:principaltag/*", On::Any, Missing, FreeOrMissing, Missing),
        key("aws:multifactorauth*", On::Any, Missing, FreeOrMissing, Missing),
        key("aws:tokenissuetime", On::Any, Missing, FreeOrMissing, Missing),
        key("aws:federatedprovider", On::Any, Missing, FreeOrMissing, Missing),
        key("s3:authtype", On::Any, Missing, FreeOrMissing, Missing),
        key("s3:signatureversion", On::Any, Missing, FreeOrMissing, Missing),
        key("s3:signatureage", On::Any, Missing, FreeOrMissing, Missing),
        key("aws:sourcearn", On::Any, Missing, Missing, Foreign(Account)),
        key("aws:sourceaccount", On::Any, Missing, Missing, Foreign(Whole)),
        key("aws:sourceowner", On::Any, Missing, Missing, Foreign(Whole)),
        key("aws:sourceorgid", On::Any, Missing, Missing, ForeignOrMissing(Whole)),
        key("aws:sourceorgpaths", On::Any, Missing, Missing, ForeignOrMissing(BeforeSlash)),
        key("aws:principalisawsservice", On::Any, Missing, Word("false"), Word("true")),
        key("aws:principalservicename", On::Any, Missing, Missing, Free),
        key("aws:principalservicenameslist", On::Any, Missing, Missing, Free),
        key("aws:viaawsservice", On::Any, Word("false"), Free, Missing),
        key("aws:calledvia*", On::Any, Missing, FreeOrMissing, Missing),
        // The door decides: `at_door`.
        key("s3:dataaccesspointarn", On::Point, Foreign(Account), Foreign(Account), Missing),
        key("s3:dataaccesspointaccount", On::Point, Foreign(Whole), Foreign(Whole), Missing),
        key("s3:accesspointnetworkorigin", On::Point, Free, Free, Missing),
        key(
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            On::Any,
            ForeignOrMissing(Account),
            ForeignOrMissing(Account),
            ForeignOrMissing(Account),
        ),
        key("kms:calleraccount", On::Any, Word("anonymous"), Foreign(Whole), Missing),
        // Shared secrets: nobody outside knows them.
        key(
            "lambda:eventsourcetoken",
            On::Any,
            ForeignOrMissing(Whole),
            ForeignOrMissing(Whole),
            Foreign(Whole),
        ),
        // The identity pool that a token is made for: an outsider has pools of an own account only.
        key("cognito-identity.amazonaws.com:aud", On::Any, Missing, Foreign(Whole), Missing),
        key("cognito-identity.amazonaws.com:amr", On::Any, Missing, FreeOrMissing, Missing),
        // Whose repository a job runs for: `repo:OWNER/NAME:ref:…`, `project_path:GROUP/NAME:ref_type:…`.
        // Source: GitHub, "OpenID Connect reference"; GitLab, "OpenID Connect in AWS".
        key("token.actions.githubusercontent.com:sub", On::Any, Missing, Foreign(BeforeSlash), Missing),
        key(
            "token.actions.githubusercontent.com:repository*",
            On::Any,
            Missing,
            Foreign(BeforeSlash),
            Missing,
        ),
        key(
            "token.actions.githubusercontent.com:job_workflow_ref",
            On::Any,
            Missing,
            Foreign(BeforeSlash),
            Missing,
        ),
        key("gitlab.com:sub", On::Any, Missing, Foreign(BeforeSlash), Missing),
        key("sts:externalid", On::Any, ForeignOrMissing(Whole), ForeignOrMissing(Whole), Missing),
        // Needs a place in the network of the mount target.
        key("elasticfilesystem:accessedviamounttarget", On::Any, Word("false"), Word("false"), Word("false")),
    ]
};

/// The key that names the encryption key of a new object.
const KMS_KEY_HEADER: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/// Names of keys that say whose the *store* is. They restrict nobody, unless compared with the caller's own.
static OF_THE_RESOURCE: [&str; 4] =
    ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"];

/// The keys that tell which resource a service acts for.
pub static SOURCE_KEYS: [&str; 5] =
    ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"];

fn known_key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|row| match row.name.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => row.name == name,
    })
}

fn carries(name: &str, requester: Requester<'_>) -> Carries {
    let Some(row) = known_key(name) else { return Carries::FreeOrMissing };
    let there = match row.on {
        On::Any => true,
        On::Internet => requester.network == Network::Internet,
        On::Endpoint => requester.network == Network::Endpoint,
        On::Point => !matches!(requester.door, Door::Bucket),
    };
    if !there {
        return Carries::Missing;
    }
    match requester.identity {
        Identity::Anonymous => row.anonymous,
        Identity::Outsider => row.outsider,
        Identity::Service => row.service,
        Identity::Role => of_a_role(row),
    }
}

/// What a session of one of our roles carries: what says whose it is is ours, everything else is as free as
/// an outsider's. Source: IAM user guide, "AWS global condition context keys".
fn of_a_role(row: &Key) -> Carries {
    match row.name {
        "aws:principaltype" => Carries::Word("AssumedRole"),
        "aws:username" => Carries::Missing,
        "aws:principalorgid"
        | "aws:principalorgpaths"
        | "aws:principalaccount"
        | "aws:principalarn"
        | "aws:userid"
        | "aws:principaltag/*"
        | "aws:multifactorauth*"
        | "aws:federatedprovider"
        | "cognito-identity.amazonaws.com:amr"
        | "cognito-identity.amazonaws.com:aud"
        | "kms:calleraccount" => Carries::Settled,
        _ => row.outsider,
    }
}

/// Whether a policy variable has one value that is not the requester's to choose.
#[must_use]
pub fn is_settled(variable: &str, identity: Identity) -> bool {
    identity == Identity::Role
        && carries(variable, Requester { identity, network: Network::Internet, door: Door::Bucket })
            == Carries::Settled
}

/// Whether requests of such a requester can have a value for a policy variable.
#[must_use]
pub fn can_have(variable: &str, identity: Identity) -> bool {
    [Network::Internet, Network::Endpoint].into_iter().any(|network| {
        carries(variable, Requester { identity, network, door: Door::Bucket }) != Carries::Missing
    })
}

/// Whether the answer to a condition on that key differs between ways and doors.
#[must_use]
pub fn depends_on_way(key: &str) -> bool {
    known_key(key).is_some_and(|row| row.on != On::Any)
}

impl Outcome {
    fn of(can_hold: Truth, can_fail: Truth, unknown: Vec<Arc<Unknown>>) -> Self {
        Self { can_hold, can_fail, unknown }
    }

    /// Nothing is known of the condition.
    #[must_use]
    pub fn not_known(unknown: Vec<Arc<Unknown>>) -> Self {
        Self::of(Truth::Unknown, Truth::Unknown, unknown)
    }
}

impl Condition {
    /// Whether the requester can meet the condition, and dodge it.
    ///
    /// Conditions on `aws:SourceIp` are judged as sets, by [`Condition::source_ip`].
    #[must_use]
    pub fn outcome(&self, requester: Requester<'_>) -> Outcome {
        let mut unknown: Vec<Arc<Unknown>> = self.values.iter().flat_map(Value::unknowns).collect();
        let Some(operator) = self.operator else { return Outcome::not_known(unknown) };
        let carried = carries(&self.key, requester);
        if carried == Carries::Settled {
            unknown.push(Arc::new(Unknown::because(Cause::Elsewhere(self.key_name.as_str().into()))));
        }
        let (present, missing) = match carried {
            Carries::Missing => (false, true),
            Carries::Word(_) | Carries::Foreign(_) | Carries::Free | Carries::Settled => (true, false),
            Carries::ForeignOrMissing(_) | Carries::FreeOrMissing => (true, true),
        };
        if operator.kind == Comparison::Null {
            return self.null_test(present, missing, unknown);
        }
        let (matches, differs) =
            if present { self.present(operator, carried, requester) } else { (Truth::False, Truth::False) };
        // Anybody can name our key in that header.
        let matches_deny = matches.or(Truth::from_bool(present && self.key == KMS_KEY_HEADER));
        let (hold, fail) = if operator.negated { (differs, matches_deny) } else { (matches, differs) };
        let when_missing = operator.when_missing();
        let missing = Truth::from_bool(missing);
        Outcome::of(hold.or(missing.and(when_missing)), fail.or(missing.and(!when_missing)), unknown)
    }

    /// Whether it holds for a request whose key has exactly these values; none: the request does not have the
    /// key.
    #[must_use]
    pub fn holds_for(&self, carried: &[Text]) -> Truth {
        let Some(operator) = self.operator else { return Truth::Unknown };
        if operator.kind == Comparison::Null {
            let word = if carried.is_empty() { "true" } else { "false" };
            return self
                .values
                .iter()
                .fold(Truth::False, |truth, value| truth.or(equals_ignoring_case(value, word)));
        }
        if carried.is_empty() {
            return operator.when_missing();
        }
        if matches!(operator.kind, Comparison::Order | Comparison::Ip) {
            return Truth::Unknown;
        }
        let matched = |text: &Text| {
            let one_of = self
                .values
                .iter()
                .fold(Truth::False, |truth, value| truth.or(self.is_matched(operator, value, text)));
            if operator.negated { !one_of } else { one_of }
        };
        let each = carried.iter().map(matched);
        match operator.over {
            Some(Over::All) => each.fold(Truth::True, Truth::and),
            Some(Over::Any) => each.fold(Truth::False, Truth::or),
            // Of a key with one value.
            None => each.reduce(Truth::agree).unwrap_or(Truth::Unknown),
        }
    }

    fn is_matched(&self, operator: Operator, value: &Value, carried: &Text) -> Truth {
        let literal = Reading { wildcards: false, variables: false };
        let pattern = match &value.data {
            Data::String(text) => Pattern::read(
                text,
                Reading { wildcards: operator.has_wildcards(), variables: self.variables.is_true() },
            ),
            Data::Number(number) => Pattern::literal(&number.to_string(), false),
            Data::Bool(bool) => Pattern::literal(&bool.to_string(), false),
            Data::Unknown(unknown) if !unknown.one_of.is_empty() => {
                return unknown
                    .one_of
                    .iter()
                    .map(|alternative| self.is_matched(operator, alternative, carried))
                    .reduce(Truth::agree)
                    .unwrap_or(Truth::Unknown);
            }
            Data::Unknown(unknown) => Pattern(vec![Token::Hole(unknown.clone())]),
            Data::Sequence(_, elements, more) => {
                let rest = if more.is_some() { Truth::Unknown } else { Truth::False };
                return elements
                    .iter()
                    .fold(rest, |truth, element| truth.or(self.is_matched(operator, element, carried)));
            }
            Data::Null(_) | Data::Mapping(..) => return Truth::Unknown,
        };
        if pattern.variables().next().is_some() {
            return Truth::Unknown;
        }
        let carried = Pattern::read(carried, literal);
        if let ([Token::Hole(one)], [Token::Hole(other)]) = (&*pattern.0, &*carried.0)
            && are_different(one, other)
        {
            return Truth::False;
        }
        if operator.kind == (Comparison::Exact { ignore_case: true }) {
            pattern.lower().covers(&carried.lower())
        } else {
            pattern.covers(&carried)
        }
    }

    /// `Null: {key: "true"}` holds for a missing key, `"false"` for one that is there.
    fn null_test(&self, present: bool, missing: bool, unknown: Vec<Arc<Unknown>>) -> Outcome {
        let (present, missing) = (Truth::from_bool(present), Truth::from_bool(missing));
        let asks = |word: &str| {
            self.values.iter().fold(Truth::False, |truth, value| truth.or(equals_ignoring_case(value, word)))
        };
        let (for_missing, for_present) = (asks("true"), asks("false"));
        Outcome::of(
            for_missing.and(missing).or(for_present.and(present)),
            (!for_missing).and(missing).or((!for_present).and(present)),
            unknown,
        )
    }

    /// Whether a request that has the key can have a value that one of ours matches, and one that none does.
    fn present(&self, operator: Operator, carried: Carries, requester: Requester<'_>) -> (Truth, Truth) {
        if OF_THE_RESOURCE.contains(&&*self.key) && self.compares_with_caller() {
            // `aws:ResourceAccount` equal to `${aws:PrincipalAccount}`: the caller is of our account.
            let ours = Truth::from_bool(requester.identity == Identity::Role);
            return (ours, !ours);
        }
        if let (Door::Point(point), Some(On::Point)) =
            (requester.door, known_key(&self.key).map(|row| row.on))
        {
            return self.at_point(operator, point);
        }
        if operator.kind == Comparison::Order {
            return (Truth::True, Truth::True);
        }
        if operator.kind == Comparison::Ip && self.key != "aws:sourceip" {
            return match carried {
                Carries::Free | Carries::FreeOrMissing => (Truth::True, Truth::True),
                Carries::Missing
                | Carries::Word(_)
                | Carries::Foreign(_)
                | Carries::ForeignOrMissing(_)
                | Carries::Settled => (Truth::Unknown, Truth::Unknown),
            };
        }
        let mut matches = Truth::False;
        let mut universal = Truth::False;
        for value in &self.values {
            let (one, all) = self.value(operator, carried, value, requester);
            matches = matches.or(one);
            universal = universal.or(all);
        }
        if let Carries::Word(_) | Carries::Settled = carried {
            return (matches, !matches);
        }
        (matches, !universal)
    }

    /// Of one value: whether the outsider can match it, and whether it matches all they can have.
    fn value(
        &self,
        operator: Operator,
        carried: Carries,
        value: &Value,
        requester: Requester<'_>,
    ) -> (Truth, Truth) {
        match &value.data {
            Data::String(text) => self.worlds(|variables| {
                let reading = Reading { wildcards: operator.has_wildcards(), variables };
                self.text(operator, carried, Pattern::read(text, reading), requester)
            }),
            Data::Number(number) => {
                self.text(operator, carried, Pattern::literal(&number.to_string(), false), requester)
            }
            Data::Bool(bool) => {
                self.text(operator, carried, Pattern::literal(&bool.to_string(), false), requester)
            }
            Data::Unknown(unknown) if unknown.one_of.is_empty() => {
                self.text(operator, carried, Pattern(vec![Token::Hole(unknown.clone())]), requester)
            }
            Data::Unknown(unknown) => unknown
                .one_of
                .iter()
                .map(|alternative| self.value(operator, carried, alternative, requester))
                .reduce(|one, two| (one.0.agree(two.0), one.1.agree(two.1)))
                .unwrap_or((Truth::Unknown, Truth::Unknown)),
            Data::Sequence(_, elements, more) => {
                let start = match more {
                    Some(more) => {
                        let more = Value::new(Data::Unknown(more.clone()));
                        let (one, all) = self.value(operator, carried, &more, requester);
                        // It may as well not be there.
                        (one.agree(Truth::False), all.agree(Truth::False))
                    }
                    None => (Truth::False, Truth::False),
                };
                elements
                    .iter()
                    .map(|element| self.value(operator, carried, element, requester))
                    .fold(start, |one, two| (one.0.or(two.0), one.1.or(two.1)))
            }
            // AWS takes neither; what it would make of them is not documented.
            Data::Null(_) | Data::Mapping(..) => (Truth::Unknown, Truth::Unknown),
        }
    }

    /// The answer with and without policy variables, as `Version` says; both when that is not known.
    fn worlds(&self, answer: impl Fn(bool) -> (Truth, Truth)) -> (Truth, Truth) {
        match self.variables {
            Truth::True => answer(true),
            Truth::False => answer(false),
            Truth::Unknown => {
                let (one, two) = (answer(true), answer(false));
                (one.0.agree(two.0), one.1.agree(two.1))
            }
        }
    }

    fn text(
        &self,
        operator: Operator,
        carried: Carries,
        pattern: Pattern,
        requester: Requester<'_>,
    ) -> (Truth, Truth) {
        let Some(pattern) = resolved(pattern, requester) else { return (Truth::False, Truth::False) };
        let star = pattern.covers(&Pattern(vec![Token::Many]));
        // Under an exact operator an unknown value is one fixed value, whichever.
        let universal =
            if operator.has_wildcards() { star.or(self.covers_every(&pattern)) } else { Truth::False };
        let matches = match carried {
            Carries::Missing => Truth::False,
            Carries::Free | Carries::FreeOrMissing => Truth::True,
            Carries::Word(word) => matches_word(operator, &pattern, word),
            Carries::Foreign(_) | Carries::ForeignOrMissing(_) if self.spans_account(operator, &pattern) => {
                Truth::True
            }
            Carries::Foreign(part) | Carries::ForeignOrMissing(part) => foreign(operator, part, &pattern),
            Carries::Settled if matches!(*pattern.0, [Token::Char(OURS)]) => Truth::True,
            Carries::Settled => universal.or(Truth::Unknown),
        };
        (matches, universal)
    }

    /// Whether a `*` in front of the account covers a role of the caller's own, with the account that is asked
    /// for in its path: under `StringLike` it crosses colons, and a path may hold them. Source: IAM API
    /// reference, `CreateRole`, "Path".
    fn spans_account(&self, operator: Operator, pattern: &Pattern) -> bool {
        let mut colons = 0;
        let many = pattern.0.iter().take_while(|token| {
            colons += usize::from(matches!(token, Token::Char(':')));
            colons < 4
        });
        self.key == "aws:principalarn"
            && operator.kind == Comparison::Like
            && many.into_iter().any(|token| matches!(token, Token::Many))
    }

    /// Whether the pattern matches every value that a key of that name can have: `vpce-*`.
    fn covers_every(&self, pattern: &Pattern) -> Truth {
        let shape = match &*self.key {
            "aws:sourcevpce" => "vpce-*",
            "aws:sourcevpc" | "aws:ec2instancesourcevpc" => "vpc-*",
            "aws:principalorgid" | "aws:principalorgpaths" | "aws:vpceorgid" | "aws:sourceorgid" => "o-*",
            "aws:principalaccount" | "aws:sourceaccount" | "aws:vpceaccount" => "????????????",
            _ => return Truth::False,
        };
        pattern.covers(&Pattern::literal(shape, true))
    }

    /// Whether every value is the caller's own account or organisation, as a policy variable.
    fn compares_with_caller(&self) -> bool {
        let of_the_caller = |value: &Value| {
            value.as_str().is_some_and(|text| {
                matches!(
                    &*text.to_ascii_lowercase(),
                    "${aws:principalaccount}" | "${aws:principalorgid}" | "${aws:principalorgpaths}"
                )
            })
        };
        self.variables.is_true() && !self.values.is_empty() && self.values.iter().all(of_the_caller)
    }

    /// The keys of one access point: its own account, ARN and network origin (aws.md 4.8).
    fn at_point(&self, operator: Operator, point: &AccessPoint) -> (Truth, Truth) {
        let own = match &*self.key {
            "s3:dataaccesspointarn" => point.arn.clone(),
            "s3:dataaccesspointaccount" => point.account.as_deref().map(Text::known),
            _ => Some(Text::known(point.network_origin)),
        };
        let matches = self.values.iter().fold(Truth::False, |truth, value| {
            truth.or(point_value(operator, value, &self.key, own.as_ref(), point))
        });
        (matches, !matches)
    }

    /// The addresses from which the condition on `aws:SourceIp` holds, for a request that has the key.
    #[must_use]
    pub fn source_ip(&self) -> Addresses {
        let Some(operator) = self.operator else {
            return Addresses::not_known(Arc::new(Unknown::because(Cause::Invalid(
                self.operator_name.as_str().into(),
            ))));
        };
        let everything = Addresses::everything();
        let set = match operator.kind {
            Comparison::Null => {
                let asked = self
                    .values
                    .iter()
                    .fold(Truth::False, |truth, value| truth.or(equals_ignoring_case(value, "false")));
                return match asked {
                    Truth::True => everything,
                    Truth::False => Addresses::nothing(),
                    Truth::Unknown => Addresses::not_known(
                        self.values
                            .iter()
                            .find_map(|value| value.unknowns().into_iter().next())
                            .unwrap_or_else(|| {
                                Arc::new(Unknown::because(Cause::Invalid(self.key_name.as_str().into())))
                            }),
                    ),
                };
            }
            Comparison::Order => everything.clone(),
            Comparison::Ip => Addresses::nothing().union_of(&self.values, &Addresses::parse),
            // A string test takes one literal address (aws.md 4.11, trap e).
            Comparison::Exact { .. } => Addresses::nothing().union_of(&self.values, &exact_address),
            Comparison::Like | Comparison::Arn => Addresses::nothing().union_of(&self.values, &like_address),
        };
        if operator.negated { set.complement() } else { set }
    }
}

impl Addresses {
    fn union_of(self, values: &[Value], parse: &dyn Fn(&str) -> Result<Self, String>) -> Self {
        values.iter().fold(self, |set, value| set.union(&Self::of_value_by(value, parse)))
    }
}

fn exact_address(text: &str) -> Result<Addresses, String> {
    // A network is never equal to the one address of a request.
    if text.contains('/') || text.contains('-') {
        Ok(Addresses::nothing())
    } else {
        Addresses::parse(text).or_else(|_| Ok(Addresses::nothing()))
    }
}

/// `52.*` as the network that it means; other wildcards are not worth telling apart.
fn like_address(text: &str) -> Result<Addresses, String> {
    if text.chars().all(|character| character == '*') && !text.is_empty() {
        return Ok(Addresses::everything());
    }
    if !text.contains(['*', '?']) {
        return exact_address(text);
    }
    let octets = text.strip_suffix(".*").filter(|octets| !octets.contains(['*', '?']));
    let count = octets.map_or(0, |octets| octets.split('.').count());
    match (octets, count) {
        (Some(octets), 1..=3) => {
            let rest = ".0".repeat(4 - count);
            Addresses::parse(&format!("{octets}{rest}/{}", count * 8))
        }
        _ => Err(format!("`{text}` is not one network")),
    }
}

/// Replaces policy variables: those of our resource by something fixed, others by `*`. `None` when the
/// requester has no such value, so that nothing can match.
fn resolved(pattern: Pattern, requester: Requester<'_>) -> Option<Pattern> {
    let mut tokens = Vec::with_capacity(pattern.0.len());
    for token in pattern.0 {
        match token {
            Token::Variable(name) if OF_THE_RESOURCE.contains(&&*name) => tokens.push(Token::Char(OURS)),
            Token::Variable(name) => match carries(&name, requester) {
                Carries::Missing => return None,
                Carries::Word(word) => tokens.extend(word.chars().map(Token::Char)),
                Carries::Foreign(_)
                | Carries::ForeignOrMissing(_)
                | Carries::Free
                | Carries::FreeOrMissing
                | Carries::Settled => {
                    tokens.push(Token::Many);
                }
            },
            other => tokens.push(other),
        }
    }
    Some(Pattern(tokens))
}

/// Stands for our account or organisation in a pattern: a character that no request has.
const OURS: char = '\u{F0000}';

fn matches_word(operator: Operator, pattern: &Pattern, word: &str) -> Truth {
    // An id or account number that is not known yet is not the word `anonymous`.
    if word == "anonymous" && pattern.has_hole() && (is_id(pattern) || !operator.has_wildcards()) {
        return Truth::False;
    }
    let word = Pattern::literal(word, false);
    if operator.kind == (Comparison::Exact { ignore_case: true }) {
        pattern.clone().lower().covers(&word.lower())
    } else {
        pattern.covers(&word)
    }
}

/// Whether all unknown parts are ids of something.
fn is_id(pattern: &Pattern) -> bool {
    pattern.has_hole() && pattern.holes().all(|hole| is_fixed(hole))
}

/// Whether an unknown is one fixed value without wildcards, whichever: an id, an ARN or an account number
/// of something. Source: aws.md 3.6, "Unknown but fixed".
#[must_use]
pub fn is_fixed(unknown: &Unknown) -> bool {
    let Some((address, path)) = &unknown.identity else { return false };
    let Some(PathStep::Attribute(name)) = path.steps().last() else { return false };
    let name = &**name;
    // What another provider reads from somewhere can be any text, whatever it is called.
    if !address.resource_type.starts_with("aws_") {
        return path.as_attribute() == Some("id");
    }
    name == "id"
        || name == "arn"
        || name == "account"
        || name.ends_with("_id")
        || name.ends_with("_arn")
        || name.ends_with("_account")
}

/// Whether two unknowns are ids of two different resources.
#[must_use]
pub fn are_different(one: &Unknown, other: &Unknown) -> bool {
    match (&one.identity, &other.identity) {
        (Some((one, path)), Some((other, of_other))) => {
            path == of_other
                && path.as_attribute().is_some_and(|name| name == "id" || name == "arn")
                && (!one.same_resource(other) || is_single(one) && is_single(other) && one != other)
                && one.mode == Mode::Managed
                && other.mode == Mode::Managed
        }
        (None, _) | (_, None) => false,
    }
}

/// Whether a value that is not ours can match the pattern: it must leave open the part that says whose it is.
fn foreign(operator: Operator, part: Part, pattern: &Pattern) -> Truth {
    // Too few fields for an ARN: a wildcard that spans them opens.
    let open = leaves_open(identifying(part, pattern).unwrap_or(&pattern.0));
    if operator.has_wildcards() {
        open
    } else {
        // One fixed value, known or not; but a variable of the requester's own is theirs to choose.
        Truth::from_bool(open.is_true())
    }
}

/// The tokens of the part that says whose a value is.
fn identifying(part: Part, pattern: &Pattern) -> Option<&[Token]> {
    let until = |character: char| {
        pattern
            .0
            .split(|token| matches!(token, Token::Char(found) if *found == character))
            .next()
            .unwrap_or(&[])
    };
    match part {
        Part::Whole => Some(&pattern.0),
        Part::BeforeSlash => Some(until('/')),
        Part::BeforeColon => Some(until(':')),
        Part::Account => {
            let fields = pattern.fields(6);
            // An ARN that is not known to the colons, but is one: `aws_iam_role.x.arn`.
            if let [Token::Hole(hole), ..] = &*pattern.0
                && is_fixed(hole)
            {
                return Some(&[]);
            }
            let account = fields.get(4)?;
            match (account.is_empty(), fields.get(5)) {
                (true, Some(name)) => {
                    Some(name.split(|token| matches!(token, Token::Char('/'))).next().unwrap_or(name))
                }
                (true, None) => None,
                (false, _) => Some(account),
            }
        }
    }
}

/// Whether the part takes more than one value: a wildcard does, an unknown pattern may.
fn leaves_open(tokens: &[Token]) -> Truth {
    tokens.iter().fold(Truth::False, |truth, token| {
        truth.or(match token {
            Token::One | Token::Many | Token::Variable(_) => Truth::True,
            Token::Hole(hole) if is_fixed(hole) => Truth::False,
            Token::Hole(_) => Truth::Unknown,
            Token::Char(_) => Truth::False,
        })
    })
}

/// Whether a value matches that key of an access point. Source: aws.md 4.8, "Whose account?".
fn point_value(
    operator: Operator,
    value: &Value,
    key: &str,
    own: Option<&Text>,
    point: &AccessPoint,
) -> Truth {
    let text = match &value.data {
        Data::String(text) => text.clone(),
        Data::Number(number) => Text::known(&number.to_string()),
        Data::Unknown(unknown) if !unknown.one_of.is_empty() => {
            return unknown
                .one_of
                .iter()
                .map(|alternative| point_value(operator, alternative, key, own, point))
                .reduce(Truth::agree)
                .unwrap_or(Truth::Unknown);
        }
        Data::Unknown(unknown) => {
            // The account of whoever runs Terraform, or this very access point.
            let is_own = unknown.identity.as_ref().is_some_and(|(address, path)| {
                point.address.as_ref().is_some_and(|point| point == address && is_single(address))
                    || (key == "s3:dataaccesspointaccount"
                        && &*address.resource_type == "aws_caller_identity"
                        && path == &Path::attribute("account_id"))
            });
            return if is_own { Truth::True } else { Truth::Unknown };
        }
        Data::Sequence(_, elements, more) => {
            let more = if more.is_some() { Truth::Unknown } else { Truth::False };
            return elements
                .iter()
                .fold(more, |truth, element| truth.or(point_value(operator, element, key, own, point)));
        }
        Data::Null(_) => return Truth::False,
        Data::Bool(_) | Data::Mapping(..) => return Truth::Unknown,
    };
    let pattern = Pattern::read(&text, Reading { wildcards: operator.has_wildcards(), variables: true });
    let names_us = pattern.variables().any(|name| OF_THE_RESOURCE.contains(&name));
    let caller = pattern.holes().any(|hole| {
        hole.identity.as_ref().is_some_and(|(address, _)| &*address.resource_type == "aws_caller_identity")
    });
    match own {
        // The account of the bucket, which the access points of one configuration share.
        Some(_) if names_us => Truth::True,
        Some(own) => {
            let own = Pattern::read(own, Reading { wildcards: false, variables: false }).any_partition();
            let pattern = pattern.any_partition();
            match pattern.covers(&own) {
                Truth::False if pattern.has_hole() && caller && pattern.overlaps(&own) => Truth::True,
                Truth::Unknown if caller => Truth::True,
                answer => answer,
            }
        }
        // A fixed account counts as our own: the only reading under which the delegation does anything.
        None if key == "s3:dataaccesspointaccount" => Truth::True,
        None => Truth::Unknown,
    }
}

/// Whether a value is a word, whatever its case.
fn equals_ignoring_case(value: &Value, word: &str) -> Truth {
    match &value.data {
        Data::String(text) => match text.as_known() {
            Some(text) => Truth::from_bool(text.eq_ignore_ascii_case(word)),
            None => Truth::Unknown,
        },
        Data::Bool(bool) => Truth::from_bool(bool.to_string() == word),
        Data::Null(_) | Data::Number(_) | Data::Mapping(..) => Truth::False,
        Data::Sequence(_, elements, more) => elements
            .iter()
            .fold(if more.is_some() { Truth::Unknown } else { Truth::False }, |truth, element| {
                truth.or(equals_ignoring_case(element, word))
            }),
        Data::Unknown(unknown) => unknown
            .one_of
            .iter()
            .map(|alternative| equals_ignoring_case(alternative, word))
            .reduce(Truth::agree)
            .unwrap_or(Truth::Unknown),
    }
}
