//! The execution trace: what happened, step by step, as data.

pub(super) mod cycles;
#[cfg(feature = "serde")]
pub(super) mod json;
mod kept;
pub(super) mod recorder;
pub(super) mod render;
pub(super) mod state_change;
pub(super) mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::machine::{Call, ComputerEvent, Deadline, Event, Outcome};
use crate::service::{ErrorChange, Policies};
use crate::vocabulary::{
    Error, HResult, JobId, JobState, JobType, LevelLimits, Method, Notification, Readings,
    Recipient, RuleId, Token,
};
use crate::world::Link;

/// The execution trace of an emulator, as [`Emulator::trace`](crate::Emulator::trace) returns it: calls,
/// events, deadlines, and events of the whole service, oldest first. Calls that only read are not in it,
/// unless a hook made them fail.
///
/// It is iterated over like a list of its [steps](Self::steps): `for step in &trace`.
///
/// The same run has the same trace. With the values in it a run without [`boot`](crate::Emulator::boot)
/// can be repeated by hand on a [`Service`](crate::service::Service).
///
/// ```
/// use bits_emulator::{Emulator, JobState, JobType};
/// use bits_emulator::machine::Call;
/// use bits_emulator::trace::{Actor, TraceEvent};
///
/// let emulator = Emulator::new();
/// let session = emulator.connect("alice");
/// let job = session.create_job("update", JobType::Download)?;
/// assert!(job.resume().is_err());
///
/// let trace = emulator.trace();
/// let last = trace.steps().last().expect("something happened");
/// assert_eq!(last.what, TraceEvent::Call(Call::Resume));
/// assert!(matches!(&last.actor, Actor::Client(process) if &*process.account == "alice"));
/// let of_job = last.job(job.id()).expect("it concerned the job");
/// assert_eq!((of_job.before, of_job.after), (JobState::Suspended, JobState::Suspended));
/// assert!(of_job.rules().any(|rule| rule.to_string() == "LIFE-08"));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub(super) facts: RunFacts,
    pub(super) dropped: u64,
    pub(super) steps: Vec<TraceStep>,
}

/// What is known of a run beside its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunFacts {
    pub(super) start: DateTime<Utc>,
    pub(super) readings: Readings,
    /// Those at the beginning.
    pub(super) policies: Policies,
    /// What the jobs were called when they were created, or when the emulator booted with them.
    pub(super) names: Arc<BTreeMap<JobId, Arc<str>>>,
}

/// One step of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TraceStep {
    /// Its number in the run, the first being 1.
    pub number: u64,
    /// The time, by the steady clock.
    pub at: DateTime<Utc>,
    /// The actor.
    pub actor: Actor,
    /// What happened.
    pub what: TraceEvent,
    pub(crate) jobs: Concerned,
}

/// The origin of a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Actor {
    /// A process of a client.
    Client(Process),
    /// The program of a command line.
    Program,
    /// The service by itself: its clocks, its scheduler, its dispatcher of notifications.
    Service,
    /// Servers and disks.
    World,
    /// The test: what it does to users, network, power, policies and jobs.
    Test,
}

/// A process of a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Process {
    /// Its number, the first being 1.
    pub number: u64,
    /// The name of the account: a user's, or LocalSystem, LocalService or NetworkService.
    pub account: Arc<str>,
    /// Its rights.
    pub token: Token,
}

