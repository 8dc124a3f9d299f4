//! Files, spans, and diagnostics about them; the only door to the disk for reading.
//!
//! Enters: paths. Leaves: texts with ids, so that a [`Span`] is twelve bytes and a line number is
//! computed only when something is reported. Holds the *fence*: what a configuration names is read
//! only inside the git working tree around it; what the user names on the command line is not bound.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The number of a file within one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A byte range in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte, from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from the start of `self` to the end of `other`, both in one file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start, end: self.end.max(other.end) }
    }
}

/// What a report prints: 1-based line and column, columns in Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Relative to the working directory where it lies below it, with `/` separators.
    pub path: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column just past the end.
    pub end_column: u32,
}

/// How bad something about the input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The check could not be completed; exit code 2.
    Error,
    /// Worth a line; changes nothing.
    Warning,
    /// An explanation; changes nothing.
    Note,
}

/// Something about the input itself: it does not parse, a name is not declared, a limit was reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence, in Terraform's words where it has some.
    pub message: String,
    /// The place.
    pub span: Option<Span>,
    /// Further places, with a text each.
    pub labels: Vec<(Span, String)>,
    /// Sentences below the excerpt.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(message: impl Into<String>, span: Option<Span>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span,
            labels: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(message: impl Into<String>, span: Option<Span>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message, span) }
    }

    /// The same with one more sentence below the excerpt.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The same with one more place.
    #[must_use]
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }
}

/// One file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// As it is printed.
    pub path: String,
    /// Where it lies, for paths relative to it.
    pub absolute: PathBuf,
    /// The text, each byte at the offset it has in the file; bytes that are no UTF-8 are `?`.
    pub text: Arc<str>,
    /// Whether every byte was valid UTF-8.
    pub valid_utf8: bool,
    line_starts: Vec<u32>,
    /// How many characters stand for a byte order mark; no column counts them.
    mark: u32,
}

impl SourceFile {
    fn new(path: String, absolute: PathBuf, bytes: Vec<u8>) -> Self {
        let mark = if bytes.starts_with(MARK) { 3 } else { 0 };
        let (text, valid_utf8) = decode(bytes);
        let line_starts = std::iter::once(0)
            .chain(text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n').map(|(_, next)| next))
            .collect();
        Self { path, absolute, text: text.into(), valid_utf8, line_starts, mark }
    }

    /// Returns 1-based line and column of a byte offset; columns count Unicode scalar values.
    #[must_use]
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        let mark = if line == 1 { self.mark } else { 0 };
        let count = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        let column = count.saturating_sub(mark).saturating_add(1);
        (u32::try_from(line).unwrap_or(u32::MAX), column)
    }

    /// A line without its end, by number from 1; empty when there is none.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        let index = number.saturating_sub(1) as usize;
        let start = |index: usize| self.line_starts.get(index).map(|start| *start as usize);
        let text = start(index)
            .and_then(|from| self.text.get(from..start(index + 1).unwrap_or(self.text.len())))
            .unwrap_or("");
        let text = text.strip_suffix('\n').unwrap_or(text);
        text.strip_suffix('\r').unwrap_or(text)
    }
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Blanks a byte order mark and replaces what is no UTF-8, byte for byte.
fn decode(mut bytes: Vec<u8>) -> (String, bool) {
    if bytes.starts_with(MARK)
        && let Some(mark) = bytes.get_mut(..3)
    {
        mark.fill(b' ');
    }
    let (mut valid, mut at) = (true, 0);
    while let Some(Err(error)) = bytes.get(at..).map(std::str::from_utf8) {
        let start = at + error.valid_up_to();
        let length = error.error_len().unwrap_or(bytes.len() - start);
        if let Some(bad) = bytes.get_mut(start..start + length) {
            bad.fill(b'?');
        }
        (valid, at) = (false, start + length);
    }
    (String::from_utf8_lossy(&bytes).into_owned(), valid)
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No such file.
    #[error("`{0}` does not exist")]
    Missing(String),
    /// It, or what it links to, lies outside of the fence.
    #[error("`{0}` lies outside of the project and is not read")]
    Outside(String),
    /// A folder, a device, a pipe.
    #[error("`{0}` is not a regular file")]
    NotAFile(String),
    /// Larger than the limit.
    #[error("`{0}` is larger than {1} bytes")]
    TooLarge(String, u64),
    /// Anything else the system says.
    #[error("`{0}` cannot be read: {1}")]
    Io(String, String),
}

/// The largest configuration file that is read, in bytes.
pub const LARGEST_FILE: u64 = 64 << 20;
/// The largest file that a function such as `file` reads, in bytes (language.md 16).
pub const LARGEST_DATA_FILE: u64 = 4 << 20;

/// The largest plan or state that is read, in bytes.
pub const LARGEST_DOCUMENT: u64 = 8 << 30;

