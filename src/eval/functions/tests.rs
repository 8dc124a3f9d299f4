//! Tables of calls and what they give, read by a small evaluator of literals and calls.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::{CallError, Host, HostError, call};
use crate::address::Name;
use crate::syntax::{Expr, ExprKind, TemplatePart, UnaryOperator, native};
use crate::value::text::{Piece, TextBuilder};
use crate::value::{Cause, Data, Fields, MappingKind, Number, SequenceKind, Type, Unknown, Value};

/// A host with a few files and a budget.
struct Files {
    left: Cell<usize>,
}

static FILES: &[(&str, &[u8])] = &[
    ("a.txt", b"one\n"),
    ("bin.dat", b"\xff\x00"),
    ("sub/b.txt", b"two"),
    ("sub/deep/c.json", b"{}"),
    ("sub/.hidden", b""),
];

impl Host for Files {
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        let found = FILES.iter().find(|(name, _)| *name == path);
        found
            .map(|(_, bytes)| bytes.to_vec())
            .ok_or_else(|| HostError::Failed(format!("no file exists at {path:?}")))
    }

    fn file_exists(&self, path: &str) -> Result<bool, HostError> {
        Ok(FILES.iter().any(|(name, _)| *name == path))
    }

    fn list_files(&self, directory: &str) -> Result<Vec<String>, HostError> {
        let prefix = if directory == "." { String::new() } else { format!("{directory}/") };
        Ok(FILES.iter().filter_map(|(name, _)| name.strip_prefix(&prefix)).map(str::to_owned).collect())
    }

    fn render_file(&self, _: &str, variables: &Fields) -> Result<Value, HostError> {
        variables.get("x").cloned().ok_or_else(|| HostError::Failed("no x".to_owned()))
    }

    fn working_directory(&self) -> String {
        "/here/now".to_owned()
    }

    fn spend(&self, amount: usize) -> Result<(), HostError> {
        match self.left.get().checked_sub(amount) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(HostError::Unknown(Cause::Budget("test".into()))),
        }
    }
}

fn unknown(of_type: Type) -> Unknown {
    Unknown::because(Cause::Function("test".into())).of(of_type)
}

/// The names that the tables may use.
fn variable(name: &str) -> Value {
    let possible = |values: &[&str]| {
        let one_of = values.iter().map(Value::string).collect();
        Value::unknown(Unknown { one_of, not_null: true, ..unknown(Type::String) })
    };
    match name {
        "u" => Value::unknown(unknown(Type::Dynamic)),
        "us" => Value::unknown(unknown(Type::String)),
        "un" => Value::unknown(unknown(Type::Number)),
        "ub" => Value::unknown(unknown(Type::Bool)),
        "ul" => Value::unknown(unknown(Type::list(Type::String))),
        "um" => Value::unknown(unknown(Type::map(Type::String))),
        "uset" => Value::unknown(unknown(Type::set(Type::String))),
        "ut" => Value::unknown(unknown(Type::Tuple([Type::String, Type::Number].into()))),
        "id" => Value::unknown(Unknown {
            identity: Some((address(), crate::address::Path::attribute("id"))),
            not_null: true,
            ..unknown(Type::String)
        }),
        "other" => Value::unknown(Unknown {
            identity: Some((address(), crate::address::Path::attribute("other"))),
            not_null: true,
            ..unknown(Type::String)
        }),
        // An attribute of all instances of a resource, of which the number is not known.
        "all" => {
            let of = crate::address::Address { key: crate::address::Key::Unknown, ..address() };
            let one = Unknown {
                identity: Some((of, crate::address::Path::attribute("all"))),
                ..unknown(Type::String)
            };
            let more = Unknown { one_of: vec![Value::unknown(one)], ..unknown(Type::Dynamic) };
            Value::new(Data::Sequence(SequenceKind::Tuple, [].into(), Some(std::sync::Arc::new(more))))
        }
        "either" => possible(&["public-read", "private"]),
        "both" => possible(&["public-read", "public-read-write"]),
        "secret" => Value::string("hush").marked(true),
        other => panic!("no variable {other}"),
    }
}

fn address() -> crate::address::Address {
    crate::address::Address {
        module: crate::address::ModulePath::root(),
        mode: crate::address::Mode::Managed,
        resource_type: "aws_s3_bucket".into(),
        name: "b".into(),
        key: crate::address::Key::None,
    }
}

fn evaluate(expression: &Expr, host: &dyn Host) -> Result<Value, CallError> {
    Ok(match &*expression.kind {
        ExprKind::Null => Value::null(),
        ExprKind::Bool(value) => Value::bool(*value),
        ExprKind::Number(number) => Value::number(Number::parse_conversion(number).unwrap()),
        ExprKind::String(text) => Value::string(text),
        ExprKind::Tuple(elements) => {
            Value::tuple(elements.iter().map(|element| evaluate(element, host)).collect::<Result<_, _>>()?)
        }
        ExprKind::Object(items) => {
            let mut entries = BTreeMap::new();
            for item in items {
                let ExprKind::String(key) = &*item.key.kind else { panic!("key {:?}", item.key) };
                entries.insert(Name::clone(key), evaluate(&item.value, host)?);
            }
            Value::object(entries)
        }
        ExprKind::Variable(name) => variable(name),
        ExprKind::Parenthesis(inner) => evaluate(inner, host)?,
        ExprKind::Unary(UnaryOperator::Negate, inner) => {
            let Data::Number(number) = evaluate(inner, host)?.data else { panic!("not a number") };
            Value::number(number.neg())
        }
        ExprKind::Template(template) => {
            let mut builder = TextBuilder::default();
            for part in &template.parts {
                match part {
                    TemplatePart::Literal(text, _) => builder.push_str(text),
                    TemplatePart::Interpolation(inner) => match evaluate(inner, host)?.data {
                        Data::Unknown(unknown) => builder.push_hole(unknown),
                        Data::String(text) => builder.push_text(&text),
                        other => panic!("interpolation of {other:?}"),
                    },
                    TemplatePart::If { .. } | TemplatePart::For { .. } => panic!("directive"),
                }
            }
            Value::new(Data::String(builder.build()))
        }
        ExprKind::Call(function) => {
            let mut arguments = Vec::new();
            for argument in &function.arguments {
                arguments.push(evaluate(argument, host)?);
            }
            if function.expand {
                let last = arguments.pop().unwrap();
                arguments.extend(last.as_sequence().unwrap().0.iter().cloned());
            }
            call(&function.name, &arguments, host)?
        }
        other => panic!("expression {other:?}"),
    })
}

