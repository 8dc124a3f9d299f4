//! `tfward fix`: the edits that certainly close an exposure, each judged before it is offered.
//!
//! An edit is a replacement of exact bytes. It is certain when the edited text, judged again, has the store
//! private, no other store in another verdict than before or private, and no attribute of any resource
//! changed except those that opened the closed stores. Root modules around the path count as well: a module
//! can serve several. Where a root module that the edited file belongs to was not seen whole, nothing is
//! certain.

mod edit;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::edit::Change;
use super::{Error, Given, Reach, Surroundings, evaluate, exit, gathered, judge_paths, settled};
use crate::cli;
use crate::config::{Child, Node};
use crate::input::settings::Settings;
use crate::model::Want;
use crate::report::edits::{Closed, EditedFile, Edits, Left};
use crate::report::{Edit, Finding, Report};
use crate::source::{ConfigurationName, Fence, LARGEST_FILE, Severity, Sources, Span};
use crate::stores::remedies::{REMEDIES, Remedy};
use crate::value::{Data, Value, json};
use crate::verdict::{Effect, Place, Verdict};

/// Files as they would be, by resolved path.
type Overlay = BTreeMap<PathBuf, Vec<u8>>;
/// Root and address.
type Name = (String, String);
/// The verdicts of all stores.
type Verdicts = BTreeMap<Name, Verdict>;

/// Every attribute, by root, address and name.
type Attributes = BTreeMap<(String, String, String), String>;

/// What the root modules around the paths hold.
#[derive(Default)]
struct Held {
    attributes: Attributes,
    /// The files that sensitive values are written in, as they are printed.
    sensitive: BTreeSet<String>,
    /// Attributes that changes of the configuration do not reach, as in `attributes`; `all` stands for each.
    ignored: BTreeSet<(String, String, String)>,
    /// The root modules that could not be seen whole.
    broken: Vec<Broken>,
}

/// What the name begins with of something that is decided and is no attribute.
const ASIDE: &str = "#";

/// A root module that could not be seen whole.
struct Broken {
    /// As it is printed.
    root: String,
    folder: PathBuf,
    node: Arc<Node>,
    why: String,
}

/// The most edits of one run.
const MOST_EDITS: usize = 1_000;
/// The most edits that are tried for a report.
const MOST_OFFERED: usize = 50;
/// The most attributes that are compared for a report, over all edits that are tried.
const MOST_COMPARED: usize = 500_000;

pub(super) fn run(
    arguments: &cli::Fix,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    if is_document(&arguments.path) {
        return Err(Error::Usage("`fix` edits configuration; give it a directory, not a plan".to_owned()));
    }
    let run = Run {
        paths: vec![arguments.path.clone()],
        values: &arguments.values,
        settings: &arguments.settings,
        inline: true,
        surroundings,
    };
    let mut session = Session::default();
    let mut state = run.judge(&session.overlay);
    let mut refused: BTreeMap<Name, String> = BTreeMap::new();
    'edits: for _ in 0..MOST_EDITS {
        let open: Vec<Exposure> = state
            .exposures
            .iter()
            .filter(|exposure| !refused.contains_key(&exposure.name))
            .cloned()
            .collect();
        for exposure in open {
            match run.close(&exposure, &state, &session.overlay) {
                Ok(accepted) => {
                    let others = accepted.closed.iter().filter(|name| **name != exposure.name);
                    let also = others.map(|(_, address)| address.clone()).collect();
                    session.closed.push(Closed { message: exposure.message, also });
                    // The first edit of a file was made to what stands on the disk.
                    session.originals.entry(accepted.path.clone()).or_insert(accepted.before);
                    session.overlay.insert(accepted.path, accepted.after);
                    state = accepted.next;
                    continue 'edits;
                }
                Err(reason) => {
                    refused.insert(exposure.name.clone(), reason);
                }
            }
        }
        break;
    }
    // An edit may have closed what had been refused before.
    refused.retain(|name, _| state.exposures.iter().any(|exposure| exposure.name == *name));
    let nothing_left = refused.is_empty();
    if arguments.write {
        run.write(&session)?;
    }
    told(session, &refused, &state, arguments.write)
        .write(out)
        .map_err(|error| Error::Output("standard output".to_owned(), error))?;
    Ok(if !state.errors.is_empty() {
        exit::INCOMPLETE
    } else if nothing_left && (arguments.write || state.edited.is_empty()) {
        exit::CLEAN
    } else {
        exit::FOUND
    })
}

