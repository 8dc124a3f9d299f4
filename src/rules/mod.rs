//! The rules and their levels.
//!
//! Enters: the kind and tier of a store, and the weight of its widest way in. Leaves: the rule that a
//! finding stands under, and how loud it is. Must never import how a verdict came about: no claims, no
//! evidence, no resource types.

pub mod suppress;

use std::collections::BTreeMap;

pub use crate::graph::declare::{Kind, Tier};

use crate::input::settings::RuleLevel;
use crate::verdict::Weight;

/// The address of the repository that this binary was built from, when the build knows it: releases and the
/// action name it, else it is the package's own.
#[must_use]
pub fn repository() -> Option<&'static str> {
    let address = option_env!("TFWARD_REPOSITORY").unwrap_or(env!("CARGO_PKG_REPOSITORY"));
    Some(address.trim_end_matches('/')).filter(|address| !address.is_empty())
}

/// How loud a finding is, loudest first. A rule that is off has no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A core store is public.
    Error,
    /// An extended store is public, or nobody can say whether a core store is.
    Warning,
    /// Everything quieter.
    Info,
}

impl Level {
    /// As in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }

    /// One level lower; `info` is the lowest.
    #[must_use]
    pub const fn lower(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning | Self::Info => Self::Info,
        }
    }
}

/// Which level a rule has before settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loudness {
    /// The store's tier decides.
    Tier,
    /// As of a core store, whatever the tier.
    Core,
    /// No finding, and the store is not listed.
    Off,
}

/// A rule: what findings are reported under.
#[derive(Debug)]
pub struct Rule {
    /// What stands in brackets behind the level: `public-bucket`.
    pub name: &'static str,
    /// One line: what it reports.
    pub summary: &'static str,
    /// The Markdown page, once there is one.
    pub page: Option<&'static str>,
    /// Which kinds of stores it judges.
    pub kinds: &'static [Kind],
    /// Its level before settings.
    pub loudness: Loudness,
}

impl Rule {
    const fn new(name: &'static str, summary: &'static str, kinds: &'static [Kind]) -> Self {
        Self { name, summary, page: None, kinds, loudness: Loudness::Tier }
    }

    const fn with_page(self, page: &'static str) -> Self {
        Self { page: Some(page), ..self }
    }

    const fn with_loudness(self, loudness: Loudness) -> Self {
        Self { loudness, ..self }
    }

    /// Where its page can be read, in a repository of that address.
    #[must_use]
    pub fn page_address(&self, repository: &str) -> Option<String> {
        self.page.map(|_| format!("{repository}/blob/HEAD/src/rules/pages/{}.md", self.name))
    }

    /// The level of a public store's finding; `None`: the rule is off.
    #[must_use]
    pub const fn public_level(&self, tier: Tier, weight: Weight) -> Option<Level> {
        let level = match (self.loudness, tier) {
            (Loudness::Off, _) => return None,
            (Loudness::Core, _) | (Loudness::Tier, Tier::Core) => Level::Error,
            (Loudness::Tier, Tier::Extended) => Level::Warning,
        };
        Some(match weight {
            Weight::Full => level,
            Weight::OneLower => level.lower(),
            Weight::Info => Level::Info,
        })
    }

    /// The level of an undetermined store's finding; `None`: the rule is off.
    #[must_use]
    pub const fn undetermined_level(&self, tier: Tier) -> Option<Level> {
        match (self.loudness, tier) {
            (Loudness::Off, _) => None,
            (Loudness::Core | Loudness::Tier, Tier::Core) => Some(Level::Warning),
            (Loudness::Core | Loudness::Tier, Tier::Extended) => Some(Level::Info),
        }
    }
}

