//! The canonical state of the service: what decides its future.

use std::hash::{Hash, Hasher};

use super::Service;
use super::jobs::JobRecord;
use crate::machine::Moment;
use crate::vocabulary::canonical::Canonical;

impl Service {
    /// Adds what decides the future, whenever it is looked at: see
    /// [`JobStateMachine::hash_relative`](crate::machine::JobStateMachine::hash_relative). Of the policies only
    /// what holds now counts.
    pub(crate) fn hash_relative<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.jobs.created());
        for (slot, record) in self.jobs.iter() {
            slot.hash(hasher);
            record.job.hash_relative(Moment::from(self.now), hasher);
        }
        // No slot has this number.
        hasher.write_u64(0);
        self.scheduler.hash_relative(self.now, hasher);
        self.dispatcher.hash_canonical(hasher);
        self.hash_conditions(hasher);
    }

    /// Adds what holds for all jobs.
    fn hash_conditions<H: Hasher>(&self, hasher: &mut H) {
        let Self { sessions, network, cost, blocks, limits, is_stopped, .. } = self;
        (sessions, network, cost, blocks).hash(hasher);
        limits.hash(hasher);
        is_stopped.hash(hasher);
    }
}

impl Canonical for Service {
    /// Of the indexes only what the jobs do not tell: who waits for its turn, and which notification came
    /// first. The numbers of jobs stay as they are, because clients hold them in their ids; so the number of
    /// the next one counts too.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            now,
            wall_ahead,
            // A computer keeps its readings.
            readings: _,
            policies,
            policies_digest,
            jobs,
            owners: _,
            scheduler,
            dispatcher,
            deadlines: _,
            // These are the conditions.
            sessions: _,
            network: _,
            cost: _,
            blocks: _,
            limits: _,
            is_stopped: _,
        } = self;
        (now, wall_ahead).hash(hasher);
        hasher.write_u128(policies_digest.get_or_make(|hasher| policies.hash(hasher)));
        hasher.write_u64(jobs.created());
        for (slot, record) in jobs.iter() {
            let JobRecord { job, scheduling: _, timers: _, deliveries: _, owner: _, digest } =
                record;
            slot.hash(hasher);
            hasher.write_u128(digest.get_or_make(|hasher| job.hash_for_digest(hasher)));
            job.hash_at(Moment::from(*now), hasher);
        }
        // No slot has this number.
        hasher.write_u64(0);
        scheduler.hash_canonical(hasher);
        dispatcher.hash_canonical(hasher);
        self.hash_conditions(hasher);
    }
}
