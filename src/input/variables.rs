//! Values of root variables in Terraform's precedence: environment, tfvars, `--var`, `--var-file`.
//!
//! Enters: file names and options. Leaves: [`Given`] per variable; text becomes a value in `eval`.
//! Source: language.md 5.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::address::Name;
use crate::input::RootModule;
use crate::source::{Diagnostic, Entry, LARGEST_FILE, ReadError, Sources, Span};
use crate::syntax::{Attribute, Expr, json, native};

/// The values given to the variables of one root module; the strongest for each.
pub type VariableValues = BTreeMap<Name, Given>;

/// A value given to a root variable.
#[derive(Clone, Debug)]
pub struct Given {
    /// What was given.
    pub value: GivenValue,
    /// Where: the name in a tfvars file, or the whole of a text that stands for an option.
    pub span: Span,
}

/// The form of a given value.
#[derive(Clone, Debug)]
pub enum GivenValue {
    /// An expression of a tfvars file, constant. `literal`: from JSON, where strings are no templates.
    Expression(Expr, bool),
    /// The text of `TF_VAR_x` or `--var`: the string itself, or HCL, by the declared type
    /// (language.md 5). `parsed` is the text read as an expression, when it can be.
    Text(Name, Option<Expr>),
    /// It stands in a file that could not be read, or may stand there: the value is not known, and the
    /// default does not apply. An error diagnostic says so.
    Unread,
}

/// A `--var` or `--var-file` option, or what stands for one in the settings; their order counts.
#[derive(Clone, Debug)]
pub enum VariableOption {
    /// `--var NAME=VALUE`
    Variable {
        /// The name.
        name: Name,
        /// The text behind `=`.
        text: String,
    },
    /// `--var-file FILE`, relative to the working directory; not bound by the fence.
    File(PathBuf),
    /// A value in the settings.
    Setting(Attribute),
    /// A file that the settings name, inside the fence.
    SettingsFile(PathBuf),
}

impl VariableOption {
    /// Reads `NAME=VALUE`; `None` without a name or a `=`.
    #[must_use]
    pub fn variable(option: &str) -> Option<Self> {
        let (name, text) = option.split_once('=')?;
        let name = name.trim();
        (!name.is_empty()).then(|| Self::Variable { name: name.into(), text: text.to_owned() })
    }
}

/// What one root module is given.
#[derive(Clone, Debug, Default)]
pub struct GivenValues {
    /// The strongest value of each declared variable that has one.
    pub values: VariableValues,
    /// What went wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// Names of `--var` that this root does not declare. Bad usage if no root declares them.
    pub unused: BTreeSet<Name>,
    /// Warnings about names in `--var-file` that this root does not declare. Worth saying if no root does:
    /// what stands in the list of every root.
    pub undeclared: BTreeSet<Diagnostic>,
}

/// Gathers what the variables of a root module are given.
///
/// `declared` are the names of its `variable` blocks; `environment` holds names and values, of which
/// `TF_VAR_…` count.
#[must_use]
pub fn gather(
    sources: &Sources,
    root: &RootModule,
    declared: &BTreeSet<Name>,
    environment: &[(String, String)],
    options: &[VariableOption],
) -> GivenValues {
    let mut gathering = Gathering { sources, root, declared, given: GivenValues::default() };
    for (name, text) in environment {
        if let Some(variable) = name.strip_prefix("TF_VAR_").filter(|name| declared.contains(*name)) {
            gathering.text(variable.into(), name, text);
        }
    }
    for path in gathering.automatic() {
        gathering.file(&path, false);
    }
    for option in options {
        match option {
            VariableOption::Variable { name, text } if declared.contains(name) => {
                gathering.text(name.clone(), &format!("--var {name}"), text);
            }
            VariableOption::Variable { name, .. } => {
                gathering.given.unused.insert(name.clone());
            }
            VariableOption::File(path) => gathering.file(path, true),
            VariableOption::Setting(attribute) => gathering.expression(attribute.clone(), false),
            VariableOption::SettingsFile(path) => gathering.file(path, false),
        }
    }
    gathering.given
}

struct Gathering<'g> {
    sources: &'g Sources,
    root: &'g RootModule,
    declared: &'g BTreeSet<Name>,
    given: GivenValues,
}