/// The largest number of entries in one folder.
pub const LARGEST_FOLDER: usize = 100_000;

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name; what is no UTF-8 in it is replaced.
    pub name: String,
    /// The folder's path, as it was given, with the name.
    pub path: PathBuf,
    /// Whether it is a folder itself; a link to one is not.
    pub folder: bool,
}

/// What the name of a configuration file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigurationName<'n> {
    /// The name without its extension.
    pub stem: &'n str,
    /// `.tf.json`, `.tofu.json`
    pub json: bool,
    /// `.tofu`, `.tofu.json`: read by OpenTofu only, in place of the `.tf` file of the same stem.
    pub tofu: bool,
}

impl<'n> ConfigurationName<'n> {
    /// Reads a file name; `None` for what Terraform does not read, hidden and backup files included.
    /// The case of the extension counts (language.md 1).
    #[must_use]
    pub fn read(name: &'n str) -> Option<Self> {
        if name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#')) {
            return None;
        }
        [(".tf", false, false), (".tf.json", true, false), (".tofu", false, true), (".tofu.json", true, true)]
            .into_iter()
            .find_map(|(extension, json, tofu)| {
                name.strip_suffix(extension).map(|stem| Self { stem, json, tofu })
            })
    }

    /// Whether the file overrides others: `override.tf`, `x_override.tf`.
    #[must_use]
    pub fn overrides(&self) -> bool {
        self.stem == "override" || self.stem.ends_with("_override")
    }
}

/// Every file of a run, read once.
#[derive(Debug, Default)]
pub struct Sources {
    working_directory: PathBuf,
    /// Contents that stand in for those of files, by resolved path.
    overlay: BTreeMap<PathBuf, Vec<u8>>,
    files: RefCell<Vec<Arc<SourceFile>>>,
    by_path: RefCell<BTreeMap<PathBuf, FileId>>,
}

impl Sources {
    /// Starts with no file; paths are printed relative to `working_directory` (absolute, resolved).
    #[must_use]
    pub fn new(working_directory: PathBuf) -> Self {
        Self { working_directory, ..Self::default() }
    }

    /// The same with contents that stand in for those of files, by resolved path: a file is judged as it
    /// would be after an edit.
    #[must_use]
    pub fn with_overlay(mut self, overlay: BTreeMap<PathBuf, Vec<u8>>) -> Self {
        self.overlay = overlay;
        self
    }

    /// The resolved path and the bytes of a file as this run sees them, byte order mark included.
    ///
    /// # Errors
    /// Returns why it could not be read, or that it holds something else by now.
    pub fn original(&self, id: FileId) -> Result<(PathBuf, Vec<u8>), ReadError> {
        let missing = || ReadError::Missing(String::new());
        let file = self.file(id).ok_or_else(missing)?;
        let resolved = file.absolute.canonicalize().map_err(|error| io_error(&file.path, &error))?;
        let bytes = self.bytes(&resolved, &file.path, LARGEST_FILE)?;
        if *decode(bytes.clone()).0 != *file.text {
            return Err(ReadError::Io(file.path.clone(), "it has changed in the meantime".to_owned()));
        }
        Ok((resolved, bytes))
    }

    fn bytes(&self, resolved: &Path, shown: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.overlay.get(resolved) {
            Some(bytes) => Ok(bytes.clone()),
            None => read_bytes(resolved, shown, limit),
        }
    }

    /// The directory that paths are relative to.
    #[must_use]
    pub fn working_directory(&self) -> &Path {
        &self.working_directory
    }

    /// Reads a file unless it was read before. `fence` is the folder that the resolved path must lie in;
    /// `None` for what the user named.
    ///
    /// # Errors
    /// Returns why it could not be read; nothing was added then.
    pub fn read(&self, path: &Path, fence: Option<&Fence>, limit: u64) -> Result<FileId, ReadError> {
        let shown = self.shown(path);
        let absolute = self.absolute(path);
        let resolved = match fence {
            Some(fence) => fence.resolve(&absolute, &shown)?,
            None => absolute.canonicalize().map_err(|error| io_error(&shown, &error))?,
        };
        if let Some(id) = self.by_path.borrow().get(&absolute) {
            return Ok(*id);
        }
        let bytes = self.bytes(&resolved, &shown, limit)?;
        Ok(self.insert(shown, absolute, bytes))
    }

    /// Reads bytes that are no configuration, inside the fence.
    ///
    /// # Errors
    /// Returns why they could not be read.
    pub fn read_data(&self, path: &Path, fence: &Fence) -> Result<Vec<u8>, ReadError> {
        let shown = self.shown(path);
        let resolved = fence.resolve(&self.absolute(path), &shown)?;
        self.bytes(&resolved, &shown, LARGEST_DATA_FILE)
    }