/// A value with its kind: `list("a")`, `("a", 1)` for a tuple, `{…}` for an object, `map{…}`, `?` unknown, `…` more,
/// `!` sensitive.
fn render(value: &Value) -> String {
    let all = |elements: &[Value]| elements.iter().map(render).collect::<Vec<_>>();
    let text = match &value.data {
        Data::Null(_) => "null".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Number(value) => value.to_string(),
        Data::String(text) => {
            let pieces = text.pieces().into_iter().map(|piece| match piece {
                Piece::Literal(literal) => literal.escape_debug().to_string().replace("\\'", "'"),
                Piece::Hole(hole) => format!("${{{}}}", render_unknown(hole)),
            });
            format!("\"{}\"", pieces.collect::<String>())
        }
        Data::Sequence(kind, elements, more) => {
            let mut parts = all(elements);
            parts.extend(more.as_ref().map(|more| format!("…{}", render_unknown(more))));
            let kind = match kind {
                SequenceKind::List(_) => "list",
                SequenceKind::Set(_) => "set",
                SequenceKind::Tuple => "",
            };
            format!("{kind}({})", parts.join(", "))
        }
        Data::Mapping(kind, entries) => {
            let parts: Vec<String> =
                entries.iter().map(|(name, entry)| format!("{name} = {}", render(entry))).collect();
            let kind = if matches!(kind, MappingKind::Object) { "" } else { "map" };
            format!("{kind}{{{}}}", parts.join(", "))
        }
        Data::Unknown(unknown) => render_unknown(unknown),
    };
    format!("{text}{}", if value.sensitive { "!" } else { "" })
}

fn render_unknown(unknown: &Unknown) -> String {
    let parts: Vec<String> = unknown.one_of.iter().map(render).collect();
    let id = match &unknown.cause {
        Cause::Function(name) if &**name != "test" => format!("{name}()"),
        _ if unknown.identity.is_some() => "id".to_owned(),
        _ => String::new(),
    };
    if parts.is_empty() { format!("?{id}") } else { format!("?{id}[{}]", parts.join(" | ")) }
}

fn answer(text: &str) -> String {
    let host = Files { left: Cell::new(5_000_000) };
    let file = crate::source::Sources::default().add("table", text);
    let expression =
        native::parse_expression(file, text, 0).unwrap_or_else(|error| panic!("{text}: {}", error.message));
    match evaluate(&expression, &host) {
        Ok(value) => render(&value),
        Err(CallError::Unknown(cause)) => format!("unknown: {}", cause.name()),
        Err(CallError::NoSuchFunction) => "no such function".to_owned(),
        Err(CallError::Argument(position, message)) => format!("error in argument {position}: {message}"),
        Err(CallError::Failed(message) | CallError::Count(message)) => format!("error: {message}"),
    }
}

