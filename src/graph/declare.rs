//! What a store file declares: which resources are stores, and what acts on them through which attributes.

use super::Graph;
use super::Join;
use crate::model::{Copied, Instance};

/// The declarative part of a store file: which resources are stores, and what acts on them through which
/// attributes.
#[derive(Debug)]
pub struct Family {
    /// What its stores are.
    pub kind: Kind,
    /// How loud.
    pub tier: Tier,
    /// The resource types of its stores.
    pub stores: &'static [&'static str],
    /// The attributes under which others refer to its stores.
    pub names: &'static [&'static str],
    /// What acts on them.
    pub relations: &'static [Relation],
    /// What absent attributes mean.
    pub fallbacks: &'static [Fallback],
    /// What a delete leaves in force.
    pub outlives: &'static [Outlives],
    /// Attributes that mirror what others set.
    pub copies: &'static [Copied],
    /// Further types that are followed through: subnets, route tables, roles.
    pub follows: &'static [&'static str],
    /// The same, followed only from what refers to them.
    pub refers: &'static [&'static str],
}

/// How a type is tied to a store.
#[derive(Debug)]
pub struct Relation {
    /// The acting type.
    pub resource_type: &'static str,
    /// How it finds its store.
    pub by: By,
    /// Whether it opens something, so that it stands as a store of its own when its store is not in the
    /// input.
    pub opens: bool,
    /// Whether it acts through something that is in the input, and is no store of its own for that.
    pub owned: Option<Owned>,
}

/// Whether what an actor acts through is in the input.
pub type Owned = fn(&Graph<'_>, actor: &Instance) -> bool;

/// How an actor finds its store.
#[derive(Clone, Copy)]
pub enum By {
    /// This attribute of the actor holds one of the store's names. Dots lead through blocks:
    /// `details.region.bucket`.
    Attribute(&'static str),
    /// This attribute of the *store* holds the actor's id or name.
    Back(&'static str),
    /// It acts on everything in a scope: the same account, project, region.
    Scope(Same),
}

impl std::fmt::Debug for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Attribute(attribute) => write!(f, "Attribute({attribute})"),
            Self::Back(attribute) => write!(f, "Back({attribute})"),
            Self::Scope(_) => f.write_str("Scope"),
        }
    }
}

/// Whether an actor's scope holds a store, `None` when it does not; comes from `access`, since graph knows
/// no cloud.
pub type Same = fn(&Graph<'_>, actor: &Instance, store: &Instance) -> Option<Join>;

impl Relation {
    /// An actor that opens, tied by an attribute.
    #[must_use]
    pub const fn opener(resource_type: &'static str, attribute: &'static str) -> Self {
        Self { resource_type, by: By::Attribute(attribute), opens: true, owned: None }
    }

    /// The same, but no store of its own where it acts through something that is in the input.
    #[must_use]
    pub const fn unless(self, owned: Owned) -> Self {
        Self { owned: Some(owned), ..self }
    }

    /// An actor that only closes or describes, tied by an attribute.
    #[must_use]
    pub const fn closer(resource_type: &'static str, attribute: &'static str) -> Self {
        Self { resource_type, by: By::Attribute(attribute), opens: false, owned: None }
    }

    /// An actor that closes or describes everything in a scope.
    #[must_use]
    pub const fn scope(resource_type: &'static str, same: Same) -> Self {
        Self { resource_type, by: By::Scope(same), opens: false, owned: None }
    }

    /// An actor that the store names.
    #[must_use]
    pub const fn named_by(resource_type: &'static str, attribute: &'static str) -> Self {
        Self { resource_type, by: By::Back(attribute), opens: false, owned: None }
    }
}

/// What an absent attribute means, with where that is written.
#[derive(Debug)]
pub struct Fallback {
    /// The type.
    pub resource_type: &'static str,
    /// The attribute; dots lead through blocks.
    pub attribute: &'static str,
    /// The value that absence stands for.
    pub value: Known,
    /// Where that is written.
    pub source: &'static str,
}

impl Fallback {
    /// What an attribute means when it is not written.
    #[must_use]
    pub const fn new(
        resource_type: &'static str,
        attribute: &'static str,
        value: Known,
        source: &'static str,
    ) -> Self {
        Self { resource_type, attribute, value, source }
    }
}

/// A type whose deletion leaves in force what it had set.
#[derive(Debug)]
pub struct Outlives {
    /// The type.
    pub resource_type: &'static str,
    /// The attribute that says so when it is true; `None`: always.
    pub when: Option<&'static str>,
}

impl Outlives {
    /// Whether an instance that is deleted goes on acting.
    #[must_use]
    pub fn holds_for(&self, instance: &Instance) -> bool {
        let says = |name: &str| instance.attributes.get(name).and_then(crate::value::Value::as_bool);
        self.resource_type == &*instance.address.resource_type
            && self.when.is_none_or(|name| says(name) == Some(true))
    }
}

/// A constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Not set to anything: null.
    Nothing,
    /// A bool.
    Bool(bool),
    /// A string.
    Text(&'static str),
    /// A whole number.
    Number(i64),
}

/// What a store is, in JSON and in rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Object storage.
    Bucket,
    /// An engine with a login of its own, or a managed table store.
    Database,
    /// A copy of a database or disk.
    Snapshot,
    /// A machine image.
    Image,
    /// A shared file system.
    FileSystem,
    /// An Azure storage account.
    StorageAccount,
    /// A block device.
    Disk,
    /// A backup vault.
    Backup,
    /// A queue.
    Queue,
    /// A topic.
    Topic,
    /// A stream of records.
    Stream,
    /// A key.
    Key,
    /// A secret.
    Secret,
    /// A registry of images or packages.
    Registry,
    /// A function.
    Function,
    /// A source-code repository.
    Repository,
    /// A search index.
    Search,
    /// A content delivery network.
    Cdn,
    /// A network service.
    Service,
    /// A grant on a whole project or account.
    IamGrant,
    /// Anything else.
    Other,
}

impl Kind {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Database => "database",
            Self::Snapshot => "snapshot",
            Self::Image => "image",
            Self::FileSystem => "file-system",
            Self::StorageAccount => "storage-account",
            Self::Disk => "disk",
            Self::Backup => "backup",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Stream => "stream",
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Registry => "registry",
            Self::Function => "function",
            Self::Repository => "repository",
            Self::Search => "search",
            Self::Cdn => "cdn",
            Self::Service => "service",
            Self::IamGrant => "iam-grant",
            Self::Other => "other",
        }
    }
}

/// Sets a rule's default level (`off` is one), nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Holds data by its nature.
    Core,
    /// May hold data, or opens a way to it.
    Extended,
}

impl Tier {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Extended => "extended",
        }
    }
}
