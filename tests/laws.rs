//! Laws: what must hold for all inputs. Those of the kernel over random claims, the others over every
//! scenario and every row of the truth tables.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a test may panic"
)]
mod cases;
mod forget;
mod judge;
mod kernel;
mod rewrite;
mod table;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cases::{Case, Verdicts, cases, forgotten, load, over, scenarios, verdicts, without_default};
use forget::{How, Step, forget, places, shown};
use rewrite::{shuffled, wrapped};
use tfward::access::Assumptions;
use tfward::address::{Address, Name};
use tfward::model::{Model, Provider};
use tfward::stores::judge_all;
use tfward::truth::Truth;
use tfward::value::Value;
use tfward::verdict::Verdict;

/// Whether a verdict may come of another one by forgetting: the same, a public one of less, or undetermined.
fn comes_of(before: &Verdict, after: &Verdict) -> bool {
    match (before, after) {
        (_, Verdict::Undetermined) | (Verdict::Private, Verdict::Private) => true,
        (Verdict::Public { audience: widest, access: all }, Verdict::Public { audience, access }) => {
            audience >= widest && access.letters().all(|letter| all.contains(letter))
        }
        (Verdict::Private | Verdict::Undetermined, _) | (Verdict::Public { .. }, Verdict::Private) => false,
    }
}

