//! `.tfward.hcl`: what a project settles once for every check.
//!
//! Enters: the paths of a run, the names of the rules. Leaves: [`Settings`], plain data with places; who
//! judges gets the assumptions from it, who reports the levels and the `allow` blocks. Only plain values are
//! read: a settings file computes nothing. What is not understood is an error and has no effect.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::pattern::Pattern;
use crate::address::{Name, distance};
use crate::source::{Diagnostic, Fence, FileId, LARGEST_FILE, ReadError, Sources, Span, relative_to};
use crate::syntax::{Attribute, Block, Body, Expr, ExprKind, native};

/// The name that is searched for.
pub const FILE_NAME: &str = ".tfward.hcl";

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// What was said.
    pub value: T,
    /// The place of the value.
    pub span: Span,
}

/// How loud the findings of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLevel {
    /// No finding.
    Off,
    /// Level `info`.
    Info,
    /// Level `warning`.
    Warning,
    /// Level `error`.
    Error,
}

impl RuleLevel {
    const ALL: [Self; 4] = [Self::Off, Self::Info, Self::Warning, Self::Error];

    /// As in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Everything that a settings file says. Without a file: nothing, and every default holds.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The file.
    pub file: Option<FileId>,
    /// The folder that paths and patterns of folders are relative to: the one that holds the file, or the top
    /// of the fence for a file from outside of it. Absolute, links resolved.
    pub base: PathBuf,
    /// The top of the fence of the first path. Absolute, links resolved.
    pub top: PathBuf,
    /// The level of each rule that has one, by the rule's name.
    pub levels: BTreeMap<Name, Said<RuleLevel>>,
    /// Root modules that a search does not check.
    pub skip: Vec<Said<Pattern>>,
    /// What root modules are evaluated with, in source order: the last one that says something wins.
    pub roots: Vec<RootSettings>,
    /// What changes verdicts.
    pub assumed: Assumed,
    /// `allow` blocks, in source order.
    pub allows: Vec<AllowBlock>,
    /// What was not understood.
    pub diagnostics: Vec<Diagnostic>,
}

/// The settings that change verdicts; what is not set keeps its default.
#[derive(Clone, Debug, Default)]
pub struct Assumed {
    /// `internet.breadth_v4`: the prefix length of a network that is as large as "the internet", 0–32.
    pub breadth_v4: Option<Said<u8>>,
    /// `internet.breadth_v6`, 0–128.
    pub breadth_v6: Option<Said<u8>>,
    /// Addresses and networks of the organisation.
    pub known_networks: Vec<Said<Name>>,
    /// AWS account numbers of the organisation.
    pub own_accounts: Vec<Said<Name>>,
    /// Ids of security groups outside of the input that let nobody in.
    pub closed_security_groups: Vec<Said<Name>>,
    /// Whether an unscoped service principal is public.
    pub unscoped_service_principal: Option<Said<bool>>,
    /// Whether an endpoint that asks the cloud's identity of each request is public.
    pub identity_endpoints: Option<Said<bool>>,
}

/// A `root` block.
#[derive(Clone, Debug)]
pub struct RootSettings {
    /// Which root modules.
    pub folders: Said<Pattern>,
    /// Values of variables, constant.
    pub variables: Vec<Attribute>,
    /// Files with values of variables, relative to the base.
    pub var_files: Vec<Said<Name>>,
    /// The workspace.
    pub workspace: Option<Said<Name>>,
}

/// An `allow` block.
#[derive(Clone, Debug)]
pub struct AllowBlock {
    /// The rule whose findings are accepted.
    pub rule: Name,
    /// Of which stores; all when absent.
    pub address: Option<Pattern>,
    /// In which root modules; all when absent.
    pub root: Option<Pattern>,
    /// Why.
    pub reason: Name,
    /// The last day that it holds, in UTC.
    pub until: Option<Date>,
    /// The header of the block.
    pub span: Span,
}

