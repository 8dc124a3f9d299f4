//! `aws_iam_policy_document`, computed as the provider does.
//!
//! Enters: the entries of a data instance. Leaves: its text, with the document it was made from: every part
//! still has its origin, its mark and its unknowns. Source: language.md 15 and version 5.100.0 of the AWS
//! provider, which every rule here was compared with.
//!
//! What is not known stays in its place:
//! - a list that may have more elements has `more`; an empty one with `more` need not be there at all;
//! - `Principal` or `Condition` to which blocks may be added is a list of what is known, with `more`;
//! - of a part that is one of several, null stands for "left out";
//! - a statement that may have been replaced is one of itself and null; its replacement stands for itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::blocks::{
    Blocks, Strings, argument, as_string, checksum, descending_set, in_set_order, join_more, replaced,
    serialized_set, serialized_string, string, tells_all, tuple,
};
use super::policy_merge::{Merged, Source, source};
use super::policy_text::{Layout, write};
use crate::address::Name;
use crate::value::{Cause, Data, Fields, MappingKind, More, Origin, SequenceKind, Type, Unknown, Value};

/// The default of `version`, and the later of the two versions there are.
/// Source: IAM user guide, "IAM JSON policy elements: Version".
pub(super) const LATEST_VERSION: &str = "2012-10-17";

/// The version in which policy variables are plain text.
const FIRST_VERSION: &str = "2008-10-17";

/// The most statements of a document; AWS takes none with so many.
pub(super) const MOST_STATEMENTS: usize = 10_000;

/// The most parts of a document: documents that hold each other twice grow fast.
const MOST_PARTS: u32 = 1 << 20;

/// Adds `json`, `minified_json` and the defaults to the entries of an `aws_iam_policy_document`. Where the
/// document was written is `origin`.
///
/// The texts have a hole wherever Terraform would not know them. When the arguments are wrong they are
/// unknown, and the messages say why.
pub fn complete(entries: &mut BTreeMap<Name, Value>, origin: &Origin) -> Vec<String> {
    let sensitive = entries.values().any(Value::holds_sensitive);
    let unknown = entries.values().find_map(|value| value.unknowns().into_iter().next());
    let document = document(&entries.clone().into(), origin);
    let mut add = |name: &str, value: Value| {
        entries.insert(name.into(), value.with_origin(origin.clone()).marked(sensitive));
    };
    let messages = match document {
        Ok(document) => {
            for (name, layout) in [("json", Layout::Indented), ("minified_json", Layout::Compact)] {
                let text = write(&document, layout, unknown.as_ref());
                if name == "json"
                    && let Some(known) = text.as_known()
                {
                    add("id", Value::string(checksum(known).to_string()));
                }
                add(name, Value::new(Data::String(text)));
            }
            Vec::new()
        }
        Err(wrong) => {
            for name in ["json", "minified_json"] {
                let unknown = Unknown::because(wrong.cause()).of(Type::String).not_null();
                add(name, Value::unknown(unknown));
            }
            wrong.messages()
        }
    };
    if entries.get("version").is_none_or(Value::is_null) {
        entries.insert("version".into(), Value::string(LATEST_VERSION).with_origin(origin.clone()));
    }
    with_default_effects(entries);
    messages
}

/// Why there is no document.
#[derive(Clone, Debug)]
pub(super) enum Wrong {
    /// The arguments are wrong.
    Invalid(String),
    /// There are too many statements, or they are too large.
    Large,
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Invalid(message)
    }
}

impl Wrong {
    fn cause(&self) -> Cause {
        match self {
            Self::Invalid(message) => Cause::Invalid(message.as_str().into()),
            Self::Large => Cause::Budget("size of a policy document".into()),
        }
    }

    fn messages(self) -> Vec<String> {
        match self {
            Self::Invalid(message) => vec![message],
            Self::Large => vec!["evaluation stopped here: size of a policy document".to_owned()],
        }
    }
}

