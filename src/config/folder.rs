//! One folder to one module: which files count, and how they come together.
//!
//! Enters: a folder. Leaves: [`Module`], override files merged in. What has no place (a name declared
//! twice, an override of nothing) is an error diagnostic and an entry of `lost`; the rest is read.
//! Source: language.md 1.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::merge::{blocks_from_json, dynamic_from_json, merge};
use super::{Local, Module, ProviderBlock, ProviderReference, ResourceKey, declare};
use crate::address::{Mode, Name};
use crate::source::{
    ConfigurationName, Diagnostic, Entry, Fence, LARGEST_FILE, ReadError, Severity, Sources, Span,
};
use crate::syntax::{Attribute, Block, Body, ExprKind, File, Lost, json, native};

/// Reads the module in a folder.
///
/// # Errors
/// Returns why the folder could not be listed. A file that cannot be read costs that file only.
pub(super) fn read(sources: &Sources, folder: &Path, fence: &Fence) -> Result<Module, ReadError> {
    let entries = sources.list(folder, Some(fence))?;
    let mut draft = Draft::default();
    draft.module.directory = sources.absolute(folder);
    let files = configuration_files(&entries, &mut draft.module.diagnostics);
    for overrides in [false, true] {
        for (entry, name) in files.iter().filter(|(_, name)| name.overrides() == overrides) {
            draft.read_file(sources, entry, *name, fence);
        }
    }
    if let (Some(first), Some(note)) = (draft.module.files.first(), draft.module.diagnostics.first_mut())
        && note.severity == Severity::Note
    {
        note.span = Some(Span { file: *first, start: 0, end: 0 });
    }
    Ok(draft.finish())
}

/// The configuration files among the entries of a folder, in name order, as OpenTofu chooses them where it
/// and Terraform differ; a note says so then.
fn configuration_files<'e>(
    entries: &'e [Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(&'e Entry, ConfigurationName<'e>)> {
    let mut files: Vec<_> = entries
        .iter()
        .filter(|entry| !entry.folder)
        .filter_map(|entry| ConfigurationName::read(&entry.name).map(|name| (entry, name)))
        .collect();
    let tofu: BTreeSet<(&str, bool)> =
        files.iter().filter(|(_, name)| name.tofu).map(|(_, name)| (name.stem, name.json)).collect();
    if tofu.is_empty() {
        return files;
    }
    let mut note = Diagnostic {
        severity: Severity::Note,
        ..Diagnostic::warning("`.tofu` files are read as OpenTofu reads them; Terraform ignores them", None)
    };
    files.retain(|(entry, name)| {
        let hidden = !name.tofu && tofu.contains(&(name.stem, name.json));
        if hidden {
            note.notes.push(format!("`{}` is left out", entry.name));
        }
        !hidden
    });
    diagnostics.push(note);
    files
}

/// What was collected so far; blocks become declarations when every override is merged in.
#[derive(Default)]
struct Draft {
    module: Module,
    variables: BTreeMap<Name, Block>,
    locals: BTreeMap<Name, Attribute>,
    resources: BTreeMap<ResourceKey, Block>,
    calls: BTreeMap<Name, Block>,
    outputs: BTreeMap<Name, Block>,
    providers: BTreeMap<ProviderReference, Block>,
    required_providers: BTreeMap<Name, Attribute>,
    required_in: Option<Span>,
}

/// How Terraform words that a name has two declarations, or an override none.
struct Wording {
    duplicate: &'static str,
    missing: &'static str,
}

const VARIABLE: Wording = Wording {
    duplicate: "Duplicate variable declaration",
    missing: "Missing base variable declaration to override",
};
const OUTPUT: Wording = Wording {
    duplicate: "Duplicate output definition",
    missing: "Missing base output definition to override",
};
const CALL: Wording =
    Wording { duplicate: "Duplicate module call", missing: "Missing module call to override" };
const LOCAL: Wording = Wording {
    duplicate: "Duplicate local value definition",
    missing: "Missing base local value definition to override",
};
const PROVIDER: Wording = Wording {
    duplicate: "Duplicate provider configuration",
    missing: "Missing base provider configuration for override",
};
const RESOURCE: Wording =
    Wording { duplicate: "Duplicate resource configuration", missing: "Missing resource to override" };
const DATA: Wording =
    Wording { duplicate: "Duplicate data configuration", missing: "Missing data resource to override" };
const EPHEMERAL: Wording = Wording {
    duplicate: "Duplicate ephemeral configuration",
    missing: "Missing ephemeral resource to override",
};

