//! `.attr`, `[index]`, splat, and the names that a traversal starts with.
//!
//! Enters: a traversal. Leaves: the value it leads to, with one hop for the name it passed through. A
//! reference to one output of a module evaluates that output alone, as in Terraform's own graph.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::expand::{Expansion, Shape};
use super::expression::{causes, element_of, iterate, resource_of};
use super::{Calls, Evaluated, Evaluator, Failure, ModuleInstance, Scope, address_of, undeclared};
use crate::address::{Key, Mode, Name, Path, PathStep, Reference, Subject};
use crate::config::{Child, ResourceKey};
use crate::model::computed;
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, SplatStep};
use crate::value::{Cause, Data, MappingKind, Origin, SequenceKind, Type, Unknown, Value, convert};

/// One step of a traversal.
enum Step<'e> {
    Attribute(&'e Name, Span),
    Index(&'e Expr, Span),
}

/// Where the first steps of a traversal lead.
struct Base {
    value: Value,
    /// How many steps that took.
    taken: usize,
    /// The name that the value passes through; `None` for iteration symbols.
    hop: Option<Reference>,
}

/// Alternatives of an unknown index that are kept.
const MOST_ELEMENTS: usize = 16;

impl Evaluator<'_> {
    pub(super) fn traversal(&self, expr: &Expr, scope: &Scope<'_>) -> Evaluated {
        let mut steps = Vec::new();
        let mut root = expr;
        loop {
            match &*root.kind {
                ExprKind::Attribute(source, name) => {
                    steps.push(Step::Attribute(name, root.span));
                    root = source;
                }
                ExprKind::Index(source, index) => {
                    steps.push(Step::Index(index, root.span));
                    root = source;
                }
                _ => break,
            }
        }
        steps.reverse();
        let ExprKind::Variable(name) = &*root.kind else {
            let value = self.evaluate(root, scope)?;
            return self.walk(value, &steps, scope).map(|(value, _)| value);
        };
        if let Some(value) = scope.lookup(name) {
            return self.walk(value.clone(), &steps, scope).map(|(value, _)| value);
        }
        let base = self.base(name, &steps, expr.span, scope)?;
        let rest = steps.get(base.taken..).unwrap_or_default();
        let (value, path) = self.walk(base.value, rest, scope)?;
        let Some(mut hop) = base.hop else { return Ok(value) };
        if let (Subject::Resource(_, whole), Some(path)) = (&mut hop.subject, path) {
            *whole = path;
        }
        let origin = value.origin.via(hop, Some(expr.span));
        Ok(value.with_origin(origin))
    }

    /// Applies the steps to a value; also tells the path, when every index is known.
    fn walk(
        &self,
        mut value: Value,
        steps: &[Step<'_>],
        scope: &Scope<'_>,
    ) -> Result<(Value, Option<Path>), Failure> {
        let mut path = Some(Path::empty());
        for step in steps {
            match step {
                Step::Attribute(name, span) => {
                    value = attribute(&value, name, *span)?;
                    path = path.map(|path| path.then(PathStep::Attribute((*name).clone())));
                }
                Step::Index(index, span) => {
                    let key = self.evaluate(index, scope)?;
                    value = index_value(&value, &key, *span)?;
                    let step = match &key.data {
                        Data::Number(number) => number.to_u64().map(PathStep::Index),
                        Data::String(text) => text.as_known().map(|key| PathStep::Key(key.into())),
                        Data::Null(_)
                        | Data::Bool(_)
                        | Data::Sequence(..)
                        | Data::Mapping(..)
                        | Data::Unknown(_) => None,
                    };
                    path = path.zip(step).map(|(path, step)| path.then(step));
                }
            }
        }
        Ok((value, path))
    }

    fn base(&self, root: &Name, steps: &[Step<'_>], span: Span, scope: &Scope<'_>) -> Result<Base, Failure> {
        let module = scope.module;
        let name_at = |position: usize| match steps.get(position) {
            Some(Step::Attribute(name, _)) => Some(*name),
            Some(Step::Index(..)) | None => None,
        };
        if scope.closed {
            let message = format!("Invalid reference: there is no variable named \"{root}\" here");
            return Err(Failure { caught: false, ..Failure::new(message, span) });
        }
        let symbol = |value: Option<Value>, name: &str| {
            let value = value.unwrap_or_else(|| {
                let subject = Subject::Other(name.into());
                undeclared(Reference { module: module.path.clone(), subject })
            });
            Ok(Base { value, taken: 1, hop: None })
        };
        match (&**root, name_at(0)) {
            ("var", Some(name)) => {
                let value = self.variable(module, name);
                let subject = Subject::Variable(name.clone());
                Ok(Base { value, taken: 1, hop: Some(Reference { module: module.path.clone(), subject }) })
            }
            ("local", Some(name)) => {
                let value = self.local(module, name);
                let subject = Subject::Local(name.clone());
                Ok(Base { value, taken: 1, hop: Some(Reference { module: module.path.clone(), subject }) })
            }
            ("each", Some(name)) => {
                let iteration = scope.iteration;
                let value = match &**name {
                    "key" => iteration.and_then(|iteration| iteration.key.clone()),
                    "value" => iteration.and_then(|iteration| iteration.value.clone()),
                    _ => None,
                };
                symbol(value, &format!("each.{name}"))
            }
            ("count", Some(name)) => symbol(
                scope.iteration.and_then(|iteration| iteration.index.clone()),
                &format!("count.{name}"),
            ),
            ("path", Some(name)) => {
                let value = match &**name {
                    "module" => Some(Value::string(&module.node.path)),
                    "root" => Some(Value::string(".")),
                    "cwd" => Some(Value::string(self.sources.working_directory().to_string_lossy())),
                    _ => None,
                };
                symbol(value, &format!("path.{name}"))
            }
            ("terraform" | "tofu", Some(name)) => {
                let value = match &**name {
                    "workspace" => Some(self.workspace()),
                    "applying" => Some(Value::unknown(
                        Unknown::because(Cause::Function("terraform.applying".into()))
                            .of(Type::Bool)
                            .not_null(),
                    )),
                    _ => None,
                };
                symbol(value, &format!("terraform.{name}"))
            }
            ("module", Some(name)) => self.module_base(name, steps, module, scope),
            ("data", Some(resource_type)) => {
                self.resource_base(Mode::Data, resource_type, name_at(1), steps, 2, module, scope)
            }
            ("ephemeral", Some(resource_type)) => {
                self.resource_base(Mode::Ephemeral, resource_type, name_at(1), steps, 2, module, scope)
            }
            ("resource", Some(resource_type)) => {
                self.resource_base(Mode::Managed, resource_type, name_at(1), steps, 2, module, scope)
            }
            (_, Some(name)) => self.resource_base(Mode::Managed, root, Some(name), steps, 1, module, scope),
            (_, None) => symbol(None, root).map(|base| Base { taken: 0, ..base }),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one reference")]
    fn resource_base(
        &self,
        mode: Mode,
        resource_type: &Name,
        name: Option<&Name>,
        steps: &[Step<'_>],
        taken: usize,
        module: &Rc<ModuleInstance>,
        scope: &Scope<'_>,
    ) -> Result<Base, Failure> {
        let Some(name) = name else {
            let subject = Subject::Other(resource_type.clone());
            let value = undeclared(Reference { module: module.path.clone(), subject });
            return Ok(Base { value, taken: taken - 1, hop: None });
        };
        let key: ResourceKey = (mode, resource_type.clone(), name.clone());
        let hop = |key: Key, address_key: &ResourceKey| Reference {
            module: module.path.clone(),
            subject: Subject::Resource(address_of(&module.path, address_key, key), Path::empty()),
        };
        if !module.node.module.resources.contains_key(&key) {
            let value = undeclared(hop(Key::None, &key));
            return Ok(Base { value, taken, hop: None });
        }
        let Some(expansion) = self.expansion(module, &key) else {
            let reference = hop(Key::Unknown, &key);
            return Ok(Base {
                value: Value::unknown(Unknown::because(Cause::Cycle(reference))),
                taken,
                hop: None,
            });
        };
        let misplaced = match (expansion.shape, steps.get(taken)) {
            (Shape::Single, Some(Step::Index(_, at))) => Some((
                "Unexpected resource instance key: the block has neither \"count\" nor \"for_each\", so \
                 that a reference to it must not have an index",
                at,
            )),
            (Shape::Count | Shape::ForEach, Some(Step::Attribute(_, at))) => Some((
                "Missing resource instance key: the block has \"count\" or \"for_each\", so that its \
                 attributes must be accessed on one of its instances",
                at,
            )),
            (Shape::Single | Shape::Count | Shape::ForEach, Some(_) | None) => None,
        };
        if let Some((message, at)) = misplaced {
            return Err(Failure { caught: false, ..Failure::new(message, *at) });
        }
        if let Some(unknown) = &expansion.unknown {
            let address = address_of(&module.path, &key, Key::Unknown);
            let mut all = Unknown::because(unknown.cause.clone());
            all.identity = Some((address, Path::empty()));
            return Ok(Base { value: Value::unknown(all), taken, hop: None });
        }
        // One instance alone, when the reference says which: its siblings are not evaluated for it.
        if expansion.shape != Shape::Single
            && let Some(Step::Index(index, _)) = steps.get(taken)
        {
            let index = self.evaluate(index, scope)?;
            if let Some(position) = position(&expansion, &index)
                && let Some(instance) = expansion.instances.get(position)
            {
                let value = self.resource(module, &key, instance);
                return Ok(Base { value, taken: taken + 1, hop: Some(hop(instance.key.clone(), &key)) });
            }
        }
        let value = self.whole_resource(module, &key, &expansion);
        let hop = (expansion.shape == Shape::Single).then(|| hop(Key::None, &key));
        Ok(Base { value, taken, hop })
    }

    /// A resource with all its instances: an object, a tuple or an object of objects.
    fn whole_resource(&self, module: &Rc<ModuleInstance>, key: &ResourceKey, expansion: &Expansion) -> Value {
        let mut values =
            expansion.instances.iter().map(|instance| (instance, self.resource(module, key, instance)));
        match expansion.shape {
            Shape::Single => values.next().map_or_else(Value::null, |(_, value)| value),
            Shape::Count => Value::tuple(values.map(|(_, value)| value).collect()),
            Shape::ForEach => {
                let entries = values.filter_map(|(instance, value)| match &instance.key {
                    Key::Text(key) => Some((key.clone(), value)),
                    Key::None | Key::Number(_) | Key::Unknown | Key::Former(_) => None,
                });
                Value::object(entries.collect())
            }
        }
    }

    fn module_base(
        &self,
        name: &Name,
        steps: &[Step<'_>],
        module: &Rc<ModuleInstance>,
        scope: &Scope<'_>,
    ) -> Result<Base, Failure> {
        let reference = Reference { module: module.path.clone(), subject: Subject::Module(name.clone()) };
        match module.node.children.get(name) {
            Some(Child::Found(_)) => {}
            Some(Child::Missing) => {
                let mut unknown = Unknown::because(Cause::Module(reference.clone()));
                unknown.named = Some((reference, Path::empty()));
                return Ok(Base { value: Value::unknown(unknown), taken: 1, hop: None });
            }
            None => return Ok(Base { value: undeclared(reference), taken: 1, hop: None }),
        }
        let Some(calls) = self.calls(module, name) else {
            let value = Value::unknown(Unknown::because(Cause::Cycle(reference)));
            return Ok(Base { value, taken: 1, hop: None });
        };
        let mut taken = 1;
        let chosen = match (calls.shape, steps.get(1)) {
            (Shape::Single, _) => calls.instances.first().map(|(_, instance)| instance),
            (Shape::Count | Shape::ForEach, Some(Step::Index(index, _))) => {
                taken = 2;
                let index = self.evaluate(index, scope)?;
                let wanted = key_of(&index);
                let found = calls
                    .instances
                    .iter()
                    .find(|(key, _)| calls.unknown.is_some() || wanted.as_ref() == Some(key));
                found.map(|(_, instance)| instance)
            }
            (Shape::Count | Shape::ForEach, _) => None,
        };
        if let (Some(instance), Some(Step::Attribute(output, span))) = (chosen, steps.get(taken)) {
            let Some(value) = self.output(instance, output) else {
                let message =
                    format!("Unsupported attribute: module.{name} has no output named \"{output}\"");
                return Err(Failure::new(message, *span));
            };
            let subject = Subject::Output((*output).clone());
            let hop = Reference { module: instance.path.clone(), subject };
            return Ok(Base { value, taken: taken + 1, hop: Some(hop) });
        }
        Ok(Base { value: self.whole_module(&calls), taken: 1, hop: None })
    }

    /// All outputs of all instances of a module call.
    fn whole_module(&self, calls: &Calls) -> Value {
        let outputs = |instance: &Rc<ModuleInstance>| {
            let names: Vec<Name> = instance.node.module.outputs.keys().cloned().collect();
            let entries: BTreeMap<Name, Value> = names
                .into_iter()
                .filter_map(|name| self.output(instance, &name).map(|value| (name, value)))
                .collect();
            Value::object(entries)
        };
        if let Some(unknown) = &calls.unknown {
            let mut more = Unknown::because(unknown.cause.clone());
            more.one_of = calls.instances.iter().map(|(_, instance)| outputs(instance)).collect();
            return Value::new(Data::Sequence(SequenceKind::Tuple, Arc::from([]), Some(Arc::new(more))));
        }
        match calls.shape {
            Shape::Single => {
                calls.instances.first().map_or_else(Value::null, |(_, instance)| outputs(instance))
            }
            Shape::Count => {
                Value::tuple(calls.instances.iter().map(|(_, instance)| outputs(instance)).collect())
            }
            Shape::ForEach => Value::object(
                calls
                    .instances
                    .iter()
                    .filter_map(|(key, instance)| match key {
                        Key::Text(key) => Some((key.clone(), outputs(instance))),
                        Key::None | Key::Number(_) | Key::Unknown | Key::Former(_) => None,
                    })
                    .collect(),
            ),
        }
    }

    pub(super) fn splat(
        &self,
        source: &Expr,
        rest: &[SplatStep],
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let value = self.evaluate(source, scope)?;
        let origin = value.origin.clone();
        let result = self.splat_value(&value, rest, span, scope)?;
        Ok(result.with_origin(Origin::At(span).made_by([&origin])))
    }

    fn splat_value(&self, value: &Value, rest: &[SplatStep], span: Span, scope: &Scope<'_>) -> Evaluated {
        let elements = match &value.data {
            Data::Null(Type::List(_) | Type::Set(_)) => {
                return Err(Failure::new(
                    "Splat of null value: splat expressions cannot be applied to null sequences",
                    span,
                ));
            }
            Data::Null(_) => return Ok(Value::tuple(Vec::new())),
            Data::Sequence(..) => iterate(value),
            Data::Unknown(unknown) => {
                let shown = match resource_of(unknown) {
                    Some(instance) => Some(instance),
                    None if matches!(unknown.of_type, Type::List(_) | Type::Set(_) | Type::Dynamic) => {
                        Some(element_of(unknown))
                    }
                    None => None,
                };
                let Some(shown) = shown else {
                    let one = self.splat_rest(value.clone(), rest, span, scope)?;
                    return Ok(if unknown.not_null {
                        Value::tuple(vec![one])
                    } else {
                        Value::unknown(Unknown::because(unknown.cause.clone()).not_null())
                    });
                };
                let mut more = Unknown::because(unknown.cause.clone());
                more.one_of = self.splat_rest(shown, rest, span, scope).into_iter().collect();
                return Ok(Value::new(Data::Sequence(
                    SequenceKind::Tuple,
                    Arc::from([]),
                    Some(Arc::new(more)),
                )));
            }
            Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Mapping(..) => {
                return Ok(Value::tuple(vec![self.splat_rest(value.clone(), rest, span, scope)?]));
            }
        };
        let (elements, more) = elements.unwrap_or_default();
        let mut results = Vec::with_capacity(elements.len());
        for (_, element) in elements {
            results.push(self.splat_rest(element, rest, span, scope)?);
        }
        let more = match more {
            None => None,
            Some(more) => {
                let mut after = Unknown::because(more.cause.clone());
                for shown in &more.one_of {
                    after.one_of.push(self.splat_rest(shown.clone(), rest, span, scope)?);
                }
                Some(Arc::new(after))
            }
        };
        let listed = !matches!(value.data, Data::Sequence(SequenceKind::Tuple, ..));
        let kind = if listed {
            let types: Vec<Type> = results.iter().map(Value::type_of).collect();
            match types.first() {
                Some(first) if types.iter().all(|of_type| of_type == first) => {
                    SequenceKind::List(first.clone())
                }
                Some(_) => SequenceKind::Tuple,
                None => SequenceKind::List(Type::Dynamic),
            }
        } else {
            SequenceKind::Tuple
        };
        Ok(Value::new(Data::Sequence(kind, results.into(), more)).marked(value.sensitive))
    }

    fn splat_rest(&self, mut value: Value, rest: &[SplatStep], span: Span, scope: &Scope<'_>) -> Evaluated {
        self.budget.step(1).map_err(|limit| Failure::limit(limit, span))?;
        for (position, step) in rest.iter().enumerate() {
            value = match step {
                SplatStep::Attribute(name, span) => attribute(&value, name, *span)?,
                SplatStep::Index(index) => {
                    let key = self.evaluate(index, scope)?;
                    index_value(&value, &key, index.span)?
                }
                SplatStep::Splat(span) => {
                    let after = rest.get(position + 1..).unwrap_or_default();
                    return self.splat_value(&value, after, *span, scope);
                }
            };
        }
        Ok(value)
    }
}

/// The instance key that an index means.
fn key_of(index: &Value) -> Option<Key> {
    match &index.data {
        Data::Number(number) => number.to_u64().map(Key::Number),
        Data::String(text) => text.as_known().map(|key| Key::Text(key.into())),
        Data::Null(_) | Data::Bool(_) | Data::Sequence(..) | Data::Mapping(..) | Data::Unknown(_) => None,
    }
}

fn position(expansion: &Expansion, index: &Value) -> Option<usize> {
    let wanted = match (expansion.shape, key_of(index)?) {
        (Shape::Count, Key::Text(text)) => Key::Number(text.parse().ok()?),
        (Shape::ForEach, Key::Number(number)) => Key::Text(number.to_string().into()),
        (_, key) => key,
    };
    expansion.instances.iter().position(|instance| instance.key == wanted)
}

/// `value.name`
pub(super) fn attribute(value: &Value, name: &Name, span: Span) -> Evaluated {
    let found = match &value.data {
        Data::Mapping(MappingKind::Block(owner), entries) => match entries.get(name) {
            Some(entry) if !entry.is_null() => entry.clone(),
            Some(_) | None => {
                let (address, path) = &**owner;
                let computed = path.is_empty().then(|| computed::attribute(address, name, entries)).flatten();
                computed.unwrap_or_else(|| unknown_attribute(address, path, name))
            }
        },
        Data::Mapping(MappingKind::Object, entries) => {
            if let Some(entry) = entries.get(name) {
                entry.clone()
            } else {
                let message =
                    format!("Unsupported attribute: this object does not have an attribute named \"{name}\"");
                return Err(Failure::new(message, span));
            }
        }
        Data::Mapping(MappingKind::Map(_), entries) => {
            if let Some(entry) = entries.get(name) {
                entry.clone()
            } else {
                let message =
                    format!("Missing map element: this map does not have an element with the key \"{name}\"");
                return Err(Failure::new(message, span));
            }
        }
        Data::Unknown(unknown) => return attribute_of_unknown(value, unknown, name, span),
        Data::Sequence(_, elements, None) if is_block_list(elements) && elements.len() == 1 => {
            return match elements.first() {
                Some(only) => attribute(only, name, span),
                None => Ok(Value::null()),
            };
        }
        Data::Null(of) if of.is_primitive() => {
            let message = "Unsupported attribute: this value does not have any attributes";
            return Err(Failure::new(message, span));
        }
        Data::Null(_) => {
            let message = "Attempt to get attribute from null value: this value is null, so it does not have any attributes";
            return Err(Failure::new(message, span));
        }
        Data::Sequence(..) | Data::Bool(_) | Data::Number(_) | Data::String(_) => {
            let message = "Unsupported attribute: this value does not have any attributes";
            return Err(Failure::new(message, span));
        }
    };
    let origin = value.origin.through(&found.origin);
    Ok(found.with_origin(origin).marked(value.sensitive))
}

fn is_block_list(elements: &[Value]) -> bool {
    elements.iter().all(|element| matches!(&element.data, Data::Mapping(MappingKind::Block(_), _)))
}

/// An attribute that the configuration does not set: known after apply, or when the data source is read.
fn unknown_attribute(address: &crate::address::Address, path: &Path, name: &Name) -> Value {
    let path = path.then(PathStep::Attribute(name.clone()));
    let mut unknown = Unknown::attribute(address.clone(), path.clone());
    if address.mode == Mode::Data {
        unknown.cause = Cause::Data { of: address.clone(), path };
    }
    unknown.of_type = computed::type_of(address, name);
    unknown.not_null = computed::is_never_null(address, name);
    Value::unknown(unknown).marked(computed::is_sensitive(&address.resource_type, name))
}

fn attribute_of_unknown(value: &Value, unknown: &Arc<Unknown>, name: &Name, span: Span) -> Evaluated {
    let mut step = unknown.step(&PathStep::Attribute(name.clone()));
    match &unknown.of_type {
        Type::Object(fields) => {
            if let Some(field) = fields.get(name) {
                step.of_type = field.of.clone();
            } else {
                let message =
                    format!("Unsupported attribute: this object does not have an attribute named \"{name}\"");
                return Err(Failure::new(message, span));
            }
        }
        Type::Map(of) => step.of_type = (**of).clone(),
        Type::Dynamic => {}
        Type::String | Type::Number | Type::Bool | Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
            let message = "Unsupported attribute: this value does not have any attributes";
            return Err(Failure::new(message, span));
        }
    }
    alternatives(&mut step, unknown, |member| attribute(member, name, span))?;
    Ok(Value::unknown(step).with_origin(value.origin.clone()).marked(value.sensitive))
}

/// Keeps what each alternative leads to; one that fails is not among them any more.
fn alternatives(
    step: &mut Unknown,
    unknown: &Unknown,
    lead: impl Fn(&Value) -> Evaluated,
) -> Result<(), Failure> {
    let mut failure = None;
    for member in &unknown.one_of {
        match lead(member) {
            Ok(value) => step.one_of.push(value),
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(failure) if step.one_of.is_empty() => Err(failure),
        // Terraform would refuse that alternative: whatever comes of it is not among the values.
        Some(_) | None => Ok(()),
    }
}

/// `value[key]`
pub(super) fn index_value(value: &Value, key: &Value, span: Span) -> Evaluated {
    let sensitive = value.sensitive || key.sensitive;
    let by = [&key.origin];
    if let Data::Unknown(unknown) = &value.data {
        if resource_of(unknown).is_some() {
            return Ok(value.clone());
        }
        let mut step = match (&key.data, key.as_str()) {
            (_, Some(text)) => unknown.step(&PathStep::Key(text.into())),
            (Data::Number(number), _) => match number.to_u64() {
                Some(index) => unknown.step(&PathStep::Index(index)),
                None => Unknown::because(unknown.cause.clone()),
            },
            (
                Data::Null(_)
                | Data::Bool(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..)
                | Data::Unknown(_),
                None,
            ) => Unknown::because(causes([value, key])),
        };
        step.of_type = element_type(&unknown.of_type, key).map_err(|why| Failure::new(why, span))?;
        alternatives(&mut step, unknown, |member| index_value(member, key, span))?;
        return Ok(Value::unknown(step).with_origin(value.origin.clone().made_by(by)).marked(sensitive));
    }
    if key.is_null() {
        return Err(Failure::new("Invalid index: can't use a null value as an indexing key", span));
    }
    let is_unknown_key =
        key.as_unknown().is_some() || (key.as_str().is_none() && matches!(key.data, Data::String(_)));
    if is_unknown_key {
        return unknown_index(value, key)
            .map(|found| found.marked(sensitive))
            .ok_or_else(|| not_indexable(value, span));
    }
    let invalid = || {
        let message =
            "Invalid index: the given key does not identify an element in this collection value".to_owned();
        Failure::new(message, span)
    };
    let found = match &value.data {
        Data::Sequence(SequenceKind::List(_) | SequenceKind::Tuple, elements, more) => {
            let number = convert::convert(key, &Type::Number).map_err(|_| invalid())?;
            let position = match &number.data {
                Data::Number(number) => number.to_u64().and_then(|index| usize::try_from(index).ok()),
                Data::Null(_)
                | Data::Bool(_)
                | Data::String(_)
                | Data::Sequence(..)
                | Data::Mapping(..)
                | Data::Unknown(_) => None,
            };
            match (position.and_then(|position| elements.get(position)), more) {
                (Some(found), None) => found.clone(),
                // Elements that are not shown may stand before, between and after those that are.
                (_, Some(more)) if position.is_some() => {
                    let mut one = Unknown::because(more.cause.clone());
                    let shown = elements
                        .iter()
                        .all(|element| element.as_unknown().is_none_or(|unknown| unknown.is_attribute()));
                    if shown && (elements.is_empty() || !more.one_of.is_empty()) {
                        one.one_of = elements.iter().chain(&more.one_of).cloned().collect();
                    }
                    Value::unknown(one)
                }
                (_, _) => return Err(invalid()),
            }
        }
        Data::Mapping(kind, entries) => {
            let text = convert::convert(key, &Type::String).map_err(|_| invalid())?;
            let name: Name = text.as_str().unwrap_or("").into();
            match (entries.get(&name), kind) {
                (Some(found), MappingKind::Map(_) | MappingKind::Object) => found.clone(),
                (_, MappingKind::Block(_)) => return attribute(value, &name, span),
                (None, MappingKind::Map(_) | MappingKind::Object) => return Err(invalid()),
            }
        }
        Data::Sequence(SequenceKind::Set(_), ..)
        | Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Unknown(_) => return Err(not_indexable(value, span)),
    };
    let origin = value.origin.through(&found.origin).made_by(by);
    Ok(found.with_origin(origin).marked(sensitive))
}

/// The type of an element of something that is unknown; an error when there cannot be one.
fn element_type(of_type: &Type, key: &Value) -> Result<Type, &'static str> {
    const NONE: &str = "Invalid index: the given key does not identify an element in this collection value";
    if key.is_null() {
        return Err("Invalid index: can't use a null value as an indexing key");
    }
    let known = |wanted: &Type| match convert::convert(key, wanted) {
        Ok(key) if key.is_wholly_known() => Ok(Some(key)),
        Ok(_) => Ok(None),
        Err(_) => Err(NONE),
    };
    match of_type {
        Type::Dynamic => Ok(Type::Dynamic),
        Type::Map(of) => known(&Type::String).map(|_| (**of).clone()),
        Type::List(of) => known(&Type::Number).map(|_| (**of).clone()),
        Type::Object(fields) => match known(&Type::String)? {
            Some(key) => {
                fields.get(key.as_str().unwrap_or_default()).map(|field| field.of.clone()).ok_or(NONE)
            }
            None => Ok(Type::Dynamic),
        },
        Type::Tuple(elements) => match known(&Type::Number)?.map(|key| key.data) {
            Some(Data::Number(number)) => {
                let position = number.to_u64().and_then(|position| usize::try_from(position).ok());
                position.and_then(|position| elements.get(position)).cloned().ok_or(NONE)
            }
            Some(_) | None => Ok(Type::Dynamic),
        },
        Type::Set(_) => Err(
            "Invalid index: elements of a set are identified only by their value and don't have any separate index",
        ),
        Type::String | Type::Number | Type::Bool => {
            Err("Invalid index: this value does not have any indices")
        }
    }
}

fn not_indexable(value: &Value, span: Span) -> Failure {
    match &value.data {
        Data::Null(of) if !of.is_primitive() => {
            Failure::new("Attempt to index null value: this value is null", span)
        }
        Data::Sequence(SequenceKind::Set(_), ..) => Failure::new(
            "Invalid index: elements of a set are identified only by their value and don't have any separate index",
            span,
        ),
        Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Sequence(..)
        | Data::Mapping(..)
        | Data::Unknown(_) => Failure::new("Invalid index: this value does not have any indices", span),
    }
}

/// An element that is not known which: one of all, when these are few.
fn unknown_index(value: &Value, key: &Value) -> Option<Value> {
    let (elements, more) = match &value.data {
        Data::Sequence(SequenceKind::List(_) | SequenceKind::Tuple, ..)
        | Data::Mapping(MappingKind::Map(_) | MappingKind::Object, _) => iterate(value)?,
        Data::Sequence(SequenceKind::Set(_), ..)
        | Data::Mapping(MappingKind::Block(_), _)
        | Data::Null(_)
        | Data::Bool(_)
        | Data::Number(_)
        | Data::String(_)
        | Data::Unknown(_) => return None,
    };
    let mut one = Unknown::because(causes([key]));
    let decided = elements.iter().all(|(_, element)| {
        element.as_unknown().is_none_or(|unknown| !unknown.one_of.is_empty() || unknown.identity.is_some())
    });
    let further = more.as_ref().map_or(&[][..], |more| &more.one_of);
    if (more.is_none() || !further.is_empty()) && decided && elements.len() <= MOST_ELEMENTS {
        one.one_of =
            elements.into_iter().map(|(_, element)| element).chain(further.iter().cloned()).collect();
    }
    if let Some(of_type) = value.type_of().element() {
        one.of_type = of_type.clone();
    }
    Some(Value::unknown(one).with_origin(Origin::Nowhere.made_by([&key.origin])))
}
