//! Functions that read files, and those over paths.
//!
//! Enters: paths as texts. Leaves: contents, hashes, names. Every file is read through the host, which knows
//! the fence. Source: language.md 16.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Call, CallError, Function, HostError, Parameter, Returns, argument, encode, failed};
use crate::address::{Mode, Subject};
use crate::value::{Cause, Origin, Type, Value};

const PATH: Parameter = Parameter::string("path");

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new("abspath", &[PATH], Returns::String, abspath),
    Function::new("basename", &[PATH], Returns::String, |call| Ok(Value::string(basename(call.string(0)?)))),
    Function::new("dirname", &[PATH], Returns::String, |call| Ok(Value::string(dirname(call.string(0)?)))),
    Function::new("file", &[PATH], Returns::String, file),
    Function::new("filebase64", &[PATH], Returns::String, |call| Ok(encode::encoded(&read(call)?))),
    Function::new("filebase64sha256", &[PATH], Returns::String, |call| {
        Ok(encode::encoded(&Sha256::digest(read(call)?)))
    }),
    Function::new("filebase64sha512", &[PATH], Returns::String, |call| {
        Ok(encode::encoded(&Sha512::digest(read(call)?)))
    }),
    Function::new("fileexists", &[PATH], Returns::Bool, fileexists),
    Function::new("filemd5", &[PATH], Returns::String, |call| {
        Ok(encode::hex(&md5::Md5::digest(read(call)?)))
    }),
    Function::new("fileset", &[PATH, Parameter::string("pattern")], Returns::StringSet, fileset),
    Function::new("filesha1", &[PATH], Returns::String, |call| Ok(encode::hex(&Sha1::digest(read(call)?)))),
    Function::new("filesha256", &[PATH], Returns::String, |call| {
        Ok(encode::hex(&Sha256::digest(read(call)?)))
    }),
    Function::new("filesha512", &[PATH], Returns::String, |call| {
        Ok(encode::hex(&Sha512::digest(read(call)?)))
    }),
    Function::new("pathexpand", &[PATH], Returns::String, |call| Ok(Value::string(expanded(call)?))),
    Function::new(
        "templatefile",
        &[PATH, Parameter::any("vars").partly_unknown()],
        Returns::Anything,
        templatefile,
    ),
];

/// A path that does not lead to somebody's home.
fn expanded<'c>(call: &'c Call<'_>) -> Result<&'c str, CallError> {
    let path = call.string(0)?;
    if path.starts_with('~') { Err(call.not_computed()) } else { Ok(path) }
}

fn read(call: &Call<'_>) -> Result<Vec<u8>, CallError> {
    let bytes = call.host.read_file(expanded(call)?).map_err(|error| missing(call, error))?;
    call.host.spend(bytes.len())?;
    Ok(bytes)
}

/// The error, unless a resource or a data source names the file: it writes the file before anybody reads it.
fn missing(call: &Call<'_>, error: HostError) -> CallError {
    let writer = call.arguments.first().and_then(|path| writer(&path.origin, FARTHEST_WRITER));
    match (error, writer) {
        (HostError::Missing(_), Some(cause)) => CallError::Unknown(cause),
        (error, _) => error.into(),
    }
}

/// How many makers of a path are followed, one made from the other.
const FARTHEST_WRITER: usize = 8;

/// The attribute of a resource or data source that a path came from.
fn writer(path: &Origin, farthest: usize) -> Option<Cause> {
    let from_a_resource = path.hops().into_iter().find_map(|hop| match &hop.name.subject {
        Subject::Resource(of, path) => Some(match of.mode {
            Mode::Data => Cause::Data { of: of.clone(), path: path.clone() },
            Mode::Managed | Mode::Ephemeral => Cause::Attribute { of: of.clone(), path: path.clone() },
        }),
        Subject::Variable(_)
        | Subject::Local(_)
        | Subject::Output(_)
        | Subject::Module(_)
        | Subject::Other(_) => None,
    });
    let deeper = farthest.checked_sub(1);
    from_a_resource.or_else(|| path.makers().into_iter().find_map(|maker| writer(maker, deeper?)))
}