/// What happened in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraceEvent {
    /// A process connected.
    Connected,
    /// The process ended, and with it the callbacks of its jobs.
    ProcessEnded,
    /// `CreateJob`; the new job is the one that the step concerns.
    JobCreated {
        /// Its display name.
        name: Arc<str>,
        /// Its type.
        job_type: JobType,
    },
    /// `CreateJob` was refused.
    CreateRefused {
        /// The display name; `None` is null (CREATE-05).
        name: Option<Arc<str>>,
        /// The type.
        job_type: JobType,
        /// Why.
        error: Error,
    },
    /// `GetJob` or `EnumJobs` was refused.
    OpenRefused {
        /// Which of them.
        method: Method,
        /// The job that was asked for.
        job: Option<JobId>,
        /// Why.
        error: Error,
    },
    /// A call failed on its way, because of a hook, because its process had ended, or because it did not
    /// reach the service. If only the answer was lost, the call itself is the step before.
    CallLost {
        /// The call.
        method: Method,
        /// The job that was called, if one was.
        job: Option<JobId>,
        /// What the client got.
        error: Error,
    },
    /// A hook chose the success code that the client saw of the call before.
    ReplyReplaced {
        /// The call.
        method: Method,
        /// The job that was called.
        job: JobId,
        /// What the client got.
        code: HResult,
    },
    /// A call on a job, with what disk and certificate store answered.
    Call(Call),
    /// Something that happened to one job.
    Event(Event),
    /// A clock of a job acted.
    Deadline(Deadline),
    /// Something that happened to the whole computer.
    Computer(ComputerEvent),
    /// A user of that name began a session.
    LoggedOn(Arc<str>),
    /// A user of that name ended one.
    LoggedOff(Arc<str>),
    /// The computer started with the jobs that another left
    /// ([`Emulator::boot`](crate::Emulator::boot)), in place of its own.
    Booted,
    /// The service stopped (LIFE-31).
    ServiceStopped,
    /// The service started again.
    ServiceStarted,
    /// The policies became others.
    Policies(Policies),
    /// By the policies, other limits of background transfers came into force.
    BandwidthLimits(LevelLimits),
    /// The link to the network became another.
    Link(Link),
}

/// What a step did to one job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobStep {
    /// The job.
    pub job: JobId,
    /// Its state before.
    pub before: JobState,
    /// Its state after.
    pub after: JobState,
    /// What the step did, or why the call was refused.
    pub result: Result<Outcome, Error>,
    /// What became of the error object, if anything did.
    pub error_object: Option<ErrorChange>,
    /// What the client is told by it, if anything.
    pub told: Option<Delivery>,
}

/// A notification on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Delivery {
    /// What the client is told.
    pub notification: Notification,
    /// By which way.
    pub recipient: Recipient,
    /// As which account.
    pub account: Arc<str>,
}

/// The jobs that a step concerned: nearly always one, for which no list is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Concerned {
    One(JobStep),
    These(Vec<JobStep>),
}

impl Concerned {
    pub(crate) fn as_slice(&self) -> &[JobStep] {
        match self {
            Self::One(job) => std::slice::from_ref(job),
            Self::These(jobs) => jobs,
        }
    }
}

impl Trace {
    /// Returns the steps that are kept, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[TraceStep] {
        &self.steps
    }

    /// Returns how many earlier steps are not kept
    /// ([`Emulator::set_trace_capacity`](crate::Emulator::set_trace_capacity)).
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Returns when the run began.
    #[must_use]
    pub const fn start(&self) -> DateTime<Utc> {
        self.facts.start
    }

    /// Returns how open questions were answered in the run.
    #[must_use]
    pub const fn readings(&self) -> &Readings {
        &self.facts.readings
    }

    /// Returns the policies at the beginning of the run.
    #[must_use]
    pub const fn policies(&self) -> &Policies {
        &self.facts.policies
    }

    /// Returns the trace of one job alone.
    #[must_use]
    pub fn of_job(&self, job: JobId) -> Self {
        self.of_jobs(&[job])
    }

    /// The trace of these jobs alone.
    pub(crate) fn of_jobs(&self, these: &[JobId]) -> Self {
        let of_these = |step: &TraceStep| {
            let of_them = step.jobs().iter().filter(|did| these.contains(&did.job));
            let mut of_them: Vec<JobStep> = of_them.cloned().collect();
            let was_lost = step.what.lost_call_on().is_some_and(|job| these.contains(&job));
            let jobs = match (of_them.pop(), of_them.is_empty()) {
                (Some(only), true) => Concerned::One(only),
                (Some(last), false) => {
                    of_them.push(last);
                    Concerned::These(of_them)
                }
                (None, _) if was_lost => Concerned::These(Vec::new()),
                (None, _) => return None,
            };
            Some(TraceStep { jobs, ..step.clone() })
        };
        let steps = self.steps.iter().filter_map(of_these).collect();
        Self { facts: self.facts.clone(), dropped: self.dropped, steps }
    }

    /// Returns the last steps alone; those before count as dropped.
    #[must_use]
    pub fn last(&self, steps: usize) -> Self {
        let skipped = self.steps.len().saturating_sub(steps);
        let dropped = self.dropped.saturating_add(u64::try_from(skipped).unwrap_or(u64::MAX));
        let steps = self.steps.get(skipped..).unwrap_or_default().to_vec();
        Self { facts: self.facts.clone(), dropped, steps }
    }
}