/// Compares the stores of a model with those of one that knows less.
fn contradictions(before: &Verdicts, after: &Verdicts) -> Vec<String> {
    let mut wrong = Vec::new();
    for (address, verdict) in before {
        let now = after.get(address).or_else(|| {
            let stands_for = |general: &String| general.contains("[*]") && is_instance(address, general);
            after.iter().find(|(general, _)| stands_for(general)).map(|(_, verdict)| verdict)
        });
        match now {
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

/// Whether an address is one of those that another one with unknown keys stands for.
fn is_instance(address: &str, general: &str) -> bool {
    without_keys(address) == without_keys(general)
}

fn without_keys(address: &str) -> String {
    let mut depth = 0;
    let outside = |character: &char| {
        depth += i32::from(*character == '[');
        let outside = depth == 0;
        depth -= i32::from(*character == ']');
        outside
    };
    address.chars().filter(outside).collect()
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
const INNER: usize = 2;

#[test]
fn forgetting_a_value_never_contradicts() {
    let cases = cases();
    let all = std::env::var_os("TFWARD_LAWS").is_some_and(|word| word == "all");
    let answers = over(&cases, |case| forget_values(case, all));
    finish("forget values", &answers);
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
        let Some(instance) = changed.instances.get_mut(&address).map(Arc::make_mut) else { continue };
        let attributes = instance.attributes.clone();
        if instance.exists.is_true() {
            instance.exists = Truth::Unknown;
            instance.exists_unknown = Some(Arc::new(forgotten()));
            tried += 1;
            for contradiction in contradictions(&before, &verdicts(&changed)) {
                wrong.push(format!("{}: without the existence of {address}: {contradiction}", case.name));
            }
        }
        for (path, how) in sampled(&attributes, all, &mut sample) {
            let mut changed = model.clone();
            let Some(instance) = changed.instances.get_mut(&address).map(Arc::make_mut) else { continue };
            instance.attributes = forget(&attributes, &path, how);
            tried += 1;
            for contradiction in contradictions(&before, &verdicts(&changed)) {
                if exception(&model, &address, &path, &contradiction).is_none() {
                    let place = shown(&path);
                    wrong.push(format!("{}: without {address}{place} ({how:?}): {contradiction}", case.name));
                }
            }
        }
    }
    let providers: BTreeMap<Name, Arc<Provider>> = model
        .instances
        .values()
        .map(|instance| (instance.provider.key.clone(), instance.provider.clone()))
        .collect();
    for (key, provider) in &providers {
        for (path, how) in places(&provider.arguments) {
            let arguments = forget(&provider.arguments, &path, how);
            let changed_provider = Arc::new(Provider { arguments, ..provider.as_ref().clone() });
            let mut changed = model.clone();
            for instance in changed.instances.values_mut().filter(|instance| instance.provider.key == *key) {
                Arc::make_mut(instance).provider = changed_provider.clone();
            }
            tried += 1;
            for contradiction in contradictions(&before, &verdicts(&changed)) {
                let place = shown(&path);
                wrong
                    .push(format!("{}: without provider {key}{place} ({how:?}): {contradiction}", case.name));
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

/// The decision of the reference pages behind a contradiction that is meant; `None`: there is none.
fn exception(model: &Model, of: &Address, path: &[Step], contradiction: &str) -> Option<&'static str> {
    let passes = |name: &str| path.iter().any(|step| *step == Step::Entry(name.into()));
    let is_policy = passes("policy") || passes("content");
    let is_restricted = model.instances.values().any(|instance| {
        instance.attributes.get("restrict_public_buckets").and_then(Value::as_bool) == Some(true)
    });
    let gives_guests_a_role = model
        .instances
        .keys()
        .any(|address| &*address.resource_type == "aws_cognito_identity_pool_roles_attachment");
    let has_policy = model.instances.values().any(|instance| instance.attributes.get("policy").is_some());
    if is_policy && is_restricted && contradiction.ends_with("is Private") {
        Some("aws.md D8: an unknown policy behind `restrict_public_buckets` is private")
    } else if is_policy && passes("Resource") && contradiction.contains("is Public") {
        Some("aws.md 3.5: an unknown resource covers")
    } else if &*of.resource_type == "aws_s3_bucket"
        && passes("bucket")
        && has_policy
        && contradiction.contains("is Public")
    {
        Some("aws.md 3.5: an unknown name may be the one that a policy's resource names, and covers")
    } else if is_policy && passes("Federated") && contradiction.ends_with("is Private") {
        Some("aws.md 3.3: an unknown identity provider is a named one, whichever")
    } else if passes("assume_role_policy") && !gives_guests_a_role && contradiction.ends_with("is Private") {
        Some("aws.md D10: an unknown principal of a trust policy is a named one")
    } else {
        None
    }
}

#[test]
fn a_module_is_judged_like_a_root() {
    let cases = scenarios();
    let answers = over(&cases, |case| {
        let Some(holder) = wrapped(&case.folder) else { return (0, Vec::new()) };
        let before = verdicts(&load(&case.folder, |_, _| {}));
        let after = verdicts(&load(&holder.path().canonicalize().unwrap(), |_, _| {}));
        let prefixed: Verdicts = before
            .into_iter()
            .map(|(address, verdict)| (format!("module.wrapped.{address}"), verdict))
            .collect();
        (1, differences(&case.name, &prefixed, &after))
    });
    finish("wrap in a module", &answers);
}

#[test]
fn the_order_of_blocks_and_files_does_not_matter() {
    let cases = scenarios();
    let answers = over(&cases, |case| {
        let Some(holder) = shuffled(&case.folder) else { return (0, Vec::new()) };
        let before = told(&load(&case.folder, |_, _| {}));
        let after = told(&load(&holder.path().canonicalize().unwrap(), |_, _| {}));
        (1, differences(&case.name, &before, &after))
    });
    finish("shuffle", &answers);
}

/// Everything that is said of every store but for places.
fn told(model: &Model) -> BTreeMap<String, String> {
    let judgement = judge_all(model, &Assumptions::default());
    let stores = judgement.stores.into_iter().map(|store| {
        let assessment = &store.assessment;
        let because: Vec<_> =
            assessment.because.iter().map(|reason| (reason.effect, reason.evidence.says.clone())).collect();
        let unknown: Vec<String> = assessment.unknown.iter().map(|unknown| unknown.cause.name()).collect();
        let remarks: Vec<_> =
            assessment.remarks.iter().map(|remark| (remark.code, remark.says.clone())).collect();
        (store.address.to_string(), format!("{:?} {because:?} {unknown:?} {remarks:?}", assessment.verdict))
    });
    stores.collect()
}

fn differences<T: std::fmt::Debug + PartialEq>(
    case: &str,
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
) -> Vec<String> {
    let addresses: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    addresses
        .into_iter()
        .filter(|address| before.get(*address) != after.get(*address))
        .map(|address| {
            format!("{case}: {address} was {:?}, is {:?}", before.get(address), after.get(address))
        })
        .collect()
}

#[test]
fn forgetting_a_variable_never_contradicts() {
    let cases = cases();
    let answers = over(&cases, |case| {
        let mut names = BTreeSet::new();
        let before = verdicts(&load(&case.folder, |root, given| {
            let defaults =
                root.node.module.variables.iter().filter(|(_, variable)| variable.default.is_some());
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
    finish("forget variables", &answers);
}

#[allow(clippy::print_stderr, reason = "how much was sampled is told")]
fn finish(law: &str, answers: &[(usize, Vec<String>)]) {
    let tried: usize = answers.iter().map(|(tried, _)| tried).sum();
    let wrong: Vec<String> = answers.iter().flat_map(|(_, wrong)| wrong.clone()).collect();
    eprintln!("INFO {law}: {tried} tried over {} root modules", answers.len());
    assert!(wrong.is_empty(), "{} contradictions:\n{}", wrong.len(), wrong.join("\n"));
}
