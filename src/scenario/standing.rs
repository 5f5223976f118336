//! Where everything stands after a step of a playback, and what could happen there.

use chrono::{DateTime, Utc};

use crate::emulator::Explanation;
use crate::vocabulary::{
    Error, FileProgress, JobPriority, JobProgress, JobState, JobType, Method, Notification,
};

/// Where everything stands after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlaybackStanding {
    /// The time.
    pub now: DateTime<Utc>,
    /// When the next thing happens by itself, if anything does.
    pub next: Option<DateTime<Utc>>,
    /// Whether the scenario is by hand, so that nothing does.
    pub by_hand: bool,
    /// Each job, in the order of their creation.
    pub jobs: Vec<JobStanding>,
    /// Which of the files of the jobs are on the disk, temporary ones too.
    pub disk: Vec<DiskFile>,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobStanding {
    /// How the lines name it.
    pub name: String,
    /// Its state, its error object, its clocks and what it waits for.
    pub explanation: Explanation,
    /// Its type.
    pub job_type: JobType,
    /// Its priority.
    pub priority: JobPriority,
    /// The name of its owner.
    pub owner: String,
    /// How much of it is transferred.
    pub progress: JobProgress,
    /// How often an attempt failed.
    pub error_count: u32,
    /// What `GetError` returns if there is no error object.
    pub no_error_object: Option<Error>,
    /// Its files, in order.
    pub files: Vec<StandingFile>,
    /// What its client is to be told.
    pub due: Vec<Notification>,
}

/// Where a file of a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StandingFile {
    /// Its URL.
    pub remote_name: String,
    /// Its path, once the job is complete.
    pub local_name: String,
    /// Its path until then, once it has one.
    pub temporary_name: Option<String>,
    /// How much of it is transferred.
    pub progress: FileProgress,
}

/// A file on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiskFile {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What kind of step could happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepKind {
    /// A call of the owner.
    Call(Method),
    /// A call of an administrator, or of a user who does not own the job.
    CallOfAnother,
    /// Something that happens to the job or to the computer.
    Event,
    /// A server or the disk begins to fail, or works again; the job notices at its next attempt.
    Surroundings,
    /// Time passes.
    Time,
}

/// Something that could happen to a job, and what would come of it: it was tried on a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PossibleStep {
    /// What kind of step it is.
    pub kind: StepKind,
    /// What happens, in a few words: the method, or the event.
    pub words: String,
    /// The line of the scenario language for it, which holds.
    pub line: String,
    /// Why the call would be refused, if it would.
    pub refusal: Option<Error>,
    /// Whether it means nothing to the job in its state.
    pub is_ignored: bool,
    /// The state of the job now.
    pub from: JobState,
    /// The state of the job once the step and what it brings at once have happened.
    pub to: JobState,
}
