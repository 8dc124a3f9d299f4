//! What Terraform itself, and the small providers that compute without a cloud, make of their arguments.
//!
//! Enters: the attributes that a block sets. Leaves: those that follow from them. Source: language.md 15, and
//! the documentation of `terraform_data`, `template_file` and `local_file`. What
//! needs neither a template nor a file is computed in `model::computed`, for plans too.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::functions::{self, Host as _};
use super::host::EvaluatorHost;
use super::{Evaluator, ModuleInstance, Scope};
use crate::address::{Address, Mode, Name, Path};
use crate::model::computed;
use crate::source::Span;
use crate::syntax::native;
use crate::value::{Fields, Type, Unknown, Value, convert};

/// The attributes of `local_file` and the functions that read the same of a file.
static OF_A_FILE: &[(&str, &str)] = &[
    ("content", "file"),
    ("content_base64", "filebase64"),
    ("content_md5", "filemd5"),
    ("content_sha1", "filesha1"),
    ("content_sha256", "filesha256"),
    ("content_base64sha256", "filebase64sha256"),
    ("content_sha512", "filesha512"),
    ("content_base64sha512", "filebase64sha512"),
];

impl Evaluator<'_> {
    /// Adds what follows from the arguments of a block.
    pub(super) fn complete(
        &self,
        module: &Rc<ModuleInstance>,
        address: &Address,
        header: Span,
        entries: &mut BTreeMap<Name, Value>,
    ) {
        match (address.mode, &*address.resource_type) {
            (Mode::Data, "template_file") => self.template_file(module, header, entries),
            (Mode::Data, "local_file" | "local_sensitive_file") => {
                self.local_file(module, &address.resource_type, entries);
            }
            (Mode::Managed | Mode::Data | Mode::Ephemeral, _) => {}
        }
    }

    fn template_file(&self, module: &Rc<ModuleInstance>, header: Span, entries: &mut BTreeMap<Name, Value>) {
        let none = Fields::default();
        let Some(template) = entries.get("template") else { return };
        let variables = match entries.get("vars") {
            None => Some(&none),
            Some(given) if given.is_null() => Some(&none),
            Some(given) => given.as_mapping(),
        };
        let (Some(text), Some(variables)) = (template.as_str(), variables) else { return };
        // Its `vars` is a map of strings.
        let variables: Option<Fields> = variables
            .iter()
            .map(|(name, value)| Some((name.clone(), convert::convert(value, &Type::String).ok()?)))
            .collect();
        let Some(variables) = variables else { return };
        let sensitive = template.sensitive;
        let place = template.origin.written().unwrap_or(header);
        let parsed = native::parse_computed_template(text, place);
        let rendered = self.render(parsed, &variables, header, &Scope::closed(module));
        let rendered = match rendered.map(|value| convert::convert(&value, &Type::String)) {
            Ok(Ok(value)) => value.marked(sensitive),
            Ok(Err(_)) => return,
            Err(failure) => self.recover(super::Failure {
                message: format!("failed to render: {}", failure.message),
                span: Some(header),
                ..failure
            }),
        };
        entries.insert("rendered".into(), rendered);
    }

    /// A file that is not there yet may be made by then, so that no error is reported here.
    fn local_file(&self, module: &Rc<ModuleInstance>, kind: &Name, entries: &mut BTreeMap<Name, Value>) {
        let Some(path) = entries.get("filename").cloned() else { return };
        let host = EvaluatorHost { evaluator: self, module };
        if path.as_str().is_none_or(|path| !host.file_exists(path).unwrap_or(false)) {
            return;
        }
        for (attribute, function) in OF_A_FILE {
            if let Ok(value) = functions::call(function, std::slice::from_ref(&path), &host) {
                let secret = &**kind == "local_sensitive_file" && attribute.starts_with("content");
                entries.insert((*attribute).into(), value.marked(secret));
            }
        }
    }
}

/// `terraform_data` with all of its attributes: Terraform itself decides what it has, so that it is a plain
/// object. `output` becomes `input` when it is applied.
pub(super) fn terraform_data(address: &Address, mut entries: BTreeMap<Name, Value>) -> Value {
    let of_attribute = |name: &str| Unknown::attribute(address.clone(), Path::attribute(name));
    for name in ["input", "triggers_replace"] {
        entries.entry(name.into()).or_insert_with(Value::null);
    }
    let is_sensitive = entries.get("input").is_some_and(|input| input.sensitive);
    if let Some(output) = computed::attribute(address, "output", &entries.clone().into()) {
        entries.insert("output".into(), output.marked(is_sensitive));
    }
    entries.insert("id".into(), Value::unknown(of_attribute("id").of(Type::String).not_null()));
    Value::object(entries)
}
