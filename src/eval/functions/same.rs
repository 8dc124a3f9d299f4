//! Names for results that are not known.
//!
//! Enters: a call with unknown arguments. Leaves: a name that every call has that gives the same, whatever that
//! is, so that two attributes written with the same expression are known to be equal.

use crate::address::{Key, ModulePath, Path, Reference, Subject};
use crate::value::json;
use crate::value::text::Piece;
use crate::value::{Data, MappingKind, SequenceKind, Text, Unknown, Value};

/// The longest name; what is written twice is seldom longer.
const LONGEST: usize = 1024;

/// Functions that give something else with every call.
static IMPURE: [&str; 2] = ["bcrypt", "uuid"];

/// The name of what a call gives; `None` when an unknown argument has none itself.
pub(super) fn name(function: &str, arguments: &[Value]) -> Option<(Reference, Path)> {
    if IMPURE.contains(&function) {
        return None;
    }
    let mut name = Call { text: format!("{function}(") };
    name.all(arguments)?;
    name.push(")")?;
    let subject = Subject::Other(name.text.as_str().into());
    Some((Reference { module: ModulePath::root(), subject }, Path::empty()))
}

/// A call as it would be written with all names resolved.
struct Call {
    text: String,
}

impl Call {
    fn push(&mut self, text: &str) -> Option<()> {
        self.text.push_str(text);
        (self.text.len() <= LONGEST).then_some(())
    }

    fn all<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) -> Option<()> {
        for value in values {
            self.value(value)?;
            self.push(",")?;
        }
        Some(())
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        match &value.data {
            Data::Null(_) => self.push("null"),
            Data::Bool(value) => self.push(&value.to_string()),
            Data::Number(value) => self.push(&value.to_string()),
            Data::String(text) => self.string(text),
            Data::Sequence(kind, elements, None) => {
                self.push(if matches!(kind, SequenceKind::Set(_)) { "toset([" } else { "([" })?;
                self.all(elements.iter())?;
                self.push("])")
            }
            Data::Mapping(MappingKind::Map(_) | MappingKind::Object, entries) => {
                self.push("{")?;
                for (name, entry) in entries.iter() {
                    self.push(&format!("\"{}\"=", json::escape(name)))?;
                    self.value(entry)?;
                    self.push(",")?;
                }
                self.push("}")
            }
            Data::Unknown(unknown) => self.unknown(unknown),
            Data::Sequence(_, _, Some(_)) | Data::Mapping(MappingKind::Block(_), _) => None,
        }
    }

    fn string(&mut self, text: &Text) -> Option<()> {
        self.push("\"")?;
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => self.push(&json::escape(literal).replace('$', "$$"))?,
                Piece::Hole(hole) => {
                    self.push("${")?;
                    self.unknown(hole)?;
                    self.push("}")?;
                }
            }
        }
        self.push("\"")
    }

    fn unknown(&mut self, unknown: &Unknown) -> Option<()> {
        let is_single = |module: &ModulePath| module.steps().iter().all(|step| step.key != Key::Unknown);
        match (&unknown.identity, &unknown.named) {
            // An instance with an unknown key stands for several.
            (Some((of, path)), _) if of.key != Key::Unknown && is_single(&of.module) => {
                self.push(&format!("{of}.{path}"))
            }
            (None, Some((name, path))) if is_single(&name.module) && !is_iterated(name) => {
                self.push(&format!("{name}.{path}"))
            }
            (Some(_), _) | (None, Some(_) | None) => None,
        }
    }
}

/// Whether a name means something else in every instance: `each.key`, `count.index`.
fn is_iterated(name: &Reference) -> bool {
    match &name.subject {
        Subject::Other(other) => !other.ends_with(')'),
        Subject::Resource(of, _) => of.key == Key::Unknown,
        Subject::Variable(_) | Subject::Local(_) | Subject::Output(_) | Subject::Module(_) => false,
    }
}
