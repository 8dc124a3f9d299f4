//! Laws of address sets, of conversions, and of JSON with holes.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tfward::access::Assumptions;
use tfward::access::addresses::Addresses;
use tfward::address::Name;
use tfward::truth::Truth;
use tfward::value::convert::convert;
use tfward::value::text::TextBuilder;
use tfward::value::{Data, Number, Text, Type, Value, json};

use crate::cases::forgotten;

/// Ranges that touch, overlap and hold each other.
const RANGES: [&str; 8] = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "203.0.113.7/32",
    "::/0",
    "2001:db8::/32",
];

/// Addresses at the edges of these ranges.
const PROBES: [&str; 9] = [
    "0.0.0.0",
    "10.0.255.255",
    "10.1.0.0",
    "127.255.255.255",
    "128.0.0.0",
    "203.0.113.7",
    "255.255.255.255",
    "2001:db8::1",
    "fe80::1",
];

fn addresses() -> impl Strategy<Value = Addresses> {
    let range = (0..RANGES.len()).prop_map(|at| Addresses::parse(RANGES[at]).unwrap());
    let leaf = prop_oneof![
        4 => range,
        1 => Just(Addresses::nothing()),
        1 => Just(Addresses::not_known(Arc::new(forgotten()))),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, other)| one.union(&other)),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| one.without(&other)),
            inner.prop_map(|inner| inner.perhaps(&Arc::new(forgotten()))),
        ]
    })
}

fn holds(set: &Addresses) -> Vec<Truth> {
    PROBES.iter().map(|probe| set.contains(probe).unwrap()).collect()
}

fn each(one: &[Truth], other: &[Truth], join: impl Fn(Truth, Truth) -> Truth) -> Vec<Truth> {
    one.iter().zip(other).map(|(one, other)| join(*one, *other)).collect()
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::null()),
        any::<bool>().prop_map(Value::bool),
        (-1000_i64..1000).prop_map(|number| Value::number(Number::from(number))),
        "[a-z\"\\\\ <0-9]{0,6}".prop_map(Value::string),
        Just(Value::unknown(forgotten())),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::btree_map("[a-c]{1,2}", inner, 0..4).prop_map(|entries| {
                let entries: BTreeMap<Name, Value> =
                    entries.into_iter().map(|(name, value)| (name.as_str().into(), value)).collect();
                Value::object(entries)
            }),
        ]
    })
}

fn types() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Dynamic)];
    leaf.prop_recursive(2, 6, 1, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.prop_map(Type::map),
        ]
    })
}

/// The text without the memory of what it was encoded from.
fn forgetful(text: &Text) -> Text {
    let mut builder = TextBuilder::default();
    builder.push_text(text);
    builder.build()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn address_sets_are_sets(one in addresses(), other in addresses()) {
        prop_assert_eq!(holds(&one.union(&other)), each(&holds(&one), &holds(&other), Truth::or));
        prop_assert_eq!(holds(&one.intersection(&other)), each(&holds(&one), &holds(&other), Truth::and));
        prop_assert_eq!(holds(&one.complement()), each(&holds(&one), &holds(&one), |truth, _| !truth));
        prop_assert_eq!(
            holds(&one.without(&other)),
            each(&holds(&one), &holds(&other), |one, other| one.and(!other))
        );
    }

    #[test]
    fn what_may_be_there_never_narrows(one in addresses(), other in addresses()) {
        let assumptions = Assumptions::default();
        let before = one.broad(&assumptions);
        let more = one.union(&other.perhaps(&Arc::new(forgotten()))).broad(&assumptions);
        prop_assert!(more == before || (before.is_false() && more.is_unknown()), "{before:?} {more:?}");
    }

    #[test]
    fn converting_twice_is_converting_once(value in value(), to in types()) {
        if let Ok(once) = convert(&value, &to) {
            let twice = convert(&once, &to).map_err(|_| TestCaseError::fail("refused"))?;
            prop_assert_eq!(json::to_serde(&once), json::to_serde(&twice));
            prop_assert_eq!(json::unknown_to_serde(&once), json::unknown_to_serde(&twice));
        }
    }

    #[test]
    fn json_keeps_what_is_known(value in value()) {
        let text = json::encode(&value);
        // A lone hole, and an element that may be several, are read as more than they were.
        prop_assume!(!matches!(value.data, Data::Unknown(_)));
        let read = json::decode(&text).map_err(TestCaseError::fail)?;
        prop_assert_eq!(json::to_serde(&read), json::to_serde(&value));
        if value.is_wholly_known() {
            let read = json::decode(&forgetful(&text)).map_err(TestCaseError::fail)?;
            prop_assert_eq!(json::to_serde(&read), json::to_serde(&value));
        } else {
            prop_assert!(json::decode(&forgetful(&text)).is_ok_and(|read| !read.is_wholly_known()));
        }
    }
}
