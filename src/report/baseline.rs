//! What was known before: a file of findings that are accepted as long as they get no worse.
//!
//! Enters: the text of a baseline, a finding. Leaves: whether the finding is known, and the text of a new
//! baseline. An entry names the rule, the root module, the plan or state, the address, who gets in to do what,
//! and the attributes that open the store; no line and no source file, so that it survives edits and moves of
//! code.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Change, Finding, Repository};
use crate::source::{Sources, relative_to};
use crate::verdict::{Audience, Effect, Verdict};

const SCHEMA_VERSION: u32 = 1;

/// A baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    schema_version: u32,
    findings: Vec<Entry>,
}

/// A finding that was known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The root module, relative to the top of the fence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The plan or state: one configuration has many, and what is open in one need not be in another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The store.
    pub address: String,
    /// The rule.
    pub rule: String,
    verdict: String,
    /// Letters by audience: what the ways in that are open give.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    access: BTreeMap<String, BTreeSet<String>>,
    /// Address and attribute of each fact that opens the store.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    opens: BTreeSet<String>,
}

impl Baseline {
    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// Returns why it is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let baseline: Self =
            serde_json::from_str(text).map_err(|error| format!("it is no baseline of tfward: {error}"))?;
        if baseline.schema_version == SCHEMA_VERSION {
            Ok(baseline)
        } else {
            Err(format!("its version is {}; this program reads {SCHEMA_VERSION}", baseline.schema_version))
        }
    }

    /// Makes a baseline of findings. Those that the settings or a comment accept, and those that a plan
    /// removes, are not in it.
    pub fn of<'f>(findings: impl Iterator<Item = &'f Finding>, sources: &Sources, top: &Path) -> Self {
        let counts = |finding: &&Finding| {
            let accepted = finding
                .suppressed
                .as_ref()
                .is_some_and(|suppressed| suppressed.means != crate::rules::suppress::Means::Baseline);
            !accepted && finding.change != Some(Change::Removed)
        };
        let entries: BTreeSet<Entry> =
            findings.filter(counts).map(|finding| Entry::of(finding, sources, top)).collect();
        Self { schema_version: SCHEMA_VERSION, findings: entries.into_iter().collect() }
    }

    /// Writes it, one way only for the same findings.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(io::Error::other)?;
        writeln!(out, "{}", super::escape::json(&text))
    }

    /// The entries.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.findings
    }

    /// The number of the entry that a finding is no worse than.
    #[must_use]
    pub fn knows(&self, finding: &Entry) -> Option<usize> {
        self.findings.iter().position(|known| known.covers(finding))
    }

    /// Whether it has an entry of the same store and rule, better or worse.
    #[must_use]
    pub fn has(&self, finding: &Entry) -> bool {
        self.findings.iter().any(|known| known.key() == finding.key())
    }
}

impl Entry {
    /// A finding as an entry; `top` (absolute, links resolved) is what root modules are relative to.
    #[must_use]
    pub fn of(finding: &Finding, sources: &Sources, top: &Path) -> Self {
        let store = &finding.store;
        let verdict = &store.assessment.verdict;
        let mut access: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut opens = BTreeSet::new();
        if matches!(verdict, Verdict::Public { .. }) {
            let open = |route: &&crate::verdict::Route| route.claim.truth().is_true();
            for route in store.assessment.routes.iter().filter(open) {
                let letters = route.access.letters().map(|letter| letter.name().to_owned());
                access.entry(route.audience.name().to_owned()).or_default().extend(letters);
            }
            let opening = store.because.iter().filter(|because| because.effect == Effect::Opens);
            opens.extend(opening.map(|because| {
                let attribute = because.attribute.to_string();
                match attribute.split(['.', '[']).next() {
                    None | Some("") => because.address.to_string(),
                    Some(attribute) => format!("{}.{attribute}", because.address),
                }
            }));
        }
        Self {
            root: store.root.as_ref().map(|root| relative(sources, root, top)),
            document: store
                .document
                .as_ref()
                .map(|document| Repository::new(top.to_path_buf()).path(sources, document)),
            address: store.address.to_string(),
            rule: finding.rule.name.to_owned(),
            verdict: match verdict {
                Verdict::Public { .. } => "public".to_owned(),
                Verdict::Private => "private".to_owned(),
                Verdict::Undetermined => "undetermined".to_owned(),
            },
            access,
            opens,
        }
    }

