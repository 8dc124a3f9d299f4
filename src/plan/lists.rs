//! What a list may hold that is unknown as a whole.
//!
//! Enters: where the names in its expression end. Leaves: the elements that are certainly in it, and what may be
//! in it besides. A plan shows neither the literals nor the operators beside a name (plan-format.md 4): a known
//! string or list is taken for elements when it looks like them, and whatever else is known may be a condition,
//! which leaves open what is written behind it.

use std::sync::Arc;

use super::references::{End, Found};
use super::unknowns::{Candidates, DOCUMENTS, Unknowns, causes, is_document, last_name};
use super::values::{Place, Written};
use super::wraps::is_scalar;
use crate::address::{Key, Mode};
use crate::truth::Truth;
use crate::value::{Cause, Data, SequenceKind, Unknown, Value};

/// Endings of attributes that are lists of strings; of what is sensitive a plan does not say so.
const LISTS: [&str; 11] = [
    "_accounts",
    "_arns",
    "_documents",
    "_ids",
    "actions",
    "cidr_blocks",
    "groups",
    "identifiers",
    "resources",
    "subnets",
    "values",
];

/// The most known values that are looked at, and the most strings among them that one element may be.
const MOST_STEPS: usize = 1024;
const MOST_POSSIBLE: usize = 64;

/// What one name of an expression stands for.
enum Part {
    /// Something known that is no element.
    Condition(Condition),
    /// An element, or one of several.
    Member(Member),
}

/// What is known of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Condition {
    Bool(bool),
    /// A number, a string or a map: perhaps the index of what stands before it, or what selects from that.
    Index,
    Other,
}

struct Member {
    values: Candidates,
    kind: Kind,
}

/// What an element is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An attribute that is not known.
    Named,
    /// The same of an instance with a key, which somebody decided to make.
    Keyed,
    /// The same of one of all instances of a resource.
    OfAll,
    /// Something known that looks like an element.
    Known,
    /// Something known that may be an element.
    Doubtful,
}

impl Kind {
    const fn is_known(self) -> bool {
        matches!(self, Self::Known | Self::Doubtful)
    }
}

/// The parts of an expression, in the order in which they are written.
#[derive(Default)]
struct Parts {
    named: Vec<Part>,
    lost: Vec<Cause>,
    /// Whether elements may be there that no part stands for.
    open: bool,
}

impl Unknowns<'_, '_, '_> {
    /// The elements of a list, as far as its expression tells.
    pub(super) fn list(&self, place: &Place<'_>, found: Vec<Found>, name: &str) -> Value {
        // Of the names of an attribute around it nobody can tell which belong to the list.
        let is_known = |end: &End| matches!(end, End::Known(_));
        let around = matches!(place.written, Written::Around(_))
            && found.iter().flat_map(|one| &one.ends).any(is_known);
        let mut parts = Parts { open: self.tracer.unseen.get() || around, ..Parts::default() };
        if parts.open {
            parts.named.push(Part::Condition(Condition::Other));
        }
        let is_list = is_list_itself(&found);
        for one in found {
            self.add(&mut parts, one, name);
        }
        // A data source that waits shows the elements of a list one by one, unless a function made it. Something
        // is known then that it was made for: an empty text, or another element.
        let explained =
            parts.named.iter().any(|part| !matches!(part, Part::Member(member) if !member.kind.is_known()));
        parts.open |= self.address.mode == Mode::Data && !is_list && !explained;
        let document = DOCUMENTS.contains(&name);
        let unknown: Vec<&Value> =
            parts.members().filter(|part| !part.kind.is_known()).flat_map(Member::each).collect();
        if !parts.lost.is_empty() || document && !unknown.iter().copied().all(is_document) {
            let causes = unknown.into_iter().flat_map(causes);
            return Value::unknown(Unknown::because(Cause::any(parts.lost.iter().cloned().chain(causes))));
        }
        if unknown.is_empty() {
            return Value::unknown(self.own(place));
        }
        let own = self.own(place).cause;
        if document { parts.documents(&own) } else { parts.elements(&own) }
    }

    fn add(&self, parts: &mut Parts, found: Found, name: &str) {
        let selects = found.selects && found.ends.iter().all(|end| matches!(end, End::Known(_)));
        if selects {
            return;
        }
        let Found { ends, guess, every, .. } = found;
        let all = every || ends.len() == 1;
        let mut values = Candidates { values: Vec::new(), guess: None };
        let mut known = Vec::new();
        let mut kind = Kind::Named;
        for (at, end) in ends.into_iter().enumerate() {
            match end {
                End::Known(value) => known.push(value),
                End::Lost(name) => parts.lost.push(Cause::Hidden(name)),
                End::At(address, path) => {
                    let (value, is_known) = self.at(&address, &path, name);
                    if let Data::Sequence(_, elements, more) = &value.data
                        && !is_known
                    {
                        // A list of another instance.
                        parts.open |= more.is_some() || !all;
                        if all {
                            parts.add_elements(elements, name);
                        } else {
                            values.values.extend(elements.iter().cloned());
                        }
                    } else if is_known && every {
                        parts.add_known(&value, name);
                    } else if is_known {
                        known.push(value);
                    } else if every {
                        let kind = if path.is_empty() { Kind::OfAll } else { Kind::Named };
                        parts.add_member(vec![value], kind);
                    } else {
                        values.guess =
                            values.guess.or_else(|| (guess == Some(at)).then_some(values.values.len()));
                        values.values.push(value);
                        if address.key != Key::None {
                            kind = Kind::Keyed;
                        }
                    }
                }
            }
        }
        if values.values.is_empty() {
            for value in &known {
                parts.add_known(value, name);
            }
            return;
        }
        // It is one of these, and may be one that is known.
        let is_list = |value: &Value| matches!(value.data, Data::Sequence(..) | Data::Mapping(..));
        parts.open |= known.iter().any(is_list);
        values.values.extend(known.into_iter().filter(|value| !is_list(value)));
        parts.named.push(Part::Member(Member { values, kind }));
    }
}

