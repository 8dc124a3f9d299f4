//! One statement of a policy document: whom, what and on which conditions.
//!
//! Enters: the `Statement` of a document. Leaves: [`Statement`]s in which every element says how much of it
//! is known. Judges nothing but principals. Source: aws.md 3.1, 3.3, from the IAM user guide ("IAM JSON
//! policy elements reference").

use std::sync::Arc;

use super::aws_condition::{Condition, Identity, Operator, is_fixed};
use super::aws_pattern::{Pattern, Reading, Token};
use super::aws_policy::step;
use crate::address::{Path, PathStep};
use crate::truth::Truth;
use crate::value::{Data, Text, Unknown, Value};
use crate::verdict::Place;

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What to call it: ``statement `Readers` ``, `statement 2`.
    pub label: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it is there and is an Allow.
    pub allows: Truth,
    /// Whether it is there and is a Deny.
    pub denies: Truth,
    /// What that depends on.
    pub exists: Vec<Arc<Unknown>>,
    /// Whom it is about.
    pub who: Who,
    /// Where that stands.
    pub who_place: Place,
    /// `Action` or `NotAction`.
    pub actions: Actions,
    /// `Resource` or `NotResource`.
    pub resources: Resources,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
    /// Further conditions that may be there.
    pub unknown_conditions: Vec<Arc<Unknown>>,
    /// Why AWS will not take it, if so; it then neither allows nor denies.
    pub void: Option<String>,
}

/// The principals of a statement (aws.md 3.3).
#[derive(Clone, Debug)]
pub struct Who {
    /// Whether everyone is meant, with or without credentials.
    pub everyone: Truth,
    /// Identity providers at which anybody has an account.
    pub federations: Vec<String>,
    /// Service principals.
    pub services: Vec<String>,
    /// Principals by name.
    pub named: Vec<String>,
    /// Accounts, roles and users, as far as known: what a role may be among.
    pub(super) accounts: Vec<Text>,
    /// Identity providers, as far as known.
    pub(super) providers: Vec<Text>,
    /// Whether it lists who is *not* meant.
    pub negated: bool,
    /// What `everyone` depends on.
    pub unknown: Vec<Arc<Unknown>>,
}

/// The actions of a statement.
#[derive(Clone, Debug)]
pub struct Actions {
    /// In lower case; an unknown one is a hole.
    pub patterns: Vec<Pattern>,
    /// Whether it lists what is *not* meant.
    pub negated: bool,
    /// As written, for messages.
    pub names: Vec<String>,
    /// Where they stand.
    pub place: Place,
    /// What is not known of them.
    pub unknown: Vec<Arc<Unknown>>,
}

/// The resources of a statement.
#[derive(Clone, Debug)]
pub struct Resources {
    /// As patterns; an unknown one is a hole.
    pub patterns: Vec<Pattern>,
    /// As written, for messages.
    pub names: Vec<String>,
    /// Whether it lists what is *not* meant.
    pub negated: bool,
    /// Whether the element is there: policies of some services have none.
    pub present: bool,
    /// What is not known of them.
    pub unknown: Vec<Arc<Unknown>>,
}

/// Providers of web identities that are open to anybody (S3 user guide, "The meaning of public").
static OPEN_FEDERATIONS: [&str; 4] =
    ["accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com"];

/// What statements are read with.
pub(super) struct Reader<'r> {
    pub(super) place: &'r Place,
    pub(super) sensitive: bool,
    pub(super) version: Option<&'r Value>,
    /// Whether the policy hangs on an identity, which is the principal of every statement.
    pub(super) of_identity: bool,
}

