//! The formats for machines and pages, over whole runs: their look, their schemas, what the services that
//! read them ask for, and names that want to be more than names.

#![allow(clippy::disallowed_methods, reason = "tests read their own files and start the program")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// The formats of this file.
const FORMATS: [&str; 4] = ["sarif", "github", "markdown", "junit"];

/// Inputs that are strange to a report; the others are strange to an evaluator only, and slow.
const HOSTILE: [&str; 7] = [
    "bidirectional-text",
    "byte-order-mark",
    "control-characters",
    "invalid-utf8",
    "not-an-object",
    "null-bytes",
    "unclosed",
];

/// Plans without their configuration: every place is the plan file.
const PLANS: [&str; 3] = [
    "testdata/plans/aurora-one-instance-public/plan.json",
    "testdata/plans/drift-acl-unmanaged/plan.json",
    "testdata/plans/mech-existing/plan.json",
];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `tfward check` in a folder, with `workspace` as the checkout.
fn check(folder: &Path, workspace: &Path, arguments: &[&str]) -> (String, i32) {
    let run = Command::cargo_bin("tfward")
        .unwrap()
        .current_dir(folder)
        .env("GITHUB_WORKSPACE", workspace)
        .env_remove("TF_WORKSPACE")
        .arg("check")
        .args(arguments)
        .output()
        .unwrap();
    (String::from_utf8(run.stdout).unwrap(), run.status.code().unwrap())
}

