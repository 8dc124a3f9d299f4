//! From where the names of an expression end to the value that an unknown stands for.
//!
//! Enters: a place whose value is unknown. Leaves: the same unknown that the evaluator would have made, with
//! its cause and identity; one of several; or "absent", when nothing was written there (plan-format.md 3, 5).

use std::sync::Arc;

use super::json::Json;
use super::lists::{is_list, possible};
use super::references::{End, Found, Scope, Tracer};
use super::values::{Place, Written, perhaps_blocks};
use super::wraps;
use crate::address::{Address, Mode, Path, PathStep};
use crate::model::computed;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Unknown, Value};

/// Attributes that hold a document: a name in their expression is a part of it, unless it names a document.
pub(super) const DOCUMENTS: [&str; 15] = [
    "access_policies",
    "access_policy",
    "assume_role_policy",
    "content",
    "definition",
    "inline_policy",
    "override_json",
    "override_policy_documents",
    "policy",
    "policy_data",
    "policy_document",
    "policy_text",
    "source_json",
    "source_policy_documents",
    "user_data",
];

/// Attributes that are a document when they are referred to.
const DOCUMENT_SOURCES: [&str; 9] = [
    "content",
    "content_base64",
    "json",
    "minified_json",
    "policy",
    "policy_data",
    "policy_text",
    "rendered",
    "template",
];

/// Lists that a provider fills in when they are left out; other lists of blocks that are unknown and have no
/// expression come from a `dynamic` block. Source: schema of hashicorp/aws 5.100, plan-format.md 3.
const COMPUTED_BLOCKS: [&str; 18] = [
    "access",
    "access_control_policy",
    "allow",
    "attachment",
    "cors_rule",
    "deny",
    "egress",
    "grant",
    "ingress",
    "inline_policy",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "replication_configuration",
    "route",
    "server_side_encryption_configuration",
    "versioning",
    "website",
];

/// Blocks that may open or close something and that the plan reads as left out; the source may know better.
const TOLD_BY_SOURCE: [&str; 6] = ["access", "egress", "grant", "ingress", "route", "access_control_policy"];

/// Whether a place is such a block.
pub(super) fn is_computed_block(place: &Place<'_>) -> bool {
    place.list && place.path.as_attribute().is_some_and(|name| TOLD_BY_SOURCE.contains(&name))
}

/// Endings of lists of strings that a provider fills in; blocks are named in the singular.
const COMPUTED_ENDINGS: [&str; 1] = ["s"];

/// Looks attributes of other instances up.
pub(super) type LookUp<'l> = &'l dyn Fn(&Address, &Path) -> Value;

/// Makes values of unknown places of one instance.
pub(super) struct Unknowns<'u, 'p, 'a> {
    pub(super) tracer: &'u Tracer<'p, 'a>,
    pub(super) address: &'u Address,
    pub(super) scope: &'u Scope<'u, 'a>,
    pub(super) look_up: LookUp<'u>,
    /// Whether the plan itself knows an attribute.
    pub(super) is_shown: &'u dyn Fn(&Address, &Path) -> bool,
}

