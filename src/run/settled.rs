//! Settings in a run: what they give to root modules, and what a report is made under.

use std::path::{Path, PathBuf};

use super::{Given, Surroundings};
use crate::access::Assumptions;
use crate::address::Name;
use crate::cli;
use crate::config::Node;
use crate::input::settings::{self, Settings};
use crate::input::variables::VariableOption;
use crate::input::{self, RootModule};
use crate::report::Policy;
use crate::report::baseline::Baseline;
use crate::rules::suppress::{Allow, Comments};
use crate::rules::{self, Levels};
use crate::source::{Diagnostic, FileId, LARGEST_FILE, Severity, Sources, Span};

/// A setting that took effect: name, value, place.
pub(super) type InForce = (String, String, Option<Span>);

/// What a run reports under, as it grows with what is checked.
pub(super) struct Gate {
    /// The settings that change verdicts.
    pub(super) assumptions: Assumptions,
    /// Settings and suppressions.
    pub(super) policy: Policy,
    comments: Comments,
    rules: Vec<&'static str>,
}

impl Gate {
    /// What the settings say, whatever is checked.
    pub(super) fn new(sources: &Sources, settings: &Settings, surroundings: &Surroundings) -> Self {
        Self {
            assumptions: assumptions(settings),
            policy: policy(sources, settings, surroundings),
            comments: Comments::default(),
            rules: rule_names(),
        }
    }

    /// Adds a root module that is checked, or that lies behind a plan: its comments, and what of the settings
    /// took effect in it.
    pub(super) fn root(
        &mut self,
        sources: &Sources,
        settings: &Settings,
        folder: &Path,
        node: &Node,
        in_force: Vec<InForce>,
    ) {
        let shown = sources.shown(folder);
        self.comments.collect(sources, node, &shown, &self.rules);
        self.policy.settings.extend(in_force);
        self.policy.roots.insert(shown, settings.relative(folder));
    }

    /// The policy, once everything was checked; without `inline` the comments do not count.
    pub(super) fn finish(mut self, inline: bool, diagnostics: &mut Vec<Diagnostic>) -> Policy {
        if inline {
            self.policy.allows.extend(self.comments.allows);
            diagnostics.extend(self.comments.diagnostics);
            return self.policy;
        }
        let ignored = self.comments.allows.len() + self.comments.diagnostics.len();
        let value = if ignored == 1 { "1 comment".to_owned() } else { format!("{ignored} comments") };
        self.policy.settings.push(("no-inline-allow".to_owned(), format!("{value} ignored"), None));
        self.policy
    }
}

fn rule_names() -> Vec<&'static str> {
    rules::RULES.iter().map(|rule| rule.name).collect()
}

/// The settings of a run.
pub(super) fn of_run(sources: &Sources, paths: &[PathBuf], options: &cli::Settings) -> Settings {
    let origin = settings::Origin { config: options.config.as_deref(), source: options.source.as_deref() };
    settings::gather(sources, paths, origin, &rule_names())
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

/// What the settings give to the variables of a root module: stronger than its tfvars files, weaker than the
/// command line.
pub(super) fn values(
    settings: &Settings,
    root: &RootModule,
    in_force: &mut Vec<InForce>,
) -> Vec<VariableOption> {
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

/// The workspace of a root: the one that is said, else the one that is selected there.
pub(super) fn workspace(
    sources: &Sources,
    root: &RootModule,
    given: &Given<'_>,
    in_force: &mut Vec<InForce>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Name {
    let said = said_workspace(root, given, in_force);
    input::workspace(sources, root, said.as_deref(), None, diagnostics)
}

/// The workspace that `--workspace`, `TF_WORKSPACE` or the settings say.
pub(super) fn said_workspace(
    root: &RootModule,
    given: &Given<'_>,
    in_force: &mut Vec<InForce>,
) -> Option<Name> {
    let environment = given.surroundings.environment.iter().find(|(name, _)| name == "TF_WORKSPACE");
    let environment = environment.map(|(_, value)| value.as_str());
    let told = [given.values.workspace.as_deref(), environment];
    if let Some(chosen) = told.into_iter().flatten().find(|name| !name.is_empty()) {
        return Some(chosen.into());
    }
    let said = given.settings.of_root(&root.folder).filter_map(|block| block.workspace.as_ref()).last()?;
    let name = format!("root[\"{}\"].workspace", given.settings.relative(&root.folder));
    in_force.push((name, said.value.to_string(), Some(said.span)));
    Some(said.value.clone())
}

/// Says which values of the settings a plan has no use for.
pub(super) fn unused_by_plan(settings: &Settings, folder: &Path) -> Option<Diagnostic> {
    let files = settings.of_root(folder).flat_map(|root| root.var_files.iter().map(|said| said.span));
    let variables = settings.of_root(folder).flat_map(|root| root.variables.iter().map(|own| own.name_span));
    let span = files.chain(variables).min()?;
    let message = "values of a `root` block have no effect on a plan, which has its own";
    Some(Diagnostic { severity: Severity::Note, ..Diagnostic::warning(message, Some(span)) })
}

/// The first `skip` pattern that leaves a folder out.
pub(super) fn skips(settings: &Settings, folder: &Path) -> Option<usize> {
    let relative = settings.relative(folder);
    settings.skip.iter().position(|pattern| pattern.value.matches_folder(&relative))
}

/// Reads a baseline; the error is a diagnostic.
pub(super) fn baseline(sources: &Sources, path: &Path) -> Result<(Baseline, FileId), Box<Diagnostic>> {
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
