//! The module tree: where each module call of a root leads.
//!
//! Enters: the folder of a root module and its fence. Leaves: [`Root`]. Local sources are folders relative to
//! the calling module; all others are found where `terraform init` put them, through
//! `.terraform/modules/modules.json`. Nothing is downloaded. Source: language.md 1, 6, 13.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::declare::source_address;
use super::{Call, Child, Module, Node, Root};
use super::{folder, references};
use crate::address::Name;
use crate::source::{Diagnostic, Fence, LARGEST_FILE, ReadError, Sources, Span, clean};
use crate::syntax::{ExprKind, native};

/// How deep module calls may nest.
pub const DEEPEST_CALL: usize = 50;
/// How many module calls a root may have, calls of calls included.
pub const MOST_CALLS: usize = 10_000;

const INIT: &str = "help: run `terraform init` (or `tofu init`) before the check";

/// Reads modules, each folder once, whoever calls it.
#[derive(Debug)]
pub struct Loader<'s> {
    sources: &'s Sources,
    /// By folder (absolute) and top of the fence.
    modules: BTreeMap<(PathBuf, PathBuf), Result<Arc<Module>, ReadError>>,
}

impl<'s> Loader<'s> {
    /// Starts with nothing read.
    #[must_use]
    pub fn new(sources: &'s Sources) -> Self {
        Self { sources, modules: BTreeMap::new() }
    }

    /// Reads the module in a folder; its diagnostics stand in it.
    ///
    /// # Errors
    /// Returns why the folder cannot be listed. A folder without configuration is a module without files.
    pub fn module(&mut self, folder: &Path, fence: &Fence) -> Result<Arc<Module>, ReadError> {
        let key = (self.sources.absolute(folder), fence.top().to_path_buf());
        if let Some(known) = self.modules.get(&key) {
            return known.clone();
        }
        let read = folder::read(self.sources, &key.0, fence).map(Arc::new);
        self.modules.insert(key, read.clone());
        read
    }

    /// The folders, absolute and clean, that a folder calls as local modules. Empty when it cannot be read.
    pub fn local_calls(&mut self, folder: &Path, fence: &Fence) -> Vec<PathBuf> {
        let Ok(module) = self.module(folder, fence) else { return Vec::new() };
        let sources = module.calls.values().filter_map(|call| call.source.as_ref());
        sources
            .filter(|(source, _)| is_local(source))
            .map(|(source, _)| clean(&module.directory.join(&**source)))
            .collect()
    }

    /// Reads a root module and everything that it calls.
    ///
    /// Never fails: a call that leads nowhere is [`Child::Missing`] with an error diagnostic.
    pub fn load_root(&mut self, folder: &Path, fence: &Fence) -> Root {
        let folder = self.sources.absolute(folder);
        let mut diagnostics = Vec::new();
        let module = self.module(&folder, fence).unwrap_or_else(|error| {
            diagnostics
                .push(Diagnostic::error("Unreadable module directory", None).with_note(error.to_string()));
            Arc::new(Module { directory: folder.clone(), ..Module::default() })
        });
        let (manifest, unreadable) = Manifest::read(self.sources, &folder, fence, &mut diagnostics);
        let mut tree = Tree {
            folder: folder.clone(),
            fence,
            manifest,
            unreadable,
            calls: 0,
            seen: BTreeSet::new(),
            diagnostics,
            loader: self,
        };
        let mut place =
            Place { path: PathBuf::from("."), key: String::new(), above: vec![resolved(&folder)] };
        let node = tree.node(module, &mut place);
        let mut diagnostics = tree.diagnostics;
        let locked = locked(self.sources, &folder, fence, &mut diagnostics);
        // A module that is called twice says the same twice.
        let mut told = BTreeSet::new();
        diagnostics.retain(|diagnostic| told.insert(diagnostic.clone()));
        Root { node: Arc::new(node), locked, diagnostics }
    }
}

/// Whether a source is a folder relative to the calling module.
fn is_local(source: &str) -> bool {
    source == "." || source == ".." || source.starts_with("./") || source.starts_with("../")
}

fn resolved(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())
}

/// What is shared while the tree of one root grows.
struct Tree<'t, 's> {
    loader: &'t mut Loader<'s>,
    folder: PathBuf,
    fence: &'t Fence,
    manifest: BTreeMap<String, Installed>,
    unreadable: bool,
    calls: usize,
    /// Modules whose diagnostics were taken over.
    seen: BTreeSet<PathBuf>,
    diagnostics: Vec<Diagnostic>,
}

/// Where in the tree a module stands.
struct Place {
    /// `path.module`
    path: PathBuf,
    /// The call path with dots, as in `modules.json`; empty for the root.
    key: String,
    /// The folders from the root to this one, links resolved.
    above: Vec<PathBuf>,
}

