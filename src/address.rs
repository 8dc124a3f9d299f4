//! Addresses of resource instances, references to named values, and paths inside a value.
//!
//! Enters: names as Terraform writes them. Leaves: `module.logs["eu"].aws_s3_bucket.this[0]`,
//! `var.acl`, `statement[0].principals`. Knows no values and no files.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A name or a key, shared between everything that mentions it.
pub type Name = Arc<str>;

/// The instance key of a resource or module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Neither `count` nor `for_each`.
    None,
    /// An instance of `count`.
    Number(u64),
    /// An instance of `for_each`.
    Text(Name),
    /// The one representative of instances whose number or keys are not known; printed `[*]`.
    Unknown,
    /// An object of an instance that is not its current one, printed `[0] (deposed object 6422870e)`.
    Former(Arc<Former>),
}

/// An object that another one took the place of, and that goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Former {
    /// The key of the instance.
    pub key: Key,
    /// What became of the object.
    pub object: Object,
}

/// What became of an object that another one took the place of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// It waits to be destroyed, under that key of the state.
    Deposed(Name),
    /// It is no longer managed.
    Forgotten,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Number(index) => write!(f, "[{index}]"),
            Self::Text(key) => {
                f.write_str("[\"")?;
                write_escaped(f, key)?;
                f.write_str("\"]")
            }
            Self::Unknown => f.write_str("[*]"),
            Self::Former(former) => write!(f, "{} ({})", former.key, former.object),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deposed(key) => {
                f.write_str("deposed object ")?;
                write_escaped(f, key)
            }
            Self::Forgotten => f.write_str("forgotten object"),
        }
    }
}

/// Escapes a key as Terraform prints it in addresses: `"`, `\`, `${`, `%{` and control characters.
fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '$' | '%' if characters.peek() == Some(&'{') => {
                write!(f, "{character}{character}")?;
            }
            other if other.is_control() => write!(f, "\\u{:04x}", other as u32)?,
            other => write!(f, "{other}")?,
        }
    }
    Ok(())
}

/// The order of two names. Most that are compared are the same one.
fn in_order(one: &Name, other: &Name) -> Ordering {
    if Arc::ptr_eq(one, other) { Ordering::Equal } else { one.cmp(other) }
}

/// One step from a module instance into a child module instance: call name and instance key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModuleStep {
    /// The name of the `module` block.
    pub name: Name,
    /// The instance key of the call.
    pub key: Key,
}

impl Ord for ModuleStep {
    fn cmp(&self, other: &Self) -> Ordering {
        in_order(&self.name, &other.name).then_with(|| self.key.cmp(&other.key))
    }
}

impl PartialOrd for ModuleStep {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The path of a module instance; empty for the root module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModulePath(Arc<[ModuleStep]>);

impl Ord for ModulePath {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for ModulePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ModulePath {
    /// The root module.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of a child module instance.
    #[must_use]
    pub fn child(&self, name: Name, key: Key) -> Self {
        let mut steps = self.0.to_vec();
        steps.push(ModuleStep { name, key });
        Self(steps.into())
    }

    /// The steps from the root, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[ModuleStep] {
        &self.0
    }

    /// Whether this is the root module.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The calling module instance; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.into()))
    }

    /// Whether `self` is `outer` or lies in it.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        self.0.starts_with(&outer.0)
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "module.{}{}", step.name, step.key)?;
        }
        Ok(())
    }
}

/// Whether a resource is managed, read or ephemeral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A `resource` block.
    Managed,
    /// A `data` block.
    Data,
    /// An `ephemeral` block.
    Ephemeral,
}

/// The address of one resource instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The module instance it stands in.
    pub module: ModulePath,
    /// Managed, data or ephemeral.
    pub mode: Mode,
    /// For example `aws_s3_bucket`.
    pub resource_type: Name,
    /// The name of the block.
    pub name: Name,
    /// The instance key.
    pub key: Key,
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> Ordering {
        self.module
            .cmp(&other.module)
            .then_with(|| self.mode.cmp(&other.mode))
            .then_with(|| in_order(&self.resource_type, &other.resource_type))
            .then_with(|| in_order(&self.name, &other.name))
            .then_with(|| self.key.cmp(&other.key))
    }
}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Address {
    /// The same resource with another key.
    #[must_use]
    pub fn with_key(&self, key: Key) -> Self {
        Self { key, ..self.clone() }
    }

    /// Another object of the same instance.
    #[must_use]
    pub fn with_object(&self, object: Object) -> Self {
        self.with_key(Key::Former(Arc::new(Former { key: self.key.clone(), object })))
    }

    /// The object, when it is not the current one of its instance, and that instance.
    #[must_use]
    pub fn former(&self) -> Option<(&Object, Self)> {
        match &self.key {
            Key::Former(former) => Some((&former.object, self.with_key(former.key.clone()))),
            Key::None | Key::Number(_) | Key::Text(_) | Key::Unknown => None,
        }
    }

    /// Whether both are instances of the same resource in the same module instance.
    #[must_use]
    pub fn same_resource(&self, other: &Self) -> bool {
        self.mode == other.mode
            && self.resource_type == other.resource_type
            && self.name == other.name
            && self.module == other.module
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        match self.mode {
            Mode::Managed => {}
            Mode::Data => f.write_str("data.")?,
            Mode::Ephemeral => f.write_str("ephemeral.")?,
        }
        write!(f, "{}.{}{}", self.resource_type, self.name, self.key)
    }
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// `.name`
    Attribute(Name),
    /// `[0]`
    Index(u64),
    /// `["key"]`
    Key(Name),
    /// `[*]`: an element that is not known.
    Any,
}

