//! `google_iam_policy`, computed as the provider does.
//!
//! Enters: the entries of a data instance. Leaves: `policy_data`, with the document it was made from.
//! Source: terraform-provider-google 6, `data_source_google_iam_policy.go`: blocks of one role and condition
//! are joined, members are sorted, bindings are sorted by role and then by condition. Empty parts are left
//! out. Not compared with a run of the provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::blocks::{
    Blocks, Strings, argument, as_string, in_set_order, serialized_set, serialized_string, sorted_set,
    string, tells_all, tuple,
};
use crate::address::Name;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Fields, More, Origin, Type, Unknown, Value, json};

/// Adds `policy_data` to the entries of a `google_iam_policy`. Where it was written is `origin`.
///
/// The text has a hole wherever Terraform would not know it. When the arguments are wrong it is unknown, and
/// the messages say why.
pub(super) fn complete(entries: &mut BTreeMap<Name, Value>, origin: &Origin) -> Vec<String> {
    let sensitive = entries.values().any(Value::holds_sensitive);
    let unknown = entries.values().find_map(|value| value.unknowns().into_iter().next());
    let (value, messages) = match document(&entries.clone().into()) {
        Ok(document) => {
            let mut text = json::encode(&document.with_origin(origin.clone()));
            if let (Some(unknown), Some(_)) = (unknown, text.as_known()) {
                // What left no trace in the text: Terraform would not know it all the same.
                let mut built = TextBuilder::default();
                built.push_text(&text);
                built.push_hole(unknown);
                let document = text.document().cloned();
                text = built.build();
                if let Some(document) = document {
                    text = text.with_document(document.as_ref().clone());
                }
            }
            (Value::new(Data::String(text)), Vec::new())
        }
        Err(message) => {
            let unknown = Unknown::because(Cause::Invalid(message.as_str().into()));
            (Value::unknown(unknown.of(Type::String).not_null()), vec![message])
        }
    };
    entries.insert("policy_data".into(), value.with_origin(origin.clone()).marked(sensitive));
    messages
}

fn document(entries: &Fields) -> Result<Value, String> {
    let blocks = Blocks::of(entries, "binding");
    let bindings = bindings(&blocks)?;
    let more = blocks.more.as_ref().map(|more| {
        let mut following = Unknown::because(more.cause.clone());
        if tells_all(more) {
            following.one_of = more.one_of.iter().filter_map(alone).collect();
        }
        Arc::new(following)
    });
    let parts = [("bindings", (bindings, more)), ("auditConfigs", audit_configs(entries)?)];
    let parts = parts.into_iter().filter(|(_, (elements, more))| !elements.is_empty() || more.is_some());
    Ok(Value::object(parts.map(|(name, (elements, more))| (name.into(), tuple(elements, more))).collect()))
}

/// The binding of one block by itself.
fn alone(block: &Value) -> Option<Value> {
    block.as_mapping()?;
    let blocks = Blocks { shown: vec![block.clone()], more: None };
    bindings(&blocks).ok()?.into_iter().next()
}

/// A binding in the making.
struct Binding {
    role: Value,
    condition: Option<Value>,
    members: Vec<Strings>,
    origin: Origin,
}

fn bindings(blocks: &Blocks) -> Result<Vec<Value>, String> {
    let mut joined: BTreeMap<(String, Vec<String>), Binding> = BTreeMap::new();
    let mut apart = Vec::new();
    for block in &blocks.shown {
        let Some(entries) = block.as_mapping() else { continue };
        let role = required(entries, "role")?;
        let members = Strings::read(Some(present(entries, "members")?), "members")?;
        let condition = condition(&Blocks::of(entries, "condition"))?;
        let key = role.as_str().map(str::to_owned).zip(condition_key(condition.as_ref()));
        let binding = Binding { role, condition, members: vec![members], origin: block.origin.clone() };
        match key {
            Some(key) => match joined.get_mut(&key) {
                Some(earlier) => earlier.members.extend(binding.members),
                None => {
                    joined.insert(key, binding);
                }
            },
            None => apart.push(binding),
        }
    }
    Ok(joined.into_values().chain(apart).map(Binding::into_value).collect())
}

