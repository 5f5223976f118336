//! What an exploration of scenarios needs of a run: to look at it without changing it, to recognise its state, and to
//! let it go on step by step.

use std::hash::Hasher;
use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Run;
use super::expect::{actual, error_object};
pub(crate) use super::nothing_checked;
use super::time::Arrival;
pub(crate) use super::time::{Target, later};
use crate::scenario::ast::{Expectation, Line, Statement};
use crate::scenario::problem::Diagnosis;
use crate::vocabulary::{HResult, JobId, JobState};

/// What a client or a user could notice: whether the service and the network are there, and of each job its state,
/// its error, how many of its files are there and how many notifications are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noticeable(bool, bool, Vec<(JobId, JobState, Option<HResult>, u32, usize)>);

/// How far a run is from a target.
pub(crate) enum Reach {
    /// It is reached.
    There,
    /// It is reached at that instant, unless something happens before.
    At(DateTime<Utc>),
    /// Something else has to happen first.
    Later,
    /// Nothing will happen any more by which it could be reached.
    Never(Diagnosis),
}

/// How a run ended for a job: its name, if there are several jobs, and the expectations that hold.
pub(crate) type EndOfJob = (Option<Arc<str>>, Vec<Expectation>);

/// A hasher that keeps the bytes that it is given.
struct Exact<'a>(&'a mut Vec<u8>);

impl Hasher for Exact<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

impl Run {
    pub(crate) fn noticeable(&self) -> Noticeable {
        let jobs = self.jobs.iter().filter_map(|client| self.engine.service.job(client.job));
        let jobs = jobs.map(|job| {
            let error = job.error().ok().map(|error| error.code());
            let files = job.progress().files_transferred;
            (job.id(), job.state(), error, files, job.due_notifications().count())
        });
        Noticeable(self.engine.host.is_running(), self.engine.service.has_network(), jobs.collect())
    }

    /// Writes everything that decides what happens from now on. Different states write different bytes.
    pub(crate) fn write_state(&self, state: &mut Vec<u8>) {
        let mut engine = self.engine.clone();
        engine.flush_all_progress();
        engine.hash_canonical(&mut Exact(state));
        let Self { chooser, jobs, accounts, host, clients, program, .. } = self;
        let rest = (chooser, jobs, accounts, host, clients, &program.store);
        // Writing to memory does not fail.
        let _ = write!(state, "{rest:?}");
    }

    /// Writes what decides what happens from now on, relative to the present instant.
    pub(crate) fn write_relative_state(&self, state: &mut Vec<u8>) {
        let mut engine = self.engine.clone();
        engine.flush_all_progress();
        engine.hash_relative(&mut Exact(state));
    }

    /// Writes the present answer to an expectation, if it depends on the past and not on the present state.
    pub(crate) fn write_history(
        &mut self,
        job: Option<&str>,
        expected: &Expectation,
        state: &mut Vec<u8>,
    ) {
        let is_of_history = matches!(
            expected,
            Expectation::Told(..)
                | Expectation::ToldNothing
                | Expectation::Purged(_)
                | Expectation::Activated(_)
                | Expectation::Asked(..)
                | Expectation::NoneRefused(_)
        );
        if is_of_history {
            let job = self.job_named(job).ok();
            let was = self.was(job, expected);
            let _ = write!(state, "{was:?}");
        }
    }

    /// Returns whether all the expectations hold now; `None` if the job is not created yet.
    pub(crate) fn is_so(&mut self, job: Option<&str>, what: &[Expectation]) -> Option<bool> {
        let of_a_job = what.iter().any(Expectation::is_of_a_job);
        let job = self.job_named(job).ok();
        if of_a_job && job.is_none() {
            return None;
        }
        if what.iter().any(is_changed_by_looking) {
            let mut copy = self.clone();
            copy.engine.flush_all_progress();
            return Some(copy.are_so(job, what));
        }
        Some(self.are_so(job, what))
    }

