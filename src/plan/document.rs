//! The document: read once, borrowing from the buffer, keeping only what somebody asks for.
//!
//! Enters: bytes. Leaves: [`Parts`], slices of the document by resource, or [`Refused`], why it is none.
//! What kind it is follows from its content, never from its name (plan-format.md 1, 7).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::configuration::{Configuration, ConfigurationSeed};
use super::json::Text;
use super::names::{self, Names};
use crate::address::{Address, Key, Mode};
use crate::model::Want;

/// Why a document is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// One sentence: lower-case start, no final dot.
    pub message: String,
    /// What to do.
    pub help: Option<&'static str>,
    /// Line and column, from 1.
    pub at: Option<(usize, usize)>,
}

/// The parts of a plan or state that are looked at.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) format_version: Option<Text<'a>>,
    pub(super) variables: Option<&'a RawValue>,
    pub(super) planned_values: Option<&'a RawValue>,
    pub(super) drift: Vec<Change<'a>>,
    pub(super) changes: Option<Vec<Change<'a>>>,
    pub(super) deferred: Vec<Change<'a>>,
    pub(super) output_changes: Option<&'a RawValue>,
    pub(super) prior_state: Option<Vec<Resource<'a>>>,
    /// The outputs of the prior state.
    pub(super) prior_outputs: Option<&'a RawValue>,
    pub(super) configuration: Option<Configuration<'a>>,
    /// The resources of a state document.
    pub(super) values: Option<Vec<Resource<'a>>>,
    /// The outputs of a state document.
    pub(super) outputs: Option<&'a RawValue>,
    pub(super) complete: Option<bool>,
    pub(super) errored: bool,
    /// What its other keys say it is.
    other: Option<Other>,
}

impl Parts<'_> {
    /// Whether it has something beside its changes that only plans have.
    fn is_part_of_plan(&self) -> bool {
        self.configuration.is_some()
            || self.prior_state.is_some()
            || self.variables.is_some()
            || self.output_changes.is_some()
            || !self.drift.is_empty()
            || !self.deferred.is_empty()
    }
}

/// What a document may be instead of a plan or state.
#[derive(Clone, Copy, Debug)]
enum Other {
    /// It has keys that no plan or state has.
    Any,
    Configuration,
    Log,
    RawState,
    Schemas,
}

/// An entry of `resource_changes`, `resource_drift` or `deferred_changes`.
#[derive(Debug, Deserialize)]
pub(super) struct Change<'a> {
    #[serde(borrow)]
    pub(super) address: Text<'a>,
    #[serde(borrow)]
    pub(super) mode: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) resource_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) deposed: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) provider_name: Option<Text<'a>>,
    #[serde(borrow, rename = "change")]
    pub(super) body: ChangeBody<'a>,
}

/// What `change` holds.
#[derive(Debug, Deserialize)]
pub(super) struct ChangeBody<'a> {
    #[serde(borrow, default)]
    pub(super) actions: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(super) before: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after_unknown: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) before_sensitive: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) after_sensitive: Option<&'a RawValue>,
}

/// A resource of a state.
#[derive(Debug, Deserialize)]
pub(super) struct Resource<'a> {
    #[serde(borrow)]
    pub(super) address: Text<'a>,
    #[serde(borrow)]
    pub(super) mode: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) of_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) deposed_key: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) provider_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) sensitive_values: Option<&'a RawValue>,
}

/// The type of an entry, also when it has no key of its own.
pub(super) fn type_of<'t>(written: Option<&'t Text<'_>>, address: &'t str) -> Cow<'t, str> {
    if let Some(Text(text)) = written {
        return Cow::Borrowed(text);
    }
    let address = Names::default().address(address);
    Cow::Owned(address.map(|address| address.resource_type.to_string()).unwrap_or_default())
}

/// The error of an entry that does not say what it is.
pub(super) fn without_type<E: serde::de::Error>(address: &Text<'_>) -> E {
    E::custom(format!("the address {} cannot be read", crate::value::shown_text(&address.0)))
}

