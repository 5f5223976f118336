//! The store of jobs, by slot, and the index of jobs by owner.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use siphasher::sip128::SipHasher13;

use super::notifications::PendingDeliveries;
use super::scheduling::deadlines::TimerKeys;
use super::scheduling::scheduler::SchedulingState;
use super::slot::Slot;
use crate::machine::JobStateMachine;
use crate::vocabulary::canonical::Digest;
use crate::vocabulary::{JobId, Sid};

/// A job and its entries in the indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobRecord {
    pub(super) job: JobStateMachine,
    pub(super) scheduling: SchedulingState,
    pub(super) timers: TimerKeys,
    pub(super) deliveries: PendingDeliveries,
    /// The owner under whom it is indexed, while it is in the queue.
    pub(super) owner: Option<Sid>,
    /// Of the job, but for its clocks.
    pub(super) digest: Digest,
}

/// All jobs: those in the queue, and those that left it while they may still be read.
///
/// They stand in the order of their slots, so that none is to be searched for. Of a job that is gone
/// an empty place is left, as long as an older one is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Jobs {
    entries: VecDeque<Option<Box<JobRecord>>>,
    /// The slot of the first of them.
    first: u64,
    /// Of all of them, of what clients could notice.
    noticed: Digest,
}

impl Jobs {
    pub(super) const fn new() -> Self {
        Self { entries: VecDeque::new(), first: 1, noticed: Digest::new() }
    }

    /// The id and the slot of the next job.
    pub(super) fn next(&self) -> (JobId, Slot) {
        let kept = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        let slot = Slot(self.first.saturating_add(kept));
        (slot.id(), slot)
    }

    /// Takes in a new job, in the [next](Self::next) slot.
    pub(super) fn add(&mut self, job: JobStateMachine) {
        let entry = JobRecord {
            job,
            scheduling: SchedulingState::Idle,
            timers: TimerKeys::default(),
            deliveries: PendingDeliveries::default(),
            owner: None,
            digest: Digest::default(),
        };
        self.noticed.forget();
        self.entries.push_back(Some(Box::new(entry)));
    }

    /// The jobs of a snapshot, in the order of their creation; `created` counts those that are gone too.
    pub(super) fn restored(created: u64, jobs: impl IntoIterator<Item = JobStateMachine>) -> Self {
        let mut restored = Self::new();
        for job in jobs {
            restored.skip_to(Slot::from_id(job.id()).0);
            restored.add(job);
        }
        restored.skip_to(created.saturating_add(1));
        restored
    }

    /// Leaves the slots before that one empty.
    fn skip_to(&mut self, next: u64) {
        if self.entries.is_empty() {
            self.first = self.first.max(next);
        }
        while self.created().saturating_add(1) < next {
            self.entries.push_back(None);
        }
    }

    /// The number in the order of creation that the id tells, if it is the id of a job.
    #[cfg(feature = "serde")]
    pub(super) fn creation_number(id: JobId) -> Option<u64> {
        let slot = Slot::from_id(id);
        (slot.id() == id).then_some(slot.0)
    }

    /// The number of jobs ever created.
    pub(super) fn created(&self) -> u64 {
        self.next().1.0.saturating_sub(1)
    }

    pub(super) fn slot(&self, id: JobId) -> Option<Slot> {
        let slot = Slot::from_id(id);
        self.get(slot).filter(|entry| entry.job.id() == id).map(|_| slot)
    }

    fn position(&self, slot: Slot) -> Option<usize> {
        slot.0.checked_sub(self.first).and_then(|place| usize::try_from(place).ok())
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&JobRecord> {
        self.entries.get(self.position(slot)?)?.as_deref()
    }

    /// The job in a slot, to change it: the only way to do so, on which digests are forgotten.
    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut JobRecord> {
        let position = self.position(slot)?;
        let record = self.entries.get_mut(position)?.as_deref_mut()?;
        record.digest.forget();
        self.noticed.forget();
        Some(record)
    }

    pub(super) fn remove(&mut self, slot: Slot) {
        let Some(position) = self.position(slot) else { return };
        self.noticed.forget();
        if let Some(place) = self.entries.get_mut(position) {
            *place = None;
        }
        while let Some(None) = self.entries.front() {
            self.entries.pop_front();
            self.first = self.first.saturating_add(1);
        }
    }

    /// The jobs that are kept, with their slots, in the order of their creation.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &JobRecord)> {
        let slots = (self.first..).map(Slot).zip(&self.entries);
        slots.filter_map(|(slot, entry)| Some((slot, entry.as_deref()?)))
    }

    /// The digest of what clients could notice of the jobs; `hash` adds the same of a job each time.
    pub(super) fn noticed(&self, hash: impl Fn(&JobStateMachine, &mut SipHasher13)) -> u128 {
        self.noticed.get_or_make(|hasher| {
            self.iter().for_each(|(_, record)| hash(&record.job, hasher));
        })
    }

    pub(super) fn slots(&self) -> Vec<Slot> {
        self.iter().map(|(slot, _)| slot).collect()
    }
}

/// The jobs in the queue, by owner: every one that is not final counts (CREATE-10).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OwnerIndex {
    jobs: BTreeMap<Sid, BTreeSet<Slot>>,
    length: u32,
}

impl OwnerIndex {
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
    pub(super) fn jobs_of(&self, owner: Sid) -> impl Iterator<Item = Slot> + '_ {
        self.jobs.get(&owner).into_iter().flatten().copied()
    }

    /// The jobs of all owners, the oldest first.
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
