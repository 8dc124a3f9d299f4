//! Work on threads with a large stack: expressions and references nest as deep as the budget allows.
//!
//! Enters: work that shares nothing but what it reads. Leaves: its results, in the order in which it was given;
//! which thread was faster shows nowhere.

use std::panic::resume_unwind;
use std::thread::{Builder, ScopedJoinHandle, scope};

/// Bytes of stack: what the deepest evaluation needs in a debug build, several times over.
const STACK: usize = 512 << 20;

/// Runs something on a thread of its own.
///
/// # Panics
/// Never: a panic of `work` comes back as `None`.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    scope(|scope| named().spawn_scoped(scope, work).ok()?.join().ok())
}

/// Runs two things at once.
///
/// # Panics
/// Where one of the two does.
pub fn both<A: Send, B>(one: impl Fn() -> A + Sync, other: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let beside = named().spawn_scoped(scope, &one);
        let other = other();
        let one = match beside.map(ScopedJoinHandle::join) {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => resume_unwind(panic),
            // There is no thread to be had.
            Err(_) => one(),
        };
        (one, other)
    })
}

/// Does something that nobody waits for: what is left of it when the process ends is not done.
pub fn aside(work: impl FnOnce() + Send + 'static) {
    // Without a thread it is dropped, and with it what it holds.
    let _ = named().spawn(work);
}

fn named() -> Builder {
    Builder::new().name("tfward".to_owned()).stack_size(STACK)
}
