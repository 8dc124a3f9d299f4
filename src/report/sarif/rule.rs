//! Rules as SARIF describes them: texts from the rule's page, tags, and the score that GitHub sorts by.

use super::shape::{Configuration, Help, Message, Rule, RuleProperties};
use crate::rules::{self, Kind, Loudness, Tier};
use crate::verdict::Weight;

/// The most characters of a description (GitHub, "reportingDescriptor object").
const LONGEST_DESCRIPTION: usize = 1024;

/// What somebody without credentials can do to a public store of a kind at worst, as a CVSS 3.1 base score
/// (FIRST, specification, 7.1): 9.1 reads and changes (`AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N`), 7.5 reads
/// (`C:H/I:N`), 6.5 reads or changes a little (`C:L/I:L`), 5.3 learns a little (`C:L/I:N`).
const fn score(kind: Kind) -> &'static str {
    match kind {
        Kind::Bucket
        | Kind::Database
        | Kind::FileSystem
        | Kind::StorageAccount
        | Kind::Search
        | Kind::Service
        | Kind::IamGrant => "9.1",
        Kind::Snapshot
        | Kind::Image
        | Kind::Disk
        | Kind::Backup
        | Kind::Key
        | Kind::Secret
        | Kind::Registry
        | Kind::Repository
        | Kind::Other => "7.5",
        Kind::Queue | Kind::Topic | Kind::Stream | Kind::Function => "6.5",
        Kind::Cdn => "5.3",
    }
}

/// Describes a rule. The loudest level that it can have is its default; each result has its own.
pub(super) fn descriptor(rule: &'static rules::Rule) -> Rule {
    let kind = rule.kinds.first().copied().unwrap_or(Kind::Other);
    // A rule beside its kind's own, such as that for every address of a cloud, lets in fewer.
    let own = std::ptr::eq(rules::of_kind(kind), rule);
    let sentence = format!("Reports {}.", rule.summary);
    let page = rule.page.map_or_else(|| format!("# {}\n\n{sentence}\n", rule.name), str::to_owned);
    let full = rule.page.and_then(opening).unwrap_or_else(|| sentence.clone());
    Rule {
        id: rule.name,
        name: in_one_word(rule.name),
        short_description: Message { text: sentence },
        full_description: Message { text: full.chars().take(LONGEST_DESCRIPTION).collect() },
        help_uri: rules::repository().and_then(|repository| rule.page_address(repository)),
        help: Help { text: page.clone(), markdown: page },
        default_configuration: Configuration {
            enabled: rule.loudness != Loudness::Off,
            level: rule.public_level(Tier::Core, Weight::Full).map_or("warning", super::level),
        },
        properties: RuleProperties {
            tags: vec!["security", "terraform", "public-exposure", kind.name()],
            precision: "high",
            security_severity: if own { score(kind) } else { "6.5" },
        },
    }
}

/// The first paragraph below the title, on one line.
fn opening(page: &str) -> Option<String> {
    let paragraph = page.split("\n\n").nth(1)?.trim();
    (!paragraph.is_empty()).then(|| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `public-bucket` as `PublicBucket`.
fn in_one_word(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(characters)
        })
        .collect()
}