    /// What makes it an entry of the same store and rule.
    pub(super) fn key(&self) -> (&str, Option<&str>, Option<&str>, &str) {
        (&self.rule, self.root.as_deref(), self.document.as_deref(), &self.address)
    }

    /// Whether a finding is the same one and no worse: no wider audience, no further letter, no further
    /// opener, and not public where it was undetermined.
    fn covers(&self, now: &Self) -> bool {
        if self.key() != now.key() {
            return false;
        }
        if now.verdict != "public" {
            return true;
        }
        let rank = |name: &str| Audience::ALL.iter().position(|audience| audience.name() == name);
        self.verdict == "public"
            && now.opens.is_subset(&self.opens)
            && now.access.iter().all(|(audience, letters)| {
                let at_least = self.access.iter().filter(|(known, _)| {
                    rank(known).is_some_and(|known| rank(audience).is_some_and(|now| known <= now))
                });
                let known: Vec<&BTreeSet<String>> = at_least.map(|(_, letters)| letters).collect();
                !known.is_empty()
                    && letters.iter().all(|letter| known.iter().any(|letters| letters.contains(letter)))
            })
    }
}

/// A root module, as it is printed, relative to the top of the fence.
pub(super) fn relative(sources: &Sources, root: &str, top: &Path) -> String {
    let text = relative_to(&sources.absolute(Path::new(root)), top).to_string_lossy().replace('\\', "/");
    if text.is_empty() { ".".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        // RULE ADDRESS VERDICT AUDIENCE=LETTERS… OPENERS…
        let mut words = text.split(' ');
        let mut next = || words.next().unwrap().to_owned();
        let (rule, address, verdict) = (next(), next(), next());
        let (access, opens): (Vec<&str>, Vec<&str>) = words.partition(|word| word.contains('='));
        let access = access.into_iter().map(|word| {
            let (audience, letters) = word.split_once('=').unwrap();
            let letters = letters.split(',').filter(|letter| !letter.is_empty()).map(str::to_owned);
            (audience.to_owned(), letters.collect())
        });
        Entry {
            root: Some(".".to_owned()),
            document: None,
            address,
            rule,
            verdict,
            access: access.collect(),
            opens: opens.into_iter().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn what_is_no_worse_is_known() {
        let known = "r a public authenticated=read,list b.acl c.policy";
        for (now, expected) in [
            ("r a public authenticated=read,list b.acl c.policy", true),
            ("r a public authenticated=read b.acl", true),
            ("r a public network=read b.acl", true),
            ("r a public authenticated= b.acl", true),
            ("r a undetermined", true),
            ("r a public anonymous=read b.acl", false),
            ("r a public anonymous= b.acl", false),
            ("r a public authenticated=write b.acl", false),
            ("r a public authenticated=read d.policy", false),
            ("r b public authenticated=read b.acl", false),
            ("q a public authenticated=read b.acl", false),
        ] {
            assert_eq!(entry(known).covers(&entry(now)), expected, "{now}");
        }
        assert!(!entry("r a undetermined").covers(&entry("r a public anonymous=read b.acl")));
        let both = entry("r a public anonymous=list authenticated=read b.acl");
        assert!(both.covers(&entry("r a public anonymous=list authenticated=list,read b.acl")));
        assert!(!both.covers(&entry("r a public anonymous=read authenticated=read b.acl")));
    }

    #[test]
    fn it_reads_what_it_writes() {
        let entries = vec![entry("r a public anonymous=read b.acl"), entry("r b undetermined")];
        let baseline = Baseline { schema_version: 1, findings: entries };
        let mut text = Vec::new();
        baseline.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(Baseline::read(&text), Ok(baseline));
        assert!(Baseline::read("{}").unwrap_err().starts_with("it is no baseline of tfward"));
        assert_eq!(
            Baseline::read("{\"schema_version\": 2, \"findings\": []}").unwrap_err(),
            "its version is 2; this program reads 1"
        );
    }
}
