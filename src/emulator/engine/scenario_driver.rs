//! The scenario driver: an engine without a lock, whose clients are scripts that may reply later, and
//! which by hand does nothing by itself.

use chrono::{DateTime, Utc};

use super::accounts::service_named;
use super::advance::NextStep;
use super::hooks::{Calls, HookEffect, HookRule, HookedCall, ReplyChange};
use super::registrations::ObjectKind;
use super::{Engine, ProcessId};
use crate::emulator::handles::user::Account;
use crate::emulator::trace::{Actor, Trace, TraceEvent, TraceStep};
use crate::machine::{Call, Deadline, Outcome, ValidationInterface};
use crate::service::{Chooser, Policies, ServiceStep};
use crate::vocabulary::{Error, HResult, JobId, JobProperty, Method, Readings, Sid};

/// What there is, and who calls.
impl Engine {
    pub(crate) fn begin(start: DateTime<Utc>, readings: Readings, policies: Policies) -> Self {
        let mut engine = Self::new(start, readings, policies);
        engine.recorder.set_capacity(usize::MAX);
        // Copies are cheaper without it.
        engine.recorder.log.set_capacity(0);
        engine
    }

    /// Keeps the event log from now on.
    pub(crate) fn keep_log(&mut self) {
        self.recorder.log.set_capacity(usize::MAX);
    }

    /// Everything that happened.
    pub(crate) fn trace(&self) -> Trace {
        self.recorder.trace()
    }

    /// The steps from that number on, without a copy.
    pub(crate) fn steps_since(&self, first: usize) -> impl Iterator<Item = &TraceStep> {
        self.recorder.steps_since(first)
    }

    pub(crate) fn step_count(&self) -> usize {
        self.recorder.step_count()
    }

    /// Lets copies share the steps so far, so that a copy costs little.
    pub(crate) fn share_steps(&mut self) {
        self.recorder.share_steps();
    }

    /// The account of that name.
    pub(crate) fn sid_of_name(&mut self, name: &str) -> Sid {
        let named = || Account::Named(name.into());
        self.accounts.sid_of(&service_named(name).map_or_else(named, Account::Service))
    }

    pub(crate) fn end_processes(&mut self, processes: impl IntoIterator<Item = ProcessId>) {
        processes.into_iter().for_each(|process| self.end_process(process));
    }

    /// The processes of a user.
    pub(crate) fn processes_of(&self, user: Sid) -> Vec<ProcessId> {
        let of_user = self.processes.iter().filter(|(_, known)| known.token.user == user);
        of_user.map(|(process, _)| *process).collect()
    }

    /// The processes of a job's applications (ERR-07).
    pub(crate) fn applications_of(&self, job: JobId) -> Vec<ProcessId> {
        let known = self.registrations.get(&job).into_iter();
        known.flat_map(|known| &known.applications).copied().collect()
    }
}

/// Calls.
impl Engine {
    /// A process connects to the service, unless its connection still reaches it.
    pub(crate) fn ensure_connected(&mut self, process: ProcessId) -> Result<(), Error> {
        let connection = self.host.connection_of(process);
        if self.check_connection(connection, Method::CoCreateInstance).is_ok() {
            return Ok(());
        }
        let user = self.processes.get(&process).map(|known| known.token.user);
        let failure = user.and_then(|user| self.failure_to_connect(user));
        self.connect(process, failure)
    }

    /// The code by which connecting fails now, if it is to (CREATE-20).
    pub(crate) fn failure_to_connect(&mut self, user: Sid) -> Option<HResult> {
        self.hooks.meet(&HookedCall::to_connect(user, None)).failure_to_connect()
    }

    /// Lets connecting fail from now on: a number of times, or always if it is `None`.
    pub(crate) fn fail_connecting(&mut self, code: HResult, times: Option<u64>) {
        let effect = HookEffect::Reply(ReplyChange::Fail(code));
        let rule = HookRule::new(Calls::To(Method::CoCreateInstance), effect);
        self.hooks.clear();
        self.hooks.add(HookRule { times, ..rule });
    }

