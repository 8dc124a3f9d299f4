//! The parser's tree to ours.
//!
//! Enters: hcl-edit's expressions and bodies with the text they were read from. Leaves: [`Expr`] and
//! [`Body`] with places in the original file. Literal text is read from the source again, since the
//! parser loses parts of it (see `text.rs`).

use std::collections::BTreeMap;
use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{self as edit, Expression, ObjectKey, TraversalOperator};
use hcl::edit::structure::{self, Structure};
use hcl::edit::template::{self as parsed, Directive, Element, Strip};

use crate::address::Name;
use crate::source::{Diagnostic, FileId, Span};
use crate::syntax::prepare::slice;
use crate::syntax::text::{BadText, Piece, Place, arrange, normalise, pieces};
use crate::syntax::{
    Attribute, BinaryOperator, Block, Body, Call, Expr, ExprKind, For, ObjectItem, SplatStep, Template,
    TemplatePart, UnaryOperator,
};

/// How deep an expression may be, steps of a traversal counted; whoever goes over it recurses.
pub(crate) const DEEPEST: usize = 1000;

/// Turns trees of one parsed text into ours.
pub(crate) struct Lowerer<'t> {
    /// The file that places are in.
    pub(crate) file: FileId,
    /// Where the text lies in the file.
    pub(crate) base: u32,
    /// What was parsed.
    pub(crate) text: &'t str,
    /// Where heredocs begin and end, counted from `heredoc_base` before the text.
    pub(crate) heredocs: &'t BTreeMap<u32, u32>,
    /// What to add to an offset to look it up in `heredocs`.
    pub(crate) heredoc_base: u32,
    /// Where each byte of the text lies in the file, when the text was decoded from an escaped one.
    /// Places are counted from `base` in the text and mapped when they enter the tree.
    pub(crate) places: Places<'t>,
    /// How deep the current expression is.
    pub(crate) depth: usize,
    /// What Terraform refuses although it can be read.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

type Lowered<T> = Result<T, Diagnostic>;