impl Tree<'_, '_> {
    fn node(&mut self, module: Arc<Module>, place: &mut Place) -> Node {
        let mut children = BTreeMap::new();
        for call in module.calls.values() {
            let child = match self.child(&module, call, place) {
                Ok(node) => Child::Found(Arc::new(node)),
                Err(diagnostic) => {
                    self.diagnostics.extend(diagnostic.map(|diagnostic| *diagnostic));
                    Child::Missing
                }
            };
            children.insert(call.name.clone(), child);
        }
        if self.seen.insert(module.directory.clone()) {
            self.diagnostics.extend(module.diagnostics.iter().cloned());
            self.diagnostics.extend(references::check(&module, &children, place.key.is_empty()));
        }
        Node { path: shown(&place.path), module, children }
    }

    /// Follows a call. The error is `None` where it was reported before.
    fn child(
        &mut self,
        module: &Module,
        call: &Call,
        place: &mut Place,
    ) -> Result<Node, Option<Box<Diagnostic>>> {
        let span = call.source.as_ref().map_or(call.header, |(_, span)| *span);
        let error = |message: &str, note: String| {
            Some(Box::new(Diagnostic::error(message, Some(span)).with_note(note)))
        };
        self.calls += 1;
        if self.calls > MOST_CALLS {
            let note = format!("no more than {MOST_CALLS} module calls are followed below one root module");
            return Err((self.calls == MOST_CALLS + 1)
                .then(|| error("Too many module calls", note))
                .flatten());
        }
        if place.above.len() > DEEPEST_CALL {
            let note = format!("module calls are followed {DEEPEST_CALL} levels deep");
            return Err(error("Module calls nested too deeply", note));
        }
        let key = match &*place.key {
            "" => call.name.to_string(),
            above => format!("{above}.{}", call.name),
        };
        let (folder, path) = self.target(module, call, &key, &place.path, span).map_err(Some)?;
        let is_local = call.source.as_ref().is_some_and(|(source, _)| is_local(source));
        let above = self.place_above(&folder);
        let unreadable = |why: &ReadError| {
            let mut diagnostic = error("Unreadable module directory", why.to_string())?;
            if !is_local {
                diagnostic.notes.push(INIT.to_owned());
            } else if matches!(why, ReadError::Outside(_)) {
                diagnostic.notes.extend(above.clone());
            }
            Some(diagnostic)
        };
        let resolved = self
            .fence
            .resolve(&folder, &self.loader.sources.shown(&folder))
            .map_err(|why| unreadable(&why))?;
        if place.above.contains(&resolved) {
            let note = format!("`{}` calls itself, directly or through others", shown(&path));
            return Err(error("Module calls itself", note));
        }
        let child = self.loader.module(&folder, self.fence).map_err(|why| unreadable(&why))?;
        if child.files.is_empty() {
            let note = format!("`{}` holds no configuration files", self.loader.sources.shown(&folder));
            return Err(error("Module directory is empty", note));
        }
        let mut inner = Place { path, key, above: std::mem::take(&mut place.above) };
        inner.above.push(resolved);
        let node = self.node(child, &mut inner);
        inner.above.pop();
        place.above = inner.above;
        Ok(node)
    }

    /// What to do about a module outside of the fence, unless that is a working tree of git.
    fn place_above(&self, folder: &Path) -> Option<String> {
        if self.fence.is_tree() {
            return None;
        }
        let above = self.fence.top().ancestors().find(|above| folder.starts_with(above))?;
        let above = self.loader.sources.shown(above);
        Some(format!(
            "help: run the check from `{above}`, which holds both; below a `.git` any folder will do"
        ))
    }

    /// The folder that a call leads to, absolute, and as `path.module` has it.
    fn target(
        &mut self,
        module: &Module,
        call: &Call,
        key: &str,
        above: &Path,
        span: Span,
    ) -> Result<(PathBuf, PathBuf), Box<Diagnostic>> {
        let source = call.source.as_ref().map(|(source, _)| &**source);
        if let Some(source) = source.filter(|source| is_local(source)) {
            return Ok((clean(&module.directory.join(source)), clean(&above.join(source))));
        }
        let Some(installed) = self.manifest.get(key) else {
            let note = match source {
                Some(source) if self.unreadable => {
                    format!("`{source}` cannot be found: `.terraform/modules/modules.json` cannot be read")
                }
                Some(source) => format!("`{source}` is not in `.terraform/modules/modules.json`"),
                None => "its `source` is not a plain string".to_owned(),
            };
            return Err(Box::new(
                Diagnostic::error("Module not installed", Some(span)).with_note(note).with_note(INIT),
            ));
        };
        if let Some(source) = source
            && comparable(source) != comparable(&installed.source)
        {
            self.diagnostics.push(
                Diagnostic::warning("Module source has changed", Some(span))
                    .with_note(format!(
                        "the installed module comes from `{}`; it is checked as it is",
                        installed.source
                    ))
                    .with_note(INIT),
            );
        }
        Ok((clean(&self.folder.join(&installed.directory)), clean(Path::new(&installed.directory))))
    }
}

fn shown(path: &Path) -> Name {
    let text = path.to_string_lossy().replace('\\', "/");
    if text.is_empty() { ".".into() } else { text.into() }
}