    /// A call. If it is to open the job first, it is refused to those whom the job does not admit
    /// (SEC-02). By hand it says itself what disk and certificate store answer.
    pub(crate) fn call_by_process(
        &mut self,
        process: ProcessId,
        id: JobId,
        call: Call,
        opens: bool,
        by_hand: bool,
    ) -> Result<Outcome, Error> {
        let method = call.method();
        let connection =
            if by_hand { self.host.called(process) } else { self.host.connection_of(process) };
        let by = self.check_caller(connection, Some(id), method)?;
        let job = self.service.job(id).ok_or_else(|| crate::service::not_found(method))?;
        if let Err(error) = job.access(&by.token)
            && opens
        {
            return Err(self.record_refusal(&by, id, call, error));
        }
        if by_hand {
            return self.apply_call(&by, id, call);
        }
        let outcome = self.call(&by, id, call.clone())?;
        self.register(process, id, &call);
        Ok(outcome)
    }

    /// Registers the objects that a call brings along, or removes them. A script replies for them.
    fn register(&mut self, process: ProcessId, id: JobId, call: &Call) {
        let object = Some((process, self.new_object()));
        match call {
            Call::SetNotifyInterface(interface) => {
                self.register_object(
                    id,
                    ObjectKind::Callback,
                    object.filter(|_| interface.is_some()),
                );
            }
            Call::SetServerCertificateValidationInterface(interface) => {
                let is_given = *interface == ValidationInterface::Callback;
                let object = object.filter(|_| is_given);
                self.register_object(id, ObjectKind::CertificateCallback, object);
            }
            Call::SetProperty(JobProperty::NotificationClsid(class)) => {
                self.register_class(*class, object.map(|(_, object)| object));
            }
            _ => {}
        }
    }
}

/// What happens.
impl Engine {
    /// Lets a clock of a job act, by hand; one that is not due does nothing, and none does while the
    /// service is stopped (LIFE-31).
    pub(crate) fn run_deadline(&mut self, id: JobId, deadline: Deadline) {
        let what = TraceEvent::Deadline(deadline);
        let step = ServiceStep::Deadline(id, deadline);
        let taken = if self.host.is_running() { self.service.perform(step) } else { None };
        match taken.and_then(|results| results.into_iter().next()) {
            Some(only) => self.record_step(Actor::Service, what, only),
            None => self.record_ignored(Actor::Service, what, id),
        }
    }

    /// Lets an interval of a bandwidth policy begin or end, by hand; if none does, or the service is
    /// stopped (LIFE-31), nothing happens.
    pub(crate) fn run_bandwidth_limits(&mut self) {
        if self.host.is_running() {
            self.run_service_step(ServiceStep::BandwidthLimits);
        }
    }

    /// Lets a notification begin that is due; whether there was one.
    pub(crate) fn run_due_notification(&mut self, chooser: &mut dyn Chooser<NextStep>) -> bool {
        self.run_due_step(chooser, |step| matches!(step, ServiceStep::Notify(..)))
    }

    /// Lets a clock act that is due; whether there was one.
    pub(crate) fn run_due_deadline(&mut self, chooser: &mut dyn Chooser<NextStep>) -> bool {
        self.run_due_step(chooser, |step| matches!(step, ServiceStep::Deadline(..)))
    }

    fn run_due_step(
        &mut self,
        chooser: &mut dyn Chooser<NextStep>,
        is_of_kind: impl Fn(&ServiceStep) -> bool,
    ) -> bool {
        if !self.host.is_running() {
            return false;
        }
        let next = {
            let mut steps = self.service.possible_steps().filter(is_of_kind).map(NextStep::Service);
            let Some(first) = steps.next() else { return false };
            chooser.choose(first, &mut steps)
        };
        if let NextStep::Service(step) = next {
            self.run_service_step(step);
        }
        true
    }
}