impl Draft {
    fn read_file(&mut self, sources: &Sources, entry: &Entry, name: ConfigurationName<'_>, fence: &Fence) {
        let read = sources.read(&entry.path, Some(fence), LARGEST_FILE);
        let id = match &read {
            Ok(id) => *id,
            Err(_) => sources.add(&sources.shown(&entry.path), ""),
        };
        self.module.files.push(id);
        let whole = Span { file: id, start: 0, end: 0 };
        if let Err(error) = read {
            self.module.diagnostics.push(Diagnostic::error(error.to_string(), Some(whole)));
            self.module.lost.push(Lost { span: whole, header: Vec::new() });
            return;
        }
        let Some(source) = sources.file(id) else { return };
        let mut file =
            if name.json { json::parse_file(id, &source) } else { native::parse_file(id, &source) };
        if name.json {
            mark_json(&mut file.body);
        }
        self.add(file, name.overrides());
    }

    fn add(&mut self, file: File, overrides: bool) {
        self.module.comments.extend(file.comments);
        self.module.lost.extend(file.lost);
        let expected = provider_keys(&file.body);
        let told = file.diagnostics.into_iter();
        self.module
            .diagnostics
            .extend(told.filter(|told| told.span.is_none_or(|span| !expected.contains(&span))));
        for attribute in file.body.attributes.iter().filter(|attribute| &*attribute.name != "//") {
            let note = format!("an argument named `{}` is not expected here", attribute.name);
            self.module
                .diagnostics
                .push(Diagnostic::error("Unsupported argument", Some(attribute.name_span)).with_note(note));
        }
        for block in file.body.blocks {
            self.block(block, overrides);
        }
    }

    fn block(&mut self, mut block: Block, overrides: bool) {
        declare::asides(&block, &mut self.module.asides);
        let kind = block.kind.clone();
        let labels: &[&str] = match &*kind {
            "resource" | "data" | "ephemeral" => &["type", "name"],
            "module" | "variable" | "output" | "provider" => &["name"],
            "locals" | "terraform" => &[],
            // They declare nothing that has a value.
            "moved" | "removed" | "import" | "check" | "action" | "list" | "language" => return,
            _ => {
                self.module.diagnostics.push(
                    Diagnostic::warning("Unsupported block type", Some(block.header))
                        .with_note(format!("blocks of type `{kind}` are not known and not checked")),
                );
                return;
            }
        };
        if let Some(diagnostic) = wrong_labels(&block, labels) {
            self.lose(&block, diagnostic);
            return;
        }
        let label = |index| block.label(index).cloned().unwrap_or_else(|| Name::from(""));
        let (first, second) = (label(0), label(1));
        blocks_from_json(&mut block.body, &["lifecycle"]);
        let lost = match &*kind {
            "variable" => place(&mut self.variables, first, block, overrides, &VARIABLE),
            "output" => place(&mut self.outputs, first, block, overrides, &OUTPUT),
            "module" => place(&mut self.calls, first, block, overrides, &CALL),
            "provider" => {
                let reference = declare::provider(&first, &block.body);
                place(&mut self.providers, reference, block, overrides, &PROVIDER)
            }
            "locals" => {
                self.locals(block.body, overrides);
                None
            }
            "terraform" => {
                self.terraform(block.body, overrides);
                None
            }
            _ => {
                blocks_from_json(&mut block.body, &["connection", "provisioner"]);
                dynamic_from_json(&mut block.body);
                let (mode, wording) = match &*kind {
                    "data" => (Mode::Data, &DATA),
                    "ephemeral" => (Mode::Ephemeral, &EPHEMERAL),
                    _ => (Mode::Managed, &RESOURCE),
                };
                place(&mut self.resources, (mode, first, second), block, overrides, wording)
            }
        };
        if let Some((block, diagnostic)) = lost {
            self.lose(&block, diagnostic);
        }
    }

    fn lose(&mut self, block: &Block, diagnostic: Diagnostic) {
        let words = std::iter::once(&block.kind).chain(block.labels.iter().map(|(label, _)| label));
        self.module.lost.push(Lost { span: block.span, header: words.cloned().collect() });
        self.module.diagnostics.push(diagnostic);
    }

    fn locals(&mut self, body: Body, overrides: bool) {
        for block in &body.blocks {
            self.module.diagnostics.push(
                Diagnostic::error("Unsupported block type", Some(block.header))
                    .with_note(format!("blocks of type `{}` are not expected here", block.kind)),
            );
        }
        for attribute in body.attributes.into_iter().filter(|attribute| &*attribute.name != "//") {
            let diagnostic = match (self.locals.get(&attribute.name), overrides) {
                (Some(first), false) => duplicate(&LOCAL, attribute.name_span, first.name_span),
                (None, true) => Diagnostic::error(LOCAL.missing, Some(attribute.name_span)),
                (Some(_), true) | (None, false) => {
                    self.locals.insert(attribute.name.clone(), attribute);
                    continue;
                }
            };
            let span = attribute.name_span.to(attribute.value.span);
            self.module.lost.push(Lost { span, header: vec!["locals".into(), attribute.name] });
            self.module.diagnostics.push(diagnostic);
        }
    }