/// Gives the findings of a report the edits that certainly close them. What is not tried, since there is too
/// much of it, has none.
pub(super) fn offer(
    check: &cli::Check,
    surroundings: &Surroundings,
    sources: &Sources,
    report: &mut Report<'_>,
) {
    // A verdict about a plan is not one about its configuration.
    let paths: Vec<PathBuf> = check.paths.iter().filter(|path| !is_document(path)).cloned().collect();
    if check.settings.source.is_some() || paths.is_empty() {
        return;
    }
    let run = Run {
        paths,
        values: &check.values,
        settings: &check.settings,
        inline: !check.no_inline_allow,
        surroundings,
    };
    let mut open: BTreeMap<Name, Exposure> = report
        .findings
        .iter()
        .filter(|finding| finding.store.root.is_some() && is_exposure(finding))
        .map(Exposure::of)
        .filter(|exposure| !candidates(exposure).is_empty())
        .map(|exposure| (exposure.name.clone(), exposure))
        .collect();
    if open.is_empty() {
        return;
    }
    let state = run.judge(&Overlay::new());
    let Ok(held) = state.held.get_or_init(|| run.held(&Overlay::new())) else { return };
    let tries = MOST_COMPARED / held.attributes.len().max(1);
    let mut edits: BTreeMap<Name, Edit> = BTreeMap::new();
    for _ in 0..tries.min(MOST_OFFERED) {
        let Some((name, _)) = open.pop_first() else { break };
        let Some(exposure) = state.exposures.iter().find(|exposure| exposure.name == name) else { continue };
        if let Ok(accepted) = run.close(exposure, &state, &Overlay::new())
            && let Some(edit) = transferred(&state.sources, sources, &accepted.change)
        {
            for name in &accepted.closed {
                open.remove(name);
                edits.insert(name.clone(), edit.clone());
            }
        }
    }
    for finding in report.findings.iter_mut().filter(|finding| is_exposure(finding)) {
        finding.edits.extend(edits.get(&name_of(finding)).cloned());
    }
}

/// The same edit in the files of another run, if these hold the same.
fn transferred(from: &Sources, to: &Sources, change: &Change) -> Option<Edit> {
    let file = from.file(change.span.file)?;
    let id = to.read(&file.absolute, None, LARGEST_FILE).ok()?;
    let is_same = to.file(id)?.text == file.text;
    is_same.then(|| Edit { span: Span { file: id, ..change.span }, text: change.text.clone() })
}

/// Whether a path of the command line is a plan or state: any file that is no configuration.
fn is_document(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    path == Path::new("-") || path.is_file() && ConfigurationName::read(&name).is_none()
}

/// Whether a finding is one that an edit could close.
fn is_exposure(finding: &Finding) -> bool {
    matches!(finding.store.assessment.verdict, Verdict::Public { .. })
        && finding.suppressed.is_none()
        && finding.change.is_none()
}

fn name_of(finding: &Finding) -> Name {
    (finding.store.root.clone().unwrap_or_default(), finding.store.address.to_string())
}

/// What has been decided so far.
#[derive(Default)]
struct Session {
    overlay: Overlay,
    /// What was judged before any edit.
    originals: Overlay,
    closed: Vec<Closed>,
}

/// A public store that fails a run.
#[derive(Clone)]
struct Exposure {
    name: Name,
    message: String,
    help: String,
    /// What opens it, in the order of the explanation.
    places: Vec<Place>,
}

impl Exposure {
    fn of(finding: &Finding) -> Self {
        let because = finding.store.assessment.because.iter();
        Self {
            name: name_of(finding),
            message: finding.message.clone(),
            help: finding.help.clone(),
            places: because
                .filter(|reason| reason.effect == Effect::Opens)
                .flat_map(|reason| reason.evidence.places.iter().cloned())
                .collect(),
        }
    }
}

