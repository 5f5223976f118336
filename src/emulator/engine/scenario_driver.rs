//! An engine as a scenario drives it: nobody holds a lock, clients are scripts that may answer later,
//! and by hand nothing acts by itself.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::advance::NextStep;
use super::client_calls::{ClientCall, ClientReply, PendingCall};
use super::{Engine, ProcessId};
use crate::emulator::handles::callback::{Callback, CertificateCallback};
use crate::emulator::handles::job::Job;
use crate::emulator::handles::user::Account;
use crate::emulator::trace::{Actor, Trace, TraceEvent, TraceStep};
use crate::machine::{
    Call, ComputerEvent, Deadline, Event, JobStateMachine, Outcome, ValidationInterface,
};
use crate::service::{Chooser, Policies, Service, ServiceStep, StepResults};
use crate::vocabulary::{
    CertificateLookup, Error, HResult, JobId, JobProperty, JobType, Notification, Readings, Sid,
    Token,
};
use crate::world::{DiskState, Link, World};

/// An object that a script answers for.
struct ScriptedClient;

impl Callback for ScriptedClient {}

impl CertificateCallback for ScriptedClient {
    fn validate_server_certificate(&self, _: &Job, _: &str, _: &[u8]) -> HResult {
        HResult::S_OK
    }
}

/// Something that a client is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) job: JobId,
    /// By which it is answered.
    pub(crate) ticket: u64,
    pub(crate) what: CallKind,
}

/// What a client is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CallKind {
    /// Its callback is called, or the object of a class.
    Notified(Notification),
    /// Whether it accepts a certificate.
    Certificate,
    /// Its program runs.
    Program,
}

/// What there is, and who calls.
impl Engine {
    pub(crate) fn begin(start: DateTime<Utc>, readings: Readings, policies: Policies) -> Self {
        let mut engine = Self::starting(start, readings, policies);
        engine.recorder.set_limit(usize::MAX);
        engine
    }

    pub(crate) const fn service(&self) -> &Service {
        &self.service
    }

    pub(crate) const fn world(&self) -> &World {
        &self.world
    }

    pub(crate) const fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    pub(crate) const fn disk(&self) -> &DiskState {
        self.world.disk()
    }

    /// Everything that happened.
    pub(crate) fn trace(&self) -> Trace {
        self.recorder.trace()
    }

    /// The same without a copy, from that number of steps on.
    pub(crate) fn steps_since(&self, first: usize) -> impl Iterator<Item = &TraceStep> {
        self.recorder.steps().skip(first)
    }

    pub(crate) fn steps_taken(&self) -> usize {
        self.recorder.steps().len()
    }

    pub(crate) fn order(&mut self, chooser: impl Chooser<NextStep> + Send + 'static) {
        self.chooser = Box::new(chooser);
    }

    pub(crate) const fn answer_certificates(&mut self, lookup: CertificateLookup) {
        self.certificates = lookup;
    }

    pub(crate) fn replace_policies(&mut self, policies: Policies) {
        self.set_policies(policies);
    }

    pub(crate) fn link_becomes(&mut self, link: Link) {
        self.set_link(link);
    }

    /// The account of that name.
    pub(crate) fn sid_of(&mut self, name: &str) -> Sid {
        let account = match name {
            "LocalSystem" => Account::Service(Sid::LocalSystem),
            "LocalService" => Account::Service(Sid::LocalService),
            "NetworkService" => Account::Service(Sid::NetworkService),
            name => Account::Named(name.into()),
        };
        self.sid(&account)
    }

    pub(crate) fn name_of(&self, account: Sid) -> Arc<str> {
        self.account(account)
    }

    pub(crate) fn logs_on(&mut self, user: Sid) {
        self.log_on(user);
    }

    pub(crate) fn logs_off(&mut self, user: Sid) {
        self.log_off(user);
    }

    /// A process begins, whoever is logged on.
    pub(crate) fn start(&mut self, token: Token) -> ProcessId {
        self.begin_process(token)
    }

    pub(crate) fn lives(&self, process: ProcessId) -> bool {
        self.is_alive(process)
    }

    /// Processes end, and what they hold is dropped.
    pub(crate) fn end_processes(&mut self, processes: impl IntoIterator<Item = ProcessId>) {
        processes.into_iter().for_each(|process| self.end_process(process));
        drop(self.take_given_up());
    }

    /// The processes of a user.
    pub(crate) fn processes_of(&self, user: Sid) -> Vec<ProcessId> {
        let of_user = self.processes.iter().filter(|(_, known)| known.token.user == user);
        of_user.map(|(process, _)| *process).collect()
    }

    /// The processes in which a job has objects.
    pub(crate) fn processes_called_by(&self, job: JobId) -> Vec<ProcessId> {
        let Some(known) = self.registered.get(&job) else { return Vec::new() };
        let callback = known.callback.as_ref().map(|(process, _)| *process);
        let certificates = known.certificates.as_ref().map(|(process, _)| *process);
        callback.into_iter().chain(certificates).collect()
    }
}

/// Calls.
impl Engine {
    pub(crate) fn create_job(
        &mut self,
        process: ProcessId,
        name: Option<Arc<str>>,
        job_type: JobType,
    ) -> Result<JobId, Error> {
        let method = crate::vocabulary::Method::CreateJob;
        let by = self.processes.get(&process).cloned().ok_or(Error::Disconnected { method })?;
        let created = self.service.create_job(&by.token, name.clone(), job_type);
        self.created(&by, name, job_type, created);
        let id = created?;
        self.hold(process, id);
        Ok(id)
    }

