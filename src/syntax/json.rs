//! Files in the JSON syntax.
//!
//! Enters: the text of a `.tf.json` or `.tfvars.json` file. Leaves: the same tree as from native syntax;
//! what stands in a block becomes attributes, since only a reader that knows the names can tell blocks
//! from arguments there (language.md 1). Strings are read as templates unless the name says that they
//! hold something else.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::address::Name;
use crate::source::{Diagnostic, FileId, SourceFile, Span};
use crate::syntax::lower::Places;
use crate::syntax::native::parse_decoded;
use crate::syntax::prepare::slice;
use crate::syntax::text::normalise;
use crate::syntax::{Attribute, Block, Body, Expr, ExprKind, File, Lost, ObjectItem};

/// Nothing but JSON.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// How many labels a block type has; those that are not listed have none.
/// Source: Terraform language documentation, "JSON Configuration Syntax", and the block types' own pages.
fn labels_of(kind: &str) -> usize {
    match kind {
        "resource" | "data" | "ephemeral" | "action" | "list" => 2,
        "module" | "variable" | "output" | "provider" | "check" => 1,
        _ => 0,
    }
}

/// How strings are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strings {
    /// As templates.
    Template,
    /// As they are.
    Literal,
}

/// How the strings of an argument are read: names of things and what Terraform reads before it
/// evaluates anything are no templates.
fn strings_of(kind: &str, argument: &str) -> Strings {
    let literal = match kind {
        "resource" | "data" | "ephemeral" => matches!(argument, "depends_on" | "provider"),
        "module" => matches!(argument, "source" | "version" | "depends_on" | "providers"),
        "variable" => argument != "validation",
        "output" => argument == "depends_on",
        "provider" => matches!(argument, "alias" | "version"),
        "moved" | "removed" => matches!(argument, "from" | "to"),
        "import" => matches!(argument, "to" | "provider"),
        "terraform" => true,
        // Inside of `lifecycle`.
        "lifecycle" => matches!(argument, "ignore_changes" | "replace_triggered_by"),
        _ => false,
    };
    if literal { Strings::Literal } else { Strings::Template }
}

/// Reads a `.tf.json` file.
#[must_use]
pub fn parse_file(file: FileId, source: &SourceFile) -> File {
    Reader::read(file, source, |reader, root| {
        for object in reader.objects(root, "the root of a configuration") {
            for property in &object.properties {
                let kind = property.name.as_str();
                if kind != "//" {
                    let path = vec![(normalise(kind), reader.span(property.name.range()))];
                    reader.blocks(&path, labels_of(kind), property);
                }
            }
        }
    })
}

/// Reads a `.tfvars.json` file, where every string is literal.
#[must_use]
pub fn parse_values(file: FileId, source: &SourceFile) -> File {
    Reader::read(file, source, |reader, root| {
        let Value::Object(object) = root else {
            reader.wrong_type(root, "the root of a variables file");
            return;
        };
        for property in &object.properties {
            match reader.attribute(property, Strings::Literal) {
                Ok(attribute) if &*attribute.name != "//" => reader.out.body.attributes.push(attribute),
                Ok(_) => {}
                Err(diagnostic) => reader.out.diagnostics.push(diagnostic),
            }
        }
    })
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    out: File,
}