/// The levels of rules after settings; by default each rule's own.
///
/// A level that is set is that of a public core store; what is reported one level lower, undetermined stores
/// included, is one lower than it.
#[derive(Clone, Debug, Default)]
pub struct Levels(BTreeMap<&'static str, Option<Level>>);

impl Levels {
    /// Sets the level of a rule.
    pub fn set(&mut self, rule: &'static Rule, level: RuleLevel) {
        let level = match level {
            RuleLevel::Off => None,
            RuleLevel::Info => Some(Level::Info),
            RuleLevel::Warning => Some(Level::Warning),
            RuleLevel::Error => Some(Level::Error),
        };
        self.0.insert(rule.name, level);
    }

    /// Whether stores of a kind are listed: its rule is on, or was turned off by settings only.
    #[must_use]
    pub fn lists(&self, kind: Kind) -> bool {
        let rule = of_kind(kind);
        rule.loudness != Loudness::Off || self.0.get(rule.name).is_some_and(Option::is_some)
    }

    /// The level of a public store's finding; `None`: the rule is off.
    #[must_use]
    pub fn public(&self, rule: &Rule, tier: Tier, weight: Weight) -> Option<Level> {
        let Some(set) = self.0.get(rule.name) else { return rule.public_level(tier, weight) };
        Some(match (weight, (*set)?) {
            (Weight::Full, level) => level,
            (Weight::OneLower, level) => level.lower(),
            (Weight::Info, _) => Level::Info,
        })
    }

    /// The level of an undetermined store's finding; `None`: the rule is off.
    #[must_use]
    pub fn undetermined(&self, rule: &Rule, tier: Tier) -> Option<Level> {
        match self.0.get(rule.name) {
            None => rule.undetermined_level(tier),
            Some(set) => set.map(Level::lower),
        }
    }
}

/// Every rule. The first that has a kind is that kind's own; a route may name another.
pub static RULES: [Rule; 22] = [
    Rule::new("public-bucket", "object storage that outsiders can list, read or write", &[Kind::Bucket])
        .with_page(include_str!("pages/public-bucket.md")),
    Rule::new(
        "public-database",
        "a database that the internet can connect to, or whose data outsiders can reach",
        &[Kind::Database],
    )
    .with_page(include_str!("pages/public-database.md")),
    Rule::new(
        "public-snapshot",
        "a copy of a database or disk that any account can restore",
        &[Kind::Snapshot],
    )
    .with_page(include_str!("pages/public-snapshot.md")),
    Rule::new("public-image", "a machine image that any account can start", &[Kind::Image]),
    Rule::new("public-file-system", "a file system that outsiders can mount", &[Kind::FileSystem]),
    Rule::new(
        "public-storage-account",
        "a storage account whose data outsiders can reach",
        &[Kind::StorageAccount],
    ),
    Rule::new("public-disk", "a disk that outsiders can read or export", &[Kind::Disk]),
    Rule::new("public-backup", "backups that outsiders can read or restore", &[Kind::Backup]),
    Rule::new("public-queue", "a queue that outsiders can read from or write to", &[Kind::Queue]),
    Rule::new("public-topic", "a topic that outsiders can subscribe or publish to", &[Kind::Topic]),
    Rule::new("public-stream", "a stream that outsiders can read from or write to", &[Kind::Stream]),
    Rule::new("public-key", "a key that outsiders can use", &[Kind::Key]),
    Rule::new("public-secret", "a secret that outsiders can read", &[Kind::Secret]),
    Rule::new("public-registry", "a registry that outsiders can pull from or push to", &[Kind::Registry]),
    Rule::new("public-function", "a function that outsiders can call", &[Kind::Function]),
    Rule::new("public-repository", "source code that outsiders can read", &[Kind::Repository])
        .with_loudness(Loudness::Core),
    Rule::new("public-search", "a search index that outsiders can query or change", &[Kind::Search]),
    Rule::new("public-cdn", "a content delivery network that serves what is behind it", &[Kind::Cdn])
        .with_loudness(Loudness::Off),
    Rule::new("public-service", "a service that the internet can connect to", &[Kind::Service]),
    Rule::new(
        "public-iam-grant",
        "a grant to everyone on a whole project, folder or account",
        &[Kind::IamGrant],
    ),
    Rule::new("public-store", "any other store that outsiders can reach", &[Kind::Other]),
    Rule::new(
        "azure-services-open",
        "a firewall that lets in every address inside Azure, of any tenant",
        &[Kind::Database],
    ),
];

/// The rule of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The rule of a kind: what an undetermined store is reported under, and a public one whose widest way in
/// names no rule of its own.
#[must_use]
pub fn of_kind(kind: Kind) -> &'static Rule {
    let [.., other, _] = &RULES;
    RULES.iter().find(|rule| rule.kinds.contains(&kind)).unwrap_or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 21] = [
        Kind::Bucket,
        Kind::Database,
        Kind::Snapshot,
        Kind::Image,
        Kind::FileSystem,
        Kind::StorageAccount,
        Kind::Disk,
        Kind::Backup,
        Kind::Queue,
        Kind::Topic,
        Kind::Stream,
        Kind::Key,
        Kind::Secret,
        Kind::Registry,
        Kind::Function,
        Kind::Repository,
        Kind::Search,
        Kind::Cdn,
        Kind::Service,
        Kind::IamGrant,
        Kind::Other,
    ];

    #[test]
    fn every_kind_has_a_rule_and_names_are_unique() {
        for kind in KINDS {
            let expected = if kind == Kind::Other { "store" } else { kind.name() };
            assert_eq!(of_kind(kind).name, format!("public-{expected}"));
        }
        let names: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn levels_follow_tier_and_weight() {
        let levels = |name: &str, tier| {
            let rule = named(name).unwrap();
            [
                rule.public_level(tier, Weight::Full),
                rule.public_level(tier, Weight::OneLower),
                rule.undetermined_level(tier),
            ]
            .map(|level| level.map_or("off", Level::name))
        };
        assert_eq!(levels("public-bucket", Tier::Core), ["error", "warning", "warning"]);
        assert_eq!(levels("public-queue", Tier::Extended), ["warning", "info", "info"]);
        assert_eq!(levels("public-repository", Tier::Extended), ["error", "warning", "info"]);
        assert_eq!(levels("public-cdn", Tier::Extended), ["off", "off", "off"]);
    }

    #[test]
    fn settings_set_levels() {
        let of = |name: &str, level| {
            let rule = named(name).unwrap();
            let mut levels = Levels::default();
            levels.set(rule, level);
            let shown = [
                levels.public(rule, Tier::Core, Weight::Full),
                levels.public(rule, Tier::Core, Weight::OneLower),
                levels.public(rule, Tier::Core, Weight::Info),
                levels.undetermined(rule, Tier::Core),
            ]
            .map(|level| level.map_or("off", Level::name));
            (shown, levels.lists(rule.kinds[0]))
        };
        assert_eq!(of("public-bucket", RuleLevel::Error), (["error", "warning", "info", "warning"], true));
        assert_eq!(of("public-bucket", RuleLevel::Warning), (["warning", "info", "info", "info"], true));
        assert_eq!(of("public-bucket", RuleLevel::Off), (["off"; 4], true));
        assert_eq!(of("public-cdn", RuleLevel::Info), (["info"; 4], true));
        assert_eq!(of("public-cdn", RuleLevel::Off), (["off"; 4], false));
        assert!(!Levels::default().lists(Kind::Cdn));
    }

    #[test]
    fn every_page_has_its_parts() {
        for rule in &RULES {
            let Some(page) = rule.page else { continue };
            assert!(page.starts_with(&format!("# {}\n", rule.name)), "{}", rule.name);
            for part in
                ["\n## Why it matters\n", "\n## How to fix it\n", "```hcl rejected\n", "```hcl accepted\n"]
            {
                assert!(page.contains(part), "{} lacks {part:?}", rule.name);
            }
        }
    }
}
