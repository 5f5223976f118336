//! The timers of all jobs, by the instant at which they act.

use std::collections::BTreeSet;

use crate::machine::{Deadline, Moment, NextClocks};
use crate::service::slot::Slot;

/// When a clock of a job acts: the order is that in which they do (TIME-24).
type Due = (Moment, Deadline, Slot);

/// The instants under which the timers of a job are indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TimerKeys(NextClocks);

impl TimerKeys {
    /// The clock that acts next.
    pub(crate) fn next(self) -> Option<(Moment, Deadline)> {
        self.0.next()
    }
}

/// The next clock of each job. The removal of an abandoned job is kept apart, where it
/// changes only when the client does something or bytes arrive, not with every attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Deadlines {
    clocks: BTreeSet<Due>,
    /// Also of jobs of which another clock acts before.
    removals: BTreeSet<(Moment, Slot)>,
}

impl Deadlines {
    /// Brings the timers up to date after a step of a job.
    pub(crate) fn reindex(&mut self, slot: Slot, keys: &mut TimerKeys, clocks: NextClocks) {
        let held = std::mem::replace(&mut keys.0, clocks);
        let clock = |next: NextClocks| next.clock.map(|(at, which)| (at, which, slot));
        replace(&mut self.clocks, clock(held), clock(clocks));
        let removal = |next: NextClocks| next.removal.map(|at| (at, slot));
        replace(&mut self.removals, removal(held), removal(clocks));
    }

    /// The clocks that have come by then, in the order in which they act. Of a job only the next one
    /// does, which `next` tells.
    pub(crate) fn due(
        &self,
        now: Moment,
        next: impl Fn(Slot) -> Option<(Moment, Deadline)>,
    ) -> impl Iterator<Item = (Slot, Deadline)> {
        let removals = self.removals.iter().take_while(move |(at, _)| *at <= now);
        let removals = removals.map(|(at, slot)| (*at, Deadline::Inactivity, *slot));
        let mut removals =
            removals.filter(move |(at, which, slot)| next(*slot) == Some((*at, *which))).peekable();
        let mut clocks =
            self.clocks.iter().copied().take_while(move |(at, ..)| *at <= now).peekable();
        let merged = std::iter::from_fn(move || match (clocks.peek(), removals.peek()) {
            (Some(clock), Some(removal)) if removal < clock => removals.next(),
            (None, _) => removals.next(),
            (Some(_), _) => clocks.next(),
        });
        merged.map(|(_, which, slot)| (slot, which))
    }

    /// When the first clock acts.
    pub(crate) fn first(&self) -> Option<Moment> {
        self.first_of_interest().into_iter().chain(self.first_removal()).min()
    }

    fn first_removal(&self) -> Option<Moment> {
        self.removals.first().map(|(at, _)| *at)
    }

    /// The same without the removal of abandoned jobs.
    pub(crate) fn first_of_interest(&self) -> Option<Moment> {
        self.clocks.first().map(|(at, ..)| *at)
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.clocks.is_empty() && self.removals.is_empty()
    }
}

fn replace<K: Ord>(keys: &mut BTreeSet<K>, held: Option<K>, now: Option<K>) {
    if held != now {
        held.iter().for_each(|held| {
            keys.remove(held);
        });
        keys.extend(now);
    }
}
