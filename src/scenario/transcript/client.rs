//! Lines about the client's program, which stand between the steps of a trace.

use chrono::{DateTime, Utc};

use crate::emulator::Process;
use crate::scenario::ast::{ClientAction, Expectation};
use crate::vocabulary::JobId;

/// A line about the client's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientLine {
    /// How many steps of the trace had happened by then.
    pub(crate) after: u64,
    pub(crate) at: DateTime<Utc>,
    /// The job that it is about, if it is about one.
    pub(crate) job: Option<JobId>,
    pub(crate) told: ClientTold,
}

/// What is told of the client's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientTold {
    Does(ClientAction),
    /// `EnumJobs` of the caller or of all users returned these jobs.
    Enumerates {
        by: Process,
        all: bool,
        jobs: Vec<JobId>,
    },
    /// Something must be so of what is not one job.
    Expects(Expectation),
    /// Something that the language does not say.
    Remark(String),
}
