//! Resource bodies: attributes, nested blocks and `dynamic` blocks.
//!
//! Enters: the body of a block. Leaves: a mapping in the shape of `terraform show -json`: nested blocks are
//! lists of objects, in order, static and dynamic ones together. Source: language.md 12.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::expand::Iteration;
use super::expression::{element_of, iterate};
use super::{Evaluator, Failure, ModuleInstance, Names, Scope};
use crate::address::{Address, Mode, Name, Path, PathStep};
use crate::config::Resource;
use crate::model::computed;
use crate::source::Span;
use crate::syntax::{Body, Expr, ExprKind};
use crate::value::{Cause, Data, MappingKind, Origin, SequenceKind, Unknown, Value};

/// The blocks of one name as far as they are read.
#[derive(Default)]
struct Blocks {
    shown: Vec<Value>,
    more: Option<Unknown>,
}

/// A `dynamic` block.
struct Dynamic<'d> {
    kind: &'d Name,
    for_each: Option<&'d Expr>,
    iterator: Option<Name>,
    content: Option<&'d Body>,
    span: Span,
}

impl Evaluator<'_> {
    /// Evaluates the body of a resource instance.
    pub(super) fn resource_body(
        &self,
        module: &Rc<ModuleInstance>,
        resource: &Resource,
        address: &Address,
        iteration: &Iteration,
    ) -> Value {
        let scope = Scope::of(module, Some(iteration));
        let mut entries = self.body_entries(&resource.body, &scope, address, &Path::empty());
        let origin = Origin::At(resource.header);
        let provider = || self.provider(module, resource);
        for message in computed::complete(address, &mut entries, &origin, &provider) {
            self.recover(Failure::new(message, resource.header));
        }
        self.complete(module, address, resource.header, &mut entries);
        if address.mode == Mode::Managed && &*address.resource_type == "terraform_data" {
            return super::builtin::terraform_data(address, entries).with_origin(origin);
        }
        let kind = MappingKind::Block(Arc::new((address.clone(), Path::empty())));
        Value::new(Data::Mapping(kind, entries.into())).with_origin(origin)
    }

    pub(super) fn body_entries(
        &self,
        body: &Body,
        scope: &Scope<'_>,
        address: &Address,
        path: &Path,
    ) -> BTreeMap<Name, Value> {
        let mut entries = BTreeMap::new();
        let mut blocks: BTreeMap<Name, Blocks> = BTreeMap::new();
        for attribute in &body.attributes {
            let _share = self.budget.share();
            let mut value =
                self.evaluate(&attribute.value, scope).unwrap_or_else(|failure| self.recover(failure));
            if computed::is_sensitive(&address.resource_type, &attribute.name) && !value.is_null() {
                self.hide(&value);
                value.sensitive = true;
            }
            entries.insert(attribute.name.clone(), value);
        }
        for block in &body.blocks {
            if &*block.kind == "dynamic" {
                let Some(kind) = block.label(0) else { continue };
                let dynamic = Dynamic {
                    kind,
                    for_each: block.body.attribute("for_each").map(|attribute| &attribute.value),
                    iterator: block
                        .body
                        .attribute("iterator")
                        .and_then(|attribute| keyword(&attribute.value)),
                    content: block.body.blocks_of("content").next().map(|content| &content.body),
                    span: block.header,
                };
                let into = blocks.entry(kind.clone()).or_default();
                self.dynamic(&dynamic, scope, address, path, into);
                continue;
            }
            let into = blocks.entry(block.kind.clone()).or_default();
            let at = u64::try_from(into.shown.len()).unwrap_or(u64::MAX);
            let path = path.then(PathStep::Attribute(block.kind.clone())).then(PathStep::Index(at));
            into.shown.push(self.block(&block.body, block.header, scope, address, &path));
        }
        for (kind, made) in blocks {
            let more = made.more.map(Arc::new);
            let list = Value::new(Data::Sequence(SequenceKind::Tuple, made.shown.into(), more));
            let list = match entries.remove(&kind) {
                // JSON: the same name as an argument and through `dynamic`.
                Some(argument) => join_blocks(argument, list),
                None => list,
            };
            entries.insert(kind, list);
        }
        entries
    }

    fn block(&self, body: &Body, header: Span, scope: &Scope<'_>, address: &Address, path: &Path) -> Value {
        let entries = self.body_entries(body, scope, address, path);
        let kind = MappingKind::Block(Arc::new((address.clone(), path.clone())));
        Value::new(Data::Mapping(kind, entries.into())).with_origin(Origin::At(header))
    }

    fn dynamic(
        &self,
        dynamic: &Dynamic<'_>,
        scope: &Scope<'_>,
        address: &Address,
        path: &Path,
        into: &mut Blocks,
    ) {
        let collection = match dynamic.for_each {
            Some(for_each) => self.evaluate(for_each, scope),
            None => {
                Err(Failure::new("Missing required argument: \"for_each\" in a dynamic block", dynamic.span))
            }
        };
        let collection = collection.unwrap_or_else(|failure| self.recover(failure));
        let name = dynamic.iterator.clone().unwrap_or_else(|| dynamic.kind.clone());
        let one = |key: Value, element: Value, at: usize| {
            let iterator: BTreeMap<Name, Value> = [("key".into(), key), ("value".into(), element)].into();
            let names = Names { name: &name, value: Value::object(iterator), outer: scope.names };
            let scope = scope.with(&names);
            let at = u64::try_from(at).unwrap_or(u64::MAX);
            let path = path.then(PathStep::Attribute(dynamic.kind.clone())).then(PathStep::Index(at));
            let block = match &dynamic.content {
                Some(body) => self.block(body, dynamic.span, &scope, address, &path),
                None => self.recover(Failure::new(
                    "Missing content block: a dynamic block must have a \"content\" block",
                    dynamic.span,
                )),
            };
            let origin = block.origin.clone().made_by([&collection.origin]);
            block.with_origin(origin)
        };
        let open = |into: &mut Blocks, cause: &Cause, shown: Vec<Value>| {
            let more = into.more.get_or_insert_with(|| Unknown::because(cause.clone()));
            more.cause = Cause::any([more.cause.clone(), cause.clone()]);
            more.one_of.extend(shown);
        };
        match (&collection.data, iterate(&collection)) {
            (_, Some((elements, more))) => {
                for (key, element) in elements {
                    let at = into.shown.len();
                    if let Err(limit) = self.budget.dynamic() {
                        let unknown = self.recover(Failure::limit(limit, dynamic.span));
                        if let Some(unknown) = unknown.as_unknown() {
                            open(into, &unknown.cause, Vec::new());
                        }
                        return;
                    }
                    into.shown.push(one(key, element, at));
                }
                if let Some(more) = more {
                    let key = Value::unknown(Unknown::because(more.cause.clone()).not_null());
                    let elements =
                        if more.one_of.is_empty() { vec![element_of(&more)] } else { more.one_of.clone() };
                    let shown =
                        elements.into_iter().map(|element| one(key.clone(), element, into.shown.len()));
                    let shown = shown.collect();
                    open(into, &more.cause, shown);
                }
            }
            (Data::Unknown(unknown), None) => {
                let key = Value::unknown(Unknown::because(unknown.cause.clone()).not_null());
                let known: Vec<Value> = unknown
                    .one_of
                    .iter()
                    .filter_map(iterate)
                    .flat_map(|(elements, _)| elements)
                    .map(|(key, element)| one(key, element, into.shown.len()))
                    .collect();
                let shown = if unknown.one_of.is_empty() {
                    vec![one(key, element_of(unknown), into.shown.len())]
                } else {
                    known
                };
                open(into, &unknown.cause, shown);
            }
            (Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_), None) => {
                let message = "Invalid dynamic for_each value: cannot use a value of this kind in for_each";
                let place = dynamic.for_each.map_or(dynamic.span, |for_each| for_each.span);
                let unknown = self.recover(Failure::new(message, place));
                if let Some(unknown) = unknown.as_unknown() {
                    open(into, &unknown.cause, Vec::new());
                }
            }
            (Data::Sequence(..) | Data::Mapping(..), None) => {}
        }
    }
}

/// Blocks written as an argument, followed by others of the same name.
fn join_blocks(argument: Value, blocks: Value) -> Value {
    let parts = |value: Value| -> (Vec<Value>, Option<Arc<Unknown>>) {
        match &value.data {
            Data::Sequence(_, elements, more) => (elements.to_vec(), more.clone()),
            Data::Unknown(unknown) => (Vec::new(), Some(unknown.clone())),
            Data::Null(_) => (Vec::new(), None),
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => (vec![value], None),
        }
    };
    let (mut elements, first) = parts(argument);
    let (others, second) = parts(blocks);
    elements.extend(others);
    Value::new(Data::Sequence(SequenceKind::Tuple, elements.into(), first.or(second)))
}

fn keyword(expr: &Expr) -> Option<Name> {
    match &*expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name.clone()),
        _ => None,
    }
}
