//! What a scenario says, line by line.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::machine::{Deadline, Failure, Input, Owner};
use crate::vocabulary::{ErrorContext, HResult, JobId, JobState, JobType};

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
    /// `by hand`: no server, scheduler or clock acts by itself; every step is written down.
    ByHand,
    /// `reading SWITCH: ANSWER`: how an open question is answered.
    Reading {
        /// The switch, one of [`Readings::SWITCHES`](crate::Readings::SWITCHES).
        switch: &'static str,
        /// One of its answers.
        answer: &'static str,
    },
    /// `policy NAME DURATION`: a policy of the computer.
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
    /// JobInactivityTimeout (TIME-20).
    InactivityTimeout,
    /// MaxDownloadTime (TIME-15).
    MaximumDownloadTime,
}

/// A server. A host that no line declares does not exist: its name is not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The host name, as it stands in URLs.
    pub host: Arc<str>,
    /// How long it takes to answer.
    pub latency: TimeDelta,
    /// How many bytes a second it moves.
    pub rate: u64,
    /// What it answers before it looks at the path.
    pub answers: Script,
}

/// A resource of a server. A path that no line declares is not found (404).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The path, as it stands in URLs.
    pub path: Arc<str>,
    /// Its size in bytes, if it can be downloaded.
    pub size: Option<u64>,
    /// What it answers to each attempt.
    pub answers: Script,
    /// What the server application behind an upload answers to each post.
    pub application: Script,
    /// The size of the reply to an upload-reply.
    pub reply: u64,
    /// What the transfer of the reply meets.
    pub reply_answers: Script,
}

/// Answers to one attempt after another; after the last, all goes well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script(pub Vec<(Answer, Times)>);

/// How often an answer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// So many times.
    Count(u64),
    /// From then on.
    Always,
}

/// What a server answers to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// All goes well.
    Well,
    /// The attempt fails, once so many bytes of the file are there.
    Fails {
        /// How it fails.
        failure: Failure,
        /// After how many bytes of the file; `None`: before any connection.
        after: Option<u64>,
    },
    /// The server redirects and the job disallows that.
    RedirectRefused {
        /// The HTTP status.
        status: u16,
        /// Where to.
        url: Arc<str>,
    },
}

/// The job of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The display name.
    pub name: Arc<str>,
    /// The type.
    pub job_type: JobType,
    /// The account that owns it.
    pub owner: Arc<str>,
    /// The id, all zero if none is given.
    pub id: JobId,
}

impl Job {
    /// Whose job it is: the three system accounts are always logged on (NET-02).
    #[must_use]
    pub fn owner_kind(&self) -> Owner {
        match &*self.owner {
            "LocalSystem" | "LocalService" | "NetworkService" => Owner::SystemAccount,
            _ => Owner::User,
        }
    }
}

/// Something that happens to the job, and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, if the line says so.
    pub at: Option<DateTime<Utc>>,
    /// What.
    pub input: Input,
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

/// Something that must be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// The job is in the state.
    State(JobState),
    /// `GetError` yields an object with this code, and context and file where they are given.
    Error {
        /// The code.
        code: HResult,
        /// The context.
        context: Option<ErrorContext>,
        /// The local name of the file.
        file: Option<Arc<str>>,
    },
    /// `GetError` yields nothing.
    NoError,
    /// The error count.
    ErrorCount(u32),
    /// The bytes transferred and in all; `None` is unknown.
    Progress(u64, Option<u64>),
    /// The bytes of the file with that local name transferred and in all; `None` is unknown.
    File(Arc<str>, u64, Option<u64>),
    /// The files transferred and in all.
    Files(u32, u32),
    /// The bytes of the reply transferred and in all; `None` is unknown.
    Reply(u64, Option<u64>),
    /// The file with that local name is available to the user, or is not.
    Completed(Arc<str>, bool),
    /// It is that instant; to the second if no fraction is given.
    Time(DateTime<Utc>),
    /// When a clock of the job will act.
    Deadline(Deadline, DateTime<Utc>),
    /// No clock will act.
    NoDeadline,
    /// When the job was created.
    Created(DateTime<Utc>),
    /// When the job was last modified.
    Modified(DateTime<Utc>),
    /// When the job last became TRANSFERRED; `None`: never.
    TransferCompleted(Option<DateTime<Utc>>),
    /// The inactivity timeout removed the job and its temporary files, or did not.
    Purged(bool),
    /// The job is in the queue, or is not.
    InQueue(bool),
}
