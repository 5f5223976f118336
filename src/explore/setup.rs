//! What every run begins with, and the panics of programs.

use std::sync::{Arc, Once};

use super::execution::Scope;
use super::life::Life;
use super::monitors::Monitors;
use crate::emulator::{Emulator, Session, User};

/// The application's own code.
pub(super) type Code = Arc<dyn Fn(&Life) -> Result<(), String> + Send + Sync>;

/// What every run begins with.
pub(super) struct Setup {
    pub(super) world: Emulator,
    pub(super) operator: Session,
    pub(super) user: User,
    pub(super) wanted: Vec<(String, String)>,
    pub(super) monitors: Monitors,
    pub(super) scope: Arc<Scope>,
    pub(super) program: Code,
}

thread_local! {
    /// Whether a program runs on this thread whose panics are kept for the report.
    static EXPLORING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs a program whose panics are not printed, but kept for the report.
pub(super) fn keep_panics<T>(run: impl FnOnce() -> T) -> T {
    EXPLORING.set(true);
    let done = run();
    EXPLORING.set(false);
    done
}

/// A program's own panics are kept for the report, and not printed at each run.
pub(super) fn silence_unwound_programs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !EXPLORING.get() {
                before(panic);
            }
        }));
    });
}
