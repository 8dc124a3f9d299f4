//! What to check, and with which settings.
//!
//! Enters: the paths of the command line. Leaves: [`Input`], a root module or a document, and the values and
//! the workspace that a root is evaluated with. Knows which files are configuration, not what stands in
//! them: who searches a directory is handed the local calls. Must never import values or evaluation.

pub mod pattern;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::address::Name;
use crate::source::{ConfigurationName, Diagnostic, Fence, LARGEST_FILE, ReadError, Sources};

/// How many files and folders a search looks at.
pub const MOST_ENTRIES: usize = 200_000;

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A root module.
    Root(RootModule),
    /// JSON from `terraform show -json`.
    Document(DocumentPlace),
}

/// A folder that is checked as a root module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootModule {
    /// The folder, absolute and clean.
    pub folder: PathBuf,
    /// What its configuration may read.
    pub fence: Fence,
}

/// Where a plan or state is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentPlace {
    /// A file, absolute.
    File(PathBuf),
    /// Standard input.
    StandardInput,
}

/// What was found under one path.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// Sorted by folder; at least one unless a diagnostic says why not.
    pub inputs: Vec<Input>,
    /// Folders that have values of their own and are modules only, since another folder calls them.
    pub called: Vec<Called>,
    /// What could not be searched.
    pub diagnostics: Vec<Diagnostic>,
}

/// A folder that looks like a root module and is called as a module: Terraform reads values for roots only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The folder, absolute and clean.
    pub folder: PathBuf,
    /// The name of a file with values in it.
    pub values: String,
    /// The first folder that calls it.
    pub by: PathBuf,
}

/// Why there is nothing to check under a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoverError {
    /// The path does not exist or cannot be looked at.
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(String, String),
    /// No configuration in it.
    #[error("nothing to check under `{0}`: it holds no `.tf`, `.tf.json`, `.tofu` or `.tofu.json` file")]
    Nothing(String),
}

/// The local module calls of a folder: folders, absolute and clean.
pub type LocalCalls<'c> = dyn FnMut(&Path, &Fence) -> Vec<PathBuf> + 'c;

/// Finds what to check under a path of the command line.
///
/// A directory is searched for root modules: directories that hold configuration and that no other directory
/// in the search calls. Directories that only call each other in a circle are not lost: the first of them by
/// name is a root. A configuration file stands for its directory, called or not; any other file is a
/// document.
///
/// # Errors
/// Returns why there is nothing to check; the other paths of the command line go on.
pub fn discover(
    path: &Path,
    sources: &Sources,
    local_calls: &mut LocalCalls<'_>,
) -> Result<Discovery, DiscoverError> {
    let one = |input| Ok(Discovery { inputs: vec![input], ..Discovery::default() });
    if path == Path::new("-") {
        return one(Input::Document(DocumentPlace::StandardInput));
    }
    let absolute = sources.absolute(path);
    let shown = sources.shown(path);
    let metadata =
        absolute.metadata().map_err(|error| DiscoverError::Unreadable(shown.clone(), error.to_string()))?;
    if metadata.is_dir() {
        let fence = Fence::around(&absolute, sources.working_directory());
        let discovery = search(&absolute, sources, &fence, MOST_ENTRIES, local_calls);
        let is_empty = discovery.inputs.is_empty() && discovery.diagnostics.is_empty();
        return if is_empty { Err(DiscoverError::Nothing(shown)) } else { Ok(discovery) };
    }
    let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match (ConfigurationName::read(&name), absolute.parent()) {
        (Some(_), Some(folder)) => {
            let fence = Fence::around(folder, sources.working_directory());
            one(Input::Root(RootModule { folder: folder.to_path_buf(), fence }))
        }
        _ => one(Input::Document(DocumentPlace::File(absolute))),
    }
}

/// Searches a directory for root modules.
fn search(
    top: &Path,
    sources: &Sources,
    fence: &Fence,
    limit: usize,
    local_calls: &mut LocalCalls<'_>,
) -> Discovery {
    let mut walk = Walk::new(sources, fence, limit);
    walk.run(top);
    let Walk { configured, valued, diagnostics, .. } = walk;
    let mut calls: BTreeMap<&Path, BTreeSet<PathBuf>> = BTreeMap::new();
    for (resolved, folder) in &configured {
        let called = local_calls(folder, fence).into_iter().filter_map(|called| called.canonicalize().ok());
        calls.insert(resolved, called.filter(|called| called != resolved).collect());
    }
    let called: BTreeSet<&PathBuf> = calls.values().flatten().collect();
    let mut roots: BTreeSet<&Path> = BTreeSet::new();
    let mut reached: BTreeSet<&Path> = BTreeSet::new();
    let uncalled = configured.keys().filter(|folder| !called.contains(folder));
    for folder in uncalled.chain(configured.keys()) {
        if reached.contains(folder.as_path()) {
            continue;
        }
        roots.insert(folder);
        let mut open: Vec<&Path> = vec![folder];
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(calls.get(next).into_iter().flatten().map(PathBuf::as_path));
            }
        }
    }
    let mut folders: Vec<&PathBuf> = roots.iter().filter_map(|root| configured.get(*root)).collect();
    folders.sort();
    let inputs = folders
        .into_iter()
        .map(|folder| Input::Root(RootModule { folder: folder.clone(), fence: fence.clone() }));
    let called = valued.into_iter().filter(|(folder, _)| !roots.contains(folder.as_path()));
    let called = called.filter_map(|(folder, values)| {
        let by = calls.iter().find(|(_, called)| called.contains(&folder)).map(|(by, _)| *by)?;
        let shown = |folder: &Path| configured.get(folder).cloned();
        Some(Called { folder: shown(&folder)?, values, by: shown(by)? })
    });
    Discovery { inputs: inputs.collect(), called: called.collect(), diagnostics }
}

