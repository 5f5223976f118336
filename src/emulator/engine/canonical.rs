//! The canonical state of an engine: what decides the future of the emulated computer.

use std::hash::{Hash, Hasher};

use super::Engine;
use crate::emulator::trace::Process;
use crate::vocabulary::canonical::Canonical;

impl Engine {
    /// Adds to a hasher all that decides what will happen, and what clients can read. Engines with the same
    /// state have the same future, if the same is done with them: whatever is left out here only tells what
    /// was.
    ///
    /// Numbers that clients hold stay as they are: those of jobs, of processes and of the runs of the
    /// service; so the number of the next one counts too. Tickets of calls and numbers of objects are
    /// normalised, by their order and by their places: which callback a client registered is to be seen from
    /// the client's own state. Instants are absolute.
    ///
    /// The bytes that have arrived are to be [counted](Self::flush_all_progress) before, as they are before
    /// anything is read, or a state after a look and one without are two.
    ///
    /// The choosers, the handles and the sources of real time stand beside the engine, and so does the
    /// directory of a real disk.
    pub(crate) fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        self.service.hash_canonical(hasher);
        self.world.hash_canonical(self.service.now(), hasher);
        self.hash_clients(hasher);
    }

    /// Adds what decides what will happen, whenever it is looked at: engines of two instants have the same if
    /// they go on alike, each from its own. It omits what only tells of the past, error counts among it, the
    /// removal of a job after a long time without any activity, and what policies say for other hours.
    pub(crate) fn hash_relative<H: Hasher>(&self, hasher: &mut H) {
        let now = self.service.now();
        self.service.hash_relative(hasher);
        self.world.hash_relative(now, hasher);
        self.next_instant_of_interest().map(|next| next - now).hash(hasher);
        self.hash_clients(hasher);
    }

    /// Adds what clients registered and how they stand, at any instant the same.
    fn hash_clients<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            // These count at an instant.
            service: _,
            world: _,
            clocks,
            host,
            hooks,
            registrations,
            program,
            classes,
            last_object: _,
            released: _,
            certificate_lookup,
            client_calls,
            last_ticket: _,
            called,
            timers,
            steps: _,
            changes: _,
            gain: _,
            recorder: _,
            processes,
            // Their names, for the trace.
            ended_processes: _,
            last_process,
            class_processes,
            latest_tokens,
            accounts,
        } = self;
        (clocks, host).hash(hasher);
        hooks.hash_canonical(hasher);
        let known = || registrations.iter().filter(|(_, known)| !known.is_empty());
        hasher.write_usize(known().count());
        for (job, known) in known() {
            job.hash(hasher);
            known.hash_canonical(hasher);
        }
        (program, classes, certificate_lookup).hash(hasher);
        hasher.write_usize(client_calls.len());
        client_calls.values().for_each(|call| call.hash_canonical(hasher));
        called.hash(hasher);
        timers.hash_canonical(processes, hasher);
        hasher.write_usize(processes.len());
        for Process { number, account: _, token } in processes.values() {
            (number, token).hash(hasher);
        }
        (last_process, class_processes, latest_tokens).hash(hasher);
        accounts.hash_canonical(hasher);
    }
}