impl Unknowns<'_, '_, '_> {
    /// The value of an unknown place; `None`: it is absent.
    pub(super) fn leaf(&self, place: &Place<'_>) -> Option<Value> {
        let nodes = match place.written {
            Written::Hidden => return Some(self.hidden(place)),
            Written::Nothing => return self.not_written(place),
            Written::By(nodes) | Written::Around(nodes) => nodes,
        };
        let inside = matches!(place.written, Written::Around(_));
        if nodes.iter().any(|node| matches!(node, Json::Array(_))) {
            return Some(perhaps_blocks(self.own(place)));
        }
        self.tracer.steps.set(0);
        self.tracer.unseen.set(false);
        let mut found: Vec<Found> = Vec::new();
        for node in nodes {
            let more = self.tracer.expression(node, self.scope, 0);
            if more.is_empty() {
                return Some(Value::unknown(self.own(place)));
            }
            found.extend(more);
        }
        if let [only] = found.as_slice()
            && let [End::Known(value)] = only.ends.as_slice()
            && value.is_null()
        {
            return None;
        }
        let name = last_name(place.path);
        if found.len() > 1 && (inside || nodes.len() > 1) {
            // Several blocks, or several parts of one expression, may be this one.
            let ends = found.into_iter().flat_map(|found| found.ends).collect();
            found = vec![Found { ends, mixed: inside, ..Found::default() }];
        }
        for one in found.iter_mut().filter(|one| one.mixed) {
            keep_kind(one, name, place.around);
        }
        let list = place.list || place.sensitive && is_list(name);
        Some(if list { self.list(place, found, name) } else { self.made(place, &found, name) })
    }

    fn made(&self, place: &Place<'_>, found: &[Found], name: &str) -> Value {
        let mut lost: Vec<Cause> = Vec::new();
        let mut candidates: Vec<Candidates> = Vec::new();
        for one in found {
            let mut values = Vec::new();
            let mut guess = None;
            for (at, end) in one.ends.iter().enumerate() {
                let (value, is_known) = match end {
                    End::Known(_) => continue,
                    End::Lost(name) => {
                        lost.push(Cause::Hidden(name.clone()));
                        continue;
                    }
                    End::At(address, path) => self.at(address, path, name),
                };
                // What is known cannot be what the result is, which is not.
                if is_known {
                    continue;
                }
                if one.guess == Some(at) {
                    guess = Some(values.len());
                }
                values.push(value);
            }
            if !values.is_empty() {
                candidates.push(Candidates { values, guess });
            }
        }
        if lost.is_empty() && candidates.is_empty() {
            return Value::unknown(self.own(place));
        }
        let document = DOCUMENTS.contains(&name);
        let fits = |value: &Value| !document || is_document(value);
        let all_fit = candidates.iter().flat_map(|candidates| &candidates.values).all(fits);
        if !lost.is_empty() || !all_fit {
            let causes = candidates.iter().flat_map(|candidates| &candidates.values).flat_map(causes);
            return Value::unknown(Unknown::because(Cause::any(lost.into_iter().chain(causes))));
        }
        self.add_known(place, found, &mut candidates);
        let only = match (place.position, candidates.len()) {
            (Some((at, count)), several) if several > 1 && count == several => {
                candidates.into_iter().nth(at).map(Candidates::one)
            }
            (_, 1) => candidates.into_iter().next().map(Candidates::one),
            (_, _) => {
                let values = candidates.into_iter().flat_map(|candidates| candidates.values).collect();
                Some(Candidates { values, guess: None }.one())
            }
        };
        let value = only.unwrap_or_else(|| Value::unknown(self.own(place)));
        let denies =
            place.around.and_then(|around| around.get("effect")).and_then(Json::as_str) == Some("Deny");
        match name {
            "resources" => extended(&value),
            // What an Allow spares is not taken for everything.
            "not_resources" if denies => extended(&value),
            _ => value,
        }
    }

    /// Adds what is known and may be one of the unknown elements: there are more of these than unknown names
    /// (`sort`, `reverse`).
    fn add_known(&self, place: &Place<'_>, found: &[Found], candidates: &mut Vec<Candidates>) {
        let values: usize = candidates.iter().map(|candidates| candidates.values.len()).sum();
        let name = last_name(place.path);
        if name == "resources" || place.position.is_none_or(|(_, count)| count <= values) {
            return;
        }
        let known = found.iter().filter(|one| !one.selects).flat_map(|one| &one.ends);
        let known: Vec<&Value> = known
            .filter_map(|end| match end {
                End::Known(value) => Some(value),
                End::At(..) | End::Lost(_) => None,
            })
            .collect();
        let more = possible(&known, name).unwrap_or_else(|| vec![Value::unknown(self.own(place))]);
        if !more.is_empty() {
            let all = std::mem::take(candidates).into_iter().flat_map(|candidates| candidates.values);
            *candidates = vec![Candidates { values: all.chain(more).collect(), guess: None }];
        }
    }

    /// An attribute of an instance, of the instance as a whole the one that is meant where this is written; and
    /// whether the plan knows it.
    pub(super) fn at(&self, address: &Address, path: &Path, name: &str) -> (Value, bool) {
        let meant = match address.mode {
            Mode::Data if DOCUMENTS.contains(&name) => "json",
            _ if matches!(name, "resources" | "not_resources" | "identifiers") => "arn",
            Mode::Data | Mode::Managed | Mode::Ephemeral => "id",
        };
        let attribute = if path.is_empty() { Path::attribute(meant) } else { path.clone() };
        let value = (self.look_up)(address, &attribute);
        let is_known = value.is_wholly_known() && (self.is_shown)(address, &attribute);
        if !path.is_empty() || meant != "id" || is_of_kind(&stem(name), &kind_of(address, path)) {
            return (value, is_known);
        }
        // Of a VPC its default security group may be meant.
        let is_meant = |other: &str| wraps::names_another(other) && is_of_kind(&stem(name), &stem(other));
        let others = wraps::attributes(self.tracer.entries, address, &is_meant);
        let others = others.iter().map(|other| (self.look_up)(address, &Path::attribute(other)));
        let values: Vec<Value> = [value].into_iter().chain(others).collect();
        let only = values.len() == 1;
        (Candidates { values, guess: None }.one(), only && is_known)
    }

    /// Known only after apply, whatever it is.
    pub(super) fn own(&self, place: &Place<'_>) -> Unknown {
        Unknown::because(Cause::Attribute { of: self.address.clone(), path: place.path.clone() })
    }

    fn hidden(&self, place: &Place<'_>) -> Value {
        if place.list { perhaps_blocks(self.own(place)) } else { Value::unknown(self.own(place)) }
    }

    /// What is unknown and was not written: absent, unless only a `dynamic` block can have left it open.
    fn not_written(&self, place: &Place<'_>) -> Option<Value> {
        if !place.list {
            return None;
        }
        let name = last_name(place.path);
        let computed = self.address.mode == Mode::Managed
            && place.path.steps().len() == 1
            && (COMPUTED_BLOCKS.contains(&name)
                || COMPUTED_ENDINGS.iter().any(|ending| name.ends_with(ending)));
        if computed { None } else { Some(perhaps_blocks(self.own(place))) }
    }
}

