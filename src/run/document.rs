//! Plans and states: read, judged before and after, and what changes in between.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Given;
use super::settled::{Gate, InForce, said_workspace, unused_by_plan};
use crate::address::Address;
use crate::config::Node;
use crate::config::load::Loader;
use crate::eval::Evaluator;
use crate::eval::build::Built;
use crate::input::variables::{self, GivenValue, VariableValues};
use crate::input::{DocumentPlace, RootModule};
use crate::model::{Copied, Fate, Model, Want};
use crate::plan::{self, Asked, Plan, overlay};
use crate::report::{Change, Changed, Judged, JudgedStore};
use crate::source::{Diagnostic, Fence, Sources, Span};
use crate::stores::{self, Judgement, judge_all};
use crate::syntax::json;
use crate::threads::{aside, both};
use crate::verdict::Verdict;

/// Judges a document and adds what was found.
pub(super) fn judge(
    sources: &Sources,
    place: &DocumentPlace,
    given: &Given<'_>,
    want: &(dyn Fn(&str) -> Want + Sync),
    gate: &mut Gate,
    judged: &mut Judged,
) {
    let Some(read) = read(sources, place, given, want, false, &mut judged.diagnostics) else { return };
    let Document { plan, source } = read;
    let document = shown(sources, place);
    gate.policy.documents.insert(document.clone());
    let mut root = None;
    if let Some(source) = source {
        judged.diagnostics.extend(unused_by_plan(given.settings, &source.folder));
        gate.root(sources, given.settings, &source.folder, &source.node, source.in_force);
        judged.sensitive.extend(source.built.sensitive);
        root = Some(source.root);
    }
    let assumptions = &gate.assumptions;
    let judged_of = |model: &Option<Model>| model.as_ref().map(|model| judge_all(model, assumptions));
    let ([before, recorded, probable], after) = both(
        || [&plan.before, &plan.recorded, &plan.probable].map(judged_of),
        || judge_all(&plan.after, assumptions),
    );
    judged.diagnostics.extend(plan.after.diagnostics.iter().cloned());
    judged.diagnostics.extend(after.diagnostics.iter().cloned());
    for (resource_type, count) in &after.not_judged {
        *judged.not_judged.entry(resource_type.clone()).or_default() += count;
    }
    let recorded: Option<BTreeSet<Address>> = recorded.map(|judgement| public(&judgement));
    let mut earlier: BTreeMap<Address, stores::Judged> = before.map(by_address).unwrap_or_default();
    let is_plan = plan.before.is_some();
    let mut probable: BTreeMap<Address, stores::Judged> = probable.map(by_address).unwrap_or_default();
    let opened = openers(&earlier);
    for mut store in after.stores {
        let before = earlier.remove(&store.address);
        if store.assessment.verdict == Verdict::Undetermined
            && before.as_ref().is_some_and(is_public)
            && let Some(guess) = probable.remove(&store.address).filter(is_public)
        {
            store = guess;
        }
        // What opens a store that is destroyed may go on as a store of its own.
        let orphaned = before.is_none() && opened.contains(&store.address);
        let mut change = is_plan.then(|| change(&store, before, recorded.as_ref())).flatten();
        if let Some(changed) = &mut change
            && orphaned
            && changed.change == Change::Introduced
        {
            changed.change = Change::Existing;
        }
        judged.stores.push(listed(store, (&root, &document), change));
    }
    for (address, store) in earlier {
        let stays = plan.after.instances.get(&address).is_some_and(|instance| instance.fate != Fate::Deleted);
        if stays || !is_public(&store) {
            continue;
        }
        let changed = Changed {
            change: Change::Removed,
            before: Some(store.assessment.clone()),
            gone: true,
            drifted: false,
        };
        judged.stores.push(listed(store, (&root, &document), Some(changed)));
    }
    // Taking a large plan apart takes as long as writing the report.
    aside(move || drop(plan));
}