impl Settings {
    /// A folder (absolute) as patterns see it: relative to the base, with `/`.
    #[must_use]
    pub fn relative(&self, folder: &Path) -> String {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let text = relative_to(&folder, &self.base).to_string_lossy().replace('\\', "/");
        if text.is_empty() { ".".to_owned() } else { text }
    }

    /// The `root` blocks that hold for a folder (absolute).
    pub fn of_root(&self, folder: &Path) -> impl Iterator<Item = &RootSettings> {
        let relative = self.relative(folder);
        self.roots.iter().filter(move |root| root.folders.value.matches_folder(&relative))
    }

    /// What is in force whatever is checked, as name, value and place: levels and assumptions.
    ///
    /// `config` names the file itself, also when nothing stands in it: it may hide one further up.
    #[must_use]
    pub fn in_force(&self, sources: &Sources) -> Vec<(String, String, Span)> {
        let mut all = Vec::new();
        if let Some((id, file)) = self.file.and_then(|id| Some((id, sources.file(id)?))) {
            all.push(("config".to_owned(), file.path.clone(), Span { file: id, start: 0, end: 0 }));
        }
        for (rule, level) in &self.levels {
            all.push((format!("rule[\"{rule}\"].level"), level.value.name().to_owned(), level.span));
        }
        let assumed = &self.assumed;
        for (name, prefix) in
            [("internet.breadth_v4", &assumed.breadth_v4), ("internet.breadth_v6", &assumed.breadth_v6)]
        {
            all.extend(prefix.iter().map(|said| (name.to_owned(), format!("/{}", said.value), said.span)));
        }
        for (name, list) in [
            ("known_networks", &assumed.known_networks),
            ("own_accounts", &assumed.own_accounts),
            ("closed_security_groups", &assumed.closed_security_groups),
        ] {
            all.extend(list.iter().map(|said| (name.to_owned(), said.value.to_string(), said.span)));
        }
        for (name, public) in [
            ("unscoped_service_principal", &assumed.unscoped_service_principal),
            ("identity_endpoints", &assumed.identity_endpoints),
        ] {
            let word = |public: bool| if public { "public" } else { "remark" };
            all.extend(public.iter().map(|said| (name.to_owned(), word(said.value).to_owned(), said.span)));
        }
        all.sort_by_key(|(_, _, span)| (span.file, span.start));
        all
    }
}

/// Where settings come from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'o> {
    /// `--config`: this file, wherever it lies.
    pub config: Option<&'o Path>,
    /// `--source`: where the configuration behind a plan lies.
    pub source: Option<&'o Path>,
}

/// Reads the settings of a run: the file that is named, else the one that every path finds upward, as far as
/// its fence.
///
/// One run has one set of settings: paths that find different files are an error, and then no file holds.
#[must_use]
pub fn gather(sources: &Sources, paths: &[PathBuf], origin: Origin<'_>, rules: &[&str]) -> Settings {
    let starts: Vec<(PathBuf, Fence)> =
        paths.iter().map(|path| start(sources, path, origin.source)).collect();
    let top = starts.first().map(|(_, fence)| fence.top().to_path_buf()).unwrap_or_default();
    Settings { top, ..choose(sources, &starts, origin, rules) }
}

fn choose(sources: &Sources, starts: &[(PathBuf, Fence)], origin: Origin<'_>, rules: &[&str]) -> Settings {
    if let Some(file) = origin.config {
        let folder = sources.absolute(file).parent().map(Path::to_path_buf).unwrap_or_default();
        let folder = folder.canonicalize().unwrap_or(folder);
        let base = match starts.first() {
            Some((_, fence)) if !folder.starts_with(fence.top()) => fence.top().to_path_buf(),
            Some(_) | None => folder,
        };
        return read(sources, file, None, base, rules);
    }
    let found: Vec<Option<PathBuf>> = starts.iter().map(|(folder, fence)| find(folder, fence)).collect();
    let mut different: Vec<&Option<PathBuf>> = found.iter().collect();
    different.sort();
    different.dedup();
    match (different.as_slice(), starts.first()) {
        ([Some(file)], Some((_, fence))) => {
            let base = file.parent().map(Path::to_path_buf).unwrap_or_default();
            read(sources, file, Some(fence), base, rules)
        }
        ([] | [None | Some(_)], _) => Settings::default(),
        (several, _) => {
            let files = several.iter().map(|file| match file {
                Some(file) => format!("`{}`", sources.shown(file)),
                None => "none".to_owned(),
            });
            let files: Vec<String> = files.collect();
            let message = format!("the paths have different settings files: {}", files.join(", "));
            let diagnostic = Diagnostic::error(message, None)
                .with_note("none of them holds in this run")
                .with_note("help: check the paths one by one, or name one file with `--config`");
            Settings { diagnostics: vec![diagnostic], ..Settings::default() }
        }
    }
}

