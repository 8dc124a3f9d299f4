//! One short function per subcommand: gather, evaluate, judge, report.
//!
//! Enters: the command line, the environment, standard input. Leaves: reports, and an exit code that is
//! decided in one place. Everything else in the crate is called from here.

mod document;
mod fix;
mod init;
mod progress;
mod settled;
mod terminal;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;

use crate::address::Name;
use crate::cli::{self, Cli, Color, Command, Format, GivenOption, TextOrJson, Values};
use crate::config::Node;
use crate::config::load::Loader;
use crate::eval::Evaluator;
use crate::eval::build::{Aside, Built};
use crate::input::settings::Settings;
use crate::input::variables::{VariableOption, gather};
use crate::input::{Called, DocumentPlace, Input, RootModule, discover};
use crate::model::Want;
use crate::report::baseline::Baseline;
use crate::report::catalogue::{self, TypesByKind};
use crate::report::{
    Judged, JudgedStore, Policy, Report, Repository, explain, github, human, json, junit, markdown, resolved,
    sarif, short,
};
use crate::rules;
use crate::source::{Diagnostic, Fence, Sources};
use crate::stores::{self, judge_all};

pub use crate::threads::on_large_stack;
pub use progress::Progress;
pub use terminal::Terminal;

use settled::{Gate, InForce};

/// Why a run could not start or finish.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The report could not be written.
    #[error("cannot write `{0}`: {1}")]
    Output(String, io::Error),
    /// The command line asks for something that is not there.
    #[error("{0}")]
    Usage(String),
}

/// What a run takes from its surroundings.
#[derive(Debug)]
pub struct Surroundings {
    /// The working directory, absolute.
    pub working_directory: PathBuf,
    /// Names and values of the environment.
    pub environment: Vec<(String, String)>,
    /// The day in UTC, for suppressions that run out.
    pub today: Date,
    /// What standard output shows.
    pub terminal: Terminal,
    /// How far the run is.
    pub progress: Progress,
}

/// Exit codes (`docs/command-line.md`).
mod exit {
    pub(super) const CLEAN: u8 = 0;
    pub(super) const FOUND: u8 = 1;
    pub(super) const INCOMPLETE: u8 = 2;
}

/// Runs one command and returns the exit code.
///
/// # Errors
/// Returns why the run could not start or finish; the exit code is 2 then.
pub fn run(cli: &Cli, surroundings: &Surroundings, out: &mut dyn Write) -> Result<u8, Error> {
    match &cli.command {
        Command::Check(check) => run_check(check, surroundings, out),
        Command::Explain(arguments) => run_explain(arguments, surroundings, out),
        Command::Resolve(arguments) => run_resolve(arguments, surroundings, out),
        Command::Rules(arguments) => run_rules(arguments, out),
        Command::Init(arguments) => init::run(arguments, surroundings, out),
        Command::Fix(arguments) => fix::run(arguments, surroundings, out),
        Command::Completions(completions) => printed(completions.write(out)),
        Command::Man => printed(cli::write_manual(out)),
    }
}

fn printed(written: io::Result<()>) -> Result<u8, Error> {
    written.map_err(|error| Error::Output("standard output".to_owned(), error))?;
    Ok(exit::CLEAN)
}

