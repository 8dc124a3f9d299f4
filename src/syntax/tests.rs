//! What is read from text, trap by trap.

use std::fmt::Write as _;

use crate::source::{Diagnostic, LARGEST_FILE, Sources, Span};
use crate::syntax::prepare::slice;
use crate::syntax::{
    BinaryOperator, Block, Body, Expr, ExprKind, File, SplatStep, Template, TemplatePart, UnaryOperator,
    json, native,
};

/// Runs on a stack as large as the one of the program's own threads.
fn on_large_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(8 << 20).spawn(test).unwrap().join().unwrap();
}

fn native_file(text: &str) -> File {
    let sources = Sources::default();
    let id = sources.add("main.tf", text);
    native::parse_file(id, &sources.file(id).unwrap())
}

fn json_file(text: &str) -> File {
    let sources = Sources::default();
    let id = sources.add("main.tf.json", text);
    json::parse_file(id, &sources.file(id).unwrap())
}

fn values_file(text: &str) -> File {
    let sources = Sources::default();
    let id = sources.add("x.tfvars.json", text);
    json::parse_values(id, &sources.file(id).unwrap())
}

fn expression(text: &str) -> Result<Expr, Diagnostic> {
    let sources = Sources::default();
    native::parse_expression(sources.add("--var", text), text, 0)
}

fn template(text: &str) -> Result<Expr, Diagnostic> {
    let sources = Sources::default();
    native::parse_template(sources.add("x.tftpl", text), text, 0)
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join(", ")
}

/// Every node in one line; strings in quotes, operators in angle brackets.
fn show(expr: &Expr) -> String {
    match &*expr.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(digits) => digits.to_string(),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Template(template) => format!("t[{}]", show_template(template)),
        ExprKind::Variable(name) => name.to_string(),
        ExprKind::Tuple(items) => format!("[{}]", list(items.iter().map(show))),
        ExprKind::Object(items) => {
            let items = items.iter().map(|item| format!("{} = {}", show(&item.key), show(&item.value)));
            format!("{{{}}}", list(items))
        }
        ExprKind::Attribute(of, name) => format!("{}.{name}", show(of)),
        ExprKind::Index(of, index) => format!("{}[{}]", show(of), show(index)),
        ExprKind::Splat { source, rest } => {
            let mut out = format!("{}<*", show(source));
            for step in rest {
                match step {
                    SplatStep::Attribute(name, _) => write!(out, ".{name}").unwrap(),
                    SplatStep::Index(index) => write!(out, "[{}]", show(index)).unwrap(),
                    SplatStep::Splat(_) => out.push_str("[*]"),
                }
            }
            out + ">"
        }
        ExprKind::Call(call) => {
            let dots = if call.expand { "..." } else { "" };
            format!("{}({}{dots})", call.name, list(call.arguments.iter().map(show)))
        }
        ExprKind::For(each) => {
            let key_name = each.key_name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
            let key = each.key.as_ref().map(|key| format!("{} => ", show(key))).unwrap_or_default();
            let group = if each.group { "..." } else { "" };
            let condition = each.condition.as_ref().map(|c| format!(" if {}", show(c))).unwrap_or_default();
            let (name, from, value) = (&each.value_name, show(&each.collection), show(&each.value));
            format!("for<{key_name}{name} in {from} : {key}{value}{group}{condition}>")
        }
        ExprKind::Conditional(condition, then, otherwise) => {
            format!("<{} ? {} : {}>", show(condition), show(then), show(otherwise))
        }
        ExprKind::Unary(operator, of) => {
            let sign = match operator {
                UnaryOperator::Not => '!',
                UnaryOperator::Negate => '-',
            };
            format!("<{sign}{}>", show(of))
        }
        ExprKind::Binary(operator, left, right) => {
            let sign = match operator {
                BinaryOperator::Or => "||",
                BinaryOperator::And => "&&",
                BinaryOperator::Equal => "==",
                BinaryOperator::NotEqual => "!=",
                BinaryOperator::Greater => ">",
                BinaryOperator::GreaterOrEqual => ">=",
                BinaryOperator::Less => "<",
                BinaryOperator::LessOrEqual => "<=",
                BinaryOperator::Add => "+",
                BinaryOperator::Subtract => "-",
                BinaryOperator::Multiply => "*",
                BinaryOperator::Divide => "/",
                BinaryOperator::Modulo => "%",
            };
            format!("<{} {sign} {}>", show(left), show(right))
        }
        ExprKind::Parenthesis(inner) => format!("({})", show(inner)),
    }
}