/// One judgement.
struct State {
    sources: Sources,
    /// The files that are not as on the disk.
    edited: BTreeSet<PathBuf>,
    verdicts: Verdicts,
    suppressed: BTreeSet<Name>,
    exposures: Vec<Exposure>,
    errors: Vec<String>,
    /// Settings and suppressions that took effect, a line each.
    in_force: Vec<String>,
    /// Lines that sensitive values are written on: path and line.
    sensitive: BTreeSet<(String, u32)>,
    /// Once somebody asked.
    held: OnceCell<Result<Held, String>>,
}

/// An accepted edit.
struct Accepted {
    change: Change,
    /// The file, before and after it.
    path: PathBuf,
    before: Vec<u8>,
    after: Vec<u8>,
    next: State,
    /// Every store that it closes.
    closed: BTreeSet<Name>,
}

struct Run<'r> {
    paths: Vec<PathBuf>,
    values: &'r cli::Values,
    settings: &'r cli::Settings,
    /// Whether comments suppress findings.
    inline: bool,
    surroundings: &'r Surroundings,
}

impl Run<'_> {
    fn sources(&self, overlay: &Overlay) -> Sources {
        Sources::new(self.surroundings.working_directory.clone()).with_overlay(overlay.clone())
    }

    fn settings(&self, sources: &Sources) -> Settings {
        settled::of_run(sources, &self.paths, self.settings)
    }

    fn given<'g>(&'g self, settings: &'g Settings) -> Given<'g> {
        Given { values: self.values, source: None, settings, surroundings: self.surroundings }
    }

    fn judge(&self, overlay: &Overlay) -> State {
        let sources = self.sources(overlay);
        let settings = self.settings(&sources);
        let given = self.given(&settings);
        let (judged, policy) = judge_paths(&sources, &self.paths, &given, self.inline);
        let mut sensitive = BTreeSet::new();
        for location in judged.sensitive.iter().filter_map(|span| sources.location(*span)) {
            sensitive.extend((location.line..=location.end_line).map(|line| (location.path.clone(), line)));
        }
        let report = Report::under(&policy, &sources, judged);
        let verdicts = report
            .stores
            .iter()
            .map(|store| {
                let name = (store.root.clone().unwrap_or_default(), store.address.to_string());
                (name, store.assessment.verdict.clone())
            })
            .collect();
        let is_accepted = |finding: &&Finding| {
            matches!(finding.store.assessment.verdict, Verdict::Public { .. }) && finding.suppressed.is_some()
        };
        let suppressed = report.findings.iter().filter(is_accepted).map(name_of).collect();
        let exposures =
            report.findings.iter().filter(|finding| is_exposure(finding)).map(Exposure::of).collect();
        let errors = report
            .diagnostics
            .iter()
            .filter(|problem| problem.diagnostic.severity == Severity::Error)
            .map(|problem| match &problem.location {
                Some(at) => format!("{}:{}:{}: {}", at.path, at.line, at.column, problem.diagnostic.message),
                None => problem.diagnostic.message.clone(),
            })
            .collect();
        let in_force = report.in_force();
        drop(report);
        let edited = overlay.keys().cloned().collect();
        let held = OnceCell::new();
        State { sources, edited, verdicts, suppressed, exposures, errors, in_force, sensitive, held }
    }

    /// Finds the first edit that certainly closes an exposure.
    fn close(&self, exposure: &Exposure, state: &State, overlay: &Overlay) -> Result<Accepted, String> {
        let mut why: Option<String> = None;
        for (place, remedy) in candidates(exposure) {
            let tried = edit::change(&state.sources, place, remedy)
                .and_then(|change| self.attempt(exposure, state, overlay, place, change));
            match tried {
                Ok(accepted) => return Ok(accepted),
                Err(reason) => why = Some(why.unwrap_or(reason)),
            }
        }
        Err(why.unwrap_or_else(|| "no single literal decides it".to_owned()))
    }

    fn attempt(
        &self,
        exposure: &Exposure,
        state: &State,
        overlay: &Overlay,
        place: &Place,
        change: Change,
    ) -> Result<Accepted, String> {
        let location = state.sources.location(change.span).ok_or("it has no place")?;
        if (location.line..=location.end_line)
            .any(|line| state.sensitive.contains(&(location.path.clone(), line)))
        {
            return Err("the value is sensitive".to_owned());
        }
        let (path, before) = state.sources.original(change.span.file).map_err(|error| error.to_string())?;
        self.belongs(&exposure.name.0, &path, &location.path)?;
        let old = state.held.get_or_init(|| self.held(overlay)).as_ref().map_err(Clone::clone)?;
        let mut broken = old.broken.iter();
        if let Some(Broken { root, why, .. }) = broken.find(|broken| broken.may_hold(&path)) {
            return Err(format!("the root module `{root}` cannot be seen whole: {why}"));
        }
        let after = apply(&before, &change).ok_or("the file has changed")?;
        let mut edited = overlay.clone();
        edited.insert(path.clone(), after.clone());
        let next = self.judge(&edited);
        let still = |what: &str| {
            format!("with `{}` changed ({}:{}) it is {what}", place.attribute, location.path, location.line)
        };
        match next.verdicts.get(&exposure.name) {
            Some(Verdict::Private) => {}
            Some(Verdict::Public { .. }) => return Err(still("still public")),
            Some(Verdict::Undetermined) => return Err(still("undetermined")),
            None => return Err("with the value changed the store is gone".to_owned()),
        }
        if next.errors.len() > state.errors.len() {
            return Err("the edited configuration has errors".to_owned());
        }
        let closed = compared(state, &next)?;
        let new = next.held.get_or_init(|| self.held(&edited));
        let new = new.as_ref().map_err(Clone::clone)?;
        if new.broken.len() > old.broken.len() {
            return Err("the edited configuration has errors".to_owned());
        }
        only_openers(state, (old, new), &closed, &location.path)?;
        Ok(Accepted { change, path, before, after, next, closed })
    }

    /// A file of values that does not lie in the root module may serve others.
    fn belongs(&self, root: &str, path: &Path, shown: &str) -> Result<(), String> {
        let folder = self.surroundings.working_directory.join(root);
        let inside = folder.canonicalize().is_ok_and(|folder| path.starts_with(folder));
        if (shown.ends_with(".tfvars") || shown.ends_with(".tfvars.json")) && !inside {
            return Err(format!("`{shown}` lies outside of the root module and may serve others"));
        }
        Ok(())
    }

    /// Every attribute and output of every root module that can be found around the paths.
    fn held(&self, overlay: &Overlay) -> Result<Held, String> {
        let sources = self.sources(overlay);
        let mut paths = self.paths.clone();
        for path in &self.paths {
            let absolute = sources.absolute(path);
            let folder =
                if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
            let top = Fence::around(folder, sources.working_directory()).top().to_path_buf();
            if !paths.contains(&top) {
                paths.push(top);
            }
        }
        let mut searched = Vec::new();
        let settings = self.settings(&sources);
        let given = self.given(&settings);
        // Folders that the settings skip count: a value can serve them as well.
        let everything = Settings::default();
        let roots =
            gathered(&sources, &paths, &everything, &mut searched, &mut Vec::new(), |loader, root, _| {
                evaluate(&sources, loader, root, &given, (&|_| Want::Attributes, Reach::Everything))
            })
            .roots;
        if searched.iter().any(|told| told.severity == Severity::Error) {
            return Err("not every root module around the path could be found".to_owned());
        }
        let mut held = Held::default();
        for (root, evaluated) in roots {
            let model = &evaluated.built.model;
            let mut told = evaluated.diagnostics.iter().chain(&model.diagnostics);
            let error = told.find(|told| told.severity == Severity::Error);
            let shown = sources.shown(&root.folder);
            if let Some(error) = error {
                held.broken.push(Broken {
                    root: shown.clone(),
                    folder: root.folder,
                    node: evaluated.node.clone(),
                    why: error.message.clone(),
                });
            }
            for (address, instance) in &model.instances {
                let address = address.to_string();
                let mut add = |name: &str, content: String| {
                    held.attributes.insert((shown.clone(), address.clone(), name.to_owned()), content);
                };
                add("count", format!("{:?}", instance.exists));
                if let Data::Mapping(_, entries) = &instance.attributes.data {
                    for (name, value) in entries.iter() {
                        add(name, content(value));
                    }
                }
            }
            for (name, value) in &model.outputs {
                let key = (shown.clone(), format!("output.{name}"), "value".to_owned());
                held.attributes.insert(key, content(value));
            }
            for (number, aside) in evaluated.asides.iter().enumerate() {
                let key = (shown.clone(), aside.module.to_string(), format!("{ASIDE}{number}"));
                held.attributes.insert(key, aside.value.as_ref().map(content).unwrap_or_default());
            }
            for (address, instance) in &model.instances {
                let names = instance.ignore_changes.iter();
                held.ignored.extend(names.map(|name| (shown.clone(), address.to_string(), name.to_string())));
            }
            let mut sensitive = evaluated.built.sensitive;
            secrets(&evaluated.node, &mut sensitive);
            let files = sensitive.iter().filter_map(|span| sources.file(span.file));
            held.sensitive.extend(files.map(|file| file.path.clone()));
        }
        Ok(held)
    }

    /// Writes every edited file, unless one is not any more what was judged.
    fn write(&self, session: &Session) -> Result<(), Error> {
        let untouched = self.sources(&Overlay::new());
        for (path, original) in &session.originals {
            let now =
                untouched.read(path, None, LARGEST_FILE).ok().and_then(|id| untouched.original(id).ok());
            if now.is_none_or(|(_, bytes)| bytes != *original) {
                let shown = untouched.shown(path);
                return Err(Error::Usage(format!(
                    "`{shown}` has changed in the meantime; nothing was written"
                )));
            }
        }
        for (path, bytes) in &session.overlay {
            std::fs::write(path, bytes).map_err(|error| Error::Output(path.display().to_string(), error))?;
        }
        Ok(())
    }
}