fn run_check(check: &cli::Check, surroundings: &Surroundings, out: &mut dyn Write) -> Result<u8, Error> {
    let sources = Sources::new(surroundings.working_directory.clone());
    let settings = settled::of_run(&sources, &check.paths, &check.settings);
    let source = check.settings.source.as_deref();
    let given = Given { values: &check.values, source, settings: &settings, surroundings };
    let began = Instant::now();
    let (mut judged, mut policy) = judge_paths(&sources, &check.paths, &given, !check.no_inline_allow);
    if check.verbose {
        Progress::tell("read, evaluated and judged", began);
    }
    if let Some(file) = &check.baseline {
        match settled::baseline(&sources, file) {
            Ok(baseline) => policy.baseline = Some(baseline),
            Err(diagnostic) => judged.diagnostics.push(*diagnostic),
        }
    }
    let mut report = Report::under(&policy, &sources, judged);
    if check.outputs.iter().any(|output| output.format == Format::Sarif) {
        fix::offer(check, surroundings, &sources, &mut report);
    }
    if let Some(file) = &check.write_baseline {
        let baseline = Baseline::of(report.findings.iter(), &sources, &policy.top);
        write_to(Some(file), out, |out| baseline.write(out))?;
    }
    let repository = repository(surroundings);
    let code = if report.is_incomplete() {
        exit::INCOMPLETE
    } else if report.fails(check.fail_on.into()) {
        exit::FOUND
    } else {
        exit::CLEAN
    };
    for output in &check.outputs {
        let color = match (check.color, &output.file) {
            (Color::Always, _) => true,
            (Color::Auto, None) => surroundings.terminal.colors,
            (Color::Auto, Some(_)) | (Color::Never, _) => false,
        };
        let linked = color && output.file.is_none() && surroundings.terminal.links;
        let links = if linked { rules::repository() } else { None };
        let options = human::Options { color, links, quiet: check.quiet, verbose: check.verbose };
        let write = |out: &mut dyn Write| match output.format {
            Format::Human => human::write(&report, options, out),
            Format::Short => short::write(&report, out),
            Format::Json => json::write(&report, out),
            Format::Sarif => sarif::write(&report, &repository, code, out),
            Format::Github => github::write(&report, &repository, out),
            Format::Markdown => markdown::write(&report, &repository, out),
            Format::Junit => junit::write(&report, check.fail_on.into(), out),
        };
        write_to(output.file.as_deref(), out, write)?;
        if output.format == Format::Short {
            // Where standard error is closed, nobody is there to read it.
            let _ = short::write_in_force(&report, &mut io::stderr());
        }
    }
    Ok(code)
}

/// The checkout that paths of `sarif`, `github` and `markdown` are relative to: `GITHUB_WORKSPACE` if the
/// working directory lies in it, else the git working tree, else the working directory.
fn repository(surroundings: &Surroundings) -> Repository {
    let here = &surroundings.working_directory;
    let workspace = surroundings
        .environment
        .iter()
        .find(|(name, value)| name == "GITHUB_WORKSPACE" && !value.is_empty())
        .and_then(|(_, value)| Path::new(value).canonicalize().ok())
        .filter(|workspace| here.starts_with(workspace));
    Repository::new(workspace.unwrap_or_else(|| Fence::around(here, here).top().to_path_buf()))
}

fn run_explain(
    arguments: &cli::Explain,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let sources = Sources::new(surroundings.working_directory.clone());
    let paths = [arguments.path.clone()];
    let source = arguments.settings.source.as_deref();
    let settings = settled::of_run(&sources, &paths, &arguments.settings);
    let given = Given { values: &arguments.values, source, settings: &settings, surroundings };
    let (judged, policy) = judge_paths(&sources, &paths, &given, true);
    let report = Report::under(&policy, &sources, judged);
    let found = !report.stores_at(&arguments.address).is_empty();
    if !found {
        write_to(None, out, |out| explain::write_problems(&report, out))?;
        return Err(Error::Usage(explain::not_a_store(&report, &arguments.address)));
    }
    write_to(arguments.output.as_deref(), out, |out| {
        match arguments.format {
            TextOrJson::Human => explain::write_human(&report, &arguments.address, out),
            TextOrJson::Json => explain::write_json(&report, &arguments.address, out),
        }
        .map(|_| ())
    })?;
    Ok(if report.is_incomplete() { exit::INCOMPLETE } else { exit::CLEAN })
}

fn run_resolve(
    arguments: &cli::Resolve,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let sources = Sources::new(surroundings.working_directory.clone());
    let mut documents = Vec::new();
    let paths = [arguments.path.clone()];
    let settings = settled::of_run(&sources, &paths, &arguments.settings);
    let mut diagnostics = settings.diagnostics.clone();
    let source = arguments.settings.source.as_deref();
    let given = Given { values: &arguments.values, source, settings: &settings, surroundings };
    let gathered =
        gathered(&sources, &paths, &settings, &mut diagnostics, &mut documents, |loader, root, told| {
            let evaluated = evaluate(&sources, loader, root, &given, (&|_| Want::Attributes, Reach::Outputs));
            told.extend(evaluated.diagnostics);
            (evaluated.built, evaluated.unclaimed)
        })
        .roots;
    let unclaimed = gathered.iter().map(|(_, (_, unclaimed))| unclaimed);
    diagnostics.extend(unknown_variables(unclaimed));
    let mut models: Vec<Built> = gathered.into_iter().map(|(_, (built, _))| built).collect();
    for place in documents {
        models.extend(document::resolve(&sources, &place, &given, &mut diagnostics));
    }
    let incomplete = diagnostics
        .iter()
        .chain(models.iter().flat_map(|built| &built.model.diagnostics))
        .any(|diagnostic| diagnostic.severity == crate::source::Severity::Error);
    write_to(arguments.output.as_deref(), out, |out| {
        let models = models.iter().map(|built| &built.model);
        resolved::write(&sources, models, &diagnostics, out)
    })?;
    Ok(if incomplete { exit::INCOMPLETE } else { exit::CLEAN })
}

