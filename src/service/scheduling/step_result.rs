//! The results of steps.

use std::sync::Arc;

use crate::machine::{DueNotification, JobStateMachine, Outcome};
use crate::vocabulary::{JobError, JobId, JobState};

/// The result of a step for one job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StepResult {
    /// The job.
    pub job: JobId,
    /// Its state before the step.
    pub before: JobState,
    /// Its state after the step.
    pub after: JobState,
    /// What happened.
    pub outcome: Outcome,
    /// What became of the error object, if anything did.
    pub error_object: Option<ErrorChange>,
    /// The notification that began by it, and by which way.
    pub notification: Option<DueNotification>,
}

/// A change of the error object of a job by a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum ErrorChange {
    /// It appeared, or another took its place. With the local name of the file concerned.
    Appeared(JobError, Option<Arc<str>>),
    /// It is gone.
    Gone,
}

/// The results of one step: one for the job of the step, or one for each job that a step of all jobs
/// changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResults {
    /// The only one, for which no list is made.
    one: Option<StepResult>,
    several: Vec<StepResult>,
}

impl StepResults {
    pub(super) const fn of_job(one: StepResult) -> Self {
        Self { one: Some(one), several: Vec::new() }
    }

    pub(super) const fn of_jobs(several: Vec<StepResult>) -> Self {
        Self { one: None, several }
    }

    /// Returns the first result: the only one if the step is of one job
    /// ([`ServiceStep::job`](crate::service::ServiceStep::job)).
    #[must_use]
    pub fn first(&self) -> Option<&StepResult> {
        self.one.as_ref().or_else(|| self.several.first())
    }
}

impl IntoIterator for StepResults {
    type Item = StepResult;
    type IntoIter =
        std::iter::Chain<std::option::IntoIter<StepResult>, std::vec::IntoIter<StepResult>>;

    fn into_iter(self) -> Self::IntoIter {
        self.one.into_iter().chain(self.several)
    }
}

/// The state of a job before a step, by which the result is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    state: JobState,
    error: Option<JobError>,
}

impl Before {
    pub(crate) fn capture(job: &JobStateMachine) -> Self {
        Self { state: job.state(), error: job.error().ok().copied() }
    }

    /// The result of the step, with the job as it is now.
    pub(crate) fn result(self, job: &JobStateMachine, outcome: Outcome) -> StepResult {
        StepResult {
            job: job.id(),
            before: self.state,
            after: job.state(),
            outcome,
            error_object: self.error_change(job, &outcome),
            notification: None,
        }
    }

    /// A failed attempt makes a new object even if it looks the same (ERR-09).
    fn error_change(self, job: &JobStateMachine, outcome: &Outcome) -> Option<ErrorChange> {
        match (self.error, job.error().ok().copied()) {
            (Some(_), None) => Some(ErrorChange::Gone),
            (before, Some(error))
                if before != Some(error) || outcome.entered.iter().any(JobState::is_error) =>
            {
                let file = error.file().ok().and_then(|file| job.file(file));
                Some(ErrorChange::Appeared(error, file.map(|file| Arc::clone(&file.local_name))))
            }
            (None, None) | (Some(_) | None, Some(_)) => None,
        }
    }
}
