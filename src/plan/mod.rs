//! `terraform show -json` of a plan or state into the same model as configuration.
//!
//! Enters: the bytes of a document, and what somebody asks for. Leaves: a [`Plan`], which is two models, one
//! of what is and one of what will be. Source: plan-format.md. Must never import `eval`; `overlay` is handed
//! the model that the configuration evaluates to.

mod build;
mod change;
mod configuration;
mod copied;
mod document;
mod entries;
mod former;
mod gaps;
mod handed;
mod json;
mod lists;
mod names;
mod outputs;
pub mod overlay;
mod pairs;
mod providers;
mod references;
mod selection;
mod unknowns;
mod unread;
mod values;
mod wraps;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::de::DeserializeSeed;

pub use document::Refused;

use crate::address::{Address, Mode, Name, Object};
use crate::model::{Copied, Fate, Instance, Model, Want, computed};
use crate::source::{Diagnostic, Span};
use crate::truth::Truth;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Unknown, Value};
use build::{Instances, Made, Shared, instances};
use change::Earlier;
use document::{Change, HOW, Parts, Resource, ValuesSeed};
use entries::{Entries, Entry};
use gaps::{Coverage, Search};
use json::{Json, Text};
use names::Names;

/// What is asked of a document.
pub struct Asked<'q> {
    /// What is asked of the resources of a type.
    pub want: &'q (dyn Fn(&str) -> Want + Sync),
    /// The attributes of a type that only mirror what others set.
    pub copies: &'q (dyn Fn(&str) -> Vec<&'static Copied> + Sync),
    /// Whether attributes are asked for that no verdict depends on.
    pub everything: bool,
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked")
    }
}

impl Asked<'_> {
    /// What is asked of a resource or data source.
    fn of(&self, mode: Mode, resource_type: &str) -> Want {
        match (self.want)(resource_type) {
            Want::Nothing | Want::Presence
                if mode == Mode::Data && computed::completes(resource_type)
                    || mode == Mode::Managed && computed::is_named_after(resource_type) =>
            {
                Want::Attributes
            }
            want => want,
        }
    }

    fn reads(&self, mode: Mode, resource_type: &str) -> bool {
        matches!(self.of(mode, resource_type), Want::Attributes | Want::Referred)
    }
}

/// What was read.
#[derive(Debug, Default)]
pub struct Plan {
    /// What will be, or of a state what is. Deleted and forgotten instances stay in it with their fate.
    pub after: Model,
    /// What is. None of a state.
    pub before: Option<Model>,
    /// What was recorded before something changed outside of Terraform; only if something did.
    pub recorded: Option<Model>,
    /// What will be if what is made anew is made as it was: unknown attributes have their earlier values. A
    /// guess that may open something; only if something is replaced.
    pub probable: Option<Model>,
    /// The values of root variables, as one JSON object.
    pub variables: String,
    /// Managed resources that the plan has in its configuration: addresses without keys.
    pub declared: BTreeSet<Address>,
    /// Blocks that are read as left out, although a `dynamic` block may have made them unknown.
    pub unset: BTreeSet<(Address, Name)>,
}

/// Reads a plan or state. `span` is the place that everything in it is reported at.
///
/// # Errors
/// Returns why the document is none.
pub fn read(bytes: &[u8], span: Span, asked: &Asked<'_>) -> Result<Plan, Refused> {
    let want = |mode: Mode, resource_type: &str| asked.of(mode, resource_type);
    let mut parts = document::read(bytes, &want)?;
    let names = Names::default();
    let configuration = parts.configuration.take().filter(|section| section.has_root);
    let variables = variables(&parts)?;
    let shared = Shared {
        configuration: configuration.as_ref(),
        variables: &variables,
        asked,
        whole: !parts.errored && parts.complete != Some(false) && parts.deferred.is_empty(),
        span,
    };
    let variables = variables_text(&parts);
    let outputs = if asked.everything { outputs::read(&parts, &names)? } else { BTreeMap::new() };
    let errored = parts.errored;
    let mut plan = if let Some(resources) = parts.values.take() {
        let mut entries = state_entries(&names, resources)?;
        former::settle(&mut entries);
        let Made { instances, .. } = instances(&shared, &entries, &|_| None)?;
        Plan { after: Model { instances, ..Model::default() }, ..Plan::default() }
    } else {
        sides(parts, &shared, &names)?
    };
    plan.variables = variables;
    plan.after.outputs = outputs;
    if errored {
        let message = "the plan is errored: Terraform stopped while planning, and what it had not planned yet \
                       is missing";
        plan.after.diagnostics.push(Diagnostic::error(message, Some(span)));
    }
    Ok(plan)
}

