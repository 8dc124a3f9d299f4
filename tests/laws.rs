//! Laws: what must hold for all inputs. Those of the kernel over random claims, the others over every
//! scenario and every row of the truth tables.

mod cases;
mod forget;
mod judge;
mod table;

use std::collections::BTreeSet;

use cases::{Case, Verdicts, cases, forgotten, load, over, verdicts, without_default};
use forget::{How, Step, forget, places, shown};
use tfward::truth::Truth;
use tfward::value::{Value};
use tfward::verdict::Verdict;

/// Whether a verdict may come of another one by forgetting: the same, a public one of less, or undetermined.
fn comes_of(before: &Verdict, after: &Verdict) -> bool {
    match (before, after) {
        (_, Verdict::Undetermined) | (Verdict::Private, Verdict::Private) => true,
        (
            Verdict::Public { audience: widest, access: all },
            Verdict::Public { audience, access },
        ) => audience >= widest && access.letters().all(|letter| all.contains(letter)),
        (Verdict::Private | Verdict::Undetermined, _) | (Verdict::Public { .. }, Verdict::Private) => false,
    }
}

/// Compares the stores of a model with those of one that knows less.
fn contradictions(before: &Verdicts, after: &Verdicts) -> Vec<String> {
    let mut wrong = Vec::new();
    for (address, verdict) in before {
        match after.get(address) {
            Some(now) if comes_of(verdict, now) => {}
            Some(now) => wrong.push(format!("{address} was {verdict:?}, is {now:?}")),
            None if *verdict == Verdict::Private => {}
            None => wrong.push(format!("{address} was {verdict:?}, is no store")),
        }
    }
    let was_public = before.values().any(|verdict| matches!(verdict, Verdict::Public { .. }));
    for (address, verdict) in after.iter().filter(|(address, _)| !before.contains_key(*address)) {
        if matches!(verdict, Verdict::Public { .. }) && !was_public {
            wrong.push(format!("{address} was no store, is {verdict:?}"));
        }
    }
    wrong
}

/// A small generator with a fixed seed: the same sample on every machine.
struct Sample(u64);

impl Sample {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// How many inner values of one attribute are forgotten in turn.
const INNER: usize = 6;

#[test]
fn forgetting_a_value_never_contradicts() {
    let cases = cases();
    let all = std::env::var_os("TFWARD_LAWS").is_some_and(|word| word == "all");
    let answers = over(&cases, |case| forget_values(case, all));
    finish("forget values", answers);
}

fn forget_values(case: &Case, all: bool) -> (usize, Vec<String>) {
    let model = load(&case.folder, |_, _| {});
    let before = verdicts(&model);
    let mut sample = Sample(0x7466_7761_7264);
    let mut wrong = Vec::new();
    let mut tried = 0;
    let addresses: Vec<_> = model.instances.keys().cloned().collect();
    for address in addresses {
        let mut changed = model.clone();
        let Some(instance) = changed.instances.get_mut(&address) else { continue };
        let attributes = instance.attributes.clone();
        if instance.exists.is_true() {
            instance.exists = Truth::Unknown;
            instance.exists_unknown = Some(std::sync::Arc::new(forgotten()));
            tried += 1;
            for contradiction in contradictions(&before, &verdicts(&changed)) {
                wrong.push(format!("{}: without the existence of {address}: {contradiction}", case.name));
            }
        }
        for (path, how) in sampled(&attributes, all, &mut sample) {
            let mut changed = model.clone();
            let Some(instance) = changed.instances.get_mut(&address) else { continue };
            instance.attributes = forget(&attributes, &path, how);
            tried += 1;
            for contradiction in contradictions(&before, &verdicts(&changed)) {
                if exception(&address.resource_type, &path, &contradiction).is_none() {
                    let place = shown(&path);
                    wrong.push(format!("{}: without {address}{place} ({how:?}): {contradiction}", case.name));
                }
            }
        }
    }
    (tried, wrong)
}

/// Every attribute, and a sample of what is inside each.
fn sampled(attributes: &Value, all: bool, sample: &mut Sample) -> Vec<(Vec<Step>, How)> {
    let (mut chosen, mut inner): (Vec<_>, Vec<_>) = places(attributes)
        .into_iter()
        .filter(|(path, _)| !path.is_empty())
        .partition(|(path, how)| all || (path.len() == 1 && *how == How::Whole));
    let names: BTreeSet<String> = chosen.iter().map(|(path, _)| shown(path)).collect();
    for _ in 0..names.len().saturating_mul(INNER) {
        if inner.is_empty() {
            break;
        }
        chosen.push(inner.swap_remove(sample.below(inner.len())));
    }
    chosen
}

/// The decision behind a contradiction that is meant.
fn exception(_resource_type: &str, _path: &[Step], _contradiction: &str) -> Option<&'static str> {
    None
}

#[test]
fn forgetting_a_variable_never_contradicts() {
    let cases = cases();
    let answers = over(&cases, |case| {
        let mut names = BTreeSet::new();
        let before = verdicts(&load(&case.folder, |root, given| {
            let defaults = root.node.module.variables.iter().filter(|(_, variable)| variable.default.is_some());
            names = defaults.map(|(name, _)| name.clone()).chain(given.keys().cloned()).collect();
        }));
        let mut wrong = Vec::new();
        for name in &names {
            let after = verdicts(&load(&case.folder, |root, given| {
                given.remove(name);
                without_default(root, name);
            }));
            for contradiction in contradictions(&before, &after) {
                wrong.push(format!("{}: without var.{name}: {contradiction}", case.name));
            }
        }
        (names.len(), wrong)
    });
    finish("forget variables", answers);
}

#[allow(clippy::print_stderr, reason = "how much was sampled is told")]
fn finish(law: &str, answers: Vec<(usize, Vec<String>)>) {
    let tried: usize = answers.iter().map(|(tried, _)| tried).sum();
    let wrong: Vec<String> = answers.iter().flat_map(|(_, wrong)| wrong.clone()).collect();
    eprintln!("INFO {law}: {tried} tried over {} root modules", answers.len());
    assert!(wrong.is_empty(), "{} contradictions:\n{}", wrong.len(), wrong.join("\n"));
}