/// Checks lines of `call => answer`; an answer that ends in `…` needs to begin like that.
fn check(table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (expression, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("no arrow: {line}"));
        let got = answer(expression);
        let fits = match expected.strip_suffix('…') {
            Some(start) => got.starts_with(start),
            None => got == expected,
        };
        if !fits {
            wrong.push(format!("{expression}\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn calls() {
    check(
        r#"
        nope(1) => no such function
        core::upper("a") => "A"
        provider::random::thing(1) => unknown: provider::random::thing()
        upper() => error: Not enough function arguments: function "upper" expects 1 argument(s), missing value for "str"
        upper("a", "b") => error: Too many function arguments: function "upper" expects only 1 argument(s)
        upper(null) => error in argument 0: argument must not be null
        upper(1) => "1"
        upper([]) => error in argument 0: string required
        upper(us) => ?
        uuid() => ?uuid()
        timestamp() => ?timestamp()
        upper(secret) => "HUSH"!
        parseint(secret, 10) => error in argument 0: the value is not accepted; the reason is not shown, since it may tell a sensitive value
        list("a") => error: the "list" function …
        "#,
    );
}

#[test]
fn possible_values() {
    check(
        r#"
        upper(either) => ?["PUBLIC-READ" | "PRIVATE"]
        startswith(both, "public") => true
        startswith(either, "public") => ?[true | false]
        split("-", both) => ?[list("public", "read") | list("public", "read", "write")]
        element(["a", "b"], un) => ?["a" | "b"]
        element(["a", "a"], un) => "a"
        lookup({ a = 1, b = 2 }, us, 1) => ?[1 | 2]
        lookup({ private = 1, public-read = 1 }, either) => 1
        lookup({ private = 1 }, either) => 1
        lookup({ other = 1 }, either) => error in argument 1: the given object has no attribute "private"
        coalesce(either, "x") => ?["public-read" | "private"]
        concat(["a"], [either]) => ("a", ?["public-read" | "private"])
        "#,
    );
}

#[test]
fn text_functions() {
    check(
        r#"
        chomp("a\r\n\n") => "a"
        endswith("abc", "bc") => true
        endswith("abc", "") => true
        startswith("abc", "b") => false
        strcontains("hello", "ell") => true
        indent(2, "a\n\nb") => "a\n  \n  b"
        indent(-1, "a") => error in argument 0: must not be negative
        join("-", ["a", 1, true]) => "a-1-true"
        join(",", []) => ""
        join(",", ["a"], ["b", "c"]) => "a,b,c"
        join(",", ["a", null]) => error in argument 1: element 1 is null; cannot concatenate null values
        join(",", toset(["b", "a"])) => "a,b"
        lower("İSSẞ") => "issß"
        upper("straße ᾳ") => "STRAßE ᾼ"
        title("it's a_b héllo-world") => "It'S A_b Héllo-World"
        replace("a/b", "/", "-") => "a-b"
        replace("aaa", "//", "-") => "-a-a-a-"
        replace("héé", "", "-") => "-h-é-é-"
        replace("foobar", "/(o+)(b)/", "$2$1") => "fbooar"
        replace("foobar", "/(o+)/", "$1x") => "fbar"
        replace("foobar", "/(?P<os>o+)/", "<$os>") => "f<oo>bar"
        replace("foo", "/o/", "$$") => "f$$"
        replace("foo", "/(/", "") => error in argument 1: invalid regexp pattern: it does not parse
        split(",", "") => list("")
        split("", "") => list()
        split("", "añ") => list("a", "ñ")
        split(",", "a,,b") => list("a", "", "b")
        strrev("noël") => "lëon"
        substr("hello", 1, 3) => "ell"
        substr("hello", -3, -1) => "llo"
        substr("hello", -9, 2) => "he"
        substr("hello", 9, 1) => ""
        substr("hello", 2, 99) => "llo"
        substr("hello", 2, 0) => ""
        trim("?!hello?!", "!?") => "hello"
        trimprefix("aab", "a") => "ab"
        trimsuffix("abb", "b") => "ab"
        trimspace("\t a b\n ") => "a b"
        regex("[a-z]+", "53453453.345345aaabbbccc23454") => "aaabbbccc"
        regex("(\\d)(x)?", "a1") => ("1", null)
        regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://x.io/a") => {authority = "x.io", scheme = "https"}
        regex("x", "a") => error in argument 1: pattern did not match any part of the given string
        regexall("[a-z]", "1a2b") => list("a", "b")
        regexall("(a)(b)?", "ab a") => list(("a", "b"), ("a", null))
        regexall("z", "") => list()
        regexall("a*", "baaac") => list("", "aaa", "")
        "#,
    );
}

#[test]
fn patterns() {
    check(
        r##"
        regex("\\d", "٣5") => "5"
        regex("\\w+", "éa_1") => "a_1"
        regex("\\bb", "éb") => "b"
        regex("[\\s]", "a b") => " "
        regex("[^\\d]", "1a") => "a"
        regex("\\pL+", "1éa") => "éa"
        regex("\\p{Greek}+", "aβγ") => "βγ"
        regex("[^\\PL]", "1a") => "a"
        regex("\\Qa.b\\E+", "axb a.bb") => "a.bb"
        regex("\\101\\x42\\x{43}", "ABC") => "ABC"
        regex("\\_\\<\\/", "_</") => "_</"
        regex("[a&&b]+", "&ab") => "&ab"
        regex("[[:alpha:]-]+", "1a-b") => "a-b"
        regex("[]a]+", "b]a") => "]a"
        regex("[a\\]b]+", "x]b") => "]b"
        regex("[+--]", "-") => "-"
        regex("x{,2}", "x{,2}") => "x{,2}"
        regex("{", "{") => "{"
        regex("a{2}", "aaa") => "aa"
        regex("(?i)STRASSE", "strasse") => "strasse"
        regex("(?i:A)b", "ab") => "ab"
        regex("(?s).+", "a\nb") => "a\nb"
        regex(".+", "a\nb") => "a"
        regex("(?m)^b$", "a\nb\nc") => "b"
        regex("(?U)a+", "aaa") => "a"
        regex("(?P<n>a)(?P<n>b)", "ab") => {n = "b"}
        regex("#", "a#") => "#"
        regex("(?x)a", "a") => error in argument 0: invalid regexp pattern: invalid or unsupported Perl syntax
        regex("a**", "a") => error in argument 0: invalid regexp pattern: invalid nested repetition operator
        regex("a{1001}", "a") => error in argument 0: invalid regexp pattern: invalid repeat count
        regex("a{2,1}", "a") => error in argument 0: invalid regexp pattern: invalid repeat count
        regex("\\1", "a") => error in argument 0: invalid regexp pattern: invalid escape sequence
        regex("\\Z", "a") => error in argument 0: invalid regexp pattern: invalid escape sequence
        regex("\\b{start}a", "a") => error in argument 1: pattern did not match any part of the given string
        regex("(?=a)", "a") => error in argument 0: invalid regexp pattern: invalid or unsupported Perl syntax
        regex("[z-a]", "a") => error in argument 0: invalid regexp pattern: invalid character class range
        regex("[a", "a") => error in argument 0: invalid regexp pattern: missing closing ]
        regex("a)", "a") => error in argument 0: invalid regexp pattern: it does not parse
        regex("(a)(?P<x>b)", "ab") => error in argument 0: invalid regexp pattern: cannot mix both named and unnamed capture groups
        regex("((a{900}){900}){900}", "a") => ?regex()
        "##,
    );
}

#[test]
fn formats() {
    check(
        r#"
        format("Hello, %s!", "Ander") => "Hello, Ander!"
        format("%%") => "%"
        format("%d|%5d|%-5d|%05d|%+d|% d", 1, 2, 3, 4, 5, 6) => "1|    2|3    |00004|+5| 6"
        format("%x %X %#x %o %b", 255, 255, 255, 8, 5) => "ff FF 0xff 10 101"
        format("%.3d", 5) => "005"
        format("%d", "12") => "12"
        format("%d", 1.5) => error: unsupported value for "%d" at 0: an integer is required
        format("%d", true) => error: unsupported value for "%d" at 0: number required
        format("%8.3f|", 3.14159) => "   3.142|"
        format("%.0f %.0f %.1f", 0.5, 1.5, 0.25) => "0 2 0.2"
        format("%.1f", 0.15) => ?format()
        format("%f", 1) => "1.000000"
        format("%.2f", 0.001) => "0.00"
        format("%.2f", 99.999) => "100.00"
        format("%.0f", 0.7) => "1"
        format("%.1f", 0.04) => "0.0"
        format("%e", 12345.678) => "1.234568e+04"
        format("%g %g %g", 100000, 1000000, 0.00001) => "100000 1e+06 1e-05"
        format("%.3g %.3G", 1234.5, 0.000012345) => "1.23e+03 1.23E-05"
        format("%v %v %v %v", 1.50, true, "a", null) => "1.5 true a null"
        format("%v", 1e21) => "1e+21"
        format("%#v %q", "a", "b\n") => "\"a\" \"b\\n\""
        format("%v", ["a", 1]) => "[\"a\",1]"
        format("%5s|%-5s|%.2s|%05s", "añ", "b", "xyz", "z") => "   añ|b    |xy|0000z"
        format("%[2]s %[1]s", "a", "b") => "b a"
        format("%t", "true") => "true"
        format("%s", "a", "b") => error in argument 2: too many arguments; only 1 used by format string
        format("%s %s", "a") => error: not enough arguments for "%s" at 3: need index 2 but have 1 total
        format("%z", 1) => error: unsupported format verb 'z' at offset 0
        format("%s", null) => error: unsupported value for "%s" at 0: null value cannot be formatted
        format("%999999999d", 1) => unknown: width of a format verb
        format("%[99999999999999999999]d", 1) => error: unrecognized format …
        format("%[0]d", 1) => error: unrecognized format …
        format("a-%s-%s", id, "b") => "a-${?id}-b"
        format("a-%d", un) => "a-${?}"
        format("%s", "x-${us}") => "x-${?}"
        format("%5s|", "x-${us}") => "${?}|"
        formatlist("%s-%s", ["a", "b"], "x") => list("a-x", "b-x")
        formatlist("%s", ["a", id]) => list("a", "${?id}")
        formatlist("%s", ul) => ?
        formatlist("x") => list("x")
        formatlist("%s", []) => list()
        formatlist("%s-%s", ["a"], []) => error in argument 2: argument 2 has length 0, which is inconsistent with argument 1 of length 1
        "#,
    );
}

/// Every short text with up to two holes, whatever these hold: what `replace` says is never contradicted.
#[test]
fn replacing_is_sound_whatever_the_holes_hold() {
    fn words(letters: &str, longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..longest {
            last = last
                .iter()
                .flat_map(|word| letters.chars().map(move |letter| format!("{word}{letter}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }
    let host = Files { left: Cell::new(usize::MAX) };
    // `us` holds anything, `id` is a bucket's: never empty, no capital letters.
    let fillings = [("us", words("aB", 3)), ("id", words("ab", 3).split_off(1))];
    let mut told = 0;
    for (first, second) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for literals in words("aB|", 4).iter().filter(|word| word.matches('|').count() == 2) {
            let literals: Vec<&str> = literals.split('|').collect();
            let [Some(left), Some(middle), Some(right)] = [0, 1, 2].map(|at| literals.get(at)) else {
                continue;
            };
            let mut builder = TextBuilder::default();
            for (literal, hole) in [(left, Some(first)), (middle, Some(second)), (right, None)] {
                builder.push_str(literal);
                let hole = hole.and_then(|hole: usize| variable(fillings.get(hole)?.0).as_unknown().cloned());
                if let Some(hole) = hole {
                    builder.push_hole(hole);
                }
            }
            let text = Value::new(Data::String(builder.build()));
            for find in words("aB", 3).iter().skip(1) {
                let arguments = [text.clone(), Value::string(find), Value::string("x")];
                let result = call("replace", &arguments, &host).unwrap();
                let Data::String(result) = &result.data else { continue };
                told += 1;
                for one in &fillings.get(first).unwrap().1 {
                    for two in &fillings.get(second).unwrap().1 {
                        let real = format!("{left}{one}{middle}{two}{right}").replace(find, "x");
                        assert_ne!(
                            result.equals(&real),
                            crate::truth::Truth::False,
                            "{literals:?} {find} {real}"
                        );
                        // A hole that is still the attribute holds what the attribute holds.
                        let kept = result.holes().filter(|(_, hole)| hole.identity.is_some()).count();
                        let is_kept = kept < 2 || real == rebuilt(result, one, two);
                        assert!(is_kept, "{literals:?} {find} {real}");
                    }
                }
            }
        }
    }
    assert!(told > 500, "{told}");
}

/// A text with its two holes filled.
fn rebuilt(text: &crate::value::Text, one: &str, two: &str) -> String {
    let mut fillings = [one, two].into_iter();
    let pieces = text.pieces();
    let filled = pieces.iter().map(|piece| match piece {
        Piece::Literal(literal) => literal,
        Piece::Hole(_) => fillings.next().unwrap_or_default(),
    });
    filled.collect()
}

#[test]
fn texts_with_holes() {
    check(
        r#"
        startswith("abc-${us}", "abc") => true
        startswith("abc-${us}", "x") => false
        startswith("abc-${us}", "abc-d") => ?
        endswith("${us}.log", ".log") => true
        strcontains("a:${us}", "a:") => true
        strcontains("a:${us}", "b") => ?
        upper("a-${id}") => "A-${?}"
        lower("A-${either}") => "a-${?["public-read" | "private"]}"
        trimprefix("arn:${us}", "arn:") => "${?}"
        trimprefix("arn:${us}", "x") => "arn:${?}"
        trimprefix("${us}", "x") => ?
        trimsuffix("${id}/*", "/*") => "${?id}"
        trimspace(" a${us} ") => ?
        trimspace(" a${us}b ") => "a${?}b"
        chomp("${us}x\n") => "${?}x"
        chomp("${us}\n") => ?
        trim("${us}x", "x") => ?
        join(",", ["a", id, "b"]) => "a,${?id},b"
        join(",", concat(["a"], ul)) => ?
        replace("a_${us}", "_", "-") => "a-${?}"
        split(",", "a,${id},b${id}") => list("a", "${?id}", "b${?id}")
        split(",", "a,${us}") => ?
        split("", "a${id}") => ?
        split("a,", "${id},b") => ?
        split(",b", "${id},b") => list("${?id}", "")
        split(",", us) => ?
        replace("ab${us}", "ab", "-") => "-${?}"
        replace("abX${us}", "XY", "-") => ?
        replace("${us}Yab", "XY", "-") => ?
        replace("${us}Y${us}", "XYZ", "-") => ?
        replace("${us}${us}", "XY", "-") => ?
        replace("a${us}", "", "-") => ?
        replace("a${us}", "/a/", "-") => ?
        replace("NAME/*", "NAME", id) => "${?id}/*"
        replace("NAME/NAME", "NAME", "x${us}") => "x${?}/x${?}"
        replace("x", "NAME", us) => "x"
        replace("NAME", "/NAME/", us) => ?
        replace("NAME/${id}", "NAME", "b") => "b/${?id}"
        replace("a_${id}_NAME", "_NAME", "b") => "a_${?id}b"
        replace("n${id}", "name", "b") => ?
        replace("/${id}", "name", "b") => "/${?}"
        replace("/${either}", "vate", "") => "/${?["public-read" | "pri"]}"
        indent(2, "a\n${us}\nb") => "a\n  ${?}\n  b"
        length("a${us}") => ?
        base64encode("a${us}") => ?
        provider::aws::arn_build("aws", "s3", "", "", id) => "arn:aws:s3:::${?id}"
        "#,
    );
}

#[test]
fn collections() {
    check(
        r#"
        alltrue([]) => true
        alltrue([true, null]) => false
        alltrue([ub, false]) => false
        alltrue([ub, true]) => ?
        anytrue([]) => false
        anytrue([ub, "true"]) => true
        chunklist(["a", "b", "c"], 2) => list(list("a", "b"), list("c"))
        chunklist(["a", "b"], 0) => list(list("a", "b"))
        chunklist(["a"], -1) => error: the size argument must be positive
        coalesce("", null, "b") => "b"
        coalesce(0, 1) => 0
        coalesce(null, 1, "a") => "1"
        coalesce([], ["a"]) => list()
        coalesce(id, "x") => ?id
        coalesce("x-${us}", "y") => "x-${?}"
        coalesce(us, "y") => ?
        coalesce("", null) => error: no non-null, non-empty-string arguments
        coalesce(true, 1) => error: all arguments must have the same type
        coalescelist([], ["a"]) => ("a")
        coalescelist(ul, ["a"]) => ?
        coalescelist([], []) => error: no non-null, non-empty-list arguments
        coalescelist(null, ["a"]) => error in argument 0: argument must not be null
        compact(["a", "", null, "b"]) => list("a", "b")
        compact(["a", us]) => list("a", …?)
        compact([id, ""]) => list(?id)
        concat(["a"], ["b", 1]) => ("a", "b", 1)
        concat(tolist(["a"]), tolist([1])) => list("a", "1")
        concat(tolist(["a"]), ul) => list("a", …?)
        concat(["a"], u) => ("a", …?)
        concat(["a"], ut) => ("a", ?, ?)
        concat(["a"], toset(["b"])) => error in argument 1: all arguments must be lists or tuples; got set
        contains(["a", "b"], "a") => true
        contains([1], "1") => false
        contains([us, "a"], "a") => true
        contains([us], "a") => ?
        contains([], us) => false
        contains(concat(["a"], ul), "b") => ?
        contains("abc", "a") => error in argument 0: argument must be list, tuple, or set
        contains(["a"], null) => error in argument 1: argument must not be null
        distinct(["a", "b", "a"]) => list("a", "b")
        distinct([1, "1"]) => list("1")
        distinct(["a", us]) => list("a", ?, …?)
        distinct([id]) => list(?id)
        distinct([id, other]) => list(?id, ?id, …?[?id])
        element([id, other], un) => ?[?id | ?id]
        element([id, id], un) => ?id
        element(all, 0) => ?[?id]
        element(concat([id], all), un) => ?[?id | ?id]
        element(concat([id], ul), 0) => ?
        slice(all, 0, 2) => (?[?id], ?[?id])
        slice(all, 1, 1) => ()
        slice(all, 2, 1) => error in argument 1: start index must not be greater than end index
        slice(all, 0, 100) => ?
        slice(concat(["a"], ul), 0, 1) => (?)
        sort([id, other]) => list(?[?id | ?id], ?[?id | ?id])
        one(all) => ?[?id | null]
        compact(concat(["", id], all)) => list(?id, …?[?id])
        setunion([id], [other]) => set(?id, ?id)
        setsubtract([id], ["x"]) => set(…?[?id])
        coalesce(us, id) => ?
        flatten([[id], all]) => (?id, …?[?id])
        element(["a", "b", "c"], 4) => "b"
        element(["a", "b", "c"], -1) => "c"
        element([], 0) => error: cannot use element function with an empty list
        element(["a", us], 0) => "a"
        flatten([["a", []], "b", [["c"]]]) => ("a", "b", "c")
        flatten([["a"], ul]) => ("a", …?)
        flatten([["a", us]]) => ("a", ?)
        flatten([{ a = [1] }]) => ({a = (1)})
        index(["a", "b"], "b") => 1
        index(["a"], "z") => error: item not found
        index([us, "b"], "b") => ?
        keys({ b = 1, a = us }) => ("a", "b")
        keys(tomap({ b = 1 })) => list("b")
        keys(um) => ?
        length([us, 1]) => 2
        length("👨‍👩‍👧x") => 2
        length(ul) => ?
        length(ut) => 2
        length(toset([us])) => 1
        length(toset([us, "a"])) => ?[1 | 2]
        length(concat(["a"], ul)) => ?
        length(null) => error in argument 0: argument must not be null
        length(5) => error in argument 0: argument must be a string, a collection type, or a structural type
        lookup({ a = 1 }, "a", "d") => 1
        lookup({ a = 1 }, "b", "d") => "d"
        lookup({ a = null }, "a", "d") => null
        lookup(tomap({ a = "x" }), "b", 5) => "5"
        lookup(tomap({ a = "x" }), "b") => error: lookup failed to find key "b"
        lookup(um, "a", "d") => ?
        matchkeys(["a", "b"], [1, 2], ["2"]) => list("b")
        merge() => {}
        merge({ a = 1 }, { b = 2, a = 3 }) => {a = 3, b = 2}
        merge({ a = 1 }, null) => {a = 1}
        merge(tomap({ a = 1 }), tomap({ b = 2 })) => map{a = 1, b = 2}
        merge(tomap({ a = 1 }), { b = "x" }) => {a = 1, b = "x"}
        merge({ a = 1 }, { b = us }) => {a = 1, b = ?}
        merge({ a = 1 }, um) => ?
        merge({ a = 1 }, [1]) => error in argument 1: arguments must be maps or objects, got tuple
        one([]) => null
        one(["a"]) => "a"
        one(["a", "b"]) => error in argument 0: must be a list, set, or tuple value with either zero or one elements
        reverse(["a", 1]) => (1, "a")
        reverse(toset(["a", "b"])) => list("b", "a")
        slice(["a", "b", "c"], 1, 2) => ("b")
        slice(["a"], 0, 2) => error in argument 2: end index must not be greater than the length of the list
        sort(["b", "a", 10]) => list("10", "a", "b")
        sort(["b", us, "a"]) => list("a", "b", …?)
        transpose({ a = ["1", "2"], b = ["2"] }) => map{1 = list("a"), 2 = list("a", "b")}
        values({ b = 1, a = 2 }) => (2, 1)
        zipmap(["a", "b"], [1, "x"]) => {a = 1, b = "x"}
        zipmap(["a", "a"], tolist([1, 2])) => map{a = 2}
        zipmap(["a"], []) => error: number of keys (1) does not match number of values (0)
        concat([secret], ["b"]) => ("hush"!, "b")
        merge({ a = secret }, { b = 1 }) => {a = "hush"!, b = 1}
        length(secret) => 4!
        length([secret]) => 1
        keys({ a = secret }) => ("a")
        "#,
    );
}

#[test]
fn set_functions() {
    check(
        r#"
        setunion(["b"], ["a", "b"]) => set("a", "b")
        setunion(["a"], [us]) => set("a", ?)
        setintersection(["a", 1], ["1"]) => set("1")
        setintersection(["a"], []) => set()
        setintersection(["a", "b"], ["a", us]) => set("a", …?["b"])
        setsubtract([1, 2], ["2"]) => set("1")
        setsubtract(["a", "b"], ["a", us]) => set(…?["b"])
        setproduct(["a", "b"], [1]) => list(("a", 1), ("b", 1))
        setproduct(["a"], []) => list()
        setproduct(toset(["a"]), ["b"]) => set(("a", "b"))
        setproduct(["a"]) => error: at least two arguments are required
        toset(["b", "A", "a"]) => set("A", "a", "b")
        "#,
    );
}

#[test]
fn numbers() {
    check(
        r#"
        abs(-5) => 5
        ceil(5.1) => 6
        floor(-5.1) => -6
        log(16, 2) => 4
        log(1, 10) => 0
        log(1000, 10) => ?log()
        max(1, "3", 2) => 3
        max() => error: must pass at least one number
        min(1, 0.5) => 0.5
        parseint("ff", 16) => 255
        parseint("-0011", 2) => -3
        parseint("Zz", 62) => 3817
        parseint("1.5", 10) => error in argument 0: cannot parse "1.5" as a base 10 integer
        parseint(5, 10) => error in argument 0: first argument must be a string
        parseint("1", 63) => error in argument 1: base must be a whole number between 2 and 62 inclusive
        pow(3, 2) => 9
        pow(2, 100) => ?pow()
        pow(4, 0.5) => 2
        pow(2, -1) => 0.5
        pow(1.1, 7) => ?pow()
        signum(-3) => -1
        sum([1, "2", 3.5]) => 6.5
        sum([]) => error in argument 0: cannot sum an empty list
        sum([1, un]) => ?
        range(3) => list(0, 1, 2)
        range(-3) => list(0, -1, -2)
        range(1, 8, 2) => list(1, 3, 5, 7)
        range(4, 1, -1) => list(4, 3, 2)
        range(1, 1) => list()
        range(1, 4, 0) => error in argument 2: step must not be zero
        range(2000) => error: more than 1024 values …
        "#,
    );
}

#[test]
fn encodings() {
    check(
        r#"
        base64encode("é") => "w6k="
        base64decode("w6k=") => "é"
        base64decode("w6k") => error in argument 0: failed to decode base64 data
        base64decode("/w==") => error in argument 0: the result of decoding the provided string is not valid UTF-8
        md5("a") => "0cc175b9c0f1b6a831c399e269772661"
        sha1("a") => "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
        sha256("a") => "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
        base64sha256("a") => "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="
        uuidv5("dns", "www.terraform.io") => "a5008fae-b28c-5ba5-96cd-82b4c53552d6"
        urlencode("a b/é~") => "a+b%2F%C3%A9~"
        urldecode("a+b%2F") => "a b/"
        urldecode("%zz") => error in argument 0: invalid URL escape
        textencodebase64("Hi", "UTF-16LE") => "SABpAA=="
        textencodebase64("Hi", "UTF-16") => "/v8ASABp"
        textdecodebase64("SABpAA==", "UTF-16LE") => "Hi"
        textencodebase64("é", "ISO-8859-1") => "6Q=="
        textencodebase64("☃", "ISO-8859-1") => error in argument 0: the given string …
        csvdecode("a,b\n1,\"x \"\"y\"\"\"\r\n\n3,4") => list({a = "1", b = "x \"y\""}, {a = "3", b = "4"})
        csvdecode("a,b\n") => list()
        csvdecode("a,a\n") => error: duplicate column name "a"
        csvdecode("a,b\n1\n") => error: wrong number of fields in row 2
        csvdecode("a\nx\"y\n") => error: bare " in non-quoted-field
        csvdecode("") => error in argument 0: missing header line
        jsonencode({ b = [1, null], a = "<x>" }) => "{\"a\":\"\\u003cx\\u003e\",\"b\":[1,null]}"
        jsonencode({ a = id }) => "{\"a\":${?id}}"
        jsonencode(null) => "null"
        jsonencode({ a = secret }) => "{\"a\":\"hush\"}"!
        jsondecode("{\"a\":[1,\"x\",null]}") => {a = (1, "x", null)}
        jsondecode(jsonencode({ a = id })) => {a = ?id}
        provider::aws::arn_parse("arn:aws:iam::123456789012:role/a:b") => {account_id = "123456789012", partition = "aws", region = "", resource = "role/a:b", service = "iam"}
        provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:role/with/path/example") => "arn:aws:iam::444455556666:role/example"
        provider::google::project_from_id("projects/p/zones/z/instances/i") => "p"
        provider::google::region_from_zone("us-central1-b") => "us-central1"
        provider::terraform::encode_expr(["a", 1]) => "[\"a\", 1]"
        "#,
    );
}

#[test]
fn yaml() {
    check(
        r#"
        yamldecode("a: 1\nb: [x, 'y', \"z\"]\nc: {d: ~}") => {a = 1, b = ("x", "y", "z"), c = {d = null}}
        yamldecode("- yes\n- No\n- on\n- 'yes'\n- yess") => (true, false, true, "yes", "yess")
        yamldecode("y: 1") => {true = 1}
        yamldecode("[0x1F, 0o17, 017, 1_000, 1e3, .5, +3, -2.5, 1.2.3]") => (31, 15, 17, "1_000", 1000, 0.5, 3, -2.5, "1.2.3")
        yamldecode("2018-01-02") => "2018-01-02T00:00:00Z"
        yamldecode("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2") => {a = {k = 1}, b = {k = 1}, c = {k = 1, l = 2}}
        yamldecode("a: 1\na: 2") => {a = 2}
        yamldecode("a: !!binary aGk=\nb: !!str 1") => {a = "aGk=", b = "1"}
        yamldecode("a: !x 1") => error: unsupported tag "!x"
        yamldecode("a: |\n  l1\n  l2\nb: >\n  f1\n  f2\n") => {a = "l1\nl2\n", b = "f1 f2\n"}
        yamldecode("--- 1\n--- 2") => error: unexpected extra content after value
        yamldecode("") => error: EOF: missing value
        yamldecode("a: [") => error: on line …
        yamldecode("*x") => error: on line …
        yamldecode("a: ${id}/*\nb: \"x-${id}\"\nc: [arn:aws:s3:::${id}, 1]") => {a = "${?id}/*", b = "x-${?id}", c = ("arn:aws:s3:::${?id}", 1)}
        yamldecode("a: ${id}\nb: '${id}'\n# ${id}") => {a = ?, b = "${?id}"}
        yamldecode("${id}: a") => ?
        yamldecode("a: \"\\${id}\"") => ?
        yamldecode("a: [${id}") => ?
        yamldecode("a: !!str ${id}") => ?
        yamldecode("a: ${us}") => ?
        yamldecode("{\"a\": \"b\"}") => {a = "b"}
        yamlencode("") => "\"\"\n"
        yamlencode(1) => "1\n...\n"
        yamlencode({ foo = [1, { a = "b", c = true }, [2, 3]], bar = {}, baz = { x = null } }) => "\"bar\": {}\n\"baz\":\n  \"x\": null\n\"foo\":\n- 1\n- \"a\": \"b\"\n  \"c\": true\n- - 2\n  - 3\n"
        yamlencode({ a = "x\ny\n" }) => "\"a\": |\n  x\n  y\n"
        "#,
    );
    let bomb: String = std::iter::once("a0: &a0 [x, x]\n".to_owned())
        .chain((1..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)))
        .collect();
    assert_eq!(answer(&format!("yamldecode({bomb:?})")), "unknown: size of a YAML document");
    let deep = "[".repeat(200);
    assert_eq!(answer(&format!("yamldecode({deep:?})")), "unknown: depth of a YAML document");
}

#[test]
fn times() {
    check(
        r#"
        formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z") => "02 Jan 2018 23:12 UTC"
        formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00") => "Tuesday, 02-Jan-18 23:12:01 -0800"
        formatdate("h'h 'm'm' 'it''s' H:mmAA Z ZZZZZ", "2020-02-29T00:05:09+05:30") => "0h 5m it's 12:05AM +05:30 +05:30"
        formatdate("X", "2018-01-02T23:12:01Z") => error in argument 0: invalid date format verb "X"
        formatdate("'x", "2018-01-02T23:12:01Z") => error in argument 0: unterminated literal '
        formatdate("YYYY", "2018-02-30T00:00:00Z") => error in argument 1: "2018-02-30T00:00:00Z" is not a valid RFC3339 timestamp
        formatdate("YYYY", "2018-01-02 00:00:00Z") => error in argument 1: …
        timeadd("2017-11-22T00:00:00Z", "10m") => "2017-11-22T00:10:00Z"
        timeadd("2016-02-28T23:00:00+01:00", "-1h30m1.5s") => "2016-02-28T21:29:58+01:00"
        timeadd("2016-02-28T23:00:00Z", "25h") => "2016-03-01T00:00:00Z"
        timeadd("1969-12-31T23:59:59.9Z", "100ms") => "1970-01-01T00:00:00Z"
        timeadd("2016-02-28T23:00:00Z", "1d") => error in argument 1: time: invalid duration "1d"
        timeadd("9999-12-31T23:59:59Z", "1s") => error: the result is out of the range of timestamps
        timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00") => 0
        timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:01Z") => -1
        "#,
    );
}

#[test]
fn networks() {
    check(
        r#"
        cidrhost("10.12.112.0/20", 16) => "10.12.112.16"
        cidrhost("10.12.127.9/20", 268) => "10.12.113.12"
        cidrhost("10.12.112.0/20", -1) => "10.12.127.255"
        cidrhost("10.0.0.0/30", 4) => error: prefix of 30 does not accommodate a host numbered 4
        cidrhost("10.0.0.0/30", -5) => error: prefix of 30 does not accommodate a host numbered -5
        cidrhost("fd00:fd12:3456:7890::/72", 34) => "fd00:fd12:3456:7890::22"
        cidrhost("2001:db8::/32", 4294967296) => "2001:db8::1:0:0"
        cidrhost("010.0.0.0/8", 1) => "10.0.0.1"
        cidrhost("10.0.0/8", 1) => error in argument 0: invalid CIDR expression: invalid CIDR address: 10.0.0/8
        cidrhost("10.0.0.0/33", 1) => error in argument 0: …
        cidrhost("::ffff:10.0.0.0/104", 1) => ?cidrhost()
        cidrnetmask("172.16.0.0/12") => "255.240.0.0"
        cidrnetmask("10.0.0.0/0") => "0.0.0.0"
        cidrnetmask("fd00::/8") => error in argument 0: IPv6 addresses cannot have a netmask: fd00::/8
        cidrsubnet("172.16.0.0/12", 4, 2) => "172.18.0.0/16"
        cidrsubnet("10.1.2.0/24", 4, 15) => "10.1.2.240/28"
        cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162) => "fd00:fd12:3456:7800:a200::/72"
        cidrsubnet("10.0.0.0/8", 8, -1) => "0.1.0.0/16"
        cidrsubnet("10.0.0.0/8", 30, 1) => error: insufficient address space to extend prefix of 8 by 30
        cidrsubnet("10.0.0.0/8", 2, 4) => error: prefix extension of 2 does not accommodate a subnet numbered 4
        cidrsubnets("10.1.0.0/16", 4, 4, 8, 4) => list("10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24", "10.1.48.0/20")
        cidrsubnets("10.1.0.0/16") => list()
        cidrsubnets("10.0.0.0/31", 1, 1, 1) => error in argument 3: not enough remaining address space for a subnet with a prefix of 32 bits
        cidrsubnets("255.255.255.254/31", 1, 1) => list("255.255.255.254/32", "255.255.255.255/32")
        cidrcontains("10.0.0.0/8", "10.2.0.0/16") => true
        cidrcontains("10.0.0.0/8", "11.0.0.1") => false
        "#,
    );
}

#[test]
fn files() {
    check(
        r#"
        file("a.txt") => "one\n"
        file("bin.dat") => error in argument 0: contents of "bin.dat" are not valid UTF-8; use filebase64
        file("none") => error: no file exists at "none"
        file("~/x") => ?file()
        filebase64("bin.dat") => "/wA="
        filemd5("a.txt") => "5bbf5a52328e7439ae6e719dfe712200"
        fileexists("sub/b.txt") => true
        fileset(".", "*.txt") => set("a.txt")
        fileset(".", "**/*.txt") => set("a.txt", "sub/b.txt")
        fileset(".", "**") => set("a.txt", "bin.dat", "sub/.hidden", "sub/b.txt", "sub/deep/c.json")
        fileset("sub", "*") => set(".hidden", "b.txt")
        fileset("sub", "{b.txt,deep/*.json}") => set("b.txt", "deep/c.json")
        fileset("sub", "[a-c].t?t") => set("b.txt")
        fileset("sub", "[^b]*") => set(".hidden")
        fileset("sub", "../*") => ?fileset()
        fileset("none", "*") => set()
        templatefile("t", { x = "v" }) => "v"
        templatefile("t", { x = us }) => ?
        templatefile("t", { "a b" = 1 }) => error in argument 1: invalid template variable name "a b": …
        abspath("a/../b/.") => "/here/now/b"
        basename("a/b/") => "b"
        basename("") => "."
        dirname("a/b/c") => "a/b"
        dirname("a") => "."
        dirname("/") => "/"
        pathexpand("a/b") => "a/b"
        "#,
    );
}

#[test]
fn conversions_and_marks() {
    check(
        r#"
        tostring(1.50) => "1.5"
        tostring(null) => null
        tonumber("x") => error in argument 0: cannot convert: …
        tolist(["a", 1]) => list("a", "1")
        toset(["a", secret]) => set("a", "hush")!
        tomap({ a = 1, b = "x" }) => map{a = "1", b = "x"}
        sensitive("a") => "a"!
        nonsensitive(secret) => "hush"
        issensitive(secret) => true
        issensitive({ a = secret }) => false
        issensitive(u) => ?
        ephemeralasnull({ a = 1, b = secret }) => {a = 1, b = ?ephemeralasnull()!}
        "#,
    );
}

#[test]
fn budgets() {
    let long = "a".repeat(4000);
    for (expression, expected) in [
        (format!("replace({long:?}, \"a\", {long:?})"), "unknown: test"),
        (format!("replace({long:?}, \"/a/\", {long:?})"), "unknown: test"),
        (format!("indent(9000000000, {:?})", "\n\n"), "unknown: length of a text"),
        (
            "setproduct(range(1000), range(1000), range(1000), range(1000))".to_owned(),
            "unknown: number of elements",
        ),
        ("setproduct(range(1000), range(1000), range(1000), [])".to_owned(), "list()"),
        ("formatlist(\"%9999d\", range(1000))".to_owned(), "unknown: test"),
    ] {
        assert_eq!(answer(&expression), expected, "{}", expression.get(..60).unwrap_or(&expression));
    }
}