impl Reader<'_> {
    /// The place of a value inside of the document; of a sensitive one only the attribute.
    fn place(&self, path: &Path, value: &Value, around: &Place) -> Place {
        if self.sensitive {
            return self.place.clone();
        }
        let span = value.origin.written().or(around.span);
        let origin =
            if value.origin.written().is_some() { value.origin.clone() } else { around.origin.clone() };
        Place { address: self.place.address.clone(), attribute: path.clone(), span, origin }
    }

    /// Policy variables came with version 2012-10-17; a document without `Version` is of 2008.
    fn variables(&self) -> Truth {
        match self.version.map(|version| &version.data) {
            Some(Data::String(text)) => text.equals("2012-10-17"),
            Some(Data::Unknown(_)) => Truth::Unknown,
            None
            | Some(
                Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..),
            ) => Truth::False,
        }
    }
}

/// Reads the element `Statement`: one object or a list. Leaves the statements and what stands for those that
/// may follow.
pub(super) fn read_statements(value: &Value, reader: &Reader<'_>) -> (Vec<Statement>, Vec<Arc<Unknown>>) {
    let path = step(&reader.place.attribute, "Statement");
    let place = reader.place(&path, value, reader.place);
    let mut found = Found { statements: Vec::new(), more: Vec::new() };
    found.add(value, &path, &place, reader, &[]);
    (found.statements, found.more)
}

struct Found {
    statements: Vec<Statement>,
    more: Vec<Arc<Unknown>>,
}

impl Found {
    /// `perhaps`: what decides whether it is there at all.
    fn add(
        &mut self,
        value: &Value,
        path: &Path,
        around: &Place,
        reader: &Reader<'_>,
        perhaps: &[Arc<Unknown>],
    ) {
        match &value.data {
            Data::Mapping(..) => {
                let statement =
                    read_statement(value, path, around, reader, perhaps, self.statements.len() + 1);
                self.statements.push(statement);
            }
            Data::Sequence(_, elements, more) => {
                for (index, element) in elements.iter().enumerate() {
                    let index = u64::try_from(index).unwrap_or(u64::MAX);
                    self.add(element, &path.then(PathStep::Index(index)), around, reader, perhaps);
                }
                if let Some(more) = more {
                    self.may_be(more, &path.then(PathStep::Any), around, reader, perhaps);
                }
            }
            Data::Unknown(unknown) => self.may_be(unknown, path, around, reader, perhaps),
            // Null is left out; anything else is no statement, and AWS refuses the document.
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => {}
        }
    }

    fn may_be(
        &mut self,
        unknown: &Arc<Unknown>,
        path: &Path,
        around: &Place,
        reader: &Reader<'_>,
        perhaps: &[Arc<Unknown>],
    ) {
        // Alternatives inside of alternatives are not told apart.
        if unknown.one_of.is_empty() || !perhaps.is_empty() {
            self.more.push(unknown.clone());
            return;
        }
        for alternative in &unknown.one_of {
            self.add(alternative, path, around, reader, std::slice::from_ref(unknown));
        }
    }
}

