use std::path::PathBuf;

use serde_json::Value;

use super::super::{Change, Edit, Judged, Report, Repository, Suppression, fixture};
use super::{link_text, plain, write};
use crate::rules::RULES;
use crate::rules::suppress::Means;
use crate::source::{Diagnostic, Sources};

fn log(report: &Report<'_>) -> Value {
    let repository = Repository::new(PathBuf::new());
    let text = fixture::text(report, |report, out| write(report, &repository, 1, out));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn three_buckets() {
    let sources = Sources::default();
    let mut judged = fixture::three_buckets(&sources);
    judged.diagnostics.push(Diagnostic::error("it does not parse", None).with_note("here is why"));
    let mut log = log(&Report::new(&sources, judged));
    // The rules have a test of their own.
    log["runs"][0]["tool"] = Value::Null;
    insta::assert_snapshot!(serde_json::to_string_pretty(&log).unwrap());
}

#[test]
fn rules_hold_what_github_asks_for() {
    let sources = Sources::default();
    let log = log(&Report::new(&sources, Judged::default()));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), RULES.len());
    for (rule, own) in rules.iter().zip(&RULES) {
        assert_eq!(rule["id"], own.name);
        for (pointer, most) in [
            ("/name", 255),
            ("/shortDescription/text", 1024),
            ("/fullDescription/text", 1024),
            ("/help/text", usize::MAX),
            ("/help/markdown", usize::MAX),
        ] {
            let length = rule.pointer(pointer).unwrap().as_str().unwrap().chars().count();
            assert!(length > 0 && length <= most, "{} {pointer}: {length}", own.name);
        }
        let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!(score > 0.0 && score <= 10.0);
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
    }
}

#[test]
fn suppressions_changes_and_edits() {
    let sources = Sources::default();
    let mut report = Report::new(&sources, fixture::three_buckets(&sources));
    let finding = &mut report.findings[1];
    finding.suppressed = Some(Suppression {
        reason: "downloads for everyone".to_owned(),
        until: Some("2027-01-31".to_owned()),
        location: finding.store.location.clone(),
        means: Means::Comment,
    });
    finding.change = Some(Change::Existing);
    finding.edits = vec![Edit { span: finding.span.unwrap(), text: "\"private\"".to_owned() }];
    let log = log(&report);
    let result = |index: usize, key: &str| log["runs"][0]["results"][index][key].to_string();
    assert_eq!(result(0, "suppressions"), "[]");
    insta::assert_snapshot!(
        [result(1, "suppressions"), result(1, "baselineState"), result(1, "fixes")].join("\n")
    );
}

#[test]
fn findings_of_one_line_are_told_apart() {
    let sources = Sources::default();
    let mut judged = fixture::three_buckets(&sources);
    let mut twin = judged.stores[1].clone();
    twin.address.key = crate::address::Key::Number(1);
    judged.stores.push(twin);
    let log = log(&Report::new(&sources, judged));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let prints = |key: &str| -> Vec<Option<&str>> {
        results.iter().map(|result| result["partialFingerprints"][key].as_str()).collect()
    };
    let own = prints("tfward/v1");
    assert_eq!(own.iter().flatten().collect::<std::collections::BTreeSet<_>>().len(), 3);
    assert_eq!(prints("primaryLocationLineHash"), [None, own[1], own[2]]);
}

#[test]
fn texts_of_the_input_make_no_link() {
    assert_eq!(plain("`x[\"a](http://e.org)\"]`"), "`x[\"a] (http://e.org)\"]`");
    assert_eq!(link_text("a[0] \\ b"), "a\\[0\\] \\\\ b");
}