/// An offset that is known to fit, since the text does.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl Lowerer<'_> {
    /// The place of a parsed range; `within` when the parser kept none.
    fn span(&self, range: Option<Range<usize>>, within: Span) -> Span {
        match range {
            Some(range) => Span {
                file: self.file,
                start: self.base + narrow(range.start),
                end: self.base + narrow(range.end),
            },
            None => within,
        }
    }

    /// A place as it enters the tree.
    fn mapped(&self, span: Span) -> Span {
        self.places.of(self.base, span)
    }

    fn node(&self, kind: ExprKind, span: Span) -> Expr {
        Expr::new(kind, self.mapped(span))
    }

    fn error(&self, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic::error(message, Some(self.mapped(span)))
    }

    /// The place of the whole text.
    pub(crate) fn whole(&self) -> Span {
        self.span(Some(0..self.text.len()), Span { file: self.file, start: self.base, end: self.base })
    }

    fn source(&self, span: Span) -> &str {
        slice(self.text, span.start - self.base, span.end - self.base)
    }

    /// Lowers a body.
    pub(crate) fn body(&mut self, body: &structure::Body) -> Lowered<Body> {
        let whole = self.whole();
        let mut out = Body::default();
        for structure in body {
            let span = self.span(structure.span(), whole);
            match structure {
                Structure::Attribute(attribute) => out.attributes.push(Attribute {
                    name: attribute.key.as_str().into(),
                    name_span: self.span(attribute.key.span(), span),
                    value: self.expr(&attribute.value, span)?,
                    json: false,
                }),
                Structure::Block(block) => {
                    let mut header = self.span(block.ident.span(), span);
                    let mut labels = Vec::new();
                    for label in &block.labels {
                        let place = self.span(label.span(), header);
                        header = header.to(place);
                        labels.push((Name::from(label.as_str()), place));
                    }
                    let kind = block.ident.as_str().into();
                    out.blocks.push(Block { kind, labels, body: self.body(&block.body)?, header, span });
                }
            }
        }
        Ok(out)
    }

    /// Goes `levels` deeper for the time of `lower`.
    fn deeper<T>(
        &mut self,
        levels: usize,
        span: Span,
        lower: impl FnOnce(&mut Self) -> Lowered<T>,
    ) -> Lowered<T> {
        if self.depth + levels > DEEPEST {
            let message = format!("an expression of more than {DEEPEST} levels is too deep to check");
            return Err(self.error(message, span));
        }
        self.depth += levels;
        let result = lower(self);
        self.depth -= levels;
        result
    }

    /// Lowers an expression that lies within a place.
    pub(crate) fn expr(&mut self, expression: &Expression, within: Span) -> Lowered<Expr> {
        let span = self.span(expression.span(), within);
        self.deeper(1, span, |this| this.expr_here(expression, span))
    }

    fn expr_here(&mut self, expression: &Expression, span: Span) -> Lowered<Expr> {
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(_) => ExprKind::Number(digits(self.source(span)).into()),
            Expression::String(_) => {
                let quoted = Span { start: span.start + 1, end: span.end.saturating_sub(1), ..span };
                ExprKind::String(normalise(&self.literal(quoted, Place::Quoted)?.concat()))
            }
            Expression::Array(array) => {
                ExprKind::Tuple(array.iter().map(|element| self.expr(element, span)).collect::<Lowered<_>>()?)
            }
            Expression::Object(object) => ExprKind::Object(
                object
                    .iter()
                    .map(|(key, value)| {
                        Ok(ObjectItem { key: self.key(key, span)?, value: self.expr(value.expr(), span)? })
                    })
                    .collect::<Lowered<_>>()?,
            ),
            Expression::StringTemplate(template) => return self.template(template, Place::Quoted, span),
            Expression::HeredocTemplate(heredoc) => {
                let offset = span.start - self.base + self.heredoc_base;
                if self.heredocs.get(&offset).copied() != Some(span.end - self.base + self.heredoc_base) {
                    return Err(self
                        .error(
                            "a line that looks like the end of this heredoc cannot be told from it",
                            Span { end: span.start + 2, ..span },
                        )
                        .with_note("give the heredoc a marker that no line of its text begins with"));
                }
                let indented = self.source(span).starts_with("<<-");
                return self.template(&heredoc.template, Place::Heredoc(indented), span);
            }
            Expression::Parenthesis(inner) => ExprKind::Parenthesis(self.expr(inner.inner(), span)?),
            Expression::Variable(name) => ExprKind::Variable(name.as_str().into()),
            Expression::Conditional(conditional) => ExprKind::Conditional(
                self.expr(&conditional.cond_expr, span)?,
                self.expr(&conditional.true_expr, span)?,
                self.expr(&conditional.false_expr, span)?,
            ),
            Expression::FuncCall(call) => ExprKind::Call(self.call(call, span)?),
            Expression::Traversal(traversal) => {
                return self.deeper(traversal.operators.len(), span, |this| this.traversal(traversal, span));
            }
            Expression::UnaryOp(operation) => {
                let operator = match operation.operator.value() {
                    edit::UnaryOperator::Not => UnaryOperator::Not,
                    edit::UnaryOperator::Neg => UnaryOperator::Negate,
                };
                ExprKind::Unary(operator, self.expr(&operation.expr, span)?)
            }
            Expression::BinaryOp(operation) => ExprKind::Binary(
                binary_operator(*operation.operator.value()),
                self.expr(&operation.lhs_expr, span)?,
                self.expr(&operation.rhs_expr, span)?,
            ),
            Expression::ForExpr(expression) => ExprKind::For(self.for_expr(expression, span)?),
        };
        Ok(self.node(kind, span))
    }

    /// The key of an object item: names and keywords stand for their text. A number stays one, since
    /// `1.50` and `01` are the keys `"1.5"` and `"1"`.
    fn key(&mut self, key: &ObjectKey, within: Span) -> Lowered<Expr> {
        match key {
            ObjectKey::Ident(name) => {
                let span = self.span(name.span(), within);
                Ok(self.node(ExprKind::String(normalise(name.as_str())), span))
            }
            ObjectKey::Expression(key @ (Expression::Null(_) | Expression::Bool(_))) => {
                let span = self.span(key.span(), within);
                Ok(self.node(ExprKind::String(self.source(span).into()), span))
            }
            ObjectKey::Expression(key) => {
                let expr = self.expr(key, within)?;
                if matches!(key, Expression::Traversal(_)) {
                    self.diagnostics.push(
                        Diagnostic::error("Ambiguous attribute key", Some(expr.span))
                            .with_note("wrap the key in parentheses if it is a reference, or in quotes"),
                    );
                }
                Ok(expr)
            }
        }
    }

    fn call(&mut self, call: &edit::FuncCall, span: Span) -> Lowered<Call> {
        let last = self.span(call.name.name.span(), span);
        let first = call.name.namespace.first().map_or(last, |name| self.span(name.span(), last));
        let namespace: Vec<&str> = call.name.namespace.iter().map(|name| name.as_str()).collect();
        let name = call.name.name.as_str();
        let name = match namespace.as_slice() {
            [] | ["core"] => name.into(),
            names => format!("{}::{name}", names.join("::")).into(),
        };
        let arguments = call.args.iter().map(|argument| self.expr(argument, span)).collect::<Lowered<_>>()?;
        Ok(Call { name, name_span: self.mapped(first.to(last)), arguments, expand: call.args.expand_final() })
    }

    fn for_expr(&mut self, expression: &edit::ForExpr, span: Span) -> Lowered<For> {
        let intro = &expression.intro;
        Ok(For {
            key_name: intro.key_var.as_ref().map(|name| name.as_str().into()),
            value_name: intro.value_var.as_str().into(),
            collection: self.expr(&intro.collection_expr, span)?,
            key: expression.key_expr.as_ref().map(|key| self.expr(key, span)).transpose()?,
            value: self.expr(&expression.value_expr, span)?,
            group: expression.grouping,
            condition: expression
                .cond
                .as_ref()
                .map(|condition| self.expr(&condition.expr, span))
                .transpose()?,
        })
    }

    fn traversal(&mut self, traversal: &edit::Traversal, span: Span) -> Lowered<Expr> {
        let mut expr = self.expr(&traversal.expr, span)?;
        // The splat that is being read: whether it is full, and what is applied to each element.
        let mut splat: Option<(bool, Vec<SplatStep>)> = None;
        let mut nested_attribute_splat = false;
        for operator in &traversal.operators {
            // With dot or brackets.
            let Span { end, .. } = self.span(operator.span(), span);
            let place = match &**operator {
                TraversalOperator::GetAttr(name) => self.span(name.span(), span),
                TraversalOperator::Index(index) => self.span(index.span(), span),
                TraversalOperator::LegacyIndex(index) => self.span(index.span(), span),
                TraversalOperator::AttrSplat(splat) | TraversalOperator::FullSplat(splat) => {
                    self.span(splat.span(), span)
                }
            };
            let upto = self.mapped(Span { end, ..span });
            let step = match &**operator {
                TraversalOperator::GetAttr(name) => {
                    Some(SplatStep::Attribute(name.as_str().into(), self.mapped(place)))
                }
                TraversalOperator::Index(index) => Some(SplatStep::Index(self.expr(index, place)?)),
                TraversalOperator::LegacyIndex(_) => {
                    let number = ExprKind::Number(self.source(place).into());
                    Some(SplatStep::Index(self.node(number, place)))
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => None,
            };
            let full = matches!(&**operator, TraversalOperator::FullSplat(_));
            let bracket = full || matches!(&**operator, TraversalOperator::Index(_));
            match (&mut splat, step) {
                (Some((true, rest)), step) => {
                    if nested_attribute_splat && bracket {
                        let message =
                            "an index after an attribute-only splat within a splat is not understood";
                        return Err(self.error(message, place));
                    }
                    nested_attribute_splat |= step.is_none() && !full;
                    rest.push(step.unwrap_or(SplatStep::Splat(self.mapped(place))));
                    expr.span = upto;
                }
                (Some((false, rest)), Some(step)) if !bracket => {
                    rest.push(step);
                    expr.span = upto;
                }
                (Some((false, _)), None) if !full => {
                    return Err(self.error("Nested splat expression not allowed", place));
                }
                (Some((false, _)), step) => {
                    expr = end_splat(expr, splat.take());
                    (expr, splat) = apply(expr, step, full, upto);
                }
                (None, step) => (expr, splat) = apply(expr, step, full, upto),
            }
        }
        Ok(end_splat(expr, splat))
    }

    /// Lowers a template. One interpolation alone is what it interpolates; literals alone are a string.
    pub(crate) fn template(
        &mut self,
        template: &parsed::Template,
        place: Place,
        span: Span,
    ) -> Lowered<Expr> {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            return self.expr(&only.expr, span);
        }
        let mut flat = Vec::new();
        self.flatten(template, place, span, &mut flat)?;
        arrange(&mut flat, place);
        if flat.iter().all(|piece| matches!(piece, Piece::Literal(_))) {
            let text: String = flat.iter().map(literal_text).collect();
            return Ok(self.node(ExprKind::String(normalise(&text)), span));
        }
        let template = self.parts(template, place, span, &mut flat.into_iter())?;
        Ok(self.node(ExprKind::Template(template), span))
    }

    /// Reads a literal from the source.
    fn literal(&mut self, span: Span, place: Place) -> Lowered<Vec<String>> {
        let raw = self.source(span);
        let several_lines = place == Place::Quoted && raw.contains('\n');
        let result = pieces(raw, place).map_err(|bad| {
            let (message, at, length) = match bad {
                BadText::Escape(at) => ("Invalid escape sequence", at, 2),
                BadText::Quote(at) => ("Unterminated template string", at, 1),
            };
            let start = span.start + narrow(at);
            self.error(message, Span { start, end: start + length, ..span })
        });
        if several_lines {
            self.diagnostics.push(
                self.error("Invalid multi-line string", span)
                    .with_note("use `\\n`, or a heredoc, for a string of several lines"),
            );
        }
        result
    }

    /// Takes a template apart into its pieces, the bodies of directives included.
    fn flatten(
        &mut self,
        template: &parsed::Template,
        place: Place,
        within: Span,
        flat: &mut Vec<Piece>,
    ) -> Lowered<()> {
        for element in template {
            let span = self.span(element.span(), within);
            match element {
                Element::Literal(_) => {
                    flat.extend(self.literal(span, place)?.into_iter().map(Piece::Literal));
                }
                Element::Interpolation(interpolation) => flat.push(code(interpolation.strip)),
                Element::Directive(directive) => match &**directive {
                    Directive::If(directive) => {
                        flat.push(code(directive.if_expr.strip));
                        self.flatten(&directive.if_expr.template, place, span, flat)?;
                        if let Some(otherwise) = &directive.else_expr {
                            flat.push(code(otherwise.strip));
                            self.flatten(&otherwise.template, place, span, flat)?;
                        }
                        flat.push(code(directive.endif_expr.strip));
                    }
                    Directive::For(directive) => {
                        flat.push(code(directive.for_expr.strip));
                        self.flatten(&directive.for_expr.template, place, span, flat)?;
                        flat.push(code(directive.endfor_expr.strip));
                    }
                },
            }
        }
        Ok(())
    }

    /// Puts the arranged pieces together again, in the order `flatten` took them apart.
    fn parts(
        &mut self,
        template: &parsed::Template,
        place: Place,
        within: Span,
        flat: &mut std::vec::IntoIter<Piece>,
    ) -> Lowered<Template> {
        let mut parts = Vec::new();
        for element in template {
            let span = self.span(element.span(), within);
            match element {
                Element::Literal(_) => {
                    let lines = match place {
                        Place::Quoted => 1,
                        Place::Heredoc(_) | Place::Bare => self.source(span).split_inclusive('\n').count(),
                    };
                    let text: String = flat.by_ref().take(lines).map(|piece| literal_text(&piece)).collect();
                    if !text.is_empty() {
                        parts.push(TemplatePart::Literal(normalise(&text), self.mapped(span)));
                    }
                }
                Element::Interpolation(interpolation) => {
                    flat.next();
                    parts.push(TemplatePart::Interpolation(self.expr(&interpolation.expr, span)?));
                }
                Element::Directive(directive) => {
                    flat.next();
                    parts.push(self.directive(directive, place, span, flat)?);
                }
            }
        }
        Ok(Template { parts })
    }

    fn directive(
        &mut self,
        directive: &Directive,
        place: Place,
        span: Span,
        flat: &mut std::vec::IntoIter<Piece>,
    ) -> Lowered<TemplatePart> {
        match directive {
            Directive::If(directive) => {
                let condition = self.expr(&directive.if_expr.cond_expr, span)?;
                let then = self.parts(&directive.if_expr.template, place, span, flat)?;
                let otherwise = match &directive.else_expr {
                    Some(otherwise) => {
                        flat.next();
                        self.parts(&otherwise.template, place, span, flat)?
                    }
                    None => Template::default(),
                };
                flat.next();
                let span = self.opening(span, directive.if_expr.template.span());
                Ok(TemplatePart::If { condition, then, otherwise, span })
            }
            Directive::For(directive) => {
                let collection = self.expr(&directive.for_expr.collection_expr, span)?;
                let body = self.parts(&directive.for_expr.template, place, span, flat)?;
                flat.next();
                Ok(TemplatePart::For {
                    key_name: directive.for_expr.key_var.as_ref().map(|name| name.as_str().into()),
                    value_name: directive.for_expr.value_var.as_str().into(),
                    collection,
                    body,
                    span: self.opening(span, directive.for_expr.template.span()),
                })
            }
        }
    }

    /// The place of a directive's opening: up to where its body begins.
    fn opening(&self, directive: Span, body: Option<Range<usize>>) -> Span {
        let end = self.span(body, directive).start;
        self.mapped(if end > directive.start { Span { end, ..directive } } else { directive })
    }
}

