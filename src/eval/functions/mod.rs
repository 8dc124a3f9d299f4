//! Terraform's built-in functions: the table, and what every call has in common.
//!
//! Enters: a name and evaluated arguments. Leaves: a value, or why there is none. `try`, `can`,
//! `templatestring` and `type` take expressions and live in the evaluator.

#![allow(clippy::result_large_err, reason = "a cause is large, and made once for each call that fails")]

mod charset;
mod collection;
mod encode;
mod file;
mod format;
mod network;
mod number;
mod pattern;
mod provider;
mod replace;
mod same;
mod sets;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod types;
mod yaml;

use crate::truth::Truth;
use crate::value::convert::convert;
use crate::value::equal::equal;
use crate::value::{Cause, Data, Fields, MappingKind, More, Number, Text, Type, Unknown, Value};

/// What functions may ask of the evaluator that calls them.
pub trait Host {
    /// Reads a file; relative paths are relative to the root module's folder. Bounded and fenced.
    ///
    /// # Errors
    /// See [`HostError`].
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError>;

    /// Whether a regular file is there.
    ///
    /// # Errors
    /// A folder is an error, outside of the fence is unknown.
    fn file_exists(&self, path: &str) -> Result<bool, HostError>;

    /// The regular files at any depth below a folder, relative to it, `/` separated, sorted. A folder that
    /// is not there has none.
    ///
    /// # Errors
    /// Outside of the fence, or too many.
    fn list_files(&self, directory: &str) -> Result<Vec<String>, HostError>;

    /// Renders a template file with these names in scope.
    ///
    /// # Errors
    /// The message of the first error in the template.
    fn render_file(&self, path: &str, variables: &Fields) -> Result<Value, HostError>;

    /// The absolute working directory, for `abspath`.
    fn working_directory(&self) -> String;

    /// Counts bytes of text or elements that a function is about to make.
    ///
    /// # Errors
    /// The budget is spent.
    fn spend(&self, amount: usize) -> Result<(), HostError>;
}

/// Why the evaluator did not answer.
#[derive(Clone, Debug)]
pub enum HostError {
    /// An error as Terraform reports it.
    Failed(String),
    /// There is no such file; the error as Terraform reports it.
    Missing(String),
    /// Not known, and why: outside of the fence, a spent budget.
    Unknown(Cause),
}

/// Why a call gave no value.
#[derive(Clone, Debug)]
pub enum CallError {
    /// No such function.
    NoSuchFunction,
    /// An argument is wrong: its position from 0, and why.
    Argument(usize, String),
    /// There are too few arguments, or too many.
    Count(String),
    /// The call is wrong as a whole.
    Failed(String),
    /// It is not computed: a budget is spent, or it is a function of a provider that is not known here.
    Unknown(Cause),
}

impl From<HostError> for CallError {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Failed(message) | HostError::Missing(message) => Self::Failed(message),
            HostError::Unknown(cause) => Self::Unknown(cause),
        }
    }
}

/// The most elements that a function makes at once.
const MOST_ELEMENTS: usize = 1 << 20;

/// The heaviest argument: see [`Value::weight`].
const HEAVIEST: u32 = 1 << 20;

/// The deepest argument; evaluation itself does not nest that far in anything sensible.
const DEEPEST: usize = 256;

/// The longest text that a function makes: language.md 19.
const LONGEST_TEXT: usize = 16 << 20;

/// The most possible values of an unknown argument that are computed one by one.
const MOST_POSSIBLE: usize = 8;

/// Calls a built-in function: its plain name, `core::name` or `provider::NAME::name`. An argument written
/// with `...` has been replaced by its elements already; when those are not known, see [`unknown_result`].
///
/// Unknown arguments give an unknown result or, where that is sound, one that is known in part. When an
/// unknown argument has few possible values, the result has as many, or is known if they agree.
///
/// # Errors
/// See [`CallError`]. No message quotes a sensitive argument.
pub fn call(name: &str, arguments: &[Value], host: &dyn Host) -> Result<Value, CallError> {
    let Some(function) = find(name) else {
        if name.starts_with("provider::") {
            return Err(CallError::Unknown(Cause::Function(name.into())));
        }
        return Err(CallError::NoSuchFunction);
    };
    function.check_count(arguments.len())?;
    let mut surveys = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let survey = Survey::of(argument).ok_or_else(|| budget("size of a function's argument"))?;
        host.spend(survey.nodes)?;
        surveys.push(survey);
    }
    let answer = match possible_values(function, arguments, &surveys, host)? {
        Some(value) => Ok(value),
        None => invoke(function, arguments, &surveys, host),
    };
    let answer = if surveys.iter().any(|survey| survey.unknown) {
        answer.map(|value| named(function, arguments, value))
    } else {
        answer
    };
    if surveys.iter().any(|survey| survey.sensitive) { answer.map_err(without_values) } else { answer }
}