impl Gathering<'_> {
    /// The files that are read without being named, weakest first.
    fn automatic(&mut self) -> Vec<PathBuf> {
        let entries = match self.sources.list(&self.root.folder, Some(&self.root.fence)) {
            Ok(entries) => entries,
            Err(error) => {
                self.given.diagnostics.push(Diagnostic::error(error.to_string(), None));
                return Vec::new();
            }
        };
        let files = || entries.iter().filter(|entry| !entry.folder);
        let named = |name: &'static str| files().filter(move |entry| entry.name == name);
        let automatic = files().filter(|Entry { name, .. }| {
            name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
        });
        let all = named("terraform.tfvars").chain(named("terraform.tfvars.json")).chain(automatic);
        all.map(|entry| entry.path.clone()).collect()
    }

    fn text(&mut self, name: Name, shown: &str, text: &str) {
        let file = self.sources.add(shown, text);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let parsed = native::parse_expression(file, text, 0).ok();
        let value = GivenValue::Text(text.into(), parsed);
        self.given.values.insert(name, Given { value, span: Span { file, start: 0, end } });
    }

    fn file(&mut self, path: &Path, on_command_line: bool) {
        let fence = (!on_command_line).then_some(&self.root.fence);
        let read = self.sources.read(path, fence, LARGEST_FILE);
        let (id, source) = match read.map(|id| (id, self.sources.file(id))) {
            Ok((id, Some(source))) => (id, source),
            Ok((_, None)) => return,
            Err(error) => return self.unreadable(path, &error),
        };
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let file = if is_json { json::parse_values(id, &source) } else { native::parse_file(id, &source) };
        self.given.diagnostics.extend(file.diagnostics);
        for lost in &file.lost {
            // Without a name it can be any of them.
            let names: Vec<Name> = match lost.header.first() {
                Some(name) => self.declared.get(name).into_iter().cloned().collect(),
                None => self.declared.iter().cloned().collect(),
            };
            self.unread(names, lost.span);
        }
        for block in &file.body.blocks {
            let wording = format!("Unexpected \"{}\" block", block.kind);
            self.given.diagnostics.push(
                Diagnostic::error(wording, Some(block.header)).with_note("a tfvars file holds no blocks"),
            );
        }
        let mut first: BTreeMap<Name, Span> = BTreeMap::new();
        for attribute in file.body.attributes {
            let name = attribute.name.clone();
            if is_json && &*name == "//" {
                continue;
            }
            // In native syntax the parser says so.
            if let Some(earlier) = first.insert(name.clone(), attribute.name_span)
                && is_json
            {
                self.given.diagnostics.push(
                    Diagnostic::error("Attribute redefined", Some(attribute.name_span))
                        .with_label(earlier, format!("`{name}` was already set here")),
                );
            }
            let literal = is_json || attribute.json;
            if on_command_line && !self.declared.contains(&name) {
                self.given.undeclared.insert(undeclared(&attribute));
            } else {
                self.expression(attribute, literal);
            }
        }
    }

    fn expression(&mut self, attribute: Attribute, literal: bool) {
        if self.declared.contains(&attribute.name) {
            let value = GivenValue::Expression(attribute.value, literal);
            self.given.values.insert(attribute.name, Given { value, span: attribute.name_span });
        } else {
            self.given.diagnostics.push(undeclared(&attribute));
        }
    }

    fn unreadable(&mut self, path: &Path, error: &ReadError) {
        let file = self.sources.add(&self.sources.shown(path), "");
        let span = Span { file, start: 0, end: 0 };
        self.given.diagnostics.push(Diagnostic::error(error.to_string(), Some(span)));
        self.unread(self.declared.iter().cloned().collect(), span);
    }

    fn unread(&mut self, names: Vec<Name>, span: Span) {
        for name in names {
            self.given.values.insert(name, Given { value: GivenValue::Unread, span });
        }
    }
}

fn undeclared(attribute: &Attribute) -> Diagnostic {
    Diagnostic::warning("Value for undeclared variable", Some(attribute.name_span))
        .with_note(format!("the root module does not declare a variable named `{}`", attribute.name))
}