fn show_template(template: &Template) -> String {
    list(template.parts.iter().map(|part| match part {
        TemplatePart::Literal(text, _) => format!("{text:?}"),
        TemplatePart::Interpolation(expr) => show(expr),
        TemplatePart::If { condition, then, otherwise, .. } => {
            format!("if {} [{}] [{}]", show(condition), show_template(then), show_template(otherwise))
        }
        TemplatePart::For { key_name, value_name, collection, body, .. } => {
            let key_name = key_name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
            format!("for {key_name}{value_name} in {} [{}]", show(collection), show_template(body))
        }
    }))
}

fn show_body(body: &Body) -> String {
    let attributes = body.attributes.iter().map(|a| format!("{} = {}", a.name, show(&a.value)));
    let blocks = body.blocks.iter().map(|block| {
        let mut header = vec![&*block.kind];
        header.extend(block.labels.iter().map(|(label, _)| &**label));
        format!("{} {{{}}}", header.join(" "), show_body(&block.body))
    });
    attributes.chain(blocks).collect::<Vec<_>>().join("; ")
}

/// The body, then `lost` headers, then messages, one a line.
fn show_file(file: &File) -> String {
    let mut out = show_body(&file.body);
    for lost in &file.lost {
        write!(out, "\nlost {}", lost.header.join(" ")).unwrap();
    }
    for diagnostic in &file.diagnostics {
        write!(out, "\n{}", diagnostic.message).unwrap();
    }
    out
}

fn result(result: Result<Expr, Diagnostic>) -> String {
    match result {
        Ok(expr) => show(&expr),
        Err(diagnostic) => format!("error: {}", diagnostic.message),
    }
}

fn check(cases: &[(&str, &str)], read: impl Fn(&str) -> String) {
    for (text, expected) in cases {
        assert_eq!(read(text), *expected, "for {text}");
    }
}

#[test]
fn expressions_keep_their_shape() {
    check(
        &[
            ("null", "null"),
            (" true\n", "true"),
            ("[01, 1.50, 1e3, -5, - /* x */ 5]", "[01, 1.50, 1e3, -5, -5]"),
            ("123456789012345678901234567890.10", "123456789012345678901234567890.10"),
            ("1 + 2 * 3 == 7 && !a || b", "<<<<1 + <2 * 3>> == 7> && <!a>> || b>"),
            ("(1 - 2) % 3 / x-y", "<<(<1 - 2>) % 3> / x-y>"),
            ("a ? b : c ? d : e", "<a ? b : <c ? d : e>>"),
            ("f()", "f()"),
            ("core::f(1, a...)", "f(1, a...)"),
            ("provider::aws::arn_parse(x,)", "provider::aws::arn_parse(x)"),
            ("[for k, v in m : v if k != \"a\"]", "for<k, v in m : v if <k != \"a\">>"),
            ("{for v in m : v.id => v...}", "for<v in m : v.id => v...>"),
            ("a.b[0][\"c\"].1.d", "a.b[0][\"c\"][1].d"),
            (
                "{ a = 1, \"b\" : 2, (c) = 3, null = 4, 5 = 6, true = 7\n if = 8 }",
                "{\"a\" = 1, \"b\" = 2, (c) = 3, \"null\" = 4, 5 = 6, \"true\" = 7, \"if\" = 8}",
            ),
            ("{ \"${a}-x\" = 1 }", "{t[a, \"-x\"] = 1}"),
            ("{ var.x = 1 }", "error: Ambiguous attribute key"),
            ("a +", "error: Invalid expression"),
            ("1 2", "error: Argument or block definition required here or below"),
        ],
        |text| result(expression(text)),
    );
}

#[test]
fn splats_end_where_terraform_ends_them() {
    check(
        &[
            ("a[*]", "a<*>"),
            ("a[*].b[0].c", "a<*.b[0].c>"),
            ("a.*.b[0].c", "a<*.b>[0].c"),
            ("a.*.b.0.c", "a<*.b[0].c>"),
            ("a.*.b[*].c", "a<*.b><*.c>"),
            ("a[*].b[*].c", "a<*.b[*].c>"),
            ("a[*].b.*.c", "a<*.b[*].c>"),
            ("a.*.b.*.c", "error: Nested splat expression not allowed"),
            (
                "a[*].b.*.c[0]",
                "error: an index after an attribute-only splat within a splat is not understood",
            ),
        ],
        |text| result(expression(text)),
    );
}

