//! Services that write objects with an ACL (aws.md 4.7): what they write is as open as that ACL.
//!
//! Each is void and cut like every object ACL. `aws_medialive_channel` names the bucket in the URL of a
//! destination, and the ACL where an output group points at that destination.

use crate::graph::{Actor, Attribute, Reader, acts};
use crate::truth::Truth;
use crate::value::Value;
use crate::value::equal::equal;
use crate::verdict::{Audience, Claim, Letter, Ways, Weight, all};

use super::acl::{Acls, LOG_OBJECTS, OBJECT_RIGHTS, On};

/// A service that writes objects with a canned ACL.
struct Writer {
    resource_type: &'static str,
    /// The blocks that hold both attributes; empty: the resource itself. Each block writes to a bucket of its
    /// own.
    blocks: &'static str,
    /// Where it names the bucket.
    bucket: &'static str,
    /// Where it says the ACL.
    acl: &'static str,
}

/// Source: aws.md 4.7.
const WRITERS: &[Writer] = &[
    Writer {
        resource_type: "aws_codepipeline",
        blocks: "stage.action.configuration",
        bucket: "BucketName",
        acl: "CannedACL",
    },
    Writer {
        resource_type: "aws_dms_s3_endpoint",
        blocks: "",
        bucket: "bucket_name",
        acl: "canned_acl_for_objects",
    },
    Writer {
        resource_type: "aws_dms_endpoint",
        blocks: "s3_settings",
        bucket: "bucket_name",
        acl: "canned_acl_for_objects",
    },
    Writer { resource_type: "aws_iot_topic_rule", blocks: "s3", bucket: "bucket_name", acl: "canned_acl" },
    Writer {
        resource_type: "aws_iot_topic_rule",
        blocks: "error_action.s3",
        bucket: "bucket_name",
        acl: "canned_acl",
    },
    Writer {
        resource_type: "aws_storagegateway_nfs_file_share",
        blocks: "",
        bucket: "location_arn",
        acl: "object_acl",
    },
    Writer {
        resource_type: "aws_storagegateway_smb_file_share",
        blocks: "",
        bucket: "location_arn",
        acl: "object_acl",
    },
];

/// Where a channel has its output groups.
const OUTPUT_GROUPS: &str = "encoder_settings.output_groups.output_group_settings";

/// The groups that can write to S3: their blocks, and where they say the ACL. Source: schema of
/// hashicorp/aws 5.100; reference of its API, `S3CannedAcl`.
const OUTPUTS: &[(&str, &str)] = &[
    ("archive_group_settings", "archive_cdn_settings.archive_s3_settings.canned_acl"),
    ("frame_capture_group_settings", "frame_capture_cdn_settings.frame_capture_s3_settings.canned_acl"),
    ("hls_group_settings", "hls_cdn_settings.hls_s3_settings.canned_acl"),
];

impl Writer {
    /// The dotted path that ties it to a bucket.
    fn tie(&self) -> String {
        if self.blocks.is_empty() {
            self.bucket.to_owned()
        } else {
            format!("{}.{}", self.blocks, self.bucket)
        }
    }
}

impl Acls<'_, '_> {
    /// Services that write objects with an ACL.
    pub(super) fn writers(&self, ways: &mut Ways) {
        for writer in WRITERS {
            for actor in self.tied(writer.resource_type, &writer.tie()) {
                for (block, there) in actor.reader().each_at(writer.blocks) {
                    let canned = block.attribute(writer.acl);
                    let name = block.attribute(writer.bucket);
                    let Some(join) = name.value().and_then(|name| self.bucket.is_named_by(name)) else {
                        continue;
                    };
                    if !canned.is_set().is_false() {
                        let here = all([actor.opens_here(), there, acts(actor.instance, &join, true)]);
                        self.canned(&canned, On::Object, "objects written with an ACL", &here, ways);
                    }
                }
            }
        }
        for actor in self.tied("aws_s3_bucket_logging", "target_bucket") {
            for (grant, there) in actor.each_block("target_grant") {
                let claim = all([actor.opens_here(), there]);
                let uri = grant.attribute("grantee.uri");
                let permission = grant.attribute("permission");
                self.grant(&uri, &permission, On::Object, LOG_OBJECTS, &claim, ways);
            }
        }
        for config in ["content_config", "thumbnail_config"] {
            for actor in self.tied("aws_elastictranscoder_pipeline", &format!("{config}.bucket")) {
                for (permissions, there) in actor.each_block(&format!("{config}_permissions")) {
                    let claim = all([actor.opens_here(), there]);
                    self.transcoder(&permissions, &claim, ways);
                }
            }
        }
        let lists = "revocation_configuration.crl_configuration";
        for actor in self.tied("aws_acmpca_certificate_authority", &format!("{lists}.s3_bucket_name")) {
            for (list, there) in actor.reader().each_at(lists) {
                let canned = list.attribute("s3_object_acl").one_of(&["PUBLIC_READ"]);
                let claim = all([canned, list.attribute("enabled").is(true), actor.opens_here(), there]);
                if let Some(read) = OBJECT_RIGHTS.first() {
                    self.right(ways, "revocation list", Audience::Anonymous, read, Weight::Info, &claim);
                }
            }
        }
        for actor in self.tied("aws_medialive_channel", "destinations.settings.url") {
            self.media_live(actor, ways);
        }
    }