impl<'t> Reader<'t> {
    /// Parses a file and hands the root on.
    fn read(file: FileId, source: &'t SourceFile, visit: impl FnOnce(&mut Self, &Value<'t>)) -> File {
        let text: &'t str = &source.text;
        let mut reader = Self { file, text, out: File::default() };
        if !source.valid_utf8 {
            let message = "Invalid character encoding";
            reader.out.diagnostics.push(
                Diagnostic::error(message, None)
                    .with_note("every configuration file has to be encoded in UTF-8"),
            );
        }
        match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
            Ok(result) => match result.value {
                Some(root) => visit(&mut reader, &root),
                None => reader.unreadable("a JSON value is missing", Range::new(0, text.len())),
            },
            Err(error) => {
                reader.unreadable(&format!("Invalid JSON: {}", lower_first(error.kind())), error.range());
            }
        }
        reader.out
    }

    /// Nothing of the file was read.
    fn unreadable(&mut self, message: &str, range: Range) {
        let whole = self.span(Range::new(0, self.text.len()));
        self.out.diagnostics.push(Diagnostic::error(message, Some(self.span(range))));
        self.out.lost.push(Lost { span: whole, header: Vec::new() });
    }

    fn span(&self, range: Range) -> Span {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file: self.file, start: narrow(range.start), end: narrow(range.end) }
    }

    fn wrong_type(&mut self, value: &Value<'t>, what: &str) {
        let span = self.span(value.range());
        self.out.diagnostics.push(
            Diagnostic::error("Incorrect JSON value type", Some(span))
                .with_note(format!("{what} has to be an object or an array of objects")),
        );
    }

    /// The objects that stand where an object, an array of objects or null may.
    fn objects<'v>(&mut self, value: &'v Value<'t>, what: &str) -> Vec<&'v Object<'t>> {
        match value {
            Value::Object(object) => vec![object],
            Value::Array(array) => {
                array.elements.iter().flat_map(|element| self.objects(element, what)).collect()
            }
            Value::NullKeyword(_) => Vec::new(),
            Value::StringLit(_) | Value::NumberLit(_) | Value::BooleanLit(_) => {
                self.wrong_type(value, what);
                Vec::new()
            }
        }
    }

    /// Reads the blocks below a property, with `labels` more levels of labels.
    fn blocks(&mut self, path: &[(Name, Span)], labels: usize, property: &ObjectProp<'t>) {
        let kind = path.first().map_or("", |(kind, _)| kind).to_owned();
        for object in self.objects(&property.value, &format!("`{kind}`")) {
            if labels == 0 {
                self.block(path, &kind, object);
                continue;
            }
            for property in &object.properties {
                let label = property.name.as_str();
                if label == "//" && !matches!(property.value, Value::Object(_) | Value::Array(_)) {
                    continue;
                }
                let mut path = path.to_vec();
                path.push((normalise(label), self.span(property.name.range())));
                self.blocks(&path, labels - 1, property);
            }
        }
    }

    fn block(&mut self, path: &[(Name, Span)], kind: &str, object: &Object<'t>) {
        let (Some((name, first)), Some((_, header))) = (path.first(), path.last()) else { return };
        let span = header.to(self.span(object.range));
        match self.body(kind, object) {
            Ok(body) => {
                let labels = path.get(1..).unwrap_or_default().to_vec();
                let header = if labels.is_empty() { *first } else { *header };
                self.out.body.blocks.push(Block { kind: name.clone(), labels, body, header, span });
            }
            Err(diagnostic) => {
                let header = path.iter().map(|(name, _)| name.clone()).collect();
                self.out.diagnostics.push(diagnostic);
                self.out.lost.push(Lost { span, header });
            }
        }
    }

    fn body(&self, kind: &str, object: &Object<'t>) -> Result<Body, Diagnostic> {
        let mut body = Body::default();
        for property in &object.properties {
            let name = property.name.as_str();
            match name {
                "//" => {}
                "lifecycle" if labels_of(kind) == 2 => body.attributes.push(self.lifecycle(property)?),
                _ => body.attributes.push(self.attribute(property, strings_of(kind, name))?),
            }
        }
        Ok(body)
    }

    fn attribute(&self, property: &ObjectProp<'t>, strings: Strings) -> Result<Attribute, Diagnostic> {
        Ok(Attribute {
            name: normalise(property.name.as_str()),
            name_span: self.span(property.name.range()),
            value: self.expr(&property.value, strings)?,
            json: true,
        })
    }

    /// `lifecycle` holds references beside conditions.
    fn lifecycle(&self, property: &ObjectProp<'t>) -> Result<Attribute, Diagnostic> {
        let value = match &property.value {
            Value::Object(object) => self.lifecycle_object(object)?,
            Value::Array(array) => {
                let elements = array.elements.iter().map(|element| match element {
                    Value::Object(object) => self.lifecycle_object(object),
                    other => self.expr(other, Strings::Template),
                });
                Expr::new(ExprKind::Tuple(elements.collect::<Result<_, _>>()?), self.span(array.range))
            }
            other => self.expr(other, Strings::Template)?,
        };
        let name_span = self.span(property.name.range());
        Ok(Attribute { name: normalise(property.name.as_str()), name_span, value, json: true })
    }

    fn lifecycle_object(&self, object: &Object<'t>) -> Result<Expr, Diagnostic> {
        self.object(object, |argument| strings_of("lifecycle", argument))
    }

    fn object(&self, object: &Object<'t>, strings: impl Fn(&str) -> Strings) -> Result<Expr, Diagnostic> {
        let mut items = Vec::new();
        for property in &object.properties {
            let name = property.name.as_str();
            let strings = strings(name);
            items.push(ObjectItem {
                key: self.string(name, property.name.range(), strings)?,
                value: self.expr(&property.value, strings)?,
            });
        }
        Ok(Expr::new(ExprKind::Object(items), self.span(object.range)))
    }

    fn expr(&self, value: &Value<'t>, strings: Strings) -> Result<Expr, Diagnostic> {
        let kind = match value {
            Value::NullKeyword(_) => ExprKind::Null,
            Value::BooleanLit(literal) => ExprKind::Bool(literal.value),
            Value::NumberLit(literal) => ExprKind::Number(literal.value.into()),
            Value::StringLit(literal) => return self.string(&literal.value, literal.range, strings),
            Value::Object(object) => return self.object(object, |_| strings),
            Value::Array(array) => ExprKind::Tuple(
                array.elements.iter().map(|element| self.expr(element, strings)).collect::<Result<_, _>>()?,
            ),
        };
        Ok(Expr::new(kind, self.span(value.range())))
    }

    fn string(&self, text: &str, range: Range, strings: Strings) -> Result<Expr, Diagnostic> {
        let span = self.span(range);
        // Without a sign of a template there is nothing to parse. `$${` has one too.
        let plain = !text.contains("${") && !text.contains("%{");
        if plain || strings == Strings::Literal {
            return Ok(Expr::new(ExprKind::String(normalise(text)), span));
        }
        let raw = slice(self.text, span.start + 1, span.end.saturating_sub(1));
        let expr = if raw.contains('\\') {
            parse_decoded(self.file, text, 0, Places::Decoded(&offsets(raw, span.start + 1)))?
        } else {
            parse_decoded(self.file, text, span.start + 1, Places::Own)?
        };
        Ok(expr)
    }
}

/// Where each byte of a decoded JSON string lies in the file; one more for its end.
fn offsets(raw: &str, start: u32) -> Vec<u32> {
    let mut offsets = Vec::new();
    let mut at = start;
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let (length, decoded) = match first {
            '\\' => escape(rest),
            other => (other.len_utf8(), other.len_utf8()),
        };
        offsets.extend(std::iter::repeat_n(at, decoded));
        at += u32::try_from(length).unwrap_or(0);
        rest = rest.get(length..).unwrap_or_default();
    }
    offsets.push(at);
    offsets
}

/// The length of the escape at the start of `raw`, and of what it stands for.
fn escape(raw: &str) -> (usize, usize) {
    let unit = |from: usize| {
        let digits = raw.get(from..from + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    match unit(0) {
        Some(0xD800..=0xDBFF) if unit(6).is_some() => (12, 4),
        Some(code) => (6, char::from_u32(code).map_or(3, char::len_utf8)),
        None => (2, 1),
    }
}

fn lower_first(kind: &impl ToString) -> String {
    let text = kind.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => text,
    }
}