fn read_statement(
    value: &Value,
    path: &Path,
    around: &Place,
    reader: &Reader<'_>,
    perhaps: &[Arc<Unknown>],
    number: usize,
) -> Statement {
    let place = reader.place(path, value, around);
    let part = |name: &str| value.get(name).filter(|part| !part.is_null());
    let label = match part("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement `{}`", sid.escape_debug()),
        None => format!("statement {number}"),
    };
    let variables = reader.variables();
    let (negated, principal, who_name) = match (part("Principal"), part("NotPrincipal")) {
        (Some(principal), _) => (false, Some(principal), "Principal"),
        (None, Some(principal)) => (true, Some(principal), "NotPrincipal"),
        (None, None) => (false, None, "Principal"),
    };
    let who = if reader.of_identity { Who::everybody() } else { Who::read(principal, negated) };
    let who_place = principal.map_or_else(
        || place.clone(),
        |principal| reader.place(&step(path, who_name), &deciding(principal), &place),
    );
    let mut void = None;
    if reader.of_identity {
        void = principal.map(|_| format!("{label} names a principal, which a policy of a role cannot"));
    } else if principal.is_none() {
        void = Some(format!("{label} has no principal"));
    } else if who.is_void() {
        void = Some(format!("{label} has a wildcard inside a principal"));
    }
    let actions = Actions::read(part("Action"), part("NotAction"), path, &place, reader);
    if actions.patterns.is_empty() && !actions.negated {
        void = void.or_else(|| Some(format!("{label} has no action")));
    }
    let mut exists = perhaps.to_vec();
    let (allow, deny) = match part("Effect").map(|effect| &effect.data) {
        Some(Data::String(text)) => {
            exists.extend(text.holes().map(|(_, hole)| hole.clone()));
            (text.equals("Allow"), text.equals("Deny"))
        }
        Some(Data::Unknown(unknown)) => {
            exists.push(unknown.clone());
            (one_of_is(unknown, "Allow"), one_of_is(unknown, "Deny"))
        }
        None => (Truth::False, Truth::False),
        Some(Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..)) => {
            (Truth::False, Truth::False)
        }
    };
    if allow.is_false() && deny.is_false() {
        void = void.or_else(|| Some(format!("{label} has neither the effect `Allow` nor `Deny`")));
    }
    let there = match (&void, perhaps.is_empty()) {
        (Some(_), _) => Truth::False,
        (None, true) => Truth::True,
        (None, false) => Truth::Unknown,
    };
    let mut conditions = Vec::new();
    let mut unknown_conditions = Vec::new();
    if let Some(condition) = part("Condition") {
        let path = step(path, "Condition");
        read_conditions(
            condition,
            &path,
            &place,
            reader,
            variables,
            &mut conditions,
            &mut unknown_conditions,
        );
    }
    Statement {
        label,
        allows: there.and(allow),
        denies: there.and(deny),
        exists,
        who,
        who_place,
        resources: Resources::read(part("Resource"), part("NotResource"), variables),
        actions,
        conditions,
        unknown_conditions,
        void,
        place,
    }
}

fn one_of_is(unknown: &Unknown, word: &str) -> Truth {
    unknown
        .one_of
        .iter()
        .map(|alternative| match &alternative.data {
            Data::String(text) => text.equals(word),
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Sequence(..) | Data::Mapping(..) => {
                Truth::False
            }
            Data::Unknown(_) => Truth::Unknown,
        })
        .reduce(Truth::agree)
        .unwrap_or(Truth::Unknown)
}

/// The part of a principal that decides, with the way that the whole went: a `*` in it, else the first part
/// that was written somewhere.
fn deciding(principal: &Value) -> Value {
    star(principal)
        .filter(|part| part.origin.written().is_some())
        .unwrap_or_else(|| first_written(principal).clone())
}

/// A `*` in a value.
fn star(value: &Value) -> Option<Value> {
    let inner = match &value.data {
        Data::String(text) => return (text.as_known() == Some("*")).then(|| value.clone()),
        Data::Mapping(_, entries) => entries.values().find_map(star),
        Data::Sequence(_, elements, _) => elements.iter().find_map(star),
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::Unknown(_) => None,
    }?;
    let origin = value.origin.through(&inner.origin);
    Some(inner.with_origin(origin))
}

/// The value itself if it was written somewhere, else the first part that was.
fn first_written(value: &Value) -> &Value {
    if value.origin.written().is_some() {
        return value;
    }
    let inner = match &value.data {
        Data::Mapping(_, entries) => {
            entries.values().map(first_written).find(|part| part.origin.written().is_some())
        }
        Data::Sequence(_, elements, _) => {
            elements.iter().map(first_written).find(|part| part.origin.written().is_some())
        }
        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => None,
    };
    inner.unwrap_or(value)
}

/// The strings of a value that may be one or a list; what is not known stands as a hole.
fn texts(value: &Value) -> Vec<Text> {
    match &value.data {
        Data::String(text) => vec![text.clone()],
        Data::Number(number) => vec![Text::known(&number.to_string())],
        Data::Bool(bool) => vec![Text::known(&bool.to_string())],
        Data::Null(_) => Vec::new(),
        Data::Unknown(unknown) => vec![hole(unknown)],
        Data::Sequence(_, elements, more) => {
            elements.iter().flat_map(texts).chain(more.iter().map(hole)).collect()
        }
        Data::Mapping(_, entries) => entries.values().flat_map(texts).collect(),
    }
}

