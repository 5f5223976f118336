//! Creating, finding and calling jobs (CREATE).

use std::sync::Arc;

use siphasher::sip128::SipHasher13;

use super::Service;
use super::jobs::JobRecord;
use super::scheduling::indexes::append;
use super::scheduling::step_result::{Before, StepResult};
use super::slot::Slot;
use crate::machine::{Call, JobOptions, JobStateMachine, Outcome};
use crate::vocabulary::{Error, HResult, JobId, JobType, Method, Token, rule};

impl Service {
    /// Creates a job (`CreateJob`), SUSPENDED and owned by the caller, under a new id (CREATE-01,
    /// CREATE-02).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for a null name or one of more than 256 characters (CREATE-05),
    /// `E_ACCESSDENIED` for a restricted token (CREATE-16),
    /// `BG_E_TOO_MANY_JOBS_PER_USER` and `BG_E_TOO_MANY_JOBS_PER_MACHINE` (CREATE-08).
    pub fn create_job(
        &mut self,
        by: &Token,
        display_name: Option<Arc<str>>,
        job_type: JobType,
    ) -> Result<JobId, Error> {
        let (id, slot) = self.jobs.next();
        let options = JobOptions {
            id,
            job_type,
            owner: *by,
            maximum_download_time: self.policies.maximum_download_time,
            inactivity_timeout: self.policies.inactivity_timeout,
            limits: self.policies.limits,
            cost_defaults: self.policies.cost_defaults,
            wall_ahead: self.wall_ahead,
            readings: self.readings,
        };
        let mut job = JobStateMachine::create(display_name, options, self.now)?;
        self.check_job_limits(by)?;
        self.refresh_limits();
        self.sync_new_job(&mut job);
        self.jobs.add(job);
        self.reindex(slot);
        Ok(id)
    }

    /// CREATE-08: the user's limit is looked at first, and every job in the queue counts, those of
    /// exempt users too: an interpretation (CREATE-10). CREATE-09: administrators and services are
    /// exempt from both, an interpretation.
    fn check_job_limits(&self, by: &Token) -> Result<(), Error> {
        if by.is_exempt_from_limits() {
            return Ok(());
        }
        let refused = |reason, code| {
            let rule = rule!("CREATE-08");
            Err(Error::refused(Method::CreateJob, reason, code, rule))
        };
        if self.owners.number_of(by.user) >= self.policies.jobs_per_user {
            let reason = "the user has as many jobs as the policy MaxJobsPerUser allows";
            return refused(reason, HResult::BG_E_TOO_MANY_JOBS_PER_USER);
        }
        if self.queue_length() >= self.policies.jobs_per_computer {
            let reason = "the computer has as many jobs as the policy MaxJobsPerMachine allows";
            return refused(reason, HResult::BG_E_TOO_MANY_JOBS_PER_MACHINE);
        }
        Ok(())
    }

    /// Returns the job with that id if the caller may have it (`GetJob`).
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_FOUND` if the queue has no such job (CREATE-11), one in a final state included: an
    /// interpretation (CREATE-12). `E_ACCESSDENIED` if the caller may not retrieve it (SEC-02,
    /// SEC-04).
    pub fn open(&self, by: &Token, id: JobId) -> Result<&JobStateMachine, Error> {
        let method = Method::GetJob;
        let queued = self.job(id).filter(|job| !job.state().is_final());
        let job = queued.ok_or(not_found(method))?;
        job.check_access(method, by).map(|()| job)
    }

    /// Lists the jobs of the caller, or of all users, in the order of their creation (`EnumJobs`). It is the
    /// list as it is now (CREATE-14), without jobs that the caller could not retrieve (SEC-04).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` for those of all users unless the caller is an administrator (CREATE-13).
    pub fn enumerate(&self, by: &Token, all_users: bool) -> Result<Vec<JobId>, Error> {
        if all_users && !by.may_administer() {
            let reason = "only an elevated administrator may list the jobs of all users";
            return Err(Error::denied(Method::EnumJobs, reason, rule!("CREATE-13")));
        }
        let slots =
            if all_users { self.owners.all() } else { self.owners.jobs_of(by.user).collect() };
        let jobs = slots.into_iter().filter_map(|slot| self.jobs.get(slot)).map(|entry| &entry.job);
        Ok(jobs.filter(|job| job.access(by).is_ok()).map(JobStateMachine::id).collect())
    }

