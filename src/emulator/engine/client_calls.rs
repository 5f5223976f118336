//! Calls of client code: callbacks, programs and certificate checks, which run with no lock held.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::registrations::{ObjectId, ObjectKind};
use super::{Engine, ProcessId};
use crate::emulator::trace::{Actor, TraceEvent};
use crate::machine::{DueNotification, Event};
use crate::vocabulary::canonical::Canonical;
use crate::vocabulary::{FileRange, HResult, JobError, JobId, Method, Notification, Recipient};

/// How many programs run at once, one inside the other if they call the emulator; more wait.
const MOST_PROGRAMS: usize = 16;

/// A call of client code, from when it is due until its reply is there or is no longer awaited: the
/// client was killed, or the service restarted.
#[derive(Debug, Clone)]
pub(crate) struct ClientCall {
    pub(crate) job: JobId,
    pub(crate) code: ClientCode,
    pub(super) has_begun: bool,
    pub(crate) lateness: Lateness,
}

/// How late a call comes, as the driver of its client ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lateness {
    /// It comes when it is due.
    OnTime,
    /// It is held back until the client has made that many steps more.
    Held(u8),
    /// It was held back for long enough.
    Late,
}

/// The code that is called.
#[derive(Debug, Clone)]
pub(crate) enum ClientCode {
    /// The callback object of a job, or an object of a class.
    Callback {
        process: ProcessId,
        object: ObjectId,
        due: DueNotification,
        error: Option<JobError>,
        ranges: Vec<FileRange>,
    },
    /// The program of a command line, which is a process of its own.
    Program { object: Option<ObjectId>, program: Arc<str>, parameters: Arc<str> },
    /// The object that checks server certificates.
    CertificateCheck { process: ProcessId, object: ObjectId, server: Arc<str>, hash: Arc<[u8]> },
}

impl ClientCode {
    pub(crate) const fn object(&self) -> Option<ObjectId> {
        match self {
            Self::Callback { object, .. } | Self::CertificateCheck { object, .. } => Some(*object),
            Self::Program { object, .. } => *object,
        }
    }

    pub(crate) const fn process(&self) -> Option<ProcessId> {
        match self {
            Self::Callback { process, .. } | Self::CertificateCheck { process, .. } => {
                Some(*process)
            }
            Self::Program { .. } => None,
        }
    }

    /// The method of a client's object that is called, if it is one.
    pub(crate) const fn method(&self) -> Option<Method> {
        match self {
            Self::Callback { due, .. } => Some(due.notification.method()),
            Self::CertificateCheck { .. } => Some(Method::ValidateServerCertificate),
            Self::Program { .. } => None,
        }
    }

    /// The kind of the job's object that is called, if it is one.
    pub(super) fn object_kind(&self) -> Option<ObjectKind> {
        match self {
            Self::Callback { due, .. } => {
                (due.recipient == Recipient::Callback).then_some(ObjectKind::Callback)
            }
            Self::CertificateCheck { .. } => Some(ObjectKind::CertificateCallback),
            Self::Program { .. } => None,
        }
    }
}

impl ClientCall {
    const fn is_held(&self) -> bool {
        matches!(self.lateness, Lateness::Held(_))
    }
}

impl Canonical for ClientCall {
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        let Self { job, code, has_begun, lateness } = self;
        (job, has_begun, lateness).hash(hasher);
        code.hash_canonical(hasher);
    }
}

impl Canonical for ClientCode {
    /// Without the number of the object, which is that of the job or the class.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        std::mem::discriminant(self).hash(hasher);
        match self {
            Self::Callback { process, object: _, due, error, ranges } => {
                (process, due, error, ranges).hash(hasher);
            }
            Self::Program { object: _, program, parameters } => {
                (program, parameters).hash(hasher);
            }
            Self::CertificateCheck { process, object: _, server, hash } => {
                (process, server, hash).hash(hasher);
            }
        }
    }
}

/// A call of client code that has not returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unanswered {
    /// A callback.
    Callback(Notification),
    /// The program of a command line.
    Program,
    /// A check of a server certificate.
    CertificateCheck,
}

/// The reply of client code.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClientReply {
    Returned(HResult),
    Exited(u32),
}

impl Engine {
    fn enqueue_call(&mut self, job: JobId, code: ClientCode) {
        self.last_ticket = self.last_ticket.saturating_add(1);
        let call = ClientCall { job, code, has_begun: false, lateness: Lateness::OnTime };
        self.client_calls.insert(self.last_ticket, call);
    }

    /// A notification has begun: its recipient is to be called.
    pub(crate) fn notify(&mut self, job: JobId, due: DueNotification, ranges: Vec<FileRange>) {
        let callee = match due.recipient {
            Recipient::CommandLine => return self.start_program(job),
            Recipient::Callback => self.object_of(job, ObjectKind::Callback),
            Recipient::ComClass(class) => {
                self.classes.get(&class).copied().and_then(|object| {
                    self.class_process(due.user).map(|process| (process, object))
                })
            }
        };
        let Some((process, object)) = callee else {
            // The test serves no such class.
            let code = HResult::REGDB_E_CLASSNOTREG;
            return self.end_callback(Actor::Service, job, due, code);
        };
        let now = self.service.job(job).and_then(|job| job.error().ok().copied());
        let error = now.or_else(|| self.registrations.get(&job)?.last_error);
        let code = ClientCode::Callback { process, object, due, error, ranges };
        self.enqueue_call(job, code);
    }

    fn start_program(&mut self, id: JobId) {
        let Some(job) = self.service.job(id) else { return };
        let (program, parameters) = job.notify_cmd_line();
        let (program, parameters) = (program.into(), parameters.into());
        self.enqueue_call(id, ClientCode::Program { object: self.program, program, parameters });
    }