/// A result that is not known and is no known attribute, with the name of its call.
fn named(function: &Function, arguments: &[Value], value: Value) -> Value {
    match value.as_unknown() {
        Some(unknown) if unknown.identity.is_none() && unknown.named.is_none() => {
            let Some(name) = same::name(function.name, arguments) else { return value };
            let named = Value::unknown(Unknown { named: Some(name), ..unknown.as_ref().clone() });
            named.with_origin(value.origin.clone()).marked(value.sensitive)
        }
        Some(_) | None => value,
    }
}

/// Whether a function of that name can be called here: not `try`, `can`, `templatestring` and `type`.
pub fn exists(name: &str) -> bool {
    find(name).is_some()
}

/// What a call of that function gives when its arguments are not known as a whole, such as an unknown list
/// that was expanded with `...`.
pub fn unknown_result(name: &str, cause: &Cause) -> Value {
    find(name)
        .map_or_else(|| Value::unknown(Unknown::because(cause.clone())), |f| f.returns.unknown(cause.clone()))
}

/// One built-in function.
struct Function {
    name: &'static str,
    parameters: &'static [Parameter],
    /// Further arguments: their parameter, and how many may be there.
    rest: Option<(Parameter, usize)>,
    returns: Returns,
    body: fn(&Call<'_>) -> Result<Value, CallError>,
}

/// As many arguments as one likes.
const ANY_NUMBER: usize = usize::MAX;

/// One parameter of a function.
#[derive(Clone, Copy)]
struct Parameter {
    name: &'static str,
    want: Want,
    /// Whether it may be null.
    null: bool,
    /// Which unknowns the function looks at itself.
    unknowns: Unknowns,
    /// Whether the function puts sensitive marks where they belong itself.
    marks: bool,
}

/// What a parameter converts its argument to.
#[derive(Clone, Copy)]
enum Want {
    Any,
    String,
    Number,
    Bools,
    Strings,
    List,
    Set,
    StringLists,
}

/// Which unknowns a function looks at itself; with all others its result is unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknowns {
    /// None: the argument is known through and through.
    None,
    /// Those inside of a known collection or string.
    Inside,
    /// All.
    All,
}

/// What is known of a result whatever the arguments.
#[derive(Clone, Copy)]
enum Returns {
    String,
    Number,
    Bool,
    Strings,
    StringSet,
    /// Something that is not null.
    Something,
    /// Anything.
    Anything,
}

impl Parameter {
    const fn new(name: &'static str, want: Want) -> Self {
        Self { name, want, null: false, unknowns: Unknowns::None, marks: false }
    }

    const fn any(name: &'static str) -> Self {
        Self::new(name, Want::Any)
    }

    const fn string(name: &'static str) -> Self {
        Self::new(name, Want::String)
    }

    const fn number(name: &'static str) -> Self {
        Self::new(name, Want::Number)
    }

    const fn or_null(mut self) -> Self {
        self.null = true;
        self
    }

    const fn partly_unknown(mut self) -> Self {
        self.unknowns = Unknowns::Inside;
        self
    }

    const fn or_unknown(mut self) -> Self {
        self.unknowns = Unknowns::All;
        self
    }

    const fn with_marks(mut self) -> Self {
        self.marks = true;
        self
    }
}

impl Want {
    fn to_type(self) -> Type {
        match self {
            Self::Any => Type::Dynamic,
            Self::String => Type::String,
            Self::Number => Type::Number,
            Self::Bools => Type::list(Type::Bool),
            Self::Strings => Type::list(Type::String),
            Self::List => Type::list(Type::Dynamic),
            Self::Set => Type::set(Type::Dynamic),
            Self::StringLists => Type::map(Type::list(Type::String)),
        }
    }
}