/// The document: an object in the shape that `jsondecode` gives.
fn document(entries: &Fields, origin: &Origin) -> Result<Value, Wrong> {
    let version = string(entries, "version")?;
    if let Some(known) = version.as_ref().and_then(Value::as_str)
        && ![FIRST_VERSION, LATEST_VERSION].contains(&known)
    {
        let allowed = format!("[\"{FIRST_VERSION}\" \"{LATEST_VERSION}\"]");
        return Err(format!("expected version to be one of {allowed}, got {}", told(version.as_ref())).into());
    }
    let version = version.unwrap_or_else(|| Value::string(LATEST_VERSION).with_origin(origin.clone()));
    let replaces_variables = version.as_str() != Some(FIRST_VERSION);

    let mut merged = Merged::default();
    let mut sources = BTreeSet::new();
    for (index, text) in texts(entries, "source_policy_documents", "source_json").into_iter().enumerate() {
        let read = read_source(&text, "source", index)?;
        if let Source::Known(document) = &read {
            for (position, sid) in document.sids() {
                if !sources.insert(sid.as_str().unwrap_or("").to_owned()) {
                    let sid = told(Some(&sid));
                    return Err(format!(
                        "merging source document {index}: duplicate Sid ({sid}) in source_policy_documents \
                         (statement {position}). Remove the Sid or ensure Sids are unique."
                    )
                    .into());
                }
            }
        }
        merged.append(read)?;
    }

    merged.begin_own();
    merged.set_version(&version);
    merged.set_id(string(entries, "policy_id")?);
    let mut own = BTreeSet::new();
    let statements = Blocks::of(entries, "statement");
    for (index, block) in statements.shown.iter().enumerate() {
        let made = statement(block, index, replaces_variables)?;
        if let Some(sid) = made.get("Sid")
            && let Some(known) = sid.as_str()
            && !own.insert(known.to_owned())
        {
            let sid = told(Some(sid));
            return Err(format!("duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique.").into());
        }
        merged.put(made)?;
    }
    if let Some(more) = &statements.more {
        let mut following = Unknown::because(more.cause.clone());
        if tells_all(more) {
            // Terraform would refuse a wrong one, if there are any at all.
            let index = statements.shown.len();
            let made =
                more.one_of.iter().filter_map(|block| statement(block, index, replaces_variables).ok());
            following.one_of = made.collect();
        }
        merged.may_follow(&Arc::new(following), true);
    }

    merged.begin_overrides();
    for (index, text) in texts(entries, "override_policy_documents", "override_json").into_iter().enumerate()
    {
        merged.replace(read_source(&text, "override", index)?)?;
    }
    let document = merged.document(origin);
    if document.weight() > MOST_PARTS {
        return Err(Wrong::Large);
    }
    Ok(document)
}

/// The documents of an argument and of its older form, which took one.
/// Source: provider documentation of `aws_iam_policy_document`, version 3, `source_json`.
fn texts(entries: &Fields, list: &str, single: &str) -> Vec<Value> {
    let mut texts: Vec<Value> = argument(entries, single).into_iter().cloned().collect();
    let Some(value) = argument(entries, list) else { return texts };
    let following = |unknown: &Unknown| Value::unknown(Unknown::because(unknown.cause.clone()));
    match &value.data {
        Data::Sequence(_, elements, more) => {
            texts.extend(elements.iter().map(|element| {
                let origin = value.origin.through(&element.origin);
                element.clone().with_origin(origin).marked(value.sensitive)
            }));
            texts.extend(more.iter().map(|more| following(more)));
        }
        Data::Unknown(unknown) => texts.push(following(unknown)),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
            texts.push(value.clone());
        }
    }
    texts
}

fn read_source(text: &Value, kind: &str, index: usize) -> Result<Source, Wrong> {
    source(text).map_err(|wrong| match wrong {
        Wrong::Invalid(message) => Wrong::Invalid(format!("merging {kind} document {index}: {message}")),
        Wrong::Large => Wrong::Large,
    })
}