/// The address of an entry; its mode as its own key says it. The text of what cannot be read.
pub(super) fn address_of(
    names: &Names,
    written: &Text<'_>,
    mode: Option<&Text<'_>>,
) -> Result<Address, String> {
    let Some(mut address) = names.address(&written.0) else { return Err(written.0.to_string()) };
    if let Some(Text(word)) = mode {
        address.mode = names::mode(word);
    }
    if address.key == Key::Unknown {
        return Err(written.0.to_string());
    }
    Ok(address)
}

/// Which resources are read.
pub(super) type Wanted<'w> = &'w dyn Fn(Mode, &str) -> Want;

/// What to do about most documents that are none.
pub(super) const HOW: &str = "help: write it with `terraform show -json PLANFILE > plan.json`";

/// Reads a document.
///
/// # Errors
/// Returns what it is instead, or where it stops being JSON.
pub(super) fn read<'a>(bytes: &'a [u8], want: Wanted<'_>) -> Result<Parts<'a>, Refused> {
    let (text, lines) = locate(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parts = PartsSeed { want }.deserialize(&mut deserializer).map_err(|error| broken(&error, lines))?;
    identify(&parts)?;
    deserializer.end().map_err(|error| broken(&error, lines))?;
    Ok(parts)
}

/// The JSON in a file: behind a byte order mark or lines of a log. The number of lines before it.
fn locate(bytes: &[u8]) -> Result<(&str, usize), Refused> {
    let refuse = |message: &str, help| Err(Refused { message: message.to_owned(), help, at: None });
    if bytes.starts_with(b"PK\x03\x04") {
        return refuse(
            "this is a plan file in Terraform's own binary format, which only Terraform reads",
            Some("help: convert it with `terraform show -json PLANFILE > plan.json`"),
        );
    }
    if bytes.starts_with(b"\x1f\x8b") {
        return refuse("this is a compressed file", Some("help: unpack it first"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return refuse("this file is UTF-16, as PowerShell writes it", Some("help: write it as UTF-8"));
    }
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if rest.iter().all(u8::is_ascii_whitespace) {
        return refuse("this file is empty", Some(HOW));
    }
    let mut lines = 0;
    loop {
        let blank = rest.iter().position(|byte| !byte.is_ascii_whitespace() || *byte == b'\n');
        let start = blank.and_then(|blank| rest.get(blank..)).unwrap_or_default();
        if start.starts_with(b"{") {
            return std::str::from_utf8(rest).map(|text| (text, lines)).map_err(|_| not_utf8(rest, lines));
        }
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                rest = rest.get(end + 1..).unwrap_or_default();
                lines += 1;
            }
            None => return refuse("this is no JSON from `terraform show -json`", Some(HOW)),
        }
    }
}

/// Where a text stops being UTF-8, with the lines that stand before it.
fn not_utf8(bytes: &[u8], lines: usize) -> Refused {
    let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let line = valid.matches('\n').count();
    let column = valid.rsplit('\n').next().map_or(0, |line| line.chars().count());
    let at = Some((lines + line + 1, column + 1));
    Refused { message: "this is not UTF-8".to_owned(), help: Some(HOW), at }
}

/// A parser's error, with the lines that stand before the JSON.
fn broken(error: &serde_json::Error, lines: usize) -> Refused {
    let at = (error.line() + lines, error.column().max(1));
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or("it does not parse");
    if error.is_eof() {
        return Refused {
            message: "the JSON ends in the middle: the file is not complete".to_owned(),
            help: Some(HOW),
            at: Some(at),
        };
    }
    Refused { message: format!("this is no valid plan or state: {said}"), help: Some(HOW), at: Some(at) }
}

/// Refuses what is neither a plan nor a state.
fn identify(parts: &Parts<'_>) -> Result<(), Refused> {
    let refuse = |message: String, help| Err(Refused { message, help, at: None });
    let says_what_will_be = parts.planned_values.is_some() || parts.changes.is_some();
    let is_plan = says_what_will_be || parts.is_part_of_plan();
    match parts.other {
        Some(Other::Log) => {
            let message = "these are the log lines of `terraform plan -json`, not a plan";
            return refuse(message.to_owned(), Some(HOW));
        }
        Some(Other::Schemas) => {
            return refuse("these are provider schemas, not a plan or a state".to_owned(), Some(HOW));
        }
        Some(Other::RawState) => {
            return refuse(
                "this is a state file in Terraform's own format, which may change".to_owned(),
                Some("help: write it with `terraform show -json > state.json` in the directory of its root"),
            );
        }
        Some(Other::Configuration) if !is_plan => {
            return refuse("this is a configuration without a plan".to_owned(), Some(HOW));
        }
        Some(Other::Configuration | Other::Any) | None => {}
    }
    let Some(Text(version)) = &parts.format_version else {
        return refuse(
            "this is JSON, but no plan or state: it has no `format_version`".to_owned(),
            Some(HOW),
        );
    };
    if matches!(parts.other, Some(Other::Any)) && !is_plan && parts.values.is_none() {
        return refuse(
            "this is JSON, but no plan or state: it has neither changes nor values".to_owned(),
            Some(HOW),
        );
    }
    if is_plan && parts.values.is_some() {
        return refuse("this has the keys of a plan and those of a state".to_owned(), Some(HOW));
    }
    if is_plan && !says_what_will_be {
        return refuse(
            "this is no whole plan: it has neither `resource_changes` nor `planned_values`".to_owned(),
            Some(HOW),
        );
    }
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if !matches!(major, Some(0 | 1)) {
        return refuse(
            format!(
                "its `format_version` is {}; this version of tfward reads 0 and 1",
                crate::value::shown_text(version)
            ),
            Some("help: use a newer version of tfward"),
        );
    }
    Ok(())
}

struct PartsSeed<'w> {
    want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for PartsSeed<'_> {
    type Value = Parts<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PartsSeed<'_> {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let want = self.want;
        let mut parts = Parts::default();
        let mut seen: Vec<Text<'de>> = Vec::new();
        while let Some(key) = entries.next_key::<Text<'de>>()? {
            match &*key.0 {
                "format_version" => parts.format_version = entries.next_value()?,
                "variables" => parts.variables = entries.next_value()?,
                "planned_values" => parts.planned_values = entries.next_value()?,
                "resource_drift" => {
                    parts.drift = entries.next_value_seed(Changes { want })?.unwrap_or_default();
                }
                "resource_changes" => parts.changes = entries.next_value_seed(Changes { want })?,
                "deferred_changes" => {
                    let deferred: Option<Vec<Deferred<'de>>> = entries.next_value()?;
                    parts.deferred =
                        deferred.into_iter().flatten().map(|deferred| deferred.resource_change).collect();
                }
                "output_changes" => parts.output_changes = entries.next_value()?,
                "prior_state" => {
                    (parts.prior_state, parts.prior_outputs) = entries.next_value_seed(StateSeed { want })?;
                }
                "configuration" => {
                    parts.configuration = Some(entries.next_value_seed(ConfigurationSeed { want })?);
                }
                "values" => (parts.values, parts.outputs) = entries.next_value_seed(ValuesSeed { want })?,
                "complete" => parts.complete = entries.next_value()?,
                "errored" => parts.errored = entries.next_value::<Option<bool>>()?.unwrap_or(false),
                name => {
                    match name {
                        "@level" | "@message" | "@timestamp" => parts.other = Some(Other::Log),
                        "provider_schemas" => parts.other = Some(Other::Schemas),
                        "lineage" | "serial" => parts.other = Some(Other::RawState),
                        "root_module" | "provider_config" | "module" => {
                            parts.other = Some(Other::Configuration);
                        }
                        // All that an empty state has beside its version.
                        "terraform_version" | "checks" => {}
                        _ => {
                            parts.other.get_or_insert(Other::Any);
                        }
                    }
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            if seen.contains(&key) {
                return Err(A::Error::custom(format!("`{}` stands in it twice", key.0)));
            }
            seen.push(key);
        }
        Ok(parts)
    }
}

