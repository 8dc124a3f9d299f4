//! Whether everything that a module refers to is declared, and whether its calls hand over what they must.
//!
//! Enters: what one folder declares, and where its calls lead. Leaves: diagnostics, one for each place.
//! Nothing is evaluated: every expression is looked at once, also those that no verdict needs, so that a
//! wrong name never goes unnoticed. Names that a block which could not be read may declare are not reported.
//! Source: language.md 6, 12, 13.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Call, Child, Module, Resource};
use crate::address::{Mode, Name, distance};
use crate::source::{Diagnostic, Span};
use crate::syntax::{Block, Body, Expr, ExprKind, For, SplatStep, Template, TemplatePart};

/// How many names of one module are compared in search of one that may have been meant.
const MOST_COMPARISONS: usize = 20_000;
/// The longest name, in bytes, that is compared.
const LONGEST_COMPARED: usize = 64;

/// Checks every reference of a module and the arguments of its calls. `is_root` says how messages name it.
pub(super) fn check(module: &Module, children: &BTreeMap<Name, Child>, is_root: bool) -> Vec<Diagnostic> {
    let mut pass = Pass {
        module,
        place: if is_root { "the root module" } else { "this module" },
        lost: LostNames::of(module),
        comparisons: Cell::new(MOST_COMPARISONS),
        out: Vec::new(),
    };
    let defaults = module.variables.values().filter_map(|variable| variable.default.as_ref());
    for default in defaults.filter(|default| !default.literal) {
        pass.expression(&default.expression, Scope { closed: true, ..Scope::default() });
    }
    for variable in module.variables.values() {
        pass.unread(&variable.unread, Scope::default());
    }
    for local in module.locals.values() {
        pass.expression(&local.expression, Scope::default());
    }
    for resource in module.resources.values() {
        pass.resource(resource);
    }
    for call in module.calls.values() {
        pass.call(call, children.get(&call.name));
    }
    for output in module.outputs.values() {
        if let Some(value) = &output.value {
            pass.expression(value, Scope::default());
        }
        pass.unread(&output.unread, Scope::default());
    }
    for provider in &module.providers {
        let body = &provider.block.body;
        let for_each = body.attribute("for_each").map(|attribute| attribute.value.span);
        for attribute in
            body.attributes.iter().filter(|attribute| !matches!(&*attribute.name, "alias" | "//"))
        {
            let each = for_each.is_some_and(|for_each| for_each != attribute.value.span);
            pass.value(&attribute.value, attribute.json, Scope { each, ..Scope::default() });
        }
        for block in &body.blocks {
            pass.block(block, Scope { each: for_each.is_some(), ..Scope::default() });
        }
    }
    pass.out
}

/// What an expression may name besides what its module declares.
#[derive(Clone, Copy, Default)]
struct Scope<'s> {
    each: bool,
    count: bool,
    /// Whether only the temporary names count: defaults of variables.
    closed: bool,
    names: Option<&'s Names<'s>>,
}

/// The temporary names of for expressions, template loops and dynamic blocks, innermost first.
struct Names<'s> {
    name: &'s str,
    outer: Option<&'s Names<'s>>,
}

impl<'s> Scope<'s> {
    const fn with<'t>(&self, names: &'t Names<'t>) -> Scope<'t>
    where
        's: 't,
    {
        Scope { names: Some(names), ..*self }
    }

    fn has(&self, name: &str) -> bool {
        std::iter::successors(self.names, |names| names.outer).any(|names| names.name == name)
    }
}

/// What the blocks that could not be read may declare.
struct LostNames {
    /// Headers: `["variable", "acl"]`, or as much of one as could be read.
    headers: BTreeSet<Vec<Name>>,
    /// Whether they may declare anything at all.
    everything: bool,
}

/// Block types that may stand at the top of a file.
const BLOCK_TYPES: &[&str] = &[
    "action",
    "check",
    "data",
    "ephemeral",
    "import",
    "list",
    "locals",
    "module",
    "moved",
    "output",
    "provider",
    "removed",
    "resource",
    "terraform",
    "variable",
];

impl LostNames {
    fn of(module: &Module) -> Self {
        let known = |header: &[Name]| header.first().is_some_and(|kind| BLOCK_TYPES.contains(&&**kind));
        Self {
            headers: module.lost.iter().map(|lost| lost.header.clone()).collect(),
            everything: module.lost.iter().any(|lost| !known(&lost.header)),
        }
    }

    /// Whether a block of that type and labels may be among them.
    fn may_declare(&self, words: &[&str]) -> bool {
        let words: Vec<Name> = words.iter().map(|word| Name::from(*word)).collect();
        self.everything
            || (1..=words.len()).any(|length| words.get(..length).is_some_and(|w| self.headers.contains(w)))
    }
}