fn fileexists(call: &Call<'_>) -> Result<Value, CallError> {
    let there = call.host.file_exists(expanded(call)?)?;
    let writer = call.arguments.first().and_then(|path| writer(&path.origin, FARTHEST_WRITER));
    match writer {
        Some(cause) if !there => Err(CallError::Unknown(cause)),
        Some(_) | None => Ok(Value::bool(there)),
    }
}

fn file(call: &Call<'_>) -> Result<Value, CallError> {
    let text = String::from_utf8(read(call)?).map_err(|_| {
        argument(
            0,
            format!("contents of {:?} are not valid UTF-8; use filebase64", call.string(0).unwrap_or("")),
        )
    })?;
    Ok(Value::string(text))
}

/// A path without `.`, `..` and doubled slashes, as far as its text tells.
fn cleaned(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            other => parts.push(other),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn abspath(call: &Call<'_>) -> Result<Value, CallError> {
    let path = call.string(0)?;
    let full = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", call.host.working_directory())
    };
    Ok(Value::string(cleaned(&full)))
}

fn basename(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return "/".to_owned();
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed).to_owned()
}

fn dirname(path: &str) -> String {
    match path.rsplit_once('/') {
        None => ".".to_owned(),
        Some((directory, _)) => cleaned(&format!("{directory}/")),
    }
}

fn templatefile(call: &Call<'_>) -> Result<Value, CallError> {
    let path = expanded(call)?;
    let given = call.get(1)?;
    let entries = given.as_mapping().ok_or_else(|| argument(1, "invalid vars value: must be a map"))?;
    for name in entries.keys() {
        if !is_variable_name(name) {
            return Err(argument(
                1,
                format!(
                    "invalid template variable name {name:?}: must start with a letter, followed by zero or more letters, digits, and underscores"
                ),
            ));
        }
    }
    let rendered = call.host.render_file(path, entries).map_err(|error| missing(call, error))?;
    if rendered.is_null() {
        return Err(failed("the template result must not be null"));
    }
    Ok(rendered)
}

fn is_variable_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| unicode_ident::is_xid_start(first) || first == '_')
        && characters.all(|next| unicode_ident::is_xid_continue(next) || next == '-')
}

/// The most ways to spell out the braces of a pattern.
const MOST_ALTERNATIVES: usize = 64;

/// The longest pattern.
const LONGEST_PATTERN: usize = 1024;

fn fileset(call: &Call<'_>) -> Result<Value, CallError> {
    let directory = expanded(call)?;
    let pattern = call.string(1)?;
    if directory.contains(['*', '?', '[', '{', '\\']) || pattern.len() > LONGEST_PATTERN {
        return Err(call.not_computed());
    }
    let pattern = cleaned(pattern.trim_start_matches('/'));
    if pattern.split('/').any(|part| part == "..") {
        return Err(call.not_computed());
    }
    let alternatives = alternatives(&pattern).ok_or_else(|| call.not_computed())?;
    let mut patterns = Vec::new();
    for alternative in &alternatives {
        let parts: Option<Vec<Part>> = alternative.split('/').map(Part::parse).collect();
        patterns.push(parts.ok_or_else(|| failed("failed to glob pattern: syntax error in pattern"))?);
    }
    let files = call.host.list_files(directory)?;
    call.make_elements(files.len().saturating_mul(patterns.len()))?;
    let found: Vec<Value> = files
        .iter()
        .filter(|file| {
            let parts: Vec<Vec<char>> = file.split('/').map(|part| part.chars().collect()).collect();
            patterns.iter().any(|pattern| path_matches(pattern, &parts))
        })
        .map(Value::string)
        .collect();
    let list = Value::list(Type::String, found);
    crate::value::convert::convert(&list, &Type::set(Type::String)).map_err(|error| failed(error.to_string()))
}

/// Spells out `{a,b}`; braces may nest.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(next) = open.pop() {
        let Some(Braces { before, choices, after }) = braces(&next).ok()? else {
            done.push(next);
            continue;
        };
        for choice in choices {
            open.push(format!("{before}{choice}{after}"));
        }
        if open.len() + done.len() > MOST_ALTERNATIVES {
            return None;
        }
    }
    Some(done)
}

