//! From a place that opens a store to the exact bytes that close it, or why there are none.

use crate::source::{FileId, Sources, Span};
use crate::stores::remedies::{Edit, Remedy};
use crate::syntax::{Block, Body, Expr, ExprKind, json, native};
use crate::value::Origin;
use crate::verdict::Place;

/// Bytes that are replaced, and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The bytes; empty for an insertion.
    pub(super) span: Span,
    /// The new text.
    pub(super) text: String,
}

/// The change that a remedy makes at a place.
///
/// # Errors
/// Says why the value there is not changed.
pub(super) fn change(sources: &Sources, place: &Place, remedy: &Remedy) -> Result<Change, String> {
    let attribute = remedy.attribute;
    let absent = matches!(place.origin, Origin::Nowhere);
    if is_made(&place.origin) {
        return Err(format!("`{attribute}` is computed from other values"));
    }
    let written = if absent { place.span } else { place.origin.written() };
    let Some(span) = written else { return Err(format!("`{attribute}` has no place in a file")) };
    let Some(file) = sources.file(span.file) else {
        return Err(format!("`{attribute}` has no place in a file"));
    };
    if file.path.split('/').any(|part| part == ".terraform") {
        return Err(format!("`{attribute}` is written in an installed module (`{}`)", file.path));
    }
    if !file.absolute.is_file() {
        return Err(format!("`{attribute}` gets its value outside of a file"));
    }
    if !file.valid_utf8 {
        return Err(format!("`{}` is not UTF-8", file.path));
    }
    if file.text.chars().any(|character| character.is_control() && !"\t\r\n".contains(character)) {
        return Err(format!("`{}` holds control characters", file.path));
    }
    let text = sources.text(span);
    if absent {
        return insertion(sources, span, remedy);
    }
    let other = || format!("`{attribute}` is not written as a plain value");
    match remedy.edit {
        Edit::Bool(to) => match text.as_str() {
            "true" | "false" => Ok(Change { span, text: to.to_string() }),
            "\"true\"" | "\"false\"" => Ok(Change { span, text: format!("\"{to}\"") }),
            _ => Err(other()),
        },
        Edit::Text { starts, to } => {
            let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            match inner.filter(|inner| inner.starts_with(starts) && !inner.contains(['"', '\\', '$', '%'])) {
                Some(_) => Ok(Change { span, text: format!("\"{to}\"") }),
                None => Err(other()),
            }
        }
        Edit::Without(element) => without(sources, span, element).ok_or_else(other),
    }
}

/// Whether a value was computed anywhere on its way.
fn is_made(origin: &Origin) -> bool {
    match origin {
        Origin::Made(_) => true,
        Origin::Via(hop) => is_made(&hop.from),
        Origin::Nowhere | Origin::At(_) | Origin::Declared(_) => false,
    }
}

fn body(sources: &Sources, file: FileId) -> Option<Body> {
    let source = sources.file(file)?;
    let extension = source.absolute.extension().is_some_and(|extension| extension == "json");
    let is_variables = source.path.ends_with(".tfvars.json");
    Some(match (extension, is_variables) {
        (true, true) => json::parse_values(file, &source).body,
        (true, false) => json::parse_file(file, &source).body,
        (false, _) => native::parse_file(file, &source).body,
    })
}