    /// Reads a document that the user named, whole and whatever its size, without keeping it. What is said
    /// about it is said about its beginning.
    ///
    /// # Errors
    /// Returns why it could not be read.
    pub fn read_document(&self, path: &Path) -> Result<(Vec<u8>, Span), ReadError> {
        let shown = self.shown(path);
        let absolute = self.absolute(path);
        let resolved = absolute.canonicalize().map_err(|error| io_error(&shown, &error))?;
        let bytes = read_bytes(&resolved, &shown, LARGEST_DOCUMENT)?;
        let file = self.insert(shown, absolute, Vec::new());
        Ok((bytes, Span { file, start: 0, end: 0 }))
    }

    /// Lists a folder, sorted by name in code points; links are not followed. `fence` as in [`Sources::read`].
    ///
    /// # Errors
    /// Returns why it could not be listed, more than [`LARGEST_FOLDER`] entries included.
    pub fn list(&self, folder: &Path, fence: Option<&Fence>) -> Result<Vec<Entry>, ReadError> {
        let shown = self.shown(folder);
        let absolute = self.absolute(folder);
        let resolved = match fence {
            Some(fence) => fence.resolve(&absolute, &shown)?,
            None => absolute.canonicalize().map_err(|error| io_error(&shown, &error))?,
        };
        list_folder(&resolved, &absolute, &shown)
    }

    /// Adds a text that is no file: an option's value, standard input.
    pub fn add(&self, name: &str, text: &str) -> FileId {
        self.insert(name.to_owned(), PathBuf::from(name), text.as_bytes().to_vec())
    }

    fn insert(&self, shown: String, absolute: PathBuf, bytes: Vec<u8>) -> FileId {
        let mut files = self.files.borrow_mut();
        let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        files.push(Arc::new(SourceFile::new(shown, absolute.clone(), bytes)));
        self.by_path.borrow_mut().insert(absolute, id);
        id
    }

    /// The file with that number.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.borrow().get(id.0 as usize).cloned()
    }

    /// The whole text of a span; empty when there is none.
    #[must_use]
    pub fn text(&self, span: Span) -> String {
        self.file(span.file)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize).map(str::to_owned))
            .unwrap_or_default()
    }

    /// Lines and columns of a span.
    #[must_use]
    pub fn location(&self, span: Span) -> Option<Location> {
        let file = self.file(span.file)?;
        let (line, column) = file.position(span.start);
        let (end_line, end_column) = file.position(span.end.max(span.start));
        Some(Location { path: file.path.clone(), line, column, end_line, end_column })
    }

    /// A path made absolute and lexically clean, links not resolved.
    #[must_use]
    pub fn absolute(&self, path: &Path) -> PathBuf {
        clean(&self.working_directory.join(path))
    }

    /// A path as it is printed: relative to the working directory, `/` separators.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let absolute = self.absolute(path);
        let relative = relative_to(&absolute, &self.working_directory);
        let text = relative.to_string_lossy().replace('\\', "/");
        if text.is_empty() { ".".to_owned() } else { text }
    }
}

/// Returns `path` as seen from `base`, with `..` where needed; both absolute and clean.
#[must_use]
pub fn relative_to(path: &Path, base: &Path) -> PathBuf {
    let mut path_parts = path.components().peekable();
    let mut base_parts = base.components().peekable();
    while let (Some(left), Some(right)) = (path_parts.peek(), base_parts.peek()) {
        if left != right {
            break;
        }
        path_parts.next();
        base_parts.next();
    }
    if matches!(path_parts.peek(), Some(Component::Prefix(_) | Component::RootDir)) {
        return path.to_path_buf();
    }
    base_parts.map(|_| Component::ParentDir).chain(path_parts).collect()
}

/// Removes `.` and resolves `..` without asking the disk.
#[must_use]
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                Some(Component::CurDir | Component::ParentDir) | None => out.push(".."),
            },
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => out.push(part),
        }
    }
    out
}

fn io_error(shown: &str, error: &std::io::Error) -> ReadError {
    match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing(shown.to_owned()),
        _ => ReadError::Io(shown.to_owned(), error.to_string()),
    }
}

#[allow(clippy::disallowed_methods, reason = "the one door to the disk")]
fn read_bytes(resolved: &Path, shown: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
    use std::io::Read;
    let metadata = std::fs::metadata(resolved).map_err(|error| io_error(shown, &error))?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile(shown.to_owned()));
    }
    if metadata.len() > limit {
        return Err(ReadError::TooLarge(shown.to_owned(), limit));
    }
    if metadata.len() >= LARGE
        && let Ok(length) = usize::try_from(metadata.len())
        && let Ok(Some(bytes)) = read_in_halves(resolved, length)
    {
        return Ok(bytes);
    }
    let file = std::fs::File::open(resolved).map_err(|error| io_error(shown, &error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| io_error(shown, &error))?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge(shown.to_owned(), limit));
    }
    Ok(bytes)
}