impl Binding {
    fn into_value(self) -> Value {
        let list = |members: Vec<Value>, more| tuple(sorted(members), more);
        let members = match <[Strings; 1]>::try_from(self.members) {
            Ok([only]) => only.shape(&|members, more| list(sorted_set(members), more)),
            Err(several) => {
                let mut members = Vec::new();
                let mut more: More = None;
                for strings in several {
                    let (shown, following) = strings.into_parts();
                    members.extend(sorted_set(shown));
                    more = super::blocks::join_more(more, following);
                }
                list(members, more)
            }
        };
        let is_empty = matches!(&members.data, Data::Sequence(_, elements, None) if elements.is_empty());
        let mut entries: BTreeMap<Name, Value> = BTreeMap::new();
        if self.role.as_str() != Some("") {
            entries.insert("role".into(), self.role);
        }
        if !is_empty {
            entries.insert("members".into(), members);
        }
        if let Some(condition) = self.condition {
            entries.insert("condition".into(), condition);
        }
        Value::object(entries).with_origin(self.origin)
    }
}

/// Sorts without dropping duplicates: what several blocks list stands several times.
fn sorted(members: Vec<Value>) -> Vec<Value> {
    let (mut known, unknown): (Vec<Value>, Vec<Value>) =
        members.into_iter().partition(|member| member.as_str().is_some());
    known.sort_by(|one, two| one.as_str().cmp(&two.as_str()));
    known.extend(unknown);
    known
}

/// What the bindings of a role are sorted by: nothing without a condition. `None` when it is not known.
fn condition_key(condition: Option<&Value>) -> Option<Vec<String>> {
    let Some(condition) = condition else { return Some(Vec::new()) };
    condition.as_mapping()?;
    ["expression", "title", "description"]
        .into_iter()
        .map(|name| match condition.get(name) {
            None => Some(String::new()),
            Some(value) => value.as_str().map(str::to_owned),
        })
        .collect()
}

fn condition(blocks: &Blocks) -> Result<Option<Value>, String> {
    if let Some(more) = &blocks.more {
        return Ok(Some(Value::unknown(Unknown::because(more.cause.clone()))));
    }
    let Some(block) = blocks.shown.first() else { return Ok(None) };
    let Some(entries) = block.as_mapping() else { return Ok(None) };
    let mut made = BTreeMap::new();
    for (name, value) in [
        ("expression", Some(required(entries, "expression")?)),
        ("title", Some(required(entries, "title")?)),
        ("description", string(entries, "description")?),
    ] {
        if let Some(value) = value.filter(|value| value.as_str() != Some("")) {
            made.insert(name.into(), value);
        }
    }
    Ok(Some(Value::object(made).with_origin(block.origin.clone())))
}

fn audit_configs(entries: &Fields) -> Result<(Vec<Value>, More), String> {
    let (read, more) = in_order(&Blocks::of(entries, "audit_config"), |entries| {
        let service = required(entries, "service")?;
        let logs = Blocks::of(entries, "audit_log_configs");
        let (logs, more) = in_order(&logs, |entries| {
            let log_type = required(entries, "log_type")?;
            let exempted = Strings::read(argument(entries, "exempted_members"), "exempted_members")?;
            let (exempted, more) = exempted.into_parts();
            let serialized = format!(
                "exempted_members:{{{}}};log_type:{}",
                serialized_set(&exempted),
                serialized_string(&log_type)
            );
            let exempted = in_set_order(exempted, serialized_string);
            let members = (!exempted.is_empty() || more.is_some()).then(|| tuple(exempted, more));
            Ok((object([("logType", Some(log_type)), ("exemptedMembers", members)]), serialized))
        })?;
        let members: Vec<String> = logs.iter().map(|(_, serialized)| format!("<{serialized}>;")).collect();
        let serialized =
            format!("audit_log_configs:{{{}}};service:{}", members.concat(), serialized_string(&service));
        let logs: Vec<Value> = logs.into_iter().map(|(log, _)| log).collect();
        let logs = (!logs.is_empty() || more.is_some()).then(|| tuple(logs, more));
        Ok((object([("service", Some(service)), ("auditLogConfigs", logs)]), serialized))
    })?;
    Ok((read.into_iter().map(|(config, _)| config).collect(), more))
}

type Serialized = (Value, String);