/// Holds every attribute before an edit against that after it: only what opened a closed store may differ, and
/// the change must reach it.
fn only_openers(
    state: &State,
    (old, new): (&Held, &Held),
    closed: &BTreeSet<Name>,
    path: &str,
) -> Result<(), String> {
    let mut allowed: BTreeSet<(String, String, String)> = BTreeSet::new();
    for exposure in state.exposures.iter().filter(|exposure| closed.contains(&exposure.name)) {
        for place in &exposure.places {
            let root = exposure.name.0.clone();
            allowed.insert((root, place.address.to_string(), first_step(place)));
        }
    }
    let keys: BTreeSet<_> = old.attributes.keys().chain(new.attributes.keys()).collect();
    for key in keys {
        if old.attributes.get(key) == new.attributes.get(key) {
            continue;
        }
        let (root, address, attribute) = key;
        let all = (root.clone(), address.clone(), "all".to_owned());
        if old.ignored.contains(key) || old.ignored.contains(&all) {
            return Err(format!("`ignore_changes` of `{address}` keeps `{attribute}` as it is"));
        }
        if !allowed.contains(key) {
            let place = if root == "." { String::new() } else { format!(" in `{root}`") };
            if attribute.starts_with(ASIDE) {
                let within = if address.is_empty() { "the root module" } else { address };
                return Err(format!(
                    "the value in `{path}` also decides a condition, a provider or a provisioner in {within}{place}"
                ));
            }
            return Err(format!("the value in `{path}` also decides `{attribute}` of `{address}`{place}"));
        }
    }
    Ok(())
}