/// The folder that the search of one path starts at, links resolved, and its fence.
fn start(sources: &Sources, path: &Path, source: Option<&Path>) -> (PathBuf, Fence) {
    let path = match source {
        Some(source) => sources.absolute(source),
        None if path == Path::new("-") => sources.working_directory().to_path_buf(),
        None => sources.absolute(path),
    };
    let path = path.canonicalize().unwrap_or(path);
    let folder = if path.is_dir() { path } else { path.parent().map(Path::to_path_buf).unwrap_or_default() };
    let fence = Fence::around(&folder, sources.working_directory());
    (folder, fence)
}

/// The nearest settings file upward, the top of the fence included.
fn find(folder: &Path, fence: &Fence) -> Option<PathBuf> {
    let above = folder.ancestors().take_while(|above| above.starts_with(fence.top()));
    above.map(|above| above.join(FILE_NAME)).find(|file| file.symlink_metadata().is_ok())
}

fn read(sources: &Sources, path: &Path, fence: Option<&Fence>, base: PathBuf, rules: &[&str]) -> Settings {
    let mut settings = Settings { base, ..Settings::default() };
    let id = match sources.read(path, fence, LARGEST_FILE) {
        Ok(id) => id,
        Err(error) => {
            settings.diagnostics.push(unreadable(&error));
            return settings;
        }
    };
    let Some(file) = sources.file(id) else { return settings };
    settings.file = Some(id);
    let parsed = native::parse_file(id, &file);
    settings.diagnostics.extend(parsed.diagnostics);
    let mut reader = Reader { rules, settings };
    reader.file(&parsed.body);
    reader.settings
}

fn unreadable(error: &ReadError) -> Diagnostic {
    Diagnostic::error(format!("the settings file {error}"), None)
}

/// What may stand in one place of the file.
struct Shape {
    /// How the place is called in messages.
    place: &'static str,
    attributes: &'static [&'static str],
    blocks: &'static [&'static str],
}

const TOP: Shape = Shape {
    place: "a settings file",
    attributes: &[
        "skip",
        "known_networks",
        "own_accounts",
        "closed_security_groups",
        "unscoped_service_principal",
        "identity_endpoints",
    ],
    blocks: &["rule", "internet", "root", "allow"],
};
const RULE: Shape = Shape { place: "a `rule` block", attributes: &["level"], blocks: &[] };
const INTERNET: Shape =
    Shape { place: "an `internet` block", attributes: &["breadth_v4", "breadth_v6"], blocks: &[] };
const ROOT: Shape =
    Shape { place: "a `root` block", attributes: &["variables", "var_files", "workspace"], blocks: &[] };
const ALLOW: Shape =
    Shape { place: "an `allow` block", attributes: &["address", "root", "reason", "until"], blocks: &[] };

struct Reader<'r> {
    rules: &'r [&'r str],
    settings: Settings,
}