/// Adds an argument at the end of the block with that header.
fn insertion(sources: &Sources, header: Span, remedy: &Remedy) -> Result<Change, String> {
    let attribute = remedy.attribute;
    let refused = || format!("`{attribute}` is not written, and there is no plain block to add it to");
    let Edit::Bool(to) = remedy.edit else { return Err(refused()) };
    let file = sources.file(header.file).ok_or_else(refused)?;
    let is_json = file.absolute.extension().is_some_and(|extension| extension == "json");
    if !remedy.insert || is_json {
        return Err(refused());
    }
    let body = body(sources, header.file).ok_or_else(refused)?;
    let block = block_at(&body, header).ok_or_else(refused)?;
    if block.body.attribute(attribute).is_some() {
        return Err(format!("`{attribute}` is written, but has no value of its own"));
    }
    let text = sources.text(block.span);
    let inner = text.strip_suffix('}').ok_or_else(refused)?;
    let before = file.text.get(..block.span.start as usize).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("");
    let outer: String = line.chars().take_while(|character| " \t".contains(*character)).collect();
    let indent = block
        .body
        .attributes
        .first()
        .and_then(|first| file.text.get(..first.name_span.start as usize))
        .and_then(|before| before.rsplit('\n').next())
        .filter(|indent| indent.chars().all(|character| " \t".contains(character)))
        .map_or_else(|| format!("{outer}  "), str::to_owned);
    let ending = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
    let end = block.span.end - 1;
    if inner.trim_end_matches([' ', '\t']).ends_with('\n') {
        let kept = u32::try_from(inner.trim_end_matches([' ', '\t']).len()).map_err(|_| refused())?;
        let at = block.span.start + kept;
        let span = Span { file: header.file, start: at, end: at };
        return Ok(Change { span, text: format!("{indent}{attribute} = {to}{ending}") });
    }
    // `{ bucket = x }`: a one-line block holds one argument; it is opened, and what is in it is kept.
    let open = inner.find('{').ok_or_else(refused)?;
    let content = inner.get(open + 1..).ok_or_else(refused)?;
    if content.contains(['\n', '#', '/']) || block.body.blocks.len() + block.body.attributes.len() > 1 {
        return Err(refused());
    }
    let start = block.span.start + u32::try_from(open + 1).map_err(|_| refused())?;
    let own = content.trim();
    let own = if own.is_empty() { String::new() } else { format!("{outer}  {own}{ending}") };
    let text = format!("{ending}{own}{outer}  {attribute} = {to}{ending}{outer}");
    Ok(Change { span: Span { file: header.file, start, end }, text })
}

fn block_at(body: &Body, header: Span) -> Option<&Block> {
    body.blocks
        .iter()
        .find_map(|block| if block.header == header { Some(block) } else { block_at(&block.body, header) })
}

/// Takes an element out of the list that is written at a span.
fn without(sources: &Sources, span: Span, element: &str) -> Option<Change> {
    let body = body(sources, span.file)?;
    let elements = in_body(&body, span)?;
    let is_it = |expr: &Expr| matches!(&*expr.kind, ExprKind::String(text) if &**text == element);
    let mut found = elements.iter().enumerate().filter(|(_, expr)| is_it(expr));
    let (index, own) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    let file = sources.file(span.file)?;
    let between = |start: u32, end: u32| file.text.get(start as usize..end as usize);
    let before = index.checked_sub(1).and_then(|index| elements.get(index));
    let (start, end) = match (before, elements.get(index + 1)) {
        (_, Some(next)) => {
            let gap = between(own.span.end, next.span.start)?;
            if !is_blank(gap) {
                return None;
            }
            (own.span.start, next.span.start)
        }
        (Some(before), None) => {
            let gap = between(before.span.end, own.span.start)?;
            if !is_blank(gap) {
                return None;
            }
            (before.span.end, own.span.end)
        }
        (None, None) => {
            let after = between(own.span.end, span.end.checked_sub(1)?)?;
            let front = between(span.start + 1, own.span.start)?;
            if !is_blank(after) || !is_blank(front) {
                return None;
            }
            (span.start + 1, span.end - 1)
        }
    };
    Some(Change { span: Span { file: span.file, start, end }, text: String::new() })
}

/// Whether there is nothing but blanks and commas, so that no comment is lost.
fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || character == ',')
}

fn in_body(body: &Body, span: Span) -> Option<Vec<Expr>> {
    let own = body.attributes.iter().find_map(|attribute| list_at(&attribute.value, span));
    own.or_else(|| body.blocks.iter().find_map(|block| in_body(&block.body, span)))
}

fn list_at(expr: &Expr, span: Span) -> Option<Vec<Expr>> {
    match &*expr.kind {
        ExprKind::Tuple(elements) if expr.span == span => Some(elements.clone()),
        ExprKind::Tuple(elements) => elements.iter().find_map(|element| list_at(element, span)),
        ExprKind::Object(items) => items.iter().find_map(|item| list_at(&item.value, span)),
        ExprKind::Parenthesis(inner) => list_at(inner, span),
        _ => None,
    }
}
