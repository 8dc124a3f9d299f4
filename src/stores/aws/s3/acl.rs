//! ACLs of a bucket and of its objects that grant something to everyone or to every AWS account.
//!
//! `AllUsers` is everyone, with credentials or without; `AuthenticatedUsers` is any AWS account in the world
//! (aws.md 4.4). READ on a bucket lists it, READ on an object reads it.

use crate::access::Assumptions;
use crate::access::aws_actions::Level;
use crate::access::aws_condition::{Door, Identity, Network};
use crate::access::aws_policy::{Policy, Request};
use crate::address::Path;
use crate::graph::{Attribute, Store};
use crate::truth::Truth;
use crate::verdict::{Access, Audience, Claim, Letter, Route, Ways, Weight, all, any, not};

use super::policies::BucketPolicy;
use super::settings;

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// The way in through log objects.
pub(super) const LOG_OBJECTS: &str = "log objects written with an ACL";

/// What a grant is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Bucket,
    Object,
}

/// One thing that somebody may do by an ACL: permissions that give it, and the actions of it.
pub(super) struct Right {
    pub(super) letter: Option<Letter>,
    permissions: &'static [&'static str],
    actions: &'static [&'static str],
}

/// Source: aws.md 4.4; S3 user guide, "ACL permissions".
const BUCKET_RIGHTS: &[Right] = &[
    Right {
        letter: Some(Letter::List),
        permissions: &["READ", "FULL_CONTROL"],
        actions: &["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
    },
    Right {
        letter: Some(Letter::Write),
        permissions: &["WRITE", "FULL_CONTROL"],
        actions: &["s3:PutObject"],
    },
    Right {
        letter: Some(Letter::Admin),
        permissions: &["WRITE_ACP", "FULL_CONTROL"],
        actions: &["s3:PutBucketAcl"],
    },
    Right { letter: None, permissions: &["READ_ACP", "FULL_CONTROL"], actions: &["s3:GetBucketAcl"] },
];

pub(super) const OBJECT_RIGHTS: &[Right] = &[
    Right {
        letter: Some(Letter::Read),
        permissions: &["READ", "FULL_CONTROL"],
        actions: &["s3:GetObject", "s3:GetObjectVersion"],
    },
    Right {
        letter: Some(Letter::Admin),
        permissions: &["WRITE_ACP", "FULL_CONTROL"],
        actions: &["s3:PutObjectAcl"],
    },
    Right { letter: None, permissions: &["READ_ACP", "FULL_CONTROL"], actions: &["s3:GetObjectAcl"] },
];

/// What a canned ACL gives: for whom, the right, and its names.
const CANNED_BUCKET: &[(Audience, Letter, &[&str])] = &[
    (Audience::Anonymous, Letter::List, &["public-read", "public-read-write"]),
    (Audience::Anonymous, Letter::Write, &["public-read-write"]),
    (Audience::Authenticated, Letter::List, &["authenticated-read"]),
];

/// WRITE has no meaning on objects.
const CANNED_OBJECT: &[(Audience, Letter, &[&str])] = &[
    (Audience::Anonymous, Letter::Read, &["public-read", "public-read-write"]),
    (Audience::Authenticated, Letter::Read, &["authenticated-read"]),
];

/// The ACLs of a bucket, and what closes them all.
pub(super) struct Acls<'b, 'g> {
    pub(super) bucket: &'b Store<'g>,
    assumptions: &'b Assumptions,
    shut: Claim,
    signed_only: Option<Claim>,
    /// Everything that the bucket's policies do not deny.
    allowed: Vec<(Policy, Claim)>,
}

/// One route for each right that an ACL gives somebody outside.
pub(super) fn ways(
    bucket: &Store<'_>,
    policies: &[BucketPolicy],
    assumptions: &Assumptions,
    ways: &mut Ways,
) {
    let mut allowed: Vec<(Policy, Claim)> = policies
        .iter()
        .map(|found| {
            let place = found.policy.place();
            let mut policy = Policy::of_everything(&place.address, &place.attribute);
            policy.add_denies_of(&found.policy, None);
            (policy, found.closes.clone())
        })
        .collect();
    if allowed.is_empty() {
        let mut policy = Policy::of_everything(bucket.address(), &Path::empty());
        if super::policies::add_controls(bucket, &mut policy) {
            allowed.push((policy, all([])));
        }
    }
    let acls = Acls {
        bucket,
        assumptions,
        shut: any([settings::acls_are_disabled(bucket), settings::is_on(bucket, "ignore_public_acls")]),
        signed_only: settings::requester_pays(bucket),
        allowed,
    };
    let before = ways.routes.len();
    acls.bucket_acls(ways);
    if ways.routes.len() == before {
        let nothing = bucket.nothing("no bucket ACL in the input");
        ways.routes.push(route("bucket ACL", Audience::Anonymous, Access::none(), nothing, Weight::Full));
    }
    acls.objects(ways);
    acls.writers(ways);
}

impl Acls<'_, '_> {
    fn bucket_acls(&self, ways: &mut Ways) {
        if !self.bucket.orphan {
            let inline = self.bucket.attribute("acl");
            if !inline.is_set().is_false() {
                self.canned(&inline, On::Bucket, "bucket ACL", &all([]), ways);
            }
            let grants = if self.bucket.shows("grant") {
                self.bucket.reader().each_block("grant")
            } else {
                Vec::new()
            };
            for (grant, there) in grants {
                let permission = grant.attribute("permissions");
                self.grant(&grant.attribute("uri"), &permission, On::Bucket, "bucket ACL", &there, ways);
            }
        }
        for actor in self.bucket.actors("aws_s3_bucket_acl") {
            let here = actor.opens_here();
            let canned = actor.attribute("acl");
            if !canned.is_set().is_false() {
                self.canned(&canned, On::Bucket, "bucket ACL", &here, ways);
            }
            for (policy, policy_there) in actor.each_block("access_control_policy") {
                for (grant, there) in policy.each_block("grant") {
                    let claim = all([here.clone(), policy_there.clone(), there]);
                    let uri = grant.attribute("grantee.uri");
                    self.grant(&uri, &grant.attribute("permission"), On::Bucket, "bucket ACL", &claim, ways);
                }
            }
        }
    }

    fn objects(&self, ways: &mut Ways) {
        for resource_type in ["aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"] {
            for actor in self.bucket.actors(resource_type) {
                let here = actor.opens_here();
                let canned = actor.attribute("acl");
                if !canned.is_set().is_false() {
                    self.canned(&canned, On::Object, "object ACL", &here, ways);
                }
                for (grant, there) in actor.each_block("grant") {
                    let claim = all([here.clone(), there]);
                    let permission = grant.attribute("permissions");
                    self.grant(&grant.attribute("uri"), &permission, On::Object, "object ACL", &claim, ways);
                }
            }
        }
    }

    /// The routes of a canned ACL.
    pub(super) fn canned(
        &self,
        acl: &Attribute<'_>,
        on: On,
        name: &'static str,
        here: &Claim,
        ways: &mut Ways,
    ) {
        let (table, rights) = match on {
            On::Bucket => (CANNED_BUCKET, BUCKET_RIGHTS),
            On::Object => (CANNED_OBJECT, OBJECT_RIGHTS),
        };
        for (audience, letter, names) in table {
            let claim = all([here.clone(), acl.one_of(names)]);
            for right in rights.iter().filter(|right| right.letter == Some(*letter)) {
                self.right(ways, name, *audience, right, Weight::Full, &claim);
            }
        }
    }

    /// The routes of one grant.
    pub(super) fn grant(
        &self,
        uri: &Attribute<'_>,
        permission: &Attribute<'_>,
        on: On,
        name: &'static str,
        there: &Claim,
        ways: &mut Ways,
    ) {
        if uri.is_set().is_false() {
            return;
        }
        let rights = match on {
            On::Bucket => BUCKET_RIGHTS,
            On::Object => OBJECT_RIGHTS,
        };
        for (audience, group) in
            [(Audience::Anonymous, ALL_USERS), (Audience::Authenticated, AUTHENTICATED_USERS)]
        {
            let grantee = uri.one_of(&[group]);
            if grantee.truth() == Truth::False && there.truth().is_true() {
                continue;
            }
            for right in rights {
                let permitted = permission.has_one_of(right.permissions);
                if permitted.truth() == Truth::False {
                    continue;
                }
                let claim = all([there.clone(), grantee.clone(), permitted]);
                self.right(ways, name, audience, right, Weight::Full, &claim);
            }
        }
    }

    /// One right for one group: everyone includes those who sign their requests.
    pub(super) fn right(
        &self,
        ways: &mut Ways,
        name: &'static str,
        group: Audience,
        right: &Right,
        weight: Weight,
        granted: &Claim,
    ) {
        let access = right.letter.map_or_else(Access::none, |letter| Access::of(&[letter]));
        let weight = if right.letter.is_none() { weight.max(Weight::OneLower) } else { weight };
        // What denials say of a right that nobody is granted does not matter.
        let not_denied = |identity| {
            if granted.truth().is_false() { all([]) } else { self.not_denied(identity, right) }
        };
        let signed = [granted.clone(), not_denied(Identity::Outsider), not(self.shut.clone())];
        if group == Audience::Anonymous {
            let unsigned = [granted.clone(), not_denied(Identity::Anonymous), not(self.shut.clone())];
            let unsigned = unsigned.into_iter().chain(self.signed_only.clone().map(not));
            ways.routes.push(route(name, Audience::Anonymous, access.clone(), all(unsigned), weight));
        }
        ways.routes.push(route(name, Audience::Authenticated, access, all(signed), weight));
    }

    /// That some request for a right is not stopped by a Deny of the bucket's policies. Of several policies
    /// only one stays: all have to deny.
    fn not_denied(&self, identity: Identity, right: &Right) -> Claim {
        if self.allowed.is_empty() {
            return all([]);
        }
        let names = super::names(self.bucket);
        let denied_by = |(policy, there): &(Policy, Claim)| {
            let level =
                if right.letter == Some(Letter::Read) || right.actions.iter().any(|a| a.contains("Object")) {
                    Level::Object
                } else {
                    Level::Container
                };
            let requests = right.actions.iter().flat_map(|action| {
                [Network::Internet, Network::Endpoint].map(|network| Request {
                    identity,
                    network,
                    door: Door::Bucket,
                    action,
                    level,
                })
            });
            let through = requests.map(|request| policy.allows(&request, &names, self.assumptions));
            all([there.clone(), not(any(through))])
        };
        not(all(self.allowed.iter().map(denied_by)))
    }
}

fn route(name: &'static str, audience: Audience, access: Access, claim: Claim, weight: Weight) -> Route {
    Route {
        name,
        audience,
        access,
        claim,
        close: format!(
            "{}, or set `ignore_public_acls = true` in an aws_s3_bucket_public_access_block of this bucket",
            edit_of(name)
        ),
        weight,
        rule: None,
    }
}

/// The edit that takes a grant away where it is written.
fn edit_of(name: &str) -> &'static str {
    match name {
        LOG_OBJECTS => "leave out the `target_grant` for everyone",
        _ => "set the ACL to `private`",
    }
}
