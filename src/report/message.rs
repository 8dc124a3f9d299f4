//! What findings say: who can do what, what an undetermined verdict depends on, and what to do.

use crate::address::{Address, Object};
use crate::rules::Kind;
use crate::value::Cause;
use crate::verdict::{Access, Assessment, Audience, Letter, Verdict};

/// The most names that one message lists.
const MOST_NAMES: usize = 3;

/// The message of a public store: for each audience what it adds to those before it.
pub(super) fn public(address: &Address, kind: Kind, assessment: &Assessment) -> String {
    let mut clauses: Vec<(Audience, Access)> = Vec::new();
    let mut told = Access::none();
    for audience in Audience::ALL {
        let mut access = Access::none();
        let mut open = false;
        for route in assessment.routes.iter().filter(|route| route.audience == audience) {
            if route.claim.truth().is_true() {
                open = true;
                access.extend(&route.access);
            }
        }
        let news: Vec<Letter> = access.letters().filter(|letter| !told.contains(*letter)).collect();
        told.extend(&access);
        if open && (clauses.is_empty() || !news.is_empty()) {
            clauses.push((audience, Access::of(&news)));
        }
    }
    if clauses.is_empty() {
        // A verdict that was made without routes still names its audience.
        if let Verdict::Public { audience, access } = &assessment.verdict {
            clauses.push((*audience, access.clone()));
        }
    }
    let store = format!("`{address}`");
    let mut message = String::new();
    for (index, (audience, access)) in clauses.iter().enumerate() {
        if index > 0 {
            message.push_str(", and ");
        }
        let named = if index == 0 { store.as_str() } else { "it" };
        message.push_str(who(*audience, address));
        message.push_str(" can ");
        message.push_str(&what(kind, access, named));
    }
    message
}

/// Adds what a plan changes about a store that was public already: what is new, and whether something outside
/// of Terraform opened it.
pub(super) fn add_change(message: &mut String, store: &super::Store, changed: &super::Changed) {
    let news = match (&changed.before, changed.change) {
        (Some(before), super::Change::Existing) => {
            news(&store.address, store.kind, before, &store.assessment)
        }
        (Some(_) | None, _) => None,
    };
    if let Some(news) = news {
        message.push_str("; new with this plan: ");
        message.push_str(&news);
    }
    if changed.drifted {
        message.push_str("; something outside of Terraform opened it");
    }
}

/// Who can do what after that nobody as weak could do before.
fn news(address: &Address, kind: Kind, before: &Assessment, after: &Assessment) -> Option<String> {
    let open = |assessment: &Assessment, audience: Audience| {
        let mut access = Access::none();
        let routes = assessment.routes.iter().filter(|route| route.audience <= audience);
        for route in routes.filter(|route| route.claim.truth().is_true()) {
            access.extend(&route.access);
        }
        access
    };
    if !matches!(after.verdict, Verdict::Public { .. }) {
        return None;
    }
    let mut clauses = Vec::new();
    let mut told = Access::none();
    for audience in Audience::ALL {
        let earlier = open(before, audience);
        let news: Vec<Letter> = open(after, audience)
            .letters()
            .filter(|letter| !earlier.contains(*letter) && !told.contains(*letter))
            .collect();
        if !news.is_empty() {
            let access = Access::of(&news);
            told.extend(&access);
            clauses.push(format!("{} can {}", who(audience, address), what(kind, &access, "it")));
        }
    }
    (!clauses.is_empty()).then(|| clauses.join(", and "))
}

/// Who gets in.
fn who(audience: Audience, address: &Address) -> &'static str {
    match audience {
        Audience::Anonymous => "anyone",
        Audience::Network => "anyone on the internet",
        Audience::Authenticated => match address.resource_type.split('_').next() {
            Some("aws" | "awscc") => "any AWS account",
            Some("google") => "any Google account",
            Some("azurerm" | "azapi" | "azuread") => "any Azure account",
            Some(_) | None => "any account of the cloud",
        },
    }
}

/// What they can do: "read and list objects in `aws_s3_bucket.site`".
fn what(kind: Kind, access: &Access, store: &str) -> String {
    let words = words(kind);
    let verbs: Vec<&str> = access
        .letters()
        .filter_map(|letter| match letter {
            Letter::Read => Some(words.read),
            Letter::List => Some("list"),
            Letter::Write => Some("write"),
            Letter::Admin | Letter::Connect => None,
        })
        .collect();
    let mut deeds = Vec::new();
    if access.contains(Letter::Connect) {
        deeds.push("connect to".to_owned());
    }
    if !verbs.is_empty() {
        let mut deed = enumerate(&verbs);
        if !words.holds.is_empty() {
            deed = format!("{deed} {}", words.holds);
        }
        deeds.push(deed);
    }
    if deeds.is_empty() {
        let deed = if access.contains(Letter::Admin) { "change who may use" } else { "see settings of" };
        return format!("{deed} {store}");
    }
    let mut text = format!("{} {store}", deeds.join(" and "));
    if access.contains(Letter::Admin) {
        text.push_str(" and change who may use it");
    }
    text
}

