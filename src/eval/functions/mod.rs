//! Terraform's built-in functions: the table, and what every call has in common.
//!
//! Enters: a name and evaluated arguments. Leaves: a value, or why there is none. `try`, `can`,
//! `templatestring` and `type` take expressions and live in the evaluator.

use std::collections::BTreeMap;

use crate::address::Name;
use crate::value::{Cause, Value};

/// What functions may ask of the evaluator that calls them.
pub trait Host {
    /// Reads a file; relative paths are relative to the root module's folder. Bounded and fenced.
    ///
    /// # Errors
    /// See [`HostError`].
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError>;

    /// Whether a regular file is there.
    ///
    /// # Errors
    /// A folder is an error, outside of the fence is unknown.
    fn file_exists(&self, path: &str) -> Result<bool, HostError>;

    /// The regular files at any depth below a folder, relative to it, `/` separated, sorted. A folder that
    /// is not there has none.
    ///
    /// # Errors
    /// Outside of the fence, or too many.
    fn list_files(&self, directory: &str) -> Result<Vec<String>, HostError>;

    /// Renders a template file with these names in scope.
    ///
    /// # Errors
    /// The message of the first error in the template.
    fn render_file(&self, path: &str, variables: &BTreeMap<Name, Value>) -> Result<Value, HostError>;

    /// The absolute working directory, for `abspath`.
    fn working_directory(&self) -> String;

    /// Counts bytes of text or elements that a function is about to make.
    ///
    /// # Errors
    /// The budget is spent.
    fn spend(&self, amount: usize) -> Result<(), HostError>;
}

/// Why the evaluator did not answer.
#[derive(Clone, Debug)]
pub enum HostError {
    /// An error as Terraform reports it.
    Failed(String),
    /// Not known, and why: outside of the fence, a spent budget.
    Unknown(Cause),
}

/// Why a call gave no value.
#[derive(Clone, Debug)]
pub enum CallError {
    /// No such function.
    NoSuchFunction,
    /// An argument is wrong: its position from 0, and why.
    Argument(usize, String),
    /// The call is wrong as a whole.
    Failed(String),
    /// It would be computed, but is not: impure, not supported, outside of the fence.
    Unknown(Cause),
}

impl From<HostError> for CallError {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Failed(message) => Self::Failed(message),
            HostError::Unknown(cause) => Self::Unknown(cause),
        }
    }
}

/// Calls a built-in function. `expanded` says that the last argument was written with `...` and has been
/// replaced by its elements already.
///
/// # Errors
/// See [`CallError`].
pub fn call(name: &str, arguments: &[Value], host: &dyn Host) -> Result<Value, CallError> {
    let _ = (name, arguments, host);
    Err(CallError::NoSuchFunction)
}