/// The three sides of a plan.
fn sides<'a>(mut parts: Parts<'a>, shared: &Shared<'_, 'a>, names: &Names) -> Result<Plan, Refused> {
    let planned = planned(&parts, shared, names)?;
    let without_changes = parts.changes.as_ref().is_none_or(Vec::is_empty);
    let (before, after) = both_sides(&mut parts, names)?;
    let kept = before.iter().filter(|(address, _)| after.place(address).is_none());
    let kept: Vec<(Address, Entry<'a>)> =
        kept.map(|(address, entry)| (address.clone(), Entry { untouched: true, ..entry.clone() })).collect();
    let mut first: Vec<(Address, Entry<'a>)> = after.into_iter().collect();
    if without_changes {
        first.extend(planned.into_iter().chain(kept));
    } else {
        first.extend(kept.into_iter().chain(planned));
    }
    let mut after = Entries::new(first);
    former::settle(&mut after);
    let mut plan = Plan::default();
    let made = instances(shared, &after, &|_| None)?;
    plan.after.instances = made.instances;
    plan.unset = made.unset;
    let is_read = |mode: Mode, name: &str| shared.asked.reads(mode, name);
    let tracer = shared.tracer(&after, names, &is_read);
    let coverage = match (parts.errored, parts.complete) {
        (true, _) | (_, Some(false)) => Coverage::Partial,
        (false, Some(true)) => Coverage::Whole,
        (false, None) => Coverage::Silent,
    };
    let mut search = Search { tracer: &tracer, coverage, span: shared.span, gaps: Vec::new(), handed: 0 };
    search.run(shared.configuration);
    plan.declared = shared.configuration.map(gaps::declared).unwrap_or_default();
    for address in deferred(&parts, shared, names)? {
        search.deferred(shared.configuration, &address);
    }
    plan.after.gaps = search.gaps;
    let untouched = |address: &Address| {
        let stays = after.get(address).is_some_and(|entry| entry.untouched);
        stays.then(|| plan.after.instances.get(address).cloned()).flatten()
    };
    let Made { instances: earlier, unset } = instances(shared, &before, &untouched)?;
    plan.unset.extend(unset);
    let earlier = Model { instances: earlier, ..Model::default() };
    if !shared.asked.everything {
        copied::settle(&earlier, &mut plan.after, shared.asked.copies);
    }
    plan.before = Some(earlier);
    plan.probable = probable(&plan);
    plan.recorded = recorded(parts.drift, shared, names, before)?;
    Ok(plan)
}

/// What a plan says of both sides by its changes, and of the side before by the state that it began with.
fn both_sides<'a>(parts: &mut Parts<'a>, names: &Names) -> Result<(Entries<'a>, Entries<'a>), Refused> {
    let state = state_entries(names, parts.prior_state.take().unwrap_or_default())?;
    let mut changed = Changed { before: state.into_iter().collect(), ..Changed::default() };
    for change in parts.changes.take().unwrap_or_default() {
        changed.add(change, names)?;
    }
    let Changed { mut before, mut after, forgotten } = changed;
    if !forgotten.is_empty() {
        let sorted = Entries::new(before);
        before = Vec::new();
        for (address, entry) in sorted {
            let Some(exists) = forgotten.get(&address) else {
                before.push((address, entry));
                continue;
            };
            let former = address.with_object(Object::Forgotten);
            after.push((former.clone(), Entry { fate: Fate::Forgotten, exists: *exists, ..entry.clone() }));
            before.push((former, entry));
        }
    }
    let mut before = Entries::new(before);
    former::settle(&mut before);
    Ok((before, Entries::unique(after).map_err(|address| twice(&address))?))
}

/// What changes say.
#[derive(Default)]
struct Changed<'a> {
    before: Vec<(Address, Entry<'a>)>,
    after: Vec<(Address, Entry<'a>)>,
    /// The instances whose earlier object is no longer managed, and whether that goes on for certain.
    forgotten: BTreeMap<Address, Truth>,
}

impl<'a> Changed<'a> {
    /// Adds what a change says of both sides.
    fn add(&mut self, change: Change<'a>, names: &Names) -> Result<(), Refused> {
        let address = address_of(names, &change.address, change.mode.as_ref(), change.deposed.as_ref())?;
        let Some(effect) = change::effect(&change, &address)? else { return Ok(()) };
        let body = change.body;
        if let Some(earlier) = body.before {
            let provider = change.provider_name.clone();
            let entry = Entry::recorded(provider, Some(earlier), body.before_sensitive);
            self.before.push((address.clone(), entry));
        }
        let fate = effect.fate;
        let gone = matches!(fate, Fate::Deleted | Fate::Forgotten);
        let untouched = body.actions.iter().all(|Text(action)| action == "no-op");
        let same = || former::is_same(&address.resource_type, body.before, body.after);
        let mut entry = Entry {
            fate,
            provider: change.provider_name,
            value: if gone { body.before } else { body.after },
            unknown: body.after_unknown.filter(|_| !gone),
            sensitive: if gone { body.before_sensitive } else { body.after_sensitive },
            earlier: body.before.filter(|_| !gone),
            written: !gone && change.deposed.is_none(),
            partial: !gone && !untouched && body.after_unknown.is_none(),
            untouched,
            exists: Truth::True,
        };
        match effect.earlier {
            Earlier::Own | Earlier::Goes => {}
            Earlier::GoesLast => {
                if same().is_true() && former::undoes(&address.resource_type, body.before) {
                    entry.exists = Truth::Unknown;
                }
            }
            Earlier::GoesOn => {
                let same = same();
                if !same.is_true() {
                    let exists = if same.is_unknown() { Truth::Unknown } else { Truth::True };
                    self.forgotten.insert(address.clone(), exists);
                    entry.earlier = None;
                }
            }
        }
        self.after.push((address, entry));
        Ok(())
    }
}

/// Why a document is none that has an instance twice.
fn twice(address: &Address) -> Refused {
    Refused { message: format!("`{address}` stands in it twice"), help: Some(HOW), at: None }
}

/// The model after, with the earlier values of documents that are only made anew: everything that hangs on a
/// new resource is unknown, although nothing but an ARN in it changes (plan-format.md 6).
fn probable(plan: &Plan) -> Option<Model> {
    let before = plan.before.as_ref()?;
    let mut filled = Instances::new();
    for (address, instance) in &plan.after.instances {
        let (Fate::Replaced, Some(earlier)) = (instance.fate, before.instances.get(address)) else {
            continue;
        };
        let (Some(entries), Some(known)) =
            (instance.attributes.as_mapping(), earlier.attributes.as_mapping())
        else {
            continue;
        };
        let mut entries = entries.to_map();
        let mut changed = false;
        for (name, value) in &mut entries {
            let is_document = unknowns::DOCUMENTS.contains(&&**name);
            let hangs_on_new = value.as_unknown().is_some_and(|unknown| {
                unknown.identity.is_none()
                    && unknown.cause.each().iter().all(|cause| is_replaced(cause, &plan.after))
            });
            if is_document
                && hangs_on_new
                && let Some(earlier) = known.get(name)
            {
                *value = renewed(earlier, value, before);
                changed = true;
            }
        }
        if changed {
            let attributes = Value::object(entries);
            let instance = Instance { attributes, ..Instance::clone(instance) };
            filled.insert(address.clone(), Arc::new(instance));
        }
    }
    if filled.is_empty() {
        return None;
    }
    let mut instances = plan.after.instances.clone();
    instances.extend(filled);
    Some(Model { instances, gaps: plan.after.gaps.clone(), ..Model::default() })
}

/// An earlier text in which what comes from a resource that is made anew is unknown.
fn renewed(earlier: &Value, now: &Value, before: &Model) -> Value {
    let (Some(text), Some(unknown)) = (earlier.as_str(), now.as_unknown()) else { return earlier.clone() };
    for cause in unknown.cause.each() {
        let Cause::Attribute { of, path } = cause else { continue };
        let old = before.instances.get(of).and_then(|instance| instance.attributes.get(path.as_attribute()?));
        let Some(old) = old.and_then(Value::as_str).filter(|old| !old.is_empty()) else { continue };
        if !text.contains(old) {
            continue;
        }
        let hole = std::sync::Arc::new(Unknown::attribute(of.clone(), path.clone()));
        let mut builder = TextBuilder::default();
        for (at, part) in text.split(old).enumerate() {
            if at > 0 {
                builder.push_hole(hole.clone());
            }
            builder.push_str(part);
        }
        return Value::new(Data::String(builder.build())).marked(earlier.sensitive);
    }
    earlier.clone()
}

/// Whether an unknown comes from a resource that is made anew.
fn is_replaced(cause: &Cause, after: &Model) -> bool {
    match cause {
        Cause::Attribute { of, .. } => {
            after.instances.get(of).is_some_and(|instance| instance.fate == Fate::Replaced)
        }
        Cause::Variable(_)
        | Cause::Data { .. }
        | Cause::Unset { .. }
        | Cause::Cloud { .. }
        | Cause::NotPlanned(_)
        | Cause::Any(_)
        | Cause::Hidden(_)
        | Cause::Function(_)
        | Cause::Module(_)
        | Cause::Undeclared(_)
        | Cause::Invalid(_)
        | Cause::Cycle(_)
        | Cause::Budget(_)
        | Cause::Elsewhere(_) => false,
    }
}

/// What was recorded before something changed outside of Terraform.
fn recorded<'a>(
    drift: Vec<Change<'a>>,
    shared: &Shared<'_, 'a>,
    names: &Names,
    before: Entries<'a>,
) -> Result<Option<Model>, Refused> {
    if drift.is_empty() {
        return Ok(None);
    }
    let mut changed = Vec::new();
    let mut added: BTreeSet<Address> = BTreeSet::new();
    for change in drift.into_iter().rev() {
        let deposed = change.deposed.as_ref();
        let address = address_of(names, &change.address, change.mode.as_ref(), deposed)?;
        let Some(value) = change.body.before else {
            added.insert(address);
            continue;
        };
        let sensitive = change.body.before_sensitive;
        changed.push((address, Entry::recorded(change.provider_name, Some(value), sensitive)));
    }
    changed.extend(before.into_iter().filter(|(address, _)| !added.contains(address)));
    let Made { instances, .. } = instances(shared, &Entries::new(changed), &|_| None)?;
    Ok(Some(Model { instances, ..Model::default() }))
}

/// Instances that stand in `planned_values` alone: of a plan that leaves things out, or has no changes.
fn planned<'a>(parts: &Parts<'a>, shared: &Shared<'_, 'a>, names: &Names) -> Result<Entries<'a>, Refused> {
    let partial =
        parts.changes.as_ref().is_none_or(Vec::is_empty) || parts.complete == Some(false) || parts.errored;
    let Some(raw) = parts.planned_values.filter(|_| partial) else { return Ok(Entries::default()) };
    let asked = shared.asked;
    let want = |mode: Mode, resource_type: &str| asked.of(mode, resource_type);
    let mut deserializer = serde_json::Deserializer::from_str(raw.get());
    let values = ValuesSeed { want: &want }.deserialize(&mut deserializer).map_err(|error| Refused {
        message: format!("`planned_values` cannot be read: {error}"),
        help: None,
        at: None,
    })?;
    let entries = state_entries(names, values.0.unwrap_or_default())?;
    let partial = |(address, entry)| (address, Entry { written: true, partial: true, ..entry });
    Ok(Entries::new(entries.into_iter().map(partial).collect()))
}