impl Broken {
    /// Whether a file belongs to it, or may: a block that could not be read may be a call.
    fn may_hold(&self, edited: &Path) -> bool {
        let name = edited.to_string_lossy();
        let is_values = name.ends_with(".tfvars") || name.ends_with(".tfvars.json");
        is_values && self.folder.canonicalize().is_ok_and(|folder| edited.starts_with(folder))
            || self.has(&self.node, edited)
    }

    fn has(&self, node: &Node, edited: &Path) -> bool {
        let folder = self.folder.join(&*node.path).canonicalize();
        folder.is_ok_and(|folder| edited.parent() == Some(&folder))
            || !node.module.lost.is_empty()
            || node.children.values().any(|child| match child {
                Child::Found(child) => self.has(child, edited),
                Child::Missing => false,
            })
    }
}

/// The defaults of sensitive variables, used or not.
fn secrets(node: &Node, spans: &mut Vec<Span>) {
    let sensitive = node.module.variables.values().filter(|variable| variable.sensitive);
    spans.extend(sensitive.filter_map(|variable| Some(variable.default.as_ref()?.expression.span)));
    for child in node.children.values() {
        if let Child::Found(child) = child {
            secrets(child, spans);
        }
    }
}

/// What a run says.
fn told(session: Session, refused: &BTreeMap<Name, String>, state: &State, written: bool) -> Edits {
    let nothing = BTreeSet::new();
    let held = state.held.get().and_then(|held| held.as_ref().ok());
    let secret = held.map_or(&nothing, |held| &held.sensitive);
    let file = |(path, after): (PathBuf, Vec<u8>)| {
        let before = session.originals.get(&path)?;
        let path = state.sources.shown(&path);
        Some(EditedFile {
            before: String::from_utf8_lossy(before).into_owned(),
            after: String::from_utf8_lossy(&after).into_owned(),
            // What a file of values says besides is nobody's to show: no attribute need hold it.
            sensitive: path.ends_with(".tfvars") || path.ends_with(".tfvars.json") || secret.contains(&path),
            path,
        })
    };
    Edits {
        files: session.overlay.into_iter().filter_map(file).collect(),
        closed: session.closed,
        left: state
            .exposures
            .iter()
            .filter_map(|exposure| {
                let reason = refused.get(&exposure.name)?.clone();
                Some(Left { message: exposure.message.clone(), reason, help: exposure.help.clone() })
            })
            .collect(),
        in_force: state.in_force.clone(),
        errors: state.errors.clone(),
        written,
    }
}