/// The model of a document, for `resolve`.
pub(super) fn resolve(
    sources: &Sources,
    place: &DocumentPlace,
    given: &Given<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Built> {
    let read = read(sources, place, given, &|_| Want::Attributes, true, diagnostics)?;
    let mut model = read.plan.after;
    model.instances.retain(|_, instance| !matches!(instance.fate, Fate::Deleted | Fate::Forgotten));
    let sensitive = read.source.map(|source| source.built.sensitive).unwrap_or_default();
    Some(Built { model, sensitive })
}

fn listed(
    store: stores::Judged,
    (root, document): (&Option<String>, &str),
    change: Option<Changed>,
) -> JudgedStore {
    JudgedStore {
        root: root.clone(),
        document: Some(document.to_owned()),
        address: store.address,
        kind: store.kind,
        tier: store.tier,
        assessment: store.assessment,
        span: store.span,
        call_span: store.call_span,
        change,
    }
}

fn by_address(judgement: Judgement) -> BTreeMap<Address, stores::Judged> {
    judgement.stores.into_iter().map(|store| (store.address.clone(), store)).collect()
}

const fn is_public(store: &stores::Judged) -> bool {
    matches!(store.assessment.verdict, Verdict::Public { .. })
}

/// The resources that the evidence of public stores was read from.
fn openers(stores: &BTreeMap<Address, stores::Judged>) -> BTreeSet<Address> {
    let reasons =
        stores.values().filter(|store| is_public(store)).flat_map(|store| &store.assessment.because);
    let places = reasons.flat_map(|reason| &reason.evidence.places);
    places.map(|place| place.address.clone()).collect()
}

fn public(judgement: &Judgement) -> BTreeSet<Address> {
    judgement.stores.iter().filter(|store| is_public(store)).map(|store| store.address.clone()).collect()
}

/// What a plan does to a store: undetermined before counts as not public.
fn change(
    store: &stores::Judged,
    before: Option<stores::Judged>,
    recorded: Option<&BTreeSet<Address>>,
) -> Option<Changed> {
    let was_public = before.as_ref().is_some_and(is_public);
    let change = match (&store.assessment.verdict, was_public) {
        (Verdict::Public { .. } | Verdict::Undetermined, true) => Change::Existing,
        (Verdict::Public { .. }, false) => Change::Introduced,
        (Verdict::Private, true) => Change::Removed,
        (Verdict::Private | Verdict::Undetermined, false) => return None,
    };
    let drifted = was_public && recorded.is_some_and(|recorded| !recorded.contains(&store.address));
    Some(Changed { change, before: before.map(|before| before.assessment), gone: false, drifted })
}

/// A document as it was read.
struct Document {
    plan: Plan,
    source: Option<Configured>,
}

/// The configuration behind a document.
struct Configured {
    built: Built,
    folder: PathBuf,
    /// The same, as it is printed.
    root: String,
    node: Arc<Node>,
    in_force: Vec<InForce>,
}

fn read(
    sources: &Sources,
    place: &DocumentPlace,
    given: &Given<'_>,
    want: &(dyn Fn(&str) -> Want + Sync),
    everything: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Document> {
    let (bytes, span, shown) = match bytes(sources, place) {
        Ok(read) => read,
        Err(message) => {
            diagnostics.push(Diagnostic::error(message, None));
            return None;
        }
    };
    let asked = Asked { want, copies: &copies, everything };
    let mut plan = match plan::read(&bytes, span, &asked) {
        Ok(plan) => plan,
        Err(refused) => {
            let at = refused.at.map(|(line, column)| format!(" (line {line}, column {column})"));
            let message = format!("`{shown}`: {}{}", refused.message, at.unwrap_or_default());
            let diagnostic = Diagnostic::error(message, Some(span));
            diagnostics.push(match refused.help {
                Some(help) => diagnostic.with_note(help),
                None => diagnostic,
            });
            return None;
        }
    };
    drop(bytes);
    let Some(folder) = given.source else { return Some(Document { plan, source: None }) };
    let source = match configured(sources, folder, &plan, given, want) {
        Ok(source) => source,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return Some(Document { plan, source: None });
        }
    };
    if let Some(misfit) = overlay::apply(&mut plan, &source.built.model) {
        let root = &source.root;
        let message = format!("the configuration in `{root}` is not the one that `{shown}` was made from");
        diagnostics.push(Diagnostic::warning(message, Some(span)).with_note(misfit));
    }
    Some(Document { plan, source: Some(source) })
}

fn bytes(sources: &Sources, place: &DocumentPlace) -> Result<(Vec<u8>, Span, String), String> {
    match place {
        DocumentPlace::File(path) => {
            let (bytes, span) = sources.read_document(path).map_err(|error| error.to_string())?;
            Ok((bytes, span, sources.shown(path)))
        }
        DocumentPlace::StandardInput => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map_err(|error| format!("standard input cannot be read: {error}"))?;
            let span = Span { file: sources.add("-", ""), start: 0, end: 0 };
            Ok((bytes, span, "-".to_owned()))
        }
    }
}

/// A document's name, as it is printed.
fn shown(sources: &Sources, place: &DocumentPlace) -> String {
    match place {
        DocumentPlace::File(path) => sources.shown(path),
        DocumentPlace::StandardInput => "-".to_owned(),
    }
}

fn copies(resource_type: &str) -> Vec<&'static Copied> {
    let families = stores::RESOLVERS.iter().map(|resolver| &resolver.family);
    let all = families.flat_map(|family| family.copies);
    let mut found: Vec<&'static Copied> = Vec::new();
    for copied in all.filter(|copied| copied.resource_type == resource_type) {
        // Families have some in common.
        if found.iter().all(|known| !std::ptr::eq(*known, copied)) {
            found.push(copied);
        }
    }
    found
}

/// Evaluates the configuration behind a plan, with the plan's variables.
fn configured(
    sources: &Sources,
    folder: &Path,
    plan: &Plan,
    given: &Given<'_>,
    want: &(dyn Fn(&str) -> Want + Sync),
) -> Result<Configured, Diagnostic> {
    let absolute = sources.absolute(folder);
    let shown = sources.shown(folder);
    if !absolute.is_dir() {
        return Err(Diagnostic::error(format!("`{shown}`, given as `--source`, is not a directory"), None));
    }
    let fence = Fence::around(&absolute, sources.working_directory());
    let root = RootModule { folder: absolute, fence };
    let loaded = Loader::new(sources).load_root(&root.folder, &root.fence);
    let file = sources.add("variables of the plan", &plan.variables);
    let mut values = VariableValues::new();
    if let Some(source) = sources.file(file) {
        for attribute in json::parse_values(file, &source).body.attributes {
            let value = GivenValue::Expression(attribute.value, true);
            values.insert(attribute.name, variables::Given { value, span: attribute.name_span });
        }
    }
    let mut in_force = Vec::new();
    // A plan does not say its workspace, and the one that is selected now may be another.
    let workspace = said_workspace(&root, given, &mut in_force);
    let evaluator = Evaluator::new(sources, &root.fence, &loaded, &values, workspace);
    let built = evaluator.build(want, false);
    Ok(Configured { built, folder: root.folder, root: shown, node: loaded.node, in_force })
}
