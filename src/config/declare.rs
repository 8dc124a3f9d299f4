//! Blocks to declarations: the arguments that the language itself gives a meaning to.
//!
//! Enters: a block with everything that overrides it merged in. Leaves: what it declares, its meta-arguments
//! taken out of the body. Source: language.md 1, 5, 12, 13, 14.

use std::collections::BTreeMap;

use super::types::{self, Constraint};
use super::{Call, Default, Output, ProviderReference, RequiredProvider, Resource, ResourceKey, Variable};
use crate::address::Name;
use crate::source::Diagnostic;
use crate::syntax::{Attribute, Block, Body, Expr, ExprKind};

/// Collects the expressions of a block that decide no attribute and no output.
pub(super) fn asides(block: &Block, into: &mut Vec<Expr>) {
    let conditions = |block: &Block, into: &mut Vec<Expr>| {
        into.extend(block.body.attribute("condition").map(|condition| condition.value.clone()));
    };
    match &*block.kind {
        "provider" => everything(&block.body, into),
        "variable" | "output" | "check" => {
            block.body.blocks.iter().for_each(|inner| conditions(inner, into));
        }
        "resource" | "data" | "ephemeral" => {
            for inner in &block.body.blocks {
                match &*inner.kind {
                    "lifecycle" => inner.body.blocks.iter().for_each(|inner| conditions(inner, into)),
                    "provisioner" | "connection" => everything(&inner.body, into),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn everything(body: &Body, into: &mut Vec<Expr>) {
    into.extend(body.attributes.iter().map(|attribute| attribute.value.clone()));
    body.blocks.iter().for_each(|block| everything(&block.body, into));
}

/// Reads a `variable` block.
pub(super) fn variable(block: &Block, diagnostics: &mut Vec<Diagnostic>) -> Variable {
    let written = block.body.attribute("type");
    let default = block.body.attribute("default");
    let flag = |name| constant_bool(&block.body, name);
    Variable {
        constraint: written.map_or(Constraint::Any, |of| types::read(&of.value, of.json, diagnostics)),
        typed: written.is_some(),
        default: default.map(|default| Default { expression: default.value.clone(), literal: default.json }),
        nullable: flag("nullable").unwrap_or(true),
        sensitive: flag("sensitive").unwrap_or(false) || flag("ephemeral").unwrap_or(false),
        unread: unread(None, block.body.blocks_of("validation").cloned()),
        span: block.header,
    }
}

/// Reads an `output` block.
pub(super) fn output(block: &Block) -> Output {
    let flag = |name| constant_bool(&block.body, name).unwrap_or(false);
    Output {
        value: block.body.attribute("value").map(|value| value.value.clone()),
        sensitive: flag("sensitive") || flag("ephemeral"),
        unread: unread(
            block.body.attribute("depends_on").cloned(),
            block.body.blocks_of("precondition").cloned(),
        ),
        span: block.header,
    }
}

/// Reads a `resource`, `data` or `ephemeral` block.
pub(super) fn resource(key: ResourceKey, block: Block, diagnostics: &mut Vec<Diagnostic>) -> Resource {
    let (mode, resource_type, name) = key;
    let Block { mut body, header, span, .. } = block;
    let (count, for_each) = repetition(&mut body, diagnostics);
    let provider = take(&mut body, "provider").and_then(|provider| {
        let reference = provider_reference(&provider.value);
        if reference.is_none() {
            diagnostics.push(Diagnostic::error("Invalid provider reference", Some(provider.value.span)));
        }
        reference
    });
    let depends_on = take(&mut body, "depends_on");
    let lifecycle = take_blocks(&mut body, "lifecycle");
    let provisioners = take_blocks(&mut body, "provisioner");
    let connections = take_blocks(&mut body, "connection");
    let ignored = lifecycle.iter().filter_map(|block| block.body.attribute("ignore_changes"));
    Resource {
        mode,
        resource_type,
        name,
        body,
        count,
        for_each,
        enabled: enabled(&lifecycle),
        provider,
        ignore_changes: ignored.flat_map(|ignored| ignore_changes(&ignored.value)).collect(),
        unread: unread(depends_on, lifecycle.into_iter().chain(provisioners).chain(connections)),
        header,
        span,
    }
}

/// Reads a `module` block.
pub(super) fn call(name: Name, block: Block, diagnostics: &mut Vec<Diagnostic>) -> Call {
    let Block { mut body, header, .. } = block;
    let (count, for_each) = repetition(&mut body, diagnostics);
    let source = take(&mut body, "source");
    take(&mut body, "version");
    let depends_on = take(&mut body, "depends_on");
    let providers = take(&mut body, "providers");
    let lifecycle = take_blocks(&mut body, "lifecycle");
    if source.is_none() {
        diagnostics.push(missing_argument("source", header));
    }
    for block in &body.blocks {
        diagnostics.push(
            Diagnostic::error("Unsupported block type", Some(block.header))
                .with_note(format!("blocks of type `{}` are not expected here", block.kind)),
        );
    }
    Call {
        name,
        source: source.and_then(|source| match &*source.value.kind {
            ExprKind::String(text) => Some((text.clone(), source.value.span)),
            _ => None,
        }),
        arguments: body
            .attributes
            .into_iter()
            .map(|argument| (argument.name, (argument.value, argument.name_span)))
            .collect(),
        count,
        for_each,
        enabled: enabled(&lifecycle),
        providers: providers.map(|map| provider_map(&map.value, diagnostics)).unwrap_or_default(),
        unread: unread(depends_on, []),
        header,
    }
}

/// Reads name and alias of a `provider` block.
pub(super) fn provider(name: &Name, body: &Body) -> ProviderReference {
    let alias = body.attribute("alias").and_then(|alias| match &*alias.value.kind {
        ExprKind::String(text) => Some(text.clone()),
        _ => None,
    });
    ProviderReference { name: name.clone(), alias }
}

/// Reads an entry of `required_providers`; the old form is the version alone.
pub(super) fn required_provider(entry: &Attribute, diagnostics: &mut Vec<Diagnostic>) -> RequiredProvider {
    let mut required = RequiredProvider { source: None, version: None, aliases: Vec::new() };
    let items = match &*entry.value.kind {
        ExprKind::Object(items) => items,
        ExprKind::String(version) => {
            required.version = Some(version.clone());
            return required;
        }
        _ => {
            diagnostics.push(Diagnostic::error("Invalid required_providers object", Some(entry.value.span)));
            return required;
        }
    };
    for item in items {
        match (&*item.key.kind, &*item.value.kind) {
            (ExprKind::String(key), ExprKind::String(text)) if &**key == "source" => {
                required.source = Some(source_address(text));
            }
            (ExprKind::String(key), ExprKind::String(text)) if &**key == "version" => {
                required.version = Some(text.clone());
            }
            (ExprKind::String(key), ExprKind::Tuple(aliases)) if &**key == "configuration_aliases" => {
                required.aliases = aliases.iter().filter_map(provider_reference).collect();
            }
            _ => {
                diagnostics.push(Diagnostic::error("Invalid required_providers object", Some(item.key.span)));
            }
        }
    }
    required
}

/// Brings a provider's address to `NAMESPACE/TYPE`, with the host in front unless it is a public registry.
pub(super) fn source_address(text: &str) -> Name {
    let text = text.trim().to_lowercase();
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        ["registry.terraform.io" | "registry.opentofu.org", namespace, name] => {
            format!("{namespace}/{name}").into()
        }
        [name] => format!("hashicorp/{name}").into(),
        _ => text.into(),
    }
}

/// The error for an argument that must be there.
fn missing_argument(name: &str, header: crate::source::Span) -> Diagnostic {
    Diagnostic::error("Missing required argument", Some(header))
        .with_note(format!("the argument `{name}` is required, but no definition was found"))
}

fn take(body: &mut Body, name: &str) -> Option<Attribute> {
    let found = body.attribute(name).cloned();
    body.attributes.retain(|attribute| &*attribute.name != name);
    found
}

fn take_blocks(body: &mut Body, kind: &str) -> Vec<Block> {
    let (taken, kept) = std::mem::take(&mut body.blocks).into_iter().partition(|block| &*block.kind == kind);
    body.blocks = kept;
    taken
}

/// What is kept only so that its references are checked.
fn unread(depends_on: Option<Attribute>, blocks: impl IntoIterator<Item = Block>) -> Body {
    Body { attributes: depends_on.into_iter().collect(), blocks: blocks.into_iter().collect() }
}

fn repetition(body: &mut Body, diagnostics: &mut Vec<Diagnostic>) -> (Option<Expr>, Option<Expr>) {
    let count = take(body, "count");
    let for_each = take(body, "for_each");
    if let (Some(count), Some(for_each)) = (&count, &for_each) {
        diagnostics.push(
            Diagnostic::error("Invalid combination of \"count\" and \"for_each\"", Some(for_each.name_span))
                .with_label(count.name_span, "`count` is set here"),
        );
    }
    (count.map(|count| count.value), for_each.map(|for_each| for_each.value))
}

fn enabled(lifecycle: &[Block]) -> Option<Expr> {
    lifecycle.iter().find_map(|block| block.body.attribute("enabled")).map(|enabled| enabled.value.clone())
}

/// A bool that has to be written out; `None` when it is absent, `null` or something else.
fn constant_bool(body: &Body, name: &str) -> Option<bool> {
    match &*body.attribute(name)?.value.kind {
        ExprKind::Bool(value) => Some(*value),
        ExprKind::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The attribute names in `ignore_changes`; `["all"]` for `all` and the old `["*"]`.
fn ignore_changes(value: &Expr) -> Vec<Name> {
    let elements = match &*value.kind {
        ExprKind::Tuple(elements) => elements.as_slice(),
        _ => std::slice::from_ref(value),
    };
    elements
        .iter()
        .filter_map(root_name)
        .map(|name| if &*name == "*" { Name::from("all") } else { name })
        .collect()
}

/// The first name of a traversal, or of a text that holds one.
fn root_name(expression: &Expr) -> Option<Name> {
    let mut expression = expression;
    loop {
        match &*expression.kind {
            ExprKind::Variable(name) => return Some(name.clone()),
            ExprKind::String(text) => return text.split(['.', '[']).next().map(|name| name.trim().into()),
            ExprKind::Attribute(of, _) | ExprKind::Index(of, _) | ExprKind::Parenthesis(of) => {
                expression = of;
            }
            ExprKind::Splat { source, .. } => expression = source,
            _ => return None,
        }
    }
}

/// Reads `aws`, `aws.replica`, the same as a text, and OpenTofu's `aws.by_region[each.key]` without the key.
fn provider_reference(expression: &Expr) -> Option<ProviderReference> {
    match &*expression.kind {
        ExprKind::Variable(name) => Some(ProviderReference { name: name.clone(), alias: None }),
        ExprKind::Attribute(of, alias) => match &*of.kind {
            ExprKind::Variable(name) => {
                Some(ProviderReference { name: name.clone(), alias: Some(alias.clone()) })
            }
            _ => None,
        },
        ExprKind::Index(of, _) | ExprKind::Parenthesis(of) => provider_reference(of),
        ExprKind::String(text) => {
            let text = text.split('[').next()?.trim();
            let (name, alias) = match text.split_once('.') {
                Some((name, alias)) => (name, Some(alias)),
                None => (text, None),
            };
            (!name.is_empty()).then(|| ProviderReference { name: name.into(), alias: alias.map(Name::from) })
        }
        _ => None,
    }
}

fn provider_map(
    map: &Expr,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(ProviderReference, ProviderReference)> {
    let ExprKind::Object(items) = &*map.kind else {
        diagnostics.push(Diagnostic::error("Invalid providers argument", Some(map.span)));
        return Vec::new();
    };
    let mut pairs = BTreeMap::new();
    for item in items {
        match (provider_reference(&item.key), provider_reference(&item.value)) {
            (Some(inner), Some(outer)) => {
                pairs.insert(inner, outer);
            }
            _ => diagnostics
                .push(Diagnostic::error("Invalid provider configuration reference", Some(item.key.span))),
        }
    }
    pairs.into_iter().collect()
}