/// Keeps the candidates that an attribute of that name can be, by the words in it: `subnet_id` of
/// `aws_subnet`. One whose type has an attribute of its own beside it is meant there: `nat_gateway_id`.
fn keep_kind(found: &mut Found, name: &str, around: Option<&Json<'_>>) {
    let kind = |end: &End| match end {
        End::At(address, path) => Some(kind_of(address, path)),
        End::Known(_) | End::Lost(_) => None,
    };
    let own = stem(name);
    let beside = |kind: &str| match around {
        Some(Json::Object(entries)) => {
            entries.keys().any(|other| other != name && stem(other) == kind && kind != own)
        }
        Some(_) | None => false,
    };
    let fits = |end: &End| kind(end).is_some_and(|kind| is_of_kind(&own, &kind) && !beside(&kind));
    if found.ends.iter().any(fits) {
        found.ends.retain(fits);
        found.guess = None;
    }
}

/// The words of a name that say what it names: `vpc_security_group` of `vpc_security_group_ids`.
fn stem(name: &str) -> String {
    let endings = ["_ids", "_id", "_arns", "_arn", "_names", "_name", "_identifier"];
    let ending = endings.iter().find_map(|ending| name.strip_suffix(ending));
    ending.unwrap_or(name).to_owned()
}

/// The words that say what an attribute of an instance names: the instance, or what the attribute says.
fn kind_of(address: &Address, path: &Path) -> String {
    if let Some(name) = path.as_attribute().filter(|name| wraps::names_another(name)) {
        return stem(name);
    }
    let kind = address.resource_type.split_once('_').map(|(_, kind)| kind);
    kind.unwrap_or(&address.resource_type).to_owned()
}

fn is_of_kind(own: &str, kind: &str) -> bool {
    own.ends_with(kind) || kind.ends_with(own)
}

/// What one name may mean, as values.
pub(super) struct Candidates {
    pub(super) values: Vec<Value>,
    pub(super) guess: Option<usize>,
}

impl Candidates {
    /// The one value, whichever it is.
    pub(super) fn one(self) -> Value {
        let guess = self.guess.and_then(|at| self.values.get(at)).and_then(identity);
        match <[Value; 1]>::try_from(self.values) {
            Ok([only]) => only,
            Err(values) => {
                let cause = Cause::any(values.iter().flat_map(causes));
                Value::unknown(Unknown { one_of: values, guess, ..Unknown::because(cause) })
            }
        }
    }
}

fn identity(value: &Value) -> Option<(Address, Path)> {
    value.as_unknown().and_then(|unknown| unknown.identity.clone())
}

pub(super) fn causes(value: &Value) -> Vec<Cause> {
    value.unknowns().iter().map(|unknown| unknown.cause.clone()).collect()
}

/// Whether a value is a document, and not a part of one.
pub(super) fn is_document(value: &Value) -> bool {
    let Some(unknown) = value.as_unknown() else { return true };
    match &unknown.identity {
        Some((_, path)) => DOCUMENT_SOURCES.contains(&last_name(path)),
        None => unknown.one_of.iter().all(is_document),
    }
}

/// The name of the last attribute of a path.
pub(super) fn last_name(path: &Path) -> &str {
    let names = path.steps().iter().rev().find_map(|step| match step {
        PathStep::Attribute(name) => Some(&**name),
        PathStep::Index(_) | PathStep::Key(_) | PathStep::Any => None,
    });
    names.unwrap_or("")
}

/// The pattern of a resource: the references do not tell `ARN` from `ARN/*`.
fn extended(value: &Value) -> Value {
    match &value.data {
        Data::Unknown(unknown) if unknown.one_of.is_empty() => {
            let rest = Unknown { identity: None, named: None, ..unknown.as_ref().clone() };
            let mut text = TextBuilder::default();
            text.push_hole(unknown.clone());
            text.push_hole(Arc::new(rest));
            Value::new(Data::String(text.build()))
        }
        Data::Unknown(_)
        | Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Mapping(..) => value.clone(),
    }
}

/// An attribute of an instance that the provider decides.
pub(super) fn after_apply(address: &Address, path: &Path) -> Value {
    let mut unknown = Unknown::attribute(address.clone(), path.clone());
    if address.mode == Mode::Data {
        unknown.cause = Cause::Data { of: address.clone(), path: path.clone() };
    }
    if let Some(name) = path.as_attribute() {
        unknown.of_type = computed::type_of(address, name);
        unknown.not_null = computed::is_never_null(address, name);
    }
    Value::unknown(unknown)
}