    fn are_so(&mut self, job: Option<JobId>, what: &[Expectation]) -> bool {
        what.iter().all(|expected| {
            let was = self.was(job, expected);
            was.is_some_and(|was| was.is_ok_and(|was| was == *expected))
        })
    }

    fn was(
        &mut self,
        job: Option<JobId>,
        expected: &Expectation,
    ) -> Option<Result<Expectation, String>> {
        if expected.is_of_a_job() {
            let job = self.engine.service.job(job?)?;
            return Some(actual(expected, self, job));
        }
        Some(self.actual_of_several(expected))
    }

    /// Returns how the run ended, for each job.
    pub(crate) fn end(&self) -> Vec<EndOfJob> {
        let several = self.jobs.len() > 1;
        let ends = self.jobs.iter().filter_map(|client| {
            let job = self.engine.service.job(client.job)?;
            let progress = job.progress();
            let mut what = vec![Expectation::State(job.state()), error_object(job)];
            what.push(Expectation::Files(progress.files_transferred, progress.files_total));
            if let Ok(reply) = job.reply_progress() {
                what.push(Expectation::Reply(reply.bytes_transferred, reply.bytes_total));
            }
            Some((several.then(|| Arc::clone(&client.name)), what))
        });
        ends.collect()
    }

    /// Returns the name that a line gives to a job, if it has to give one.
    pub(crate) fn name_for_line(&self, given: Option<&Arc<str>>) -> Option<Arc<str>> {
        match self.jobs.as_slice() {
            [_, .., last] => Some(given.map_or_else(|| Arc::clone(&last.name), Arc::clone)),
            _ => given.cloned(),
        }
    }

    /// Returns the state of a job; without a name, that of the last job that was created.
    pub(crate) fn state_now(&self, job: Option<&str>) -> Option<JobState> {
        let job = self.job_named(job).ok()?;
        self.engine.state_of(job)
    }

    pub(crate) fn steps(&self) -> usize {
        self.engine.step_count()
    }

    /// How often anything was changed.
    pub(crate) fn changes(&self) -> u64 {
        self.engine.changes()
    }

    /// Whether something is left to happen by itself besides the removal of idle jobs.
    pub(crate) fn is_busy(&self) -> bool {
        self.engine.next_instant_of_interest().is_some() || self.next_answer().is_some()
    }

    /// Returns how far the run is from a target, if there is one. A state is reached once it was entered in a step from
    /// number `since` on.
    pub(crate) fn reach(
        &mut self,
        target: Option<Target>,
        since: usize,
    ) -> Result<Option<Reach>, Diagnosis> {
        Ok(Some(match target {
            None => return Ok(None),
            Some(Target::Instant(at)) => Reach::At(at),
            Some(Target::State(job, state)) => match self.has_become(job, state, since)? {
                true => Reach::There,
                false if self.next_instant().is_none() => {
                    Reach::Never(self.never_becomes(job, state)?)
                }
                false => Reach::Later,
            },
            Some(Target::Bytes(job, bytes)) => match self.arrival(job, bytes) {
                Ok(Arrival::There) => Reach::There,
                Ok(Arrival::At(at)) => Reach::At(at),
                Ok(Arrival::Later) => Reach::Later,
                Err(never) => Reach::Never(never),
            },
        }))
    }
}

/// Whether a look at what is expected changes the run: it counts the bytes that arrived, and logs its user on.
const fn is_changed_by_looking(expected: &Expectation) -> bool {
    matches!(
        expected,
        Expectation::Progress(..)
            | Expectation::File(..)
            | Expectation::Reply(..)
            | Expectation::Modified(_)
            | Expectation::FilledRanges(..)
            | Expectation::Due(_)
            | Expectation::NothingDue
            | Expectation::Enumerated(..)
            | Expectation::EnumeratedAll(..)
    )
}

/// Returns when every run ends, if a line says so.
pub(crate) fn end_of_time(lines: &[Line], start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    lines.iter().find_map(|line| match line.statement {
        Statement::EndsAfter(time) => Some(later(start, time)),
        _ => None,
    })
}
