//! Policy documents put together: sources, own statements, overrides.
//!
//! Enters: texts of documents, and statements. Leaves: one document. What a document that is not known could
//! replace is from then on one of itself and null. Source: language.md 15 and version 5.100.0 of the AWS
//! provider, which every rule here was compared with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::blocks::{join_more, string_like, tells_all, tuple};
use super::policy_document::{LATEST_VERSION, MOST_STATEMENTS, Wrong};
use super::policy_text::STATEMENT;
use crate::address::Name;
use crate::value::{Cause, Data, Fields, MappingKind, More, Origin, Text, Type, Unknown, Value, json};

/// A document as the provider reads it: other keys are gone, statements have the shape they are written in.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    version: Option<Value>,
    id: Option<Value>,
    statements: Vec<Value>,
    more: More,
}

impl Document {
    /// The known `Sid` of each statement that is known to be there, by its place.
    pub(super) fn sids(&self) -> impl Iterator<Item = (usize, Value)> {
        self.statements.iter().enumerate().filter_map(|(place, statement)| {
            let sid = statement.get("Sid")?;
            sid.as_str()?;
            Some((place, sid.clone().marked(statement.sensitive)))
        })
    }
}

/// A document to be merged.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// This one.
    Known(Document),
    /// Not known which; one of these, if there are any.
    Unknown(Arc<Unknown>, Vec<Document>),
}

/// The `Sid` of a statement, or of all that it can be.
enum Sid {
    None,
    Known(Name),
    Unknown,
}

fn sid(statement: &Value) -> Sid {
    match &statement.data {
        Data::Mapping(_, entries) => match entries.get("Sid") {
            None => Sid::None,
            Some(value) => match value.as_str() {
                Some("") => Sid::None,
                Some(known) => Sid::Known(known.into()),
                None => Sid::Unknown,
            },
        },
        Data::Unknown(unknown) => unknown
            .one_of
            .iter()
            .filter(|alternative| !alternative.is_null())
            .map(sid)
            .reduce(|one, two| match (one, two) {
                (Sid::None, Sid::None) => Sid::None,
                (Sid::Known(one), Sid::Known(two)) if one == two => Sid::Known(one),
                (Sid::None | Sid::Known(_) | Sid::Unknown, _) => Sid::Unknown,
            })
            .unwrap_or(Sid::Unknown),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => Sid::None,
    }
}

fn may_be_left_out(statement: &Value) -> bool {
    statement
        .as_unknown()
        .is_some_and(|unknown| unknown.one_of.is_empty() || unknown.one_of.iter().any(Value::is_null))
}

/// A statement that may be left out.
fn perhaps(statement: Value, cause: &Cause) -> Value {
    if may_be_left_out(&statement) {
        return statement;
    }
    let mut unknown = match &statement.data {
        Data::Unknown(unknown) => {
            let mut unknown = unknown.as_ref().clone();
            unknown.cause = Cause::any([unknown.cause.clone(), cause.clone()]);
            unknown
        }
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Mapping(..) => {
            let mut unknown = Unknown::because(cause.clone());
            unknown.one_of.push(statement.clone());
            unknown
        }
    };
    unknown.one_of.push(Value::null());
    Value::unknown(unknown).with_origin(statement.origin.clone()).marked(statement.sensitive)
}

/// The documents so far.
#[derive(Default)]
pub(super) struct Merged {
    /// `None`: another stands for it.
    statements: Vec<Option<Value>>,
    /// Where the statements with a `Sid` are; several only when none of them is certain.
    named: BTreeMap<Name, Vec<usize>>,
    /// Where the statements are whose `Sid` is not known.
    unsure: Vec<usize>,
    more: More,
    /// Only statements before this place can be replaced by one of which that is not certain.
    replaceable: usize,
    version: Option<Value>,
    id: Option<Value>,
}