impl<'trace> IntoIterator for &'trace Trace {
    type Item = &'trace TraceStep;
    type IntoIter = std::slice::Iter<'trace, TraceStep>;

    fn into_iter(self) -> Self::IntoIter {
        self.steps.iter()
    }
}

impl IntoIterator for Trace {
    type Item = TraceStep;
    type IntoIter = std::vec::IntoIter<TraceStep>;

    fn into_iter(self) -> Self::IntoIter {
        self.steps.into_iter()
    }
}

impl TraceStep {
    /// Returns what the step did to each of the jobs that it concerned.
    #[must_use]
    pub fn jobs(&self) -> &[JobStep] {
        self.jobs.as_slice()
    }

    /// Returns what the step did to a job, if it concerned it.
    #[must_use]
    pub fn job(&self, id: JobId) -> Option<&JobStep> {
        self.jobs().iter().find(|job| job.job == id)
    }

    /// Returns the HRESULT of a call; `None` if the step was none.
    #[must_use]
    pub fn code(&self) -> Option<HResult> {
        match &self.what {
            TraceEvent::Call(_) => self.jobs().first().map(JobStep::code),
            TraceEvent::JobCreated { .. } => Some(HResult::S_OK),
            TraceEvent::ReplyReplaced { code, .. } => Some(*code),
            _ => self.error().map(Error::code),
        }
    }

    /// Returns why a call failed, if the step was one that did.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &self.what {
            TraceEvent::CreateRefused { error, .. }
            | TraceEvent::OpenRefused { error, .. }
            | TraceEvent::CallLost { error, .. } => Some(error),
            _ => self.jobs().iter().find_map(|job| job.result.as_ref().err()),
        }
    }
}

impl TraceEvent {
    /// The job that a call was meant for which never reached it.
    pub(super) const fn lost_call_on(&self) -> Option<JobId> {
        match self {
            Self::OpenRefused { job, .. } | Self::CallLost { job, .. } => *job,
            _ => None,
        }
    }
}

impl JobStep {
    /// Returns the HRESULT: of a call what it returned, otherwise `S_OK`.
    #[must_use]
    pub fn code(&self) -> HResult {
        match &self.result {
            Ok(outcome) => outcome.success.code(),
            Err(error) => error.code(),
        }
    }

    /// Returns whether the state did not allow the event, or the deadline was not due.
    #[must_use]
    pub fn was_ignored(&self) -> bool {
        self.result.is_ok_and(|outcome| outcome.was_ignored())
    }

    /// Returns whether the job entered the state in this step.
    #[must_use]
    pub fn entered(&self, state: JobState) -> bool {
        self.result.is_ok_and(|outcome| outcome.entered.contains(state))
    }

    /// Returns the rules by which it happened.
    pub fn rules(&self) -> impl Iterator<Item = RuleId> + '_ {
        let outcome = self.result.as_ref().ok();
        let refusal = self.result.as_ref().err().map(Error::rule);
        outcome.into_iter().flat_map(|outcome| outcome.rules.iter()).chain(refusal)
    }
}
