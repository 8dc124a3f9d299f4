#![allow(clippy::disallowed_methods, reason = "tests make and read their own files")]

use super::super::{Progress, Surroundings, Terminal};
use super::{Run, Session};
use crate::cli;

#[test]
fn a_file_that_has_changed_stops_everything_before_the_first_write() {
    let tree = tempfile::tempdir().unwrap();
    let top = tree.path().canonicalize().unwrap();
    let [first, second] = ["a.tf", "b.tf"].map(|name| top.join(name));
    for path in [&first, &second] {
        std::fs::write(path, "old").unwrap();
    }
    let surroundings = Surroundings {
        working_directory: top,
        environment: Vec::new(),
        today: jiff::civil::date(2026, 1, 1),
        terminal: Terminal::default(),
        progress: Progress::new(false),
    };
    let (values, settings) = (cli::Values::default(), cli::Settings::default());
    let run = Run {
        paths: Vec::new(),
        values: &values,
        settings: &settings,
        inline: true,
        surroundings: &surroundings,
    };
    let mut session = Session::default();
    for path in [&first, &second] {
        session.originals.insert(path.clone(), b"old".to_vec());
        session.overlay.insert(path.clone(), b"new".to_vec());
    }
    let read = || [&first, &second].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&second, "by somebody else").unwrap();
    let error = run.write(&session).unwrap_err().to_string();
    assert_eq!(error, "`b.tf` has changed in the meantime; nothing was written");
    assert_eq!(read(), ["old", "by somebody else"]);
    std::fs::remove_file(&second).unwrap();
    assert!(run.write(&session).is_err());
    std::fs::write(&second, "old").unwrap();
    run.write(&session).unwrap();
    assert_eq!(read(), ["new", "new"]);
}