    /// Returns a job as long as it is kept: until it is [dropped](Self::drop_job) after it left the queue.
    #[must_use]
    pub fn job(&self, id: JobId) -> Option<&JobStateMachine> {
        self.jobs.slot(id).and_then(|slot| self.jobs.get(slot)).map(|entry| &entry.job)
    }

    /// Every job that is known, those that left the queue included, in the order of creation.
    pub(crate) fn every_job(&self) -> impl Iterator<Item = &JobStateMachine> {
        self.jobs.iter().map(|(_, record)| &record.job)
    }

    /// The digest of what clients could notice of the jobs, made anew only after one of them changed; `hash` adds
    /// the same of a job each time.
    pub(crate) fn noticed(&self, hash: impl Fn(&JobStateMachine, &mut SipHasher13)) -> u128 {
        self.jobs.noticed(hash)
    }

    /// Returns the background job that has its turn: CONNECTING or TRANSFERRING, of which there is at most one
    /// (SCHED-02).
    #[must_use]
    pub fn background_job(&self) -> Option<JobId> {
        self.scheduler.background_job().and_then(|slot| self.id_of(slot))
    }

    /// Returns how many jobs are in the queue.
    #[must_use]
    pub const fn queue_length(&self) -> u32 {
        self.owners.length()
    }

    /// Applies a call through an interface of a job that the caller holds.
    ///
    /// # Errors
    ///
    /// The refusal of the job, which changed nothing, or its failure ([`Error::RenameFailed`]); or
    /// `BG_E_NOT_FOUND` if the job is not kept any more.
    pub fn call(&mut self, by: &Token, id: JobId, call: Call) -> Result<StepResult, Error> {
        let method = call.method();
        let slot = self.jobs.slot(id).ok_or(not_found(method))?;
        let now = self.now;
        let job = &self.jobs.get(slot).ok_or(not_found(method))?.job;
        self.check_logon(by, job, method)?;
        let entry = self.jobs.get_mut(slot).ok_or(not_found(method))?;
        let before = Before::capture(&entry.job);
        let new_owner = entry.owner.is_some() && method == Method::TakeOwnership;
        // DONE-07: a `Complete` that failed at a rename changed files, but nothing that is indexed.
        let mut outcome = entry.job.call_by(by, call, now)?;
        if new_owner {
            self.await_new_owner_if_away(slot, &mut outcome);
        }
        self.finish_step(slot, &mut outcome);
        let job = self.job(id).ok_or(not_found(method))?;
        Ok(before.result(job, outcome))
    }

    /// SEC-08: a job that was taken over runs while its new owner is logged on.
    fn await_new_owner_if_away(&mut self, slot: Slot, outcome: &mut Outcome) {
        let now = self.now;
        let owner = self.jobs.get(slot).map(|entry| entry.job.owner());
        let away = owner.is_some_and(|owner| !self.is_logged_on(owner));
        if let Some(entry) = self.jobs.get_mut(slot).filter(|_| away) {
            append(outcome, entry.job.await_new_owner(now));
        }
    }

    /// Forgets a job that left the queue. Returns false, and keeps it, while a callback of it is due or
    /// runs (NOTIFY-06), or the server has still to confirm the end of its upload (DONE-17).
    pub fn drop_job(&mut self, id: JobId) -> bool {
        let Some(slot) = self.jobs.slot(id) else { return false };
        let gone = |entry: &JobRecord| {
            let is_told = entry.job.due_notifications().next().is_none();
            entry.job.state().is_final() && is_told && entry.timers.next().is_none()
        };
        let drops = self.jobs.get(slot).is_some_and(gone) && !self.dispatcher.is_busy(slot);
        if drops {
            self.remove_from_indexes(slot);
            self.jobs.remove(slot);
        }
        drops
    }
}

/// The refusal of a job that the queue does not have (CREATE-11).
pub(crate) fn not_found(method: Method) -> Error {
    let reason = "the queue has no such job; it may be complete, cancelled or purged";
    Error::refused(method, reason, HResult::BG_E_NOT_FOUND, rule!("CREATE-11"))
}