/// The first braces of a pattern: what stands before, its choices, what stands after; `None` without braces.
///
/// # Errors
/// Braces that are not closed.
fn braces(pattern: &str) -> Result<Option<Braces<'_>>, Unclosed> {
    let mut escaped = false;
    let mut depth = 0_usize;
    let (mut opened, mut cut) = (0, 0);
    let mut choices = Vec::new();
    for (at, character) in pattern.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match character {
            '\\' => escaped = true,
            '{' => {
                if depth == 0 {
                    (opened, cut) = (at, at + 1);
                }
                depth += 1;
            }
            ',' if depth == 1 => {
                choices.push(pattern.get(cut..at).unwrap_or(""));
                cut = at + 1;
            }
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    choices.push(pattern.get(cut..at).unwrap_or(""));
                    let before = pattern.get(..opened).unwrap_or("");
                    let after = pattern.get(at + 1..).unwrap_or("");
                    return Ok(Some(Braces { before, choices, after }));
                }
            }
            _ => {}
        }
    }
    if depth > 0 { Err(Unclosed) } else { Ok(None) }
}

struct Braces<'p> {
    before: &'p str,
    choices: Vec<&'p str>,
    after: &'p str,
}

struct Unclosed;

/// One component of a pattern.
enum Part {
    /// `**`
    AnyDepth,
    Name(Vec<Atom>),
}

enum Atom {
    /// `*`
    Any,
    /// `?`
    One,
    Literal(char),
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        if text == "**" {
            return Some(Self::AnyDepth);
        }
        let mut atoms = Vec::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            atoms.push(match character {
                '*' => Atom::Any,
                '?' => Atom::One,
                '\\' => Atom::Literal(characters.next()?),
                '[' => {
                    let negated = characters.next_if(|next| matches!(next, '^' | '!')).is_some();
                    let mut ranges = Vec::new();
                    loop {
                        let low = match characters.next()? {
                            ']' if !ranges.is_empty() => break,
                            ']' => return None,
                            '\\' => characters.next()?,
                            other => other,
                        };
                        let mut high = low;
                        if characters.next_if_eq(&'-').is_some() {
                            high = match characters.next()? {
                                ']' => return None,
                                '\\' => characters.next()?,
                                other => other,
                            };
                        }
                        ranges.push((low, high));
                    }
                    Atom::Class { negated, ranges }
                }
                other => Atom::Literal(other),
            });
        }
        Some(Self::Name(atoms))
    }

    fn matches(&self, name: &[char]) -> bool {
        let Self::Name(atoms) = self else { return true };
        // Which prefixes of the name the atoms so far can make.
        let mut reached = vec![false; name.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for atom in atoms {
            let mut next = vec![false; name.len() + 1];
            let mut any = false;
            for (at, from) in reached.iter().enumerate() {
                any |= *from;
                let steps = name.get(at).is_some_and(|character| *from && atom.accepts(*character));
                if steps && let Some(slot) = next.get_mut(at + 1) {
                    *slot = true;
                }
                if matches!(atom, Atom::Any)
                    && any
                    && let Some(slot) = next.get_mut(at)
                {
                    *slot = true;
                }
            }
            reached = next;
        }
        reached.last() == Some(&true)
    }
}

impl Atom {
    fn accepts(&self, character: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Literal(literal) => *literal == character,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&&character)) != *negated
            }
        }
    }
}

/// Whether the components of a path match those of a pattern; `**` stands for any number of them.
fn path_matches(pattern: &[Part], path: &[Vec<char>]) -> bool {
    let mut reached = vec![false; path.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        let mut any = false;
        for (at, from) in reached.iter().enumerate() {
            any |= *from;
            match part {
                Part::AnyDepth => {
                    if any && let Some(slot) = next.get_mut(at) {
                        *slot = true;
                    }
                }
                Part::Name(_) => {
                    let steps = *from && path.get(at).is_some_and(|name| part.matches(name));
                    if steps && let Some(slot) = next.get_mut(at + 1) {
                        *slot = true;
                    }
                }
            }
        }
        reached = next;
    }
    reached.last() == Some(&true)
}