/// A source without what Terraform adds or leaves out when it writes it to `modules.json`: the host of the
/// public registry, `git::`, the protocol, and `.git` behind the repository.
fn comparable(source: &str) -> String {
    let (source, query) = source.split_once('?').unwrap_or((source, ""));
    let mut source = source;
    for prefix in
        ["git::", "https://", "http://", "ssh://", "git@", "registry.terraform.io/", "registry.opentofu.org/"]
    {
        source = source.strip_prefix(prefix).unwrap_or(source);
    }
    let (repository, subfolder) = source.split_once("//").unwrap_or((source, ""));
    let repository = repository.trim_end_matches('/').trim_end_matches(".git").replacen(':', "/", 1);
    format!("{repository}//{}?{query}", subfolder.trim_matches('/'))
}

/// `.terraform/modules/modules.json`.
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules", default)]
    modules: Vec<Installed>,
}

/// One installed module.
#[derive(Deserialize)]
struct Installed {
    /// The call path with dots.
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Source", default)]
    source: String,
    /// Relative to the root module.
    #[serde(rename = "Dir", default)]
    directory: String,
}

impl Manifest {
    /// The entries by key, and whether the file is there but cannot be read.
    fn read(
        sources: &Sources,
        root: &Path,
        fence: &Fence,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> (BTreeMap<String, Installed>, bool) {
        let path = root.join(".terraform/modules/modules.json");
        let id = match sources.read(&path, Some(fence), LARGEST_FILE) {
            Ok(id) => id,
            Err(ReadError::Missing(_)) => return (BTreeMap::new(), false),
            Err(error) => {
                diagnostics.push(Diagnostic::warning(error.to_string(), None));
                return (BTreeMap::new(), true);
            }
        };
        let text = sources.file(id).map_or_else(|| "".into(), |file| file.text.clone());
        match serde_json::from_str::<Self>(text.trim_start()) {
            Ok(manifest) => {
                (manifest.modules.into_iter().map(|entry| (entry.key.clone(), entry)).collect(), false)
            }
            Err(error) => {
                let span = Span { file: id, start: 0, end: 0 };
                diagnostics.push(
                    Diagnostic::warning("Module manifest cannot be read", Some(span))
                        .with_note(error.to_string()),
                );
                (BTreeMap::new(), true)
            }
        }
    }
}

/// The versions in `.terraform.lock.hcl`, by provider.
fn locked(
    sources: &Sources,
    root: &Path,
    fence: &Fence,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<Name, Name> {
    let id = match sources.read(&root.join(".terraform.lock.hcl"), Some(fence), LARGEST_FILE) {
        Ok(id) => id,
        Err(ReadError::Missing(_)) => return BTreeMap::new(),
        Err(error) => {
            diagnostics.push(Diagnostic::warning(error.to_string(), None));
            return BTreeMap::new();
        }
    };
    let Some(source) = sources.file(id) else { return BTreeMap::new() };
    let file = native::parse_file(id, &source);
    if !file.lost.is_empty() {
        let span = Span { file: id, start: 0, end: 0 };
        diagnostics.push(
            Diagnostic::warning("Dependency lock file cannot be read in full", Some(span))
                .with_note("provider versions are taken from `required_providers` where they are missing"),
        );
    }
    let version = |body: &crate::syntax::Body| match &*body.attribute("version")?.value.kind {
        ExprKind::String(version) => Some(version.clone()),
        _ => None,
    };
    file.body
        .blocks_of("provider")
        .filter_map(|block| Some((source_address(block.label(0)?), version(&block.body)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_as_written_and_as_installed() {
        let table = [
            ("terraform-aws-modules/vpc/aws", "registry.terraform.io/terraform-aws-modules/vpc/aws", true),
            ("a/b/aws//modules/x", "registry.opentofu.org/a/b/aws//modules/x", true),
            ("a/b/aws//modules/x", "registry.terraform.io/a/b/aws//modules/y", false),
            ("github.com/x/y?ref=v1", "git::https://github.com/x/y.git?ref=v1", true),
            ("github.com/x/y//sub", "git::https://github.com/x/y.git//sub", true),
            ("git@github.com:x/y.git", "git::ssh://git@github.com/x/y.git", true),
            ("github.com/x/y?ref=v2", "git::https://github.com/x/y.git?ref=v1", false),
            ("https://example.com/m.zip", "https://example.com/m.zip", true),
            ("app.terraform.io/a/b/aws", "registry.terraform.io/a/b/aws", false),
        ];
        for (written, installed, same) in table {
            assert_eq!(comparable(written) == comparable(installed), same, "{written} {installed}");
        }
    }

    #[test]
    fn addresses_of_providers() {
        let table = [
            ("hashicorp/aws", "hashicorp/aws"),
            ("registry.terraform.io/hashicorp/aws", "hashicorp/aws"),
            ("registry.opentofu.org/Hashicorp/AWS", "hashicorp/aws"),
            ("aws", "hashicorp/aws"),
            ("example.com/x/aws", "example.com/x/aws"),
        ];
        for (text, expected) in table {
            assert_eq!(&*source_address(text), expected);
        }
    }
}