/// Whether Terraform reads values of a root module from a file of that name without being told to.
fn holds_values(name: &str) -> bool {
    let name = name.strip_suffix(".json").unwrap_or(name);
    name == "terraform.tfvars" || name.strip_suffix(".auto.tfvars").is_some_and(|stem| !stem.is_empty())
}

/// A walk over folders.
struct Walk<'w> {
    sources: &'w Sources,
    fence: &'w Fence,
    limit: usize,
    entries: usize,
    /// Folders that were entered, links resolved.
    entered: BTreeSet<PathBuf>,
    /// Folders that hold configuration: links resolved, and as they were found.
    configured: BTreeMap<PathBuf, PathBuf>,
    /// Folders that hold values of a root module, links resolved, with the name of a file that does.
    valued: BTreeMap<PathBuf, String>,
    /// Links to folders, followed after everything else: a folder's own name comes first.
    links: Vec<PathBuf>,
    diagnostics: Vec<Diagnostic>,
}

impl<'w> Walk<'w> {
    fn new(sources: &'w Sources, fence: &'w Fence, limit: usize) -> Self {
        Self {
            sources,
            fence,
            limit,
            entries: 0,
            entered: BTreeSet::new(),
            configured: BTreeMap::new(),
            valued: BTreeMap::new(),
            links: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn run(&mut self, top: &Path) {
        let mut next = Some(top.to_path_buf());
        let mut first = true;
        while let Some(folder) = next {
            let inside = if first {
                folder.canonicalize().ok()
            } else {
                self.fence.resolve(&folder, "").ok().filter(|resolved| resolved.is_dir())
            };
            first = false;
            if inside.is_some_and(|resolved| !self.folder(&folder, &resolved)) {
                return;
            }
            self.links.sort_by(|a, b| b.cmp(a));
            next = self.links.pop();
        }
    }

    /// Walks a folder that lies at `resolved`; returns whether the search goes on.
    fn folder(&mut self, folder: &Path, resolved: &Path) -> bool {
        let mut walk = WalkDir::new(resolved).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            self.entries += 1;
            if self.entries > self.limit {
                let shown = self.sources.shown(folder);
                self.diagnostics.push(
                    Diagnostic::error(
                        format!("the search for root modules below `{shown}` was not finished"),
                        None,
                    )
                    .with_note(format!("it stops after {} files and folders", self.limit))
                    .with_note("help: name the root modules on the command line"),
                );
                return false;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map(|path| self.sources.shown(path)).unwrap_or_default();
                    let why = error.io_error().map(ToString::to_string).unwrap_or_default();
                    self.diagnostics
                        .push(Diagnostic::error(format!("`{path}` cannot be searched: {why}"), None));
                    continue;
                }
            };
            let name = entry.file_name().to_string_lossy();
            let kind = entry.file_type();
            let found = |path: &Path| match path.strip_prefix(resolved) {
                Ok(rest) if rest.as_os_str().is_empty() => folder.to_path_buf(),
                Ok(rest) => folder.join(rest),
                Err(_) => path.to_path_buf(),
            };
            if kind.is_dir() {
                let hidden = entry.depth() > 0 && matches!(&*name, ".terraform" | ".git");
                if hidden || !self.entered.insert(entry.path().to_path_buf()) {
                    walk.skip_current_dir();
                }
                continue;
            }
            let configuration = ConfigurationName::read(&name).is_some();
            if configuration && let Some(parent) = entry.path().parent() {
                self.configured.entry(parent.to_path_buf()).or_insert_with(|| found(parent));
            }
            if holds_values(&name)
                && let Some(parent) = entry.path().parent()
            {
                self.valued.entry(parent.to_path_buf()).or_insert_with(|| name.clone().into_owned());
            }
            if kind.is_symlink() && !configuration && !matches!(&*name, ".terraform" | ".git") {
                self.links.push(found(entry.path()));
            }
        }
        true
    }
}

/// The workspace that a root is evaluated in: `--workspace`, else `TF_WORKSPACE`, else what
/// `.terraform/environment` holds, else `default`.
///
/// `environment` is the value of `TF_WORKSPACE`; an empty one counts as absent.
pub fn workspace(
    sources: &Sources,
    root: &RootModule,
    option: Option<&str>,
    environment: Option<&str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Name {
    if let Some(name) = option.or(environment).filter(|name| !name.is_empty()) {
        return name.into();
    }
    let path = root.folder.join(".terraform/environment");
    let selected = match sources.read(&path, Some(&root.fence), LARGEST_FILE) {
        Ok(id) => sources.file(id).map(|file| Name::from(file.text.trim())),
        Err(ReadError::Missing(_)) => None,
        Err(error) => {
            diagnostics.push(Diagnostic::warning(error.to_string(), None));
            None
        }
    };
    selected.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".into())
}
