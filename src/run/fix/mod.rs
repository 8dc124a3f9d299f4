//! `tfward fix`: the edits that certainly close an exposure, each judged before it is offered.
//!
//! An edit is a replacement of exact bytes. It is certain when the edited text, judged again, has the store
//! private, no other store in another verdict than before or private, and no attribute of any resource
//! changed except those that opened the closed stores. Root modules around the path count as well: a module
//! can serve several.

mod edit;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use self::edit::Change;
use super::{Error, Given, Surroundings, evaluate, exit, gathered, judge_paths, settled};
use crate::cli;
use crate::input::settings::Settings;
use crate::model::Want;
use crate::report::{Finding, Report};
use crate::source::{Fence, LARGEST_FILE, Severity, Sources};
use crate::stores::remedies::{REMEDIES, Remedy};
use crate::value::{Data, Value, json};
use crate::verdict::{Effect, Place, Verdict};

/// Files as they would be, by resolved path.
type Overlay = BTreeMap<PathBuf, Vec<u8>>;
/// Root and address.
type Name = (String, String);
/// The verdicts of all stores, and whether a public one is suppressed.
type Verdicts = BTreeMap<Name, Verdict>;

/// The most edits of one run.
const MOST_EDITS: usize = 1_000;
/// Lines around a change.
const RADIUS: usize = 3;