fn hole(unknown: &Arc<Unknown>) -> Text {
    let mut text = crate::value::text::TextBuilder::default();
    text.push_hole(unknown.clone());
    text.build()
}

impl Who {
    fn nobody(negated: bool) -> Self {
        Self {
            everyone: Truth::False,
            federations: Vec::new(),
            services: Vec::new(),
            named: Vec::new(),
            accounts: Vec::new(),
            providers: Vec::new(),
            negated,
            unknown: Vec::new(),
        }
    }

    /// Whoever has the identity that the policy hangs on.
    fn everybody() -> Self {
        Self { everyone: Truth::True, ..Self::nobody(false) }
    }

    fn read(principal: Option<&Value>, negated: bool) -> Self {
        let mut who = Self::nobody(negated);
        if let Some(principal) = principal {
            who.add(principal);
        }
        if negated {
            who.everyone = !who.everyone;
        }
        who
    }

    fn add(&mut self, principal: &Value) {
        match &principal.data {
            Data::Mapping(_, entries) => {
                for (kind, values) in entries.iter() {
                    self.add_kind(kind, values);
                }
            }
            Data::String(text) => self.add_account(text),
            Data::Sequence(_, elements, more) => {
                for element in elements.iter() {
                    self.add(element);
                }
                if let Some(more) = more {
                    self.may_be_everyone(more);
                }
            }
            Data::Unknown(unknown) if unknown.one_of.is_empty() => {
                self.accounts.push(hole(unknown));
                if !is_fixed(unknown) {
                    self.may_be_everyone(unknown);
                }
            }
            Data::Unknown(unknown) => self.add_one_of(unknown, None),
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => {}
        }
    }

    fn add_kind(&mut self, kind: &str, values: &Value) {
        match kind {
            "AWS" | "*" => self.add_accounts(values),
            "Service" => self.services.extend(texts(values).iter().map(Text::shown)),
            "Federated" => {
                for text in texts(values) {
                    self.providers.push(text.clone());
                    match text.as_known() {
                        Some(known) if OPEN_FEDERATIONS.contains(&known) => {
                            self.federations.push(known.to_owned());
                        }
                        Some(_) | None => self.named.push(text.shown()),
                    }
                }
            }
            // Canonical users; a kind that AWS does not know is refused by it.
            _ => self.named.extend(texts(values).iter().map(Text::shown)),
        }
    }

    fn add_accounts(&mut self, values: &Value) {
        match &values.data {
            Data::String(text) => self.add_account(text),
            Data::Sequence(_, elements, more) => {
                for element in elements.iter() {
                    self.add_accounts(element);
                }
                if let Some(more) = more {
                    self.may_be_everyone(more);
                }
            }
            Data::Unknown(unknown) if unknown.one_of.is_empty() => {
                self.accounts.push(hole(unknown));
                if is_fixed(unknown) {
                    self.named.push(unknown.cause.name());
                } else {
                    self.may_be_everyone(unknown);
                }
            }
            Data::Unknown(unknown) => self.add_one_of(unknown, Some("AWS")),
            Data::Number(number) => {
                self.accounts.push(Text::known(&number.to_string()));
                self.named.push(number.to_string());
            }
            Data::Null(_) | Data::Bool(_) | Data::Mapping(..) => {}
        }
    }

