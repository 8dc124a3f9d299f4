//! The five laws of the kernel, over random claims and routes.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use tfward::address::{ModulePath, Reference, Subject};
use tfward::truth::Truth;
use tfward::value::{Cause, Unknown};
use tfward::verdict::{
    Access, Assessment, Audience, Claim, Evidence, Letter, Route, Verdict, Weight, all, any, fact, judge, not,
};

use crate::comes_of;

/// How many facts there are.
const FACTS: usize = 7;
const LETTERS: [Letter; 5] = [Letter::Read, Letter::List, Letter::Write, Letter::Admin, Letter::Connect];

/// A formula over facts by number.
#[derive(Clone, Debug)]
enum Formula {
    Fact(usize),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    Not(Box<Formula>),
}

/// A way in by its audience, its letters and its formula.
type Way = (usize, Vec<usize>, Formula);

fn truth() -> impl Strategy<Value = Truth> {
    prop_oneof![Just(Truth::True), Just(Truth::False), Just(Truth::Unknown)]
}

fn facts() -> impl Strategy<Value = Vec<Truth>> {
    prop::collection::vec(truth(), FACTS)
}

fn formula() -> impl Strategy<Value = Formula> {
    (0..FACTS).prop_map(Formula::Fact).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Formula::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Formula::Any),
            inner.prop_map(|inner| Formula::Not(Box::new(inner))),
        ]
    })
}

fn ways() -> impl Strategy<Value = Vec<Way>> {
    let letters = prop::collection::vec(0..LETTERS.len(), 0..3);
    prop::collection::vec((0..Audience::ALL.len(), letters, formula()), 0..4)
}

fn says(number: usize) -> String {
    format!("fact {number}")
}

fn cause(number: usize) -> Cause {
    let subject = Subject::Variable(says(number).as_str().into());
    Cause::Variable(Reference { module: ModulePath::root(), subject })
}

fn claim(formula: &Formula, truths: &[Truth]) -> Claim {
    match formula {
        Formula::Fact(number) => fact(Evidence {
            truth: truths[*number],
            places: Vec::new(),
            says: says(*number),
            unknown: if truths[*number].is_unknown() {
                vec![Arc::new(Unknown::because(cause(*number)))]
            } else {
                Vec::new()
            },
            absent: false,
        }),
        Formula::All(inner) => all(inner.iter().map(|inner| claim(inner, truths))),
        Formula::Any(inner) => any(inner.iter().map(|inner| claim(inner, truths))),
        Formula::Not(inner) => not(claim(inner, truths)),
    }
}

fn route((audience, letters, formula): &Way, truths: &[Truth]) -> Route {
    let letters: Vec<Letter> = letters.iter().map(|letter| LETTERS[*letter]).collect();
    Route {
        name: "way",
        audience: Audience::ALL[*audience],
        access: Access::of(&letters),
        claim: claim(formula, truths),
        close: String::new(),
        weight: Weight::Full,
        rule: None,
    }
}

fn judged(ways: &[Way], truths: &[Truth]) -> Assessment {
    judge(ways.iter().map(|way| route(way, truths)).collect(), Vec::new())
}

/// The facts, those unknown ones learnt that `may` allows.
fn learnt(truths: &[Truth], news: &[Truth], may: impl Fn(usize) -> bool) -> Vec<Truth> {
    let learn = |(number, (truth, new)): (usize, (&Truth, &Truth))| {
        if truth.is_unknown() && may(number) { *new } else { *truth }
    };
    truths.iter().zip(news).enumerate().map(learn).collect()
}

fn reversed(formula: &Formula) -> Formula {
    match formula {
        Formula::Fact(number) => Formula::Fact(*number),
        Formula::All(inner) => Formula::All(inner.iter().rev().map(reversed).collect()),
        Formula::Any(inner) => Formula::Any(inner.iter().rev().map(reversed).collect()),
        Formula::Not(inner) => Formula::Not(Box::new(reversed(inner))),
    }
}

fn open_questions(assessment: &Assessment) -> Vec<String> {
    assessment.unknown.iter().map(|unknown| unknown.cause.name()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn monotone(ways in ways(), truths in facts(), news in facts()) {
        let before = judged(&ways, &truths).verdict;
        let after = judged(&ways, &learnt(&truths, &news, |_| true)).verdict;
        prop_assert!(comes_of(&after, &before), "{before:?} became {after:?}");
    }

    #[test]
    fn sufficient(ways in ways(), truths in facts()) {
        let assessment = judged(&ways, &truths);
        let shown: BTreeSet<&str> =
            assessment.because.iter().map(|reason| reason.evidence.says.as_str()).collect();
        let kept: Vec<Truth> = truths
            .iter()
            .enumerate()
            .map(|(number, truth)| if shown.contains(&*says(number)) { *truth } else { Truth::Unknown })
            .collect();
        prop_assert_eq!(judged(&ways, &kept).verdict, assessment.verdict);
    }

    #[test]
    fn complete(ways in ways(), truths in facts(), news in facts()) {
        let assessment = judged(&ways, &truths);
        let open = open_questions(&assessment);
        let after = learnt(&truths, &news, |number| !open.contains(&cause(number).name()));
        let undetermined = assessment.verdict == Verdict::Undetermined;
        prop_assert!(!undetermined || judged(&ways, &after).verdict == Verdict::Undetermined);
    }

    #[test]
    fn order_free(ways in ways(), truths in facts()) {
        let backwards: Vec<Way> = ways
            .iter()
            .rev()
            .map(|(audience, letters, formula)| (*audience, letters.clone(), reversed(formula)))
            .collect();
        let (one, other) = (judged(&ways, &truths), judged(&backwards, &truths));
        prop_assert_eq!(&one.verdict, &other.verdict);
        prop_assert_eq!(open_questions(&one), open_questions(&other));
    }

    #[test]
    fn one_way(ways in ways(), more in ways(), closer in formula(), truths in facts()) {
        let before = judged(&ways, &truths).verdict;
        let opened: Vec<Way> = ways.iter().chain(&more).cloned().collect();
        let opened = judged(&opened, &truths).verdict;
        let was_public = matches!(before, Verdict::Public { .. });
        prop_assert!(!was_public || comes_of(&opened, &before), "{before:?} became {opened:?}");
        let closed: Vec<Way> = ways
            .iter()
            .map(|(audience, letters, formula)| {
                let closes = Formula::Not(Box::new(closer.clone()));
                (*audience, letters.clone(), Formula::All(vec![formula.clone(), closes]))
            })
            .collect();
        let closed = judged(&closed, &truths).verdict;
        prop_assert!(before != Verdict::Private || closed == Verdict::Private);
        let is_public = matches!(closed, Verdict::Public { .. });
        prop_assert!(was_public || !is_public);
    }
}