#[derive(Deserialize)]
struct Deferred<'a> {
    #[serde(borrow)]
    resource_change: Change<'a>,
}

/// Reads the wanted entries of a list, or none of `null`.
struct Changes<'w> {
    want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for Changes<'_> {
    type Value = Option<Vec<Change<'de>>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Changes<'_> {
    type Value = Option<Vec<Change<'de>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of changes")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(change) = elements.next_element::<Change<'de>>()? {
            let mode = change.mode.as_ref().map_or(Mode::Managed, |word| names::mode(&word.0));
            let resource_type = type_of(change.resource_type.as_ref(), &change.address.0);
            if resource_type.is_empty() {
                return Err(without_type(&change.address));
            }
            let wanted = (self.want)(mode, &resource_type) != Want::Nothing;
            if wanted {
                read.push(change);
            }
        }
        Ok(Some(read))
    }
}

/// Reads a state document inside a plan.
struct StateSeed<'w> {
    want: Wanted<'w>,
}

/// The resources and outputs of a state.
type State<'a> = (Option<Vec<Resource<'a>>>, Option<&'a RawValue>);

impl<'de> DeserializeSeed<'de> for StateSeed<'_> {
    type Value = State<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StateSeed<'_> {
    type Value = State<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok((None, None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut state = (Some(Vec::new()), None);
        while let Some(Text(key)) = entries.next_key()? {
            if key == "values" {
                state = entries.next_value_seed(ValuesSeed { want: self.want })?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(state)
    }
}

/// Reads `values` of a state, `planned_values` of a plan.
pub(super) struct ValuesSeed<'w> {
    pub(super) want: Wanted<'w>,
}

impl<'de> DeserializeSeed<'de> for ValuesSeed<'_> {
    type Value = State<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValuesSeed<'_> {
    type Value = State<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the values of a state")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok((Some(Vec::new()), None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut resources = Vec::new();
        let mut outputs = None;
        while let Some(Text(key)) = entries.next_key()? {
            match &*key {
                "root_module" => {
                    entries.next_value_seed(ModuleSeed { want: self.want, resources: &mut resources })?;
                }
                "outputs" => outputs = entries.next_value()?,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok((Some(resources), outputs))
    }
}

/// Reads a module instance of a state and those below it into one list.
struct ModuleSeed<'w, 'r, 'a> {
    want: Wanted<'w>,
    resources: &'r mut Vec<Resource<'a>>,
}