impl Returns {
    fn unknown(self, cause: Cause) -> Value {
        let unknown = Unknown::because(cause);
        Value::unknown(match self {
            Self::String => unknown.of(Type::String).not_null(),
            Self::Number => unknown.of(Type::Number).not_null(),
            Self::Bool => unknown.of(Type::Bool).not_null(),
            Self::Strings => unknown.of(Type::list(Type::String)).not_null(),
            Self::StringSet => unknown.of(Type::set(Type::String)).not_null(),
            Self::Something => unknown.not_null(),
            Self::Anything => unknown,
        })
    }
}

impl Function {
    const fn new(
        name: &'static str,
        parameters: &'static [Parameter],
        returns: Returns,
        body: fn(&Call<'_>) -> Result<Value, CallError>,
    ) -> Self {
        Self { name, parameters, rest: None, returns, body }
    }

    const fn with_rest(mut self, parameter: Parameter, at_most: usize) -> Self {
        self.rest = Some((parameter, at_most));
        self
    }

    fn parameter(&self, position: usize) -> Option<Parameter> {
        self.parameters.get(position).copied().or_else(|| self.rest.map(|(parameter, _)| parameter))
    }

    fn check_count(&self, given: usize) -> Result<(), CallError> {
        let least = self.parameters.len();
        let most = self.rest.map_or(least, |(_, at_most)| least.saturating_add(at_most));
        if let Some(missing) = self.parameters.get(given) {
            let expects = if self.rest.is_some() { "at least " } else { "" };
            return Err(CallError::Count(format!(
                "Not enough function arguments: function \"{}\" expects {expects}{least} argument(s), missing value for \"{}\"",
                self.name, missing.name
            )));
        }
        if given > most {
            return Err(CallError::Count(format!(
                "Too many function arguments: function \"{}\" expects only {most} argument(s)",
                self.name
            )));
        }
        Ok(())
    }
}

fn find(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    [
        text::FUNCTIONS,
        collection::FUNCTIONS,
        sets::FUNCTIONS,
        number::FUNCTIONS,
        encode::FUNCTIONS,
        time::FUNCTIONS,
        file::FUNCTIONS,
        network::FUNCTIONS,
        types::FUNCTIONS,
        provider::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
    .find(|function| function.name == name)
}

/// What is inside of an argument.
struct Survey {
    /// Values and bytes of text.
    nodes: usize,
    unknown: bool,
    sensitive: bool,
}

impl Survey {
    /// `None` when there is too much or too deep.
    fn of(value: &Value) -> Option<Self> {
        if value.weight() > HEAVIEST {
            return None;
        }
        let mut survey = Self { nodes: 0, unknown: false, sensitive: false };
        survey.visit(value, 0).then_some(survey)
    }

    fn visit(&mut self, value: &Value, depth: usize) -> bool {
        self.nodes = self.nodes.saturating_add(1);
        if depth > DEEPEST {
            return false;
        }
        self.sensitive |= value.sensitive;
        match &value.data {
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => true,
            Data::String(text) => {
                self.unknown |= text.as_known().is_none();
                self.nodes = self.nodes.saturating_add(text.literal().len());
                true
            }
            Data::Sequence(_, elements, more) => {
                self.unknown |= more.is_some();
                elements.iter().all(|element| self.visit(element, depth + 1))
            }
            Data::Mapping(kind, entries) => {
                self.unknown |= matches!(kind, MappingKind::Block(_));
                entries.values().all(|element| self.visit(element, depth + 1))
            }
            Data::Unknown(unknown) => {
                self.unknown = true;
                unknown.one_of.iter().all(|element| self.visit(element, depth + 1))
            }
        }
    }
}

/// The result over every possible value of the only unknown argument, when there are few of them. A value
/// with which the call fails is left out: then there is no result either.
fn possible_values(
    function: &Function,
    arguments: &[Value],
    surveys: &[Survey],
    host: &dyn Host,
) -> Result<Option<Value>, CallError> {
    let mut unknowns =
        arguments.iter().enumerate().filter_map(|(index, value)| Some((index, value, value.as_unknown()?)));
    let (Some((position, argument, unknown)), None) = (unknowns.next(), unknowns.next()) else {
        return Ok(None);
    };
    let few = !unknown.one_of.is_empty() && unknown.one_of.len() <= MOST_POSSIBLE;
    if !few || unknown.one_of.iter().any(|value| value.as_unknown().is_some()) {
        return Ok(None);
    }
    let mut results: Vec<Value> = Vec::new();
    let mut failure = None;
    for possible in &unknown.one_of {
        let mut given = arguments.to_vec();
        if let Some(slot) = given.get_mut(position) {
            *slot = possible.clone().marked(argument.sensitive);
        }
        let survey = Survey::of(possible).ok_or_else(|| budget("size of a function's argument"))?;
        host.spend(survey.nodes)?;
        let mut all: Vec<Survey> = surveys
            .iter()
            .map(|known| Survey { nodes: 0, unknown: known.unknown, sensitive: known.sensitive })
            .collect();
        if let Some(slot) = all.get_mut(position) {
            *slot = Survey { sensitive: survey.sensitive || argument.sensitive, ..survey };
        }
        match invoke(function, &given, &all, host) {
            Ok(value) if value.as_unknown().is_some() => return Ok(None),
            Ok(value) => {
                if !results.iter().any(|other| equal(other, &value) == Truth::True) {
                    results.push(value);
                }
            }
            Err(CallError::Unknown(cause)) => return Err(CallError::Unknown(cause)),
            Err(
                error @ (CallError::NoSuchFunction
                | CallError::Count(_)
                | CallError::Argument(..)
                | CallError::Failed(_)),
            ) => {
                failure = Some(error);
            }
        }
    }
    let sensitive = results.iter().any(|value| value.sensitive);
    match (results.len(), failure) {
        (0, Some(error)) => Err(error),
        (0, None) => Ok(None),
        (1, _) => Ok(results.pop()),
        _ => {
            let of_type = same_type(&results);
            Ok(Some(
                Value::unknown(Unknown {
                    not_null: results.iter().all(|value| !value.is_null()),
                    one_of: results,
                    ..Unknown::because(unknown.cause.clone()).of(of_type)
                })
                .marked(sensitive),
            ))
        }
    }
}

/// The type that all have, or `Dynamic`.
fn same_type(values: &[Value]) -> Type {
    let mut types = values.iter().map(Value::type_of);
    let first = types.next().unwrap_or(Type::Dynamic);
    if types.all(|other| other == first) { first } else { Type::Dynamic }
}

fn invoke(
    function: &Function,
    arguments: &[Value],
    surveys: &[Survey],
    host: &dyn Host,
) -> Result<Value, CallError> {
    let mut converted = Vec::with_capacity(arguments.len());
    let mut unknown = false;
    let mut sensitive = false;
    for (position, (argument, survey)) in arguments.iter().zip(surveys).enumerate() {
        let Some(parameter) = function.parameter(position) else { return Err(CallError::NoSuchFunction) };
        if argument.is_null() && !parameter.null {
            return Err(CallError::Argument(position, "argument must not be null".to_owned()));
        }
        let value = match parameter.want {
            Want::Any => argument.clone(),
            Want::String
            | Want::Number
            | Want::Bools
            | Want::Strings
            | Want::List
            | Want::Set
            | Want::StringLists => convert(argument, &parameter.want.to_type())
                .map_err(|error| CallError::Argument(position, error.to_string()))?,
        };
        unknown |= match parameter.unknowns {
            Unknowns::None => survey.unknown,
            Unknowns::Inside => value.as_unknown().is_some(),
            Unknowns::All => false,
        };
        sensitive |= survey.sensitive && !parameter.marks;
        converted.push(value);
    }
    let call = Call { function, arguments: &converted, host };
    if unknown {
        return Ok(function.returns.unknown(call.cause()).marked(sensitive));
    }
    match (function.body)(&call) {
        Ok(value) if sensitive => Ok(value.unmarked().marked(true)),
        Ok(value) => Ok(value),
        Err(CallError::Unknown(cause)) if !holds_budget(&cause) => {
            Ok(function.returns.unknown(cause).marked(sensitive))
        }
        Err(error) => Err(error),
    }
}

/// A spent budget is told; what is not computed for another reason is unknown and no more.
fn holds_budget(cause: &Cause) -> bool {
    cause.each().into_iter().any(|cause| matches!(cause, Cause::Budget(_)))
}

fn budget(what: &str) -> CallError {
    CallError::Unknown(Cause::Budget(what.into()))
}

fn without_values(error: CallError) -> CallError {
    const REASON: &str =
        "the value is not accepted; the reason is not shown, since it may tell a sensitive value";
    match error {
        CallError::Argument(position, _) => CallError::Argument(position, REASON.to_owned()),
        CallError::Failed(_) => CallError::Failed(REASON.to_owned()),
        other @ (CallError::NoSuchFunction | CallError::Count(_) | CallError::Unknown(_)) => other,
    }
}

/// One call, its arguments converted and checked.
struct Call<'a> {
    function: &'a Function,
    arguments: &'a [Value],
    host: &'a dyn Host,
}

impl Call<'_> {
    fn get(&self, position: usize) -> Result<&Value, CallError> {
        self.arguments.get(position).ok_or(CallError::NoSuchFunction)
    }