/// A reference, taken apart.
struct Traversal<'e> {
    root: &'e Name,
    /// The expressions from the root alone to the whole, with the name that each adds; `None` for an index.
    steps: Vec<(Span, Option<&'e Name>)>,
    /// The place of the root.
    span: Span,
}

impl<'e> Traversal<'e> {
    fn name(&self, at: usize) -> Option<&'e Name> {
        self.steps.get(at).and_then(|(_, name)| *name)
    }

    /// The place of the root with that many steps, or of as many as there are.
    fn span(&self, steps: usize) -> Span {
        self.steps.get(..steps).unwrap_or(&self.steps).last().map_or(self.span, |(span, _)| *span)
    }
}

/// One pass over one module.
struct Pass<'m> {
    module: &'m Module,
    place: &'static str,
    lost: LostNames,
    comparisons: Cell<usize>,
    out: Vec<Diagnostic>,
}

impl Pass<'_> {
    fn report(&mut self, message: String, span: Span) {
        self.out.push(Diagnostic::error(message, Some(span)));
    }

    fn resource(&mut self, resource: &Resource) {
        for meta in [&resource.count, &resource.for_each, &resource.enabled].into_iter().flatten() {
            self.expression(meta, Scope::default());
        }
        let scope =
            Scope { each: resource.for_each.is_some(), count: resource.count.is_some(), ..Scope::default() };
        self.body(&resource.body, scope);
        self.unread(&resource.unread, scope);
    }

    fn call(&mut self, call: &Call, child: Option<&Child>) {
        for meta in [&call.count, &call.for_each, &call.enabled].into_iter().flatten() {
            self.expression(meta, Scope::default());
        }
        let scope = Scope { each: call.for_each.is_some(), count: call.count.is_some(), ..Scope::default() };
        for (_, (argument, _)) in call.arguments.iter().filter(|(name, _)| &***name != "//") {
            self.expression(argument, scope);
        }
        self.unread(&call.unread, Scope::default());
        let Some(Child::Found(node)) = child else { return };
        let declared = &node.module.variables;
        let lost = LostNames::of(&node.module);
        for (name, (_, span)) in &call.arguments {
            if &**name == "//" || declared.contains_key(name) || lost.may_declare(&["variable", name]) {
                continue;
            }
            let meant = self.meant(name, declared.keys().map(|known| &**known));
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"));
            let message =
                format!("Unsupported argument: an argument named \"{name}\" is not expected here{meant}");
            self.report(message, *span);
        }
        for (name, variable) in declared {
            if variable.default.is_none() && !call.arguments.contains_key(name) {
                let message = format!(
                    "Missing required argument: the argument \"{name}\" is required, but no definition was found"
                );
                self.out.push(
                    Diagnostic::error(message, Some(call.header))
                        .with_label(variable.span, "declared here, without a default"),
                );
            }
        }
    }

    fn body(&mut self, body: &Body, scope: Scope<'_>) {
        for attribute in &body.attributes {
            if !(attribute.json && &*attribute.name == "//") {
                self.value(&attribute.value, attribute.json, scope);
            }
        }
        for block in &body.blocks {
            self.block(block, scope);
        }
    }

    /// What the language itself gives a meaning to: some of it are keywords, and not all of it sees `self`.
    fn unread(&mut self, body: &Body, scope: Scope<'_>) {
        for attribute in &body.attributes {
            // `enabled` was looked at where it repeats the resource.
            if !matches!(&*attribute.name, "//" | "enabled" | "ignore_changes" | "on_failure" | "when") {
                self.value(&attribute.value, attribute.json, scope);
            }
        }
        for block in &body.blocks {
            let names = Names { name: "self", outer: scope.names };
            let itself = matches!(&*block.kind, "connection" | "postcondition" | "provisioner");
            self.unread(&block.body, if itself { scope.with(&names) } else { scope });
        }
    }

    fn block(&mut self, block: &Block, scope: Scope<'_>) {
        let Some(label) = block.label(0).filter(|_| &*block.kind == "dynamic") else {
            self.body(&block.body, scope);
            return;
        };
        let iterator = block.body.attribute("iterator").and_then(|attribute| keyword(&attribute.value));
        let names = Names { name: iterator.unwrap_or(label), outer: scope.names };
        for attribute in &block.body.attributes {
            match &*attribute.name {
                "for_each" => self.value(&attribute.value, attribute.json, scope),
                "labels" => self.value(&attribute.value, attribute.json, scope.with(&names)),
                _ => {}
            }
        }
        for content in block.body.blocks_of("content") {
            self.body(&content.body, scope.with(&names));
        }
    }

    /// The value of an argument; in JSON it may stand for blocks.
    fn value(&mut self, value: &Expr, json: bool, scope: Scope<'_>) {
        match &*value.kind {
            ExprKind::Tuple(elements) if json => {
                for element in elements {
                    self.value(element, true, scope);
                }
            }
            ExprKind::Object(items) if json => {
                for item in items {
                    match &*item.key.kind {
                        ExprKind::String(name) if &**name == "//" => {}
                        ExprKind::String(name) if &**name == "dynamic" => {
                            self.json_dynamic(&item.value, scope);
                        }
                        _ => {
                            self.expression(&item.key, scope);
                            self.value(&item.value, true, scope);
                        }
                    }
                }
            }
            _ => self.expression(value, scope),
        }
    }

    /// What stands behind `"dynamic"` in JSON: `{"ingress": {"for_each": …, "content": {…}}}`, or lists of it.
    fn json_dynamic(&mut self, value: &Expr, scope: Scope<'_>) {
        for (label, entry) in elements(value).iter().flat_map(entries) {
            for dynamic in elements(entry) {
                let iterator = entries(dynamic)
                    .find(|(name, _)| *name == "iterator")
                    .and_then(|(_, value)| keyword(value));
                let names = Names { name: iterator.map_or(label, |name| name), outer: scope.names };
                for (name, value) in entries(dynamic) {
                    match name {
                        "//" | "iterator" => {}
                        "content" | "labels" => self.value(value, true, scope.with(&names)),
                        _ => self.value(value, true, scope),
                    }
                }
            }
        }
    }

    fn expression(&mut self, expression: &Expr, scope: Scope<'_>) {
        match &*expression.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
            ExprKind::Template(template) => self.template(template, scope),
            ExprKind::Variable(_) | ExprKind::Attribute(..) | ExprKind::Index(..) => {
                self.traversal(expression, scope);
            }
            ExprKind::Tuple(elements) => {
                for element in elements {
                    self.expression(element, scope);
                }
            }
            ExprKind::Object(items) => {
                for item in items {
                    self.expression(&item.key, scope);
                    self.expression(&item.value, scope);
                }
            }
            ExprKind::Splat { source, rest } => {
                self.expression(source, scope);
                for step in rest {
                    match step {
                        SplatStep::Index(index) => self.expression(index, scope),
                        SplatStep::Attribute(..) | SplatStep::Splat(_) => {}
                    }
                }
            }
            ExprKind::Call(call) => {
                for argument in &call.arguments {
                    self.expression(argument, scope);
                }
            }
            ExprKind::For(for_expression) => self.for_expression(for_expression, scope),
            ExprKind::Conditional(condition, then, otherwise) => {
                self.expression(condition, scope);
                self.expression(then, scope);
                self.expression(otherwise, scope);
            }
            ExprKind::Unary(_, operand) | ExprKind::Parenthesis(operand) => self.expression(operand, scope),
            ExprKind::Binary(_, left, right) => {
                self.expression(left, scope);
                self.expression(right, scope);
            }
        }
    }

    fn for_expression(&mut self, for_expression: &For, scope: Scope<'_>) {
        self.expression(&for_expression.collection, scope);
        let value = Names { name: &for_expression.value_name, outer: scope.names };
        let key = for_expression.key_name.as_ref().map(|name| Names { name, outer: Some(&value) });
        let inner = scope.with(key.as_ref().unwrap_or(&value));
        let parts =
            [for_expression.key.as_ref(), Some(&for_expression.value), for_expression.condition.as_ref()];
        for part in parts.into_iter().flatten() {
            self.expression(part, inner);
        }
    }

    fn template(&mut self, template: &Template, scope: Scope<'_>) {
        for part in &template.parts {
            match part {
                TemplatePart::Literal(..) => {}
                TemplatePart::Interpolation(expression) => self.expression(expression, scope),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expression(condition, scope);
                    self.template(then, scope);
                    self.template(otherwise, scope);
                }
                TemplatePart::For { key_name, value_name, collection, body, .. } => {
                    self.expression(collection, scope);
                    let value = Names { name: value_name, outer: scope.names };
                    let key = key_name.as_ref().map(|name| Names { name, outer: Some(&value) });
                    self.template(body, scope.with(key.as_ref().unwrap_or(&value)));
                }
            }
        }
    }

    fn traversal(&mut self, expression: &Expr, scope: Scope<'_>) {
        let mut steps = Vec::new();
        let mut root = expression;
        loop {
            match &*root.kind {
                ExprKind::Attribute(source, name) => {
                    steps.push((root.span, Some(name)));
                    root = source;
                }
                ExprKind::Index(source, index) => {
                    self.expression(index, scope);
                    steps.push((root.span, None));
                    root = source;
                }
                _ => break,
            }
        }
        steps.reverse();
        match &*root.kind {
            ExprKind::Variable(name) if scope.has(name) => {}
            ExprKind::Variable(name) if scope.closed => {
                // As the evaluator says it of files of values, so that it is said once.
                let message = format!("Invalid reference: there is no variable named \"{name}\" here");
                self.report(message, expression.span);
            }
            ExprKind::Variable(name) => {
                self.reference(&Traversal { root: name, steps, span: root.span }, scope);
            }
            _ => self.expression(root, scope),
        }
    }

    fn reference(&mut self, reference: &Traversal<'_>, scope: Scope<'_>) {
        let first = reference.name(0);
        match (&**reference.root, first) {
            ("var", Some(name)) => self.variable(name, reference.span(1)),
            ("local", Some(name)) => self.local(name, reference.span(1)),
            ("module", Some(name)) => self.module_call(name, reference.span(1)),
            ("each", Some(name)) => self.each(name, reference.span(1), scope),
            ("count", Some(name)) => self.count(name, reference.span(1), scope),
            ("path", Some(name)) => {
                if !matches!(&**name, "module" | "root" | "cwd") {
                    let message = format!(
                        "Invalid \"path\" attribute: the \"path\" object does not have an attribute named \"{name}\""
                    );
                    self.report(message, reference.span(1));
                }
            }
            ("terraform" | "tofu", Some(name)) => {
                if !matches!(&**name, "workspace" | "applying") {
                    let message = format!(
                        "Invalid \"terraform\" attribute: the \"terraform\" object does not have an attribute named \"{name}\""
                    );
                    self.report(message, reference.span(1));
                }
            }
            ("self", _) => {
                let message =
                    "Invalid \"self\" reference: the \"self\" object is not available in this context";
                self.report(message.to_owned(), reference.span(1));
            }
            (
                root @ ("var" | "local" | "module" | "each" | "count" | "path" | "terraform" | "tofu"),
                None,
            ) => {
                let message = if reference.steps.is_empty() {
                    format!("Invalid reference: the \"{root}\" object cannot be accessed directly")
                } else {
                    format!("Invalid reference: the \"{root}\" object does not support this operation")
                };
                self.report(message, reference.span(1));
            }
            // They have no value, and stand only where they were dropped.
            ("action" | "list", _) => {}
            ("data", _) => self.resource_name(Mode::Data, first, reference, 1),
            ("ephemeral", _) => self.resource_name(Mode::Ephemeral, first, reference, 1),
            ("resource", _) => self.resource_name(Mode::Managed, first, reference, 1),
            _ => self.resource_name(Mode::Managed, Some(reference.root), reference, 0),
        }
    }

    fn variable(&mut self, name: &Name, span: Span) {
        let declared = &self.module.variables;
        if declared.contains_key(name) || self.lost.may_declare(&["variable", name]) {
            return;
        }
        let meant = self.meant(name, declared.keys().map(|known| &**known));
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"));
        let message = format!(
            "Reference to undeclared input variable: an input variable with the name \"{name}\" has not been declared{meant}"
        );
        self.report(message, span);
    }

    fn local(&mut self, name: &Name, span: Span) {
        let declared = &self.module.locals;
        if declared.contains_key(name) || self.lost.may_declare(&["locals", name]) {
            return;
        }
        let meant = self.meant(name, declared.keys().map(|known| &**known));
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"));
        let message = format!(
            "Reference to undeclared local value: a local value with the name \"{name}\" has not been declared{meant}"
        );
        self.report(message, span);
    }

    fn module_call(&mut self, name: &Name, span: Span) {
        let declared = &self.module.calls;
        if declared.contains_key(name) || self.lost.may_declare(&["module", name]) {
            return;
        }
        let meant = self.meant(name, declared.keys().map(|known| &**known));
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean \"{meant}\"?"));
        let message = format!(
            "Reference to undeclared module: no module call named \"{name}\" is declared in {}{meant}",
            self.place
        );
        self.report(message, span);
    }

    fn each(&mut self, name: &Name, span: Span, scope: Scope<'_>) {
        if !matches!(&**name, "key" | "value") {
            let message = format!(
                "Invalid \"each\" attribute: the \"each\" object does not have an attribute named \"{name}\"; it has \"key\" and \"value\""
            );
            self.report(message, span);
        } else if !scope.each {
            let message = "Reference to \"each\" in context without for_each: the \"each\" object can be used only in blocks whose \"for_each\" argument is set";
            self.report(message.to_owned(), span);
        }
    }

    fn count(&mut self, name: &Name, span: Span, scope: Scope<'_>) {
        if &**name != "index" {
            let message = format!(
                "Invalid \"count\" attribute: the \"count\" object does not have an attribute named \"{name}\"; it has \"index\""
            );
            self.report(message, span);
        } else if !scope.count {
            let message = "Reference to \"count\" in non-counted context: the \"count\" object can be used only in blocks whose \"count\" argument is set";
            self.report(message.to_owned(), span);
        }
    }

    /// A reference to a resource, whose name is the step at `at`.
    fn resource_name(
        &mut self,
        mode: Mode,
        resource_type: Option<&Name>,
        reference: &Traversal<'_>,
        at: usize,
    ) {
        let (Some(resource_type), Some(name)) = (resource_type, reference.name(at)) else {
            let message = match at {
                0 => {
                    "Invalid reference: a reference to a resource type must be followed by at least one attribute access, specifying the resource name".to_owned()
                }
                _ => format!(
                    "Invalid reference: the \"{}\" object must be followed by two attribute names: the resource type and the resource name",
                    reference.root
                ),
            };
            self.report(message, reference.span(at + 1));
            return;
        };
        let declared = |mode| {
            let key = (mode, resource_type.clone(), name.clone());
            self.module.resources.contains_key(&key)
        };
        let (article, kind, block) = words(mode);
        if declared(mode) || self.lost.may_declare(&[block, resource_type, name]) {
            return;
        }
        let other = [Mode::Managed, Mode::Data, Mode::Ephemeral].into_iter().find(|other| declared(*other));
        let meant = other.map(|other| shown(other, resource_type, name)).or_else(|| {
            let from = (mode, resource_type.clone(), Name::from(""));
            let siblings = self.module.resources.range(from..).map(|(key, _)| key);
            let siblings = siblings.take_while(|key| key.0 == mode && key.1 == *resource_type);
            let meant = self.meant(name, siblings.map(|key| &*key.2))?;
            Some(shown(mode, resource_type, &meant))
        });
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        let message = format!(
            "Reference to undeclared resource: {article} {kind} resource \"{resource_type}\" \"{name}\" has not been declared in {}{meant}",
            self.place
        );
        self.report(message, reference.span(at + 1));
    }

    /// The declared name that differs least from one that is not declared, if it is near.
    fn meant<'n>(&self, name: &str, declared: impl Iterator<Item = &'n str>) -> Option<String> {
        if name.len() > LONGEST_COMPARED {
            return None;
        }
        let near = match name.chars().count() {
            0..=2 => 0,
            3 => 1,
            _ => 2,
        };
        declared
            .take_while(|_| {
                let left = self.comparisons.get();
                self.comparisons.set(left.saturating_sub(1));
                left > 0
            })
            .filter(|known| known.len() <= LONGEST_COMPARED)
            .map(|known| (distance(name, known), known))
            .filter(|(distance, _)| *distance <= near)
            .min()
            .map(|(_, known)| known.to_owned())
    }
}

