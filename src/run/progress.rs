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
    /// Starts the clock; without a terminal on standard error nothing is ever shown.
    #[must_use]
    pub fn new(terminal: bool) -> Self {
        Self { terminal, started: Instant::now(), shown: Cell::new(None), done: Cell::new(0) }
    }

    /// One more root module is done.
    pub(super) fn step(&self) {
        self.done.set(self.done.get() + 1);
        let is_due = self.shown.get().is_none_or(|at| at.elapsed() >= PAUSE);
        if self.terminal && is_due && self.started.elapsed() >= QUIET {
            self.shown.set(Some(Instant::now()));
            let _ = write!(std::io::stderr(), "\r\x1b[Kjudged {} root modules", self.done.get());
        }
    }

    /// Takes the line away again.
    pub(super) fn clear(&self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    /// Says how long a step took that began then.
    pub(super) fn tell(what: &str, began: Instant) {
        let _ = writeln!(std::io::stderr(), "{what}: {:.3} s", began.elapsed().as_secs_f64());
    }
}
