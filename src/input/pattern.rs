//! Patterns over addresses and folders, as settings hold them.

use std::fmt;

use crate::address::Name;

/// A text in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(Name);

impl Pattern {
    /// Takes the text as it is written; every text is a pattern.
    #[must_use]
    pub fn new(text: impl Into<Name>) -> Self {
        Self(text.into())
    }

    /// Whether it matches an address; `*` stands for any characters, dots and brackets included.
    #[must_use]
    pub fn matches_address(&self, address: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let address: Vec<char> = address.chars().collect();
        matches(&pattern, &address, |sign| *sign == '*', |sign, character| sign == character)
    }

    /// Whether it matches a folder or one above it: `*` stands for any characters within a name, `**` for any
    /// number of names. `.` is the folder that everything lies in.
    ///
    /// `folder` has `/` separators and is relative to what the pattern is relative to.
    #[must_use]
    pub fn matches_folder(&self, folder: &str) -> bool {
        let pattern = names(&self.0);
        let folder = names(folder);
        let name = |pattern: &&str, name: &&str| {
            let pattern: Vec<char> = pattern.chars().collect();
            let name: Vec<char> = name.chars().collect();
            matches(&pattern, &name, |sign| *sign == '*', |sign, character| sign == character)
        };
        let inside = folder.first().is_none_or(|first| *first != "..");
        (0..=folder.len()).any(|length| {
            let above = folder.get(..length).unwrap_or_default();
            // Everything lies in the folder itself, and what lies beside it matches nothing by `**`.
            inside && matches(&pattern, above, |part| *part == "**", name)
        })
    }

    /// Whether no `*` is in it.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !self.0.contains('*')
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names of a path; none for `.`.
fn names(path: &str) -> Vec<&str> {
    path.split('/').filter(|name| !name.is_empty() && *name != ".").collect()
}

/// Whether a sequence matches a pattern in which some parts stand for any number of elements.
///
/// Takes no more steps than the product of both lengths: it only ever goes back to the last such part.
fn matches<P, T>(pattern: &[P], text: &[T], any: impl Fn(&P) -> bool, same: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(read)) {
            (Some(part), _) if any(part) => {
                back = Some((at, read));
                at += 1;
            }
            (Some(part), Some(element)) if same(part, element) => {
                at += 1;
                read += 1;
            }
            (None, None) => return true,
            (_, None) => return false,
            (_, Some(_)) => match &mut back {
                Some((star, taken)) => {
                    *taken += 1;
                    (at, read) = (*star + 1, *taken);
                }
                None => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn addresses() {
        for (pattern, address, expected) in [
            ("aws_s3_bucket.site", "aws_s3_bucket.site", true),
            ("aws_s3_bucket.site", "aws_s3_bucket.sites", false),
            ("aws_s3_bucket.site", "module.a.aws_s3_bucket.site", false),
            ("module.a.*", "module.a.aws_s3_bucket.site", true),
            ("module.a.*", "module.ab.aws_s3_bucket.site", false),
            ("aws_s3_bucket.this[*]", "aws_s3_bucket.this[0]", true),
            ("aws_s3_bucket.this[*]", "aws_s3_bucket.this[\"eu\"]", true),
            ("aws_s3_bucket.this[0]", "aws_s3_bucket.this[*]", false),
            ("*.site", "aws_s3_bucket.site", true),
            ("*s3*site*", "aws_s3_bucket.site", true),
            ("", "aws_s3_bucket.site", false),
            ("*", "aws_s3_bucket.site", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches_address(address), expected, "{pattern} {address}");
        }
    }

    #[test]
    fn folders() {
        for (pattern, folder, expected) in [
            ("examples", "examples", true),
            ("examples/", "examples/a/b", true),
            ("./examples", "examples/a", true),
            ("examples", "infra/examples", false),
            ("**/examples", "infra/examples/a", true),
            ("**/examples", "examples", true),
            ("envs/*", "envs/prod", true),
            ("envs/*", "envs", false),
            ("envs/p*", "envs/prod", true),
            ("envs/p*", "envs/dev", false),
            (".", "envs", true),
            (".", ".", true),
            (".", "../other", false),
            ("**", "../other", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches_folder(folder), expected, "{pattern} {folder}");
        }
    }

    #[test]
    fn many_stars_take_no_long_time() {
        let pattern = Pattern::new("*a".repeat(2_000));
        assert!(!pattern.matches_address(&format!("{}b", "a".repeat(4_000))));
    }
}