    /// One of several: everyone if each of them is.
    fn add_one_of(&mut self, unknown: &Arc<Unknown>, kind: Option<&str>) {
        let each = unknown.one_of.iter().map(|alternative| {
            let mut who = Self::nobody(false);
            match kind {
                Some(kind) => who.add_kind(kind, alternative),
                None => who.add(alternative),
            }
            who
        });
        let Some(joined) = each.reduce(|mut one, two| {
            one.everyone = one.everyone.agree(two.everyone);
            // Whether such a provider is meant is not known, which `everyone` says.
            if one.federations != two.federations {
                one.everyone = one.everyone.or(Truth::Unknown);
                one.federations.clear();
            }
            one.services.extend(two.services);
            one.named.extend(two.named);
            one.unknown.extend(two.unknown);
            one
        }) else {
            return;
        };
        if joined.everyone.is_unknown() {
            self.unknown.push(unknown.clone());
        }
        self.everyone = self.everyone.or(joined.everyone);
        self.federations.extend(joined.federations);
        self.services.extend(joined.services);
        self.named.extend(joined.named);
        // Which of them is meant is not known.
        self.accounts.push(hole(unknown));
        self.providers.push(hole(unknown));
        self.unknown.extend(joined.unknown);
    }

    fn may_be_everyone(&mut self, unknown: &Arc<Unknown>) {
        self.everyone = self.everyone.or(Truth::Unknown);
        self.unknown.push(unknown.clone());
    }

    fn add_account(&mut self, text: &Text) {
        self.accounts.push(text.clone());
        if let Some(unknown) = text.as_hole()
            && is_fixed(unknown)
        {
            self.named.push(unknown.cause.name());
            return;
        }
        let star = text.equals("*");
        if star.is_false() {
            self.named.push(text.shown());
        } else {
            self.everyone = self.everyone.or(star);
            self.unknown.extend(text.holes().map(|(_, hole)| hole.clone()));
        }
    }

    /// Whether nothing is left but names that AWS refuses: a wildcard cannot stand for a part of a principal.
    fn is_void(&self) -> bool {
        !self.negated
            && self.everyone.is_false()
            && self.federations.is_empty()
            && self.services.is_empty()
            && !self.named.is_empty()
            && self.named.iter().all(|name| name.contains('*') && name.starts_with("arn:"))
    }

    /// Whether those are meant whom an identity provider vouches for.
    pub(super) fn trusts(&self, provider: &str) -> Truth {
        let named = self.providers.iter().fold(Truth::False, |truth, text| truth.or(text.equals(provider)));
        if self.negated { self.everyone.and(!named) } else { self.everyone.or(named) }
    }

    /// Whether those are meant whom one of such identity providers vouches for.
    pub(super) fn has_provider(&self, is_such: &dyn Fn(&Text) -> Truth) -> Truth {
        if self.negated {
            return Truth::False;
        }
        self.providers.iter().fold(Truth::False, |truth, provider| truth.or(is_such(provider)))
    }

    /// Whether a service is meant.
    pub(super) fn is_service(&self, service: &str) -> Truth {
        let named = self.services.iter().fold(Truth::False, |truth, name| {
            truth.or(if name == service {
                Truth::True
            } else if name.contains('…') {
                Truth::Unknown
            } else {
                Truth::False
            })
        });
        if self.negated { self.everyone.and(!named) } else { self.everyone.or(named) }
    }

    /// Whether anybody at all is meant, as AWS's own test sees it.
    pub(super) fn anybody(&self) -> Truth {
        self.everyone.or(Truth::from_bool(!self.negated && !self.federations.is_empty()))
    }

    /// Whether an Allow lets such a requester in.
    pub(super) fn lets_in(&self, identity: Identity) -> Truth {
        match identity {
            Identity::Anonymous | Identity::Role => self.everyone,
            Identity::Outsider => self.anybody(),
            Identity::Service => {
                self.everyone.or(Truth::from_bool(!self.negated && !self.services.is_empty()))
            }
        }
    }

    /// Whether a Deny is about every such requester. One about a provider or a service is not: there are
    /// others.
    pub(super) fn covers(&self, identity: Identity) -> Truth {
        let spares = self.negated
            && match identity {
                Identity::Anonymous | Identity::Role => false,
                Identity::Outsider => !self.federations.is_empty(),
                Identity::Service => !self.services.is_empty(),
            };
        if spares { Truth::False } else { self.everyone }
    }