impl Merged {
    /// What follows is the document's own: a `Sid` stands there only once.
    pub(super) fn begin_own(&mut self) {
        self.replaceable = self.statements.len();
    }

    /// What follows are overrides, which replace anything.
    pub(super) const fn begin_overrides(&mut self) {
        self.replaceable = usize::MAX;
    }

    /// Adds a source document. A `Sid` stands in one source only, so nothing is replaced.
    pub(super) fn append(&mut self, source: Source) -> Result<(), Wrong> {
        match source {
            Source::Known(document) => {
                self.set_head(document.version, document.id);
                for statement in document.statements {
                    self.push(statement)?;
                }
                if let Some(more) = document.more {
                    self.may_follow(&more, false);
                }
            }
            Source::Unknown(unknown, alternatives) => {
                self.set_unknown_head(&unknown.cause);
                if alternatives.is_empty() {
                    self.may_follow(&Arc::new(Unknown::because(unknown.cause.clone())), false);
                }
                for document in alternatives {
                    for statement in document.statements {
                        self.push(perhaps(statement, &unknown.cause))?;
                    }
                    if let Some(more) = document.more {
                        self.may_follow(&more, false);
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds an override document.
    pub(super) fn replace(&mut self, source: Source) -> Result<(), Wrong> {
        match source {
            Source::Known(document) => {
                self.set_head(document.version, document.id);
                for statement in document.statements {
                    self.put(statement)?;
                }
                if let Some(more) = document.more {
                    self.may_follow(&more, true);
                }
            }
            Source::Unknown(unknown, alternatives) => {
                self.set_unknown_head(&unknown.cause);
                if alternatives.is_empty() {
                    self.may_follow(&Arc::new(Unknown::because(unknown.cause.clone())), true);
                }
                for document in alternatives {
                    for statement in document.statements {
                        self.put(perhaps(statement, &unknown.cause))?;
                    }
                    if let Some(more) = document.more {
                        self.may_follow(&more, true);
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds a statement. It takes the place of the one with its `Sid`.
    pub(super) fn put(&mut self, statement: Value) -> Result<(), Wrong> {
        let certain = matches!(statement.data, Data::Mapping(..));
        let cause = match &statement.data {
            Data::Unknown(unknown) => unknown.cause.clone(),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..) => Cause::any(
                statement.get("Sid").into_iter().flat_map(Value::unknowns).map(|sid| sid.cause.clone()),
            ),
        };
        match sid(&statement) {
            Sid::None => {}
            Sid::Unknown => self.weaken_named(&cause),
            Sid::Known(name) => {
                let places = self.named.get(&name).cloned().unwrap_or_default();
                self.weaken_unsure(&cause);
                if !certain {
                    self.weaken(&places, &cause);
                } else if let [first, others @ ..] = &*places {
                    for place in others {
                        if let Some(other) = self.statements.get_mut(*place) {
                            *other = None;
                        }
                    }
                    if let Some(replaced) = self.statements.get_mut(*first) {
                        *replaced = Some(statement);
                    }
                    self.named.insert(name, vec![*first]);
                    return Ok(());
                }
            }
        }
        self.push(statement)
    }

    /// Statements may follow that are not known; if `replaces`, in the place of others.
    pub(super) fn may_follow(&mut self, unknown: &Arc<Unknown>, replaces: bool) {
        let nameless =
            tells_all(unknown) && unknown.one_of.iter().all(|statement| matches!(sid(statement), Sid::None));
        if replaces && !nameless {
            self.weaken_named(&unknown.cause);
        }
        // What is known of one of them would be lost beside one of which nothing is.
        let earlier = self.more.take();
        if let Some(earlier) = &earlier
            && tells_all(earlier) != tells_all(unknown)
        {
            for told in [earlier, unknown].into_iter().filter(|unknown| tells_all(unknown)) {
                for statement in &told.one_of {
                    self.statements.push(Some(perhaps(statement.clone(), &told.cause)));
                }
            }
        }
        self.more = join_more(earlier, Some(unknown.clone()));
    }

    /// The version of the document's own.
    pub(super) fn set_version(&mut self, version: &Value) {
        self.set_head(Some(version.clone()), None);
    }

    /// The id of the document's own.
    pub(super) fn set_id(&mut self, id: Option<Value>) {
        self.set_head(None, id);
    }

    /// The greatest version counts, as text, and the last id that is not empty.
    fn set_head(&mut self, version: Option<Value>, id: Option<Value>) {
        if let Some(version) = version {
            self.version = Some(match self.version.take() {
                None => version,
                Some(earlier) => match (earlier.as_str(), version.as_str()) {
                    (Some(one), Some(two)) if one >= two => earlier,
                    // AWS knows none that is greater (IAM user guide, "IAM JSON policy elements: Version").
                    (Some(one), None) if one >= LATEST_VERSION => earlier,
                    (None, Some(two)) if two < LATEST_VERSION => earlier,
                    (None, None) => earlier,
                    (Some(_), _) | (None, Some(_)) => version,
                },
            });
        }
        if let Some(id) = id.filter(|id| id.as_str() != Some("")) {
            self.id = Some(id);
        }
    }

    fn set_unknown_head(&mut self, cause: &Cause) {
        let unknown = || Value::unknown(Unknown::because(cause.clone()).of(Type::String));
        self.set_head(Some(unknown()), Some(unknown()));
    }

    fn push(&mut self, statement: Value) -> Result<(), Wrong> {
        let place = self.statements.len();
        if place >= MOST_STATEMENTS {
            return Err(Wrong::Large);
        }
        match sid(&statement) {
            Sid::None => {}
            Sid::Unknown => self.unsure.push(place),
            Sid::Known(name) => self.named.entry(name).or_default().push(place),
        }
        self.statements.push(Some(statement));
        Ok(())
    }

    fn weaken(&mut self, places: &[usize], cause: &Cause) {
        for place in places.iter().filter(|place| **place < self.replaceable) {
            if let Some(Some(statement)) = self.statements.get_mut(*place)
                && !may_be_left_out(statement)
            {
                *statement = perhaps(statement.clone(), cause);
            }
        }
    }

    fn weaken_unsure(&mut self, cause: &Cause) {
        let places = self.unsure.clone();
        self.weaken(&places, cause);
    }

    fn weaken_named(&mut self, cause: &Cause) {
        let places: Vec<usize> = self.named.values().flatten().copied().collect();
        self.weaken(&places, cause);
        self.weaken_unsure(cause);
    }

    /// The document, an object.
    pub(super) fn document(self, origin: &Origin) -> Value {
        let statements: Vec<Value> = self.statements.into_iter().flatten().collect();
        let statements = (!statements.is_empty() || self.more.is_some())
            .then(|| tuple(statements, self.more).with_origin(origin.clone()));
        let entries = [("Version", self.version), ("Id", self.id), ("Statement", statements)];
        let entries = entries.into_iter().filter_map(|(name, value)| Some((name.into(), value?))).collect();
        Value::object(entries).with_origin(origin.clone())
    }
}

/// Reads the text of a document.
pub(super) fn source(text: &Value) -> Result<Source, Wrong> {
    let source = match &text.data {
        Data::Null(_) => {
            let message = "Null value found in list: null values are not allowed for this attribute value";
            return Err(message.to_owned().into());
        }
        Data::Unknown(unknown) => alternatives(unknown, source),
        Data::String(string) if string.as_known() == Some("") => Source::Known(Document::default()),
        Data::String(string) => match json::decode_with(string, &|_, _| text.origin.clone()) {
            Ok(document) => read_document(&document)?,
            Err(message) => match string.holes().next() {
                Some((_, hole)) => Source::Unknown(hole.clone(), Vec::new()),
                None => return Err(format!("contains an invalid JSON: {message}").into()),
            },
        },
        Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            return Err("contains an invalid JSON: not a policy document".to_owned().into());
        }
    };
    Ok(if text.sensitive { marked(source) } else { source })
}

fn marked(source: Source) -> Source {
    let mark = |mut document: Document| {
        let all = std::mem::take(&mut document.statements);
        document.statements = all.into_iter().map(|statement| statement.marked(true)).collect();
        document.id = document.id.map(|id| id.marked(true));
        document
    };
    match source {
        Source::Known(document) => Source::Known(mark(document)),
        Source::Unknown(unknown, alternatives) => {
            Source::Unknown(unknown, alternatives.into_iter().map(mark).collect())
        }
    }
}

/// Each alternative; one that the provider would refuse is left out.
fn alternatives(unknown: &Arc<Unknown>, read: impl Fn(&Value) -> Result<Source, Wrong>) -> Source {
    let mut documents = Vec::new();
    for alternative in &unknown.one_of {
        match read(alternative) {
            Ok(Source::Known(document)) => documents.push(document),
            Ok(Source::Unknown(..)) => return Source::Unknown(unknown.clone(), Vec::new()),
            Err(_) => {}
        }
    }
    Source::Unknown(unknown.clone(), documents)
}

fn read_document(document: &Value) -> Result<Source, Wrong> {
    let entries = match &document.data {
        Data::Null(_) => return Ok(Source::Known(Document::default())),
        Data::Unknown(unknown) => return Ok(alternatives(unknown, read_document)),
        Data::Mapping(MappingKind::Object | MappingKind::Map(_), entries) => entries,
        Data::Mapping(MappingKind::Block(owner), _) => {
            let unknown = Unknown::attribute(owner.0.clone(), owner.1.clone());
            return Ok(Source::Unknown(Arc::new(unknown), Vec::new()));
        }
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
            return Err(refused(document, "a policy document").into());
        }
    };
    let mut fields = fields(entries, &["Version", "Id", "Statement"]);
    let mut read = Document {
        version: fields.remove("Version").map(|value| text_of(value, "Version")).transpose()?.flatten(),
        id: fields.remove("Id").map(|value| text_of(value, "Id")).transpose()?.flatten(),
        ..Document::default()
    };
    let Some(statements) = fields.remove("Statement") else { return Ok(Source::Known(read)) };
    match &statements.data {
        Data::Null(_) => {}
        Data::Sequence(_, elements, more) => {
            for element in elements.iter() {
                if read.statements.len() >= MOST_STATEMENTS {
                    return Err(Wrong::Large);
                }
                read.statements.push(statement(element)?.marked(statements.sensitive | document.sensitive));
            }
            if let Some(more) = more {
                read.more = Some(each(more, |value| statement(value).ok()));
            }
        }
        Data::Unknown(unknown) => read.more = Some(Arc::new(Unknown::because(unknown.cause.clone()))),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
            return Err(refused(&statements, "Statement, a list of statements").into());
        }
    }
    Ok(Source::Known(read))
}

/// The fields of those names, which compare without regard to case, as Go reads JSON. Two spellings of one
/// name are one of both.
fn fields(entries: &Fields, names: &[&'static str]) -> BTreeMap<&'static str, Value> {
    let mut fields: BTreeMap<&'static str, Value> = BTreeMap::new();
    for (key, value) in entries.iter() {
        let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(key)) else { continue };
        let value = match fields.remove(name) {
            None => value.clone(),
            Some(earlier) => {
                let mut unknown = Unknown::because(Cause::Invalid(format!("duplicate key `{name}`").into()));
                unknown.one_of = vec![earlier, value.clone()];
                Value::unknown(unknown).with_origin(value.origin.clone())
            }
        };
        fields.insert(name, value);
    }
    fields
}

/// An unknown with every alternative changed; one that is refused is left out.
fn each(unknown: &Unknown, change: impl Fn(&Value) -> Option<Value>) -> Arc<Unknown> {
    let mut changed = Unknown::because(unknown.cause.clone());
    changed.one_of = unknown.one_of.iter().filter_map(change).collect();
    Arc::new(changed)
}

/// The same for a value that is unknown.
fn each_alternative(value: &Value, unknown: &Unknown, change: impl Fn(&Value) -> Option<Value>) -> Value {
    Value::new(Data::Unknown(each(unknown, change))).with_origin(value.origin.clone()).marked(value.sensitive)
}

fn refused(value: &Value, into: &str) -> String {
    let what = match &value.data {
        Data::Null(_) => "null",
        Data::Bool(_) => "bool",
        Data::Number(_) => "number",
        Data::String(_) => "string",
        Data::Sequence(..) => "array",
        Data::Mapping(..) => "object",
        Data::Unknown(_) => "an unknown value",
    };
    format!("json: cannot unmarshal {what} into {into}")
}

/// A field that is a string; null and an empty one are left out.
fn text_of(value: Value, name: &str) -> Result<Option<Value>, String> {
    match &value.data {
        Data::Null(_) => Ok(None),
        Data::String(text) => Ok((text.as_known() != Some("")).then_some(value)),
        Data::Unknown(_) => Ok(Some(value)),
        Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
            Err(refused(&value, &format!("{name}, a string")))
        }
    }
}

/// A statement in the shape that the provider writes it in. Actions and resources stay as they are, `Effect`
/// is not checked, and variables keep their `&`.
fn statement(value: &Value) -> Result<Value, String> {
    let entries = match &value.data {
        Data::Mapping(MappingKind::Object | MappingKind::Map(_), entries) => entries,
        Data::Mapping(MappingKind::Block(owner), _) => {
            let unknown = Unknown::attribute(owner.0.clone(), owner.1.clone());
            return Ok(Value::unknown(Unknown::because(unknown.cause)).with_origin(value.origin.clone()));
        }
        Data::Unknown(unknown) => {
            return Ok(each_alternative(value, unknown, |alternative| statement(alternative).ok()));
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
            return Err(refused(value, "a statement"));
        }
    };
    let mut made = BTreeMap::new();
    for (name, field) in fields(entries, &STATEMENT) {
        let field = match name {
            "Sid" | "Effect" => text_of(field, name)?,
            "Principal" | "NotPrincipal" => principals(&field, name)?,
            "Condition" => conditions(&field)?,
            _ => Some(field).filter(|field| !field.is_null()),
        };
        if let Some(field) = field {
            made.insert(name.into(), field);
        }
    }
    Ok(Value::object(made).with_origin(value.origin.clone()).marked(value.sensitive))
}

/// `Principal`: every plain string becomes `"*"`, lists are sorted, nobody is left out.
fn principals(value: &Value, name: &str) -> Result<Option<Value>, String> {
    let everyone = || string_like(value, Text::known("*"));
    let entries = match &value.data {
        Data::String(_) => return Ok(Some(everyone())),
        Data::Unknown(unknown) if unknown.of_type == Type::String => return Ok(Some(everyone())),
        Data::Unknown(unknown) => {
            let change = |alternative: &Value| {
                let read = principals(alternative, name).ok()?;
                Some(read.unwrap_or_else(Value::null))
            };
            return Ok(Some(each_alternative(value, unknown, change)));
        }
        Data::Mapping(_, entries) => entries,
        // A document that was computed and to which blocks may be added.
        Data::Sequence(_, _, Some(_)) => return Ok(Some(value.clone())),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) => {
            return Err(refused(value, name));
        }
    };
    let mut made = BTreeMap::new();
    for (kind, identifiers) in entries.iter() {
        let identifiers = match &identifiers.data {
            Data::String(_) | Data::Unknown(_) => identifiers.clone(),
            Data::Sequence(_, elements, more) => {
                let are_strings =
                    |element: &Value| matches!(element.data, Data::String(_) | Data::Unknown(_));
                if !elements.iter().all(are_strings) {
                    return Err(refused(identifiers, &format!("{name}, a list of strings")));
                }
                tuple(descending(elements), more.clone())
                    .with_origin(identifiers.origin.clone())
                    .marked(identifiers.sensitive)
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Mapping(..) => {
                return Err(refused(identifiers, &format!("{name}, a list of strings")));
            }
        };
        made.insert(kind.clone(), identifiers);
    }
    if let (1, Some(only)) = (made.len(), made.get("*")) {
        let first = match &only.data {
            Data::Sequence(_, elements, None) if elements.len() == 1 => elements.first(),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_) => Some(only),
        };
        if let Some(first) = first.filter(|first| first.as_str() == Some("*")) {
            return Ok(Some(first.clone()));
        }
    }
    let is_empty = made.is_empty();
    let object = Value::object(made).with_origin(value.origin.clone()).marked(value.sensitive);
    Ok((!is_empty).then_some(object))
}

/// Sorts without dropping duplicates.
fn descending(strings: &[Value]) -> Vec<Value> {
    let (mut known, unknown): (Vec<Value>, Vec<Value>) =
        strings.iter().cloned().partition(|string| string.as_str().is_some());
    known.sort_by(|one, two| two.as_str().cmp(&one.as_str()));
    known.extend(unknown);
    known
}

/// `Condition`: a list of one is a string; a value that is null or a number is left out with its key.
fn conditions(value: &Value) -> Result<Option<Value>, String> {
    let entries = match &value.data {
        Data::Null(_) => return Ok(None),
        Data::Unknown(unknown) => {
            let change = |alternative: &Value| {
                let read = conditions(alternative).ok()?;
                Some(read.unwrap_or_else(Value::null))
            };
            return Ok(Some(each_alternative(value, unknown, change)));
        }
        Data::Mapping(_, entries) => entries,
        // A document that was computed and to which blocks may be added.
        Data::Sequence(_, _, Some(_)) => return Ok(Some(value.clone())),
        Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
            return Err(refused(value, "Condition"));
        }
    };
    let mut made = BTreeMap::new();
    for (test, variables) in entries.iter() {
        let variables = match &variables.data {
            Data::Null(_) => continue,
            Data::Unknown(_) => {
                made.insert(test.clone(), variables.clone());
                continue;
            }
            Data::Mapping(_, variables) => variables,
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                return Err(refused(variables, "Condition"));
            }
        };
        let mut kept = BTreeMap::new();
        for (variable, values) in variables.iter() {
            if let Some(values) = condition_values(values)? {
                kept.insert(variable.clone(), values);
            }
        }
        if !kept.is_empty() {
            made.insert(test.clone(), Value::object(kept).with_origin(value.origin.clone()));
        }
    }
    let is_empty = made.is_empty();
    let object = Value::object(made).with_origin(value.origin.clone()).marked(value.sensitive);
    Ok((!is_empty).then_some(object))
}

fn condition_values(values: &Value) -> Result<Option<Value>, String> {
    match &values.data {
        Data::Null(_) | Data::Number(_) => Ok(None),
        Data::Bool(value) => {
            Ok(Some(string_like(values, Text::known(if *value { "true" } else { "false" }))))
        }
        Data::String(_) | Data::Unknown(_) => Ok(Some(values.clone())),
        Data::Sequence(_, elements, more) => {
            let are_strings = |element: &Value| matches!(element.data, Data::String(_) | Data::Unknown(_));
            if !elements.iter().all(are_strings) {
                return Err(refused(values, "Condition, a list of strings"));
            }
            Ok(Some(match (&**elements, more) {
                ([only], None) => only.clone(),
                _ => values.clone(),
            }))
        }
        Data::Mapping(..) => Err(refused(values, "Condition")),
    }
}
