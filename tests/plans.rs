//! Every directory of `testdata/plans` holds a plan or state that Terraform printed, and the verdicts that are
//! right (`expected.json`). Each is judged from the document alone, with the configuration beside it as
//! `--source`, and from that configuration without a plan, which must not contradict; and its outputs are
//! resolved.
//!
//! Keys of `expected.json`: `input`, `stores`, `with_source` (where the source tells more), `gone` (stores
//! that the plan destroys), `accept` in a store (other verdicts that are right), `plan_args` (how the plan
//! was made), `note`, `contested`.

#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

mod judge;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value};

/// Types that are judged: a store of one of these must be in the report.
static JUDGED: &[&str] = &[
    "aws_db_cluster_snapshot",
    "aws_db_instance",
    "aws_db_snapshot",
    "aws_rds_cluster",
    "aws_rds_cluster_instance",
    "aws_s3_bucket",
    "aws_s3_bucket_policy",
    "aws_snapshot_create_volume_permission",
];

/// Stores that a plan alone leaves undetermined, although somebody who knows the configuration can tell.
static NOT_SHOWN: &[(&str, &str)] = &[
    // The policy goes through a local value, and these are not in a plan.
    ("mech-hcl-features", "aws_s3_bucket.site"),
    // The whole text of a new policy is unknown, and there was none before.
    ("mech-replace-cbd", "aws_s3_bucket.site"),
    // Which of two groups a condition chooses.
    ("rds-groups-behind-a-condition", "aws_db_instance.external"),
    ("rds-groups-behind-a-condition", "aws_db_instance.internal"),
    // A literal document stands beside a reference, in a list that a function made.
    ("s3-documents-beside-others", "aws_s3_bucket.site[\"literal\"]"),
    // Subnet group and security group go through local values.
    ("real/module-public-database", "module.db[\"edge\"].module.db_instance.aws_db_instance.this[0]"),
    ("real/module-public-database", "module.db[\"intra\"].module.db_instance.aws_db_instance.this[0]"),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans");
    let mut trials = Vec::new();
    for directory in directories(&top) {
        let name = directory.strip_prefix(&top).unwrap_or(&directory).to_string_lossy().replace('\\', "/");
        let scenario = |suffix: &str, test: fn(&Scenario) -> Result<(), Failed>| {
            let scenario = Scenario { name: name.clone(), directory: directory.clone() };
            Trial::test(format!("{name}{suffix}"), move || test(&scenario))
        };
        trials.push(scenario("", document));
        trials.push(scenario("/outputs", outputs));
        if has_configuration(&directory) {
            trials.push(scenario("/source", with_source));
            if !directory.join("before.tf.txt").exists() {
                trials.push(scenario("/agree", agree));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

struct Scenario {
    name: String,
    directory: PathBuf,
}

fn directories(top: &Path) -> Vec<PathBuf> {
    let list = |path: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let mut found: Vec<PathBuf> = list(top).into_iter().chain(list(&top.join("real"))).collect();
    found.retain(|path| path.join("expected.json").exists());
    found.sort();
    found
}

fn has_configuration(directory: &Path) -> bool {
    ["main.tf", "main.tf.json"].iter().any(|name| directory.join(name).exists())
}

fn expected(scenario: &Scenario) -> Result<Value, Failed> {
    let text = std::fs::read_to_string(scenario.directory.join("expected.json"))?;
    Ok(serde_json::from_str(&text)?)
}

fn document(scenario: &Scenario) -> Result<(), Failed> {
    let expected = expected(scenario)?;
    let input = text(&expected, "input");
    let (report, exit) = judge::report(&scenario.directory, &[&input])?;
    let mut wrong = compare(scenario, &expected, entries(&expected, "stores"), &report, true);
    let errored = scenario.name == "mech-errored";
    if (exit == 2) != errored {
        wrong.push(format!("exit status {exit}"));
    }
    if !errored {
        wrong.extend(diagnostics(&report));
    }
    told(&wrong)
}

fn with_source(scenario: &Scenario) -> Result<(), Failed> {
    let expected = expected(scenario)?;
    let input = text(&expected, "input");
    let (report, _) = judge::report(&scenario.directory, &[&input, "--source", "."])?;
    let stores = match entries(&expected, "with_source") {
        stores if stores.is_empty() => entries(&expected, "stores"),
        stores => stores,
    };
    let mut wrong = compare(scenario, &expected, stores, &report, false);
    if scenario.name != "mech-errored" {
        wrong.extend(diagnostics(&report));
    }
    told(&wrong)
}

/// `resolve` shows the outputs of a plan as its `output_changes` have them, and those of a state.
fn outputs(scenario: &Scenario) -> Result<(), Failed> {
    let input = text(&expected(scenario)?, "input");
    let document: Value = serde_json::from_slice(&std::fs::read(scenario.directory.join(&input))?)?;
    let mut wanted = Map::new();
    for (name, output) in entries(document.get("values").unwrap_or(&Value::Null), "outputs") {
        let value = output.get("value").cloned().unwrap_or_default();
        wanted.insert(name.clone(), serde_json::json!({"value": shown(value, output, "sensitive")}));
    }
    for (name, change) in entries(&document, "output_changes") {
        let resolved = match change.get("after_unknown") {
            _ if list(change, "actions") == ["delete"] => continue,
            Some(Value::Bool(true)) => serde_json::json!({"unknown": true}),
            Some(Value::Bool(false)) | None => {
                let value = change.get("after").cloned().unwrap_or_default();
                serde_json::json!({"value": shown(value, change, "after_sensitive")})
            }
            Some(unknown) => {
                let value = change.get("after").cloned().unwrap_or_default();
                serde_json::json!({"value": shown(value, change, "after_sensitive"), "unknown": unknown})
            }
        };
        wanted.insert(name.clone(), resolved);
    }
    let resolved = judge::resolved(&scenario.directory, &input)?;
    let found = entries(&resolved, "outputs");
    if *found == wanted { Ok(()) } else { Err(format!("{found:#?}\n is not\n{wanted:#?}").into()) }
}

/// A value, unless it is marked as sensitive.
fn shown(value: Value, around: &Value, mark: &str) -> Value {
    if around.get(mark) == Some(&Value::Bool(true)) { "(sensitive)".into() } else { value }
}

/// The configuration without a plan may know less, and says nothing else: only where the plan was made from
/// nothing, and of all of it.
fn agree(scenario: &Scenario) -> Result<(), Failed> {
    let expected = expected(scenario)?;
    let given: Vec<&str> = list(&expected, "plan_args").iter().filter_map(Value::as_str).collect();
    let variables: Vec<String> = match given.as_slice() {
        [] => Vec::new(),
        ["-var", assignment] => vec!["--var".to_owned(), (*assignment).to_owned()],
        _ => return Ok(()),
    };
    // These have a history, although no earlier configuration, or leave something out; of the last one a plan
    // does not show the literal that stands beside a reference (plan-format.md 4).
    let special = [
        "mech-errored",
        "mech-import",
        "mech-import-closing",
        "state-empty",
        "rds-group-by-literal-beside-a-closed-one",
    ];
    if special.contains(&scenario.name.as_str()) {
        return Ok(());
    }
    let arguments: Vec<&str> = std::iter::once(".").chain(variables.iter().map(String::as_str)).collect();
    let (written, _) = judge::report(&scenario.directory, &arguments)?;
    let (planned, _) = judge::report(&scenario.directory, &[&text(&expected, "input")])?;
    let mut wrong = Vec::new();
    for store in list(&planned, "stores") {
        let address = text(store, "address");
        let other = list(&written, "stores").iter().find(|other| text(other, "address") == address);
        let verdicts = (text(store, "verdict"), other.map(|other| text(other, "verdict")));
        let contradict = match (verdicts.0.as_str(), verdicts.1.as_deref()) {
            ("public", Some("private")) | ("private", Some("public")) => true,
            (_, _) => false,
        };
        if contradict {
            wrong.push(format!("{address}: plan and configuration say {verdicts:?}"));
        }
    }
    told(&wrong)
}

/// What a report says otherwise than expected.
fn compare(
    scenario: &Scenario,
    expected: &Value,
    stores: &Map<String, Value>,
    report: &Value,
    alone: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (address, wanted) in stores {
        let found = list(report, "stores").iter().find(|store| text(store, "address") == *address);
        let Some(found) = found else {
            if JUDGED.contains(&resource_type(address)) {
                wrong.push(format!("{address} is not in the report"));
            }
            continue;
        };
        let verdict = text(found, "verdict");
        let not_shown = alone && NOT_SHOWN.contains(&(scenario.name.as_str(), address.as_str()));
        if not_shown && verdict == "undetermined" {
            continue;
        }
        let accepted = list(wanted, "accept").iter().any(|other| other.as_str() == Some(&verdict));
        if verdict != text(wanted, "verdict") {
            if !accepted {
                wrong.push(format!("{address} is {found:#}, expected {wanted}"));
            }
            continue;
        }
        let audience = wanted.get("audience").cloned().unwrap_or_default();
        let found_audience = found.get("audience").cloned().unwrap_or_default();
        let fits = match &audience {
            Value::Array(several) => several.contains(&found_audience),
            one => *one == found_audience,
        };
        let same_access = sorted(list(found, "access")) == sorted(list(wanted, "access"));
        let same_change = text(found, "change") == text(wanted, "change");
        if !fits || !same_access || !same_change {
            wrong.push(format!("{address} is {found:#}, expected {wanted}"));
        }
    }
    // The note of this one says that the cluster is public through its instance.
    let also = if scenario.name == "aurora-one-instance-public" { "aws_rds_cluster.main" } else { "" };
    for store in list(report, "stores") {
        let address = text(store, "address");
        if text(store, "verdict") == "public" && !stores.contains_key(&address) && address != also {
            wrong.push(format!("{address} is public"));
        }
    }
    for (address, gone) in entries(expected, "gone") {
        let listed = list(report, "stores").iter().any(|store| text(store, "address") == *address);
        let finding = list(report, "findings").iter().find(|finding| text(finding, "address") == *address);
        let told = finding.map(|finding| (text(finding, "change"), text(finding, "level")));
        let was_public = text(gone, "before") == "public" && JUDGED.contains(&resource_type(address));
        let wanted = was_public.then(|| ("removed".to_owned(), "info".to_owned()));
        if listed || told != wanted {
            wrong.push(format!("{address} is destroyed: listed {listed}, finding {told:?}"));
        }
    }
    wrong
}

fn diagnostics(report: &Value) -> Vec<String> {
    list(report, "diagnostics").iter().map(ToString::to_string).collect()
}

fn told(wrong: &[String]) -> Result<(), Failed> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// The type in an address whose keys hold no dot that follows a bracket.
fn resource_type(address: &str) -> &str {
    let last = address.rsplit_once('.').map_or(address, |(before, _)| before);
    last.rsplit(['.', ']']).next().unwrap_or(last)
}

fn sorted(values: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

fn entries<'v>(value: &'v Value, key: &str) -> &'v Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.get(key).and_then(Value::as_object).unwrap_or(&NONE)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