    fn terraform(&mut self, mut body: Body, overrides: bool) {
        blocks_from_json(&mut body, &["required_providers"]);
        for block in body.blocks.into_iter().filter(|block| &*block.kind == "required_providers") {
            match self.required_in {
                Some(first) if !overrides => {
                    let wording = "Duplicate required providers configuration";
                    self.module.diagnostics.push(
                        Diagnostic::error(wording, Some(block.header))
                            .with_label(first, "the first one is here"),
                    );
                }
                Some(_) | None => self.required_in = Some(block.header),
            }
            for entry in block.body.attributes.into_iter().filter(|entry| &*entry.name != "//") {
                if overrides || !self.required_providers.contains_key(&entry.name) {
                    self.required_providers.insert(entry.name.clone(), entry);
                }
            }
        }
    }

    fn finish(self) -> Module {
        let mut module = self.module;
        let diagnostics = &mut module.diagnostics;
        module.variables = self
            .variables
            .into_iter()
            .map(|(name, block)| (name, declare::variable(&block, diagnostics)))
            .collect();
        module.outputs =
            self.outputs.into_iter().map(|(name, block)| (name, declare::output(&block))).collect();
        module.locals = self
            .locals
            .into_iter()
            .map(|(name, local)| (name, Local { expression: local.value, span: local.name_span }))
            .collect();
        module.resources = self
            .resources
            .into_iter()
            .map(|(key, block)| (key.clone(), declare::resource(key, block, diagnostics)))
            .collect();
        module.calls = self
            .calls
            .into_iter()
            .map(|(name, block)| (name.clone(), declare::call(name, block, diagnostics)))
            .collect();
        module.providers =
            self.providers.into_iter().map(|(reference, block)| ProviderBlock { reference, block }).collect();
        module.required_providers = self
            .required_providers
            .iter()
            .map(|(name, entry)| (name.clone(), declare::required_provider(entry, diagnostics)))
            .collect();
        module
    }
}

/// The places of the keys in `providers` maps: `aws.other` needs no parentheses there.
fn provider_keys(body: &Body) -> BTreeSet<Span> {
    let maps = body.blocks_of("module").filter_map(|call| call.body.attribute("providers"));
    maps.flat_map(|map| match &*map.value.kind {
        ExprKind::Object(items) => items.as_slice(),
        _ => &[],
    })
    .map(|item| item.key.span)
    .collect()
}

/// Marks everything of a JSON file as such, whatever it was parsed to.
fn mark_json(body: &mut Body) {
    for attribute in &mut body.attributes {
        attribute.json = true;
    }
    for block in &mut body.blocks {
        mark_json(&mut block.body);
    }
}

/// Puts a block in its place; gives it back with the reason when it has none.
fn place<K: Ord>(
    blocks: &mut BTreeMap<K, Block>,
    key: K,
    block: Block,
    overrides: bool,
    wording: &Wording,
) -> Option<(Block, Diagnostic)> {
    match (blocks.get_mut(&key), overrides) {
        (Some(base), true) => {
            merge(&mut base.body, block.body);
            None
        }
        (None, false) => {
            blocks.insert(key, block);
            None
        }
        (Some(first), false) => {
            let diagnostic = duplicate(wording, block.header, first.header);
            Some((block, diagnostic))
        }
        (None, true) => {
            let diagnostic = Diagnostic::error(wording.missing, Some(block.header));
            Some((block, diagnostic))
        }
    }
}

fn duplicate(wording: &Wording, here: Span, first: Span) -> Diagnostic {
    Diagnostic::error(wording.duplicate, Some(here)).with_label(first, "the first one is here")
}

/// The error when a block has too many or too few labels, or one that is no name.
fn wrong_labels(block: &Block, names: &[&str]) -> Option<Diagnostic> {
    let kind = &block.kind;
    if let Some(missing) = names.get(block.labels.len()) {
        return Some(
            Diagnostic::error(format!("Missing {missing} for {kind}"), Some(block.header))
                .with_note(format!("a `{kind}` block has {} labels: {}", names.len(), names.join(", "))),
        );
    }
    if let Some((_, span)) = block.labels.get(names.len()) {
        return Some(
            Diagnostic::error(format!("Extraneous label for {kind}"), Some(*span))
                .with_note(format!("a `{kind}` block has {} labels", names.len())),
        );
    }
    let (label, span) = block.labels.iter().find(|(label, _)| !is_identifier(label))?;
    Some(Diagnostic::error(format!("Invalid {kind} name"), Some(*span)).with_note(format!(
        "`{label}` is no name: it must start with a letter or underscore and may hold only letters, digits, \
             underscores and dashes"
    )))
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && characters.all(|other| other == '-' || unicode_ident::is_xid_continue(other))
}
