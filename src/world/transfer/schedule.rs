//! When the next transfer needs attention.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::vocabulary::JobId;
use crate::world::disk::path::DiskPath;

/// Where a transfer stands in the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Place {
    #[default]
    Nowhere,
    At(DateTime<Utc>),
    /// Since that instant, until the volume is free.
    Waiting(DiskPath, DateTime<Utc>),
}

/// What is due, and behind which volume.
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
    /// The transfer starts, behind all others.
    pub(crate) fn start(&mut self, id: JobId, place: &mut Place) {
        self.hold(id, place, Place::Nowhere);
        self.started = self.started.wrapping_add(1);
        self.numbers.insert(id, self.started);
    }

    pub(crate) fn hold(&mut self, id: JobId, place: &mut Place, next: Place) {
        let number = self.numbers.get(&id).copied().unwrap_or_default();
        match &*place {
            Place::Nowhere => {}
            Place::At(at) => {
                self.timed.remove(&(*at, number, id));
            }
            Place::Waiting(volume, since) => {
                if let Some(line) = self.waiting.get_mut(volume) {
                    line.remove(&(*since, number, id));
                    if line.is_empty() {
                        self.waiting.remove(volume);
                    }
                }
            }
        }
        match &next {
            Place::Nowhere => {}
            Place::At(at) => {
                self.timed.insert((*at, number, id));
            }
            Place::Waiting(volume, since) => {
                self.waiting.entry(volume.clone()).or_default().insert((*since, number, id));
            }
        }
        *place = next;
    }

    pub(crate) fn forget(&mut self, id: JobId, place: &mut Place) {
        self.hold(id, place, Place::Nowhere);
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
