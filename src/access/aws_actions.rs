//! What actions of AWS services are worth: the letters of reports.
//!
//! Enters: the name of a service. Leaves: a [`Service`], whose catalogue says which letter an action has and
//! what it acts on. Source: aws.md 3.4, 3.9 and 8, from the service authorization reference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::aws_pattern::{Pattern, Token};
use crate::verdict::Letter;

/// What an action acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The store itself: a bucket, a queue.
    Container,
    /// What lies in it: an object.
    Object,
    /// Either, or not known.
    Either,
}

/// A service whose stores have policies of their own.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The words before the colon of its actions.
    pub prefixes: &'static [&'static str],
    /// Whether it takes unsigned requests (aws.md 3.9).
    pub unsigned: bool,
    /// What is known of its actions.
    pub catalogue: &'static Catalogue,
    /// Whether what the catalogue does not have gets its letter by its verb; else it has none.
    pub by_verb: bool,
    /// Whether something lies in the store under names of its own: `ARN/…`, `ARN:…`.
    pub nested: bool,
}

/// What is known of the actions of a service.
#[derive(Debug)]
pub struct Catalogue {
    /// Without the prefix, in lower case; `*` at the end stands for all with that beginning, where the letter
    /// is the same for all.
    rows: &'static [(&'static str, Option<Letter>, Level)],
    /// The same as actions, made when they are first asked for.
    made: OnceLock<Rows>,
}

/// The rows of a catalogue as actions.
#[derive(Debug)]
struct Rows {
    actions: Vec<Action>,
    /// The places of those without a wildcard, by name.
    exact: BTreeMap<Arc<str>, usize>,
}

impl Rows {
    fn new(actions: impl Iterator<Item = Action>) -> Self {
        let actions: Vec<Action> = actions.collect();
        let exact = actions.iter().enumerate().filter(|(_, action)| action.pattern.is_exact());
        let exact = exact.map(|(at, action)| (action.name.clone(), at)).collect();
        Self { actions, exact }
    }

    /// The places of the rows that a pattern speaks about.
    fn of(&self, pattern: &Pattern) -> Vec<usize> {
        if self.exact.len() == self.actions.len() && pattern.is_exact() {
            return self.exact.get(&*pattern.shown()).copied().into_iter().collect();
        }
        let each = self.actions.iter().enumerate();
        each.filter(|(_, action)| pattern.overlaps(&action.pattern)).map(|(at, _)| at).collect()
    }
}

/// A catalogue of which nothing is known.
static UNKNOWN: Catalogue = Catalogue::new(&[]);

impl Catalogue {
    const fn new(rows: &'static [(&'static str, Option<Letter>, Level)]) -> Self {
        Self { rows, made: OnceLock::new() }
    }
}

/// An action, or all those that a pattern stands for.
#[derive(Clone, Debug)]
pub(super) struct Action {
    /// As a key: two actions of one name are the same.
    pub(super) name: Arc<str>,
    /// With prefix, in lower case.
    pub(super) pattern: Arc<Pattern>,
    pub(super) letter: Option<Letter>,
    pub(super) level: Level,
}

impl Action {
    pub(super) fn new(pattern: Pattern, letter: Option<Letter>, level: Level) -> Self {
        Self { name: pattern.shown().into(), pattern: Arc::new(pattern), letter, level }
    }
}

use Level::{Container, Either, Object};

const READ: Option<Letter> = Some(Letter::Read);
const LIST: Option<Letter> = Some(Letter::List);
const WRITE: Option<Letter> = Some(Letter::Write);
const ADMIN: Option<Letter> = Some(Letter::Admin);

/// Actions of S3 that are about the account or about jobs: a bucket policy cannot grant them.
static S3_ELSEWHERE: [&str; 17] = [
    "getjobtagging",
    "putjobtagging",
    "deletejobtagging",
    "listallmybuckets",
    "createjob",
    "listjobs",
    "describejob",
    "updatejobpriority",
    "updatejobstatus",
    "getaccountpublicaccessblock",
    "putaccountpublicaccessblock",
    "listaccesspoints",
    "listmultiregionaccesspoints",
    "liststoragelensconfigurations",
    "getstoragelensconfiguration",
    "putstoragelensconfiguration",
    "createbucket",
];

