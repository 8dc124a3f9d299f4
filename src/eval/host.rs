//! What functions may ask: files inside the fence, templates, the budget.
//!
//! Enters: paths as a configuration writes them, relative to the root module's folder. Leaves: bytes, or why
//! there are none.

use std::path::PathBuf;
use std::rc::Rc;

use super::functions::{Host, HostError};
use super::{Evaluator, ModuleInstance, Scope};
use crate::source::{LARGEST_DATA_FILE, ReadError};
use crate::syntax::native;
use crate::value::{Cause, Fields, Value};

/// The most files that `fileset` looks at.
const MOST_FILES: usize = 20_000;

/// An evaluator as its functions see it.
pub(super) struct EvaluatorHost<'e, 'c> {
    pub(super) evaluator: &'e Evaluator<'c>,
    pub(super) module: &'e Rc<ModuleInstance>,
}

impl EvaluatorHost<'_, '_> {
    fn absolute(&self, path: &str) -> PathBuf {
        let root = &self.evaluator.root.node.module.directory;
        crate::source::clean(&root.join(path))
    }
}

fn host_error(error: &ReadError, path: &str) -> HostError {
    match error {
        ReadError::Outside(_) | ReadError::TooLarge(..) => HostError::Unknown(Cause::Function("file".into())),
        ReadError::Missing(_) => {
            HostError::Missing(format!("no file exists at {}", crate::value::shown_text(path)))
        }
        ReadError::NotAFile(_) | ReadError::Io(..) => {
            HostError::Failed(format!("failed to read {}", crate::value::shown_text(path)))
        }
    }
}

impl Host for EvaluatorHost<'_, '_> {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        if path.starts_with('~') {
            return Err(HostError::Unknown(Cause::Function("file".into())));
        }
        let evaluator = self.evaluator;
        let bytes = evaluator
            .sources
            .read_data(&self.absolute(path), evaluator.fence)
            .map_err(|error| host_error(&error, path))?;
        self.spend(bytes.len())?;
        Ok(bytes)
    }

    fn file_exists(&self, path: &str) -> Result<bool, HostError> {
        if path.starts_with('~') {
            return Err(HostError::Unknown(Cause::Function("fileexists".into())));
        }
        self.spend(path.len())?;
        let absolute = self.absolute(path);
        match self.evaluator.fence.resolve(&absolute, path) {
            Ok(resolved) if resolved.is_file() => Ok(true),
            Ok(resolved) if resolved.is_dir() => Err(HostError::Failed(format!(
                "{} is a directory, not a file",
                crate::value::shown_text(path)
            ))),
            Ok(_) => {
                Err(HostError::Failed(format!("{} is not a regular file", crate::value::shown_text(path))))
            }
            Err(ReadError::Missing(_)) => Ok(false),
            Err(error) => Err(host_error(&error, path)),
        }
    }

    fn list_files(&self, directory: &str) -> Result<Vec<String>, HostError> {
        if directory.starts_with('~') {
            return Err(HostError::Unknown(Cause::Function("fileset".into())));
        }
        let top = match self.evaluator.fence.resolve(&self.absolute(directory), directory) {
            Ok(top) if top.is_dir() => top,
            Ok(_) | Err(ReadError::Missing(_)) => return Ok(Vec::new()),
            Err(error) => return Err(host_error(&error, directory)),
        };
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(&top).sort_by_file_name().into_iter().flatten() {
            self.spend(64)?;
            if files.len() >= MOST_FILES {
                return Err(HostError::Unknown(Cause::Budget("too many files".into())));
            }
            if entry.file_type().is_file()
                && let Ok(relative) = entry.path().strip_prefix(&top)
            {
                files.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
        Ok(files)
    }

    fn render_file(&self, path: &str, variables: &Fields) -> Result<Value, HostError> {
        if path.starts_with('~') {
            return Err(HostError::Unknown(Cause::Function("templatefile".into())));
        }
        let evaluator = self.evaluator;
        let absolute = self.absolute(path);
        let file = evaluator
            .sources
            .read(&absolute, Some(evaluator.fence), LARGEST_DATA_FILE)
            .map_err(|error| host_error(&error, path))?;
        let Some(source) = evaluator.sources.file(file) else {
            return Err(HostError::Failed(format!("failed to read {}", crate::value::shown_text(path))));
        };
        if !source.valid_utf8 {
            let message = format!("contents of {} are not valid UTF-8", crate::value::shown_text(path));
            return Err(HostError::Failed(message));
        }
        self.spend(source.text.len())?;
        let end = u32::try_from(source.text.len()).unwrap_or(u32::MAX);
        let span = crate::source::Span { file, start: 0, end };
        let scope = Scope::closed(self.module);
        evaluator.render(native::parse_template(file, &source.text, 0), variables, span, &scope).map_err(
            |failure| match *failure.cause {
                cause @ Cause::Budget(_) => HostError::Unknown(cause),
                _ => HostError::Failed(failure.message),
            },
        )
    }

    fn working_directory(&self) -> String {
        self.evaluator.sources.working_directory().to_string_lossy().into_owned()
    }

    fn spend(&self, amount: usize) -> Result<(), HostError> {
        self.evaluator
            .budget
            .text(amount)
            .map_err(|limit| HostError::Unknown(Cause::Budget(limit.name().into())))
    }
}