/// From so many bytes on, two threads read a file: most of the time goes into making memory for it.
const LARGE: u64 = 8 << 20;

/// Reads a file of a known length; `None`: it has another one by now.
#[allow(clippy::disallowed_methods, reason = "the one door to the disk")]
fn read_in_halves(resolved: &Path, length: usize) -> std::io::Result<Option<Vec<u8>>> {
    use std::io::{Read, Seek, SeekFrom};
    let mut bytes = vec![0; length];
    let (first, rest) = bytes.split_at_mut(length / 2);
    let behind = first.len() as u64;
    let ends = std::thread::scope(|scope| {
        let later = std::thread::Builder::new().spawn_scoped(scope, || -> std::io::Result<bool> {
            let mut file = std::fs::File::open(resolved)?;
            file.seek(SeekFrom::Start(behind))?;
            file.read_exact(rest)?;
            Ok(file.read(&mut [0])? == 0)
        })?;
        std::fs::File::open(resolved)?.read_exact(first)?;
        later.join().unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()))
    })?;
    Ok(ends.then_some(bytes))
}

#[allow(clippy::disallowed_methods, reason = "the one door to the disk")]
fn list_folder(resolved: &Path, folder: &Path, shown: &str) -> Result<Vec<Entry>, ReadError> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(resolved).map_err(|error| io_error(shown, &error))? {
        let entry = entry.map_err(|error| io_error(shown, &error))?;
        if entries.len() >= LARGEST_FOLDER {
            let message = format!("it has more than {LARGEST_FOLDER} entries");
            return Err(ReadError::Io(shown.to_owned(), message));
        }
        let name = entry.file_name();
        entries.push(Entry {
            path: folder.join(&name),
            name: name.to_string_lossy().into_owned(),
            folder: entry.file_type().is_ok_and(|kind| kind.is_dir()),
        });
    }
    entries.sort();
    Ok(entries)
}

/// The folder outside of which nothing is read that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    top: PathBuf,
}

impl Fence {
    /// Finds the fence of a checked folder (absolute): the nearest folder upward with a `.git` entry;
    /// without one, the working directory if the folder lies below it, else the folder itself.
    #[must_use]
    pub fn around(folder: &Path, working_directory: &Path) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let tree = folder.ancestors().find(|above| is_tree(above));
        let working_directory =
            working_directory.canonicalize().unwrap_or_else(|_| working_directory.to_path_buf());
        let top = match tree {
            Some(top) => top.to_path_buf(),
            None if folder.starts_with(&working_directory) => working_directory,
            None => folder,
        };
        Self { top }
    }

    /// Whether it is that of a working tree of git.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        is_tree(&self.top)
    }

    /// The folder, with links resolved.
    #[must_use]
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// Resolves links of an absolute path, and says whether it lies inside.
    ///
    /// # Errors
    /// `Outside` for everything outside, whether it exists or not; `Missing` only inside.
    pub fn resolve(&self, absolute: &Path, shown: &str) -> Result<PathBuf, ReadError> {
        match absolute.canonicalize() {
            Ok(resolved) if resolved.starts_with(&self.top) => Ok(resolved),
            Ok(_) => Err(ReadError::Outside(shown.to_owned())),
            Err(error) => {
                let parent = absolute.ancestors().skip(1).find_map(|above| above.canonicalize().ok());
                match parent {
                    Some(parent) if parent.starts_with(&self.top) => Err(io_error(shown, &error)),
                    Some(_) | None => Err(ReadError::Outside(shown.to_owned())),
                }
            }
        }
    }
}

fn is_tree(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

/// What tests of several modules share: a working tree on disk, and diagnostics as lines.
#[cfg(test)]
pub(crate) mod fixture {
    use super::{Diagnostic, PathBuf, Severity, Sources};

    /// A working tree with these files, and its resolved path.
    pub(crate) fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let holder = tempfile::tempdir().unwrap();
        let top = holder.path().canonicalize().unwrap().join("tree");
        std::fs::create_dir_all(top.join(".git")).unwrap();
        for (path, text) in files {
            let path = top.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        (holder, top)
    }

    /// `severity: message @ excerpt`, sorted.
    pub(crate) fn told(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<String> {
        let mut lines: Vec<String> = diagnostics
            .iter()
            .map(|diagnostic| {
                let kind = match diagnostic.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note => "note",
                };
                let place = diagnostic.span.map_or_else(|| "-".to_owned(), |span| sources.text(span));
                format!("{kind}: {} @ {place}", diagnostic.message)
            })
            .collect();
        lines.sort();
        lines
    }
}
