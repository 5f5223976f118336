//! Recording: everything that happens to jobs and clients passes here into the trace and the event
//! log, and has its effects on the world.

use std::sync::Arc;

use super::{Engine, ProcessId};
use crate::emulator::diagnostics::event_log::LoggedStep;
use crate::emulator::trace::{Actor, Concerned, Delivery, JobStep, Process, TraceEvent};
use crate::machine::{Call, Event, Outcome};
use crate::service::StepResult;
use crate::vocabulary::{Error, HResult, JobId, JobState, JobType, Method, Sid, rule};

impl Engine {
    /// Something happened to one job.
    pub(crate) fn record_step(&mut self, actor: Actor, what: TraceEvent, did: StepResult) {
        let (job, outcome) = (did.job, did.outcome);
        self.note_gain(&actor, &did);
        self.log_step(&actor, &what, &did);
        let did = self.job_step(did);
        self.push_step(actor, what, Concerned::One(did));
        self.apply_effects(job, &outcome);
    }

    /// Something happened to the whole service. It concerned the jobs to which it meant something.
    pub(crate) fn record_global_step(
        &mut self,
        actor: Actor,
        what: TraceEvent,
        did: Vec<StepResult>,
    ) {
        let outcomes: Vec<(JobId, Outcome)> =
            did.iter().map(|did| (did.job, did.outcome)).collect();
        did.iter().for_each(|did| self.log_step(&actor, &what, did));
        let concerned = did.into_iter().filter(|did| !did.outcome.was_ignored());
        let jobs = concerned.map(|did| self.job_step(did)).collect();
        self.push_step(actor, what, Concerned::These(jobs));
        outcomes.iter().for_each(|(job, outcome)| self.apply_effects(*job, outcome));
    }

    fn log_step(&mut self, actor: &Actor, what: &TraceEvent, did: &StepResult) {
        let now = self.now();
        if !self.recorder.log.is_kept() {
            return;
        }
        let Some(job) = self.service.job(did.job) else { return };
        let owner = self.account_name(job.owner());
        let (by, is_by_another) = match actor {
            Actor::Client(process) => {
                (Arc::clone(&process.account), process.token.user != job.owner())
            }
            Actor::Program | Actor::Service | Actor::World | Actor::Test => {
                (self.account_name(Sid::LocalSystem), false)
            }
        };
        let step = LoggedStep { what, did, owner, by, is_by_another };
        self.recorder.log.record(now, step, job);
    }

    /// Creates a job of a process, which is an application of it from then on (ERR-07).
    pub(crate) fn create_job(
        &mut self,
        process: ProcessId,
        name: Option<Arc<str>>,
        job_type: JobType,
    ) -> Result<JobId, Error> {
        let method = Method::CreateJob;
        let by = self.processes.get(&process).cloned().ok_or(Error::Disconnected { method })?;
        let created = self.service.create_job(&by.token, name.clone(), job_type);
        let (what, jobs) = match created {
            Ok(job) => {
                let name = name.unwrap_or_default();
                self.recorder.register_name(job, Arc::clone(&name));
                if let Some(job) = self.service.job(job) {
                    let owner = Arc::clone(&by.account);
                    self.recorder.log.record_creation(self.service.now(), job, owner, by.number);
                }
                let state = JobState::Suspended;
                let mut outcome = Outcome::nothing();
                outcome.entered.add(state);
                outcome.rules.add(rule!("CREATE-01"));
                outcome.rules.add(rule!("LIFE-03"));
                (TraceEvent::JobCreated { name, job_type }, at_rest(job, state, Ok(outcome)))
            }
            Err(error) => {
                (TraceEvent::CreateRefused { name, job_type, error }, Concerned::These(Vec::new()))
            }
        };
        self.push_step(Actor::Client(by), what, jobs);
        if let Ok(id) = created {
            self.note_new_job(id);
            self.add_application(process, id);
        }
        created
    }

    /// A job refused a call.
    pub(crate) fn record_refusal(
        &mut self,
        by: &Process,
        id: JobId,
        call: Call,
        error: Error,
    ) -> Error {
        if let Some(job) = self.service.job(id) {
            let did = at_rest(id, job.state(), Err(error));
            self.push_step(Actor::Client(by.clone()), TraceEvent::Call(call), did);
        }
        error
    }

    /// A client could not get hold of jobs.
    pub(crate) fn record_open_refusal(
        &mut self,
        by: &Process,
        method: Method,
        job: Option<JobId>,
        error: Error,
    ) -> Error {
        let what = TraceEvent::OpenRefused { method, job, error };
        self.record_event(Actor::Client(by.clone()), what);
        error
    }

    /// A hook replaces the success code that a client sees.
    pub(crate) fn record_answer(
        &mut self,
        by: &Process,
        job: JobId,
        method: Method,
        code: HResult,
    ) {
        let what = TraceEvent::ReplyReplaced { method, job, code };
        self.record_event(Actor::Client(by.clone()), what);
    }

    /// A hook takes a call, or its answer, from a client.
    pub(crate) fn record_lost_call(
        &mut self,
        by: &Process,
        job: Option<JobId>,
        method: Method,
        code: HResult,
    ) -> Error {
        let error = Error::Injected { method, code };
        let what = TraceEvent::CallLost { method, job, error };
        self.record_event(Actor::Client(by.clone()), what);
        error
    }

    /// A job was asked to do what it could not do now.
    #[cfg(feature = "scenario")]
    pub(crate) fn record_ignored(&mut self, actor: Actor, what: TraceEvent, id: JobId) {
        let Some(job) = self.service.job(id) else { return };
        let did = at_rest(id, job.state(), Ok(Outcome::nothing()));
        self.push_step(actor, what, did);
    }

    /// Something that concerned no job.
    pub(crate) fn record_event(&mut self, actor: Actor, what: TraceEvent) {
        self.push_step(actor, what, Concerned::These(Vec::new()));
    }

    fn push_step(&mut self, actor: Actor, what: TraceEvent, jobs: Concerned) {
        if !is_refusal(&what, &jobs) {
            self.changes = self.changes.saturating_add(1);
        }
        self.recorder.push(self.service.now(), actor, what, jobs);
    }

    fn job_step(&self, did: StepResult) -> JobStep {
        let StepResult { job, before, after, outcome, error_object, notification } = did;
        let told = notification.map(|due| Delivery {
            notification: due.notification,
            recipient: due.recipient,
            account: self.account_name(due.user),
        });
        JobStep { job, before, after, result: Ok(outcome), error_object, told }
    }

    /// Tells a job something; whether it meant anything to it.
    pub(crate) fn apply_event(&mut self, actor: Actor, job: JobId, event: Event) -> bool {
        let Some(did) = self.service.handle(job, event.clone()) else { return false };
        let meant = !did.outcome.was_ignored();
        self.record_step(actor, TraceEvent::Event(event), did);
        meant
    }
}

/// Whether a step is a call that failed and changed nothing.
fn is_refusal(what: &TraceEvent, jobs: &Concerned) -> bool {
    let was_refused = match jobs {
        Concerned::One(job) => job.result.is_err(),
        Concerned::These(_) => false,
    };
    let failed = matches!(
        what,
        TraceEvent::CallLost { .. }
            | TraceEvent::OpenRefused { .. }
            | TraceEvent::CreateRefused { .. }
    );
    failed || was_refused
}

/// A job that a step left in its state.
const fn at_rest(job: JobId, state: JobState, result: Result<Outcome, Error>) -> Concerned {
    let (before, after) = (state, state);
    Concerned::One(JobStep { job, before, after, result, error_object: None, told: None })
}