/// The addresses of what a plan puts off.
fn deferred(parts: &Parts<'_>, shared: &Shared<'_, '_>, names: &Names) -> Result<Vec<Address>, Refused> {
    let mut addresses = Vec::new();
    for change in &parts.deferred {
        let resource_type = document::type_of(change.resource_type.as_ref(), &change.address.0);
        if resource_type.is_empty() {
            return Err(unreadable(&change.address.0));
        }
        if (shared.asked.want)(&resource_type) == Want::Nothing {
            continue;
        }
        let Some(address) = names.address(&change.address.0) else {
            return Err(unreadable(&change.address.0));
        };
        addresses.push(address);
    }
    Ok(addresses)
}

fn unreadable(address: &str) -> Refused {
    let message = format!("the address {} cannot be read", crate::value::shown_text(address));
    Refused { message, help: None, at: None }
}

/// The address of an object. Its mode is what its own key says.
fn address_of(
    names: &Names,
    written: &Text<'_>,
    mode: Option<&Text<'_>>,
    deposed: Option<&Text<'_>>,
) -> Result<Address, Refused> {
    let address = document::address_of(names, written, mode).map_err(|address| unreadable(&address))?;
    Ok(former::object_of(address, deposed))
}

/// The instances of a state and their deposed objects.
fn state_entries<'a>(names: &Names, resources: Vec<Resource<'a>>) -> Result<Entries<'a>, Refused> {
    let mut entries = Vec::new();
    for resource in resources {
        let deposed = resource.deposed_key.as_ref();
        let address = address_of(names, &resource.address, resource.mode.as_ref(), deposed)?;
        let entry = Entry::recorded(resource.provider_name, resource.values, resource.sensitive_values);
        entries.push((address, entry));
    }
    Entries::unique(entries).map_err(|address| twice(&address))
}

