//! What a step did to a job.

use std::sync::Arc;

use crate::machine::{DueNotification, JobStateMachine, Outcome};
use crate::vocabulary::{JobError, JobId, JobState};

/// What a step did, and to which job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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

/// What a step did to the error object of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ErrorChange {
    /// It appeared, or another took its place. With the local name of the file concerned.
    Appeared(JobError, Option<Arc<str>>),
    /// It is gone.
    Gone,
}

/// What taking a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepResults {
    /// It was a step of one job.
    One(StepResult),
    /// It was a step of all jobs; to these something happened.
    All(Vec<StepResult>),
}

impl StepResults {
    /// What it did to the one job of the step ([`ServiceStep::job`](crate::service::ServiceStep::job)).
    #[must_use]
    pub const fn stepped(&self) -> Option<&StepResult> {
        match self {
            Self::One(stepped) => Some(stepped),
            Self::All(_) => None,
        }
    }
}

impl IntoIterator for StepResults {
    type Item = StepResult;
    type IntoIter =
        std::iter::Chain<std::option::IntoIter<StepResult>, std::vec::IntoIter<StepResult>>;

    fn into_iter(self) -> Self::IntoIter {
        let (one, all) = match self {
            Self::One(stepped) => (Some(stepped), Vec::new()),
            Self::All(stepped) => (None, stepped),
        };
        one.into_iter().chain(all)
    }
}

/// What has to be known of a job before a step, to tell afterwards what the step did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    state: JobState,
    error: Option<JobError>,
}

impl Before {
    pub(crate) fn of(job: &JobStateMachine) -> Self {
        Self { state: job.state(), error: job.error().ok().copied() }
    }

    /// What the step did to the job that is now like this.
    pub(crate) fn then(self, job: &JobStateMachine, outcome: Outcome) -> StepResult {
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
