//! What a scenario says, line by line.

mod account;
mod expectation;
mod world;

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::machine::{Call, Deadline, Event};
use crate::vocabulary::{HResult, JobId, JobState, JobType};

pub use account::Caller;
pub(super) use expectation::can_be_read;
pub use expectation::{Expectation, Notice};
pub use world::{Answer, Lacks, Replies, Reply, Resource, Script, Server, Times};

/// A statement and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What the line says.
    pub statement: Statement,
    /// Its bytes in the text, without indentation and comment.
    pub span: Range<usize>,
}

/// What a line of a scenario says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// `start TIME`: when the scenario begins.
    Start(DateTime<Utc>),
    /// `by hand`: no server, scheduler, client or clock acts by itself; every step is written down.
    ByHand,
    /// `reading SWITCH: ANSWER`: how an open question is answered.
    Reading {
        /// The switch, one of [`Readings::SWITCHES`](crate::Readings::SWITCHES).
        switch: &'static str,
        /// One of its answers.
        answer: &'static str,
    },
    /// `policy NAME VALUE`: a policy of the computer.
    Policy(Policy, u32),
    /// `server HOST …`: a server that exists.
    Server(Server),
    /// `/path …`: a resource of the server above.
    Resource(Resource),
    /// `local file PATH, SIZE`: a file to upload.
    LocalFile {
        /// Its full path.
        path: Arc<str>,
        /// Its size in bytes.
        size: u64,
    },
    /// `callback returns CODE …`: what the client's callback returns to the calls that BITS repeats.
    CallbackReturns(Replies<HResult>),
    /// `certificate callback returns CODE …`: what the client says of server certificates.
    CertificateCallbackReturns(Replies<HResult>),
    /// `program exits with CODE …`: how the program of the command line ends.
    ProgramExits(Replies<u32>),
    /// `job NAME, TYPE, by OWNER`: the job of the scenario is created.
    Job(Job),
    /// Something happens to the job.
    Step(Step),
    /// `last N steps again M times, every DURATION`, in a scenario by hand.
    Again {
        /// How many of the steps above are repeated.
        steps: usize,
        /// How often.
        times: u64,
        /// How long after its predecessor each repetition happens.
        every: TimeDelta,
    },
    /// `advance …`: time passes.
    Advance(Advance),
    /// `expect …`: what must be so now.
    Expect(Vec<Expectation>),
}

/// A policy of the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// JobInactivityTimeout, in seconds (TIME-20).
    InactivityTimeout,
    /// MaxDownloadTime, in seconds (TIME-15).
    MaximumDownloadTime,
    /// MaxFilesPerJob (FILES-09).
    FilesPerJob,
    /// MaxRangesPerFile (FILES-19).
    RangesPerFile,
}

/// The job of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The display name; `None` is null (CREATE-05).
    pub name: Option<Arc<str>>,
    /// The type.
    pub job_type: JobType,
    /// Who creates it, and so owns it.
    pub owner: Caller,
    /// The id, all zero if none is given.
    pub id: JobId,
    /// The code that `CreateJob` must return; without one, S_OK.
    pub code: Option<HResult>,
}

/// What happens to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Somebody asks; `None`: the owner.
    Call(Option<Caller>, Call),
    /// The world acts.
    Event(Event),
    /// A clock acts.
    Deadline(Deadline),
}

/// Something that happens to the job, and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, if the line says so.
    pub at: Option<DateTime<Utc>>,
    /// What.
    pub what: Happening,
    /// The code that the call must return; without one, S_OK.
    pub code: Option<HResult>,
    /// The state that the job must be in afterwards, if the line says so.
    pub state: Option<JobState>,
}

/// How time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// For so long.
    By(TimeDelta),
    /// To an instant.
    To(DateTime<Utc>),
    /// Until the job next enters the state.
    UntilState(JobState),
    /// Until so many bytes of the job are transferred.
    UntilBytes(u64),
}