fn run_rules(arguments: &cli::Rules, out: &mut dyn Write) -> Result<u8, Error> {
    let mut types = TypesByKind::new();
    for resolver in stores::RESOLVERS {
        let names = resolver.family.stores.iter().map(|name| (*name).to_owned());
        types.entry(resolver.family.kind).or_default().extend(names);
    }
    for names in types.values_mut() {
        names.sort();
        names.dedup();
    }
    let written = match &arguments.rule {
        None => match arguments.format {
            TextOrJson::Human => catalogue::write_human(&types, out),
            TextOrJson::Json => catalogue::write_json(&types, out),
        },
        Some(name) => {
            let Some(rule) = rules::named(name) else {
                return Err(Error::Usage(format!(
                    "there is no rule `{}`; `tfward rules` lists them all",
                    name.escape_debug()
                )));
            };
            match arguments.format {
                TextOrJson::Human => catalogue::write_page(rule, &types, out),
                TextOrJson::Json => catalogue::write_rule_json(rule, &types, out),
            }
        }
    };
    written.map_err(|error| Error::Output("standard output".to_owned(), error))?;
    Ok(exit::CLEAN)
}

/// Writes to a file, or to standard output.
fn write_to(
    file: Option<&Path>,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    match file {
        None => write(out).map_err(|error| Error::Output("standard output".to_owned(), error)),
        Some(path) => {
            let mut text = Vec::new();
            write(&mut text)
                .and_then(|()| std::fs::write(path, text))
                .map_err(|error| Error::Output(path.display().to_string(), error))
        }
    }
}

/// What the command line and the surroundings give besides paths.
#[derive(Clone, Copy)]
struct Given<'g> {
    values: &'g Values,
    /// Where the configuration behind a plan lies.
    source: Option<&'g Path>,
    settings: &'g Settings,
    surroundings: &'g Surroundings,
}

/// Judges everything under some paths; the policy says under which settings and suppressions to report it.
fn judge_paths(sources: &Sources, paths: &[PathBuf], given: &Given<'_>, inline: bool) -> (Judged, Policy) {
    let settings = given.settings;
    let mut judged = Judged::default();
    let mut diagnostics = settings.diagnostics.clone();
    let wanted = wanted();
    let want = |resource_type: &str| wanted.get(resource_type).copied().unwrap_or(Want::Nothing);
    let mut documents = Vec::new();
    let mut gate = Gate::new(sources, settings, given.surroundings);
    let found = gathered(sources, paths, settings, &mut diagnostics, &mut documents, |loader, root, told| {
        let evaluated = evaluate(sources, loader, root, given, (&want, Reach::Verdicts));
        told.extend(evaluated.diagnostics);
        gate.root(sources, settings, &root.folder, &evaluated.node, evaluated.in_force);
        let judgement = judge_all(&evaluated.built.model, &gate.assumptions);
        given.surroundings.progress.step();
        (evaluated.built, evaluated.unclaimed, judgement)
    });
    gate.policy.settings.extend(found.skipped);
    gate.policy.whole = found.whole;
    let gathered = found.roots;
    for (_, (built, _, judgement)) in &gathered {
        judged.diagnostics.extend(built.model.diagnostics.iter().cloned());
        judged.diagnostics.extend(judgement.diagnostics.iter().cloned());
        judged.sensitive.extend(&built.sensitive);
        for (resource_type, count) in &judgement.not_judged {
            *judged.not_judged.entry(resource_type.clone()).or_default() += count;
        }
    }
    judged.diagnostics.extend(unknown_variables(gathered.iter().map(|(_, (_, unclaimed, _))| unclaimed)));
    for (root, (_, _, judgement)) in gathered {
        judged.stores.extend(judgement.stores.into_iter().map(|store| JudgedStore {
            root: Some(sources.shown(&root.folder)),
            document: None,
            address: store.address,
            kind: store.kind,
            tier: store.tier,
            assessment: store.assessment,
            span: store.span,
            call_span: store.call_span,
            change: None,
        }));
    }
    for place in documents {
        document::judge(sources, &place, given, &want, &mut gate, &mut judged);
    }
    given.surroundings.progress.clear();
    let policy = gate.finish(inline, &mut diagnostics);
    judged.diagnostics.append(&mut diagnostics);
    (judged, policy)
}