static S3_CATALOGUE: Catalogue = Catalogue::new(&[
    ("getobject", READ, Object),
    ("getobjectversion", READ, Object),
    ("getobjecttorrent", READ, Object),
    ("listbucket", LIST, Container),
    ("listbucketversions", LIST, Container),
    ("listbucketmultipartuploads", LIST, Container),
    ("putobject", WRITE, Object),
    ("deleteobject", WRITE, Object),
    ("deleteobjectversion", WRITE, Object),
    ("abortmultipartupload", WRITE, Object),
    ("restoreobject", WRITE, Object),
    ("replicateobject", WRITE, Object),
    ("replicatedelete", WRITE, Object),
    ("replicatetags", WRITE, Object),
    ("putobjecttagging", WRITE, Object),
    ("putobjectversiontagging", WRITE, Object),
    ("deleteobjecttagging", WRITE, Object),
    ("deleteobjectversiontagging", WRITE, Object),
    ("putobjectretention", WRITE, Object),
    ("putobjectlegalhold", WRITE, Object),
    ("bypassgovernanceretention", WRITE, Object),
    ("initiatereplication", WRITE, Object),
    ("putobjectacl", ADMIN, Object),
    ("putobjectversionacl", ADMIN, Object),
    ("objectowneroverridetobucketowner", ADMIN, Object),
    ("putbucketpolicy", ADMIN, Container),
    ("deletebucketpolicy", ADMIN, Container),
    ("putbucketacl", ADMIN, Container),
    ("putbucketpublicaccessblock", ADMIN, Container),
    ("putbucketownershipcontrols", ADMIN, Container),
    ("deletebucket", ADMIN, Container),
    ("putreplicationconfiguration", ADMIN, Container),
    ("putlifecycleconfiguration", ADMIN, Container),
    ("putinventoryconfiguration", ADMIN, Container),
    ("putencryptionconfiguration", ADMIN, Container),
    ("putaccelerateconfiguration", ADMIN, Container),
    ("putanalyticsconfiguration", ADMIN, Container),
    ("putmetricsconfiguration", ADMIN, Container),
    ("putintelligenttieringconfiguration", ADMIN, Container),
    ("putbucketnotification", ADMIN, Container),
    ("putbucketwebsite", ADMIN, Container),
    ("deletebucketwebsite", ADMIN, Container),
    ("putbucketlogging", ADMIN, Container),
    ("putbucketcors", ADMIN, Container),
    ("putbucketversioning", ADMIN, Container),
    ("putbuckettagging", ADMIN, Container),
    ("putbucketrequestpayment", ADMIN, Container),
    ("putbucketobjectlockconfiguration", ADMIN, Container),
    ("createaccesspoint", ADMIN, Container),
    ("deleteaccesspoint", ADMIN, Container),
    ("putaccesspointpolicy", ADMIN, Container),
    ("deleteaccesspointpolicy", ADMIN, Container),
    ("putaccesspointpublicaccessblock", ADMIN, Container),
    ("getobjectacl", None, Object),
    ("getobjectversionacl", None, Object),
    ("getobjecttagging", None, Object),
    ("getobjectversiontagging", None, Object),
    ("getobjectattributes", None, Object),
    ("getobjectversionattributes", None, Object),
    ("getobjectversionforreplication", None, Object),
    ("getobjectretention", None, Object),
    ("getobjectlegalhold", None, Object),
    ("listmultipartuploadparts", None, Object),
    ("getbucketlocation", None, Container),
    ("getbucketacl", None, Container),
    ("getbucketpolicy", None, Container),
    ("getbucketpolicystatus", None, Container),
    ("getbuckettagging", None, Container),
    ("getbucketcors", None, Container),
    ("getbucketlogging", None, Container),
    ("getbucketnotification", None, Container),
    ("getbucketobjectlockconfiguration", None, Container),
    ("getbucketownershipcontrols", None, Container),
    ("getbucketpublicaccessblock", None, Container),
    ("getbucketrequestpayment", None, Container),
    ("getbucketversioning", None, Container),
    ("getbucketwebsite", None, Container),
    ("getaccelerateconfiguration", None, Container),
    ("getanalyticsconfiguration", None, Container),
    ("getencryptionconfiguration", None, Container),
    ("getintelligenttieringconfiguration", None, Container),
    ("getinventoryconfiguration", None, Container),
    ("getlifecycleconfiguration", None, Container),
    ("getmetricsconfiguration", None, Container),
    ("getreplicationconfiguration", None, Container),
    ("getaccesspoint", None, Container),
    ("getaccesspointpolicy", None, Container),
    ("getaccesspointpolicystatus", None, Container),
]);

/// Buckets and their access points. Source: aws.md 3.4.
pub static S3: Service =
    Service { prefixes: &["s3"], unsigned: true, by_verb: false, nested: true, catalogue: &S3_CATALOGUE };

/// Requests to multi-Region access points and to requester-pays buckets are always signed (aws.md 3.9).
pub static S3_SIGNED: Service = Service { unsigned: false, ..S3 };

