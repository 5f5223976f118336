//! The canonical state of the service: what decides its future.

use std::hash::{Hash, Hasher};

use super::Service;
use super::jobs::JobRecord;
use crate::machine::Moment;
use crate::vocabulary::canonical::Canonical;

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
            sessions,
            network,
            cost,
            blocks,
            limits,
            is_stopped,
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
        (sessions, network, cost, blocks).hash(hasher);
        limits.hash(hasher);
        is_stopped.hash(hasher);
    }
}
