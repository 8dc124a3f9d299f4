//! Which ports an engine listens on, and whether a rule covers them.

use std::sync::Arc;

use super::lead;
use crate::graph::attribute::test_value;
use crate::graph::{Attribute, Reader};
use crate::truth::Truth;
use crate::value::{Cause, Data, Unknown, Value};

/// The ports that an engine listens on, for TCP.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Closed ranges of 0–65535.
    candidates: Vec<Range>,
    /// When set, the engine listens on one of the candidates and this decides on which; else on all of them.
    which: Option<Arc<Unknown>>,
}

/// A closed range of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    /// The first port.
    pub(super) first: i64,
    /// The last one.
    pub(super) last: i64,
}

impl Ports {
    /// It listens on all of these.
    #[must_use]
    pub fn all(ports: &[u16]) -> Self {
        Self { candidates: ports.iter().map(|port| Range::one(i64::from(*port))).collect(), which: None }
    }

    /// It listens on one of these, it is not known on which.
    #[must_use]
    pub fn one_of(ports: &[u16], which: Arc<Unknown>) -> Self {
        let ports = Self::all(ports);
        if ports.candidates.len() == 1 { ports } else { Self { which: Some(which), ..ports } }
    }

    /// The port that an attribute says; `unset` when it is absent.
    ///
    /// An unknown port can be any (aws.md 5.7).
    #[must_use]
    pub fn of(attribute: &Attribute<'_>, unset: impl FnOnce() -> Self) -> Self {
        let Some(value) = attribute.value() else { return unset() };
        if let Some(port) = number(value) {
            return Self { candidates: vec![Range::one(port)], which: None };
        }
        let unknown = lead::unknown_of(value).cloned();
        let unknown =
            unknown.unwrap_or_else(|| Arc::new(Unknown::because(Cause::Invalid(value.shown().into()))));
        let members: Option<Vec<Range>> =
            unknown.one_of.iter().map(|member| number(member).map(Range::one)).collect();
        match members {
            Some(candidates) if !candidates.is_empty() => Self { candidates, which: Some(unknown) },
            Some(_) | None => {
                Self { candidates: vec![Range { first: 1, last: 65535 }], which: Some(unknown) }
            }
        }
    }

    /// The ports in groups that are judged apart: an engine that listens on several is open when one is.
    pub(super) fn apart(&self) -> Vec<Self> {
        match &self.which {
            Some(_) => vec![self.clone()],
            None => self
                .candidates
                .iter()
                .map(|candidate| Self { candidates: vec![*candidate], which: None })
                .collect(),
        }
    }

    pub(super) fn candidates(&self) -> &[Range] {
        &self.candidates
    }

    pub(super) fn which(&self) -> Option<&Arc<Unknown>> {
        self.which.as_ref()
    }

    /// In words: `port 5432`, `the port`.
    pub(super) fn says(&self) -> String {
        match self.candidates.as_slice() {
            [only] if only.first == only.last => format!("port {}", only.first),
            [_] => "the port, which is not known".to_owned(),
            several => {
                let ports: Vec<String> = several.iter().map(|port| port.first.to_string()).collect();
                format!("one of the ports {}", ports.join(", "))
            }
        }
    }
}

impl Range {
    /// One port.
    pub(super) const fn one(port: i64) -> Self {
        Self { first: port, last: port }
    }
}

/// A rule's protocol and ports, as read from a block or a resource of its own.
pub(super) struct Scope {
    protocol: Option<Value>,
    first: Option<Value>,
    last: Option<Value>,
}

impl Scope {
    /// Reads `from_port`, `to_port` and the attribute that holds the protocol.
    pub(super) fn of(reader: &Reader<'_>, protocol: &str) -> Self {
        let value = |name: &str| reader.attribute(name).value().cloned();
        Self { protocol: value(protocol), first: value("from_port"), last: value("to_port") }
    }

    /// Whether it covers a whole range of TCP ports, touches none of it, or neither for certain.
    ///
    /// `-1` and `all` are every protocol and port; `tcp` with ports 0–0 is port 0 only (aws.md 5.1).
    pub(super) fn covers(&self, wanted: Range) -> Truth {
        let every = self.every();
        let covers = every.or(self.tcp().and(self.begins_by(wanted.first)).and(self.ends_from(wanted.last)));
        if covers.is_true() || wanted.first == wanted.last {
            return covers;
        }
        // A part of a range is neither.
        if self.touches(wanted).is_false() { Truth::False } else { Truth::Unknown }
    }

    /// Whether it touches a range of TCP ports.
    pub(super) fn touches(&self, wanted: Range) -> Truth {
        self.every().or(self.tcp().and(self.begins_by(wanted.last)).and(self.ends_from(wanted.first)))
    }

    fn every(&self) -> Truth {
        protocol_is(self.protocol.as_ref(), &["-1", "all"])
    }

    fn tcp(&self) -> Truth {
        protocol_is(self.protocol.as_ref(), &["tcp", "6"])
    }

    /// Whether the first port is this one or before it.
    fn begins_by(&self, port: i64) -> Truth {
        compare(self.first.as_ref(), &|bound| bound <= port)
    }

    /// Whether the last port is this one or after it.
    fn ends_from(&self, port: i64) -> Truth {
        compare(self.last.as_ref(), &|bound| bound >= port)
    }

    /// What it depends on, when [`Scope::covers`] is not known.
    pub(super) fn unknown(&self, ports: &Ports) -> Arc<Unknown> {
        let values = [&self.protocol, &self.first, &self.last];
        values
            .into_iter()
            .flatten()
            .find_map(|value| value.unknowns().into_iter().next())
            .or_else(|| ports.which.clone())
            .unwrap_or_else(|| Arc::new(Unknown::because(Cause::Invalid("from_port".into()))))
    }
}

fn compare(value: Option<&Value>, holds: &dyn Fn(i64) -> bool) -> Truth {
    let Some(value) = value else { return Truth::Unknown };
    test_value(value, &|value| number(value).map_or(Truth::Unknown, |port| Truth::from_bool(holds(port))))
}

fn protocol_is(protocol: Option<&Value>, wanted: &[&str]) -> Truth {
    let Some(protocol) = protocol else { return Truth::Unknown };
    test_value(protocol, &|value| match &value.data {
        Data::String(text) => match text.as_known() {
            Some(text) => Truth::from_bool(wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(text))),
            None => wanted.iter().fold(Truth::False, |truth, wanted| truth.or(text.equals(wanted))),
        },
        Data::Number(number) => Truth::from_bool(wanted.contains(&number.to_string().as_str())),
        Data::Null(_) | Data::Bool(_) | Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => {
            Truth::Unknown
        }
    })
}

/// A whole number, also when it is written as a string.
pub(super) fn number(value: &Value) -> Option<i64> {
    match &value.data {
        Data::Number(number) => number.to_i64(),
        Data::String(text) => text.as_known()?.trim().parse().ok(),
        Data::Null(_) | Data::Bool(_) | Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => None,
    }
}