/// The values of root variables.
fn variables<'a>(parts: &Parts<'a>) -> Result<BTreeMap<String, Json<'a>>, Refused> {
    let Some(raw) = parts.variables else { return Ok(BTreeMap::new()) };
    let refused = |error: serde_json::Error| Refused {
        message: format!("`variables` cannot be read: {error}"),
        help: None,
        at: None,
    };
    let Json::Object(entries) = Json::read(raw).map_err(refused)? else { return Ok(BTreeMap::new()) };
    Ok(entries
        .into_iter()
        .filter_map(|(name, entry)| match entry {
            Json::Object(inner) => {
                let value = inner.into_iter().find(|(key, _)| key == "value");
                value.map(|(_, value)| (name.into_owned(), value))
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
        })
        .collect())
}

/// The values of root variables as one JSON object, for who evaluates the configuration.
fn variables_text(parts: &Parts<'_>) -> String {
    #[derive(serde::Deserialize)]
    struct Given<'a> {
        #[serde(borrow)]
        value: Option<&'a serde_json::value::RawValue>,
    }
    let read = parts.variables.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let given: BTreeMap<String, Given<'_>> = read.unwrap_or_default();
    let values: BTreeMap<&String, &serde_json::value::RawValue> =
        given.iter().filter_map(|(name, given)| given.value.map(|value| (name, value))).collect();
    serde_json::to_string(&values).unwrap_or_else(|_| "{}".to_owned())
}
