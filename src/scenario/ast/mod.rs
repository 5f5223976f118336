//! The syntax tree of a scenario, line by line.

mod account;
mod client;
mod environment;
mod expectation;
mod open;
mod policy;
mod servers;

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::machine::{Call, Deadline, Event};
use crate::vocabulary::text::quantities::NULL;
use crate::vocabulary::{CertificateLookup, HResult, JobId, JobState, JobType};
use crate::world::Link;

pub use account::Caller;
pub use client::{ClientAction, ClientStatement};
pub use environment::{
    ChoiceOrder, ClientResponses, DiskChange, ExitCode, ProxyChange, Response, ReturnedCode,
};
pub use expectation::{Expectation, NotificationPattern};
pub use open::{Ask, Open, OpenTimes, PollRow, PollingClient, Question};
pub use policy::PolicyChange;
pub use servers::{
    FaultTiming, Repetition, ResourceClause, ResourceDecl, ScriptedAnswer, ServerAnswer,
    ServerCertificate, ServerClause,
};

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
#[non_exhaustive]
pub enum Statement {
    /// `start TIME`: when the scenario begins.
    Start(DateTime<Utc>),
    /// `by hand`: no server, scheduler, client or clock acts by itself; every step is written down.
    ByHand,
    /// `no expectations`: the scenario is only to be shown; without this line one that expects nothing
    /// fails.
    NoExpectations,
    /// `reading SWITCH: ANSWER`: how an open question is answered.
    Reading(ReadingAnswer),
    /// `seed 7`, `choices 0 2 1`: which of several things that could happen comes first.
    Order(ChoiceOrder),
    /// `server HOST …`: a server that exists, or is another from now on. A host that no line declares
    /// does not exist: its name is not resolved.
    Server {
        /// The host name, as it stands in URLs, which answers over HTTP and HTTPS alike, each for
        /// itself; or an origin such as `http://example.com:8080` or `\\\\server`.
        host: Arc<str>,
        /// What else the line says, in order.
        clauses: Vec<ServerClause>,
    },
    /// `server HOST removed`: it exists no more.
    ServerRemoved(Arc<str>),
    /// `/path …`: a resource of the server above.
    Resource(ResourceDecl),
    /// `/path removed`: the server above has it no more.
    ResourceRemoved(Arc<str>),
    /// `proxy server …`: what stands between the computer and all servers.
    Proxy(ProxyChange),
    /// `local file …`, `folder …`, `disk …`: the disk from now on.
    Disk(DiskChange),
    /// `certificate store …`: what it answers from now on.
    CertificateStore(CertificateLookup),
    /// `unavailable service returns CODE`: what calls return that do not reach the service (LIFE-32).
    UnavailableCode(HResult),
    /// `connecting fails with CODE TIMES`: clients do not get a connection (CREATE-20).
    ConnectFailure(HResult, Repetition),
    /// `callback returns CODE …` and its like: what the programs of a job's client return from now
    /// on; without a name, those of every job.
    ClientResponses(Option<Arc<str>>, ClientResponses),
    /// `job NAME, TYPE, by OWNER`: a job is created.
    Job(JobDecl),
    /// Something happens.
    Step(StepStatement),
    /// The client's program does something besides that.
    Client(ClientStatement),
    /// `last N steps again M times, every DURATION`, in a scenario by hand.
    Again {
        /// How many of the steps above are repeated.
        steps: usize,
        /// How often.
        times: u64,
        /// How long after its predecessor each repetition happens.
        every: TimeDelta,
    },
    /// `advance …`: time passes; until something is so of the job of that name, or of the only one.
    Advance(Option<Arc<str>>, Advance),
    /// `expect …`: what must be so now, of the job of that name, or of the only one.
    Expect(Option<Arc<str>>, Vec<Expectation>),
    /// `maybe …`, `any of`, `at any time …`: a step that is left open.
    Open(Open),
    /// `a client polls every DURATION`: a client that looks at its job again and again.
    Polls(PollingClient),
    /// `in STATE: …`: what it does when it finds its job in the state.
    InState(PollRow),
    /// `never …`, `always …` and their like: a question about all runs, for the job of that name, or for the only
    /// job.
    Question(Option<Arc<str>>, Question),
    /// `time ends after DURATION`: when every run ends.
    EndsAfter(TimeDelta),
}

impl Statement {
    /// Whether the line says what must be so: something expected, a code, a state, or what time passes until.
    pub(super) fn expects(&self) -> bool {
        match self {
            Self::Expect(..)
            | Self::Question(..)
            | Self::Advance(_, Advance::UntilState(_) | Advance::UntilBytes(_)) => true,
            Self::Step(step) => step.expects(),
            Self::Job(job) => job.code.is_some(),
            Self::Client(client) => client.what.expects(),
            Self::Open(open) => open.lines().any(|line| line.statement.expects()),
            Self::InState(row) => row.lines.iter().any(|line| line.statement.expects()),
            Self::Polls(client) => client.rows.iter().any(|row| row.statement.expects()),
            Self::Start(_)
            | Self::ByHand
            | Self::NoExpectations
            | Self::Reading(_)
            | Self::Order(_)
            | Self::Server { .. }
            | Self::ServerRemoved(_)
            | Self::Resource(_)
            | Self::ResourceRemoved(_)
            | Self::Proxy(_)
            | Self::Disk(_)
            | Self::CertificateStore(_)
            | Self::UnavailableCode(_)
            | Self::ConnectFailure(..)
            | Self::ClientResponses(..)
            | Self::Again { .. }
            | Self::EndsAfter(_)
            | Self::Advance(_, Advance::By(_) | Advance::To(_)) => false,
        }
    }
}

