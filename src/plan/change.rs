//! What a change does to the object of an instance.
//!
//! Enters: an entry of `resource_changes`. Leaves: the fate of the instance and of the object that was there,
//! or why the entry is none that Terraform prints.

use serde_json::value::RawValue;

use super::document::{Change, HOW, Refused};
use super::json::Text;
use crate::address::Address;
use crate::model::Fate;

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    /// What becomes of the instance.
    pub(super) fate: Fate,
    /// What becomes of the object that was there.
    pub(super) earlier: Earlier,
}

/// What becomes of the object that was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Earlier {
    /// It is the instance's own, if there was one.
    Own,
    /// It is destroyed before there is another.
    Goes,
    /// It is destroyed when there is another.
    GoesLast,
    /// It is no longer managed, and goes on.
    GoesOn,
}

const OWN: Earlier = Earlier::Own;
const GOES_ON: Earlier = Earlier::GoesOn;

/// Every list of actions. Source: plan-format.md 3 and `actionString` of Terraform and OpenTofu, which print an
/// action that they have no word for by its name.
static ACTIONS: &[(&[&str], Fate, Earlier)] = &[
    (&["no-op"], Fate::Stays, OWN),
    (&["read"], Fate::Stays, OWN),
    (&["update"], Fate::Stays, OWN),
    (&["open"], Fate::Stays, OWN),
    (&["create"], Fate::Created, OWN),
    (&["delete", "create"], Fate::Replaced, Earlier::Goes),
    (&["create", "delete"], Fate::Replaced, Earlier::GoesLast),
    (&["create", "forget"], Fate::Replaced, GOES_ON),
    (&["forget", "create"], Fate::Replaced, GOES_ON),
    (&["CreateThenForget"], Fate::Replaced, GOES_ON),
    (&["ForgetThenCreate"], Fate::Replaced, GOES_ON),
    (&["delete"], Fate::Deleted, Earlier::Goes),
    (&["forget"], Fate::Forgotten, OWN),
    (&["Forget"], Fate::Forgotten, OWN),
];

/// What a change does; `None`: there was nothing and there will be nothing.
///
/// # Errors
/// Returns what is wrong with an entry that says something else than its actions.
pub(super) fn effect(change: &Change<'_>, address: &Address) -> Result<Option<Effect>, Refused> {
    let body = &change.body;
    let words: Vec<&str> = body.actions.iter().map(|Text(word)| &**word).collect();
    let Some((_, fate, earlier)) = ACTIONS.iter().find(|(known, _, _)| *known == words) else {
        let said: Vec<String> = words.iter().map(|word| crate::value::shown_text(word)).collect();
        return Err(refused(format!(
            "the change of `{address}` has actions that this version of tfward does not know: [{}]",
            said.join(", ")
        )));
    };
    for (name, value) in [("before", body.before), ("after", body.after)] {
        if value.is_some_and(|value| !is_object(value)) {
            return Err(refused(format!("`{name}` of the change of `{address}` is no object")));
        }
    }
    let unknown = body.after_unknown.map(RawValue::get);
    if unknown.is_some_and(|text| !text.starts_with('{') && !matches!(text, "true" | "false")) {
        return Err(refused(format!("`after_unknown` of the change of `{address}` is no object")));
    }
    let gone = matches!(fate, Fate::Deleted | Fate::Forgotten);
    let shown = body.after.is_some() || unknown == Some("true");
    if !gone && !shown {
        let nothing = words == ["no-op"] && body.before.is_none();
        return if nothing {
            Ok(None)
        } else {
            Err(refused(format!("the change of `{address}` does not say what is there after it")))
        };
    }
    if gone && body.after.is_some() {
        return Err(refused(format!("the change of `{address}` takes it away, and has values after it")));
    }
    Ok(Some(Effect { fate: *fate, earlier: *earlier }))
}

/// Whether a slice of the document is an object.
fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}

fn refused(message: String) -> Refused {
    Refused { message, help: Some(HOW), at: None }
}
