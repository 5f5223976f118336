//! How the trace comes about: everything that happens passes through here, and nothing is put into
//! words.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Actor, Concerned, Delivery, JobStep, Process, Trace, TraceEvent, TraceStep};
use crate::emulator::diagnostics::event_log::{EventLog, LogEvent};
use crate::emulator::engine::Engine;
use crate::machine::{Call, Event, Outcome};
use crate::service::{Policies, StepResult};
use crate::vocabulary::{Error, JobId, JobState, JobType, Method, Readings, RuleId};

/// How many steps are kept if nobody says otherwise.
const USUAL_LIMIT: usize = 100_000;

/// The steps that are kept.
#[derive(Debug)]
pub(crate) struct Recorder {
    start: DateTime<Utc>,
    readings: Readings,
    policies: Policies,
    limit: usize,
    /// How much is kept: a step counts once for each job that it concerns, and at least once.
    kept: usize,
    number: u64,
    steps: VecDeque<TraceStep>,
    /// What the jobs were called when they were created, or when the emulator booted with them.
    names: Arc<BTreeMap<JobId, Arc<str>>>,
    log: EventLog,
}

impl Recorder {
    pub(crate) fn new(start: DateTime<Utc>, readings: Readings, policies: Policies) -> Self {
        Self {
            start,
            readings,
            policies,
            limit: USUAL_LIMIT,
            kept: 0,
            number: 0,
            steps: VecDeque::new(),
            names: Arc::default(),
            log: EventLog::default(),
        }
    }

    /// How much is kept from now on.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
        self.forget();
        self.steps.shrink_to_fit();
        self.log.keep(limit);
    }

    pub(crate) fn event_log(&self) -> Vec<LogEvent> {
        self.log.entries()
    }

    pub(crate) fn trace(&self) -> Trace {
        let kept = u64::try_from(self.steps.len()).unwrap_or(u64::MAX);
        Trace {
            start: self.start,
            readings: self.readings,
            policies: self.policies,
            dropped: self.number.saturating_sub(kept),
            steps: self.steps.iter().cloned().collect(),
            names: Arc::clone(&self.names),
        }
    }

    /// A job has a name though its creation is no part of the run.
    pub(crate) fn know(&mut self, job: JobId, name: &str) {
        Arc::make_mut(&mut self.names).insert(job, name.into());
    }

    /// The latest step of that kind that is kept.
    pub(crate) fn latest(&self, is_it: impl Fn(&TraceStep) -> bool) -> Option<TraceStep> {
        self.steps.iter().rev().find(|step| is_it(step)).cloned()
    }

    /// The steps that are kept, oldest first.
    #[cfg(feature = "scenario")]
    pub(crate) fn steps(&self) -> impl ExactSizeIterator<Item = &TraceStep> {
        self.steps.iter()
    }

    fn note(&mut self, at: DateTime<Utc>, actor: Actor, what: TraceEvent, jobs: Concerned) {
        self.number = self.number.saturating_add(1);
        if self.limit == 0 {
            return;
        }
        let step = TraceStep { number: self.number, at, actor, what, jobs };
        self.kept = self.kept.saturating_add(size(&step));
        self.steps.push_back(step);
        self.forget();
    }

    fn forget(&mut self) {
        while self.kept > self.limit
            && let Some(step) = self.steps.pop_front()
        {
            self.kept = self.kept.saturating_sub(size(&step));
        }
    }
}

fn size(step: &TraceStep) -> usize {
    step.jobs().len().max(1)
}

impl Engine {
    /// Something happened to one job.
    pub(crate) fn happened(&mut self, actor: Actor, what: TraceEvent, did: StepResult) {
        let (job, outcome) = (did.job, did.outcome);
        self.log(&did);
        let did = self.job_step(did);
        self.note(actor, what, Concerned::One(did));
        self.settle(job, &outcome);
    }

    /// Something happened to the whole service. It concerned the jobs to which it meant something.
    pub(crate) fn happened_to_all(&mut self, actor: Actor, what: TraceEvent, did: Vec<StepResult>) {
        let outcomes: Vec<(JobId, Outcome)> =
            did.iter().map(|did| (did.job, did.outcome)).collect();
        did.iter().for_each(|did| self.log(did));
        let concerned = did.into_iter().filter(|did| !did.outcome.was_ignored());
        let jobs = concerned.map(|did| self.job_step(did)).collect();
        self.note(actor, what, Concerned::These(jobs));
        outcomes.iter().for_each(|(job, outcome)| self.settle(*job, outcome));
    }

