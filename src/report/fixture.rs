//! Small judged inputs, built by hand, for the tests of the formats.

use std::sync::Arc;

use super::{Judged, JudgedStore, Report};
use crate::address::{Address, Key, Mode, ModulePath, Path, Reference, Subject};
use crate::rules::{Kind, Tier};
use crate::source::{FileId, Sources, Span};
use crate::truth::Truth;
use crate::value::{Cause, Origin, Unknown};
use crate::verdict::{
    Access, Audience, Claim, Evidence, Letter, Place, Remark, Route, Weight, all, fact, judge, not,
};

/// The place of the first occurrence of `part`.
pub(super) fn at(sources: &Sources, file: FileId, part: &str) -> Span {
    let text = sources.file(file).unwrap().text.clone();
    let start = text.find(part).unwrap();
    Span { file, start: u32::try_from(start).unwrap(), end: u32::try_from(start + part.len()).unwrap() }
}

pub(super) fn address(resource_type: &str, name: &str) -> Address {
    Address {
        module: ModulePath::root(),
        mode: Mode::Managed,
        resource_type: resource_type.into(),
        name: name.into(),
        key: Key::None,
    }
}

pub(super) fn variable(module: &ModulePath, name: &str) -> Reference {
    Reference { module: module.clone(), subject: Subject::Variable(name.into()) }
}

pub(super) fn place(address: &Address, attribute: &str, span: Span) -> Place {
    Place {
        address: address.clone(),
        attribute: Path::attribute(attribute),
        span: Some(span),
        origin: Origin::At(span),
    }
}

pub(super) fn claim(truth: Truth, places: Vec<Place>, says: &str) -> Claim {
    fact(Evidence { truth, places, says: says.to_owned(), unknown: Vec::new(), absent: false })
}

pub(super) fn route(audience: Audience, letters: &[Letter], claim: Claim, close: &str) -> Route {
    Route {
        name: "bucket ACL",
        audience,
        access: Access::of(letters),
        claim,
        close: close.to_owned(),
        weight: Weight::Full,
        rule: None,
    }
}

pub(super) fn bucket(
    name: &str,
    routes: Vec<Route>,
    remarks: Vec<Remark>,
    span: Option<Span>,
) -> JudgedStore {
    JudgedStore {
        document: None,
        root: Some(".".to_owned()),
        address: address("aws_s3_bucket", name),
        kind: Kind::Bucket,
        tier: Tier::Core,
        assessment: judge(routes, remarks),
        span,
        call_span: None,
        change: None,
    }
}

/// A public bucket whose ACL comes through a variable, a private one and an undetermined one.
pub(super) fn three_buckets(sources: &Sources) -> Judged {
    let main = sources.add(
        "site/main.tf",
        "resource \"aws_s3_bucket\" \"site\" {}\n\
         resource \"aws_s3_bucket_acl\" \"site\" {\n  \
           acl = var.acl\n\
         }\n\
         resource \"aws_s3_bucket_public_access_block\" \"site\" {\n  \
           ignore_public_acls = false\n\
         }\n\
         resource \"aws_s3_bucket\" \"logs\" {}\n\
         resource \"aws_s3_bucket\" \"other\" {\n  \
           acl = var.other_acl\n\
         }\n",
    );
    let values = sources.add("site/terraform.tfvars", "region = \"eu\"\nacl    = \"public-read\"\n");
    let acl = address("aws_s3_bucket_acl", "site");
    let block = address("aws_s3_bucket_public_access_block", "site");
    let through = Place {
        address: acl,
        attribute: Path::attribute("acl"),
        span: Some(at(sources, main, "var.acl")),
        origin: Origin::At(at(sources, values, "\"public-read\""))
            .via(variable(&ModulePath::root(), "acl"), Some(at(sources, main, "var.acl"))),
    };
    let opens = claim(Truth::True, vec![through], "the ACL lets everyone list the bucket");
    let ignored = claim(
        Truth::False,
        vec![place(&block, "ignore_public_acls", at(sources, main, "false"))],
        "`ignore_public_acls` is false",
    );
    let site = bucket(
        "site",
        vec![route(
            Audience::Anonymous,
            &[Letter::List],
            all([opens, not(ignored)]),
            "set `acl = \"private\"`, or set `ignore_public_acls = true`",
        )],
        vec![Remark {
            code: "guard",
            place: place(&block, "block_public_acls", at(sources, main, "aws_s3_bucket_public_access_block")),
            says: "`block_public_acls` closes nothing that is in force".to_owned(),
        }],
        Some(at(sources, main, "resource \"aws_s3_bucket\" \"site\"")),
    );
    let logs = bucket(
        "logs",
        vec![route(
            Audience::Anonymous,
            &[Letter::List],
            fact(Evidence {
                truth: Truth::False,
                places: Vec::new(),
                says: "no bucket ACL in the input".to_owned(),
                unknown: Vec::new(),
                absent: true,
            }),
            "",
        )],
        Vec::new(),
        Some(at(sources, main, "resource \"aws_s3_bucket\" \"logs\"")),
    );
    let other_acl = variable(&ModulePath::root(), "other_acl");
    let used = at(sources, main, "var.other_acl");
    let other = bucket(
        "other",
        vec![route(
            Audience::Anonymous,
            &[Letter::List],
            fact(Evidence {
                truth: Truth::Unknown,
                places: vec![Place {
                    address: address("aws_s3_bucket", "other"),
                    attribute: Path::attribute("acl"),
                    span: Some(used),
                    origin: Origin::Nowhere.via(other_acl.clone(), Some(used)),
                }],
                says: "`acl` is not known".to_owned(),
                unknown: vec![Arc::new(Unknown::because(Cause::Variable(other_acl)))],
                absent: false,
            }),
            "set `acl = \"private\"`",
        )],
        Vec::new(),
        Some(at(sources, main, "resource \"aws_s3_bucket\" \"other\"")),
    );
    let mut judged = Judged { stores: vec![other, site, logs], ..Judged::default() };
    judged.not_judged.insert("aws_fsx_lustre_file_system".to_owned(), 2);
    judged
}

/// What a format writes, as text.
pub(super) fn text(
    report: &Report<'_>,
    write: impl FnOnce(&Report<'_>, &mut dyn std::io::Write) -> std::io::Result<()>,
) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