/// The words for what a kind of store holds.
struct Words {
    read: &'static str,
    holds: &'static str,
}

const fn words(kind: Kind) -> Words {
    let (read, holds) = match kind {
        Kind::Bucket => ("read", "objects in"),
        Kind::Snapshot => ("restore", ""),
        Kind::Image => ("start", ""),
        Kind::Key => ("use", ""),
        Kind::Secret => ("read", ""),
        Kind::FileSystem => ("read", "files in"),
        Kind::Queue | Kind::Topic => ("read", "messages in"),
        Kind::Stream => ("read", "records in"),
        Kind::Registry => ("read", "packages in"),
        Kind::Repository => ("read", "code in"),
        Kind::Backup => ("read", "backups in"),
        Kind::Database
        | Kind::StorageAccount
        | Kind::Disk
        | Kind::Function
        | Kind::Search
        | Kind::Cdn
        | Kind::Service
        | Kind::IamGrant
        | Kind::Other => ("read", "data in"),
    };
    Words { read, holds }
}

/// What an input lacks, and how to supply it.
pub(super) struct Lack {
    /// What to call it.
    pub(super) name: String,
    /// Follows the name: "has no value".
    pub(super) lacks: &'static str,
    /// An order: "pass `--var acl=…` or a plan".
    pub(super) supply: String,
}

impl Lack {
    /// As a sentence of its own.
    pub(super) fn sentence(&self) -> String {
        format!("`{}` {}; {}", self.name, self.lacks, self.supply)
    }
}

/// What a single cause means for whoever runs the check.
pub(super) fn lack(cause: &Cause) -> Lack {
    use crate::address::Subject;
    let name = cause.name();
    let (lacks, supply) = match cause {
        Cause::Variable(reference) => (
            "has no value",
            match &reference.subject {
                Subject::Variable(variable) if reference.module.is_root() => {
                    format!("pass `--var {variable}=…` or a plan")
                }
                Subject::Other(name) if &**name == "terraform.workspace" => {
                    "pass `--workspace` with its name".to_owned()
                }
                Subject::Variable(_)
                | Subject::Local(_)
                | Subject::Output(_)
                | Subject::Resource(..)
                | Subject::Module(_)
                | Subject::Other(_) => "give it a value or pass a plan".to_owned(),
            },
        ),
        Cause::Attribute { .. } => {
            ("is known only after apply", "pass a plan or a state that holds it".to_owned())
        }
        Cause::Data { .. } => ("is read only by a plan", "pass a plan".to_owned()),
        Cause::Unset { path, .. } => ("is not set and has no certain default", format!("set `{path}`")),
        Cause::Cloud { .. } => {
            ("is decided by the cloud, not by the input", "close another part of the way".to_owned())
        }
        Cause::NotPlanned(_) => ("is left out of the plan", "pass a plan made without `-target`".to_owned()),
        Cause::Hidden(_) => {
            ("a plan does not show", "pass `--source` with the directory of the configuration".to_owned())
        }
        Cause::Any(_) => ("are not known", "pass a plan".to_owned()),
        Cause::Function(_) => ("is not computed by a check", "pass a plan".to_owned()),
        Cause::Module(_) => ("is not read", "run `terraform init`, or see the error at its call".to_owned()),
        Cause::Undeclared(_) => ("is not declared", "declare it".to_owned()),
        Cause::Invalid(_) => ("cannot be evaluated", "correct it".to_owned()),
        Cause::Cycle(_) => ("depends on itself", "break the cycle".to_owned()),
        Cause::Budget(_) => ("is a limit that was reached", "pass a plan".to_owned()),
        Cause::Elsewhere(_) => ("is not in the input", "look there, and allow the finding".to_owned()),
    };
    Lack { name, lacks, supply }
}

/// The message of an undetermined store.
pub(super) fn undetermined(address: &Address, lacks: &[Lack]) -> String {
    match lacks {
        [] => format!("whether `{address}` is public cannot be told from the input"),
        [only] => {
            format!(
                "whether `{address}` is public depends on `{}`, which {}; {}",
                only.name, only.lacks, only.supply
            )
        }
        several => {
            let shown = several.get(..MOST_NAMES).unwrap_or(several);
            let mut names: Vec<String> = shown.iter().map(|lack| format!("`{}`", lack.name)).collect();
            if several.len() > shown.len() {
                names.push(format!("{} more", several.len() - shown.len()));
            }
            format!(
                "whether `{address}` is public depends on {}, which the input does not hold; {}",
                enumerate(&names),
                supply_of(shown)
            )
        }
    }
}

/// How to end an object that is not the current one of its instance: no configuration says what it is.
pub(super) fn to_end(address: &Address) -> Option<&'static str> {
    address.former().map(|(object, _)| match object {
        Object::Deposed(_) => "apply again: Terraform destroys deposed objects",
        Object::Forgotten => "destroy it outside of Terraform, or import it under an address of its own",
    })
}

