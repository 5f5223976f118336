//! What a program may not do, because its runs would not be the same again: it is unwound, and breaks a promise.

use std::panic::resume_unwind;

use super::counterexample::{Expected, Violation};
use super::execution::Execution;
use super::stop::Stop;
use crate::emulator::{Forbidden, Unwound};

impl Execution {
    /// Refuses something to the program, and unwinds it.
    pub(super) fn refuse(&self, forbidden: Forbidden) {
        self.note_misuse(|| match forbidden {
            Forbidden::PassingTime(method) => format!(
                "it called Emulator::{method}, which lets time pass for everybody: a program waits by \
                 Session::sleep and Session::wait"
            ),
            Forbidden::RealTime(method) => format!(
                "it called Emulator::{method}: by real time no run is like another, and a program waits by \
                 Session::sleep and Session::wait"
            ),
            Forbidden::RealDirectory => {
                "it used a disk in a real directory, which is not as it was when the program runs again"
                    .to_owned()
            }
        });
        self.unwind(Stop::Misused);
    }

    /// Unwinds a thread that is not the program's. The run fails, whatever the program makes of that.
    pub(super) fn expect_own_thread(&self, used: impl std::fmt::Display) {
        if self.is_own_thread() {
            return;
        }
        self.note_misuse(|| {
            format!(
                "another thread than that of the program used {used}: which thread comes first the explorer \
                 does not decide"
            )
        });
        self.progress().actor.stop.get_or_insert(Stop::Misused);
        if !std::thread::panicking() {
            resume_unwind(Box::new(Unwound));
        }
    }

    /// Refuses to wait for a lock in a callback.
    pub(super) fn refuse_lock_in_callback(&self) {
        self.note_misuse(|| {
            "it waited for a lock in a callback, for the return of which its holder waits"
                .to_owned()
        });
        self.unwind(Stop::Misused);
    }

    fn note_misuse(&self, words: impl FnOnce() -> String) {
        self.progress().misuse.get_or_insert_with(words);
    }

    /// What the program did that it may not do, in whichever life.
    pub(super) fn misuse(&self) -> Option<Violation> {
        let happened = self.progress().misuse.clone()?;
        let promise = "the program keeps to what is explored";
        Some(Violation { promise, happened, expected: Expected::Unsaid })
    }
}
