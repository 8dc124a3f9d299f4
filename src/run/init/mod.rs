//! `tfward init`: starter files for a repository.
//!
//! Enters: a folder. Leaves: files that were not there before, and a line for each. A file that is there is
//! never touched; what it would have held is shown where people add it by hand.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Error, Surroundings, exit};
use crate::cli;
use crate::rules;
use crate::source::Fence;

/// One file, with `OWNER/tfward` and `REVISION` where the action and the hooks come from.
struct Starter {
    /// Below the folder, with `/`.
    path: &'static str,
    text: &'static str,
    /// What to do with the text when the file is there already.
    kept: Kept,
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy)]
enum Kept {
    /// It says all that it has to.
    Enough,
    /// The text is worth adding by hand, and is shown.
    Add,
    /// The text stands in a file that ships with tfward.
    AddFrom(&'static str),
}

static STARTERS: [Starter; 4] = [
    Starter { path: ".tfward.hcl", text: include_str!("settings.hcl"), kept: Kept::Enough },
    Starter { path: ".github/workflows/tfward.yml", text: include_str!("workflow.yml"), kept: Kept::Enough },
    Starter { path: ".pre-commit-config.yaml", text: include_str!("pre-commit.yaml"), kept: Kept::Add },
    Starter {
        path: ".vscode/tasks.json",
        text: include_str!("../../../editors/vscode/tasks.json"),
        kept: Kept::AddFrom("editors/vscode/tasks.json"),
    },
];

/// Writes the starter files that are not there yet.
pub(super) fn run(
    arguments: &cli::Init,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let here = &surroundings.working_directory;
    let folder = match &arguments.path {
        Some(path) => here.join(path),
        // GitHub and pre-commit read their files at the top of a repository only.
        None => Fence::around(here, here).top().to_path_buf(),
    };
    if !folder.is_dir() {
        return Err(Error::Usage(format!("`{}` is no directory", shown(&folder))));
    }
    let owner = arguments.repository.as_deref().or_else(|| rules::repository().and_then(name_of));
    let mut say = |line: &str| {
        writeln!(out, "{line}").map_err(|error| Error::Output("standard output".to_owned(), error))
    };
    if folder.canonicalize().ok().as_ref() != Some(here) {
        say(&format!("in {}:", shown(&folder)))?;
    }
    let mut needs_owner = false;
    for starter in &STARTERS {
        let text = filled(starter.text, owner);
        match write_new(&folder, starter.path, &text, arguments.dry_run)
            .map_err(|error| Error::Output(shown(&folder.join(starter.path)), error))?
        {
            Written::Yes => {
                needs_owner |= text.contains("OWNER/");
                say(&format!(
                    "{} {}",
                    if arguments.dry_run { "would write" } else { "wrote" },
                    starter.path
                ))?;
            }
            Written::Kept => {
                say(&format!("kept {}, which is there already", starter.path))?;
                match starter.kept {
                    Kept::Enough => {}
                    Kept::Add | Kept::AddFrom(_) if says_tfward(&folder.join(starter.path)) => {}
                    Kept::Add => {
                        needs_owner |= text.contains("OWNER/");
                        say("  to add by hand:")?;
                        for line in text.lines() {
                            say(&format!("    {line}"))?;
                        }
                    }
                    Kept::AddFrom(file) => say(&format!("  its task is in `{file}` of tfward"))?,
                }
            }
        }
    }
    if needs_owner {
        say("replace OWNER by the account that tfward comes from, or give --repository OWNER/NAME")?;
    }
    Ok(exit::CLEAN)
}

/// Whether a file was made.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Yes,
    Kept,
}

/// Makes one file, unless something of that name is there, be it a link that leads nowhere.
fn write_new(folder: &Path, path: &str, text: &str, dry_run: bool) -> io::Result<Written> {
    let mut file = folder.to_path_buf();
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        file.push(step);
        match file.symlink_metadata() {
            // A folder that is a link could lead out of the repository.
            Ok(found) if steps.peek().is_some() && !found.is_dir() => {
                let message = format!("`{}` is no directory of its own", shown(&file));
                return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
            }
            Ok(_) if steps.peek().is_some() => {}
            Ok(_) => return Ok(Written::Kept),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    if dry_run {
        return Ok(Written::Yes);
    }
    let above: PathBuf = file.parent().unwrap_or(folder).to_path_buf();
    std::fs::create_dir_all(above)?;
    match OpenOptions::new().write(true).create_new(true).open(&file) {
        Ok(mut made) => made.write_all(text.as_bytes()).map(|()| Written::Yes),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Written::Kept),
        Err(error) => Err(error),
    }
}

/// Whether a file that is there speaks of tfward already; one that cannot be read does not.
#[allow(clippy::disallowed_methods, reason = "a file beside the configuration, of which nothing is shown")]
fn says_tfward(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| text.contains("tfward"))
}

/// A starter text with its placeholders filled, as far as they are known.
fn filled(text: &str, owner: Option<&str>) -> String {
    let text = text.replace("REVISION", concat!("v", env!("CARGO_PKG_VERSION")));
    match owner {
        Some(owner) => text.replace("OWNER/tfward", owner),
        None => text,
    }
}

/// `OWNER/NAME` of an address on GitHub.
fn name_of(address: &str) -> Option<&str> {
    let name = address.strip_prefix("https://github.com/")?;
    Some(name.trim_end_matches('/').trim_end_matches(".git")).filter(|name| !name.is_empty())
}

fn shown(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_addresses() {
        for (address, expected) in [
            ("https://github.com/acme/tfward", Some("acme/tfward")),
            ("https://github.com/acme/tfward.git", Some("acme/tfward")),
            ("https://github.com/acme/tfward/", Some("acme/tfward")),
            ("https://example.com/acme/tfward", None),
            ("", None),
        ] {
            assert_eq!(name_of(address), expected, "{address}");
        }
    }

    #[test]
    fn placeholders_are_filled() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(filled("uses: OWNER/tfward@REVISION", Some("a/b")), format!("uses: a/b@v{version}"));
        assert_eq!(filled("uses: OWNER/tfward@REVISION", None), format!("uses: OWNER/tfward@v{version}"));
    }
}