fn sarif(folder: &Path, workspace: &Path, paths: &[&str]) -> Value {
    let arguments = [&["--format", "sarif"], paths].concat();
    serde_json::from_str(&check(folder, workspace, &arguments).0).unwrap()
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

/// Says what is wrong with a log by the official schema.
fn schema_errors(log: &Value) -> Vec<String> {
    let text = std::fs::read_to_string(top().join("testdata/schema/sarif-schema-2.1.0.json")).unwrap();
    // Its expression for a language has a bracket too many, which the validator refuses.
    let schema: Value = serde_json::from_str(&text.replace("{2}]?$", "{2}?$")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Says what is wrong with a log by GitHub's documentation, "SARIF support for code scanning".
fn github_errors(log: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let text =
        |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or("").len();
    for rule in rules {
        for pointer in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text"] {
            if text(rule, pointer) == 0 {
                wrong.push(format!("{}: no {pointer}", rule["id"]));
            }
        }
        if rule["properties"]["tags"].as_array().map_or(0, Vec::len) > 10 {
            wrong.push(format!("{}: too many tags", rule["id"]));
        }
    }
    let results = results(log);
    if results.len() > 25_000 || rules.len() > 25_000 || log["runs"].as_array().unwrap().len() > 20 {
        wrong.push("too many results, rules or runs".to_owned());
    }
    for result in results {
        let id = &result["ruleId"];
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        if rules[index]["id"] != *id {
            wrong.push(format!("{id}: the rule at {index} is another"));
        }
        if text(result, "/message/text") == 0 || result["partialFingerprints"].as_object().unwrap().is_empty()
        {
            wrong.push(format!("{id}: no message or fingerprint"));
        }
        let locations = result["locations"].as_array().unwrap();
        if locations.len() != 1 {
            wrong.push(format!("{id}: {} locations", locations.len()));
        }
        let related = result["relatedLocations"].as_array().map_or(&[][..], Vec::as_slice);
        let steps: Vec<&Value> = result["codeFlows"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|flow| flow["threadFlows"][0]["locations"].as_array().unwrap())
            .map(|step| &step["location"])
            .collect();
        if related.len() > 1000 || steps.len() > 10_000 {
            wrong.push(format!("{id}: too many places"));
        }
        for place in locations.iter().chain(related).chain(steps) {
            let place = &place["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap_or("");
            if uri.is_empty() || uri.starts_with('/') || uri.contains("://") || uri.contains("..") {
                wrong.push(format!("{id}: `{uri}` is no path of a repository"));
            }
            for key in ["startLine", "startColumn", "endLine", "endColumn"] {
                if place["region"][key].as_u64().unwrap_or(0) == 0 {
                    wrong.push(format!("{id}: no {key}"));
                }
            }
        }
        // A link in a message must lead somewhere.
        let message = result["message"]["text"].as_str().unwrap();
        for target in message.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let id: Option<u64> = target.parse().ok();
            if id.is_none() || related.iter().all(|place| place["id"].as_u64() != id) {
                wrong.push(format!("{}: a link to {target:?}", result["ruleId"]));
            }
        }
    }
    wrong
}

#[test]
fn the_look_of_each_format() {
    let scenarios = [
        ("incident", "testdata/incident"),
        ("snapshot-in-a-module", "testdata/stores/aws/snapshots/shared-in-a-module"),
        ("undetermined", "testdata/stores/aws/snapshots/shared-without-value"),
    ];
    for (name, path) in scenarios {
        for format in FORMATS {
            let (text, _) = check(top(), top(), &["--format", format, path]);
            let text = match format {
                // The rules are the same in every log and have a test of their own.
                "sarif" => {
                    let mut log: Value = serde_json::from_str(&text).unwrap();
                    log["runs"][0]["tool"]["driver"]["rules"] = Value::Array(Vec::new());
                    serde_json::to_string_pretty(&log).unwrap()
                }
                _ => text,
            };
            insta::with_settings!({ omit_expression => true }, {
                insta::assert_snapshot!(format!("{name}-{format}"), text);
            });
        }
    }
}

#[test]
fn sarif_holds_against_the_schema_and_what_github_asks_for() {
    let hostile: Vec<String> = HOSTILE.iter().map(|name| format!("testdata/hostile/{name}")).collect();
    let hostile: Vec<&str> = hostile.iter().map(String::as_str).collect();
    for paths in [&["testdata/incident", "testdata/stores"][..], &hostile, &["testdata/nothing"], &PLANS] {
        let log = sarif(top(), top(), paths);
        assert_eq!(schema_errors(&log), Vec::<String>::new());
        assert_eq!(github_errors(&log), Vec::<String>::new());
    }
    let mut wrong = sarif(top(), top(), &["testdata/incident"]);
    wrong["runs"][0]["results"][0]["level"] = "loud".into();
    assert_eq!(schema_errors(&wrong).len(), 1);
}

/// Makes the edits of a result in a text, by lines and columns; a byte order mark counts for nothing.
fn fixed(text: &str, result: &Value, path: &str) -> String {
    let [fix] = result["fixes"].as_array().unwrap().as_slice() else { panic!("{result}") };
    let [change] = fix["artifactChanges"].as_array().unwrap().as_slice() else { panic!("{fix}") };
    assert_eq!(change["artifactLocation"]["uri"], path);
    let [replacement] = change["replacements"].as_array().unwrap().as_slice() else { panic!("{change}") };
    let region = &replacement["deletedRegion"];
    let (mark, plain) = text.strip_prefix('\u{feff}').map_or(("", text), |plain| ("\u{feff}", plain));
    let offset = |line: &str, column: &str| {
        let line = usize::try_from(region[line].as_u64().unwrap()).unwrap();
        let column = usize::try_from(region[column].as_u64().unwrap()).unwrap();
        let before: usize = plain.split_inclusive('\n').take(line - 1).map(str::len).sum();
        before + plain[before..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
    };
    let (start, end) = (offset("startLine", "startColumn"), offset("endLine", "endColumn"));
    let inserted = replacement["insertedContent"]["text"].as_str().unwrap();
    format!("{mark}{}{inserted}{}", &plain[..start], &plain[end..])
}

#[test]
fn a_certain_edit_stands_in_sarif_and_is_the_one_that_fix_makes() {
    let block = "resource \"aws_s3_bucket_public_access_block\" \"b\" { bucket = aws_s3_bucket.b.id }\n";
    for (path, text) in [
        ("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"public-read\"\n}\n".to_owned()),
        (
            "a b/main.tf",
            "\u{feff}/* äö */ resource \"aws_s3_bucket\" \"b\" {\r\n  /* grüße 中 */ acl = \
             \"public-read\"\r\n}\r\n"
                .to_owned(),
        ),
        (
            "main.tf.json",
            "\u{feff}{\"//\": \"ü\", \"resource\": {\"aws_s3_bucket\": {\"b\": {\"acl\": \"public-read\"}}}}"
                .to_owned(),
        ),
        (
            "main.tf",
            format!(
                "resource \"aws_s3_bucket\" \"b\" {{\n  bucket = \"b\"\n}}\nresource \"aws_s3_bucket_policy\" \
                 \"b\" {{\n  bucket = \"b\"\n  policy = \"{{\\\"Statement\\\": [{{\\\"Effect\\\": \
                 \\\"Allow\\\", \\\"Principal\\\": \\\"*\\\", \\\"Action\\\": \\\"s3:GetObject\\\", \
                 \\\"Resource\\\": \\\"arn:aws:s3:::b/*\\\"}}]}}\"\n}}\n{block}"
            ),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &text).unwrap();
        let log = sarif(folder.path(), folder.path(), &["."]);
        assert_eq!(schema_errors(&log), Vec::<String>::new());
        let expected = fixed(&text, &results(&log)[0], &path.replace(' ', "%20"));
        let mut fix = Command::cargo_bin("tfward").unwrap();
        fix.current_dir(folder.path()).args(["fix", "--write"]).assert().success();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), expected);
        assert_ne!(text, expected);
    }
}

#[test]
fn what_is_not_certain_has_no_edit_in_sarif() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let bucket = |acl: &str| format!("resource \"aws_s3_bucket\" \"b\" {{\n  acl = {acl}\n}}\n");
    let call = "module \"m\" {\n  source = \"../m\"\n}\n";
    write("m/main.tf", &bucket("\"public-read\""));
    write("one/main.tf", call);
    write("two/main.tf", call);
    write(
        "three/main.tf",
        &format!("# tfward:allow public-bucket reason=\"r\"\n{}", bucket("\"public-read\"")),
    );
    let fixes = |paths: &[&str]| {
        let log = sarif(folder.path(), folder.path(), paths);
        results(&log).iter().filter(|result| result["fixes"].is_array()).count()
    };
    // Another root module uses the module.
    assert_eq!(fixes(&["one"]), 0);
    assert_eq!(fixes(&["one", "two"]), 2);
    // Somebody accepted it.
    assert_eq!(fixes(&["three"]), 0);
    assert_eq!(fixes(&["three", "--no-inline-allow"]), 1);
    assert_eq!(fixes(&["."]), 2);
}

