//! JSON with holes, as tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{decode, decode_policy, decode_with, encode, to_serde, unknown_to_serde};
use crate::address::{Address, Key, Mode, ModulePath, Path, Reference, Subject};
use crate::source::{Sources, Span};
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, MappingKind, Number, Origin, SequenceKind, Text, Type, Unknown, Value};

fn bucket() -> Address {
    Address {
        module: ModulePath::root(),
        mode: Mode::Managed,
        resource_type: "aws_s3_bucket".into(),
        name: "b".into(),
        key: Key::None,
    }
}

/// What `@`, `~`, `?`, `+` and `!` stand for in the texts below.
fn hole(mark: char) -> Unknown {
    let attribute = Unknown::attribute(bucket(), Path::attribute("arn"));
    match mark {
        '@' => attribute,
        '~' => Unknown::because(attribute.cause),
        '+' => {
            let mut one_of = Unknown::because(Cause::Function("file".into()));
            one_of.one_of = vec![Value::string("a"), Value::string("b")];
            one_of
        }
        '!' => Unknown::because(Cause::Function("timestamp".into())),
        _ => Unknown::because(Cause::Function("file".into())),
    }
}

fn text(written: &str) -> Text {
    let mut text = TextBuilder::default();
    for character in written.chars() {
        match character {
            '@' | '~' | '?' | '+' | '!' => text.push_hole(Arc::new(hole(character))),
            other => text.push_str(other.encode_utf8(&mut [0; 4])),
        }
    }
    text.build()
}