/// Different texts, each once, in their order.
pub(super) fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut distinct: Vec<&str> = Vec::new();
    for text in texts {
        if !text.is_empty() && !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct.join("; ")
}

/// How to supply several things: the options in one, and a plan, which supplies most of them, once.
fn supply_of(lacks: &[Lack]) -> String {
    let option = |lack: &Lack| {
        let rest = lack.supply.strip_prefix("pass `--var ")?.strip_suffix(" or a plan")?;
        Some(format!("`--var {rest}"))
    };
    let mut options: Vec<String> = lacks.iter().filter_map(option).collect();
    options.dedup();
    let mut orders = Vec::new();
    if !options.is_empty() {
        orders.push(format!("pass {} or a plan", options.join(", ")));
    }
    for lack in lacks.iter().filter(|lack| option(lack).is_none()) {
        let is_plan = lack.supply.starts_with("pass a plan");
        if !(is_plan && orders.iter().any(|order| order.contains("a plan"))) {
            orders.push(lack.supply.clone());
        }
    }
    joined(orders.iter().map(String::as_str))
}

/// "a", "a and b", "a, b and c".
fn enumerate<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{address, variable};
    use super::*;
    use crate::address::{ModulePath, Path, Reference, Subject};

    fn depends(causes: &[Cause]) -> String {
        let lacks: Vec<Lack> = causes.iter().map(lack).collect();
        let message = undetermined(&address("aws_s3_bucket", "b"), &lacks);
        let start = "whether `aws_s3_bucket.b` is public ";
        message.strip_prefix(start).unwrap().to_owned()
    }

    #[test]
    fn each_cause_says_what_is_missing_and_how_to_supply_it() {
        let root = ModulePath::root();
        let key = || address("aws_kms_key", "k");
        let named = |subject| Reference { module: ModulePath::root(), subject };
        for (cause, expected) in [
            (
                Cause::Variable(variable(&root, "acl")),
                "depends on `var.acl`, which has no value; pass `--var acl=…` or a plan",
            ),
            (
                Cause::Attribute { of: key(), path: Path::attribute("arn") },
                "depends on `aws_kms_key.k.arn`, which is known only after apply; pass a plan or a state that \
                 holds it",
            ),
            (
                Cause::Data { of: key(), path: Path::attribute("arn") },
                "depends on `aws_kms_key.k.arn`, which is read only by a plan; pass a plan",
            ),
            (
                Cause::Unset { of: key(), path: Path::attribute("policy") },
                "depends on `aws_kms_key.k.policy`, which is not set and has no certain default; set `policy`",
            ),
            (
                Cause::Cloud { of: key(), path: Path::attribute("public") },
                "depends on `aws_kms_key.k.public`, which is decided by the cloud, not by the input; close another \
                 part of the way",
            ),
            (
                Cause::NotPlanned("aws_kms_key.k".into()),
                "depends on `aws_kms_key.k`, which is left out of the plan; pass a plan made without `-target`",
            ),
            (
                Cause::Function("timestamp".into()),
                "depends on `timestamp()`, which is not computed by a check; pass a plan",
            ),
            (
                Cause::Module(named(Subject::Module("logs".into()))),
                "depends on `module.logs`, which is not read; run `terraform init`, or see the error at its call",
            ),
            (Cause::Undeclared("var.x".into()), "depends on `var.x`, which is not declared; declare it"),
            (Cause::Invalid("1 + []".into()), "depends on `1 + []`, which cannot be evaluated; correct it"),
            (
                Cause::Cycle(named(Subject::Local("a".into()))),
                "depends on `local.a`, which depends on itself; break the cycle",
            ),
            (
                Cause::Budget("steps".into()),
                "depends on `steps`, which is a limit that was reached; pass a plan",
            ),
            (
                Cause::Elsewhere("aws:PrincipalOrgID".into()),
                "depends on `aws:PrincipalOrgID`, which is not in the input; look there, and allow the finding",
            ),
        ] {
            assert_eq!(depends(&[cause]), expected);
        }
    }

    #[test]
    fn several_causes_are_named_together() {
        let root = ModulePath::root();
        let causes: Vec<Cause> =
            ["a", "b", "c", "d"].iter().map(|name| Cause::Variable(variable(&root, name))).collect();
        assert_eq!(
            depends(&causes[..2]),
            "depends on `var.a` and `var.b`, which the input does not hold; pass `--var a=…`, `--var b=…` or a \
             plan"
        );
        let data = Cause::Data { of: address("aws_kms_key", "k"), path: Path::attribute("arn") };
        let module = Cause::Module(Reference { module: root.clone(), subject: Subject::Module("m".into()) });
        assert_eq!(
            depends(&[causes[0].clone(), data, module]),
            "depends on `var.a`, `aws_kms_key.k.arn` and `module.m`, which the input does not hold; pass \
             `--var a=…` or a plan; run `terraform init`, or see the error at its call"
        );
        assert!(depends(&causes).starts_with("depends on `var.a`, `var.b`, `var.c` and 1 more, which "));
        assert_eq!(depends(&[]), "cannot be told from the input");
    }
}
