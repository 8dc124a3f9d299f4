//! Attributes of which one literal closes an exposure, whoever should get in.
//!
//! Enters: a resource type and an attribute. Leaves: what to write there instead. A rule that lets in the
//! world, or a principal, is not here: who should get in instead cannot be known. That an edit closes a
//! store is never taken from this table: `tfward fix` judges the edited text.

/// What to write in place of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// This bool in place of the other one.
    Bool(bool),
    /// This text in place of one that starts like that.
    Text {
        /// How the texts start that let outsiders in.
        starts: &'static str,
        /// What is written instead.
        to: &'static str,
    },
    /// The list without this text.
    Without(&'static str),
}

/// An attribute that one literal closes.
#[derive(Debug)]
pub struct Remedy {
    /// The resource type, or its beginning when a `*` follows.
    pub resource_type: &'static str,
    /// The attribute.
    pub attribute: &'static str,
    /// What is written.
    pub edit: Edit,
    /// Whether the argument may be added where it is absent.
    pub insert: bool,
}

const BLOCK: &str = "aws_s3_bucket_public_access_block";
const CANNED: Edit = Edit::Text { starts: "public-read", to: "private" };

/// What opens stands before what fails to close: of several edits that close a store the first one counts.
pub static REMEDIES: &[Remedy] = &[
    Remedy::new("aws_*", "publicly_accessible", Edit::Bool(false)),
    Remedy::new("aws_s3_bucket_acl", "acl", CANNED),
    Remedy::new("aws_s3_bucket", "acl", CANNED),
    Remedy::new("aws_s3_object", "acl", CANNED),
    Remedy::new("aws_s3_bucket_object", "acl", CANNED),
    Remedy::new("aws_s3_object_copy", "acl", CANNED),
    Remedy::new("aws_*", "shared_accounts", Edit::Without("all")),
    Remedy { insert: true, ..Remedy::new(BLOCK, "restrict_public_buckets", Edit::Bool(true)) },
    Remedy { insert: true, ..Remedy::new(BLOCK, "ignore_public_acls", Edit::Bool(true)) },
];

impl Remedy {
    const fn new(resource_type: &'static str, attribute: &'static str, edit: Edit) -> Self {
        Self { resource_type, attribute, edit, insert: false }
    }

    /// Whether it is about that attribute.
    #[must_use]
    pub fn fits(&self, resource_type: &str, attribute: &str) -> bool {
        let type_fits = match self.resource_type.strip_suffix('*') {
            Some(start) => resource_type.starts_with(start),
            None => resource_type == self.resource_type,
        };
        type_fits && attribute == self.attribute
    }
}