/// A statement made from its block.
fn statement(block: &Value, index: usize, replaces_variables: bool) -> Result<Value, Wrong> {
    let Some(entries) = block.as_mapping() else {
        let cause = block
            .as_unknown()
            .map_or_else(|| Cause::Invalid("a block was expected".into()), |unknown| unknown.cause.clone());
        return Ok(Value::unknown(Unknown::because(cause)).with_origin(block.origin.clone()));
    };
    let mut made = BTreeMap::new();
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            made.insert(name.into(), value.marked(block.sensitive));
        }
    };
    add("Sid", string(entries, "sid")?.filter(|sid| sid.as_str() != Some("")));
    add("Effect", Some(effect(entries, index, &block.origin)?));
    let variables = |value: Value| variables(value, replaces_variables);
    for (name, from, has_variables) in [
        ("Action", "actions", false),
        ("NotAction", "not_actions", false),
        ("Resource", "resources", true),
        ("NotResource", "not_resources", true),
    ] {
        let mut strings = Strings::read(argument(entries, from), from)?;
        if has_variables {
            strings = strings.try_map(&variables).map_err(|message| format!("reading {from}: {message}"))?;
        }
        add(name, Some(strings.shape(&set_or_nothing)).filter(|value| !value.is_null()));
    }
    for (name, from) in [("Principal", "principals"), ("NotPrincipal", "not_principals")] {
        let principals = principals(&Blocks::of(entries, from), &variables);
        add(name, principals.map_err(|message| format!("reading {from}: {message}"))?);
    }
    let conditions = conditions(&Blocks::of(entries, "condition"), &variables);
    add("Condition", conditions.map_err(|message| format!("reading condition: {message}"))?);
    Ok(Value::object(made).with_origin(block.origin.clone()))
}

fn effect(entries: &Fields, index: usize, origin: &Origin) -> Result<Value, String> {
    let default = || Value::string("Allow").with_origin(origin.clone());
    let Some(mut effect) = string(entries, "effect")? else { return Ok(default()) };
    if let Some(known) = effect.as_str()
        && !["Allow", "Deny"].contains(&known)
    {
        let told = told(Some(&effect));
        return Err(format!(
            "expected statement.{index}.effect to be one of [\"Allow\" \"Deny\"], got {told}"
        ));
    }
    if let Data::Unknown(unknown) = &effect.data
        && unknown.one_of.iter().any(Value::is_null)
    {
        let mut unknown = unknown.as_ref().clone();
        for alternative in &mut unknown.one_of {
            if alternative.is_null() {
                *alternative = default();
            }
        }
        effect.data = Data::Unknown(Arc::new(unknown));
    }
    Ok(effect)
}

/// A value in a message.
fn told(value: Option<&Value>) -> String {
    match value {
        Some(value) if value.holds_sensitive() => "(sensitive)".to_owned(),
        Some(value) => value.as_str().unwrap_or("").chars().take(80).collect(),
        None => String::new(),
    }
}

/// `&{…}` stands for the `${…}` of a policy variable, which Terraform would read as its own.
fn variables(value: Value, replaces: bool) -> Result<Value, String> {
    if replaces {
        return Ok(replaced(value, "&{", "${"));
    }
    match value.as_str() {
        Some(text) if text.contains("&{") => Err(format!(
            "found &{{ sequence in ({}), which is not supported in document version {FIRST_VERSION}",
            told(Some(&value))
        )),
        Some(_) | None => Ok(value),
    }
}

/// A set of strings as a document has it: nothing when empty, a string when it is one.
fn set_or_nothing(strings: Vec<Value>, more: More) -> Value {
    if strings.is_empty() && more.is_none() {
        return Value::null();
    }
    one_or_list(descending_set(strings), more)
}

/// One value a string, several a list.
fn one_or_list(strings: Vec<Value>, more: More) -> Value {
    match (&*strings, &more) {
        ([only], None) => only.clone(),
        _ => tuple(strings, more),
    }
}

/// A block that was read: `principals`, or the part of a `condition` that is the same for a test and variable.
struct Group {
    names: [Value; 2],
    values: Strings,
}

/// What is known of the identifiers of a type, or of the values of a condition.
#[derive(Default)]
struct Gathered {
    values: Vec<Value>,
    more: More,
    /// When there is but one block, its values as they are.
    only: Option<Strings>,
    blocks: usize,
}