pub(super) fn run(
    arguments: &cli::Fix,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let run = Run { arguments, surroundings };
    if arguments.path.as_os_str() == "-" || arguments.path.extension().is_some_and(|e| e == "json") {
        let configuration = arguments.path.to_string_lossy();
        if !configuration.ends_with(".tf.json") && !configuration.ends_with(".tofu.json") {
            return Err(Error::Usage(
                "`fix` edits configuration; give it a directory, not a plan".to_owned(),
            ));
        }
    }
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
                Ok(Closed { overlay, next, shown }) => {
                    for path in overlay.keys() {
                        // The first edit of a file was made to what stands on the disk.
                        if let Some(original) = state
                            .sources
                            .read(path, None, LARGEST_FILE)
                            .ok()
                            .and_then(|id| state.sources.original(id).ok())
                        {
                            session.originals.entry(path.clone()).or_insert(original.1);
                        }
                    }
                    session.overlay = overlay;
                    session.closed.push((exposure.clone(), shown));
                    state = next;
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
    run.tell(&session, &refused, &state, out)
        .map_err(|error| Error::Output("standard output".to_owned(), error))?;
    if arguments.write {
        run.write(&session)?;
    }
    for message in &state.errors {
        writeln!(out, "error: {}", message.escape_debug())
            .map_err(|error| Error::Output("standard output".to_owned(), error))?;
    }
    Ok(if !state.errors.is_empty() {
        exit::INCOMPLETE
    } else if refused.is_empty() && (arguments.write || session.closed.is_empty()) {
        exit::CLEAN
    } else {
        exit::FOUND
    })
}

/// What has been decided so far.
#[derive(Default)]
struct Session {
    overlay: Overlay,
    /// What was judged before any edit.
    originals: Overlay,
    closed: Vec<(Exposure, Option<String>)>,
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

/// One judgement.
struct State {
    sources: Sources,
    verdicts: Verdicts,
    suppressed: BTreeSet<Name>,
    exposures: Vec<Exposure>,
    errors: Vec<String>,
    /// Lines that sensitive values are written on: path and line.
    sensitive: BTreeSet<(String, u32)>,
}

/// An accepted edit.
struct Closed {
    overlay: Overlay,
    next: State,
    /// What else it closes.
    shown: Option<String>,
}

struct Run<'r> {
    arguments: &'r cli::Fix,
    surroundings: &'r Surroundings,
}

impl Run<'_> {
    fn sources(&self, overlay: &Overlay) -> Sources {
        Sources::new(self.surroundings.working_directory.clone()).with_overlay(overlay.clone())
    }

    fn settings(&self, sources: &Sources) -> Settings {
        settled::of_run(sources, std::slice::from_ref(&self.arguments.path), &self.arguments.settings)
    }

    fn given<'g>(&'g self, settings: &'g Settings) -> Given<'g> {
        Given { values: &self.arguments.values, source: None, settings, surroundings: self.surroundings }
    }

    fn judge(&self, overlay: &Overlay) -> State {
        let sources = self.sources(overlay);
        let settings = self.settings(&sources);
        let given = self.given(&settings);
        let paths = std::slice::from_ref(&self.arguments.path);
        let (judged, policy) = judge_paths(&sources, paths, &given, true);
        let mut sensitive = BTreeSet::new();
        for location in judged.sensitive.iter().filter_map(|span| sources.location(*span)) {
            sensitive.extend((location.line..=location.end_line).map(|line| (location.path.clone(), line)));
        }
        let report = Report::under(&policy, &sources, judged);
        let name = |root: &Option<String>, address: String| (root.clone().unwrap_or_default(), address);
        let verdicts = report
            .stores
            .iter()
            .map(|store| (name(&store.root, store.address.to_string()), store.assessment.verdict.clone()))
            .collect();
        let named = |finding: &Finding| name(&finding.store.root, finding.store.address.to_string());
        let is_public =
            |finding: &&Finding| matches!(finding.store.assessment.verdict, Verdict::Public { .. });
        let public = || report.findings.iter().filter(is_public);
        let suppressed = public().filter(|finding| finding.suppressed.is_some()).map(named).collect();
        let exposures = public()
            .filter(|finding| finding.suppressed.is_none())
            .map(|finding| Exposure {
                name: named(finding),
                message: finding.message.clone(),
                help: finding.help.clone(),
                places: finding
                    .store
                    .assessment
                    .because
                    .iter()
                    .filter(|reason| reason.effect == Effect::Opens)
                    .flat_map(|reason| reason.evidence.places.iter().cloned())
                    .collect(),
            })
            .collect();
        let errors = report
            .diagnostics
            .iter()
            .filter(|problem| problem.diagnostic.severity == Severity::Error)
            .map(|problem| match &problem.location {
                Some(at) => format!("{}:{}:{}: {}", at.path, at.line, at.column, problem.diagnostic.message),
                None => problem.diagnostic.message.clone(),
            })
            .collect();
        drop(report);
        State { sources, verdicts, suppressed, exposures, errors, sensitive }
    }

    /// Finds the first edit that certainly closes an exposure.
    fn close(&self, exposure: &Exposure, state: &State, overlay: &Overlay) -> Result<Closed, String> {
        let mut why: Option<String> = None;
        for (place, remedy) in candidates(exposure) {
            let tried = edit::change(&state.sources, place, remedy)
                .and_then(|change| self.attempt(exposure, state, overlay, place, &change));
            match tried {
                Ok(closed) => return Ok(closed),
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
        change: &Change,
    ) -> Result<Closed, String> {
        let location = state.sources.location(change.span).ok_or("it has no place")?;
        if (location.line..=location.end_line)
            .any(|line| state.sensitive.contains(&(location.path.clone(), line)))
        {
            return Err("the value is sensitive".to_owned());
        }
        let (path, bytes) = state.sources.original(change.span.file).map_err(|error| error.to_string())?;
        self.belongs(&exposure.name.0, &path, &location.path)?;
        let edited = apply(&bytes, change).ok_or("the file has changed")?;
        let mut edited_overlay = overlay.clone();
        edited_overlay.insert(path, edited);
        let next = self.judge(&edited_overlay);
        match next.verdicts.get(&exposure.name) {
            Some(Verdict::Private) => {}
            Some(Verdict::Public { .. }) => {
                return Err(format!(
                    "with `{}` changed ({}:{}) it is still public",
                    place.attribute, location.path, location.line
                ));
            }
            Some(Verdict::Undetermined) => {
                return Err(format!(
                    "with `{}` changed ({}:{}) it is undetermined",
                    place.attribute, location.path, location.line
                ));
            }
            None => return Err("with the value changed the store is gone".to_owned()),
        }
        if next.errors.len() > state.errors.len() {
            return Err("the edited configuration has errors".to_owned());
        }
        let closed = compared(state, &next)?;
        self.only_openers(state, overlay, &edited_overlay, &closed, &location.path)?;
        let others: Vec<String> = closed
            .iter()
            .filter(|name| **name != exposure.name)
            .map(|(_, address)| format!("`{address}`"))
            .collect();
        let shown = (!others.is_empty()).then(|| others.join(", "));
        Ok(Closed { overlay: edited_overlay, next, shown })
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

    /// Holds every attribute before the edit against that after it.
    fn only_openers(
        &self,
        state: &State,
        before: &Overlay,
        after: &Overlay,
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
        let (old, new) = (self.attributes(before)?, self.attributes(after)?);
        let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for key in keys {
            if old.get(key) != new.get(key) && !allowed.contains(key) {
                let (root, address, attribute) = key;
                let place = if root == "." { String::new() } else { format!(" in `{root}`") };
                return Err(format!(
                    "the value in `{path}` also decides `{attribute}` of `{address}`{place}"
                ));
            }
        }
        Ok(())
    }

    /// Every attribute and output of every root module that can be found around the path.
    fn attributes(&self, overlay: &Overlay) -> Result<BTreeMap<(String, String, String), String>, String> {
        let sources = self.sources(overlay);
        let absolute = sources.absolute(&self.arguments.path);
        let folder =
            if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
        let fence = Fence::around(folder, sources.working_directory());
        let paths = [self.arguments.path.clone(), fence.top().to_path_buf()];
        let mut searched = Vec::new();
        let settings = self.settings(&sources);
        let given = self.given(&settings);
        // Folders that the settings skip count: a value can serve them as well.
        let everything = Settings::default();
        let models =
            gathered(&sources, &paths, &everything, &mut searched, &mut Vec::new(), |loader, root, _| {
                evaluate(&sources, loader, root, &given, &|_| Want::Attributes, true).built
            })
            .roots;
        if searched.iter().any(|told| told.severity == Severity::Error) {
            return Err("not every root module around the path could be found".to_owned());
        }
        let mut attributes = BTreeMap::new();
        for (root, built) in &models {
            let root = sources.shown(&root.folder);
            for (address, instance) in &built.model.instances {
                let address = address.to_string();
                let mut add = |name: &str, held: String| {
                    attributes.insert((root.clone(), address.clone(), name.to_owned()), held);
                };
                add("count", format!("{:?}", instance.exists));
                if let Data::Mapping(_, entries) = &instance.attributes.data {
                    for (name, value) in entries.iter() {
                        add(name, held(value));
                    }
                }
            }
            for (name, value) in &built.model.outputs {
                let key = (root.clone(), format!("output.{name}"), "value".to_owned());
                attributes.insert(key, held(value));
            }
        }
        Ok(attributes)
    }

    fn tell(
        &self,
        session: &Session,
        refused: &BTreeMap<Name, String>,
        state: &State,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (exposure, others) in &session.closed {
            write!(out, "closes: {}", exposure.message)?;
            match others {
                Some(others) => writeln!(out, " (and {others})")?,
                None => writeln!(out)?,
            }
        }
        for (path, new) in &session.overlay {
            let Some(old) = session.originals.get(path) else { continue };
            let shown = state.sources.shown(path);
            let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
            let diff = TextDiff::from_lines(&*old, &*new);
            let is_near = |line: u32| state.sensitive.contains(&(shown.clone(), line));
            let near = (1..=u32::try_from(old.lines().count()).unwrap_or(u32::MAX)).any(is_near);
            let radius = if near { 0 } else { RADIUS };
            let mut unified = diff.unified_diff();
            let unified = unified.context_radius(radius).header(&shown, &shown).to_string();
            let unified = unified.replacen("--- ", "--- a/", 1).replacen("\n+++ ", "\n+++ b/", 1);
            out.write_all(unified.as_bytes())?;
        }
        for exposure in state.exposures.iter().filter(|exposure| refused.contains_key(&exposure.name)) {
            let reason = refused.get(&exposure.name).map_or("", String::as_str);
            writeln!(out, "left: {}", exposure.message)?;
            writeln!(out, "  = {reason}")?;
            if !exposure.help.is_empty() {
                writeln!(out, "  = help: {}", exposure.help)?;
            }
        }
        let closed = session.closed.len();
        let done = if self.arguments.write { "written" } else { "shown; `--write` writes them" };
        match closed {
            0 => writeln!(out, "no certain edit, {} left", refused.len()),
            1 => writeln!(out, "1 edit {}, {} left", done.replace("them", "it"), refused.len()),
            several => writeln!(out, "{several} edits {done}, {} left", refused.len()),
        }
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

/// What a value holds, sensitive or not, without the places that it was written at. Never printed.
fn held(value: &Value) -> String {
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
