//! Override files: how the block of one replaces parts of the block that it overrides.
//!
//! Enters: two bodies. Leaves: one. What is written as JSON and what is native replace each other, and so do
//! a block and an argument of one name. Source: language.md 1.

use std::collections::BTreeSet;

use crate::address::Name;
use crate::syntax::{Attribute, Block, Body, Expr, ExprKind, ObjectItem};

/// Puts the content of an overriding block into the body that it overrides.
///
/// An argument replaces the one of that name, whole. Blocks replace all of that type; `dynamic "x"` counts
/// as blocks of type `x`. `lifecycle` merges argument by argument.
pub(super) fn merge(base: &mut Body, over: Body) {
    let replaced: BTreeSet<Name> = over
        .attributes
        .iter()
        .map(|attribute| attribute.name.clone())
        .chain(over.blocks.iter().filter(|block| !is_lifecycle(block)).map(stands_for))
        .collect();
    base.attributes.retain(|attribute| !replaced.contains(&attribute.name));
    base.blocks.retain(|block| !replaced.contains(&stands_for(block)));
    base.attributes.extend(over.attributes);
    for block in over.blocks {
        let lifecycle =
            if is_lifecycle(&block) { base.blocks.iter_mut().find(|b| is_lifecycle(b)) } else { None };
        match lifecycle {
            Some(lifecycle) => merge(&mut lifecycle.body, block.body),
            None => base.blocks.push(block),
        }
    }
}

fn is_lifecycle(block: &Block) -> bool {
    &*block.kind == "lifecycle"
}

/// The block type that a block makes: its own, or that of a `dynamic` block.
fn stands_for(block: &Block) -> Name {
    match block.label(0) {
        Some(label) if &*block.kind == "dynamic" => label.clone(),
        _ => block.kind.clone(),
    }
}

/// Turns the JSON attributes of these names into the blocks that they stand for.
pub(super) fn blocks_from_json(body: &mut Body, names: &[&str]) {
    let attributes = std::mem::take(&mut body.attributes);
    for attribute in attributes {
        if !attribute.json || !names.contains(&&*attribute.name) {
            body.attributes.push(attribute);
            continue;
        }
        for value in elements(&attribute.value) {
            body.blocks.push(block_from_json(&attribute, &[], value));
        }
    }
}

/// Turns JSON `dynamic` attributes into `dynamic` blocks with a label and a `content` block each, also inside of
/// nested blocks, which are blocks for that.
pub(super) fn dynamic_from_json(body: &mut Body) {
    let attributes = std::mem::take(&mut body.attributes);
    for attribute in attributes {
        if !attribute.json {
            body.attributes.push(attribute);
        } else if &*attribute.name == "dynamic" {
            for (label, value) in elements(&attribute.value).flat_map(items) {
                for value in elements(value) {
                    let mut block = block_from_json(&attribute, &[label], value);
                    blocks_from_json(&mut block.body, &["content"]);
                    for content in &mut block.body.blocks {
                        dynamic_from_json(&mut content.body);
                    }
                    body.blocks.push(block);
                }
            }
        } else if holds_dynamic(&attribute.value) {
            for value in elements(&attribute.value) {
                let mut block = block_from_json(&attribute, &[], value);
                dynamic_from_json(&mut block.body);
                body.blocks.push(block);
            }
        } else {
            body.attributes.push(attribute);
        }
    }
}

/// Whether a `dynamic` stands somewhere in what may be blocks. A key of that name in a map is none.
fn holds_dynamic(value: &Expr) -> bool {
    let is_content = |name: &Name| matches!(&**name, "content" | "for_each");
    let is_dynamic = |value: &Expr| {
        let bodies = elements(value).flat_map(items).flat_map(|(_, body)| elements(body));
        bodies.flat_map(items).any(|((name, _), _)| is_content(name))
    };
    elements(value)
        .flat_map(items)
        .any(|((name, _), inner)| &**name == "dynamic" && is_dynamic(inner) || holds_dynamic(inner))
}

/// The values of a JSON list, or the one value that stands for a list of one. `null` is none.
fn elements(value: &Expr) -> impl Iterator<Item = &Expr> {
    match &*value.kind {
        ExprKind::Tuple(elements) => elements.as_slice(),
        ExprKind::Null => &[],
        _ => std::slice::from_ref(value),
    }
    .iter()
}

/// The properties of a JSON object that have plain names, with their keys; comments (`"//"`) left out.
fn items(value: &Expr) -> impl Iterator<Item = ((&Name, &Expr), &Expr)> {
    let items: &[ObjectItem] = match &*value.kind {
        ExprKind::Object(items) => items,
        _ => &[],
    };
    items.iter().filter_map(|item| match &*item.key.kind {
        ExprKind::String(name) if &**name != "//" => Some(((name, &item.key), &item.value)),
        _ => None,
    })
}

fn block_from_json(attribute: &Attribute, labels: &[(&Name, &Expr)], value: &Expr) -> Block {
    let attributes = items(value).map(|((name, key), value)| Attribute {
        name: name.clone(),
        name_span: key.span,
        value: value.clone(),
        json: true,
    });
    Block {
        kind: attribute.name.clone(),
        labels: labels.iter().map(|(label, key)| ((*label).clone(), key.span)).collect(),
        body: Body { attributes: attributes.collect(), blocks: Vec::new() },
        header: labels.last().map_or(attribute.name_span, |(_, key)| key.span),
        span: attribute.name_span.to(value.span),
    }
}
