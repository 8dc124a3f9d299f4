//! Expressions to values: one root module, evaluated lazily, each name once when first asked for.
//!
//! Enters: a tree of modules and the values given to its variables. Leaves: a `Model`. Errors stay with the
//! value they belong to: it becomes unknown, a diagnostic says why, and the rest goes on. Must never import
//! plans or, except through `model::computed`, clouds.

pub mod body;
pub mod budget;
pub mod build;
mod builtin;
pub mod expand;
pub mod expression;
pub mod functions;
pub mod host;
pub mod provider;
pub mod template;
pub mod traverse;
pub mod variable;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::address::{Address, Key, ModulePath, Name, Path, Reference, Subject};
use crate::config::{Child, Node, ResourceKey, Root};
use crate::input::variables::VariableValues;
use crate::model::{Gap, Provider};
use crate::source::{Diagnostic, Fence, Severity, Sources, Span};
use crate::truth::Truth;
use crate::value::{Cause, Data, Fields, Type, Unknown, Value};

use budget::{Budget, Limit};
use expand::{Expansion, Iteration, Shape};

/// Evaluates one root module.
pub struct Evaluator<'c> {
    sources: &'c Sources,
    fence: &'c Fence,
    root: &'c Root,
    given: &'c VariableValues,
    workspace: Option<Name>,
    budget: Budget,
    diagnostics: RefCell<BTreeSet<Diagnostic>>,
    sensitive: RefCell<BTreeSet<Span>>,
    gaps: RefCell<Vec<Gap>>,
}

/// One instance of a module.
pub struct ModuleInstance {
    path: ModulePath,
    node: Arc<Node>,
    caller: Option<Caller>,
    exists: Truth,
    exists_unknown: Option<Arc<Unknown>>,
    call_span: Option<Span>,
    variables: Cells<Name, Value>,
    locals: Cells<Name, Value>,
    outputs: Cells<Name, Value>,
    expansions: Cells<ResourceKey, Rc<Expansion>>,
    resources: Cells<(ResourceKey, Key), Value>,
    calls: Cells<Name, Rc<Calls>>,
    providers: Cells<Name, Arc<Provider>>,
}

/// Who called a module.
struct Caller {
    instance: Rc<ModuleInstance>,
    name: Name,
    iteration: Iteration,
}

/// The instances of one module call.
pub struct Calls {
    shape: Shape,
    instances: Vec<(Key, Rc<ModuleInstance>)>,
    unknown: Option<Arc<Unknown>>,
}

type Cells<K, V> = RefCell<BTreeMap<K, Cell<V>>>;

/// A name that is not asked for yet has no cell.
#[derive(Clone)]
enum Cell<V> {
    InProgress,
    Done(V),
}

/// What an expression sees besides the names of its module.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    module: &'s Rc<ModuleInstance>,
    iteration: Option<&'s Iteration>,
    names: Option<&'s Names<'s>>,
    /// The variables of a template file.
    variables: Option<&'s Fields>,
    /// Whether the names of the module do not count: defaults, tfvars, template files.
    closed: bool,
}

/// The temporary names of for expressions, template loops and dynamic blocks, innermost first.
struct Names<'s> {
    name: &'s str,
    value: Value,
    outer: Option<&'s Names<'s>>,
}

impl<'s> Scope<'s> {
    const fn of(module: &'s Rc<ModuleInstance>, iteration: Option<&'s Iteration>) -> Self {
        Self { module, iteration, names: None, variables: None, closed: false }
    }

    const fn closed(module: &'s Rc<ModuleInstance>) -> Self {
        Self { module, iteration: None, names: None, variables: None, closed: true }
    }

    const fn of_template(module: &'s Rc<ModuleInstance>, variables: &'s Fields) -> Self {
        Self { variables: Some(variables), ..Self::closed(module) }
    }

    const fn with<'t>(self, names: &'t Names<'t>) -> Scope<'t>
    where
        's: 't,
    {
        Scope { names: Some(names), ..self }
    }

    fn lookup(&self, name: &str) -> Option<&'s Value> {
        let mut names = self.names;
        while let Some(entry) = names {
            if entry.name == name {
                return Some(&entry.value);
            }
            names = entry.outer;
        }
        self.variables.and_then(|variables| variables.get(name))
    }
}

/// Why an expression has no value.
#[derive(Clone, Debug)]
pub struct Failure {
    /// One sentence, in Terraform's words where it has some.
    pub message: String,
    /// The place.
    pub span: Option<Span>,
    /// Whether `try` and `can` catch it.
    pub caught: bool,
    /// What the value becomes.
    pub cause: Box<Cause>,
}

/// A value, or why there is none.
pub type Evaluated = Result<Value, Failure>;

impl Failure {
    /// An error of the configuration.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        let message = message.into();
        let cause = Box::new(Cause::Invalid(message.as_str().into()));
        Self { message, span: Some(span), caught: true, cause }
    }

    /// A spent budget.
    fn limit(limit: Limit, span: Span) -> Self {
        let message = format!("evaluation stopped here: {}", limit.name());
        Self { message, span: Some(span), caught: false, cause: Box::new(Cause::Budget(limit.name().into())) }
    }
}

