//! Timers of clients: the instants at which tasks of their processes go on.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use super::ProcessId;
use crate::emulator::trace::Process;

/// A timer that is pending, in the order in which those of a process end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerId {
    process: ProcessId,
    at: DateTime<Utc>,
    number: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ClientTimers {
    pending: BTreeSet<TimerId>,
    last_number: u64,
}

impl ClientTimers {
    pub(crate) fn add(&mut self, process: ProcessId, at: DateTime<Utc>) -> TimerId {
        self.last_number = self.last_number.saturating_add(1);
        let timer = TimerId { process, at, number: self.last_number };
        self.pending.insert(timer);
        timer
    }

    /// Forgets a timer, unless it has ended.
    pub(crate) fn remove(&mut self, timer: TimerId) {
        self.pending.remove(&timer);
    }

    pub(crate) fn is_pending(&self, timer: TimerId) -> bool {
        self.pending.contains(&timer)
    }

    /// When the next timer of a process ends.
    pub(crate) fn next_of(&self, process: ProcessId) -> Option<DateTime<Utc>> {
        self.of(process).next().map(|timer| timer.at)
    }

    /// Ends the timers of a process whose time has come by then.
    pub(crate) fn take_due(&mut self, process: ProcessId, now: DateTime<Utc>) -> Vec<TimerId> {
        let due: Vec<TimerId> = self.of(process).take_while(|timer| timer.at <= now).collect();
        due.iter().for_each(|timer| self.remove(*timer));
        due
    }

    fn of(&self, process: ProcessId) -> impl Iterator<Item = TimerId> {
        let first = TimerId { process, at: DateTime::<Utc>::MIN_UTC, number: 0 };
        self.pending.range(first..).take_while(move |timer| timer.process == process).copied()
    }

    /// Numbers are in the order of the timers that end at one instant.
    pub(super) fn hash_canonical<H: Hasher>(
        &self,
        processes: &BTreeMap<ProcessId, Process>,
        hasher: &mut H,
    ) {
        let Self { pending, last_number: _ } = self;
        // Timers of a process that has ended wake no task.
        let of_living = || pending.iter().filter(|timer| processes.contains_key(&timer.process));
        hasher.write_usize(of_living().count());
        for TimerId { process, at, number: _ } in of_living() {
            (process, at).hash(hasher);
        }
    }
}
