//! Every row of `testdata/truth/*.csv` is one test: the row becomes a `main.tf.json` in a directory of its
//! own, and the verdict on its first resource must be that of the row.
//!
//! Rows with `"act"` speak about plans; they are named and left out here.

#![allow(clippy::disallowed_methods, reason = "tests read their own files")]
#![allow(clippy::print_stderr, reason = "rows that are left out are named")]

mod judge;
mod table;

use std::process::ExitCode;

use judge::judge;
use libtest_mimic::{Arguments, Failed, Trial};
use table::{Row, root, rows, tables, text};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let mut left_out = Vec::new();
    for table in &tables() {
        let name = table.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match rows(table) {
            Err(error) => trials.push(Trial::test(name, move || Err(error.into()))),
            Ok(rows) => {
                for row in rows {
                    if row.inputs.iter().any(|input| input.get("act").is_some()) {
                        left_out.push(row.id);
                    } else {
                        trials.push(Trial::test(format!("{name}/{}", row.id), move || test(&row)));
                    }
                }
            }
        }
    }
    if !arguments.list && !left_out.is_empty() {
        eprintln!("left out, because they speak about plans: {}", left_out.join(", "));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn test(row: &Row) -> Result<(), Failed> {
    let first =
        row.inputs.iter().find(|input| text(input, "t") != "_provider").ok_or("a row without a resource")?;
    let address = format!("{}.{}", text(first, "t"), text(first, "n"));
    let root = root(&row.inputs);
    let directory = tempfile::tempdir()?;
    std::fs::write(directory.path().join("main.tf.json"), format!("{root:#}"))?;
    let judged = judge(directory.path())?;
    let found = judged.stores.iter().find(|store| store.address == address);
    if found.is_some_and(|store| store.verdict == row.verdict) && judged.errors.is_empty() {
        return Ok(());
    }
    let verdict = found.map_or_else(|| "no store".to_owned(), |store| store.verdict.to_string());
    let mut message = format!("{address} is {verdict}, expected {}: {}", row.verdict, row.why);
    if !row.contested.is_empty() {
        message = format!("{message}\ncontested: {}", row.contested);
    }
    let errors = judged.errors.iter().fold(String::new(), |all, error| format!("{all}\nerror: {error}"));
    Err(format!("{message}{errors}\n\n{root:#}\n\n{}", judged.human).into())
}
