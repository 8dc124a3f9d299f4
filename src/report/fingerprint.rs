//! What makes a finding the same one in the next run: its rule, its store and what opens it, never a line.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Finding, Repository};
use crate::source::Sources;
use crate::verdict::{Effect, Verdict};

/// The name and version of how [`of`] is made; another way of making it gets another number.
pub const NAME: &str = "tfward/v1";

/// The identity of a finding, as 64 hexadecimal digits.
///
/// Made from the rule, the root module, the plan or state, the address, the verdict, and the address and
/// attribute of each fact that opens the store or is not known. It survives edits above the store, moves to another file and
/// new words in a message; a further opener makes it another finding.
#[must_use]
pub fn of(finding: &Finding, sources: &Sources, repository: &Repository) -> String {
    let store = &finding.store;
    let mut openers: Vec<String> = store
        .because
        .iter()
        .filter(|because| matches!(because.effect, Effect::Opens | Effect::Unknown))
        .map(|because| format!("{}\0{}\0{}", because.effect.name(), because.address, because.attribute))
        .collect();
    openers.sort();
    openers.dedup();
    let verdict = match store.assessment.verdict {
        Verdict::Public { .. } => "public",
        Verdict::Private => "private",
        Verdict::Undetermined => "undetermined",
    };
    let root = store.root.as_ref().map(|root| repository.path(sources, root)).unwrap_or_default();
    let mut parts = vec![finding.rule.name.to_owned(), root, store.address.to_string(), verdict.to_owned()];
    // Stores of two plans of one configuration are told apart by the plan's file.
    parts.extend(store.document.as_ref().map(|document| repository.path(sources, document)));
    parts.extend(openers);
    let digest = Sha256::digest(parts.join("\0\0").as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