impl<'de> DeserializeSeed<'de> for ModuleSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ModuleSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a module")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = entries.next_key()? {
            let part = match &*key {
                "resources" => ListOf::Resources,
                "child_modules" => ListOf::Modules,
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            entries.next_value_seed(ListSeed { part, want: self.want, resources: self.resources })?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum ListOf {
    Resources,
    Modules,
}

struct ListSeed<'w, 'r, 'a> {
    part: ListOf,
    want: Wanted<'w>,
    resources: &'r mut Vec<Resource<'a>>,
}

impl<'de> DeserializeSeed<'de> for ListSeed<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ListSeed<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        match self.part {
            ListOf::Modules => {
                let (want, resources) = (self.want, self.resources);
                while elements.next_element_seed(ModuleSeed { want, resources: &mut *resources })?.is_some() {
                }
            }
            ListOf::Resources => {
                while let Some(resource) = elements.next_element::<Resource<'de>>()? {
                    let mode = resource.mode.as_ref().map_or(Mode::Managed, |word| names::mode(&word.0));
                    let resource_type = type_of(resource.of_type.as_ref(), &resource.address.0);
                    if resource_type.is_empty() {
                        return Err(without_type(&resource.address));
                    }
                    let wanted = (self.want)(mode, &resource_type) != Want::Nothing;
                    if wanted {
                        self.resources.push(resource);
                    }
                }
            }
        }
        Ok(())
    }
}