fn object(entries: &[(&str, Value)]) -> Value {
    Value::object(entries.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
}

fn seen(value: &Value) -> String {
    match &value.data {
        Data::Null(_) => "null".to_owned(),
        Data::Bool(_) | Data::Number(_) => value.shown(),
        Data::String(text) => format!("{:?}", text.shown()),
        Data::Sequence(_, elements, more) => {
            let mut parts: Vec<_> = elements.iter().map(seen).collect();
            parts.extend(more.is_some().then(|| "…".to_owned()));
            format!("[{}]", parts.join(" "))
        }
        Data::Mapping(_, entries) => {
            let parts: Vec<_> =
                entries.iter().map(|(name, value)| format!("{name}={}", seen(value))).collect();
            format!("{{{}}}", parts.join(" "))
        }
        Data::Unknown(unknown) if unknown.one_of.is_empty() => "unknown".to_owned(),
        Data::Unknown(unknown) => unknown.one_of.iter().map(seen).collect::<Vec<_>>().join("|"),
    }
}

#[test]
fn encodes() {
    let table = [
        (Value::null(), "null"),
        (Value::number(Number::parse("0.0").unwrap().neg()), "-0"),
        (Value::number(Number::parse("1e21").unwrap()), "1000000000000000000000"),
        (Value::tuple(vec![]), "[]"),
        (object(&[]), "{}"),
        (
            object(&[("b", Value::tuple(vec![Value::bool(true), Value::null()])), ("a", Value::string("x"))]),
            r#"{"a":"x","b":[true,null]}"#,
        ),
        (
            Value::string("<&>\"\\\n\t\u{1}\u{7f}é😀\u{2028}/"),
            "\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\t\\u0001\u{7f}é😀\\u2028/\"",
        ),
        (object(&[("<", Value::null())]), r#"{"\u003c":null}"#),
        (Value::unknown(hole('@')), "…"),
        (object(&[("a", Value::unknown(hole('@'))), ("b", Value::bool(true))]), r#"{"a":…,"b":true}"#),
        (Value::new(Data::String(text("arn:@/*"))), "\"arn:…/*\""),
        (Value::number(Number::INFINITY), "…"),
        (
            Value::new(Data::Sequence(
                SequenceKind::Tuple,
                vec![Value::bool(true)].into(),
                Some(Arc::new(hole('?'))),
            )),
            "[true…]",
        ),
    ];
    for (value, expected) in table {
        assert_eq!(encode(&value).shown(), expected);
    }
}

#[test]
fn gives_the_document_back() {
    let origin = Origin::At(Span { file: Sources::default().add("main.tf", "x"), start: 7, end: 9 });
    let secret = Value::string("s").marked(true).with_origin(origin);
    let list = Value::list(Type::String, vec![secret, Value::new(Data::Null(Type::String))]);
    let value = object(&[("a", list), ("b", Value::unknown(hole('@')))]);
    let back = decode(&encode(&value)).unwrap();
    assert_eq!(seen(&back), "{a=[\"s\" null] b=unknown}");
    let (elements, _) = back.get("a").unwrap().as_sequence().unwrap();
    assert!(elements[0].sensitive);
    assert_eq!(elements[0].origin.written().map(|span| span.start), Some(7));
    assert!(matches!(elements[1].data, Data::Null(Type::Dynamic)));
    assert!(matches!(back.get("a").unwrap().data, Data::Sequence(SequenceKind::Tuple, ..)));
    assert!(back.get("b").unwrap().as_unknown().unwrap().identity.is_some());
}

#[test]
fn decodes() {
    let table = [
        (" [1, \"a\"]\n", "[1 \"a\"]"),
        (r#"{"a": {"b": [true, false, null, -1.5e2]}}"#, "{a={b=[true false null -150]}}"),
        (r#"{"a": 1, "a": 2}"#, "{a=2}"),
        (r#""\u00e9\ud83d\ude00\n\/""#, "\"é😀\\n/\""),
        (r#""\ud83d""#, "\"\u{fffd}\""),
        (r#""e\u0301""#, "\"é\""),
        ("100000000000000000000000000000000000001", "100000000000000000000000000000000000001"),
        ("1e1000000000", "unknown"),
        ("-0", "-0"),
        ("{}", "{}"),
        ("[]", "[]"),
        // Errors.
        ("", "error: unexpected end of JSON input (line 1, column 1)"),
        ("tru", "error: not a JSON value (line 1, column 1)"),
        ("[1,\n 2,]", "error: expected a value (line 2, column 4)"),
        ("[1 2]", "error: expected `,` or `]` after an element (line 1, column 4)"),
        ("{} x", "error: extraneous data after JSON value (line 1, column 4)"),
        ("{\"a\" 1}", "error: expected `:` after a key (line 1, column 6)"),
        ("{a: 1}", "error: expected a key in quotes (line 1, column 2)"),
        ("{\"a\":1,}", "error: expected a key in quotes (line 1, column 8)"),
        ("\"a\n\"", "error: control character in a string (line 1, column 3)"),
        ("\"\\x\"", "error: unknown escape sequence in a string (line 1, column 3)"),
        ("\"\\u12\"", "error: expected four hexadecimal digits (line 1, column 4)"),
        ("01", "error: not a JSON value (line 1, column 1)"),
        ("1.", "error: not a JSON value (line 1, column 1)"),
        (".5", "error: not a JSON value (line 1, column 1)"),
        ("+5", "error: not a JSON value (line 1, column 1)"),
        ("[1", "error: expected `,` or `]` after an element (line 1, column 3)"),
    ];
    for (written, expected) in table {
        // Signs mark no holes here.
        let found = match decode(&Text::known(written)) {
            Ok(value) => seen(&value),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(found, expected, "{written}");
    }
}

#[test]
fn decodes_holes() {
    let table = [
        (r#"{"a": @, "b": 1}"#, "{a=unknown b=1}"),
        (r#"{"a": ?, "b": 1}"#, "{a=unknown b=1}"),
        (r#"{"a": 1?, "b": 1}"#, "{a=unknown b=1}"),
        (r#"{"Principal": "*", "Resource": "@/*"}"#, r#"{Principal="*" Resource="…/*"}"#),
        (r#"{"a": "~"}"#, r#"{a="…"}"#),
        (r#"{"a": "x+y"}"#, r#"{a="x…y"}"#),
        (r#"{"a": "!"}"#, r#"{a="…"}"#),
        // What could close the quote.
        (r#"{"a": "x?", "b": 1}"#, "unknown"),
        (r#"{"a": "x\@", "b": 1}"#, "unknown"),
        (r#"{"a": "\u00@"}"#, "unknown"),
        // Keys and structure.
        (r#"{"x": {"@:aud": 1}, "b": 1}"#, "{b=1 x=unknown}"),
        (r#"{"a": 1, ?}"#, "unknown"),
        (r#"{"a": 1 ?}"#, "unknown"),
        (r#"{"a" ? 1}"#, "unknown"),
        (r#"{"a": ? "b": 1}"#, "unknown"),
        (r#"{"a": ?"#, "unknown"),
        ("?", "unknown"),
        (" ? {}", "unknown"),
        ("{} ?", "unknown"),
        // Arrays: there may be more.
        ("[?]", "[…]"),
        ("[ ? ? ]", "[…]"),
        ("[1, ?, 2]", "[1 unknown 2 …]"),
        ("[1 ?, 2]", "[1 2 …]"),
        ("[? {\"a\": 1}]", "[unknown {a=1} …]"),
        ("[?{\"a\": 1}]", "[unknown {a=1} …]"),
        ("[{\"a\": ?}]", "[{a=unknown}]"),
        ("[\"@\"]", "[\"…\"]"),
        ("[\"~\"]", "[\"…\" …]"),
        ("[\"+\"]", "[\"…\"]"),
        // An error that is none of the holes' doing.
        (r#"{"a": "@" 1}"#, "error: expected `,` or `}` after a value (line 1, column 10)"),
    ];
    for (written, expected) in table {
        let found = match decode(&text(written)) {
            Ok(value) => seen(&value),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(found, expected, "{written}");
    }
    let decoded = decode(&text(r#"{"a": @, "b": "@"}"#)).unwrap();
    let bare = decoded.get("a").unwrap().as_unknown().unwrap();
    assert_eq!((bare.cause.clone(), bare.identity.is_none()), (hole('@').cause, true));
    let Data::String(quoted) = &decoded.get("b").unwrap().data else { panic!("not a string") };
    assert_eq!(quoted.as_hole().unwrap().identity, hole('@').identity);
}

#[test]
fn a_variable_without_a_value_may_close_the_quote() {
    let name = Reference { module: ModulePath::root(), subject: Subject::Variable("bucket".into()) };
    let mut written = TextBuilder::default();
    written.push_str(r#"{"a": ""#);
    written.push_hole(Arc::new(Unknown::because(Cause::Variable(name.clone())).of(Type::String)));
    written.push_str("\"}");
    let decoded = decode(&written.build()).unwrap();
    assert_eq!(decoded.as_unknown().unwrap().cause, Cause::Variable(name));
}

#[test]
fn policies_keep_duplicate_keys() {
    let written = text(r#"{"C": {"E": {"x": 1}, "E": {"y": 2}, "F": 1}, "C2": {"E": null, "E": 1, "E": 2}}"#);
    let (policy, duplicates) = decode_policy(&written).unwrap();
    assert_eq!(seen(&policy), "{C={E={x=1}|{y=2} F=1} C2={E=null|1|2}}");
    assert_eq!(duplicates, ["E", "E"]);
    assert!(policy.get("C").unwrap().get("E").unwrap().as_unknown().unwrap().not_null);
    assert!(!policy.get("C2").unwrap().get("E").unwrap().as_unknown().unwrap().not_null);
    assert_eq!(seen(&decode(&written).unwrap()), "{C={E={y=2} F=1} C2={E=2}}");
}

#[test]
fn tells_where_values_stand() {
    let file = Sources::default().add("main.tf", "x");
    let at = |start: usize, end: usize| {
        let place = |offset: usize| u32::try_from(offset).unwrap();
        Origin::At(Span { file, start: place(start), end: place(end) })
    };
    let decoded = decode_with(&text(r#"{"a": [true]}"#), &at).unwrap();
    let list = decoded.get("a").unwrap();
    let place = |value: &Value| value.origin.written().map(|span| (span.start, span.end));
    assert_eq!(place(&decoded), Some((0, 13)));
    assert_eq!(place(list), Some((6, 12)));
    assert_eq!(place(&list.as_sequence().unwrap().0[0]), Some((7, 11)));
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(decode(&Text::known(&nested(128))).is_ok());
    assert!(decode(&Text::known(&nested(129))).is_err());
    assert!(decode(&Text::known(&"[".repeat(1_000_000))).is_err());
    let mut deep = Value::tuple(vec![]);
    for _ in 0..600 {
        deep = Value::tuple(vec![deep]);
    }
    assert!(encode(&deep).as_hole().is_some());
    assert_eq!(to_serde(&Value::tuple(vec![])), Some(serde_json::json!([])));
}

#[test]
fn shared_parts_do_not_multiply() {
    let mut wide = Value::string("laugh".repeat(1 << 16));
    for _ in 0..40 {
        wide = Value::tuple(vec![wide.clone(), wide]);
    }
    assert!(encode(&wide).as_hole().is_some());
}

#[test]
fn a_resource_has_more_than_is_shown() {
    let owner = Arc::new((bucket(), Path::empty()));
    let entries = BTreeMap::from([("acl".into(), Value::string("private"))]);
    let resource = Value::new(Data::Mapping(MappingKind::Block(owner), entries.into()));
    let text = encode(&resource);
    assert_eq!(text.shown(), r#"{"acl":"private"…}"#);
    assert!(matches!(decode(&text).unwrap().data, Data::Mapping(MappingKind::Block(_), _)));
    // Inside of another text the document is lost.
    let mut outer = TextBuilder::default();
    outer.push_text(&text);
    assert_eq!(seen(&decode(&outer.build()).unwrap()), "unknown");
}

#[test]
fn resolves() {
    let value = object(&[
        ("known", Value::string("x")),
        ("unknown", Value::unknown(hole('@'))),
        ("secret", Value::string("hush").marked(true)),
        ("secrets", Value::tuple(vec![Value::string("hush")]).marked(true)),
        ("part", Value::new(Data::String(text("a-@")))),
        ("list", Value::tuple(vec![Value::number(Number::from(1_i64)), Value::unknown(hole('@'))])),
        ("map", object(&[("a", Value::null()), ("b", Value::unknown(hole('?')))])),
        ("plain", object(&[("a", Value::bool(true))])),
    ]);
    assert_eq!(
        to_serde(&value),
        Some(serde_json::json!({
            "known": "x", "secret": "(sensitive)", "secrets": "(sensitive)", "list": [1, null],
            "map": {"a": null}, "plain": {"a": true},
        }))
    );
    assert_eq!(
        unknown_to_serde(&value),
        serde_json::json!({
            "unknown": true, "part": true, "list": [false, true], "map": {"b": true}, "plain": {},
        })
    );
    assert_eq!(to_serde(&Value::unknown(hole('@'))), None);
}
