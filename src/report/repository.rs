//! Paths as a code host wants them: relative to the top of the repository, not to the working directory.
//!
//! Enters: a path as the report has it. Leaves: the same file as seen from the top, with `/` separators,
//! never absolute and never with `..`: an upload refuses what could name a file of the machine.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::source::{Sources, relative_to};

/// What a URI holds as it is (RFC 3986, "unreserved"), and the separator of folders.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The folder that stands for everything outside of the repository.
const OUTSIDE: &str = "outside";

/// The top of a checkout.
#[derive(Clone, Debug)]
pub struct Repository {
    top: PathBuf,
}

impl Repository {
    /// The checkout whose top is that folder (absolute, links resolved).
    #[must_use]
    pub fn new(top: PathBuf) -> Self {
        Self { top }
    }

    /// A path of the report as seen from the top. What lies outside, such as a plan in a temporary folder,
    /// gets a path that no file of the repository has.
    #[must_use]
    pub fn path(&self, sources: &Sources, shown: &str) -> String {
        if shown == "-" {
            return shown.to_owned();
        }
        let relative = relative_to(&sources.absolute(Path::new(shown)), &self.top);
        let mut parts = Vec::new();
        for part in relative.components() {
            match part {
                Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
                Component::ParentDir | Component::RootDir | Component::Prefix(_) if parts.is_empty() => {
                    parts.push(OUTSIDE.to_owned());
                }
                Component::ParentDir | Component::RootDir | Component::Prefix(_) | Component::CurDir => {}
            }
        }
        if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
    }

    /// The same as a relative URI.
    #[must_use]
    pub fn uri(&self, sources: &Sources, shown: &str) -> String {
        utf8_percent_encode(&self.path(sources, shown), PLAIN).to_string()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_top() {
        let sources = Sources::new(PathBuf::from("/repo/envs/prod"));
        let repository = Repository::new(PathBuf::from("/repo"));
        for (shown, expected) in [
            ("main.tf", "envs/prod/main.tf"),
            ("../../modules/a b/ä:1.tf", "modules/a%20b/%C3%A4%3A1.tf"),
            ("../..", "."),
            ("../../../elsewhere/plan.json", "outside/elsewhere/plan.json"),
            ("/tmp/plan.json", "outside/tmp/plan.json"),
            ("-", "-"),
        ] {
            assert_eq!(repository.uri(&sources, shown), expected, "{shown}");
        }
    }
}