/// Reads blocks that are a set; in its order when they are known.
fn in_order(
    blocks: &Blocks,
    read: impl Fn(&Fields) -> Result<Serialized, String>,
) -> Result<(Vec<Serialized>, More), String> {
    let mut members =
        blocks.shown.iter().filter_map(Value::as_mapping).map(read).collect::<Result<Vec<_>, _>>()?;
    if blocks.are_known() {
        members = in_set_order(members, |(_, serialized)| serialized.clone());
    }
    Ok((members, blocks.more.as_ref().map(|more| Arc::new(Unknown::because(more.cause.clone())))))
}

fn object<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let entries = entries.into_iter().filter_map(|(name, value)| Some((name.into(), value?)));
    Value::object(entries.collect())
}

fn present<'e>(entries: &'e Fields, name: &str) -> Result<&'e Value, String> {
    argument(entries, name).ok_or_else(|| format!("Missing required argument: \"{name}\""))
}

fn required(entries: &Fields, name: &str) -> Result<Value, String> {
    as_string(present(entries, name)?, name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::complete;
    use crate::address::Name;
    use crate::value::{Cause, Data, Origin, SequenceKind, Text, Unknown, Value, json};

    fn policy(arguments: &str) -> String {
        let value = json::decode(&Text::known(arguments)).unwrap_or_else(Value::string);
        let mut entries = value.as_mapping().map(crate::value::Fields::to_map).unwrap_or_default();
        let messages = complete(&mut entries, &Origin::Nowhere);
        shown(&entries).unwrap_or_else(|| messages.join("; "))
    }

    fn shown(entries: &BTreeMap<Name, Value>) -> Option<String> {
        match &entries.get("policy_data")?.data {
            Data::String(text) => Some(text.shown()),
            _ => None,
        }
    }

    #[test]
    fn bindings_are_joined_and_sorted() {
        let cases = [
            ("{}", "{}"),
            (
                r#"{"binding":[{"role":"b","members":["z","a"]},{"role":"a","members":["x"]},{"role":"b","members":["m","a"]}]}"#,
                r#"{"bindings":[{"members":["x"],"role":"a"},{"members":["a","a","m","z"],"role":"b"}]}"#,
            ),
            (
                r#"{"binding":[{"role":"a","members":["y"],"condition":[{"title":"t","expression":"e","description":""}]},{"role":"a","members":["x"]}]}"#,
                r#"{"bindings":[{"members":["x"],"role":"a"},{"condition":{"expression":"e","title":"t"},"members":["y"],"role":"a"}]}"#,
            ),
            (
                r#"{"audit_config":[{"service":"s","audit_log_configs":[{"log_type":"DATA_READ","exempted_members":["user:a"]}]}]}"#,
                r#"{"auditConfigs":[{"auditLogConfigs":[{"exemptedMembers":["user:a"],"logType":"DATA_READ"}],"service":"s"}]}"#,
            ),
            (r#"{"binding":[{"members":["y"]}]}"#, "Missing required argument: \"role\""),
        ];
        for (arguments, expected) in cases {
            assert_eq!(policy(arguments), expected, "{arguments}");
        }
    }

    #[test]
    fn unknown_members_are_holes() {
        let unknown = || Value::unknown(Unknown::because(Cause::Function("timestamp".into())));
        let block = |role: Value, members: Value| {
            Value::object([("role".into(), role), ("members".into(), members)].into())
        };
        let more = std::sync::Arc::new(Unknown::because(Cause::Function("uuid".into())));
        let blocks = vec![
            block(unknown(), Value::tuple(vec![Value::string("m")])),
            block(Value::string("r"), Value::tuple(vec![unknown(), Value::string("allUsers")])),
            block(Value::string("s"), unknown()),
        ];
        let list = Value::new(Data::Sequence(SequenceKind::Tuple, blocks.into(), Some(more)));
        let mut entries: BTreeMap<Name, Value> = [("binding".into(), list)].into();
        complete(&mut entries, &Origin::Nowhere);
        let expected = r#"{"bindings":[{"members":["allUsers",…],"role":"r"},{"members":…,"role":"s"},{"members":["m"],"role":…}…]}"#;
        assert_eq!(shown(&entries).as_deref(), Some(expected));
    }
}