    pub(crate) fn hold(&mut self, process: ProcessId, id: JobId) {
        self.registered.entry(id).or_default().holders.insert(process);
    }

    /// A call. One that is to get hold of the job first is refused whom the job does not admit
    /// (SEC-02). By hand it says itself what disk and certificate store answer.
    pub(crate) fn calls(
        &mut self,
        process: ProcessId,
        id: JobId,
        call: Call,
        gets_hold: bool,
        by_hand: bool,
    ) -> Result<Outcome, Error> {
        let method = call.method();
        let by = self.processes.get(&process).cloned().ok_or(Error::Disconnected { method })?;
        let job = self.service.job(id).ok_or_else(|| crate::service::not_found(method))?;
        if let Err(error) = job.access(&by.token)
            && gets_hold
        {
            self.refused(&by, id, call, error);
            return Err(error);
        }
        if by_hand {
            return self.carry_out(&by, id, call);
        }
        let outcome = self.call(&by, id, call.clone())?;
        self.register(process, id, &call);
        Ok(outcome)
    }

    /// The objects that a call brought along, or took away.
    fn register(&mut self, process: ProcessId, id: JobId, call: &Call) {
        let known = self.registered.entry(id).or_default();
        match call {
            Call::SetNotifyInterface(interface) => {
                known.callback = interface.map(|_| (process, Arc::new(ScriptedClient) as Arc<_>));
            }
            Call::SetServerCertificateValidationInterface(interface) => {
                let object = || (process, Arc::new(ScriptedClient) as Arc<_>);
                known.certificates = match interface {
                    ValidationInterface::Callback => Some(object()),
                    ValidationInterface::Null | ValidationInterface::Wrong => None,
                };
            }
            Call::SetProperty(JobProperty::NotificationClsid(class)) => {
                self.classes.insert(*class, Arc::new(ScriptedClient));
            }
            _ => {}
        }
    }

    /// What a client is asked next, and has not answered.
    pub(crate) fn next_question(&mut self) -> Option<Question> {
        let PendingCall { job, ticket, what } = self.next_errand()?;
        let what = match what {
            ClientCall::Notify { notification, .. } => CallKind::Notified(notification),
            ClientCall::Check { .. } => CallKind::Certificate,
            ClientCall::Run { .. } => CallKind::Program,
        };
        Some(Question { job, ticket, what })
    }

    pub(crate) fn waits_for(&self, ticket: u64) -> bool {
        self.is_wanted(ticket)
    }

    pub(crate) fn hears(&mut self, ticket: u64, answer: ClientReply) {
        self.end(ticket, answer);
    }
}

/// What happens.
impl Engine {
    /// Something happens to a job.
    pub(crate) fn happens(&mut self, id: JobId, event: Event) {
        self.inject(id, event);
    }

    /// Something happens to the whole computer.
    pub(crate) fn happens_to_all(&mut self, event: ComputerEvent) {
        self.inject_to_all(event);
        drop(self.take_given_up());
    }

    /// A clock of a job is said to act, by hand; one that is not due does nothing.
    pub(crate) fn clock_acts(&mut self, id: JobId, deadline: Deadline) {
        let what = TraceEvent::Deadline(deadline);
        match self.service.take(ServiceStep::Deadline(id, deadline)) {
            Some(StepResults::One(stepped)) => self.happened(Actor::Service, what, stepped),
            Some(StepResults::All(_)) | None => self.nothing_happened(Actor::Service, what, id),
        }
    }

    /// An interval of a bandwidth policy is said to begin or end, by hand; if it does not, nothing
    /// happens.
    pub(crate) fn limits_change(&mut self) {
        self.take(ServiceStep::BandwidthLimits);
    }

    pub(crate) fn let_time_pass(&mut self, until: DateTime<Utc>) {
        self.service.set_now(until);
    }

    /// When the next thing happens by itself.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.next_instant()
    }

    /// Lets the next thing happen if its instant has come by then, or else the clock stand there.
    pub(crate) fn proceed(&mut self, until: DateTime<Utc>) -> bool {
        self.step(until)
    }

    /// The job as it is now.
    pub(crate) fn job_now(&mut self, id: JobId) -> Option<&JobStateMachine> {
        self.catch_up(id);
        self.service.job(id)
    }

    /// Every job hears of the bytes that have arrived.
    pub(crate) fn count_bytes(&mut self) {
        self.catch_up_all();
    }

    /// Lets a notification begin that is due; whether there was one.
    pub(crate) fn begin_notification(&mut self) -> bool {
        self.take_one(|step| matches!(step, ServiceStep::Notify(..)))
    }

    /// Lets a clock act that is due; whether there was one.
    pub(crate) fn let_clock_act(&mut self) -> bool {
        self.take_one(|step| matches!(step, ServiceStep::Deadline(..)))
    }

    fn take_one(&mut self, of: impl Fn(&ServiceStep) -> bool) -> bool {
        let next = {
            let mut steps = self.service.steps().filter(of).map(NextStep::Service);
            let Some(first) = steps.next() else { return false };
            self.chooser.choose(first, &mut steps)
        };
        if let NextStep::Service(step) = next {
            self.take(step);
        }
        true
    }
}