/// Where the bytes of a text stand in its file.
#[derive(Clone, Copy)]
pub(crate) enum Places<'t> {
    /// One after the other.
    Own,
    /// Each at its offset; one more than there are bytes.
    Decoded(&'t [u32]),
    /// Nowhere by themselves: the text is the value of what stands there.
    Within(Span),
}

impl Places<'_> {
    /// The place in the file of a place in the text, which begins at `base`.
    pub(crate) fn of(self, base: u32, span: Span) -> Span {
        match self {
            Self::Own => span,
            Self::Decoded(offsets) => {
                let map =
                    |at: u32| offsets.get((at - base) as usize).or(offsets.last()).copied().unwrap_or(at);
                Span { start: map(span.start), end: map(span.end), ..span }
            }
            Self::Within(whole) => whole,
        }
    }
}

fn code(strip: Strip) -> Piece {
    Piece::Code(strip.strip_start(), strip.strip_end())
}

fn literal_text(piece: &Piece) -> String {
    match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Code(..) => String::new(),
    }
}

/// Applies a step to what comes before it; `None` begins a splat, whose source keeps its place.
fn apply(
    expr: Expr,
    step: Option<SplatStep>,
    full: bool,
    upto: Span,
) -> (Expr, Option<(bool, Vec<SplatStep>)>) {
    let kind = match step {
        Some(SplatStep::Attribute(name, _)) => ExprKind::Attribute(expr, name),
        Some(SplatStep::Index(index)) => ExprKind::Index(expr, index),
        Some(SplatStep::Splat(_)) | None => {
            let source = ExprKind::Splat { source: expr, rest: Vec::new() };
            return (Expr::new(source, upto), Some((full, Vec::new())));
        }
    };
    (Expr::new(kind, upto), None)
}