impl Parts {
    fn members(&self) -> impl Iterator<Item = &Member> {
        self.named.iter().filter_map(|part| match part {
            Part::Member(member) => Some(member),
            Part::Condition(_) => None,
        })
    }

    fn add_member(&mut self, values: Vec<Value>, kind: Kind) {
        self.named.push(Part::Member(Member { values: Candidates { values, guess: None }, kind }));
    }

    /// Adds the elements of a list of which the plan knows some at most.
    fn add_elements(&mut self, elements: &[Value], name: &str) {
        for element in elements {
            if element.is_wholly_known() {
                self.add_known(element, name);
            } else {
                self.add_member(vec![element.clone()], Kind::Named);
            }
        }
    }

    /// Adds something that the plan knows: elements when it looks like that.
    fn add_known(&mut self, value: &Value, name: &str) {
        match &value.data {
            Data::Sequence(_, elements, more) => {
                self.open |= more.is_some();
                if elements.is_empty() {
                    self.named.push(Part::Condition(Condition::Other));
                }
                for element in elements.iter() {
                    match &element.data {
                        Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => self.open = true,
                        Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) => {
                            self.add_known(element, name);
                        }
                    }
                }
            }
            Data::Mapping(..) | Data::Unknown(_) => {
                self.open = true;
                self.named.push(Part::Condition(Condition::Index));
            }
            Data::Bool(value) => self.named.push(Part::Condition(Condition::Bool(*value))),
            Data::Null(_) => self.named.push(Part::Condition(Condition::Other)),
            Data::Number(_) => self.named.push(Part::Condition(Condition::Index)),
            Data::String(text) => {
                let looks = text.as_known().map_or(Truth::Unknown, |text| looks_like_element(name, text));
                if !looks.is_true() {
                    let empty = text.as_known() == Some("");
                    let condition = if empty { Condition::Other } else { Condition::Index };
                    self.named.push(Part::Condition(condition));
                }
                if looks != Truth::False {
                    let kind = if looks.is_true() { Kind::Known } else { Kind::Doubtful };
                    self.add_member(vec![value.clone()], kind);
                }
            }
        }
    }

    /// Of each part whether it is certainly in the list.
    fn sure(&self, document: bool) -> Vec<bool> {
        let unknown = self.members().filter(|member| !member.kind.is_known()).count();
        let mut behind = unknown;
        let first = self.named.iter().position(|part| match part {
            Part::Condition(_) => true,
            // It may as well decide between those behind it.
            Part::Member(member) if member.kind.is_known() => behind > 1,
            Part::Member(_) => {
                behind -= 1;
                false
            }
        });
        let each = self.named.iter().enumerate().map(|(at, part)| match part {
            Part::Condition(_) | Part::Member(Member { kind: Kind::Doubtful, .. }) => false,
            Part::Member(Member { kind: Kind::OfAll, .. }) if self.is_selected_from(at) => false,
            Part::Member(member) => {
                // A condition stands before what it decides about.
                let before = first.is_none_or(|first| at < first && member.values.values.len() == 1);
                let only = unknown == 1 && !member.kind.is_known() && member.values.values.len() == 1;
                before || only || document && self.is_taken(at, member)
            }
        });
        each.collect()
    }

    /// Whether an index may follow behind all instances of a resource.
    fn is_selected_from(&self, at: usize) -> bool {
        let is_another = |part: &&Part| !matches!(part, Part::Member(Member { kind: Kind::OfAll, .. }));
        let behind = self.named.get(at..).unwrap_or_default().iter().find(is_another);
        matches!(behind, Some(Part::Condition(Condition::Index)))
    }

    /// Whether a document stands alone behind a bool that is true: `var.attach ? data.d.json : ""`; or is made
    /// behind one at all.
    fn is_taken(&self, at: usize, member: &Member) -> bool {
        let before = self.named.get(..at).unwrap_or_default().iter().rev();
        let mut conditions = before
            .map_while(|part| match part {
                Part::Condition(value) => Some(*value),
                Part::Member(_) => None,
            })
            .peekable();
        let alone = conditions.peek().is_some() && !matches!(self.named.get(at + 1), Some(Part::Member(_)));
        alone
            && (member.kind == Kind::Keyed || conditions.any(|condition| condition == Condition::Bool(true)))
    }

    /// The documents, in their order; one that may be left out is perhaps an empty text.
    fn documents(self, own: &Cause) -> Value {
        let sure = self.sure(true);
        let each = self.named.into_iter().zip(sure).filter_map(|(part, sure)| match part {
            Part::Condition(_) => None,
            Part::Member(member) if sure => Some(member.values.one()),
            Part::Member(member) => {
                let mut unknown = Unknown::because(own.clone());
                unknown.one_of = vec![Value::string("")];
                unknown.one_of.extend(member.values.values);
                Some(Value::unknown(unknown))
            }
        });
        let elements: Arc<[Value]> = each.collect();
        let more = self.open.then(|| Arc::new(Unknown::because(own.clone())));
        Value::new(Data::Sequence(SequenceKind::Tuple, elements, more))
    }

    /// The elements that are certain, and those that may follow.
    fn elements(self, own: &Cause) -> Value {
        let sure = self.sure(false);
        let mut elements = Vec::new();
        let mut following = Unknown::because(own.clone());
        for (part, sure) in self.named.into_iter().zip(sure) {
            match part {
                Part::Condition(_) => {}
                Part::Member(member) if sure => elements.push(member.values.one()),
                Part::Member(member) => following.one_of.extend(member.values.values),
            }
        }
        let follows = self.open || !following.one_of.is_empty();
        if self.open {
            following.one_of.clear();
        }
        let more = follows.then(|| Arc::new(following));
        Value::new(Data::Sequence(SequenceKind::Tuple, elements.into(), more))
    }
}