#[test]
fn quoted_strings_are_unescaped_and_normalised() {
    check(
        &[
            (r#""""#, r#""""#),
            (r#""a\n\t\"\\\u00e9\U0001F600""#, r#""a\n\t\"\\é😀""#),
            ("\"e\u{301}\"", "\"é\""),
            (r#""$${a} %%{b} $ $$ %""#, r#""${a} %{b} $ $$ %""#),
            (r#""${a}""#, "a"),
            (r#""${"${a.b}"}""#, "a.b"),
            (r#""x${a}y\n${b}""#, r#"t["x", a, "y\n", b]"#),
            (r#""a ${~ b ~} c""#, r#"t["a", b, "c"]"#),
            (r#""${~ b ~} ""#, "t[b]"),
            (r#""%{ if a }x\"y%{ else }$${z}%{ endif }""#, r#"t[if a ["x\"y"] ["${z}"]]"#),
            (r#""%{ for k, v in m ~} ${k}%{ endfor }""#, "t[for k, v in m [k]]"),
            (r#""\q""#, "error: Invalid escape sequence"),
            (r#""%{ if a }\q%{ endif }""#, "error: Invalid escape sequence"),
        ],
        |text| result(expression(text)),
    );
}

#[test]
fn heredocs_are_read_from_the_source() {
    check(
        &[
            // Trap 1: four ways of writing an empty one.
            ("a = <<X\nX\nb = <<X\ny\nX\n", "a = \"\"; b = \"y\\n\""),
            ("a = <<X\n  X\nb = <<X\ny\nX\n", "a = \"\"; b = \"y\\n\""),
            ("a = <<-X\nX\nb = <<X\ny\nX\n", "a = \"\"; b = \"y\\n\""),
            ("a = <<X\r\nX\r\nb = <<X\r\ny\r\nX\r\n", "a = \"\"; b = \"y\\r\\n\""),
            ("a = <<X\n\nX\n", "a = \"\\n\""),
            // Trap 2: no text is lost to the indentation.
            (
                "a = <<-X\n{\n  \"R\": \"${x}/*\",\n    \"S\": \"${y}\",\n  \"T\": 1\n}\nX\n",
                r#"a = t["{\n  \"R\": \"", x, "/*\",\n    \"S\": \"", y, "\",\n  \"T\": 1\n}\n"]"#,
            ),
            ("a = <<-X\n    a\n   \n    b\n  X\n", r#"a = "a\n   \nb\n""#),
            ("a = <<-X\n\t  a\n   b\n  X\n", r#"a = "a\nb\n""#),
            ("a = <<-X\n  a\n${b}\n  c\nX\n", r#"a = t["  a\n", b, "\n  c\n"]"#),
            (
                "a = <<-X\n  %{ for x in y }\n  ${x}\n  %{ endfor }\nX\n",
                r#"a = t[for x in y ["\n", x, "\n"], "\n"]"#,
            ),
            ("a = <<X\n  a\\n \"q\" $${x} %%{y}\nX\n", r#"a = "  a\\n \"q\" ${x} %{y}\n""#),
            ("a = <<-X\r\n  a\r\n  b\r\n  X\r\n", r#"a = "a\r\nb\r\n""#),
            // Trap 3: only a line of nothing but the marker ends it.
            ("a = <<EOT\nEOT # x\nEOT)\n  EOT, 1\nEOT\nb = 1\n", r#"a = "EOT # x\nEOT)\n  EOT, 1\n"; b = 1"#),
            ("a = <<E\nE, ${x}\nA\nE\nb = 1\n", r#"a = t["E, ", x, "\nA\n"]; b = 1"#),
            // Trap 8: markers strip first, one line at most, then the indentation counts what is left.
            (
                "a = <<-X\n  %{~ for x in y ~}\n  - ${x}\n  %{~ endfor ~}\n  end\nX\n",
                r#"a = t[for x in y ["  - ", x, "\n"], "  end\n"]"#,
            ),
            ("a = <<X\n${x ~}\n  b\nX\n", r#"a = t[x, "  b\n"]"#),
            ("a = [<<X\nx\nX\n, 1]\n", r#"a = ["x\n", 1]"#),
        ],
        |text| show_file(&native_file(text)),
    );
}

#[test]
fn templates_and_bare_text() {
    check(
        &[
            ("", r#""""#),
            ("a\n\"b\" \\n $${c}\n", r#""a\n\"b\" \\n ${c}\n""#),
            ("${a}", "a"),
            ("${a}\n", r#"t[a, "\n"]"#),
            ("%{ for x in y ~}\n  - ${x}\n%{ endfor ~}\n", r#"t[for x in y ["  - ", x, "\n"]]"#),
            ("${f(<<X\nX\n)}", r#"f("")"#),
            ("${", "error: Unterminated template string"),
        ],
        |text| result(template(text)),
    );
}

#[test]
fn what_the_parser_refuses_and_terraform_accepts() {
    check(
        &[
            // The same key twice: the later one counts.
            ("a = { b = 1, c = 2, b = 3 }\n", "a = {\"c\" = 2, \"b\" = 3}"),
            (
                "a = {\n b = [\n 1, # x\n ]\n c = { d = 1\n d = 2 }\n b = <<X\ny\nX\n}\n",
                r#"a = {"c" = {"d" = 2}, "b" = "y\n"}"#,
            ),
            ("a = { (k) = 1, (k) = 2 }\n", "a = {(k) = 2}"),
            // Line breaks that mean nothing.
            (
                "a = { for k, v in m : k => v\n if true\n && k != \"\" }\n",
                "a = for<k, v in m : k => v if <true && <k != \"\">>>",
            ),
            (
                "a = { for k, v in m : k => k == 1\n ? v # c\n : null }\n",
                "a = for<k, v in m : k => <<k == 1> ? v : null>>",
            ),
            ("a = { for k in b\n .c : k => { d = 1, d = 2 } }\n", "a = for<k in b.c : k => {\"d\" = 2}>"),
            ("a = [for\r\n k in m : k]\r\n", "a = for<k in m : k>"),
            ("a = {for\r\n k in m : k => 1}\r\n", "a = for<k in m : k => 1>"),
            ("a = \"%{ if b\n && c }x%{ endif }\"\n", "a = t[if <b && c> [\"x\"] []]"),
            ("a = (b && # why\n c)\n", "a = (<b && c>)"),
            // A byte order mark is blank by the time it gets here.
            ("   a = 1\n", "a = 1"),
        ],
        |text| show_file(&native_file(text)),
    );
}

#[test]
fn a_mistake_costs_one_block() {
    check(
        &[
            ("", ""),
            ("# only\n", ""),
            (
                "a \"b\" {\n  c = \n}\nd \"e\" f {\n  g = 1\n}\n",
                "d e f {g = 1}\nlost a b\nInvalid expression",
            ),
            ("a = \nb = 1\n", "b = 1\nlost a\nInvalid expression"),
            // A missing brace.
            (
                "x \"y\" \"z\" {\n  c = 1\n\nd \"e\" {\n  g = 1\n}\nh {}\n",
                "d e {g = 1}; h {}\nlost x y z\nUnclosed configuration block",
            ),
            ("}\na = 1\n", "a = 1\nlost \nArgument or block definition required here or below"),
            ("a \"b\"\n{\n  c = 1\n}\nd = 1\n", "d = 1\nlost a b\nInvalid block definition"),
            // One brace too many.
            ("a {\n  b = )\n}\n}\n}\nc = 1\n", "c = 1\nlost a\nInvalid expression"),
            // Nothing is missing here: the inner block is no item.
            ("a {\nb {\n  c = )\n}\n}\nd = 1\n", "d = 1\nlost a\nInvalid expression"),
            ("a = 1\n/* b = 2\n", "a = 1\nlost \nUnterminated comment"),
            ("/*/\na = 1\n", "\nlost \nUnterminated comment"),
            // A missing quote.
            ("a {\n  b = \"x\n}\nc = 1\n", "c = 1\nlost a\nUnterminated template string"),
            // A missing end marker.
            (
                "a \"b\" {\n  c = <<EOT\nx\n}\nd \"e\" {\n  f = 1\n}\n",
                "d e {f = 1}\nlost a b\nUnterminated template string",
            ),
            // Two mistakes, two messages.
            (
                "a {\n  b = 1\nc {\n  d = )\n}\ne {\n}\n",
                "e {}\nlost a\nlost c\nUnclosed configuration block\nInvalid expression",
            ),
            (
                "a {\n  b = 1\n  b = 2\n}\nc = 1\n",
                "c = 1\nlost a\nAttribute redefined: the argument `b` was already set",
            ),
            ("a = 1\na = 2\n", "a = 1; a = 2\nAttribute redefined"),
            // Trap 5: readable, and refused.
            ("a {\n  b = \"x\n  y\"\n}\n", "a {b = \"x\\n  y\"}\nInvalid multi-line string"),
            ("a = 1 b = 2\nc = 3\n", "c = 3\nlost a\nMissing newline after argument or block definition"),
        ],
        |text| show_file(&native_file(text)),
    );
}

#[test]
fn comments_are_found_everywhere() {
    let file = native_file(
        "# one\na = (b && // two\n c) /* three\n*/\nd = \"# no ${ \"/* no */\" /* four */ }\"\ne = <<X\n# no\nX\nf = ) ## five\n",
    );
    let texts: Vec<&str> = file.comments.iter().map(|comment| &*comment.text).collect();
    assert_eq!(texts, ["one", "two", "three", "four", "five"]);
    assert_eq!(file.comments.iter().map(|c| (c.span.start, c.span.end)).next(), Some((0, 5)));
}

/// Collects the source text of every place in an expression, outermost first.
fn places(expr: &Expr, text: &str, out: &mut Vec<String>) {
    let mut visit = |expr: &Expr| places(expr, text, out);
    let of = |span: Span| slice(text, span.start, span.end).to_owned();
    match &*expr.kind {
        ExprKind::Attribute(of, _) => visit(of),
        ExprKind::Index(of, index) => {
            visit(of);
            visit(index);
        }
        ExprKind::Splat { source, .. } => visit(source),
        ExprKind::Call(call) => call.arguments.iter().for_each(visit),
        ExprKind::Tuple(items) => items.iter().for_each(visit),
        ExprKind::Template(template) => {
            for part in &template.parts {
                match part {
                    TemplatePart::Literal(_, span) | TemplatePart::For { span, .. } => out.push(of(*span)),
                    TemplatePart::If { condition, span, .. } => {
                        out.push(of(*span));
                        places(condition, text, out);
                    }
                    TemplatePart::Interpolation(expr) => places(expr, text, out),
                }
            }
        }
        ExprKind::Binary(_, left, right) => {
            visit(left);
            visit(right);
        }
        _ => {}
    }
    out.push(of(expr.span));
}

#[test]
fn places_are_bytes_of_the_original() {
    let cases: &[(&str, &[&str])] = &[
        ("é = 1\na = x.y [ 0 /* ] */ ].z", &["x", "x.y", "0", "x.y [ 0 /* ] */ ]", "x.y [ 0 /* ] */ ].z"]),
        ("a = x[ * ].y.0", &["x", "x[ * ].y.0"]),
        ("a = x.*.y[1]", &["x", "x.*.y", "1", "x.*.y[1]"]),
        ("a = f(\"é${b.c}\")", &["é", "b", "b.c", "\"é${b.c}\"", "f(\"é${b.c}\")"]),
        ("a = \"%{ if b ~} c%{ endif }\"", &["%{ if b ~}", "b", "\"%{ if b ~} c%{ endif }\""]),
        (
            "b = <<X\nX\na = [<<-X\n  y${z}\nX\n]",
            &["  y", "z", "\n", "<<-X\n  y${z}\nX", "[<<-X\n  y${z}\nX\n]"],
        ),
        ("b = ]\na = x + y", &["x", "y", "x + y"]),
    ];
    for (text, expected) in cases {
        let file = native_file(text);
        let mut out = Vec::new();
        places(&file.body.attribute("a").unwrap().value, text, &mut out);
        assert_eq!(out, *expected, "for {text}");
    }
    let text = "x = ]\nresource \"a\" \"b\" {\n}\n";
    let file = native_file(text);
    let Block { header, span, labels, .. } = &file.body.blocks[0];
    let of = |span: Span| slice(text, span.start, span.end);
    assert_eq!(
        [of(*header), of(*span), of(labels[1].1)],
        ["resource \"a\" \"b\"", "resource \"a\" \"b\" {\n}", "\"b\""]
    );
    assert_eq!(file.diagnostics[0].span.map(of), Some("]"));
}

#[test]
fn limits_are_errors() {
    on_large_stack(|| {
        let keys =
            |count: usize| list((0..count).map(|key| format!("k{key} = 1"))).replace(", ", "\n") + "\n";
        let steps = |count: usize| format!("a = x{}\nb = 1\n", ".y".repeat(count));
        let deep = |count: usize| format!("a = {}1{}\nb = 1\n", "(".repeat(count), ")".repeat(count));
        let lost = |message: &str| format!("b = 1\nlost a\n{message}");
        for (text, expected) in [
            (
                format!("a = {{\n{}}}\nb = 1\n", keys(40_000)),
                lost("an object of 40000 items is too large to check"),
            ),
            (steps(500_000), lost("an expression of more than 1000 levels is too deep to check")),
            (deep(65), lost("more than 64 nested levels are too deep to check")),
            (deep(100_000), lost("more than 64 nested levels are too deep to check")),
            (
                format!("a = 1{}\nb = 1\n", " + 1".repeat(129)),
                lost("more than 128 chained operators are too many to check"),
            ),
            (
                format!("a = \"{}x{}\"\nb = 1\n", "${\"".repeat(500), "\"}".repeat(500)),
                lost("more than 64 nested levels are too deep to check"),
            ),
        ] {
            assert_eq!(show_file(&native_file(&text)), expected);
        }
        for text in [
            steps(990),
            deep(60),
            format!("a {{\n{}}}\n", keys(6_000)),
            format!("a = {{\n{}}}\n", keys(2_000)),
        ] {
            assert_eq!(native_file(&text).diagnostics, []);
        }
        // Each level of an index may hold a traversal: their depths add up.
        let chain = format!("{}1{}", format!("x{}[", ".y".repeat(30)).repeat(40), "]".repeat(40));
        assert!(expression(&chain).is_err());
    });
}

#[test]
fn nothing_takes_quadratic_time() {
    on_large_stack(|| {
        let empty = (0..16_000).map(|n| format!("a{n} = <<E{n}\nE{n}\n")).collect::<Vec<_>>().concat();
        assert_eq!(native_file(&empty).body.attributes.len(), 16_000);
        let open = "a {\n".repeat(20_000);
        assert_eq!(native_file(&open).diagnostics.len(), 20_000);
        let twice = format!("a = {{\n{}}}\n", "k = 1\n".repeat(4_900));
        assert_eq!(show_file(&native_file(&twice)), "a = {\"k\" = 1}");
        let quotes = "a = \"x\n".repeat(20_000);
        assert_eq!(native_file(&quotes).lost.len(), 20_000);
        let nested = "x = <<A\n${\n".repeat(20_000);
        assert!(!native_file(&nested).diagnostics.is_empty());
    });
}

#[test]
fn json_blocks_have_their_labels() {
    check(
        &[
            ("{}", ""),
            (
                "[{\"locals\": {\"a\": 1}}, {\"locals\": [{\"b\": 2}, {\"c\": 3}]}]",
                "locals {a = 1}; locals {b = 2}; locals {c = 3}",
            ),
            (
                r#"{"//": "x", "resource": {"//": "y", "t": {"a": {"//": 1, "b": 1.50}, "c": [{"d": null}, {"e": true}]}}}"#,
                "resource t a {b = 1.50}; resource t c {d = null}; resource t c {e = true}",
            ),
            (
                r#"{"data": [{"t": [{"a": {}}]}], "output": {"o": {"value": "${x}"}}}"#,
                "data t a {}; output o {value = x}",
            ),
            (
                r#"{"resource": null, "resource": {"t": {"a": {"b": {"//": "kept"}}}}}"#,
                r#"resource t a {b = {"//" = "kept"}}"#,
            ),
            (r#"{"resource": "x"}"#, "\nIncorrect JSON value type"),
            (
                r#"{"resource": {"t": {"a": {"b": "${"}, "c": {}}}}"#,
                "resource t c {}\nlost resource t a\nUnterminated template string",
            ),
            ("{\"a\": 1,}", "\nlost \nInvalid JSON: trailing commas are not allowed"),
            ("{\"a\": 1 // x\n}", "\nlost \nInvalid JSON: comments are not allowed"),
            ("", "\nlost \na JSON value is missing"),
        ],
        |text| show_file(&json_file(text)),
    );
}

#[test]
fn json_strings_are_templates_except_where_they_name_things() {
    check(
        &[
            (
                r#"{"resource": {"t": {"a": {"x": "a${b}", "y": ["true", "$${z}", "é"], "k": {"${q}": 1}}}}}"#,
                r#"resource t a {x = t["a", b]; y = ["true", "${z}", "é"]; k = {q = 1}}"#,
            ),
            (
                r#"{"resource": {"t": {"a": {"depends_on": ["${x}"], "provider": "aws.${y}",
                  "lifecycle": {"ignore_changes": ["a[\"${x}\"]"], "precondition": {"condition": "${c}"}}}}}}"#,
                r#"resource t a {depends_on = ["${x}"]; provider = "aws.${y}"; lifecycle = {"ignore_changes" = ["a[\"${x}\"]"], "precondition" = {"condition" = c}}}"#,
            ),
            (
                r#"{"variable": {"v": {"type": "list(string)", "default": "${x}", "validation": {"condition": "${y}"}}},
                  "module": {"m": {"source": "./${x}", "providers": {"aws": "aws.${x}"}, "in": "${z}"}}}"#,
                r#"variable v {type = "list(string)"; default = "${x}"; validation = {"condition" = y}}; module m {source = "./${x}"; providers = {"aws" = "aws.${x}"}; in = z}"#,
            ),
            (
                r#"{"locals": {"a": "%{ if b }x%{ endif }\n${c}"}}"#,
                r#"locals {a = t[if b ["x"] [], "\n", c]}"#,
            ),
            (r#"{"locals": {"a": "${f(\"x\", \"\\n\")}"}}"#, r#"locals {a = f("x", "\n")}"#),
        ],
        |text| show_file(&json_file(text)),
    );
}

#[test]
fn json_values_are_literal() {
    check(
        &[
            (r#"{"//": 1, "a": "${x}", "b": {"//": 2}}"#, r#"a = "${x}"; b = {"//" = 2}"#),
            ("[]", "\nIncorrect JSON value type"),
        ],
        |text| show_file(&values_file(text)),
    );
}

#[test]
fn json_places_reach_into_strings() {
    let cases: &[(&str, &[&str])] = &[
        (r#""é${x.y}""#, &["é", "x", "x.y", "é${x.y}"]),
        (
            r#""\u00e9\ud83d\ude00\n${f(\"a\", x.y)}""#,
            &[
                r"\u00e9\ud83d\ude00\n",
                r#"\"a\""#,
                "x",
                "x.y",
                r#"f(\"a\", x.y)"#,
                r#"\u00e9\ud83d\ude00\n${f(\"a\", x.y)}"#,
            ],
        ),
        (r#"["plain", 1]"#, &["\"plain\"", "1", "[\"plain\", 1]"]),
    ];
    for (value, expected) in cases {
        let text = format!("{{\"locals\": {{\"a\": {value}}}}}");
        let file = json_file(&text);
        let attribute = file.body.blocks[0].body.attribute("a").unwrap();
        assert!(attribute.json);
        let mut out = Vec::new();
        places(&attribute.value, &text, &mut out);
        assert_eq!(out, *expected, "for {text}");
    }
}

#[test]
fn json_may_not_be_deep() {
    on_large_stack(|| {
        let deep = format!("{{\"locals\": {{\"a\": {}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(show_file(&json_file(&deep)), "\nlost \nInvalid JSON: maximum nesting depth exceeded");
        let deep = format!("{{\"locals\": {{\"a\": {}{}}}}}", "[".repeat(400), "]".repeat(400));
        assert_eq!(json_file(&deep).diagnostics, []);
    });
}

#[test]
fn bytes_that_are_no_utf8_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let sources = Sources::new(folder.path().to_path_buf());
    let cases: [(&str, &[u8], &str); 3] = [
        ("a.tf", b"# caf\xe9?\na = 1\n", "a = 1\na comment of this file is not encoded in UTF-8"),
        ("b.tf", b"a = \"caf\xe9\"\n", "a = \"caf?\"\nInvalid character encoding"),
        ("c.tf", b"\xef\xbb\xbfa = 1\n", "a = 1"),
    ];
    for (name, bytes, expected) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let id = sources.read(&path, None, LARGEST_FILE).unwrap();
        assert_eq!(show_file(&native::parse_file(id, &sources.file(id).unwrap())), expected);
    }
}