/// Puts what was collected into the splat that `expr` is.
fn end_splat(expr: Expr, splat: Option<(bool, Vec<SplatStep>)>) -> Expr {
    match (splat, &*expr.kind) {
        (Some((_, rest)), ExprKind::Splat { source, .. }) => {
            Expr::new(ExprKind::Splat { source: source.clone(), rest }, expr.span)
        }
        _ => expr,
    }
}

fn binary_operator(operator: edit::BinaryOperator) -> BinaryOperator {
    match operator {
        edit::BinaryOperator::Or => BinaryOperator::Or,
        edit::BinaryOperator::And => BinaryOperator::And,
        edit::BinaryOperator::Eq => BinaryOperator::Equal,
        edit::BinaryOperator::NotEq => BinaryOperator::NotEqual,
        edit::BinaryOperator::Greater => BinaryOperator::Greater,
        edit::BinaryOperator::GreaterEq => BinaryOperator::GreaterOrEqual,
        edit::BinaryOperator::Less => BinaryOperator::Less,
        edit::BinaryOperator::LessEq => BinaryOperator::LessOrEqual,
        edit::BinaryOperator::Plus => BinaryOperator::Add,
        edit::BinaryOperator::Minus => BinaryOperator::Subtract,
        edit::BinaryOperator::Mul => BinaryOperator::Multiply,
        edit::BinaryOperator::Div => BinaryOperator::Divide,
        edit::BinaryOperator::Mod => BinaryOperator::Modulo,
    }
}

/// A number as it is written; between a minus and the digits there may be blanks and comments.
fn digits(source: &str) -> String {
    match source.strip_prefix('-') {
        Some(rest) => {
            let number = rest.rsplit(|byte: char| byte.is_whitespace() || byte == '/').next();
            format!("-{}", number.unwrap_or(rest))
        }
        None => source.to_owned(),
    }
}