impl Member {
    fn each(&self) -> impl Iterator<Item = &Value> {
        self.values.values.iter()
    }
}

/// Whether an attribute of that name is a list of strings.
pub(super) fn is_list(name: &str) -> bool {
    LISTS.iter().any(|ending| name.ends_with(ending))
}

/// Whether all that is found is one attribute that may be the list.
fn is_list_itself(found: &[Found]) -> bool {
    let [Found { ends, every: false, .. }] = found else { return false };
    let is_list = |end: &End| match end {
        End::At(_, path) => !path.is_empty() && !is_scalar(last_name(path)),
        End::Known(_) | End::Lost(_) => false,
    };
    ends.iter().all(is_list)
}

/// The strings of known values that may be elements of a list of that name; `None` where they are too many.
pub(super) fn possible(known: &[&Value], name: &str) -> Option<Vec<Value>> {
    let mut open = known.to_vec();
    let mut found = Vec::new();
    let mut steps = 0;
    while let Some(value) = open.pop() {
        steps += 1;
        match &value.data {
            Data::Sequence(_, elements, _) => open.extend(elements.iter()),
            Data::Mapping(_, entries) => open.extend(entries.values()),
            Data::String(text) => {
                if text.as_known().is_none_or(|text| looks_like_element(name, text) != Truth::False) {
                    found.push(value.clone());
                }
            }
            Data::Unknown(_) => return None,
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => {}
        }
        if found.len() > MOST_POSSIBLE || steps > MOST_STEPS {
            return None;
        }
    }
    Some(found)
}

/// Whether a string can be an element of a list of that name; unknown where anything can.
///
/// Source: EC2 user guide, "Resource IDs"; IAM user guide, "AWS JSON policy elements: Principal"; RDS API
/// reference, "`ModifyDBSnapshotAttribute`".
fn looks_like_element(name: &str, text: &str) -> Truth {
    let is_account = || text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if DOCUMENTS.contains(&name) {
        return Truth::from_bool(text.trim_start().starts_with('{'));
    }
    if name.contains("security_group") {
        return Truth::from_bool(text.starts_with("sg-"));
    }
    if name.contains("subnet") {
        return Truth::from_bool(text.starts_with("subnet-"));
    }
    if name.contains("cidr") {
        return Truth::from_bool(text.contains('/'));
    }
    if name.contains("account") {
        return Truth::from_bool(text == "all" || is_account());
    }
    if name == "identifiers" && (text == "*" || text.starts_with("arn:") || is_account()) {
        return Truth::True;
    }
    Truth::Unknown
}
