//! What a long run says on standard error: how far it is, and with `--verbose` how long each step took.

use std::cell::Cell;
use std::io::Write;
use std::time::{Duration, Instant};

/// Nothing is said before.
const QUIET: Duration = Duration::from_secs(1);
/// The shortest time between two lines.
const PAUSE: Duration = Duration::from_millis(100);

/// How far a run is.
#[derive(Debug)]
pub struct Progress {
    terminal: bool,
    started: Instant,
    shown: Cell<Option<Instant>>,
    done: Cell<usize>,
}

impl Progress {
    /// Starts the clock; unless standard error is a terminal that can write a line over again, nothing is ever
    /// shown.
    #[must_use]
    pub fn new(terminal: bool) -> Self {
        Self { terminal, started: Instant::now(), shown: Cell::new(None), done: Cell::new(0) }
    }

    /// One more root module is done.
    pub(super) fn step(&self) {
        self.done.set(self.done.get() + 1);
        let since = self.shown.get().map(|at| at.elapsed());
        if self.terminal && is_due(self.started.elapsed(), since) {
            self.shown.set(Some(Instant::now()));
            let _ = write!(std::io::stderr(), "\r\x1b[K{}", line(self.done.get()));
        }
    }

    /// Takes the line away again; the next one counts from the start.
    pub(super) fn clear(&self) {
        self.done.set(0);
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    /// Says how long a step took that began then.
    pub(super) fn tell(what: &str, began: Instant) {
        let _ = writeln!(std::io::stderr(), "{what}: {:.3} s", began.elapsed().as_secs_f64());
    }
}

/// Whether a line is due in a run of that age, so long after the last one.
fn is_due(age: Duration, since: Option<Duration>) -> bool {
    age >= QUIET && since.is_none_or(|since| since >= PAUSE)
}

fn line(done: usize) -> String {
    match done {
        1 => "judged 1 root module".to_owned(),
        several => format!("judged {several} root modules"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_due_in_long_runs_and_not_too_often() {
        let milliseconds = Duration::from_millis;
        for (age, since, expected) in [
            (0, None, false),
            (999, None, false),
            (1000, None, true),
            (1050, Some(50), false),
            (1100, Some(100), true),
            (900, Some(500), false),
        ] {
            assert_eq!(is_due(milliseconds(age), since.map(milliseconds)), expected, "{age} {since:?}");
        }
        assert_eq!([line(1), line(2)], ["judged 1 root module", "judged 2 root modules"]);
    }

    #[test]
    fn without_a_terminal_nothing_is_shown() {
        let progress = Progress::new(false);
        progress.step();
        assert_eq!((progress.shown.get(), progress.done.get()), (None, 1));
    }
}
