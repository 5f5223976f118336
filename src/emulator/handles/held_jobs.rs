//! Held jobs: which jobs handles name. A job in a final state is dropped when none does any more.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Weak};

use crate::emulator::engine::Engine;
use crate::vocabulary::JobId;

/// How many jobs are looked at for each one that is created, so that those which can be dropped never are
/// more than those which cannot.
const LOOKS_FOR_EACH: usize = 2;

/// What each handle of a job holds.
pub(crate) type Hold = Arc<()>;

/// The jobs that were ever held and are not dropped, with whether a handle is left.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldJobs {
    jobs: BTreeMap<JobId, Weak<()>>,
    last_look: Option<JobId>,
}

impl HeldJobs {
    /// A further handle of a job.
    pub(crate) fn hold(&mut self, job: JobId) -> Hold {
        let known = self.jobs.get(&job).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let hold = Hold::new(());
            self.jobs.insert(job, Arc::downgrade(&hold));
            hold
        })
    }

    /// Drops jobs in final states that no handle names, of the next few in turn.
    pub(crate) fn drop_unheld(&mut self, engine: &mut Engine) {
        for _ in 0..LOOKS_FOR_EACH {
            let behind = self.last_look.map_or(Bound::Unbounded, Bound::Excluded);
            let next = self.jobs.range((behind, Bound::Unbounded)).next();
            let Some((job, hold)) = next.or_else(|| self.jobs.first_key_value()) else { return };
            let (job, unheld) = (*job, hold.strong_count() == 0);
            self.last_look = Some(job);
            if unheld && engine.drop_final_job(job) {
                self.jobs.remove(&job);
            }
        }
    }
}