    fn text(&self, position: usize) -> Result<&Text, CallError> {
        match &self.get(position)?.data {
            Data::String(text) => Ok(text),
            Data::Null(_)
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_) => Err(CallError::Argument(position, "string required".to_owned())),
        }
    }

    fn string(&self, position: usize) -> Result<&str, CallError> {
        let text = self.text(position)?;
        text.as_known().ok_or_else(|| CallError::Unknown(self.cause()))
    }

    fn number(&self, position: usize) -> Result<&Number, CallError> {
        match &self.get(position)?.data {
            Data::Number(number) => Ok(number),
            Data::Null(_)
            | Data::Bool(_)
            | Data::String(_)
            | Data::Sequence(..)
            | Data::Mapping(..)
            | Data::Unknown(_) => Err(CallError::Argument(position, "number required".to_owned())),
        }
    }

    fn integer(&self, position: usize) -> Result<i64, CallError> {
        let number = self.number(position)?;
        if !number.is_whole() {
            return Err(CallError::Argument(position, "a whole number is required".to_owned()));
        }
        number
            .to_i64()
            .ok_or_else(|| CallError::Argument(position, format!("the number is out of range: {}", i64::MAX)))
    }

    /// The elements of a list, set or tuple.
    fn elements(&self, position: usize) -> Result<(&[Value], &More), CallError> {
        self.get(position)?
            .as_sequence()
            .ok_or_else(|| CallError::Argument(position, "must be a list, set or tuple".to_owned()))
    }

    /// Why the arguments are not known.
    fn cause(&self) -> Cause {
        causes(self.arguments, self.function.name)
    }

    /// The unknown that this function gives.
    fn unknown(&self) -> Value {
        self.function.returns.unknown(self.cause())
    }

    /// An unknown of a type, not null, because of the arguments.
    fn unknown_of(&self, of_type: Type) -> Value {
        Value::unknown(Unknown::because(self.cause()).of(of_type).not_null())
    }

    fn not_computed(&self) -> CallError {
        CallError::Unknown(Cause::Function(self.function.name.into()))
    }

    /// Asks before a text of that many bytes is made.
    fn make_text(&self, bytes: usize) -> Result<(), CallError> {
        if bytes > LONGEST_TEXT {
            return Err(budget("length of a text"));
        }
        Ok(self.host.spend(bytes)?)
    }

    /// Asks before that many elements are made.
    fn make_elements(&self, count: usize) -> Result<(), CallError> {
        if count > MOST_ELEMENTS {
            return Err(budget("number of elements"));
        }
        Ok(self.host.spend(count)?)
    }
}

/// Why any of the values is not known.
fn causes(values: &[Value], function: &str) -> Cause {
    let mut found: Vec<Cause> =
        values.iter().flat_map(Value::unknowns).map(|unknown| unknown.cause.clone()).collect();
    if found.is_empty() {
        found.push(Cause::Function(function.into()));
    }
    Cause::any(found)
}

/// A string that depends on an unknown and is not that one; `compute` gives it for each possible value.
fn derived(unknown: &Unknown, compute: impl Fn(&str) -> Option<String>) -> Unknown {
    let mut one_of = Vec::with_capacity(unknown.one_of.len());
    for possible in &unknown.one_of {
        let Some(text) = possible.as_str().and_then(&compute) else {
            one_of.clear();
            break;
        };
        one_of.push(Value::string(text).marked(possible.sensitive));
    }
    Unknown { one_of, ..Unknown::because(unknown.cause.clone()).of(Type::String).not_null() }
}

/// A list of strings.
fn strings(values: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    Value::list(Type::String, values.into_iter().map(Value::string).collect())
}

fn failed(message: impl Into<String>) -> CallError {
    CallError::Failed(message.into())
}

fn argument(position: usize, message: impl Into<String>) -> CallError {
    CallError::Argument(position, message.into())
}