    /// Output groups of a channel that write to this bucket.
    fn media_live(&self, channel: &Actor<'_>, ways: &mut Ways) {
        let reader = channel.reader();
        for (destination, destination_there) in reader.each_block("destinations") {
            for (settings, settings_there) in destination.each_block("settings") {
                let url = settings.attribute("url");
                let Some(join) = url.value().and_then(|url| self.bucket.is_named_by(url)) else { continue };
                let here = all([
                    channel.opens_here(),
                    acts(channel.instance, &join, true),
                    destination_there.clone(),
                    settings_there,
                ]);
                for (blocks, acl) in OUTPUTS {
                    for (group, there) in reader.each_at(&format!("{OUTPUT_GROUPS}.{blocks}")) {
                        let canned = group.attribute(acl);
                        if !canned.is_set().is_false() {
                            let written = all([here.clone(), there, points_at(&group, &destination)]);
                            self.media_live_acl(&canned, &written, ways);
                        }
                    }
                }
            }
        }
    }

    /// A channel names canned ACLs in words of its own.
    fn media_live_acl(&self, canned: &Attribute<'_>, written: &Claim, ways: &mut Ways) {
        for (audience, name) in
            [(Audience::Anonymous, "PUBLIC_READ"), (Audience::Authenticated, "AUTHENTICATED_READ")]
        {
            if let Some(read) = OBJECT_RIGHTS.first() {
                let granted = all([canned.one_of(&[name]), written.clone()]);
                self.right(ways, "objects written with an ACL", audience, read, Weight::Full, &granted);
            }
        }
    }

    fn tied(&self, resource_type: &str, tie: &str) -> Vec<&Actor<'_>> {
        self.bucket.actors(resource_type).filter(|actor| super::is_tied_by(actor.relation.by, tie)).collect()
    }

    /// Elastic Transcoder names the groups and permissions in its own words.
    fn transcoder(&self, permissions: &Reader<'_>, claim: &Claim, ways: &mut Ways) {
        let is_group = permissions.attribute("grantee_type").one_of(&["Group"]);
        let access = permissions.attribute("access");
        for (audience, group) in
            [(Audience::Anonymous, "AllUsers"), (Audience::Authenticated, "AuthenticatedUsers")]
        {
            let grantee = permissions.attribute("grantee").one_of(&[group]);
            for right in OBJECT_RIGHTS {
                let names: &[&str] = match right.letter {
                    Some(Letter::Read) => &["Read", "FullControl"],
                    Some(_) => &["WriteAcp", "FullControl"],
                    None => &["ReadAcp"],
                };
                let permitted =
                    all([claim.clone(), is_group.clone(), grantee.clone(), access.has_one_of(names)]);
                self.right(ways, "objects written with an ACL", audience, right, Weight::Full, &permitted);
            }
        }
    }
}

/// That an output group writes to a destination of its channel.
fn points_at(group: &Reader<'_>, destination: &Reader<'_>) -> Claim {
    let (id, named) = (destination.attribute("id"), group.attribute("destination.destination_ref_id"));
    let same = |one: Option<&Value>, other: &Value| one.map_or(Truth::False, |one| equal(one, other));
    if id.value().is_some_and(|id| id.as_unknown().is_some()) {
        id.claim(Truth::False, |id| same(named.value(), id))
    } else {
        named.claim(Truth::False, |named| same(id.value(), named))
    }
}
