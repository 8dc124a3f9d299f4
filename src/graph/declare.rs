//! What a store file declares: which resources are stores, and what acts on them through which attributes.

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