    pub(crate) fn check_certificate(&mut self, job: JobId, server: Arc<str>, hash: Arc<[u8]>) {
        if let Some((process, object)) = self.object_of(job, ObjectKind::CertificateCallback) {
            self.enqueue_call(job, ClientCode::CertificateCheck { process, object, server, hash });
        } else {
            let event = Event::CertificateChecked(HResult::RPC_S_SERVER_UNAVAILABLE);
            self.apply_event(Actor::Service, job, event);
        }
    }

    /// The next call that may begin, with its ticket.
    pub(crate) fn begin_client_call(&mut self) -> Option<(u64, ClientCall)> {
        let is_program = |call: &ClientCall| matches!(call.code, ClientCode::Program { .. });
        let running = self.client_calls.values().filter(|call| call.has_begun && is_program(call));
        let may_start = running.count() < MOST_PROGRAMS;
        let (ticket, call) = self.client_calls.iter_mut().find(|(_, call)| {
            !call.has_begun && !call.is_held() && (may_start || !is_program(call))
        })?;
        call.has_begun = true;
        Some((*ticket, call.clone()))
    }

    /// Holds a call back that was about to be made, until its client has made that many steps.
    pub(crate) fn hold_client_call(&mut self, ticket: u64, steps: u8) {
        if let Some(call) = self.client_calls.get_mut(&ticket) {
            call.has_begun = false;
            call.lateness = Lateness::Held(steps);
        }
    }

    /// The calls to a process that are held back.
    pub(crate) fn held_calls(&self, process: ProcessId) -> Vec<u64> {
        let held = self
            .client_calls
            .iter()
            .filter(|(_, call)| call.is_held() && call.code.process() == Some(process));
        held.map(|(ticket, _)| *ticket).collect()
    }

    /// The client has made a step, for which these calls to it were held back.
    pub(crate) fn count_down(&mut self, held: &[u64]) {
        for ticket in held {
            let Some(call) = self.client_calls.get_mut(ticket) else { continue };
            call.lateness = match call.lateness {
                Lateness::Held(0 | 1) => Lateness::Late,
                Lateness::Held(steps) => Lateness::Held(steps.saturating_sub(1)),
                other @ (Lateness::OnTime | Lateness::Late) => other,
            };
        }
    }

    /// Nothing holds these calls back any more.
    pub(crate) fn release_calls(&mut self, held: &[u64]) {
        for ticket in held {
            if let Some(call) = self.client_calls.get_mut(ticket) {
                call.lateness = Lateness::Late;
            }
        }
    }

    /// Whether the reply of a call is still awaited.
    pub(crate) fn is_awaited(&self, ticket: u64) -> bool {
        let call = self.client_calls.get(&ticket);
        call.is_some_and(|call| call.code.process().is_none_or(|process| self.is_alive(process)))
    }

    /// A call returned. A reply that is not awaited is not heard.
    pub(crate) fn finish_client_call(&mut self, ticket: u64, reply: ClientReply) {
        let Some(ClientCall { job, code, .. }) = self.client_calls.remove(&ticket) else { return };
        self.called.extend(code.process().filter(|process| self.is_alive(*process)));
        let event = match (&code, reply) {
            (ClientCode::Callback { process, due, .. }, ClientReply::Returned(code)) => {
                return self.end_callback(self.actor(*process), job, *due, code);
            }
            (ClientCode::CertificateCheck { .. }, ClientReply::Returned(code)) => {
                Event::CertificateChecked(code)
            }
            (ClientCode::Program { .. }, ClientReply::Exited(code)) => Event::ProgramExited(code),
            _ => return,
        };
        let actor = code.process().map_or(Actor::Program, |process| self.actor(process));
        self.apply_event(actor, job, event);
    }

    /// A callback returned, which frees the place of the user for whom it ran (NOTIFY-15).
    fn end_callback(&mut self, actor: Actor, job: JobId, due: DueNotification, code: HResult) {
        let event = Event::NotificationReturned(due.notification, code);
        if let Some(did) = self.service.callback_returned(job, &due, code) {
            self.record_step(actor, TraceEvent::Event(event), did);
        }
    }

    /// Whether an object of a process was called since the last wait of the process.
    pub(crate) fn was_called(&self, process: ProcessId) -> bool {
        self.called.contains(&process)
    }

    /// Whether it was, and from now on it was not.
    pub(crate) fn take_was_called(&mut self, process: ProcessId) -> bool {
        self.called.remove(&process)
    }

    /// Whether an object of a process is being called.
    pub(crate) fn is_calling(&self, process: ProcessId) -> bool {
        let mut begun = self.client_calls.values().filter(|call| call.has_begun);
        begun.any(|call| call.code.process() == Some(process))
    }

    /// The calls about a job that have not returned.
    pub(crate) fn unanswered(&self, job: JobId) -> Vec<Unanswered> {
        let of_job = self.client_calls.values().filter(|call| call.job == job);
        of_job
            .map(|call| match call.code {
                ClientCode::Callback { due, .. } => Unanswered::Callback(due.notification),
                ClientCode::Program { .. } => Unanswered::Program,
                ClientCode::CertificateCheck { .. } => Unanswered::CertificateCheck,
            })
            .collect()
    }

    pub(crate) fn tickets_of(&self, process: ProcessId) -> Vec<u64> {
        let calls = self.client_calls.iter();
        let of_process = calls.filter(|(_, call)| call.code.process() == Some(process));
        of_process.map(|(ticket, _)| *ticket).collect()
    }
}