    /// The one place by which what happens to jobs comes into the event log.
    fn log(&mut self, did: &StepResult) {
        let now = self.now();
        if self.recorder.limit == 0 {
            return;
        }
        let Some(job) = self.service.job(did.job) else { return };
        let owner = self.account(job.owner());
        self.recorder.log.follow(now, did, job, owner);
        self.recorder.log.keep(self.recorder.limit);
    }

    /// A job was created, or not.
    pub(crate) fn created(
        &mut self,
        by: &Process,
        name: Option<Arc<str>>,
        job_type: JobType,
        created: Result<JobId, Error>,
    ) {
        let (what, jobs) = match created {
            Ok(job) => {
                Arc::make_mut(&mut self.recorder.names)
                    .insert(job, name.clone().unwrap_or_default());
                self.log_creation(by, job);
                let state = JobState::Suspended;
                let mut outcome = Outcome::nothing();
                outcome.entered.add(state);
                // CREATE-01, LIFE-03
                outcome.rules.add(const { RuleId::new("CREATE-01") });
                outcome.rules.add(const { RuleId::new("LIFE-03") });
                let name = name.unwrap_or_default();
                (TraceEvent::JobCreated { name, job_type }, at_rest(job, state, Ok(outcome)))
            }
            Err(error) => {
                (TraceEvent::CreateRefused { name, job_type, error }, Concerned::These(Vec::new()))
            }
        };
        self.note(Actor::Client(by.clone()), what, jobs);
    }

    fn log_creation(&mut self, by: &Process, id: JobId) {
        let now = self.now();
        if self.recorder.limit > 0
            && let Some(job) = self.service.job(id)
        {
            self.recorder.log.created(now, job, Arc::clone(&by.account), by.number);
        }
    }

    /// A job refused a call.
    pub(crate) fn refused(&mut self, by: &Process, id: JobId, call: Call, why: Error) {
        let Some(job) = self.service.job(id) else { return };
        let did = at_rest(id, job.state(), Err(why));
        self.note(Actor::Client(by.clone()), TraceEvent::Call(call), did);
    }

    /// A client could not get hold of jobs.
    pub(crate) fn not_opened(
        &mut self,
        by: &Process,
        method: Method,
        job: Option<JobId>,
        error: Error,
    ) -> Error {
        let what = TraceEvent::OpenRefused { method, job, error };
        self.happened_to_nobody(Actor::Client(by.clone()), what);
        error
    }

    /// A job was asked to do what it could not do now.
    #[cfg(feature = "scenario")]
    pub(crate) fn nothing_happened(&mut self, actor: Actor, what: TraceEvent, id: JobId) {
        let Some(job) = self.service.job(id) else { return };
        let did = at_rest(id, job.state(), Ok(Outcome::nothing()));
        self.note(actor, what, did);
    }

    /// Something that concerned no job.
    pub(crate) fn happened_to_nobody(&mut self, actor: Actor, what: TraceEvent) {
        self.note(actor, what, Concerned::These(Vec::new()));
    }

    /// The one place by which everything comes into the trace.
    fn note(&mut self, actor: Actor, what: TraceEvent, jobs: Concerned) {
        let now = self.now();
        self.recorder.note(now, actor, what, jobs);
    }

    fn job_step(&self, did: StepResult) -> JobStep {
        let StepResult { job, before, after, outcome, error_object, notification } = did;
        let told = notification.map(|due| Delivery {
            notification: due.notification,
            recipient: due.recipient,
            account: self.account(due.user),
        });
        JobStep { job, before, after, result: Ok(outcome), error_object, told }
    }

    /// Tells a job something; whether it meant anything to it.
    pub(crate) fn tell(&mut self, actor: Actor, job: JobId, event: Event) -> bool {
        let Some(did) = self.service.handle(job, event.clone()) else { return false };
        let meant = !did.outcome.was_ignored();
        self.happened(actor, TraceEvent::Event(event), did);
        meant
    }
}

/// A job that a step left in its state.
const fn at_rest(job: JobId, state: JobState, result: Result<Outcome, Error>) -> Concerned {
    let (before, after) = (state, state);
    Concerned::One(JobStep { job, before, after, result, error_object: None, told: None })
}