/// What is asked of each resource type: attributes of what resolvers read, presence of what they cannot.
fn wanted() -> BTreeMap<&'static str, Want> {
    let mut wanted: BTreeMap<&'static str, Want> = BTreeMap::new();
    wanted.extend(stores::NOT_JUDGED.iter().map(|name| (*name, Want::Presence)));
    for resolver in stores::RESOLVERS {
        let family = &resolver.family;
        let relations = family.relations.iter().map(|relation| relation.resource_type);
        let names = family.stores.iter().copied().chain(relations).chain(family.follows.iter().copied());
        wanted.extend(names.map(|name| (name, Want::Attributes)));
    }
    for name in stores::RESOLVERS.iter().flat_map(|resolver| resolver.family.refers) {
        let want = wanted.entry(name).or_insert(Want::Referred);
        if *want != Want::Attributes {
            *want = Want::Referred;
        }
    }
    wanted
}

/// Names given by `--var` that no root declares are bad usage, those in a `--var-file` worth a warning.
fn unknown_variables<'u>(roots: impl Iterator<Item = &'u Unclaimed> + Clone) -> Vec<Diagnostic> {
    let names = in_all(roots.clone().map(|unclaimed| &unclaimed.names)).into_iter().map(|name| {
        let message =
            format!("Value for undeclared variable: no root module declares a variable named \"{name}\"");
        Diagnostic::error(message, None)
    });
    names.chain(in_all(roots.map(|unclaimed| &unclaimed.warnings))).collect()
}

/// What stands in every one of some sets.
fn in_all<'s, T: Ord + Clone + 's>(sets: impl Iterator<Item = &'s BTreeSet<T>>) -> BTreeSet<T> {
    sets.cloned().reduce(|left, right| left.intersection(&right).cloned().collect()).unwrap_or_default()
}

/// What a root was given and does not declare.
struct Unclaimed {
    names: BTreeSet<Name>,
    warnings: BTreeSet<Diagnostic>,
}

/// The root modules under some paths, with what was done with each.
struct Gathered<T> {
    roots: Vec<(RootModule, T)>,
    /// The `skip` patterns that kept root modules out.
    skipped: Vec<InForce>,
    /// Whether a path is the folder of the settings, or above it.
    whole: bool,
}

