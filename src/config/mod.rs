//! Trees to modules: what a configuration declares, collected, named and placed; nothing is computed.
//!
//! Enters: parsed files. Leaves: [`Module`], what one folder declares, and [`Node`], the tree of module
//! calls below a root. Must never import values or evaluation.

mod declare;
mod folder;
pub mod load;
mod merge;
pub mod providers;
mod references;
#[cfg(test)]
mod tests;
pub mod types;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::address::{Mode, Name};
use crate::source::{Diagnostic, FileId, Span};
use crate::syntax::{Block, Body, Comment, Expr, Lost};

/// What the files of one folder declare, override files merged in. Shared by every call of the folder.
#[derive(Debug, Default)]
pub struct Module {
    /// The folder, absolute and clean, links not resolved.
    pub directory: PathBuf,
    /// The configuration files that were read, in order; empty for a folder without configuration.
    pub files: Vec<FileId>,
    /// `variable` blocks.
    pub variables: BTreeMap<Name, Variable>,
    /// The entries of all `locals` blocks.
    pub locals: BTreeMap<Name, Local>,
    /// `resource`, `data` and `ephemeral` blocks.
    pub resources: BTreeMap<ResourceKey, Resource>,
    /// `module` blocks.
    pub calls: BTreeMap<Name, Call>,
    /// `output` blocks.
    pub outputs: BTreeMap<Name, Output>,
    /// `provider` blocks.
    pub providers: Vec<ProviderBlock>,
    /// `required_providers`, by local name.
    pub required_providers: BTreeMap<Name, RequiredProvider>,
    /// Expressions that decide no attribute and no output: conditions, arguments of providers, provisioners and
    /// connections.
    pub asides: Vec<Expr>,
    /// Items that could not be read or had no place: what did not parse, a second block of one name, a whole
    /// file (then without a header). Each is a gap.
    pub lost: Vec<Lost>,
    /// Every comment, by file and place.
    pub comments: Vec<Comment>,
    /// What went wrong while reading the folder.
    pub diagnostics: Vec<Diagnostic>,
}

/// Mode, type and name of a resource block.
pub type ResourceKey = (Mode, Name, Name);

/// A `variable` block.
#[derive(Debug)]
pub struct Variable {
    /// The type constraint; `any` when there is none.
    pub constraint: types::Constraint,
    /// Whether `type` is written, an explicit `any` included.
    pub typed: bool,
    /// The default, evaluated without any name in scope.
    pub default: Option<Default>,
    /// `nullable`, true unless written.
    pub nullable: bool,
    /// `sensitive` or `ephemeral`.
    pub sensitive: bool,
    /// Its `validation` blocks, of which only the references are looked at.
    pub unread: Body,
    /// The header.
    pub span: Span,
}

/// The default of a variable.
#[derive(Debug)]
pub struct Default {
    /// As written.
    pub expression: Expr,
    /// Whether it stands in a JSON file: its strings are no templates there.
    pub literal: bool,
}

/// One entry of `locals`.
#[derive(Debug)]
pub struct Local {
    /// As written.
    pub expression: Expr,
    /// The place of the name.
    pub span: Span,
}

/// A `resource`, `data` or `ephemeral` block, override files merged in.
#[derive(Debug)]
pub struct Resource {
    /// Managed, data or ephemeral.
    pub mode: Mode,
    /// For example `aws_s3_bucket`.
    pub resource_type: Name,
    /// The name of the block.
    pub name: Name,
    /// The body without meta-arguments. A `dynamic` of a JSON file is a block here, as in native syntax.
    pub body: Body,
    /// `count`
    pub count: Option<Expr>,
    /// `for_each`; that it stands beside a `count` was reported.
    pub for_each: Option<Expr>,
    /// `lifecycle { enabled = … }` of OpenTofu.
    pub enabled: Option<Expr>,
    /// `provider`
    pub provider: Option<ProviderReference>,
    /// Attribute names in `ignore_changes`; `["all"]` for `all`.
    pub ignore_changes: Vec<Name>,
    /// `depends_on`, `lifecycle`, provisioners and connections, of which only the references are looked at.
    pub unread: Body,
    /// The header of the block.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

/// A `module` block.
#[derive(Debug)]
pub struct Call {
    /// The name of the block.
    pub name: Name,
    /// `source`, when it is a plain string.
    pub source: Option<(Name, Span)>,
    /// The arguments without meta-arguments.
    pub arguments: BTreeMap<Name, (Expr, Span)>,
    /// `count`
    pub count: Option<Expr>,
    /// `for_each`
    pub for_each: Option<Expr>,
    /// `lifecycle { enabled = … }` of OpenTofu.
    pub enabled: Option<Expr>,
    /// `providers`: name in the child, name here.
    pub providers: Vec<(ProviderReference, ProviderReference)>,
    /// `depends_on`, of which only the references are looked at.
    pub unread: Body,
    /// The header of the block.
    pub header: Span,
}

/// An `output` block.
#[derive(Debug)]
pub struct Output {
    /// `value`
    pub value: Option<Expr>,
    /// `sensitive` or `ephemeral`.
    pub sensitive: bool,
    /// `depends_on` and preconditions, of which only the references are looked at.
    pub unread: Body,
    /// The header.
    pub span: Span,
}

/// A provider configuration by name: `aws`, `aws.replica`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProviderReference {
    /// The local name.
    pub name: Name,
    /// The alias.
    pub alias: Option<Name>,
}

/// A `provider` block.
#[derive(Debug)]
pub struct ProviderBlock {
    /// Local name and alias.
    pub reference: ProviderReference,
    /// The block.
    pub block: Block,
}

/// An entry of `required_providers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredProvider {
    /// `hashicorp/aws`, host left out when it is the public registry.
    pub source: Option<Name>,
    /// The version constraint, as written.
    pub version: Option<Name>,
    /// Whether it is only declared to be handed in (`configuration_aliases`).
    pub aliases: Vec<ProviderReference>,
}

/// A module in the tree of calls below a root.
#[derive(Debug)]
pub struct Node {
    /// What it declares.
    pub module: Arc<Module>,
    /// `path.module`: `.` for the root, relative to the root folder for others.
    pub path: Name,
    /// Where each call leads.
    pub children: BTreeMap<Name, Child>,
}

/// Where a module call leads.
#[derive(Debug)]
pub enum Child {
    /// To that module.
    Found(Arc<Node>),
    /// Nowhere: not installed, outside of the fence, called in a circle. A diagnostic says so.
    Missing,
}

/// A root module as it was read: the tree, and what the lock file says of provider versions.
#[derive(Debug)]
pub struct Root {
    /// The tree of calls.
    pub node: Arc<Node>,
    /// Exact versions from `.terraform.lock.hcl`, by source (`hashicorp/aws`).
    pub locked: BTreeMap<Name, Name>,
    /// What went wrong while reading the tree, with the diagnostics of every module in it, each once.
    pub diagnostics: Vec<Diagnostic>,
}
