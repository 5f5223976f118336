//! The schedule: which transfer has the next event.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use crate::vocabulary::JobId;
use crate::vocabulary::canonical::Canonical;
use crate::world::disk::path::DiskPath;

/// When a transfer has its next event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wakeup {
    pub(crate) at: DateTime<Utc>,
    /// The volume that the transfer waits for: the event is due since then, once that is unlocked.
    pub(crate) volume: Option<DiskPath>,
}

/// Transfers in the order of their instants.
type Line = BTreeSet<(DateTime<Utc>, u64, JobId)>;

/// The transfers in the order of their next instants; at one instant, in the order of their start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    /// By the volume that they wait for, if they wait for one.
    lines: BTreeMap<Option<DiskPath>, Line>,
    /// Of each transfer the number of its start.
    numbers: BTreeMap<JobId, u64>,
    started: u64,
}

impl Schedule {
    /// Starts a transfer, behind all others of its instant.
    pub(crate) fn start(&mut self, id: JobId, wakeup: &mut Option<Wakeup>) {
        self.set(id, wakeup, None);
        self.started = self.started.wrapping_add(1);
        self.numbers.insert(id, self.started);
    }

    pub(crate) fn set(&mut self, id: JobId, wakeup: &mut Option<Wakeup>, next: Option<Wakeup>) {
        let number = self.numbers.get(&id).copied().unwrap_or_default();
        if let Some(Wakeup { at, volume }) = &*wakeup
            && let Some(line) = self.lines.get_mut(volume)
        {
            line.remove(&(*at, number, id));
        }
        if let Some(Wakeup { at, volume }) = &next {
            self.lines.entry(volume.clone()).or_default().insert((*at, number, id));
        }
        *wakeup = next;
    }

    pub(crate) fn remove(&mut self, id: JobId, wakeup: &mut Option<Wakeup>) {
        self.set(id, wakeup, None);
        self.numbers.remove(&id);
    }

    /// What comes next. There are few volumes, so that looking at each costs nothing.
    pub(crate) fn next(
        &self,
        is_locked: impl Fn(&DiskPath) -> bool,
    ) -> Option<(DateTime<Utc>, JobId)> {
        let is_free = |volume: &Option<DiskPath>| volume.as_ref().is_none_or(|it| !is_locked(it));
        let free = self.lines.iter().filter(|(volume, _)| is_free(volume));
        let (at, _, id) = free.filter_map(|(_, line)| line.first()).min()?;
        Some((*at, *id))
    }
}

impl Canonical for Schedule {
    /// Normalised: the transfers in the order of their starts, whatever their numbers. When each has its next
    /// event is its own.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { lines: _, numbers, started: _ } = self;
        hasher.write_usize(numbers.len());
        if numbers.len() > 1 {
            let mut starts: Vec<_> = numbers.iter().map(|(id, number)| (number, id)).collect();
            starts.sort_unstable();
            starts.into_iter().for_each(|(_, id)| id.hash(hasher));
        } else {
            numbers.keys().for_each(|id| id.hash(hasher));
        }
    }
}