impl Reader<'_> {
    fn file(&mut self, body: &Body) {
        self.check(body, &TOP);
        for attribute in &body.attributes {
            let (name, value) = (&*attribute.name, &attribute.value);
            match name {
                "skip" => {
                    let patterns = self.texts(name, value);
                    let pattern =
                        |said: Said<Name>| Said { value: Pattern::new(said.value), span: said.span };
                    self.settings.skip = patterns.into_iter().map(pattern).collect();
                }
                "known_networks" => {
                    let networks = self.texts(name, value);
                    let networks = networks.into_iter().filter(|said| self.network(said)).collect();
                    self.settings.assumed.known_networks = networks;
                }
                "own_accounts" => {
                    let accounts = self.texts(name, value);
                    let accounts = accounts.into_iter().filter(|said| self.account(said)).collect();
                    self.settings.assumed.own_accounts = accounts;
                }
                "closed_security_groups" => {
                    self.settings.assumed.closed_security_groups = self.texts(name, value);
                }
                "unscoped_service_principal" => {
                    self.settings.assumed.unscoped_service_principal = self.public(name, value);
                }
                "identity_endpoints" => {
                    self.settings.assumed.identity_endpoints = self.public(name, value);
                }
                _ => {}
            }
        }
        let mut internet: Option<Span> = None;
        for block in &body.blocks {
            match &*block.kind {
                "rule" => self.rule(block),
                "internet" => {
                    if let Some(earlier) = internet.replace(block.header) {
                        self.twice("`internet`", block.header, earlier);
                    }
                    self.internet(block);
                }
                "root" => self.root(block),
                "allow" => self.allow(block),
                _ => {}
            }
        }
    }

    fn rule(&mut self, block: &Block) {
        self.check(&block.body, &RULE);
        let Some((rule, _)) = self.label(block, "the rule that it is about", "rule \"public-bucket\"") else {
            return;
        };
        if !self.known_rule(&rule, block) {
            return;
        }
        let Some(attribute) = block.body.attribute("level") else {
            self.error("a `rule` block needs a `level`", block.header);
            return;
        };
        let words = RuleLevel::ALL.map(RuleLevel::name);
        let Some(level) = self.one_of("level", &attribute.value, &words) else { return };
        let Some(value) = RuleLevel::ALL.into_iter().find(|known| known.name() == level) else { return };
        let said = Said { value, span: attribute.value.span };
        if let Some(earlier) = self.settings.levels.insert(rule.clone(), said) {
            self.twice(&format!("the level of `{rule}`"), attribute.value.span, earlier.span);
        }
    }

    fn internet(&mut self, block: &Block) {
        self.check(&block.body, &INTERNET);
        self.no_label(block);
        for (name, longest) in [("breadth_v4", 32), ("breadth_v6", 128)] {
            let Some(attribute) = block.body.attribute(name) else { continue };
            let Some(text) = self.text(name, &attribute.value) else { continue };
            let prefix = text.value.strip_prefix('/').and_then(|prefix| prefix.parse::<u8>().ok());
            let Some(prefix) = prefix.filter(|prefix| *prefix <= longest) else {
                let message = format!("`{name}` is a prefix length from \"/0\" to \"/{longest}\"");
                self.error(message, text.span);
                continue;
            };
            let said = Some(Said { value: prefix, span: text.span });
            match name {
                "breadth_v4" => self.settings.assumed.breadth_v4 = said,
                _ => self.settings.assumed.breadth_v6 = said,
            }
        }
    }

    fn root(&mut self, block: &Block) {
        self.check(&block.body, &ROOT);
        let example = "root \"envs/prod\"";
        let Some((folders, span)) = self.label(block, "the folder of the root module", example) else {
            return;
        };
        let folders = Said { value: Pattern::new(folders), span };
        if folders.value.is_literal() && !self.settings.base.join(folders.value.as_str()).is_dir() {
            let warning =
                Diagnostic::warning(format!("there is no folder `{}`", folders.value), Some(folders.span))
                    .with_note("folders are relative to the folder that holds the settings file");
            self.settings.diagnostics.push(warning);
        }
        let attribute = |name| block.body.attribute(name).map(|attribute| &attribute.value);
        let variables = attribute("variables").map(|value| self.variables(value)).unwrap_or_default();
        let var_files =
            attribute("var_files").map(|value| self.texts("var_files", value)).unwrap_or_default();
        let workspace = attribute("workspace").and_then(|value| self.text("workspace", value));
        self.settings.roots.push(RootSettings { folders, variables, var_files, workspace });
    }

    /// The entries of `variables`, as a tfvars file would have them.
    fn variables(&mut self, value: &Expr) -> Vec<Attribute> {
        let ExprKind::Object(items) = &*value.kind else {
            self.error("`variables` is a map: { name = value }", value.span);
            return Vec::new();
        };
        let mut variables: Vec<Attribute> = Vec::new();
        let mut names = BTreeSet::new();
        for item in items {
            let ExprKind::String(name) = &*item.key.kind else {
                self.error("the name of a variable is a plain word", item.key.span);
                continue;
            };
            if !names.insert(name.clone()) {
                self.error(format!("the variable `{name}` is given twice"), item.key.span);
                continue;
            }
            variables.push(Attribute {
                name: name.clone(),
                name_span: item.key.span,
                value: item.value.clone(),
                json: false,
            });
        }
        variables
    }

    fn allow(&mut self, block: &Block) {
        let mut whole = self.check(&block.body, &ALLOW);
        let example = "allow \"public-bucket\"";
        let Some((rule, _)) = self.label(block, "the rule whose findings it accepts", example) else {
            return;
        };
        let known = self.known_rule(&rule, block);
        let attribute = |name| block.body.attribute(name).map(|attribute| &attribute.value);
        let reason = self.reason(block);
        let mut pattern = |reader: &mut Self, name: &'static str| {
            let said = reader.text(name, attribute(name)?);
            whole &= said.is_some();
            said.map(|said| Pattern::new(said.value))
        };
        let address = pattern(self, "address");
        let root = pattern(self, "root");
        let until = match attribute("until").map(|value| (self.text("until", value), value.span)) {
            None => None,
            Some((said, span)) => {
                let day = said.as_ref().and_then(|said| day(&said.value));
                if day.is_none() {
                    whole = false;
                    if said.is_some() {
                        self.error("`until` is a day, such as \"2027-01-31\"", span);
                    }
                }
                day
            }
        };
        // What was not understood would allow more than it says.
        if let (true, true, Some(reason)) = (known, whole, reason) {
            let span = block.header;
            self.settings.allows.push(AllowBlock { rule, address, root, reason: reason.value, until, span });
        }
    }

    fn reason(&mut self, block: &Block) -> Option<Said<Name>> {
        let Some(attribute) = block.body.attribute("reason") else {
            self.error("an `allow` block needs a `reason`", block.header);
            return None;
        };
        let reason = self.text("reason", &attribute.value)?;
        if reason.value.trim().is_empty() {
            self.error("`reason` is empty", reason.span);
            return None;
        }
        Some(reason)
    }

    /// Reports what has no place in a body; returns whether everything has one.
    fn check(&mut self, body: &Body, shape: &Shape) -> bool {
        let before = self.settings.diagnostics.len();
        for attribute in &body.attributes {
            let name = &*attribute.name;
            if !shape.attributes.contains(&name) {
                self.stray(name, attribute.name_span, shape, shape.blocks.contains(&name), "block");
            }
        }
        for block in &body.blocks {
            let name = &*block.kind;
            if !shape.blocks.contains(&name) {
                self.stray(name, block.header, shape, shape.attributes.contains(&name), "attribute");
            }
        }
        before == self.settings.diagnostics.len()
    }

    fn stray(&mut self, name: &str, span: Span, shape: &Shape, other_form: bool, form: &str) {
        let message = if other_form {
            format!("`{name}` is written as {} {form}", if form == "block" { "a" } else { "an" })
        } else {
            let known = shape.attributes.iter().chain(shape.blocks).copied();
            format!("there is no setting `{name}` in {}{}", shape.place, meant(name, known))
        };
        self.error(message, span);
    }

    fn label(&mut self, block: &Block, what: &str, example: &str) -> Option<(Name, Span)> {
        if let [label] = block.labels.as_slice() {
            return Some(label.clone());
        }
        self.error(format!("`{}` has one label, {what}: `{example}`", block.kind), block.header);
        None
    }

    fn no_label(&mut self, block: &Block) {
        if let Some((_, span)) = block.labels.first() {
            self.error(format!("`{}` has no label", block.kind), *span);
        }
    }

    fn known_rule(&mut self, rule: &str, block: &Block) -> bool {
        let known = self.rules.contains(&rule);
        if !known {
            let span = block.labels.first().map_or(block.header, |(_, span)| *span);
            self.error(no_rule(rule, self.rules), span);
        }
        known
    }

    fn text(&mut self, name: &str, value: &Expr) -> Option<Said<Name>> {
        if let ExprKind::String(text) = &*value.kind {
            return Some(Said { value: text.clone(), span: value.span });
        }
        self.error(format!("`{name}` is a plain string"), value.span);
        None
    }

    fn texts(&mut self, name: &str, value: &Expr) -> Vec<Said<Name>> {
        let ExprKind::Tuple(elements) = &*value.kind else {
            self.error(format!("`{name}` is a list of plain strings"), value.span);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for element in elements {
            match &*element.kind {
                ExprKind::String(text) => texts.push(Said { value: text.clone(), span: element.span }),
                _ => self.error(format!("`{name}` is a list of plain strings"), element.span),
            }
        }
        texts
    }

    fn one_of(&mut self, name: &str, value: &Expr, words: &[&'static str]) -> Option<&'static str> {
        let said = self.text(name, value)?;
        let found = words.iter().find(|word| **word == &*said.value).copied();
        if found.is_none() {
            let all: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            let near = meant(&said.value, words.iter().copied());
            self.error(format!("`{name}` is one of {}{near}", all.join(", ")), said.span);
        }
        found
    }

    fn public(&mut self, name: &str, value: &Expr) -> Option<Said<bool>> {
        let word = self.one_of(name, value, &["remark", "public"])?;
        Some(Said { value: word == "public", span: value.span })
    }

    fn network(&mut self, said: &Said<Name>) -> bool {
        let (address, prefix) = match said.value.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (&*said.value, None),
        };
        let longest = match address.parse() {
            Ok(IpAddr::V4(_)) => Some(32),
            Ok(IpAddr::V6(_)) => Some(128),
            Err(_) => None,
        };
        let prefix = prefix.map_or(longest, |prefix| prefix.parse::<u8>().ok());
        let right = longest.is_some() && prefix.is_some_and(|prefix| Some(prefix) <= longest);
        if !right {
            self.error(
                "`known_networks` holds addresses and networks, such as \"198.51.100.0/24\"",
                said.span,
            );
        }
        right
    }

    fn account(&mut self, said: &Said<Name>) -> bool {
        let right = said.value.len() == 12 && said.value.bytes().all(|digit| digit.is_ascii_digit());
        if !right {
            self.error("`own_accounts` holds account numbers of 12 digits, as strings", said.span);
        }
        right
    }

    fn twice(&mut self, what: &str, span: Span, earlier: Span) {
        self.settings.diagnostics.push(
            Diagnostic::error(format!("{what} is set twice"), Some(span))
                .with_label(earlier, "set here before"),
        );
    }

    fn error(&mut self, message: impl Into<String>, span: Span) {
        self.settings.diagnostics.push(Diagnostic::error(message, Some(span)));
    }
}

/// Reads a day, written `YYYY-MM-DD`.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    let shape = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    text.parse().ok().filter(|_| shape)
}