impl<'c> Evaluator<'c> {
    /// Prepares the evaluation of a root module.
    #[must_use]
    pub fn new(
        sources: &'c Sources,
        fence: &'c Fence,
        root: &'c Root,
        given: &'c VariableValues,
        workspace: Option<Name>,
    ) -> Self {
        Self {
            sources,
            fence,
            root,
            given,
            workspace,
            budget: Budget::default(),
            diagnostics: RefCell::default(),
            sensitive: RefCell::default(),
            gaps: RefCell::default(),
        }
    }

    fn root_instance(&self) -> Rc<ModuleInstance> {
        Rc::new(ModuleInstance::new(
            ModulePath::root(),
            self.root.node.clone(),
            None,
            Truth::True,
            None,
            None,
        ))
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().insert(diagnostic);
    }

    /// Reports a failure and makes the value unknown.
    fn recover(&self, failure: Failure) -> Value {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            message: failure.message,
            span: failure.span,
            labels: Vec::new(),
            notes: Vec::new(),
        };
        self.report(diagnostic);
        Value::unknown(Unknown::because(*failure.cause))
    }

    /// Keeps the places where a sensitive value was written, so that no excerpt quotes them.
    fn hide(&self, value: &Value) {
        let mut hidden = self.sensitive.borrow_mut();
        hidden.extend(value.origin.written());
        hidden.extend(value.origin.hops().into_iter().filter_map(|hop| hop.from.written()));
        match &value.data {
            Data::Sequence(_, elements, _) => {
                hidden.extend(elements.iter().filter_map(|element| element.origin.written()));
            }
            Data::Mapping(_, entries) => {
                hidden.extend(entries.values().filter_map(|entry| entry.origin.written()));
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) | Data::String(_) | Data::Unknown(_) => {}
        }
    }

    /// `terraform.workspace`, wherever it stands.
    fn workspace(&self) -> Value {
        let Some(name) = &self.workspace else {
            let subject = Subject::Other("terraform.workspace".into());
            let reference = Reference { module: ModulePath::root(), subject };
            let mut unknown = Unknown::because(Cause::Variable(reference.clone())).of(Type::String);
            unknown.named = Some((reference, Path::empty()));
            unknown.not_null = true;
            return Value::unknown(unknown);
        };
        Value::string(name)
    }

    fn local(&self, module: &Rc<ModuleInstance>, name: &Name) -> Value {
        let reference = || Reference { module: module.path.clone(), subject: Subject::Local(name.clone()) };
        let Some(local) = module.node.module.locals.get(name) else {
            return undeclared(reference());
        };
        self.once(&module.locals, name, reference, local.span, || {
            self.evaluate(&local.expression, &Scope::of(module, None))
                .unwrap_or_else(|failure| self.recover(failure))
        })
    }

    fn output(&self, module: &Rc<ModuleInstance>, name: &Name) -> Option<Value> {
        let output = module.node.module.outputs.get(name)?;
        let reference = || Reference { module: module.path.clone(), subject: Subject::Output(name.clone()) };
        Some(self.once(&module.outputs, name, reference, output.span, || {
            let Some(expression) = &output.value else {
                return Value::unknown(Unknown::because(missing("value")));
            };
            let value = self.evaluate(expression, &Scope::of(module, None));
            let value = value.unwrap_or_else(|failure| self.recover(failure));
            let value = value.marked(output.sensitive);
            if output.sensitive {
                self.hide(&value);
            }
            value
        }))
    }

    /// The value of a name: what it evaluates to the first time; an unknown when it depends on itself.
    fn once<K: Ord + Clone>(
        &self,
        cells: &Cells<K, Value>,
        key: &K,
        reference: impl Fn() -> Reference,
        span: Span,
        evaluate: impl FnOnce() -> Value,
    ) -> Value {
        match cells.borrow().get(key) {
            Some(Cell::Done(value)) => return value.clone(),
            Some(Cell::InProgress) => {
                let reference = reference();
                self.report(Diagnostic::error(format!("Cycle: {reference} depends on itself"), Some(span)));
                return Value::unknown(Unknown::because(Cause::Cycle(reference)));
            }
            None => {}
        }
        cells.borrow_mut().insert(key.clone(), Cell::InProgress);
        let share = self.budget.share();
        let value = evaluate();
        drop(share);
        cells.borrow_mut().insert(key.clone(), Cell::Done(value.clone()));
        value
    }

    /// The instances of a module call.
    fn calls(&self, module: &Rc<ModuleInstance>, name: &Name) -> Option<Rc<Calls>> {
        let call = module.node.module.calls.get(name)?;
        match module.calls.borrow().get(name) {
            Some(Cell::Done(calls)) => return Some(calls.clone()),
            Some(Cell::InProgress) => {
                let message = format!("Cycle: module.{name} depends on itself");
                self.report(Diagnostic::error(message, Some(call.header)));
                return None;
            }
            None => {}
        }
        let Some(Child::Found(node)) = module.node.children.get(name) else { return None };
        module.calls.borrow_mut().insert(name.clone(), Cell::InProgress);
        let meta = expand::Meta {
            count: call.count.as_ref(),
            for_each: call.for_each.as_ref(),
            enabled: call.enabled.as_ref(),
            header: call.header,
        };
        let expansion = self.expand(&meta, module);
        let installed = is_installed(node) && !is_installed(&module.node);
        let call_span = module.call_span.or(installed.then_some(call.header));
        let instances = expansion
            .instances
            .iter()
            .map(|instance| {
                let exists = module.exists.and(instance.exists);
                let unknown = module.exists_unknown.clone().or_else(|| instance.unknown.clone());
                let caller = Caller {
                    instance: module.clone(),
                    name: name.clone(),
                    iteration: instance.iteration.clone(),
                };
                let path = module.path.child(name.clone(), instance.key.clone());
                let child = ModuleInstance::new(path, node.clone(), Some(caller), exists, unknown, call_span);
                (instance.key.clone(), Rc::new(child))
            })
            .collect();
        let calls = Rc::new(Calls { shape: expansion.shape, instances, unknown: expansion.unknown.clone() });
        module.calls.borrow_mut().insert(name.clone(), Cell::Done(calls.clone()));
        Some(calls)
    }

    /// The instances of a resource block; `None` when it depends on itself or is not declared.
    fn expansion(&self, module: &Rc<ModuleInstance>, key: &ResourceKey) -> Option<Rc<Expansion>> {
        let resource = module.node.module.resources.get(key)?;
        match module.expansions.borrow().get(key) {
            Some(Cell::Done(expansion)) => return Some(expansion.clone()),
            Some(Cell::InProgress) => {
                let message = format!("Cycle: {}.{} depends on itself", key.1, key.2);
                self.report(Diagnostic::error(message, Some(resource.header)));
                return None;
            }
            None => {}
        }
        module.expansions.borrow_mut().insert(key.clone(), Cell::InProgress);
        let meta = expand::Meta {
            count: resource.count.as_ref(),
            for_each: resource.for_each.as_ref(),
            enabled: resource.enabled.as_ref(),
            header: resource.header,
        };
        let expansion = Rc::new(self.expand(&meta, module));
        module.expansions.borrow_mut().insert(key.clone(), Cell::Done(expansion.clone()));
        Some(expansion)
    }

    /// The attributes of one resource instance.
    fn resource(&self, module: &Rc<ModuleInstance>, key: &ResourceKey, instance: &expand::Expanded) -> Value {
        let Some(resource) = module.node.module.resources.get(key) else {
            return Value::unknown(Unknown::because(missing("resource")));
        };
        let address = address_of(&module.path, key, instance.key.clone());
        let reference = || Reference {
            module: module.path.clone(),
            subject: Subject::Resource(address.clone(), Path::empty()),
        };
        let cell = (key.clone(), instance.key.clone());
        self.once(&module.resources, &cell, reference, resource.header, || {
            self.resource_body(module, resource, &address, &instance.iteration)
        })
    }
}