    /// Who, for a sentence.
    pub(super) fn shown(&self, identity: Identity) -> String {
        if identity == Identity::Role {
            return "the role call".to_owned();
        }
        if self.everyone.is_true() {
            return if self.negated {
                "everyone but those it lists call".to_owned()
            } else {
                "everyone call".to_owned()
            };
        }
        match identity {
            Identity::Outsider | Identity::Anonymous | Identity::Role => match self.federations.first() {
                Some(provider) => format!("everyone with an account at `{provider}` call"),
                None => "outsiders call".to_owned(),
            },
            Identity::Service => match self.services.first() {
                Some(service) => format!("`{service}`, for whatever account, call"),
                None => "services call".to_owned(),
            },
        }
    }

    /// Why a requester is not let in.
    pub(super) fn why_not(&self, identity: Identity) -> String {
        if identity == Identity::Role {
            return "does not name the role".to_owned();
        }
        if self.negated {
            return "excludes everyone".to_owned();
        }
        if identity == Identity::Anonymous && !self.federations.is_empty() {
            return "asks for an account at an identity provider".to_owned();
        }
        match (&*self.named, &*self.services) {
            ([], []) => "admits nobody".to_owned(),
            ([], [service, ..]) => format!("admits the service `{service}` only"),
            ([only], []) => format!("admits `{}` only", only.escape_debug()),
            ([..], _) => "admits named principals only".to_owned(),
        }
    }
}

impl Actions {
    fn read(
        actions: Option<&Value>,
        spared: Option<&Value>,
        path: &Path,
        around: &Place,
        reader: &Reader<'_>,
    ) -> Self {
        let (negated, value, name) = match (actions, spared) {
            (Some(actions), _) => (false, Some(actions), "Action"),
            (None, Some(spared)) => (true, Some(spared), "NotAction"),
            (None, None) => (false, None, "Action"),
        };
        let texts = value.map(texts).unwrap_or_default();
        let reading = Reading { wildcards: true, variables: false };
        Self {
            patterns: texts.iter().map(|text| Pattern::read(text, reading).lower()).collect(),
            negated,
            names: texts.iter().map(Text::shown).collect(),
            place: value.map_or_else(
                || around.clone(),
                |value| reader.place(&step(path, name), first_written(value), around),
            ),
            unknown: value.map(Value::unknowns).unwrap_or_default(),
        }
    }

    /// The patterns of an `Action` that is known; `None`: ask for every action there is.
    pub(super) fn sure_patterns(&self) -> Option<&[Pattern]> {
        let known =
            !self.negated && !self.patterns.iter().any(|pattern| matches!(*pattern.0, [Token::Hole(_)]));
        known.then_some(&*self.patterns)
    }

    /// Whether the statement is about an action: of an Allow about some of what the pattern stands for, of a
    /// Deny about all of it.
    pub(super) fn takes(&self, action: &Pattern, all_of_it: bool) -> Truth {
        // `NotAction` turns the question around.
        let some = self.patterns.iter().fold(Truth::False, |truth, pattern| {
            truth.or(if all_of_it != self.negated {
                pattern.covers(action)
            } else if !pattern.overlaps(action) {
                Truth::False
            } else if pattern.has_hole() {
                Truth::Unknown
            } else {
                Truth::True
            })
        });
        if self.negated { !some } else { some }
    }

    /// For a sentence.
    pub(super) fn shown(&self) -> String {
        let named = |names: &[String]| {
            names.iter().map(|name| format!("`{}`", name.escape_debug())).collect::<Vec<_>>().join(", ")
        };
        let listed = match &*self.names {
            [] => "nothing".to_owned(),
            [one, two, _, rest @ ..] if !rest.is_empty() || self.names.len() > 3 => {
                format!("{} and {} more", named(&[one.clone(), two.clone()]), self.names.len() - 2)
            }
            few => named(few),
        };
        if self.negated { format!("every action but {listed}") } else { listed }
    }
}