impl Gathered {
    fn add(&mut self, strings: Strings) {
        self.blocks += 1;
        self.only = (self.blocks == 1).then(|| strings.clone());
        let (values, more) = strings.into_parts();
        self.values.extend(values);
        self.more = join_more(self.more.take(), more);
    }

    /// A string when `is_one`, else a list; `shape` makes it of each list there can be.
    fn value(self, is_one: bool, shape: &dyn Fn(Vec<Value>, More) -> Value) -> Value {
        match (self.only, &*self.values, &self.more) {
            (Some(only @ Strings::Unknown(..)), ..) => only.shape(shape),
            (Some(Strings::Shown(..)) | None, [only], None) if is_one => only.clone(),
            (Some(Strings::Shown(..)) | None, ..) => tuple(self.values, self.more),
        }
    }
}

/// A group that no name is certain of makes the whole unknown from here on.
fn as_name(value: &Value) -> Option<Name> {
    value.as_str().map(Name::from)
}

/// The principals of a statement, from its blocks.
fn principals(
    blocks: &Blocks,
    variables: &dyn Fn(Value) -> Result<Value, String>,
) -> Result<Option<Value>, String> {
    let mut read = Vec::new();
    let mut follow = blocks.more.clone();
    for block in &blocks.shown {
        let Some(entries) = block.as_mapping() else { continue };
        let kind = required(entries, "type")?;
        let identifiers = Strings::read(Some(present(entries, "identifiers")?), "identifiers")?;
        let identifiers = match identifiers {
            Strings::Shown(identifiers, more) => Strings::Shown(descending_set(identifiers), more),
            Strings::Unknown(..) => identifiers,
        };
        read.push(Group { names: [kind.marked(block.sensitive), Value::null()], values: identifiers });
    }
    if blocks.are_known() {
        read = in_set_order(read, |group| {
            let [kind, _] = &group.names;
            let identifiers = match &group.values {
                Strings::Shown(identifiers, _) => serialized_set(identifiers),
                Strings::Unknown(..) => String::new(),
            };
            format!("identifiers:{{{identifiers}}};type:{}", serialized_string(kind))
        });
    }
    for group in &mut read {
        let values = std::mem::replace(&mut group.values, Strings::Shown(Vec::new(), None));
        group.values =
            values.try_map(variables).map_err(|message| format!("reading identifiers: {message}"))?;
    }
    if let ([Group { names: [kind, _], values: Strings::Shown(identifiers, None) }], None) = (&*read, &follow)
        && let ("*", [identifier]) = (kind.as_str().unwrap_or(""), &**identifiers)
        && identifier.as_str() == Some("*")
    {
        return Ok(Some(identifier.clone()));
    }
    let mut kinds: BTreeMap<Name, Gathered> = BTreeMap::new();
    for group in read {
        let [kind, _] = group.names;
        match as_name(&kind) {
            Some(name) => kinds.entry(name).or_default().add(group.values),
            None => follow = join_more(follow, Some(undecided(&kind))),
        }
    }
    let list = |identifiers: Vec<Value>, more| one_or_list(descending_set(identifiers), more);
    let object: BTreeMap<Name, Value> = kinds
        .into_iter()
        .map(|(name, gathered)| {
            let is_one = gathered.blocks == 1;
            (name, gathered.value(is_one, &list))
        })
        .collect();
    let following = follow.map(|follow| {
        let mut following = Unknown::because(follow.cause.clone());
        if tells_all(&follow) {
            let alone = |block: &Value| {
                let only = Blocks { shown: vec![block.clone()], more: None };
                block.as_mapping().and_then(|_| principals(&only, variables).ok().flatten())
            };
            following.one_of = follow.one_of.iter().map(alone).collect::<Option<_>>().unwrap_or(Vec::new());
        }
        Arc::new(following)
    });
    Ok(object_or_list(object, following, blocks))
}

