//! What all handles of an emulator share, and what a test is told when the last of them is dropped.

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::thread;

use super::state::State;
use crate::emulator::diagnostics::drop_report::DropReport;
use crate::emulator::diagnostics::unmet::Unmet;

/// The state behind its lock.
pub(crate) struct Shared<O, D: ?Sized>(Mutex<State<O, D>>);

impl<O, D: ?Sized> Shared<O, D> {
    pub(crate) const fn new(state: State<O, D>) -> Self {
        Self(Mutex::new(state))
    }

    /// Tells what there is to tell although handles are left: objects of clients may hold these, which
    /// the emulator itself holds, so that the last one is never dropped.
    pub(crate) fn tell_failure(&self) {
        match self.0.try_lock() {
            Ok(mut state) => tell_failure(&mut state),
            Err(TryLockError::Poisoned(state)) => tell_failure(&mut state.into_inner()),
            // This thread may hold it, or another one goes on.
            Err(TryLockError::WouldBlock) => {}
        }
    }
}

impl<O, D: ?Sized> Deref for Shared<O, D> {
    type Target = Mutex<State<O, D>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<O, D: ?Sized> Drop for Shared<O, D> {
    #[allow(clippy::panic, reason = "a test asked for it by expect_met")]
    fn drop(&mut self) {
        let state = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if thread::panicking() {
            return tell_failure(state);
        }
        if state.is_fork {
            return;
        }
        if let Some(failure) = expectation_failure(&state.unmet()) {
            panic!("{failure}");
        }
        tell_suspicion(state);
    }
}

/// Why a test fails in which a fault or hook was not met that it expects to be.
pub(crate) fn expectation_failure(unmet: &[Unmet]) -> Option<String> {
    let expected: Vec<String> =
        unmet.iter().filter(|it| it.is_expected).map(Unmet::to_string).collect();
    (!expected.is_empty()).then(|| format!("expected to be met: {}", expected.join("; ")))
}

/// The thread panics: what happened last.
fn tell_failure<O, D: ?Sized>(state: &mut State<O, D>) {
    if state.is_fork || state.drop_report == DropReport::Nothing || !state.recent_calls.tell() {
        return;
    }
    // A panic here would end all tests of the process.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let report = state.failure_report();
        if !report.is_empty() {
            print(&format!("\n{report}"));
        }
    }));
}

/// The test seems to have passed: what speaks against it.
fn tell_suspicion<O, D: ?Sized>(state: &mut State<O, D>) {
    if state.drop_report != DropReport::Everything {
        return;
    }
    if state.recent_calls.refusal().is_some() && state.recent_calls.tell() {
        return print(&format!("\n{}", state.failure_report()));
    }
    let unmet: String = state.unmet().iter().map(|it| format!("warning: {it}\n")).collect();
    if !unmet.is_empty() {
        print(&unmet);
    }
}

/// One write of the whole text, into what the harness captured of this thread.
fn print(text: &str) {
    eprint!("{text}");
}