static SQS_CATALOGUE: Catalogue = Catalogue::new(&[
    ("receivemessage", READ, Either),
    ("sendmessage", WRITE, Either),
    ("deletemessage", WRITE, Either),
    ("purgequeue", WRITE, Either),
    ("changemessagevisibility", WRITE, Either),
    ("deletequeue", ADMIN, Either),
    ("addpermission", ADMIN, Either),
    ("removepermission", ADMIN, Either),
    ("setqueueattributes", ADMIN, Either),
    ("getqueueattributes", None, Either),
    ("getqueueurl", None, Either),
    ("listqueuetags", None, Either),
    ("listdeadlettersourcequeues", None, Either),
]);

/// Queues. Source: aws.md 8.
pub static SQS: Service = Service { catalogue: &SQS_CATALOGUE, ..Service::by_verb(&["sqs"], true) };

static SNS_CATALOGUE: Catalogue = Catalogue::new(&[
    ("subscribe", READ, Either),
    ("receive", READ, Either),
    ("publish", WRITE, Either),
    ("listsubscriptionsbytopic", LIST, Either),
    ("gettopicattributes", None, Either),
    ("settopicattributes", ADMIN, Either),
    ("addpermission", ADMIN, Either),
    ("removepermission", ADMIN, Either),
    ("deletetopic", ADMIN, Either),
]);

/// Topics. Source: aws.md 8.
pub static SNS: Service = Service { catalogue: &SNS_CATALOGUE, ..Service::by_verb(&["sns"], true) };

static KMS_CATALOGUE: Catalogue = Catalogue::new(&[
    ("decrypt", READ, Either),
    ("reencryptfrom", READ, Either),
    ("encrypt", WRITE, Either),
    ("reencryptto", WRITE, Either),
    ("generatedatakey", WRITE, Either),
    ("generatedatakeypair", WRITE, Either),
    ("generatedatakeywithoutplaintext", WRITE, Either),
    ("generatedatakeypairwithoutplaintext", WRITE, Either),
    ("sign", WRITE, Either),
    ("generatemac", WRITE, Either),
    ("creategrant", ADMIN, Either),
    ("putkeypolicy", ADMIN, Either),
    ("schedulekeydeletion", ADMIN, Either),
    ("disablekey", ADMIN, Either),
    ("describekey", None, Either),
    ("getkeypolicy", None, Either),
    ("getpublickey", None, Either),
    ("verify", None, Either),
    ("verifymac", None, Either),
]);

/// Keys. Source: aws.md 8.
pub static KMS: Service = Service { catalogue: &KMS_CATALOGUE, ..Service::by_verb(&["kms"], false) };

static SECRETS_MANAGER_CATALOGUE: Catalogue = Catalogue::new(&[
    ("getsecretvalue", READ, Either),
    ("batchgetsecretvalue", READ, Either),
    ("putsecretvalue", WRITE, Either),
    ("listsecretversionids", LIST, Either),
    ("describesecret", None, Either),
    ("getresourcepolicy", None, Either),
    ("putresourcepolicy", ADMIN, Either),
    ("deleteresourcepolicy", ADMIN, Either),
    ("updatesecret", ADMIN, Either),
    ("deletesecret", ADMIN, Either),
    ("rotatesecret", ADMIN, Either),
    ("restoresecret", ADMIN, Either),
]);

/// Secrets. Source: aws.md 8.
pub static SECRETS_MANAGER: Service =
    Service { catalogue: &SECRETS_MANAGER_CATALOGUE, ..Service::by_verb(&["secretsmanager"], false) };

static ECR_CATALOGUE: Catalogue = Catalogue::new(&[
    ("batchgetimage", READ, Either),
    ("getdownloadurlforlayer", READ, Either),
    ("listimages", LIST, Either),
    ("describeimages", LIST, Either),
    ("putimage", WRITE, Either),
    ("initiatelayerupload", WRITE, Either),
    ("uploadlayerpart", WRITE, Either),
    ("completelayerupload", WRITE, Either),
    ("batchdeleteimage", WRITE, Either),
    ("setrepositorypolicy", ADMIN, Either),
    ("deleterepositorypolicy", ADMIN, Either),
    ("deleterepository", ADMIN, Either),
    ("batchchecklayeravailability", None, Either),
    ("describerepositories", None, Either),
    ("getrepositorypolicy", None, Either),
    ("getlifecyclepolicy", None, Either),
]);

/// Container repositories. Source: aws.md 8.
pub static ECR: Service = Service { catalogue: &ECR_CATALOGUE, ..Service::by_verb(&["ecr"], false) };

/// Letters by verb, the first that fits. Source: aws.md 8, "Generic rule".
static VERBS: [(&str, Letter); 22] = [
    ("put*policy", Letter::Admin),
    ("set*policy", Letter::Admin),
    ("delete*policy", Letter::Admin),
    ("add*permission*", Letter::Admin),
    ("remove*permission*", Letter::Admin),
    ("creategrant", Letter::Admin),
    ("list*", Letter::List),
    ("get*", Letter::Read),
    ("batchget*", Letter::Read),
    ("read*", Letter::Read),
    ("receive*", Letter::Read),
    ("describe*", Letter::Read),
    ("subscribe*", Letter::Read),
    ("download*", Letter::Read),
    ("put*", Letter::Write),
    ("create*", Letter::Write),
    ("update*", Letter::Write),
    ("delete*", Letter::Write),
    ("send*", Letter::Write),
    ("publish*", Letter::Write),
    ("upload*", Letter::Write),
    ("assumerole*", Letter::Admin),
];

