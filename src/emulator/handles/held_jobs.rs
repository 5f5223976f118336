//! Held jobs: which jobs handles name. A job in a final state is dropped when none does any more.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Weak};

use crate::emulator::engine::Engine;
use crate::vocabulary::JobId;

/// Jobs that are examined for each one that is created: two, so that jobs which can be dropped do not
/// accumulate.
const LOOKS_FOR_EACH: usize = 2;

/// What each handle of a job holds.
pub(crate) type JobReference = Arc<()>;

/// The jobs that were ever held or booted and are not dropped, with whether a handle is left.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldJobs {
    jobs: BTreeMap<JobId, Weak<()>>,
    last_look: Option<JobId>,
}

impl HeldJobs {
    /// A further handle of a job.
    pub(crate) fn reference(&mut self, job: JobId) -> JobReference {
        let known = self.jobs.get(&job).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let reference = JobReference::new(());
            self.jobs.insert(job, Arc::downgrade(&reference));
            reference
        })
    }

    /// Drops jobs in final states that no handle names, of the next few in turn.
    pub(crate) fn drop_unheld(&mut self, engine: &mut Engine) {
        for _ in 0..LOOKS_FOR_EACH {
            let behind = self.last_look.map_or(Bound::Unbounded, Bound::Excluded);
            let next = self.jobs.range((behind, Bound::Unbounded)).next();
            let Some((job, reference)) = next.or_else(|| self.jobs.first_key_value()) else {
                return;
            };
            let (job, unheld) = (*job, reference.strong_count() == 0);
            self.last_look = Some(job);
            // A boot replaces the jobs by those that were saved.
            let is_gone = engine.service.job(job).is_none();
            if unheld && (is_gone || engine.drop_final_job(job)) {
                self.jobs.remove(&job);
            }
        }
    }
}
