//! One short function per subcommand: gather, evaluate, judge, report.
//!
//! Enters: the command line, the environment, standard input. Leaves: reports, and an exit code that is
//! decided in one place. Everything else in the crate is called from here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use crate::access::Assumptions;
use crate::address::Name;
use crate::cli::{self, Cli, Color, Command, Format, GivenOption, TextOrJson, Values};
use crate::config::Node;
use crate::config::load::Loader;
use crate::eval::Evaluator;
use crate::eval::build::{Built, Want};
use crate::input::settings::{self, Settings};
use crate::input::variables::{VariableOption, gather};
use crate::input::{DocumentPlace, Input, RootModule, discover, workspace};
use crate::report::baseline::Baseline;
use crate::report::catalogue::{self, TypesByKind};
use crate::report::{
    Judged, JudgedStore, Policy, Report, Repository, explain, github, human, json, junit, markdown, resolved,
    sarif, short,
};
use crate::rules::suppress::{Allow, Comments};
use crate::rules::{self, Levels};
use crate::source::{Diagnostic, Fence, LARGEST_FILE, Sources, Span};
use crate::stores::{self, judge_all};

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
    /// Whether standard output is a terminal that has colours.
    pub colors: bool,
}

/// Exit codes (`interface.md`).
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
    }
}

fn run_check(check: &cli::Check, surroundings: &Surroundings, out: &mut dyn Write) -> Result<u8, Error> {
    let sources = Sources::new(surroundings.working_directory.clone());
    let settings = settings_of(&sources, &check.paths, &check.settings);
    let inline = !check.no_inline_allow;
    let (mut judged, mut policy) =
        judge_paths(&sources, &check.paths, &check.values, &settings, inline, surroundings);
    if let Some(file) = &check.baseline {
        match baseline(&sources, file) {
            Ok(baseline) => policy.baseline = Some(baseline),
            Err(diagnostic) => judged.diagnostics.push(*diagnostic),
        }
    }
    let report = Report::under(&policy, &sources, judged);
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
            (Color::Auto, None) => surroundings.colors,
            (Color::Auto, Some(_)) | (Color::Never, _) => false,
        };
        let options = human::Options { color, quiet: check.quiet, verbose: check.verbose };
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
    let settings = settings_of(&sources, &paths, &arguments.settings);
    let (judged, policy) = judge_paths(&sources, &paths, &arguments.values, &settings, true, surroundings);
    let report = Report::under(&policy, &sources, judged);
    let found = !report.stores_at(&arguments.address).is_empty();
    if !found {
        for problem in &report.diagnostics {
            let message = &problem.diagnostic.message;
            match &problem.location {
                Some(at) => report_line(out, &format!("{}:{}:{}: {message}", at.path, at.line, at.column))?,
                None => report_line(out, message)?,
            }
        }
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

fn report_line(out: &mut dyn Write, line: &str) -> Result<(), Error> {
    writeln!(out, "{}", line.escape_debug())
        .map_err(|error| Error::Output("standard output".to_owned(), error))
}

fn run_resolve(
    arguments: &cli::Resolve,
    surroundings: &Surroundings,
    out: &mut dyn Write,
) -> Result<u8, Error> {
    let sources = Sources::new(surroundings.working_directory.clone());
    let paths = [arguments.path.clone()];
    let settings = settings_of(&sources, &paths, &arguments.settings);
    let mut diagnostics = settings.diagnostics.clone();
    let given = Given { values: &arguments.values, settings: &settings, surroundings };
    let gathered = gathered(&sources, &paths, &settings, &mut diagnostics, |loader, root, told| {
        let evaluated = evaluate(&sources, loader, root, given, &|_| Want::Attributes, true);
        told.extend(evaluated.diagnostics);
        (evaluated.built, evaluated.unclaimed)
    })
    .roots;
    let unclaimed = gathered.iter().map(|(_, (_, unclaimed))| unclaimed);
    diagnostics.extend(unknown_variables(unclaimed));
    let models: Vec<Built> = gathered.into_iter().map(|(_, (built, _))| built).collect();
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

/// The settings of a run.
fn settings_of(sources: &Sources, paths: &[PathBuf], options: &cli::Settings) -> Settings {
    let rules: Vec<&str> = rules::RULES.iter().map(|rule| rule.name).collect();
    let origin = settings::Origin { config: options.config.as_deref(), source: options.source.as_deref() };
    settings::gather(sources, paths, origin, &rules)
}

/// The settings that change verdicts, as resolvers see them.
fn assumptions(settings: &Settings) -> Assumptions {
    let assumed = &settings.assumed;
    let texts = |list: &[settings::Said<Name>]| list.iter().map(|said| said.value.to_string()).collect();
    let default = Assumptions::default();
    Assumptions {
        broad_v4: assumed.breadth_v4.as_ref().map_or(default.broad_v4, |said| {
            1_u64.checked_shl(32_u32.saturating_sub(said.value.into())).unwrap_or(u64::MAX)
        }),
        broad_v6: assumed.breadth_v6.as_ref().map_or(default.broad_v6, |said| {
            1_u128.checked_shl(128_u32.saturating_sub(said.value.into())).unwrap_or(u128::MAX)
        }),
        known_networks: texts(&assumed.known_networks),
        own_accounts: texts(&assumed.own_accounts),
        unscoped_service_principal_is_public: assumed
            .unscoped_service_principal
            .as_ref()
            .map_or(default.unscoped_service_principal_is_public, |said| said.value),
        identity_endpoints_are_public: assumed
            .identity_endpoints
            .as_ref()
            .map_or(default.identity_endpoints_are_public, |said| said.value),
        closed_security_groups: texts(&assumed.closed_security_groups),
    }
}

/// Reads a baseline; the error is a diagnostic.
fn baseline(sources: &Sources, path: &Path) -> Result<(Baseline, crate::source::FileId), Box<Diagnostic>> {
    let unreadable = |why: String| Box::new(Diagnostic::error(format!("the baseline {why}"), None));
    let id = sources.read(path, None, LARGEST_FILE).map_err(|error| unreadable(error.to_string()))?;
    let text = sources.file(id).map_or_else(|| "".into(), |file| file.text.clone());
    match Baseline::read(text.trim_start()) {
        Ok(baseline) => Ok((baseline, id)),
        Err(why) => {
            let shown = sources.shown(path);
            let span = Span { file: id, start: 0, end: 0 };
            Err(Box::new(
                Diagnostic::error(format!("the baseline `{shown}` cannot be read"), Some(span))
                    .with_note(why),
            ))
        }
    }
}

/// Judges everything under some paths; the policy says under which settings and suppressions to report it.
fn judge_paths(
    sources: &Sources,
    paths: &[PathBuf],
    values: &Values,
    settings: &Settings,
    inline: bool,
    surroundings: &Surroundings,
) -> (Judged, Policy) {
    let assumptions = assumptions(settings);
    let mut judged = Judged::default();
    let mut diagnostics = settings.diagnostics.clone();
    let wanted = wanted();
    let want = |resource_type: &str| wanted.get(resource_type).copied().unwrap_or(Want::Nothing);
    let given = Given { values, settings, surroundings };
    let rule_names: Vec<&str> = rules::RULES.iter().map(|rule| rule.name).collect();
    let mut comments = Comments::default();
    let mut policy = policy(sources, settings, surroundings);
    let found = gathered(sources, paths, settings, &mut diagnostics, |loader, root, told| {
        let evaluated = evaluate(sources, loader, root, given, &want, false);
        told.extend(evaluated.diagnostics);
        policy.settings.extend(evaluated.in_force);
        let shown = sources.shown(&root.folder);
        comments.collect(sources, &evaluated.node, &shown, &rule_names);
        policy.roots.insert(shown, settings.relative(&root.folder));
        let judgement = judge_all(&evaluated.built.model, &assumptions);
        (evaluated.built, evaluated.unclaimed, judgement)
    });
    policy.settings.extend(found.skipped);
    policy.whole = found.whole;
    if inline {
        policy.allows.extend(comments.allows);
        diagnostics.extend(comments.diagnostics);
    } else {
        let ignored = comments.allows.len() + comments.diagnostics.len();
        let value = if ignored == 1 { "1 comment".to_owned() } else { format!("{ignored} comments") };
        policy.settings.push(("no-inline-allow".to_owned(), format!("{value} ignored"), None));
    }
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
            address: store.address,
            kind: store.kind,
            tier: store.tier,
            assessment: store.assessment,
            span: store.span,
            call_span: store.call_span,
        }));
    }
    judged.diagnostics.append(&mut diagnostics);
    (judged, policy)
}