/// Whether a pattern of a statement is about a verb. `put*policy` is what a name must have in full:
/// `PutRecord*` could go on that way, and does not mean it.
fn fits(verb: &Pattern, pattern: &Pattern) -> bool {
    let in_the_middle = verb.0.split_last().is_some_and(|(_, rest)| {
        rest.iter()
            .skip_while(|token| !matches!(token, Token::Char(':')))
            .any(|token| matches!(token, Token::Many))
    });
    if !in_the_middle {
        return verb.overlaps(pattern);
    }
    let shortest: Vec<Token> = verb
        .0
        .iter()
        .enumerate()
        .filter(|(index, token)| *index == 0 || !matches!(token, Token::Many))
        .map(|(_, token)| token.clone())
        .collect();
    verb.covers(pattern).is_true() || pattern.overlaps(&Pattern(shortest))
}

impl Service {
    /// A service of which no more is known than the verbs of its actions. An empty list of prefixes takes
    /// every action.
    #[must_use]
    pub const fn by_verb(prefixes: &'static [&'static str], unsigned: bool) -> Self {
        Self { prefixes, unsigned, catalogue: &UNKNOWN, by_verb: true, nested: false }
    }

    /// The same, whose stores hold things under names of their own.
    #[must_use]
    pub const fn nested(self) -> Self {
        Self { nested: true, ..self }
    }

    /// The actions that the patterns of a statement (in lower case) speak about. `None`: all there are.
    pub(super) fn actions(&self, patterns: Option<&[Pattern]>) -> Vec<Action> {
        let known = self.rows().actions.as_slice();
        let Some(patterns) = patterns else {
            return if known.is_empty() { self.verbs() } else { known.to_vec() };
        };
        let mut meant: BTreeSet<usize> = BTreeSet::new();
        let mut strange: Vec<&Pattern> = Vec::new();
        for pattern in patterns {
            let rows = self.rows().of(pattern);
            if rows.is_empty() && self.speaks_of(pattern) {
                strange.push(pattern);
            }
            meant.extend(rows);
        }
        let mut actions: Vec<Action> = meant.into_iter().filter_map(|at| known.get(at)).cloned().collect();
        if strange.is_empty() {
            return actions;
        }
        // What no row of the catalogue knows keeps the grant.
        let verbs = self.verbs();
        for pattern in strange {
            let mut found = false;
            for verb in verbs.iter().filter(|verb| fits(&verb.pattern, pattern)) {
                found = true;
                let narrower = verb.pattern.covers(pattern).is_true();
                let of = if narrower { pattern.clone() } else { verb.pattern.as_ref().clone() };
                actions.push(Action::new(of, verb.letter, verb.level));
                if narrower {
                    break;
                }
            }
            if !found {
                actions.push(Action::new(pattern.clone(), None, Either));
            }
        }
        actions
    }

    /// All that is known of a service by the verbs of its actions.
    fn verbs(&self) -> Vec<Action> {
        let rows = if self.by_verb { VERBS.as_slice() } else { &[] };
        rows.iter()
            .flat_map(|(verb, letter)| {
                self.full(verb).into_iter().map(|pattern| Action::new(pattern, Some(*letter), Either))
            })
            .collect()
    }

    /// The rows of the catalogue. One catalogue belongs to services with the same prefixes.
    fn rows(&self) -> &'static Rows {
        self.catalogue.made.get_or_init(|| {
            let rows = self.catalogue.rows.iter();
            Rows::new(rows.flat_map(|(name, letter, level)| {
                self.full(name).into_iter().map(|pattern| Action::new(pattern, *letter, *level))
            }))
        })
    }

    fn full(&self, name: &str) -> Vec<Pattern> {
        if self.prefixes.is_empty() {
            return vec![Pattern::literal(&format!("*:{name}"), true)];
        }
        self.prefixes.iter().map(|prefix| Pattern::literal(&format!("{prefix}:{name}"), true)).collect()
    }

    /// Whether a pattern can be about actions on stores of this service.
    fn speaks_of(&self, pattern: &Pattern) -> bool {
        let elsewhere = self.prefixes == S3.prefixes
            && S3_ELSEWHERE
                .iter()
                .any(|name| Pattern::literal(&format!("s3:{name}"), false).covers(pattern).is_true());
        !elsewhere && self.full("*").iter().any(|all| all.overlaps(pattern))
    }
}