impl ModuleInstance {
    fn new(
        path: ModulePath,
        node: Arc<Node>,
        caller: Option<Caller>,
        exists: Truth,
        exists_unknown: Option<Arc<Unknown>>,
        call_span: Option<Span>,
    ) -> Self {
        Self {
            path,
            node,
            caller,
            exists,
            exists_unknown,
            call_span,
            variables: RefCell::default(),
            locals: RefCell::default(),
            outputs: RefCell::default(),
            expansions: RefCell::default(),
            resources: RefCell::default(),
            calls: RefCell::default(),
            providers: RefCell::default(),
        }
    }
}

fn is_installed(node: &Node) -> bool {
    node.module.directory.components().any(|part| part.as_os_str() == ".terraform")
}

fn address_of(module: &ModulePath, key: &ResourceKey, instance: Key) -> Address {
    Address {
        module: module.clone(),
        mode: key.0,
        resource_type: key.1.clone(),
        name: key.2.clone(),
        key: instance,
    }
}

fn missing(what: &str) -> Cause {
    Cause::Invalid(what.into())
}

/// The unknown that stands for a name that is not declared. The loader reports it; two references that are
/// written alike mean the same thing.
fn undeclared(reference: Reference) -> Value {
    let cause = Cause::Undeclared(reference.to_string().into());
    let mut unknown = Unknown::because(cause);
    match reference.subject {
        Subject::Resource(address, path) => unknown.identity = Some((address, path)),
        Subject::Variable(_)
        | Subject::Local(_)
        | Subject::Output(_)
        | Subject::Module(_)
        | Subject::Other(_) => {
            unknown.named = Some((reference, Path::empty()));
        }
    }
    Value::unknown(unknown)
}