/// How messages and blocks name a mode.
const fn words(mode: Mode) -> (&'static str, &'static str, &'static str) {
    match mode {
        Mode::Managed => ("a", "managed", "resource"),
        Mode::Data => ("a", "data", "data"),
        Mode::Ephemeral => ("an", "ephemeral", "ephemeral"),
    }
}

fn shown(mode: Mode, resource_type: &str, name: &str) -> String {
    match mode {
        Mode::Managed => format!("{resource_type}.{name}"),
        Mode::Data => format!("data.{resource_type}.{name}"),
        Mode::Ephemeral => format!("ephemeral.{resource_type}.{name}"),
    }
}

/// A name that is written as such: `iterator = rule`, `"iterator": "rule"`.
fn keyword(value: &Expr) -> Option<&Name> {
    match &*value.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name),
        _ => None,
    }
}

/// The elements of a JSON list, or the one value that stands for a list of one.
fn elements(value: &Expr) -> &[Expr] {
    match &*value.kind {
        ExprKind::Tuple(elements) => elements,
        _ => std::slice::from_ref(value),
    }
}

/// The properties of a JSON object that have plain names.
fn entries(value: &Expr) -> impl Iterator<Item = (&str, &Expr)> {
    let items = match &*value.kind {
        ExprKind::Object(items) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| match &*item.key.kind {
        ExprKind::String(name) => Some((&**name, &item.value)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::config::load::Loader;
    use crate::source::fixture::{told, tree};
    use crate::source::{Fence, Sources};

    /// Asserts what is said about a root module of these files.
    #[track_caller]
    fn assert_root(files: &[(&str, &str)], expected: &[&str]) {
        let (_holder, top) = tree(files);
        let sources = Sources::new(top.clone());
        let root = Loader::new(&sources).load_root(&top, &Fence::around(&top, &top));
        assert_eq!(told(&sources, &root.diagnostics), expected);
    }

    #[track_caller]
    fn assert_text(text: &str, expected: &[&str]) {
        assert_root(&[("main.tf", text)], expected);
    }

    #[test]
    fn names_that_are_not_declared() {
        assert_text(
            r#"
            variable "acl" {}
            locals { name = "x" }
            data "aws_vpc" "main" {}
            resource "aws_s3_bucket" "site" {}
            module "logs" { source = "./none" }
            output "all" {
              value = [
                var.acll, var.other, local.nam, module.log.id, aws_s3_bucket.sites.arn, aws_vpc.main.id,
                data.aws_vpc.mein, resource.aws_s3_bucket.gone, ephemeral.random_password.p.result,
                var.acl, local.name, module.logs.id, aws_s3_bucket.site["a"], data.aws_vpc.main.id,
                resource.aws_s3_bucket.site[0].id, path.module, path.cwd, terraform.workspace,
              ]
            }
            "#,
            &[
                r#"error: Reference to undeclared input variable: an input variable with the name "acll" has not been declared; did you mean "acl"? @ var.acll"#,
                r#"error: Reference to undeclared input variable: an input variable with the name "other" has not been declared @ var.other"#,
                r#"error: Reference to undeclared local value: a local value with the name "nam" has not been declared; did you mean "name"? @ local.nam"#,
                r#"error: Reference to undeclared module: no module call named "log" is declared in the root module; did you mean "logs"? @ module.log"#,
                r#"error: Reference to undeclared resource: a data resource "aws_vpc" "mein" has not been declared in the root module; did you mean data.aws_vpc.main? @ data.aws_vpc.mein"#,
                r#"error: Reference to undeclared resource: a managed resource "aws_s3_bucket" "gone" has not been declared in the root module @ resource.aws_s3_bucket.gone"#,
                r#"error: Reference to undeclared resource: a managed resource "aws_s3_bucket" "sites" has not been declared in the root module; did you mean aws_s3_bucket.site? @ aws_s3_bucket.sites"#,
                r#"error: Reference to undeclared resource: a managed resource "aws_vpc" "main" has not been declared in the root module; did you mean data.aws_vpc.main? @ aws_vpc.main"#,
                r#"error: Reference to undeclared resource: an ephemeral resource "random_password" "p" has not been declared in the root module @ ephemeral.random_password.p"#,
                "error: Unreadable module directory @ \"./none\"",
            ],
        );
    }

    #[test]
    fn everywhere_that_an_expression_may_stand() {
        let missing = |names: &[&str]| -> Vec<String> {
            let mut lines: Vec<String> = names
                .iter()
                .map(|name| {
                    format!(
                        "error: Reference to undeclared local value: a local value with the name \"{name}\" has not been declared @ local.{name}"
                    )
                })
                .collect();
            lines.sort();
            lines
        };
        let text = r#"
            locals {
              a = try(local.l01, can(local.l02))
              b = "x${local.l03}y%{ if local.l04 }${local.l05}%{ else }${local.l06}%{ endif }"
              c = <<-EOT
                %{ for x in local.l07 }${x}${local.l08}%{ endfor }
              EOT
              d = [for k, v in local.l09 : local.l10 if local.l11]
              e = { for k, v in {} : local.l12 => local.l13... }
              f = { (local.l14) = local.l15, local = 1 }
              g = local.l16 ? local.l17 : !local.l18 + -local.l19
              h = local.a[local.l20].x[*].y[local.l21].*.z
              i = (local.l22)[0]
            }
            resource "x_y" "a" {
              count = local.l23
              v     = local.l24
              b { v = local.l25 }
              dynamic "c" {
                for_each = local.l26
                labels   = [local.l27]
                content { v = local.l28 }
              }
            }
            provider "aws" {
              region = local.l29
              assume_role { role_arn = local.l30 }
            }
        "#;
        let names: Vec<String> = (1..=30).map(|number| format!("l{number:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let expected = missing(&names);
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_text(text, &expected);
    }

    #[test]
    fn what_no_verdict_reads() {
        assert_text(
            r#"
            variable "known" {
              validation {
                condition     = var.known != local.v1
                error_message = "not ${local.v2}"
              }
            }
            output "o" {
              value      = 1
              depends_on = [aws_vpc.o1, module.o2]
              precondition {
                condition     = local.o3
                error_message = self.id
              }
            }
            module "m" {
              source     = "./none"
              depends_on = [aws_vpc.m1]
            }
            resource "aws_vpc" "main" {
              count      = 1
              depends_on = [data.aws_vpc.r1, var.known]
              lifecycle {
                create_before_destroy = true
                ignore_changes        = [tags, cidr_block]
                replace_triggered_by  = [aws_vpc.r2[count.index].id]
                precondition {
                  condition     = self.cidr_block == local.r3
                  error_message = "no"
                }
                postcondition {
                  condition     = self.cidr_block == local.r4
                  error_message = "no"
                }
              }
              connection { host = self.id }
              provisioner "local-exec" {
                when       = destroy
                on_failure = continue
                command    = "echo ${self.id} ${local.r5}"
              }
            }
            "#,
            &[
                r#"error: Invalid "self" reference: the "self" object is not available in this context @ self.cidr_block"#,
                r#"error: Invalid "self" reference: the "self" object is not available in this context @ self.id"#,
                r#"error: Reference to undeclared local value: a local value with the name "o3" has not been declared @ local.o3"#,
                r#"error: Reference to undeclared local value: a local value with the name "r3" has not been declared @ local.r3"#,
                r#"error: Reference to undeclared local value: a local value with the name "r4" has not been declared @ local.r4"#,
                r#"error: Reference to undeclared local value: a local value with the name "r5" has not been declared @ local.r5"#,
                r#"error: Reference to undeclared local value: a local value with the name "v1" has not been declared @ local.v1"#,
                r#"error: Reference to undeclared local value: a local value with the name "v2" has not been declared @ local.v2"#,
                r#"error: Reference to undeclared module: no module call named "o2" is declared in the root module @ module.o2"#,
                r#"error: Reference to undeclared resource: a data resource "aws_vpc" "r1" has not been declared in the root module @ data.aws_vpc.r1"#,
                r#"error: Reference to undeclared resource: a managed resource "aws_vpc" "m1" has not been declared in the root module @ aws_vpc.m1"#,
                r#"error: Reference to undeclared resource: a managed resource "aws_vpc" "o1" has not been declared in the root module @ aws_vpc.o1"#,
                r#"error: Reference to undeclared resource: a managed resource "aws_vpc" "r2" has not been declared in the root module @ aws_vpc.r2"#,
                r#"error: Unreadable module directory @ "./none""#,
            ],
        );
    }

    #[test]
    fn temporary_names() {
        assert_text(
            r#"
            locals {
              a = [for each in [1] : each]
              b = { for k, v in {} : k => v if v == k }
              c = "%{ for i, word in ["a"] }${i}${word}%{ endfor }"
              d = [for x in ["d"] : local.a]
              e = [for x in x : 1]
              f = [for x in [1] : y.z]
            }
            resource "x_y" "a" {
              dynamic "rule" {
                for_each = [1]
                content {
                  v = rule.value
                  dynamic "inner" {
                    for_each = rule.value
                    iterator = it
                    content { v = [rule.key, it.key, inner.key] }
                  }
                }
              }
              dynamic "rule" {
                for_each = rule.value
                content {}
              }
            }
            "#,
            &[
                "error: Invalid reference: a reference to a resource type must be followed by at least one attribute access, specifying the resource name @ x",
                "error: Reference to undeclared resource: a managed resource \"inner\" \"key\" has not been declared in the root module @ inner.key",
                "error: Reference to undeclared resource: a managed resource \"rule\" \"value\" has not been declared in the root module @ rule.value",
                "error: Reference to undeclared resource: a managed resource \"y\" \"z\" has not been declared in the root module @ y.z",
            ],
        );
    }

    #[test]
    fn iteration_symbols() {
        assert_root(
            &[
                (
                    "main.tf",
                    r#"
                    resource "x_y" "a" {
                      for_each = toset(["a"])
                      v        = [each.key, each.value, each.other, count.index]
                    }
                    resource "x_y" "b" {
                      count = 2
                      v     = [count.index, count.other, each.key]
                    }
                    module "m" {
                      source   = "./m"
                      for_each = each.value
                      a        = each.key
                    }
                    provider "aws" {
                      alias    = "by_key"
                      for_each = toset(["a"])
                      region   = each.key
                    }
                    output "o" { value = self.id }
                    "#,
                ),
                ("m/main.tf", "variable \"a\" {}"),
            ],
            &[
                "error: Invalid \"count\" attribute: the \"count\" object does not have an attribute named \"other\"; it has \"index\" @ count.other",
                "error: Invalid \"each\" attribute: the \"each\" object does not have an attribute named \"other\"; it has \"key\" and \"value\" @ each.other",
                "error: Invalid \"self\" reference: the \"self\" object is not available in this context @ self.id",
                "error: Reference to \"count\" in non-counted context: the \"count\" object can be used only in blocks whose \"count\" argument is set @ count.index",
                "error: Reference to \"each\" in context without for_each: the \"each\" object can be used only in blocks whose \"for_each\" argument is set @ each.key",
                "error: Reference to \"each\" in context without for_each: the \"each\" object can be used only in blocks whose \"for_each\" argument is set @ each.value",
            ],
        );
    }

    #[test]
    fn bare_references() {
        assert_text(
            "locals {\n a = var\n b = local[\"a\"]\n c = aws_s3_bucket\n d = data.aws_vpc\n e = path.home\n \
             f = terraform.version\n g = data\n h = each\n i = module[*].x\n}",
            &[
                "error: Invalid \"path\" attribute: the \"path\" object does not have an attribute named \"home\" @ path.home",
                "error: Invalid \"terraform\" attribute: the \"terraform\" object does not have an attribute named \"version\" @ terraform.version",
                "error: Invalid reference: a reference to a resource type must be followed by at least one attribute access, specifying the resource name @ aws_s3_bucket",
                "error: Invalid reference: the \"data\" object must be followed by two attribute names: the resource type and the resource name @ data",
                "error: Invalid reference: the \"data\" object must be followed by two attribute names: the resource type and the resource name @ data.aws_vpc",
                "error: Invalid reference: the \"each\" object cannot be accessed directly @ each",
                "error: Invalid reference: the \"local\" object does not support this operation @ local[\"a\"]",
                "error: Invalid reference: the \"module\" object cannot be accessed directly @ module",
                "error: Invalid reference: the \"var\" object cannot be accessed directly @ var",
            ],
        );
    }

    #[test]
    fn blocks_in_json() {
        assert_root(
            &[(
                "main.tf.json",
                r#"{"resource": {"x_y": {"a": {
                    "//": "${var.comment}",
                    "v": ["${var.one}", {"//": "${var.comment}", "w": "${var.two}"}],
                    "dynamic": {"rule": {"for_each": [1], "content": {"v": "${rule.key}"}}},
                    "outer": {"dynamic": {"inner": [
                        {"for_each": ["${it.key}"], "iterator": "it", "content": {"v": "${it.key}${inner.key}"}}
                    ]}}
                }}}}"#,
            )],
            &[
                "error: Reference to undeclared input variable: an input variable with the name \"one\" has not been declared @ var.one",
                "error: Reference to undeclared input variable: an input variable with the name \"two\" has not been declared @ var.two",
                "error: Reference to undeclared resource: a managed resource \"inner\" \"key\" has not been declared in the root module @ inner.key",
                "error: Reference to undeclared resource: a managed resource \"it\" \"key\" has not been declared in the root module @ it.key",
            ],
        );
    }

    #[test]
    fn arguments_of_calls() {
        assert_root(
            &[
                (
                    "main.tf",
                    "module \"a\" {\n  source = \"./m\"\n  nmae   = 1\n}\nmodule \"b\" {\n  source = \"./m\"\n  \
                     count  = 0\n  name   = 1\n}\nmodule \"c\" {\n  source = \"./broken\"\n  anything = 1\n}\n",
                ),
                (
                    "m/main.tf",
                    "variable \"name\" {}\nvariable \"other\" { default = local.gone }\noutput \"x\" { value = var.gone }",
                ),
                ("broken/main.tf", "variable \"anything\" {"),
            ],
            &[
                "error: Invalid reference: there is no variable named \"local\" here @ local.gone",
                "error: Missing required argument: the argument \"name\" is required, but no definition was found @ module \"a\"",
                "error: Reference to undeclared input variable: an input variable with the name \"gone\" has not been declared @ var.gone",
                "error: Unclosed configuration block @ {",
                "error: Unsupported argument: an argument named \"nmae\" is not expected here; did you mean \"name\"? @ nmae",
            ],
        );
    }

    #[test]
    fn what_could_not_be_read_may_be_declared_there() {
        assert_root(
            &[
                ("a.tf", "resource \"x_y\" \"lost\" {\n  v = \n}\nvariable \"lost\" {\n  type = \n}\n"),
                (
                    "b.tf",
                    "locals {\n  a = x_y.lost.id\n  b = var.lost\n  c = x_y.other.id\n  d = local.gone\n}",
                ),
                ("c.tf", "locals {\n  x = \n}"),
            ],
            &[
                "error: Invalid expression @ \n",
                "error: Invalid expression @ \n",
                "error: Invalid expression @ \n",
                "error: Reference to undeclared resource: a managed resource \"x_y\" \"other\" has not been declared in the root module @ x_y.other",
            ],
        );
        let wording = "error: Argument or block definition required here or below @";
        assert_root(
            &[("a.tf", "locals {\n  a = var.x\n}\n}"), ("b.tf", "= 1\n")],
            &[&format!("{wording} ="), &format!("{wording} }}")],
        );
    }

    #[test]
    fn a_module_that_is_called_twice_is_checked_once() {
        assert_root(
            &[
                (
                    "main.tf",
                    "module \"a\" {\n  source = \"./m\"\n}\nmodule \"b\" {\n  source = \"./m\"\n  count  = 3\n}\n",
                ),
                ("m/main.tf", "locals {\n  a = x_y.b\n}\n"),
            ],
            &[
                "error: Reference to undeclared resource: a managed resource \"x_y\" \"b\" has not been declared in this module @ x_y.b",
            ],
        );
    }
}