/// How an open question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingAnswer {
    /// The switch, one of [`Readings::SWITCHES`](crate::readings::Readings::SWITCHES).
    pub switch: &'static str,
    /// One of its answers.
    pub answer: &'static str,
}

/// A job that a scenario creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobDecl {
    /// The display name; `None` is null (CREATE-05).
    pub name: Option<Arc<str>>,
    /// `as LABEL`: how other lines name the job, if not by its display name.
    pub label: Option<Arc<str>>,
    /// The type.
    pub job_type: JobType,
    /// Who creates it, and so owns it.
    pub owner: Caller,
    /// The id by which a recording knows the job, all zero if none is given.
    pub id: JobId,
    /// The code that `CreateJob` must return; without one, S_OK.
    pub code: Option<HResult>,
}

impl JobDecl {
    /// How other lines name the job.
    #[must_use]
    pub fn label(&self) -> Arc<str> {
        let name = self.label.as_ref().or(self.name.as_ref());
        name.map_or_else(|| NULL.into(), Arc::clone)
    }
}

/// What happens in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepAction {
    /// A client calls.
    Call(CalledBy, Call),
    /// An event happens.
    Event(Event),
    /// A deadline acts.
    Deadline(Deadline),
    /// A user does something that concerns all its jobs.
    User(Arc<str>, UserAction),
    /// The service stops or starts.
    Service(ServiceChange),
    /// `policy … and policy …`: an administrator changes policies of the computer, at once.
    Policies(Vec<PolicyChange>),
    /// `link …`: the link to the network is another (SCHED-12).
    Link(Link),
    /// `bandwidth limits change`: an interval of a bandwidth policy begins or ends (SCHED-15).
    BandwidthLimits,
}

impl StepAction {
    /// Whether it happens to one job, which the line names if there are several; other things happen
    /// to the whole computer.
    #[must_use]
    pub const fn is_of_a_job(&self) -> bool {
        match self {
            Self::Call(..) | Self::Deadline(_) => true,
            Self::Event(event) => !matches!(event, Event::Computer(_)),
            Self::User(..)
            | Self::Service(_)
            | Self::Policies(_)
            | Self::Link(_)
            | Self::BandwidthLimits => false,
        }
    }
}

/// Who makes a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalledBy {
    /// The owner, in the process that holds the job.
    Owner,
    /// `by CALLER: CALL`: a client that gets hold of the job for the call.
    Client(Caller),
    /// `still by CALLER: CALL`: a client that obtained the job before, and might not obtain it now
    /// (SEC-11).
    Holder(Caller),
}

/// What a user does that concerns all its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserAction {
    /// A further session begins (NET-03).
    LogsOn,
    /// A session ends (NET-10).
    LogsOff,
    /// All processes of the user end, and with them their callbacks (NOTIFY-18).
    Exits,
}

/// What becomes of the service; `service restarts` is an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceChange {
    /// It stops: no job runs, and calls fail (LIFE-31).
    Stops,
    /// It starts again.
    Starts,
}

/// Something that happens, and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepStatement {
    /// When, if the line says so.
    pub at: Option<DateTime<Utc>>,
    /// To which job, if the line says so.
    pub job: Option<Arc<str>>,
    /// What.
    pub what: StepAction,
    /// The code that the call must return; without one, S_OK.
    pub code: Option<HResult>,
    /// The state that the job must be in afterwards, if the line says so.
    pub state: Option<JobState>,
}

impl StepStatement {
    /// Whether the line says which code or state must follow.
    pub(super) const fn expects(&self) -> bool {
        self.code.is_some() || self.state.is_some()
    }

    /// What a line without an instant sets, if it sets policies: those of the beginning if nothing has
    /// happened yet.
    pub(super) fn policies(&self) -> Option<&[PolicyChange]> {
        match &self.what {
            StepAction::Policies(changes) if self.at.is_none() => Some(changes),
            _ => None,
        }
    }

    /// Whether the line only says what there is, so that the scenario need not have begun.
    pub(super) const fn is_setting(&self) -> bool {
        self.at.is_none() && matches!(self.what, StepAction::Policies(_) | StepAction::Link(_))
    }
}

/// How far time advances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advance {
    /// For so long.
    By(TimeDelta),
    /// To an instant.
    To(DateTime<Utc>),
    /// Until the job next enters the state.
    UntilState(JobState),
    /// Until that many bytes of the job are transferred.
    UntilBytes(u64),
}