impl Resources {
    fn read(resources: Option<&Value>, spared: Option<&Value>, variables: Truth) -> Self {
        let (negated, value) = match (resources, spared) {
            (Some(resources), _) => (false, Some(resources)),
            (None, Some(spared)) => (true, Some(spared)),
            (None, None) => (false, None),
        };
        let reading = Reading { wildcards: true, variables: variables.is_true() };
        let texts = value.map(texts).unwrap_or_default();
        Self {
            patterns: texts.iter().map(|text| Pattern::read(text, reading)).collect(),
            names: texts.iter().map(Text::shown).collect(),
            negated,
            present: value.is_some(),
            unknown: value.map(Value::unknowns).unwrap_or_default(),
        }
    }
}

/// Reads a `Condition`: operators, keys, values. A list of such objects, all of which must hold, is what a
/// `dynamic` block over something unknown leaves.
fn read_conditions(
    value: &Value,
    path: &Path,
    around: &Place,
    reader: &Reader<'_>,
    variables: Truth,
    conditions: &mut Vec<Condition>,
    unknown: &mut Vec<Arc<Unknown>>,
) {
    match &value.data {
        Data::Mapping(_, operators) => {
            for (operator, keys) in operators.iter() {
                let path = step(path, operator);
                match &keys.data {
                    Data::Mapping(_, keys) => {
                        for (key, values) in keys.iter() {
                            let path = path.then(PathStep::Key(key.clone()));
                            conditions.push(Condition {
                                operator_name: operator.to_string(),
                                operator: Operator::read(operator),
                                key_name: key.to_string(),
                                key: key.to_ascii_lowercase(),
                                values: listed(values),
                                variables,
                                place: reader.place(&path, first_written(values), around),
                            });
                        }
                    }
                    Data::Unknown(cause) => unknown.push(cause.clone()),
                    Data::Null(_) => {}
                    Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Sequence(..) => {
                        unknown
                            .push(Arc::new(Unknown::because(crate::value::Cause::Invalid(operator.clone()))));
                    }
                }
            }
        }
        Data::Sequence(_, elements, more) => {
            for (index, element) in elements.iter().enumerate() {
                let index = u64::try_from(index).unwrap_or(u64::MAX);
                let path = path.then(PathStep::Index(index));
                read_conditions(element, &path, around, reader, variables, conditions, unknown);
            }
            unknown.extend(more.clone());
        }
        Data::Unknown(cause) => unknown.push(cause.clone()),
        Data::Null(_) => {}
        Data::Bool(_) | Data::Number(_) | Data::String(_) => {
            unknown.push(Arc::new(Unknown::because(crate::value::Cause::Invalid("Condition".into()))));
        }
    }
}

/// The alternatives of a condition.
fn listed(value: &Value) -> Vec<Value> {
    match &value.data {
        Data::Sequence(_, elements, more) => {
            let mut values = elements.to_vec();
            values.extend(more.iter().map(|more| {
                let mut more = more.as_ref().clone();
                if !more.one_of.is_empty() {
                    // It need not be there at all.
                    more.one_of.push(Value::tuple(Vec::new()));
                }
                Value::unknown(more)
            }));
            values
        }
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Mapping(..)
        | Data::Unknown(_) => vec![value.clone()],
    }
}

impl Statement {
    /// Everything in it that is not known.
    pub(super) fn unknowns(&self) -> Vec<Arc<Unknown>> {
        let mut unknown = self.exists.clone();
        unknown.extend(self.who.unknown.iter().cloned());
        unknown.extend(self.actions.unknown.iter().cloned());
        unknown.extend(self.resources.unknown.iter().cloned());
        unknown.extend(
            self.conditions.iter().flat_map(|condition| condition.values.iter().flat_map(Value::unknowns)),
        );
        unknown.extend(self.unknown_conditions.iter().cloned());
        unknown
    }
}
