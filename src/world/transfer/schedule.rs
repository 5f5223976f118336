//! The schedule: which transfer has the next event.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::vocabulary::JobId;
use crate::world::disk::path::DiskPath;

/// When a transfer has its next event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Wakeup {
    #[default]
    Never,
    At(DateTime<Utc>),
    /// Since that instant, until the volume is free.
    Unlocked(DiskPath, DateTime<Utc>),
}

/// Transfers in the order of their instants.
type Line = BTreeSet<(DateTime<Utc>, u64, JobId)>;

/// The transfers in the order of their next instants; at one instant, in the order of their start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    timed: Line,
    waiting: BTreeMap<DiskPath, Line>,
    /// Of each transfer the number of its start.
    numbers: BTreeMap<JobId, u64>,
    started: u64,
}

impl Schedule {
    /// Starts a transfer, behind all others of its instant.
    pub(crate) fn start(&mut self, id: JobId, wakeup: &mut Wakeup) {
        self.set(id, wakeup, Wakeup::Never);
        self.started = self.started.wrapping_add(1);
        self.numbers.insert(id, self.started);
    }

    pub(crate) fn set(&mut self, id: JobId, wakeup: &mut Wakeup, next: Wakeup) {
        let number = self.numbers.get(&id).copied().unwrap_or_default();
        match &*wakeup {
            Wakeup::Never => {}
            Wakeup::At(at) => {
                self.timed.remove(&(*at, number, id));
            }
            Wakeup::Unlocked(volume, since) => {
                if let Some(line) = self.waiting.get_mut(volume) {
                    line.remove(&(*since, number, id));
                    if line.is_empty() {
                        self.waiting.remove(volume);
                    }
                }
            }
        }
        match &next {
            Wakeup::Never => {}
            Wakeup::At(at) => {
                self.timed.insert((*at, number, id));
            }
            Wakeup::Unlocked(volume, since) => {
                self.waiting.entry(volume.clone()).or_default().insert((*since, number, id));
            }
        }
        *wakeup = next;
    }

    pub(crate) fn remove(&mut self, id: JobId, wakeup: &mut Wakeup) {
        self.set(id, wakeup, Wakeup::Never);
        self.numbers.remove(&id);
    }

    /// What comes next. There are few volumes, so that looking at each costs nothing.
    pub(crate) fn next(
        &self,
        is_locked: impl Fn(&DiskPath) -> bool,
    ) -> Option<(DateTime<Utc>, JobId)> {
        let free = self.waiting.iter().filter(|(volume, _)| !is_locked(volume));
        let next = free.filter_map(|(_, line)| line.first()).chain(self.timed.first()).min()?;
        Some((next.0, next.2))
    }
}