#[test]
fn every_format_has_every_finding() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let mut arguments = vec!["--format".to_owned(), "json".to_owned()];
    for format in FORMATS {
        arguments.extend(["--format".to_owned(), format.to_owned(), "--output".to_owned(), file(format)]);
    }
    // The first format of several gets no file, and goes to standard output.
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["testdata/incident"]).collect();
    let (json, code) = check(top(), top(), &arguments);
    let report: Value = serde_json::from_str(&json).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let stores = report["stores"].as_array().unwrap();
    assert!(!findings.is_empty());
    let read = |format: &str| std::fs::read_to_string(file(format)).unwrap();
    let log: Value = serde_json::from_str(&read("sarif")).unwrap();
    assert_eq!(results(&log).len(), findings.len());
    for (result, finding) in results(&log).iter().zip(findings) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let location = &finding["location"];
        assert_eq!(result["ruleId"], finding["rule"]);
        assert_eq!(result["properties"]["address"], finding["address"]);
        assert_eq!(
            ["startLine", "startColumn", "endLine", "endColumn"].map(|key| &region[key]),
            ["line", "column", "end_line", "end_column"].map(|key| &location[key])
        );
    }
    assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], code);
    assert_eq!(read("github").matches("title=public-").count(), findings.len());
    assert_eq!(read("markdown").matches("<details>").count(), findings.len());
    assert_eq!(read("junit").matches("<testcase ").count(), stores.len());
}

