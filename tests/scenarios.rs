//! Every directory under `testdata/stores/CLOUD/FAMILY/`, and the incident, is one test.
//!
//! The expectations stand in the configuration, on the lines of the stores, and are compared first; then
//! the look of the report is compared with `golden.snap` beside it. So accepting a snapshot can never
//! accept a wrong verdict. `CONTRIBUTING.md` describes the notation.

#![allow(clippy::disallowed_methods, reason = "tests read their own files")]

mod expectation;
mod judge;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use expectation::{Expectations, read};
use judge::{Judged, Verdict, judge};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut cases = vec![top.join("incident")];
    for cloud in directories(&top.join("stores")) {
        for family in directories(&cloud) {
            cases.extend(directories(&family));
        }
    }
    let trials = cases
        .into_iter()
        .map(|case| {
            let name = case.strip_prefix(&top).unwrap_or(&case).display().to_string().replace('\\', "/");
            Trial::test(name, move || test(&case))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn test(case: &Path) -> Result<(), Failed> {
    let expected = read(case)?;
    let judged = judge(case)?;
    let wrong = compare(&expected, &judged);
    if !wrong.is_empty() {
        let errors =
            judged.errors.iter().fold(String::new(), |all, error| format!("{all}\n  error: {error}"));
        return Err(format!("{}{errors}\n\n{}", wrong.join("\n"), judged.human).into());
    }
    golden(case, &judged);
    Ok(())
}

/// Returns what is not as expected, one sentence each.
fn compare(expected: &Expectations, judged: &Judged) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut met = vec![false; expected.entries.len()];
    for store in &judged.stores {
        let entry = expected.entries.iter().position(|entry| entry.means(&store.address));
        let Some((index, entry)) = entry.and_then(|index| Some((index, expected.entries.get(index)?))) else {
            if store.verdict != Verdict::Private {
                wrong.push(format!("{} is {}, and nothing was expected of it", store.address, store.verdict));
            }
            continue;
        };
        if let Some(met) = met.get_mut(index) {
            *met = true;
        }
        if entry.verdict != store.verdict {
            wrong.push(format!(
                "{}: {} is {}, expected {}",
                entry.place, store.address, store.verdict, entry.verdict
            ));
        }
        for name in entry.unknown.iter().filter(|name| !store.unknown.contains(name)) {
            let names = store.unknown.join(", ");
            wrong.push(format!("{}: {} depends on [{names}], not on {name}", entry.place, store.address));
        }
    }
    for (entry, _) in expected.entries.iter().zip(&met).filter(|(_, met)| !**met) {
        wrong.push(format!("{}: no store is meant by `{entry}`", entry.place));
    }
    let public = judged.stores.iter().any(|store| matches!(store.verdict, Verdict::Public(..)));
    let exit = if expected.incomplete { 2 } else { i32::from(public) };
    if judged.exit != exit {
        wrong.push(format!("exit {}, expected {exit}", judged.exit));
    }
    wrong
}

/// Compares the human report and the verdicts with `golden.snap` beside the configuration.
fn golden(case: &Path, judged: &Judged) {
    let mut text = format!("{}\n", judged.human.trim_end());
    for store in &judged.stores {
        let _ = write!(text, "\n{}: {}", store.address, store.verdict);
        for name in &store.unknown {
            let _ = write!(text, " {name}");
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("golden", text));
}

fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    found.sort();
    found
}
