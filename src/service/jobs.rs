//! Where the jobs are kept: by slot, which an id tells, and by owner.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::dispatcher::Told;
use super::scheduler::Place;
use crate::machine::{Deadline, JobStateMachine};
use crate::vocabulary::{JobId, Sid};

/// Where a job is kept. Slots are given in the order of creation and never again, so that their order
/// is the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(u64);

/// Spreads the numbers of slots over the ids. It is odd, so that what it does can be undone.
const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
/// What undoes it.
const GATHER: u128 = inverse(SPREAD);
/// The bits that a UUID leaves as they are.
const KEPT: u128 = (1 << 62) - 1;

impl Slot {
    /// Ids look random to a client, are the same in each run, and no two are equal (CREATE-02): the slot
    /// can be read from them, so that nothing is to be looked up.
    fn id(self) -> JobId {
        let spread = u128::from(self.0).wrapping_mul(SPREAD);
        JobId(uuid::Builder::from_random_bytes(spread.to_be_bytes()).into_uuid())
    }

    /// Where a job with that id would be.
    fn of(id: JobId) -> Self {
        let number = id.0.as_u128().wrapping_mul(GATHER) & KEPT;
        Self(u64::try_from(number).unwrap_or_default())
    }
}

/// The number whose product with an odd one ends in 1, by Newton's method.
const fn inverse(odd: u128) -> u128 {
    let mut inverse = odd;
    let mut round = 0;
    // The first has 3 right bits, and each round doubles them.
    while round < 6 {
        inverse = inverse.wrapping_mul(2_u128.wrapping_sub(odd.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
}

/// A job and where the indexes hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) job: JobStateMachine,
    pub(super) place: Place,
    pub(super) deadline: Option<(DateTime<Utc>, Deadline)>,
    pub(super) told: Told,
    /// As whose job it is in the queue.
    pub(super) owner: Option<Sid>,
}

/// All jobs: those in the queue, and those that left it while somebody may still look at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Jobs {
    entries: BTreeMap<Slot, Box<Entry>>,
    created: u64,
}

impl Jobs {
    pub(super) const fn new() -> Self {
        Self { entries: BTreeMap::new(), created: 0 }
    }

    /// The id and the slot of the next job.
    pub(super) fn next(&self) -> (JobId, Slot) {
        let slot = Slot(self.created.saturating_add(1));
        (slot.id(), slot)
    }

    pub(super) fn add(&mut self, slot: Slot, job: JobStateMachine) {
        self.created = slot.0;
        let (place, told) = (Place::Nowhere, Told::default());
        let entry = Entry { job, place, deadline: None, told, owner: None };
        self.entries.insert(slot, Box::new(entry));
    }

    pub(super) fn slot(&self, id: JobId) -> Option<Slot> {
        let slot = Slot::of(id);
        self.entries.contains_key(&slot).then_some(slot).filter(|slot| slot.id() == id)
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(&slot).map(Box::as_ref)
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut Entry> {
        self.entries.get_mut(&slot).map(Box::as_mut)
    }

    pub(super) fn remove(&mut self, slot: Slot) -> Option<Entry> {
        self.entries.remove(&slot).map(|entry| *entry)
    }

    pub(super) fn slots(&self) -> Vec<Slot> {
        self.entries.keys().copied().collect()
    }
}

/// The jobs in the queue, by owner: every one that is not final counts (CREATE-10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owners {
    jobs: BTreeMap<Sid, BTreeSet<Slot>>,
    length: u32,
}

impl Owners {
    pub(super) const fn new() -> Self {
        Self { jobs: BTreeMap::new(), length: 0 }
    }

    pub(super) fn add(&mut self, owner: Sid, slot: Slot) {
        self.jobs.entry(owner).or_default().insert(slot);
        self.length = self.length.saturating_add(1);
    }

    pub(super) fn remove(&mut self, owner: Sid, slot: Slot) {
        let Some(jobs) = self.jobs.get_mut(&owner) else { return };
        jobs.remove(&slot);
        if jobs.is_empty() {
            self.jobs.remove(&owner);
        }
        self.length = self.length.saturating_sub(1);
    }

    /// The jobs of one owner, the oldest first.
    pub(super) fn of(&self, owner: Sid) -> impl Iterator<Item = Slot> + '_ {
        self.jobs.get(&owner).into_iter().flatten().copied()
    }

    /// The jobs of everybody, the oldest first.
    pub(super) fn all(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.jobs.values().flatten().copied().collect();
        slots.sort_unstable();
        slots
    }

    pub(super) fn number_of(&self, owner: Sid) -> u32 {
        let number = self.jobs.get(&owner).map_or(0, BTreeSet::len);
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    pub(super) const fn length(&self) -> u32 {
        self.length
    }
}
