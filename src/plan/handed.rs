//! What a resource refers to that a plan leaves out.
//!
//! Enters: its block, or the arguments of a module call. Leaves: the values that it may act on, and whether
//! these are all: what its names are made of is not always in a plan.

use super::configuration::{Call, Resource};
use super::json::Json;
use super::references::{End, Scope, Tracer};
use super::unknowns::after_apply;
use super::values::{constant_of, is_expression};
use crate::address::{Address, Key, Mode, ModulePath, Path, PathStep};
use crate::value::Value;

/// Endings of attributes that name something else.
const NAMING: [&str; 17] = [
    "_arn",
    "_arns",
    "_id",
    "_identifier",
    "_ids",
    "_name",
    "_names",
    "bucket",
    "bucketname",
    "credentials",
    "group",
    "groups",
    "role",
    "roles",
    "url",
    "user",
    "users",
];

/// Attributes with such an ending that name the resource itself, or nothing.
const OWN: [&str; 9] = [
    "db_name",
    "function_name",
    "identity_pool_name",
    "kms_key_id",
    "policy_name",
    "project_name",
    "replication_group_id",
    "role_name",
    "rule_name",
];

/// Attributes of a resource that are its names.
const NAMES: [&str; 4] = ["arn", "id", "identifier", "name"];

/// Providers whose resources only make values.
const MAKERS: [&str; 8] = ["external", "http", "local", "null", "random", "terraform", "time", "tls"];

/// What was handed over.
#[derive(Debug, Default)]
pub(super) struct Handed {
    values: Vec<Value>,
    /// Whether it names something at all.
    names: bool,
    /// Whether it names something that cannot be told.
    names_unread: bool,
    /// Whether something else cannot be told.
    lost: bool,
}

impl Handed {
    /// What a resource refers to; `None` when that cannot be told.
    pub(super) fn to_resource<'a>(
        tracer: &Tracer<'_, 'a>,
        resource: &Resource<'a>,
        address: &Address,
    ) -> Option<Vec<Value>> {
        let Json::Object(entries) = resource.expressions.get() else { return None };
        let repetition = Some(&resource.repetition);
        let module = address.module.clone();
        let scope = Scope { module, repetition, key: Key::Unknown, siblings: &[] };
        let mut handed = Self::default();
        for (name, node) in entries.iter() {
            handed.read(tracer, name, node, &scope);
        }
        let found = handed.values.iter().any(|value| value.as_unknown().is_some());
        let all = if handed.names { !handed.names_unread } else { found || !handed.lost };
        all.then_some(handed.values)
    }

    /// What a module instance is handed, and whether that is all.
    pub(super) fn to_module<'a>(
        tracer: &Tracer<'_, 'a>,
        call: &Call<'a>,
        (parent, key): (&ModulePath, &Key),
        siblings: &[Key],
    ) -> (Vec<Value>, bool) {
        let entries = match call.expressions.get() {
            Json::Object(entries) => entries,
            unread => return (Vec::new(), *unread == Json::Null),
        };
        let repetition = Some(&call.repetition);
        let scope = Scope { module: parent.clone(), repetition, key: key.clone(), siblings };
        let mut handed = Self::default();
        for (name, node) in entries.iter() {
            handed.read(tracer, name, node, &scope);
        }
        (handed.values, !handed.lost)
    }

    /// Reads an attribute, or the blocks of a name.
    fn read<'a>(&mut self, tracer: &Tracer<'_, 'a>, name: &str, node: &Json<'_>, scope: &Scope<'_, 'a>) {
        match node {
            Json::Array(blocks) => {
                for block in blocks {
                    self.read(tracer, name, block, scope);
                }
            }
            Json::Object(entries) if !entries.is_empty() && !is_expression(node) => {
                for (name, node) in entries.iter() {
                    self.read(tracer, name, node, scope);
                }
            }
            Json::Object(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                self.expression(tracer, name, node, scope);
            }
        }
    }

    fn expression<'a>(
        &mut self,
        tracer: &Tracer<'_, 'a>,
        name: &str,
        node: &Json<'_>,
        scope: &Scope<'_, 'a>,
    ) {
        tracer.steps.set(0);
        let is_constant = constant_of(node).is_some();
        let (mut read, mut lost) = (is_constant, false);
        let mut open: Vec<End> = ends(tracer, node, scope);
        let iterates = open.iter().any(|end| matches!(end, End::Lost(name) if name.starts_with("each.")));
        if iterates && let Some(each) = scope.repetition.and_then(|repetition| repetition.for_each.as_ref()) {
            let outer = Scope { repetition: None, key: Key::None, siblings: &[], ..scope.clone() };
            let over = ends(tracer, each.get(), &outer);
            open.extend(over.into_iter().filter(|end| matches!(end, End::At(..))));
        }
        for end in open {
            match end {
                End::Known(value) => self.values.push(value),
                End::At(of, path) => {
                    let path = if path.is_empty() { Path::attribute("id") } else { path };
                    read |= is_name_of(tracer, &of, &path);
                    self.values.push(after_apply(&of, &path));
                }
                End::Lost(_) => lost = true,
            }
        }
        self.lost |= lost;
        if is_naming(name) {
            self.names = true;
            self.names_unread |= !read;
        }
    }
}

fn ends<'a>(tracer: &Tracer<'_, 'a>, node: &Json<'_>, scope: &Scope<'_, 'a>) -> Vec<End> {
    tracer.expression(node, scope, 0).into_iter().flat_map(|found| found.ends).collect()
}

fn is_naming(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !OWN.contains(&&*name) && NAMING.iter().any(|ending| name.ends_with(ending))
}

/// Whether an attribute is a name of its resource, and not a text that it makes or holds.
fn is_name_of(tracer: &Tracer<'_, '_>, of: &Address, path: &Path) -> bool {
    let provider = of.resource_type.split('_').next().unwrap_or_default();
    let last = path.steps().iter().rev().find_map(|step| match step {
        PathStep::Attribute(name) => Some(name),
        PathStep::Index(_) | PathStep::Key(_) | PathStep::Any => None,
    });
    let is_name = last.is_some_and(|name| NAMES.contains(&&**name) || is_naming(name));
    let known = of.mode == Mode::Managed || (tracer.is_read)(Mode::Managed, &of.resource_type);
    is_name && known && !MAKERS.contains(&provider)
}
