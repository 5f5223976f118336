//! Late callbacks: how those that are held back come at last. BITS calls a client on a thread of its own, so that
//! a callback may come while the program does something else: after any later call of it, or at any change that it
//! waits through.

use super::execution::Execution;
use super::situation::{View, view, view_of};
use crate::emulator::{Emulator, ProcessId, Until};
use crate::vocabulary::JobId;

impl Execution {
    /// Makes the callbacks that were held back for long enough, unless the program is in one.
    pub(super) fn make_late_callbacks(&self, emulator: &Emulator, process: ProcessId) {
        if !emulator.observe(|engine| engine.is_calling(process)) {
            emulator.call_clients();
        }
    }

    /// Makes them, and returns what the explorer sees then, before a call on that job if it is one.
    pub(super) fn view_after_callbacks(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        job: Option<JobId>,
    ) -> View {
        let at_once =
            emulator.observe(|engine| engine.client_calls.is_empty().then(|| view_of(engine, job)));
        at_once.unwrap_or_else(|| {
            self.make_late_callbacks(emulator, process);
            view(emulator, job)
        })
    }

    /// The program has made a step, for which these callbacks were held back: a call has returned.
    pub(super) fn count_step(&self, emulator: &Emulator, held: &[u64]) {
        if !held.is_empty() {
            emulator.observe(|engine| engine.count_down(held));
        }
    }

    /// Makes the callbacks that are held back while the program waits to be called or woken, if nothing else is to
    /// happen before the end of the wait, and returns whether there were any: BITS is late by a moment, not by
    /// hours in which nothing happens.
    pub(super) fn make_held_callbacks(
        &self,
        emulator: &Emulator,
        process: ProcessId,
        until: Until,
    ) -> bool {
        let limit = match until {
            Until::Called(_, limit) => Some(limit),
            Until::Woken(_, limit) => limit,
            _ => return false,
        };
        let next = self.next_instant(emulator);
        if next.is_some_and(|next| limit.is_none_or(|limit| next <= limit)) {
            return false;
        }
        let held = emulator.observe(|engine| {
            let held = engine.held_calls(process);
            engine.release_calls(&held);
            held
        });
        if held.is_empty() {
            return false;
        }
        emulator.call_clients();
        true
    }
}
