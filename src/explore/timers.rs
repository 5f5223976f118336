//! Timers: what will end the incidents of an execution, and when.

use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use chrono::{DateTime, Utc};

/// What ends an incident.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Recovery {
    Network,
    LogOn,
    /// The volume has this many free bytes again.
    Disk(u64),
}

/// What will happen at which instant, beside what the emulator does by itself.
#[derive(Debug, Clone, Default, Hash)]
pub(crate) struct Timers(Vec<(DateTime<Utc>, Recovery)>);

impl Timers {
    /// Adds a recovery. One of the same kind that is due is put off: outages that overlap end together.
    pub(crate) fn add(&mut self, at: DateTime<Utc>, mut recovery: Recovery) {
        let is_alike = |known: &Recovery| discriminant(known) == discriminant(&recovery);
        if let Some(known) = self.0.iter().position(|(_, known)| is_alike(known)) {
            // The room on the disk is what it was before the first of them.
            recovery = self.0.remove(known).1;
        }
        let place = self.0.partition_point(|(known, _)| *known <= at);
        self.0.insert(place, (at, recovery));
    }

    /// Adds in how much time they are due.
    pub(crate) fn hash_relative(&self, now: DateTime<Utc>, hasher: &mut impl Hasher) {
        for (at, recovery) in &self.0 {
            (*at - now, recovery).hash(hasher);
        }
    }

    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.0.first().map(|(at, _)| *at)
    }

    /// When the user logs on again who has logged off.
    pub(crate) fn next_logon(&self) -> Option<DateTime<Utc>> {
        let logon = self.0.iter().find(|(_, recovery)| *recovery == Recovery::LogOn);
        logon.map(|(at, _)| *at)
    }

    pub(crate) fn take_due(&mut self, now: DateTime<Utc>) -> Option<Recovery> {
        self.next().filter(|at| *at <= now)?;
        Some(self.0.remove(0).1)
    }
}
