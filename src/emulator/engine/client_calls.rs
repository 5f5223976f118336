//! What is done with no lock held: clients are called, and their programs run.

use std::sync::Arc;

use super::registrations::ObjectId;
use super::{Engine, ProcessId};
use crate::emulator::trace::Actor;
use crate::machine::{DueNotification, Event};
use crate::vocabulary::{FileRange, HResult, JobError, JobId, Notification, Recipient};

/// How many programs run at once, one inside the other if they call the emulator; more wait.
const MOST_PROGRAMS: usize = 16;

/// Something to be done with no lock held. Its ticket is good until the answer is no longer wanted:
/// the client was killed, or the service restarted.
#[derive(Debug, Clone)]
pub(crate) struct PendingCall {
    pub(crate) job: JobId,
    pub(crate) ticket: u64,
    pub(crate) what: ClientCall,
}

#[derive(Debug, Clone)]
pub(crate) enum ClientCall {
    /// Call the client's object.
    Notify {
        process: ProcessId,
        object: ObjectId,
        notification: Notification,
        error: Option<JobError>,
        ranges: Vec<FileRange>,
    },
    /// Start the client's program.
    Run { program: String, parameters: String, run: Option<ObjectId> },
    /// Ask the client about a certificate.
    Check { process: ProcessId, object: ObjectId, server: Arc<str>, hash: Arc<[u8]> },
}

impl ClientCall {
    /// The object or program that is called.
    pub(crate) const fn object(&self) -> Option<ObjectId> {
        match self {
            Self::Notify { object, .. } | Self::Check { object, .. } => Some(*object),
            Self::Run { run, .. } => *run,
        }
    }
}

/// A call that a client has not returned from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlightCall {
    job: JobId,
    /// Whose answer it is to be; none for programs.
    process: Option<ProcessId>,
    kind: CallKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallKind {
    Notified(Notification, Recipient),
    Program { runs: bool },
    Check,
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

/// What a client answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClientReply {
    Returned(HResult),
    Exited(u32),
}

impl Engine {
    fn enqueue_call(
        &mut self,
        job: JobId,
        process: Option<ProcessId>,
        kind: CallKind,
        what: ClientCall,
    ) {
        self.last_ticket = self.last_ticket.saturating_add(1);
        let ticket = self.last_ticket;
        self.in_flight.insert(ticket, InFlightCall { job, process, kind });
        self.pending_calls.push_back(PendingCall { job, ticket, what });
    }

    /// A notification has begun: somebody is to be called.
    pub(crate) fn notify(&mut self, job: JobId, due: DueNotification, ranges: Vec<FileRange>) {
        let object = match due.recipient {
            Recipient::CommandLine => return self.start_program(job),
            Recipient::Callback => self.registrations.get(&job).and_then(|known| known.callback),
            Recipient::ComClass(class) => {
                self.classes.get(&class).copied().and_then(|object| {
                    self.class_process(due.user).map(|process| (process, object))
                })
            }
        };
        let Some((process, object)) = object else {
            // Nobody is there to hear it: a class that no test serves.
            let code = HResult::REGDB_E_CLASSNOTREG;
            let event = Event::NotificationReturned(due.notification, code);
            self.apply_event(Actor::Service, job, event);
            return;
        };
        let now = self.service.job(job).and_then(|job| job.error().ok().copied());
        let error = now.or_else(|| self.registrations.get(&job)?.last_error);
        let notification = due.notification;
        let kind = CallKind::Notified(notification, due.recipient);
        let what = ClientCall::Notify { process, object, notification, error, ranges };
        self.enqueue_call(job, Some(process), kind, what);
    }

    fn start_program(&mut self, job: JobId) {
        let Some((program, parameters)) = self.service.job(job).map(|job| job.notify_cmd_line())
        else {
            return;
        };
        let (program, parameters) = (program.to_owned(), parameters.to_owned());
        let what = ClientCall::Run { program, parameters, run: self.program };
        self.enqueue_call(job, None, CallKind::Program { runs: false }, what);
    }

    pub(crate) fn request_certificate_check(
        &mut self,
        job: JobId,
        server: Arc<str>,
        hash: Arc<[u8]>,
    ) {
        let object = self.registrations.get(&job).and_then(|known| known.certificate_callback);
        let Some((process, object)) = object else {
            let event = Event::CertificateChecked(HResult::RPC_S_SERVER_UNAVAILABLE);
            self.apply_event(Actor::Service, job, event);
            return;
        };
        let what = ClientCall::Check { process, object, server, hash };
        self.enqueue_call(job, Some(process), CallKind::Check, what);
    }

    /// The next pending that may begin.
    pub(crate) fn next_pending_call(&mut self) -> Option<PendingCall> {
        let running = CallKind::Program { runs: true };
        let programs = self.in_flight.values().filter(|call| call.kind == running).count();
        let may_begin = |pending: &PendingCall| {
            programs < MOST_PROGRAMS || !matches!(pending.what, ClientCall::Run { .. })
        };
        let place = self.pending_calls.iter().position(may_begin)?;
        let pending = self.pending_calls.remove(place)?;
        if let Some(call) = self.in_flight.get_mut(&pending.ticket)
            && let CallKind::Program { runs } = &mut call.kind
        {
            *runs = true;
        }
        Some(pending)
    }

    /// Whether anybody still waits for that answer.
    pub(crate) fn is_awaited(&self, ticket: u64) -> bool {
        let call = self.in_flight.get(&ticket);
        call.is_some_and(|call| call.process.is_none_or(|process| self.is_alive(process)))
    }

    /// A client answered. Who is not asked any more is not heard.
    pub(crate) fn finish_call(&mut self, ticket: u64, answer: ClientReply) {
        let Some(call) = self.in_flight.remove(&ticket) else { return };
        let event = match (call.kind, answer) {
            (CallKind::Notified(notification, _), ClientReply::Returned(code)) => {
                Event::NotificationReturned(notification, code)
            }
            (CallKind::Check, ClientReply::Returned(code)) => Event::CertificateChecked(code),
            (CallKind::Program { .. }, ClientReply::Exited(code)) => Event::ProgramExited(code),
            _ => return,
        };
        let actor = call.process.map_or(Actor::Program, |process| self.actor(process));
        self.apply_event(actor, call.job, event);
    }

    /// What clients have still to answer about a job.
    pub(crate) fn unanswered(&self, job: JobId) -> Vec<Unanswered> {
        let of_job = self.in_flight.values().filter(|call| call.job == job);
        of_job
            .map(|call| match call.kind {
                CallKind::Notified(notification, _) => Unanswered::Callback(notification),
                CallKind::Program { .. } => Unanswered::Program,
                CallKind::Check => Unanswered::CertificateCheck,
            })
            .collect()
    }

    pub(crate) fn tickets_of(&self, process: ProcessId) -> Vec<u64> {
        let of_process = self.in_flight.iter().filter(|(_, call)| call.process == Some(process));
        of_process.map(|(ticket, _)| *ticket).collect()
    }

    pub(crate) fn drop_calls_of_objects(&mut self, job: JobId) {
        self.in_flight.retain(|_, call| {
            let of_object = match call.kind {
                CallKind::Notified(_, recipient) => recipient == Recipient::Callback,
                CallKind::Check => true,
                CallKind::Program { .. } => false,
            };
            call.job != job || !of_object
        });
    }
}
