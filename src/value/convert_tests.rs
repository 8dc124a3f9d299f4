//! Conversion, unification and equality, as tables.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::{constraint_name, convert};
use super::equal::{compare_for_set, equal, sort_set};
use super::unify::{converted_type, unify, unify_conditional};
use crate::address::{Address, Key, Mode, ModulePath, Path};
use crate::source::{Sources, Span};
use crate::truth::Truth;
use crate::value::text::TextBuilder;
use crate::value::{Cause, Data, Field, MappingKind, Number, Origin, SequenceKind, Type, Unknown, Value};

fn n(value: i64) -> Value {
    Value::number(Number::from(value))
}

fn s(value: &str) -> Value {
    Value::string(value)
}

fn object(entries: &[(&str, Value)]) -> Value {
    Value::object(entries.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
}

fn object_type(fields: &[(&str, Type)]) -> Type {
    Type::Object(Arc::new(
        fields.iter().map(|(name, of)| ((*name).into(), Field::required(of.clone()))).collect(),
    ))
}

fn tuple_type(elements: &[Type]) -> Type {
    Type::Tuple(elements.into())
}

fn any_unknown() -> Unknown {
    Unknown::because(Cause::Function("timestamp".into()))
}

fn id() -> Unknown {
    let of = Address {
        module: ModulePath::root(),
        mode: Mode::Managed,
        resource_type: "aws_s3_bucket".into(),
        name: "b".into(),
        key: Key::None,
    };
    Unknown::attribute(of, Path::attribute("id")).of(Type::String)
}

fn with_hole(before: &str, hole: Unknown, after: &str) -> Value {
    let mut text = TextBuilder::default();
    text.push_str(before);
    text.push_hole(Arc::new(hole));
    text.push_str(after);
    Value::new(Data::String(text.build()))
}

/// Type and value, for tables.
fn seen(value: &Value) -> String {
    match &value.data {
        Data::Null(of) => format!("null({})", constraint_name(of)),
        Data::Unknown(unknown) => format!("unknown({})", constraint_name(&unknown.of_type)),
        Data::Sequence(kind, elements, more) => {
            let inside: Vec<_> = elements.iter().map(seen).collect();
            let kind = match kind {
                SequenceKind::List(of) => format!("list({})", constraint_name(of)),
                SequenceKind::Set(of) => format!("set({})", constraint_name(of)),
                SequenceKind::Tuple => "tuple".to_owned(),
            };
            format!("{kind}[{}{}]", inside.join(", "), if more.is_some() { ", …" } else { "" })
        }
        Data::Mapping(kind, entries) => {
            let inside: Vec<_> =
                entries.iter().map(|(name, value)| format!("{name}={}", seen(value))).collect();
            let kind = match kind {
                MappingKind::Map(of) => format!("map({})", constraint_name(of)),
                MappingKind::Object | MappingKind::Block(_) => "object".to_owned(),
            };
            format!("{kind}{{{}}}", inside.join(", "))
        }
        Data::Bool(_) | Data::Number(_) | Data::String(_) => value.shown(),
    }
}

#[test]
fn converts() {
    let any = Type::Dynamic;
    let table = [
        (n(5), Type::String, "\"5\""),
        (Value::number(Number::parse("1.50").unwrap()), Type::String, "\"1.5\""),
        (Value::number(Number::parse("1e21").unwrap()), Type::String, "\"1000000000000000000000\""),
        (Value::bool(true), Type::String, "\"true\""),
        (s("12"), Type::Number, "12"),
        (s("1p4"), Type::Number, "16"),
        (s(""), Type::Number, "! a number is required"),
        (s("1"), Type::Bool, "true"),
        (s("0"), Type::Bool, "false"),
        (s("yes"), Type::Bool, "! a bool is required"),
        (s("True"), Type::Bool, "! a bool is required; to convert from string, use lowercase \"true\""),
        (n(1), Type::Bool, "! bool required"),
        (Value::bool(true), Type::Number, "! number required"),
        (s("a"), Type::list(Type::String), "! list of string required"),
        (s("a"), Type::list(any.clone()), "! list of any single type required"),
        (Value::tuple(vec![n(1), s("a")]), any.clone(), "tuple[1, \"a\"]"),
        (
            Value::tuple(vec![n(1), s("a"), Value::bool(true)]),
            Type::list(any.clone()),
            "list(string)[\"1\", \"a\", \"true\"]",
        ),
        (
            Value::tuple(vec![Value::bool(true), n(1)]),
            Type::list(any.clone()),
            "! all list elements must have the same type",
        ),
        (Value::tuple(vec![]), Type::list(any.clone()), "list(any type)[]"),
        (
            Value::tuple(vec![Value::null(), s("a")]),
            Type::list(any.clone()),
            "list(string)[null(string), \"a\"]",
        ),
        (
            Value::tuple(vec![n(1), Value::null()]),
            Type::list(Type::String),
            "list(string)[\"1\", null(string)]",
        ),
        (
            Value::tuple(vec![Value::tuple(vec![n(1)]), Value::tuple(vec![s("a")])]),
            Type::list(any.clone()),
            "list(tuple)[tuple[\"1\"], tuple[\"a\"]]",
        ),
        (
            Value::tuple(vec![Value::tuple(vec![n(1)]), Value::tuple(vec![])]),
            Type::list(any.clone()),
            "list(list of number)[list(number)[1], list(number)[]]",
        ),
        (
            Value::tuple(vec![object(&[("a", n(1))]), object(&[("a", s("x"))])]),
            Type::list(any.clone()),
            "list(object)[object{a=\"1\"}, object{a=\"x\"}]",
        ),
        (
            Value::tuple(vec![object(&[("a", n(1))]), object(&[("b", n(2))])]),
            Type::list(any.clone()),
            "list(map of number)[map(number){a=1}, map(number){b=2}]",
        ),
        (
            object(&[("a", n(1)), ("b", Value::tuple(vec![n(2)]))]),
            Type::map(any.clone()),
            "! all map elements must have the same type",
        ),
        (object(&[("a", n(1)), ("b", s("x"))]), Type::map(any.clone()), "map(string){a=\"1\", b=\"x\"}"),
        (object(&[("a", n(1))]), Type::set(any.clone()), "! set of any single type required"),
        (
            Value::tuple(vec![s("b"), s("A"), s("a"), s("B"), s("a")]),
            Type::set(any.clone()),
            "set(string)[\"A\", \"B\", \"a\", \"b\"]",
        ),
        (Value::tuple(vec![s("1"), n(1)]), Type::set(Type::String), "set(string)[\"1\"]"),
        (Value::tuple(vec![n(10), n(9)]), Type::set(Type::Number), "set(number)[9, 10]"),
        (
            Value::tuple(vec![Value::unknown(any_unknown()), s("a"), Value::null()]),
            Type::set(Type::String),
            "set(string)[\"a\", null(string), unknown(string)]",
        ),
        (object(&[("a", n(1)), ("extra", n(2))]), object_type(&[("a", Type::String)]), "object{a=\"1\"}"),
        (
            object(&[]),
            object_type(&[("a", Type::String), ("b", Type::Bool)]),
            "! attributes \"a\" and \"b\" are required",
        ),
        (object(&[]), object_type(&[("a", Type::String)]), "! attribute \"a\" is required"),
        (
            Value::tuple(vec![object(&[("a", Value::tuple(vec![]))])]),
            Type::list(object_type(&[("a", Type::String)])),
            "! element 0: attribute \"a\": string required",
        ),
        (Value::tuple(vec![n(1), n(2)]), tuple_type(&[Type::String, Type::Number]), "tuple[\"1\", 2]"),
        (Value::tuple(vec![n(1)]), tuple_type(&[]), "! tuple required"),
        (Value::list(Type::Number, vec![n(1)]), tuple_type(&[Type::Number]), "! tuple required"),
        (Value::null(), Type::list(Type::String), "null(list of string)"),
        (Value::unknown(any_unknown()), Type::Number, "unknown(number)"),
        (Value::unknown(id()), Type::list(Type::String), "! list of string required"),
        (with_hole("1", id(), ""), Type::Number, "unknown(number)"),
        (with_hole("1", id(), ""), Type::String, "\"1…\""),
    ];
    for (value, to, expected) in table {
        let found = match convert(&value, &to) {
            Ok(converted) => seen(&converted),
            Err(error) => format!("! {error}"),
        };
        assert_eq!(found, expected, "{} to {to:?}", seen(&value));
    }
}

#[test]
fn fills_optional_attributes() {
    let fields = BTreeMap::from([
        ("a".into(), Field::required(Type::Number)),
        ("b".into(), Field { of: Type::list(Type::String), optional: true }),
    ]);
    let wanted = Type::list(Type::Object(Arc::new(fields)));
    let converted = convert(&Value::tuple(vec![object(&[("a", s("1"))])]), &wanted).unwrap();
    assert_eq!(seen(&converted), "list(object)[object{a=1, b=null(list of string)}]");
    assert_eq!(
        converted.type_of(),
        Type::list(object_type(&[("a", Type::Number), ("b", Type::list(Type::String))]))
    );
}

#[test]
fn keeps_what_is_known_of_unknowns() {
    let mut unknown = id().not_null();
    unknown.one_of = vec![s("1"), s("x"), s("2")];
    let converted = convert(&Value::unknown(unknown), &Type::Number).unwrap();
    let found = converted.as_unknown().unwrap();
    assert!(found.not_null);
    assert_eq!(found.identity, id().identity);
    assert_eq!(found.cause, id().cause);
    assert_eq!(found.one_of.iter().map(seen).collect::<Vec<_>>(), ["1", "2"]);

    let open =
        Value::new(Data::Sequence(SequenceKind::Tuple, vec![n(1)].into(), Some(Arc::new(any_unknown()))));
    assert_eq!(seen(&convert(&open, &Type::list(Type::String)).unwrap()), "list(string)[\"1\", …]");
    assert_eq!(seen(&convert(&open, &tuple_type(&[Type::Number, Type::Bool])).unwrap()), "unknown(tuple)");
}

#[test]
fn keeps_origins_and_marks() {
    let origin = Origin::At(Span { file: Sources::default().add("main.tf", "a = 1"), start: 3, end: 4 });
    let secret = n(1).with_origin(origin).marked(true);
    let list = convert(&Value::tuple(vec![secret.clone(), n(2)]), &Type::list(Type::String)).unwrap();
    assert!(!list.sensitive);
    let (elements, _) = list.as_sequence().unwrap();
    assert!(elements[0].sensitive && !elements[1].sensitive);
    assert_eq!(elements[0].origin.written().map(|span| span.start), Some(3));
    let set = convert(&list, &Type::set(Type::String)).unwrap();
    assert!(set.sensitive, "marks of elements move to their set");
}

#[test]
fn unifies() {
    let empty = object_type(&[]);
    let table = [
        (vec![], Some(Type::Dynamic)),
        (vec![Type::Number, Type::String], Some(Type::String)),
        (vec![Type::Number, Type::Bool], None),
        (vec![Type::Number, Type::Bool, Type::String], Some(Type::String)),
        (vec![Type::Dynamic, Type::Number], Some(Type::Number)),
        (vec![Type::String, Type::list(Type::String)], None),
        (
            vec![object_type(&[("a", Type::Number), ("b", Type::String)]), empty.clone()],
            Some(Type::map(Type::String)),
        ),
        (
            vec![object_type(&[("a", Type::Bool)]), object_type(&[("b", Type::String)])],
            Some(Type::map(Type::String)),
        ),
        (vec![object_type(&[("a", Type::Number), ("b", Type::Bool)]), empty.clone()], None),
        (vec![object_type(&[("a", Type::String), ("b", tuple_type(&[Type::Number]))]), empty], None),
        (
            vec![object_type(&[("a", tuple_type(&[Type::Number]))]), object_type(&[("a", tuple_type(&[]))])],
            Some(object_type(&[("a", Type::list(Type::Number))])),
        ),
        (vec![tuple_type(&[Type::Bool]), tuple_type(&[Type::String])], Some(tuple_type(&[Type::String]))),
        (vec![tuple_type(&[Type::Number]), tuple_type(&[])], Some(Type::list(Type::Number))),
        (vec![tuple_type(&[Type::Bool, Type::Number]), tuple_type(&[])], None),
        (vec![Type::set(Type::String), tuple_type(&[Type::Number])], Some(Type::set(Type::String))),
        (vec![Type::set(Type::String), Type::list(Type::Number)], Some(Type::list(Type::Number))),
        (vec![Type::list(Type::Number), tuple_type(&[Type::String])], Some(Type::list(Type::String))),
        (vec![Type::list(Type::Dynamic), tuple_type(&[Type::Number])], Some(Type::list(Type::Number))),
        (vec![Type::list(Type::String), tuple_type(&[])], Some(Type::list(Type::String))),
        (vec![Type::map(Type::String), object_type(&[("a", Type::Number)])], Some(Type::map(Type::String))),
        (vec![Type::map(Type::String), object_type(&[("a", Type::list(Type::String))])], None),
        (vec![Type::map(Type::Number), object_type(&[("a", Type::String)])], Some(Type::map(Type::String))),
        (vec![Type::map(Type::String), Type::list(Type::String)], None),
    ];
    for (types, expected) in table {
        assert_eq!(unify(&types), expected, "{types:?}");
        if let [then, otherwise] = types.as_slice() {
            assert_eq!(unify_conditional(then, otherwise), expected, "{types:?}");
        }
    }
}

#[test]
fn unification_of_deep_types_ends() {
    let deep = |leaf: Type| {
        let mut of = leaf;
        for _ in 0..200 {
            of = object_type(&[("a", of)]);
        }
        of
    };
    assert_eq!(unify(&[deep(Type::Number), deep(Type::Bool)]), None);
    assert_eq!(unify(&[deep(Type::Number), deep(Type::String)]), Some(deep(Type::String)));
}

#[test]
fn tells_the_type_that_a_conversion_gives() {
    let open = object_type(&[("a", Type::list(Type::Dynamic))]);
    let given = object_type(&[("a", tuple_type(&[Type::Number, Type::String])), ("b", Type::Bool)]);
    assert_eq!(converted_type(&given, &open), Some(object_type(&[("a", Type::list(Type::String))])));
    assert_eq!(converted_type(&Type::Bool, &Type::Number), None);
    assert_eq!(converted_type(&Type::Dynamic, &open), Some(open));
}

#[test]
fn compares_as_terraform_does() {
    let list = |elements| Value::list(Type::String, elements);
    let unknown = |of| Value::unknown(any_unknown().of(of));
    let two = {
        let mut unknown = any_unknown().of(Type::String);
        unknown.one_of = vec![s("public-read"), s("private")];
        Value::unknown(unknown)
    };
    let table = [
        (s("1"), n(1), Truth::False),
        (s("true"), Value::bool(true), Truth::False),
        (n(1), Value::number(Number::parse("1.0").unwrap()), Truth::True),
        (list(vec![s("a")]), Value::tuple(vec![s("a")]), Truth::False),
        (list(vec![]), Value::tuple(vec![]), Truth::False),
        (list(vec![]), Value::list(Type::Number, vec![]), Truth::False),
        (list(vec![s("a")]), list(vec![s("a")]), Truth::True),
        (Value::tuple(vec![]), Value::tuple(vec![]), Truth::True),
        (object(&[]), object(&[]), Truth::True),
        (object(&[]), convert(&object(&[]), &Type::map(Type::String)).unwrap(), Truth::False),
        (Value::null(), Value::new(Data::Null(Type::Number)), Truth::True),
        (Value::null(), s(""), Truth::False),
        (unknown(Type::String), Value::null(), Truth::Unknown),
        (Value::unknown(any_unknown().not_null()), Value::null(), Truth::False),
        (with_hole("x-", id(), ""), Value::null(), Truth::False),
        (unknown(Type::Number), s("x"), Truth::False),
        (unknown(Type::list(Type::String)), Value::tuple(vec![]), Truth::False),
        (unknown(Type::String), s(""), Truth::Unknown),
        (unknown(Type::Dynamic), s(""), Truth::Unknown),
        (Value::unknown(id()), Value::unknown(id()), Truth::Unknown),
        (with_hole("abc", id(), ""), s("xyz"), Truth::False),
        (with_hole("abc", id(), ""), s("abcd"), Truth::Unknown),
        (with_hole("abc", id(), ""), with_hole("x", id(), ""), Truth::False),
        (with_hole("", id(), "-logs"), with_hole("", id(), "-data"), Truth::False),
        (two.clone(), s("public"), Truth::False),
        (two.clone(), s("private"), Truth::Unknown),
        (two, Value::null(), Truth::False),
        (Value::tuple(vec![n(1), unknown(Type::Number)]), Value::tuple(vec![n(2), n(2)]), Truth::False),
        (Value::tuple(vec![n(1), unknown(Type::String)]), Value::tuple(vec![n(1), n(2)]), Truth::False),
        (object(&[("a", n(1))]), object(&[("b", n(1))]), Truth::False),
        (object(&[("a", n(1))]), object(&[("a", n(1))]), Truth::True),
    ];
    for (left, right, expected) in table {
        assert_eq!(equal(&left, &right), expected, "{} == {}", seen(&left), seen(&right));
        assert_eq!(equal(&right, &left), expected, "{} == {}", seen(&right), seen(&left));
    }
}

#[test]
fn compares_sets() {
    let set = |elements| convert(&Value::tuple(elements), &Type::set(Type::String)).unwrap();
    let u = || Value::unknown(any_unknown().of(Type::String));
    let table = [
        (set(vec![s("a"), s("b")]), set(vec![s("b"), s("a")]), Truth::True),
        (set(vec![s("a")]), set(vec![s("b"), s("a")]), Truth::False),
        (set(vec![u()]), set(vec![]), Truth::False),
        (set(vec![u(), s("a")]), set(vec![s("b")]), Truth::False),
        (set(vec![u(), s("a")]), set(vec![s("a")]), Truth::Unknown),
    ];
    for (left, right, expected) in table {
        assert_eq!(equal(&left, &right), expected, "{} == {}", seen(&left), seen(&right));
        assert_eq!(equal(&right, &left), expected);
    }
}

#[test]
fn orders_sets() {
    let elements =
        vec![Value::unknown(any_unknown()), Value::null(), s("é"), s("a"), s("_"), s("10"), s("9"), s("a")];
    let sorted: Vec<_> = sort_set(elements).iter().map(seen).collect();
    assert_eq!(sorted, ["\"10\"", "\"9\"", "\"_\"", "\"a\"", "\"é\"", "null(any type)", "unknown(any type)"]);
    assert_eq!(compare_for_set(&Value::bool(false), &Value::bool(true)), Ordering::Less);
    let unknown = Value::unknown(any_unknown());
    assert_eq!(sort_set(vec![unknown.clone(), unknown]).len(), 2);
}