/// What the settings say about a report, whatever is checked.
fn policy(sources: &Sources, settings: &Settings, surroundings: &Surroundings) -> Policy {
    let mut levels = Levels::default();
    for (name, level) in &settings.levels {
        if let Some(rule) = rules::named(name) {
            levels.set(rule, level.value);
        }
    }
    let in_force =
        settings.in_force(sources).into_iter().map(|(name, value, span)| (name, value, Some(span)));
    Policy {
        levels,
        allows: settings.allows.iter().map(Allow::of_block).collect(),
        today: surroundings.today,
        settings: in_force.collect(),
        top: settings.top.clone(),
        ..Policy::default()
    }
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

/// A setting that took effect: name, value, place.
type InForce = (String, String, Option<Span>);

/// Finds the root modules under some paths and does something with each. Each folder is read once.
fn gathered<T>(
    sources: &Sources,
    paths: &[PathBuf],
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
    mut each: impl FnMut(&mut Loader<'_>, &RootModule, &mut Vec<Diagnostic>) -> T,
) -> Gathered<T> {
    let mut loader = Loader::new(sources);
    let mut roots: BTreeMap<PathBuf, RootModule> = BTreeMap::new();
    let mut skipped: BTreeMap<usize, BTreeSet<PathBuf>> = BTreeMap::new();
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
        let (mut checked, mut left_out) = (0, 0);
        let named = sources.absolute(path);
        let is_directory = named.is_dir();
        for input in discovery.inputs {
            checked += 1;
            match input {
                // What the command line names itself is checked all the same.
                Input::Root(root) => match skips(settings, &root.folder) {
                    Some(index) if is_directory && root.folder != named => {
                        left_out += 1;
                        skipped.entry(index).or_default().insert(root.folder);
                    }
                    Some(_) | None => {
                        roots.entry(root.folder.clone()).or_insert(root);
                    }
                },
                Input::Document(place) => {
                    diagnostics.push(Diagnostic::error(no_document(sources, &place), None));
                }
            }
        }
        if left_out > 0 && left_out == checked {
            let shown = sources.shown(path);
            let message = format!("nothing to check under `{shown}`: `skip` leaves out every root module");
            diagnostics.push(Diagnostic::error(message, None));
        }
    }
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

/// The first `skip` pattern that leaves a folder out.
fn skips(settings: &Settings, folder: &Path) -> Option<usize> {
    let relative = settings.relative(folder);
    settings.skip.iter().position(|pattern| pattern.value.matches_folder(&relative))
}

fn no_document(sources: &Sources, place: &DocumentPlace) -> String {
    let shown = match place {
        DocumentPlace::File(path) => sources.shown(path),
        DocumentPlace::StandardInput => "-".to_owned(),
    };
    format!(
        "`{shown}` is no configuration file; this version reads directories and `.tf`, `.tf.json`, `.tofu` files"
    )
}

/// What values come from.
#[derive(Clone, Copy)]
struct Given<'g> {
    values: &'g Values,
    settings: &'g Settings,
    surroundings: &'g Surroundings,
}

/// One root module, evaluated.
struct Evaluated {
    built: Built,
    diagnostics: Vec<Diagnostic>,
    unclaimed: Unclaimed,
    in_force: Vec<InForce>,
    node: Arc<Node>,
}

fn evaluate(
    sources: &Sources,
    loader: &mut Loader<'_>,
    root: &RootModule,
    given: Given<'_>,
    want: &dyn Fn(&str) -> Want,
    outputs: bool,
) -> Evaluated {
    let tree = loader.load_root(&root.folder, &root.fence);
    let declared: BTreeSet<Name> = tree.node.module.variables.keys().cloned().collect();
    let mut in_force = Vec::new();
    let mut options = settled(given.settings, root, &mut in_force);
    options.extend(given.values.given.iter().map(|option| match option {
        GivenOption::Variable(name, text) => {
            VariableOption::Variable { name: name.as_str().into(), text: text.clone() }
        }
        GivenOption::File(path) => VariableOption::File(path.clone()),
    }));
    let environment = &given.surroundings.environment;
    let gathered = gather(sources, root, &declared, environment, &options);
    let of_environment = environment.iter().find(|(name, _)| name == "TF_WORKSPACE");
    let of_environment = of_environment.map(|(_, value)| value.as_str()).filter(|name| !name.is_empty());
    let mut diagnostics = gathered.diagnostics;
    diagnostics.extend(tree.diagnostics.iter().cloned());
    let mut chosen = given.values.workspace.as_deref().filter(|name| !name.is_empty()).or(of_environment);
    let said = given.settings.of_root(&root.folder).filter_map(|block| block.workspace.as_ref()).last();
    if let (None, Some(said)) = (chosen, said) {
        chosen = Some(&said.value);
        let name = format!("root[\"{}\"].workspace", given.settings.relative(&root.folder));
        in_force.push((name, said.value.to_string(), Some(said.span)));
    }
    let workspace = workspace(sources, root, chosen, None, &mut diagnostics);
    let evaluator = Evaluator::new(sources, &root.fence, &tree, &gathered.values, workspace);
    let unclaimed = Unclaimed { names: gathered.unused, warnings: gathered.undeclared };
    let built = evaluator.build(want, outputs);
    Evaluated { built, diagnostics, unclaimed, in_force, node: tree.node }
}

/// What the settings give to the variables of a root module: stronger than its tfvars files, weaker than the
/// command line.
fn settled(settings: &Settings, root: &RootModule, in_force: &mut Vec<InForce>) -> Vec<VariableOption> {
    let relative = settings.relative(&root.folder);
    let mut options = Vec::new();
    for block in settings.of_root(&root.folder) {
        for file in &block.var_files {
            options.push(VariableOption::SettingsFile(settings.base.join(&*file.value)));
            in_force.push((
                format!("root[\"{relative}\"].var_files"),
                file.value.to_string(),
                Some(file.span),
            ));
        }
        for variable in &block.variables {
            options.push(VariableOption::Setting(variable.clone()));
            let name = format!("root[\"{relative}\"].variables");
            in_force.push((name, variable.name.to_string(), Some(variable.name_span)));
        }
    }
    options
}

/// Runs something on a thread with a large stack: expressions and references nest as deep as the budget
/// allows.
///
/// # Panics
/// Never: a panic of `work` comes back as `None`.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().name("tfward".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        thread.ok()?.join().ok()
    })
}

/// Bytes of stack: what the deepest evaluation needs in a debug build, several times over.
const STACK: usize = 512 << 20;
