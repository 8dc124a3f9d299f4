//! Where both inputs meet: resource instances whose attributes have the shape of `terraform show -json`
//! (nested blocks are lists of objects).
//!
//! Enters: what the evaluator or the plan reader made. Leaves: [`Model`]. Nothing to the right of it can
//! tell which input it came from. Must never import `syntax` or `config`.

mod blocks;
pub mod computed;
pub mod engine_ports;
mod google_policy;
pub mod policy_document;
mod policy_merge;
mod policy_text;
#[cfg(test)]
pub(crate) mod sample;
mod sensitive;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{Address, ModulePath, Name};
use crate::source::{Diagnostic, Span};
use crate::truth::Truth;
use crate::value::{Cause, Value};

/// One resource or data instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its address.
    pub address: Address,
    /// The provider configuration it belongs to.
    pub provider: Arc<Provider>,
    /// A mapping, or unknown as a whole. What is absent has no entry; a written null keeps its own.
    pub attributes: Value,
    /// `Unknown` when `count` or `for_each` is.
    pub exists: Truth,
    /// Why `exists` is not known.
    pub exists_unknown: Option<Arc<crate::value::Unknown>>,
    /// What the plan does with it.
    pub fate: Fate,
    /// The block's header.
    pub span: Option<Span>,
    /// The header of the module call in the user's own configuration, when the block stands in an installed
    /// module.
    pub call_span: Option<Span>,
    /// Attributes that show what others set on the thing itself: `policy` of a bucket whose policy is a
    /// resource of its own. Empty outside of plans and states.
    pub copies: Vec<Name>,
    /// Attributes that Terraform is told not to change.
    pub ignore_changes: Vec<Name>,
}

/// What is asked of the resources of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Their attributes.
    Attributes,
    /// Their attributes, where something refers to them: a plan holds many that nothing does.
    Referred,
    /// Only that they are there.
    Presence,
    /// Nothing.
    Nothing,
}

/// An attribute that mirrors what is set elsewhere, read back by the provider.
#[derive(Debug)]
pub struct Copied {
    /// The type that has it.
    pub resource_type: &'static str,
    /// The attribute.
    pub attribute: &'static str,
    /// The type that sets it on the same thing: where one acts or acted, the copy does not count. Empty: the
    /// provider fills it in, where the configuration shows that nobody wrote it.
    pub actor: &'static str,
    /// The attribute of the same resource that it mirrors: of the two the one counts that is newer.
    pub mirrors: Option<&'static str>,
    /// How it shows what several set, each its own part; those that set one go on beside it.
    pub apart: Option<Apart>,
}

/// How the part of one resource is found in what an attribute shows.
#[derive(Debug)]
pub struct Apart {
    /// The attribute of that resource that holds the thing's `id`, or has it as an element.
    pub tie: &'static str,
    /// What is left of a value that is shown, of a list or set of each element, without what that resource had
    /// set; `None`: nothing.
    pub without: fn(Value, &Value) -> Option<Value>,
}

/// What a plan does with an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Nothing; of everything outside of plans.
    Stays,
    /// Made by this plan.
    Created,
    /// Made anew by this plan.
    Replaced,
    /// Destroyed by this plan.
    Deleted,
    /// No longer managed, and goes on.
    Forgotten,
}

/// A provider configuration, as one resource sees it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// `hashicorp/aws`
    pub source: Name,
    /// Which configuration: where it is declared, and its alias. Equal keys are one configuration.
    pub key: Name,
    /// The arguments, an object; empty when there is no block; unknown when it cannot be found.
    pub arguments: Value,
    /// The exact version, when the lock file or the plan says it.
    pub version: Option<Name>,
}

/// Something that exists but was not read or not planned: a module that is not installed, a block that does
/// not parse, what `-target` left out.
#[derive(Clone, Debug)]
pub struct Gap {
    /// What it is, as a cause.
    pub what: Cause,
    /// Which resource types it can hold; empty: any.
    pub types: Vec<Name>,
    /// The values that it was handed; `None` when these cannot be read.
    pub handed: Option<Vec<Value>>,
    /// The module instance it stands in.
    pub within: ModulePath,
    /// The place.
    pub span: Option<Span>,
}

/// Everything that was read of one root module, plan or state.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// All resource and data instances. The sides of a plan share those on which nothing changes.
    pub instances: BTreeMap<Address, Arc<Instance>>,
    /// The root module's outputs.
    pub outputs: BTreeMap<Name, Value>,
    /// What was not read.
    pub gaps: Vec<Gap>,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
}