/// What a value holds, sensitive or not, without the places that it was written at. Never printed.
fn content(value: &Value) -> String {
    let text = json::encode(value);
    let holes: Vec<String> = text
        .holes()
        .map(|(at, unknown)| format!("{at} {:?} {:?}", unknown.cause, unknown.identity))
        .collect();
    format!("{} {}", text.literal(), holes.join(" "))
}

/// The places that a remedy is known for, in the order of the remedies.
fn candidates(exposure: &Exposure) -> Vec<(&Place, &'static Remedy)> {
    let mut found: Vec<(&Place, &'static Remedy)> = Vec::new();
    for remedy in REMEDIES {
        for place in &exposure.places {
            if remedy.fits(&place.address.resource_type, &first_step(place)) {
                found.push((place, remedy));
            }
        }
    }
    found
}

/// The attribute that a place belongs to.
fn first_step(place: &Place) -> String {
    let path = place.attribute.to_string();
    path.split(['.', '[']).next().unwrap_or_default().to_owned()
}

/// The stores that an edit closes; refused when another verdict changes in any other way.
fn compared(before: &State, after: &State) -> Result<BTreeSet<Name>, String> {
    let mut closed = BTreeSet::new();
    let names: BTreeSet<&Name> = before.verdicts.keys().chain(after.verdicts.keys()).collect();
    for name in names {
        let (old, new) = (before.verdicts.get(name), after.verdicts.get(name));
        if old == new {
            continue;
        }
        if before.suppressed.contains(name) {
            return Err(format!("the same value decides `{}`, which is allowed on purpose", name.1));
        }
        match new {
            Some(Verdict::Private) if matches!(old, Some(Verdict::Public { .. })) => {
                closed.insert(name.clone());
            }
            _ => return Err(format!("the same value also decides `{}`", name.1)),
        }
    }
    Ok(closed)
}

/// The bytes of a file after a change.
fn apply(bytes: &[u8], change: &Change) -> Option<Vec<u8>> {
    let (start, end) = (change.span.start as usize, change.span.end as usize);
    let mut edited = bytes.get(..start)?.to_vec();
    edited.extend_from_slice(change.text.as_bytes());
    edited.extend_from_slice(bytes.get(end..)?);
    Some(edited)
}