/// A way into a value, such as `statement[0].principals`; empty for the value itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<PathStep>);

impl Path {
    /// The value itself.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// One attribute.
    #[must_use]
    pub fn attribute(name: &str) -> Self {
        Self(vec![PathStep::Attribute(name.into())])
    }

    /// The path with one more step.
    #[must_use]
    pub fn then(&self, step: PathStep) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// Whether this is the value itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the path's only step, when it is one attribute.
    #[must_use]
    pub fn as_attribute(&self) -> Option<&str> {
        match self.0.as_slice() {
            [PathStep::Attribute(name)] => Some(name),
            _ => None,
        }
    }
}

impl From<&str> for Path {
    /// Reads dot-separated attribute names; numbers become indexes.
    fn from(text: &str) -> Self {
        Self(
            text.split('.')
                .filter(|part| !part.is_empty())
                .map(|part| match part.parse::<u64>() {
                    Ok(index) => PathStep::Index(index),
                    Err(_) => PathStep::Attribute(part.into()),
                })
                .collect(),
        )
    }
}

impl FromIterator<PathStep> for Path {
    fn from_iter<T: IntoIterator<Item = PathStep>>(steps: T) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Attribute(name) if index == 0 => f.write_str(name)?,
                PathStep::Attribute(name) => write!(f, ".{name}")?,
                PathStep::Index(position) => write!(f, "[{position}]")?,
                PathStep::Key(key) => write!(f, "{}", Key::Text(key.clone()))?,
                PathStep::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// Something that a configuration gives a name to, as it is referred to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The module instance that the name belongs to.
    pub module: ModulePath,
    /// What is named.
    pub subject: Subject,
}

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// `var.NAME`
    Variable(Name),
    /// `local.NAME`
    Local(Name),
    /// `output.NAME` of the module
    Output(Name),
    /// An attribute of a resource instance.
    Resource(Address, Path),
    /// `module.NAME` as a whole.
    Module(Name),
    /// `each.key`, `count.index`, `path.module`, `terraform.workspace`, …
    Other(Name),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Subject::Resource(address, path) = &self.subject {
            write!(f, "{address}")?;
            return if path.is_empty() { Ok(()) } else { write!(f, ".{path}") };
        }
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        match &self.subject {
            Subject::Variable(name) => write!(f, "var.{name}"),
            Subject::Local(name) => write!(f, "local.{name}"),
            Subject::Output(name) => write!(f, "output.{name}"),
            Subject::Module(name) => write!(f, "module.{name}"),
            Subject::Other(name) => f.write_str(name),
            Subject::Resource(..) => Ok(()),
        }
    }
}

/// The number of characters to insert, delete or replace to make one text the other.
#[must_use]
pub fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(line + 1);
        for ((above_left, above), to) in row.iter().zip(row.iter().skip(1)).zip(&right) {
            let beside = next.last().copied().unwrap_or(line + 1);
            let replaced = above_left + usize::from(from != *to);
            next.push(replaced.min(above + 1).min(beside + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_printed_behind_the_address_of_their_instance() {
        let address = Address {
            module: ModulePath::root().child("m".into(), Key::Text("x".into())),
            mode: Mode::Managed,
            resource_type: "aws_db_instance".into(),
            name: "a".into(),
            key: Key::Number(0),
        };
        let instance = "module.m[\"x\"].aws_db_instance.a[0]";
        for (object, printed) in [
            (Object::Deposed("6422870e".into()), "(deposed object 6422870e)"),
            (Object::Deposed("a\n\"b".into()), "(deposed object a\\n\\\"b)"),
            (Object::Forgotten, "(forgotten object)"),
        ] {
            let former = address.with_object(object.clone());
            assert_eq!(former.to_string(), format!("{instance} {printed}"));
            assert_eq!(former.former(), Some((&object, address.clone())));
            assert!(former.same_resource(&address) && former > address);
        }
        assert_eq!(address.former(), None);
    }
}