/// Says that a rule does not exist, and which one may be meant.
#[must_use]
pub fn no_rule(rule: &str, rules: &[&str]) -> String {
    format!(
        "there is no rule `{}`{}; `tfward rules` lists them all",
        rule.escape_debug(),
        meant(rule, rules.iter().copied())
    )
}

/// "; did you mean `level`?" when a known word differs by a few letters; else nothing.
pub fn meant<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> String {
    let near = match word.chars().count() {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        9..=64 => 4,
        _ => return String::new(),
    };
    known
        .map(|known| (distance(word, known), known))
        .filter(|(distance, _)| *distance <= near)
        .min()
        .map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::fixture::{told, tree};

    const RULES: [&str; 3] = ["public-bucket", "public-database", "public-cdn"];

    fn of(text: &str) -> (Settings, Vec<String>) {
        let (_holder, top) = tree(&[(FILE_NAME, text), ("envs/prod/main.tf", "")]);
        let sources = Sources::new(top.clone());
        let settings = gather(&sources, &[top], Origin::default(), &RULES);
        let told = told(&sources, &settings.diagnostics);
        (settings, told)
    }

    #[test]
    fn everything_that_can_be_set() {
        let (settings, told) = of(r#"
            rule "public-bucket" {
              level = "warning"
            }
            rule "public-cdn" { level = "error" }
            skip = ["examples", "**/test"]
            internet {
              breadth_v4 = "/12"
              breadth_v6 = "/20"
            }
            known_networks             = ["198.51.100.0/24", "2001:db8::1"]
            own_accounts               = ["123456789012"]
            closed_security_groups     = ["sg-0abc"]
            unscoped_service_principal = "public"
            identity_endpoints         = "remark"
            root "envs/prod" {
              variables = { region = "eu", "zones" = ["a"] }
              var_files = ["prod.tfvars"]
              workspace = "prod"
            }
            allow "public-bucket" {
              address = "module.site.*"
              root    = "envs/*"
              reason  = "the website"
              until   = "2027-01-31"
            }
        "#);
        assert_eq!(told, [""; 0]);
        let shown: Vec<String> = settings
            .in_force(&Sources::default())
            .into_iter()
            .map(|(name, value, _)| format!("{name} = {value}"))
            .collect();
        assert_eq!(
            shown,
            [
                "rule[\"public-bucket\"].level = warning",
                "rule[\"public-cdn\"].level = error",
                "internet.breadth_v4 = /12",
                "internet.breadth_v6 = /20",
                "known_networks = 198.51.100.0/24",
                "known_networks = 2001:db8::1",
                "own_accounts = 123456789012",
                "closed_security_groups = sg-0abc",
                "unscoped_service_principal = public",
                "identity_endpoints = remark",
            ]
        );
        let skip: Vec<&str> = settings.skip.iter().map(|said| said.value.as_str()).collect();
        assert_eq!(skip, ["examples", "**/test"]);
        let root = settings.of_root(&settings.base.join("envs/prod")).next().unwrap();
        let names: Vec<&str> = root.variables.iter().map(|variable| &*variable.name).collect();
        assert_eq!(names, ["region", "zones"]);
        assert_eq!(root.workspace.as_ref().map(|said| &*said.value), Some("prod"));
        assert_eq!(settings.of_root(&settings.base.join("envs")).count(), 0);
        let allow = &settings.allows[0];
        assert_eq!((&*allow.rule, &*allow.reason), ("public-bucket", "the website"));
        assert_eq!(allow.until, day("2027-01-31"));
    }

    #[test]
    fn what_is_not_understood() {
        for (text, expected) in [
            ("skp = []", "there is no setting `skp` in a settings file; did you mean `skip`? @ skp"),
            ("colour = 1", "there is no setting `colour` in a settings file @ colour"),
            ("skip {\n}", "`skip` is written as an attribute @ skip"),
            ("rule = 1", "`rule` is written as a block @ rule"),
            ("skip = \"a\"", "`skip` is a list of plain strings @ \"a\""),
            ("skip = [1]", "`skip` is a list of plain strings @ 1"),
            ("skip = [var.a]", "`skip` is a list of plain strings @ var.a"),
            (
                "rule \"public-buckett\" {\n level = \"off\"\n}",
                "there is no rule `public-buckett`; did you mean `public-bucket`?; `tfward rules` lists them all \
                 @ \"public-buckett\"",
            ),
            ("rule \"public-cdn\" {\n}", "a `rule` block needs a `level` @ rule \"public-cdn\""),
            (
                "rule {\n level = \"off\"\n}",
                "`rule` has one label, the rule that it is about: `rule \"public-bucket\"` @ rule",
            ),
            (
                "rule \"public-cdn\" {\n level = \"warn\"\n}",
                "`level` is one of \"off\", \"info\", \"warning\", \"error\" @ \"warn\"",
            ),
            (
                "rule \"public-cdn\" {\n levl = 1\n level = \"off\"\n}",
                "there is no setting `levl` in a `rule` block; did you mean `level`? @ levl",
            ),
            (
                "rule \"public-cdn\" { level = \"off\" }\nrule \"public-cdn\" { level = \"info\" }",
                "the level of `public-cdn` is set twice @ \"info\"",
            ),
            (
                "internet {\n breadth_v4 = \"/33\"\n}",
                "`breadth_v4` is a prefix length from \"/0\" to \"/32\" @ \"/33\"",
            ),
            ("internet {\n breadth_v6 = 16\n}", "`breadth_v6` is a plain string @ 16"),
            (
                "known_networks = [\"10.0.0.0/40\"]",
                "`known_networks` holds addresses and networks, such as \"198.51.100.0/24\" @ \"10.0.0.0/40\"",
            ),
            (
                "own_accounts = [\"1\"]",
                "`own_accounts` holds account numbers of 12 digits, as strings @ \"1\"",
            ),
            (
                "identity_endpoints = \"pubic\"",
                "`identity_endpoints` is one of \"remark\", \"public\"; did you mean `public`? @ \"pubic\"",
            ),
            ("allow \"public-cdn\" {\n}", "an `allow` block needs a `reason` @ allow \"public-cdn\""),
            ("allow \"public-cdn\" {\n reason = \" \"\n}", "`reason` is empty @ \" \""),
            (
                "allow \"public-cdn\" {\n reason = \"a\"\n until = \"2027-02-30\"\n}",
                "`until` is a day, such as \"2027-01-31\" @ \"2027-02-30\"",
            ),
            ("root \"envs/prod\" {\n variables = [1]\n}", "`variables` is a map: { name = value } @ [1]"),
        ] {
            let (settings, told) = of(text);
            assert_eq!(told, [format!("error: {expected}")], "{text}");
            assert!(settings.allows.is_empty(), "{text}");
        }
        let (_, told) = of("root \"envs/stage\" {\n}");
        assert_eq!(told, ["warning: there is no folder `envs/stage` @ \"envs/stage\""]);
    }

    #[test]
    fn the_file_is_found_upward_as_far_as_the_fence() {
        let (_holder, top) =
            tree(&[("a/b/main.tf", ""), ("a/.tfward.hcl", "skip = [\"x\"]"), ("c/main.tf", "")]);
        std::fs::write(top.parent().unwrap().join(FILE_NAME), "skip = [\"outside\"]").unwrap();
        let sources = Sources::new(top.clone());
        let of = |paths: &[&str], config: Option<&str>| {
            let paths: Vec<PathBuf> = paths.iter().map(|path| top.join(path)).collect();
            let config = config.map(|file| top.join(file));
            let origin = Origin { config: config.as_deref(), source: None };
            let settings = gather(&sources, &paths, origin, &RULES);
            let skip: Vec<&str> = settings.skip.iter().map(|said| said.value.as_str()).collect();
            let base = sources.shown(&settings.base);
            (skip.join(","), base, told(&sources, &settings.diagnostics).join("\n"))
        };
        let none = || (String::new(), ".".to_owned(), String::new());
        let found = |skip: &str, base: &str| (skip.to_owned(), base.to_owned(), String::new());
        assert_eq!(of(&["a/b"], None), found("x", "a"));
        assert_eq!(of(&["a/b/main.tf", "a"], None), found("x", "a"));
        assert_eq!(of(&["c"], None).0, none().0);
        assert_eq!(of(&["c"], Some("a/.tfward.hcl")), found("x", "a"));
        assert_eq!(of(&["c"], Some("../.tfward.hcl")), found("outside", "."));
        assert_eq!(
            of(&["a", "c"], None).2,
            "error: the paths have different settings files: none, `a/.tfward.hcl` @ -"
        );
        assert_eq!(of(&["a"], Some("b.hcl")).2, "error: the settings file `b.hcl` does not exist @ -");
    }
}