#[test]
fn fingerprints_survive_shifted_lines_and_tell_stores_apart() {
    let text = |shift: &str| {
        format!(
            "{shift}resource \"aws_s3_bucket\" \"b\" {{\n  for_each = toset([\"x\", \"y\"])\n  acl = \
             \"public-read\"\n}}\n"
        )
    };
    let prints = |text: &str| -> BTreeMap<String, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.tf"), text).unwrap();
        results(&sarif(folder.path(), folder.path(), &["."]))
            .iter()
            .map(|result| (&result["properties"]["address"], &result["partialFingerprints"]))
            .map(|(address, prints)| (address.to_string(), prints.to_string()))
            .collect()
    };
    let before = prints(&text(""));
    assert_eq!(before, prints(&text("# one\n\n# three\n")));
    assert_eq!(before.len(), 2);
    assert_eq!(before.values().collect::<BTreeSet<_>>().len(), 2);
}

#[test]
fn paths_are_those_of_the_checkout() {
    let folder = top().join("testdata/incident");
    let log = sarif(&folder, top(), &["."]);
    for result in results(&log) {
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(uri.as_str().unwrap().starts_with("testdata/incident/"), "{uri}");
    }
    let (commands, _) = check(&folder, top(), &["--format", "github", "."]);
    assert!(commands.starts_with("::error file=testdata/incident/"), "{commands}");
}

#[test]
fn findings_of_a_plan_stand_at_its_first_character_and_are_told_apart() {
    let log = sarif(top(), top(), &PLANS);
    let mut prints = BTreeSet::new();
    for result in results(&log) {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(PLANS.contains(&uri), "{uri}");
        let region = serde_json::json!({ "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2 });
        assert_eq!(place["region"], region);
        assert!(result["baselineState"].is_string());
        prints.insert(result["partialFingerprints"]["tfward/v1"].to_string());
    }
    assert!(prints.len() >= PLANS.len());
    assert_eq!(prints.len(), results(&log).len());
}

#[test]
fn names_stay_names() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "</details><script>alert(1)</script>",
        "a|b|c",
        "`code` **bold** [link](http://example.org)",
        "x\\n::error::injected",
        "%0A::error::injected",
        "\\\"] --> evil[\\\"",
        "```",
        "\\u001b[2J\\u202e##[error]x ##vso[task]",
        "]]> <![CDATA[",
    ];
    let keys: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let text = format!(
        "resource \"aws_s3_bucket\" \"b\" {{\n  for_each = toset([{}])\n  acl = \"public-read\"\n}}\n",
        keys.join(", ")
    );
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    for format in FORMATS {
        let (text, code) = check(folder.path(), folder.path(), &["--format", format, "."]);
        assert_eq!(code, 1);
        let strange: Vec<char> = text
            .chars()
            .filter(|character| character.is_control() && *character != '\n' || *character == '\u{202e}')
            .collect();
        assert_eq!(strange, Vec::<char>::new(), "{format}");
        match format {
            "sarif" => {
                let log: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(schema_errors(&log), Vec::<String>::new());
                assert_eq!(github_errors(&log), Vec::<String>::new());
                assert_eq!(results(&log).len(), names.len());
            }
            "github" => {
                let commands = text.lines().filter(|line| line.starts_with("::")).count();
                assert_eq!((commands, text.lines().count()), (names.len(), names.len() + 1));
                assert!(!text.contains("##["));
            }
            "markdown" => {
                assert!(!text.contains("<script") && !text.contains("**bold") && !text.contains("](http"));
                assert_eq!(text.matches("\n```").count(), 2 * names.len());
                assert_eq!(text.matches("</details>").count(), names.len());
                let rows = text.lines().filter(|line| line.starts_with("| error |"));
                assert!(rows.clone().all(|row| row.matches('|').count() == 5));
                assert_eq!(rows.count(), names.len());
                let arrows = text.lines().filter(|line| line.contains("evil") && line.contains(" --> ["));
                assert_eq!(arrows.count(), 0);
            }
            _ => {
                let document = quick_junit::Report::deserialize_from_str(&text).unwrap();
                assert_eq!((document.tests, document.failures), (names.len(), names.len()));
            }
        }
    }
}

