//! Which provider configuration a resource uses.
//!
//! Enters: the tree of calls and the path of calls to the resource's module. Leaves:
//! [`ProviderConfiguration`], the place where the configuration is declared; its arguments are evaluated
//! elsewhere. A reference is followed through `providers` maps; without one, the default configuration of
//! the same provider is taken from the nearest module upward. Source: language.md 13, plan-format.md 4.

use super::{Child, Module, Node, ProviderBlock, ProviderReference, RequiredProvider, Resource};
use crate::address::Name;

/// A provider configuration, and where it is declared.
#[derive(Clone, Debug)]
pub struct ProviderConfiguration<'n> {
    /// The provider: `hashicorp/aws`, with a host in front unless it is a public registry.
    pub source: Name,
    /// The calls from the root to the declaring module; empty for the root module.
    pub module: Vec<Name>,
    /// Its name there.
    pub reference: ProviderReference,
    /// Its block. `None` where none is written: only the environment configures it then, or it should have
    /// been handed in and was not.
    pub block: Option<&'n ProviderBlock>,
}

impl ProviderConfiguration<'_> {
    /// Whether both are the same configuration of the same provider.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.source == other.source && self.module == other.module && self.reference == other.reference
    }
}

/// Finds the configuration that a resource uses. `calls` are the names of the calls from `root` to the
/// module of the resource; `None` when they lead nowhere.
#[must_use]
pub fn of_resource<'n>(
    root: &'n Node,
    calls: &[Name],
    resource: &Resource,
) -> Option<ProviderConfiguration<'n>> {
    let reference = resource.provider.clone().unwrap_or_else(|| ProviderReference {
        name: implied_name(&resource.resource_type).into(),
        alias: None,
    });
    of_reference(root, calls, &reference)
}

/// Finds the configuration that `reference` means in the module at the end of `calls`.
#[must_use]
pub fn of_reference<'n>(
    root: &'n Node,
    calls: &[Name],
    reference: &ProviderReference,
) -> Option<ProviderConfiguration<'n>> {
    let mut nodes = vec![root];
    for call in calls {
        match nodes.last()?.children.get(call)? {
            Child::Found(node) => nodes.push(node),
            Child::Missing => return None,
        }
    }
    let source = source_of(&nodes.last()?.module, &reference.name);
    let mut reference = reference.clone();
    loop {
        let depth = nodes.len() - 1;
        let module = &nodes.last()?.module;
        let own = module.providers.iter().find(|block| names_same(module, block, &reference, &source));
        let above = depth.checked_sub(1).and_then(|parent| Some((nodes.get(parent)?, calls.get(parent)?)));
        let handed_in = above.and_then(|(parent, call)| {
            let pairs = &parent.module.calls.get(call)?.providers;
            let pair = pairs.iter().find(|(inner, _)| {
                *inner == reference
                    || (inner.alias.is_none()
                        && reference.alias.is_none()
                        && source_of(module, &inner.name) == source)
            })?;
            Some(pair.1.clone())
        });
        // An empty block in a called module is the old way to declare what is handed in.
        if let Some(block) = own
            && !(handed_in.is_some() && is_empty(block))
        {
            return Some(found(source, calls, depth, block.reference.clone(), Some(block)));
        }
        match handed_in {
            Some(outer) => reference = outer,
            None if reference.alias.is_none() && depth > 0 => {}
            None => return Some(found(source, calls, depth, reference, None)),
        }
        nodes.pop();
    }
}

fn found<'n>(
    source: Name,
    calls: &[Name],
    depth: usize,
    reference: ProviderReference,
    block: Option<&'n ProviderBlock>,
) -> ProviderConfiguration<'n> {
    ProviderConfiguration { source, module: calls.iter().take(depth).cloned().collect(), reference, block }
}

/// Whether a block declares what is meant, be it under another local name of the same provider.
fn names_same(module: &Module, block: &ProviderBlock, reference: &ProviderReference, source: &str) -> bool {
    let own = &block.reference;
    own.alias == reference.alias && (own.name == reference.name || *source_of(module, &own.name) == *source)
}

fn is_empty(block: &ProviderBlock) -> bool {
    let body = &block.block.body;
    body.blocks.is_empty()
        && body.attributes.iter().all(|attribute| matches!(&*attribute.name, "alias" | "version" | "//"))
}

/// The provider that a local name stands for in a module: by `required_providers`, else `hashicorp/NAME`.
#[must_use]
pub fn source_of(module: &Module, name: &str) -> Name {
    let required = module.required_providers.get(name).and_then(|required| required.source.clone());
    required.unwrap_or_else(|| match name {
        "terraform" => "terraform.io/builtin/terraform".into(),
        _ => format!("hashicorp/{name}").into(),
    })
}

/// The local name of the provider that a resource type belongs to when it does not say:
/// `aws` for `aws_s3_bucket`.
#[must_use]
pub fn implied_name(resource_type: &str) -> &str {
    resource_type.split('_').next().unwrap_or(resource_type)
}

/// The entry of `required_providers` for a provider, under whatever local name.
#[must_use]
pub fn required<'m>(module: &'m Module, source: &str) -> Option<&'m RequiredProvider> {
    module
        .required_providers
        .iter()
        .find(|(name, _)| *source_of(module, name) == *source)
        .map(|(_, required)| required)
}