/// The conditions of a statement, from its blocks.
fn conditions(
    blocks: &Blocks,
    variables: &dyn Fn(Value) -> Result<Value, String>,
) -> Result<Option<Value>, String> {
    let mut read = Vec::new();
    let mut follow = blocks.more.as_ref().map(|more| Arc::new(Unknown::because(more.cause.clone())));
    for block in &blocks.shown {
        let Some(entries) = block.as_mapping() else { continue };
        let names = [required(entries, "test")?, required(entries, "variable")?];
        let values = Strings::read(Some(present(entries, "values")?), "values")?;
        read.push(Group { names: names.map(|name| name.marked(block.sensitive)), values });
    }
    if blocks.are_known() {
        read = in_set_order(read, |group| {
            let [test, variable] = &group.names;
            let values: String = match &group.values {
                Strings::Shown(values, _) => values.iter().map(serialized_string).collect(),
                Strings::Unknown(..) => String::new(),
            };
            let (test, variable) = (serialized_string(test), serialized_string(variable));
            format!("test:{test}values:({values});variable:{variable}")
        });
    }
    let mut tests: BTreeMap<Name, BTreeMap<Name, Gathered>> = BTreeMap::new();
    for Group { names: [test, variable], values } in read {
        let values = values.try_map(variables).map_err(|message| format!("reading values: {message}"))?;
        match (as_name(&test), as_name(&variable)) {
            (Some(test), Some(variable)) => {
                tests.entry(test).or_default().entry(variable).or_default().add(values);
            }
            (None, _) => follow = join_more(follow, Some(undecided(&test))),
            (Some(_), None) => follow = join_more(follow, Some(undecided(&variable))),
        }
    }
    let object = tests
        .into_iter()
        .map(|(test, variables)| {
            let values =
                variables.into_iter().map(|(name, gathered)| (name, gathered.value(true, &one_or_list)));
            (test, Value::object(values.collect()))
        })
        .collect();
    Ok(object_or_list(object, follow, blocks))
}

/// What is known, and what may be added to it.
fn object_or_list(object: BTreeMap<Name, Value>, follow: More, blocks: &Blocks) -> Option<Value> {
    let origin = blocks.shown.first().map(|block| block.origin.clone()).unwrap_or_default();
    let is_empty = object.is_empty();
    let object = Value::object(object).with_origin(origin.clone());
    match follow {
        None if is_empty => None,
        None => Some(object),
        Some(follow) => {
            let known = if is_empty { Vec::new() } else { vec![object] };
            Some(tuple(known, Some(follow)).with_origin(origin))
        }
    }
}

fn undecided(name: &Value) -> Arc<Unknown> {
    let causes = name.unknowns().into_iter().map(|unknown| unknown.cause.clone());
    Arc::new(Unknown::because(Cause::any(causes)))
}

fn present<'e>(entries: &'e Fields, name: &str) -> Result<&'e Value, String> {
    argument(entries, name).ok_or_else(|| format!("Missing required argument: \"{name}\""))
}

fn required(entries: &Fields, name: &str) -> Result<Value, String> {
    as_string(present(entries, name)?, name)
}

/// Fills in `effect` of the statements, which is an argument with a default.
fn with_default_effects(entries: &mut BTreeMap<Name, Value>) {
    let Some(statements) = entries.get_mut("statement") else { return };
    let Data::Sequence(SequenceKind::Tuple, elements, more) = &statements.data else { return };
    let filled = elements.iter().map(|element| match &element.data {
        Data::Mapping(kind @ MappingKind::Block(_), block) if argument(block, "effect").is_none() => {
            let mut block = block.to_map();
            block.insert("effect".into(), Value::string("Allow").with_origin(element.origin.clone()));
            Value::new(Data::Mapping(kind.clone(), block.into()))
                .with_origin(element.origin.clone())
                .marked(element.sensitive)
        }
        Data::Mapping(..)
        | Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Unknown(_) => element.clone(),
    });
    let filled = tuple(filled.collect(), more.clone());
    *statements = filled.with_origin(statements.origin.clone()).marked(statements.sensitive);
}

#[cfg(test)]
#[path = "policy_document_tests.rs"]
mod tests;