/// Finds the root modules under some paths and does something with each. Each folder is read once.
fn gathered<T>(
    sources: &Sources,
    paths: &[PathBuf],
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
    documents: &mut Vec<DocumentPlace>,
    mut each: impl FnMut(&mut Loader<'_>, &RootModule, &mut Vec<Diagnostic>) -> T,
) -> Gathered<T> {
    let mut loader = Loader::new(sources);
    let mut roots: BTreeMap<PathBuf, RootModule> = BTreeMap::new();
    let mut skipped: BTreeMap<usize, BTreeSet<PathBuf>> = BTreeMap::new();
    let mut called = Vec::new();
    for path in paths {
        let discovery = discover(path, sources, &mut |folder, fence| loader.local_calls(folder, fence));
        let discovery = match discovery {
            Ok(discovery) => discovery,
            Err(error) => {
                diagnostics.push(Diagnostic::error(error.to_string(), None));
                continue;
            }
        };
        diagnostics.extend(discovery.diagnostics);
        called.extend(discovery.called);
        let (mut checked, mut left_out) = (0, 0);
        let named = sources.absolute(path);
        let is_directory = named.is_dir();
        for input in discovery.inputs {
            checked += 1;
            match input {
                // What the command line names itself is checked all the same.
                Input::Root(root) => match settled::skips(settings, &root.folder) {
                    Some(index) if is_directory && root.folder != named => {
                        left_out += 1;
                        skipped.entry(index).or_default().insert(root.folder);
                    }
                    Some(_) | None => {
                        roots.entry(root.folder.clone()).or_insert(root);
                    }
                },
                Input::Document(place) if documents.contains(&place) => {}
                Input::Document(place) => documents.push(place),
            }
        }
        if left_out > 0 && left_out == checked {
            let shown = sources.shown(path);
            let message = format!("nothing to check under `{shown}`: `skip` leaves out every root module");
            diagnostics.push(Diagnostic::error(message, None));
        }
    }
    called.retain(|called| {
        !roots.contains_key(&called.folder) && settled::skips(settings, &called.folder).is_none()
    });
    diagnostics.extend(called.iter().map(|called| as_module(sources, called)));
    let base = &settings.base;
    let is_whole = |path: &PathBuf| {
        sources.absolute(path).canonicalize().is_ok_and(|path| path.is_dir() && base.starts_with(path))
    };
    let skipped = skipped.into_iter().filter_map(|(index, folders)| {
        let pattern = settings.skip.get(index)?;
        let count = match folders.len() {
            1 => "1 root module".to_owned(),
            several => format!("{several} root modules"),
        };
        Some(("skip".to_owned(), format!("{} ({count})", pattern.value), Some(pattern.span)))
    });
    Gathered {
        skipped: skipped.collect(),
        whole: settings.file.is_some() && paths.iter().any(is_whole),
        roots: roots
            .into_values()
            .map(|root| {
                let result = each(&mut loader, &root, diagnostics);
                (root, result)
            })
            .collect(),
    }
}

/// Says that a folder is not checked as the root module that it seems to be. Whoever adds a call of it has the
/// values that count.
fn as_module(sources: &Sources, called: &Called) -> Diagnostic {
    let (folder, by) = (sources.shown(&called.folder), sources.shown(&called.by));
    let message = format!(
        "`{folder}` holds `{}`, but is checked as a module only, since `{by}` calls it",
        called.values
    );
    Diagnostic::warning(message, None)
        .with_note("help: name it on the command line as well, if it is a root module")
}

/// How much of a root module is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Resources that verdicts need.
    Verdicts,
    /// Outputs as well.
    Outputs,
    /// Everything that a value can decide.
    Everything,
}

/// One root module, evaluated.
struct Evaluated {
    built: Built,
    asides: Vec<Aside>,
    diagnostics: Vec<Diagnostic>,
    unclaimed: Unclaimed,
    in_force: Vec<InForce>,
    node: Arc<Node>,
}

fn evaluate(
    sources: &Sources,
    loader: &mut Loader<'_>,
    root: &RootModule,
    given: &Given<'_>,
    (want, reach): (&dyn Fn(&str) -> Want, Reach),
) -> Evaluated {
    let tree = loader.load_root(&root.folder, &root.fence);
    let declared: BTreeSet<Name> = tree.node.module.variables.keys().cloned().collect();
    let mut in_force = Vec::new();
    let mut options = settled::values(given.settings, root, &mut in_force);
    options.extend(given.values.given.iter().map(|option| match option {
        GivenOption::Variable(name, text) => {
            VariableOption::Variable { name: name.as_str().into(), text: text.clone() }
        }
        GivenOption::File(path) => VariableOption::File(path.clone()),
    }));
    let gathered = gather(sources, root, &declared, &given.surroundings.environment, &options);
    let mut diagnostics = gathered.diagnostics;
    diagnostics.extend(tree.diagnostics.iter().cloned());
    let workspace = settled::workspace(sources, root, given, &mut in_force, &mut diagnostics);
    let evaluator = Evaluator::new(sources, &root.fence, &tree, &gathered.values, Some(workspace));
    let unclaimed = Unclaimed { names: gathered.unused, warnings: gathered.undeclared };
    let asides = if reach == Reach::Everything { evaluator.asides() } else { Vec::new() };
    let built = evaluator.build(want, reach != Reach::Verdicts);
    Evaluated { built, asides, diagnostics, unclaimed, in_force, node: tree.node }
}