/// Reasons, values of settings, folders and messages hold what they like; none of it becomes anything else.
#[test]
#[cfg(unix)]
fn reasons_settings_and_paths_stay_text() {
    let hostile =
        "%0A::error::i </details><script>x</script> | `c` ]]> ##[error]y ##vso[t] \u{202e}\u{1b}[2J";
    let written = hostile.replace('\u{1b}', "\\u001b").replace('`', "\\u0060");
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("::error::a,b %0A|\u{202e}`\u{7}]]>");
    std::fs::create_dir(&place).unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let settings = format!(
        "closed_security_groups = [\"{written}\"]\nallow \"public-bucket\" {{\n  address = \"*.a\"\n  reason = \
         \"{written}\"\n}}\nallow \"public-bucket\" {{\n  address = \"nothing {written}\"\n  reason = \"r\"\n}}\n"
    );
    std::fs::write(folder.path().join(".tfward.hcl"), settings).unwrap();
    let bucket =
        |name: &str| format!("resource \"aws_s3_bucket\" \"{name}\" {{\n  acl = \"public-read\"\n}}\n");
    let unknown = format!("resource \"aws_s3_bucket\" \"u\" {{\n  bucket = var.x[\"{written}\"]\n}}\n");
    let open = bucket("b").replace("\"public-read\"", "var.acl") + "variable \"acl\" {\n}\n";
    std::fs::write(place.join("main.tf"), [bucket("a"), open, unknown].concat()).unwrap();
    std::fs::write(place.join("terraform.tfvars"), "acl = \"public-read\"\n").unwrap();
    for format in
        ["human", "short", "json", "sarif", "github", "markdown", "junit", "explain", "nothing", "fix"]
    {
        let mut command = Command::cargo_bin("tfward").unwrap();
        command.current_dir(folder.path()).env("GITHUB_WORKSPACE", folder.path());
        match format {
            "explain" => command.args(["explain", "aws_s3_bucket.b"]),
            "nothing" => command.args(["explain", "aws_s3_bucket.nothing"]),
            "fix" => command.arg("fix"),
            format => command.args(["check", "--format", format]),
        };
        let output = command.output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let strange = |text: &str| {
            text.chars()
                .any(|character| character.is_control() && character != '\n' || character == '\u{202e}')
                || text.contains("##[")
                || text.contains("##vso[")
        };
        assert!(!strange(&out) && !strange(&err), "{format}:\n{out}{err}");
        let commands: Vec<&str> = out.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        match format {
            "json" | "sarif" => {
                let log: Value = serde_json::from_str(&out).unwrap();
                if format == "sarif" {
                    assert_eq!(schema_errors(&log), Vec::<String>::new());
                    assert_eq!(github_errors(&log), Vec::<String>::new());
                }
            }
            "junit" => {
                let document = quick_junit::Report::deserialize_from_str(&out).unwrap();
                assert_eq!(document.failures, 1);
            }
            "markdown" => {
                assert!(!out.contains("<script") && !out.contains("\n```\n```"), "{out}");
                assert_eq!(out.matches("</details>").count(), 1);
            }
            _ => {}
        }
        if format == "github" {
            let known = ["::error file=", "::error title=tfward::", "::warning ", "::notice title=tfward::"];
            assert!(commands.iter().all(|line| known.iter().any(|start| line.starts_with(start))), "{out}");
            assert!(!commands.is_empty());
        } else {
            assert_eq!(commands, Vec::<&str>::new(), "{format}");
        }
        assert!(!err.lines().any(|line| line.trim_start().starts_with("::")), "{format}: {err}");
    }
}

#[test]
fn junit_reads_back() {
    let (text, code) = check(top(), top(), &["--format", "junit", "testdata/incident", "testdata/stores"]);
    let document = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert!(document.failures > 50);
    assert_eq!(code == 2, document.errors > 0);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for format in FORMATS {
        let other = "testdata/hostile/bidirectional-text";
        let once = check(top(), top(), &["--format", format, "testdata/incident", other]);
        let again = check(top(), top(), &["--format", format, other, "testdata/incident"]);
        assert_eq!(once, again, "{format}");
        assert!(!once.0.contains(&top().display().to_string()), "{format} names this machine");
    }
}
