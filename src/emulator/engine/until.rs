//! Until when time passes.

use chrono::{DateTime, Utc};

use super::{Engine, ProcessId};
use crate::vocabulary::{JobId, JobState};

/// How long time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// To an instant; what happens at it still happens.
    Instant(DateTime<Utc>),
    /// Until nothing is left to happen but the removal of idle jobs.
    Idle,
    /// Until a job has left that state.
    StateLeft(JobId, Option<JobState>),
    /// Until a job is in that state, or over.
    State(JobId, JobState),
    /// Until a job is neither in its turn nor waits for one.
    AtRest(JobId),
    /// Until an object of that process was called or the process has ended, but no longer than to that
    /// instant.
    Called(ProcessId, DateTime<Utc>),
    /// Until a task of that process was woken or the process has ended, but no longer than to that instant;
    /// without one, no longer than until nothing is left to happen but the removal of idle jobs.
    Woken(ProcessId, Option<DateTime<Utc>>),
}

impl Until {
    /// Whether it is, but for tasks, of which the engine does not know.
    pub(crate) fn is_reached(self, engine: &Engine) -> bool {
        match self {
            Self::Instant(_) | Self::Idle => false,
            Self::StateLeft(job, before) => engine.state_of(job) != before,
            Self::State(job, state) => {
                engine.state_of(job).is_none_or(|is| is == state || is.is_final())
            }
            Self::AtRest(job) => !engine.state_of(job).is_some_and(has_turn_or_waits),
            Self::Called(process, _) => engine.was_called(process) || !engine.is_alive(process),
            Self::Woken(process, _) => !engine.is_alive(process),
        }
    }
}

const fn has_turn_or_waits(state: JobState) -> bool {
    matches!(state, JobState::Queued) || state.is_active()
}
