//! What is done with no lock held: clients are called, and their programs run.

use std::sync::Arc;

use super::{Engine, ProcessId};
use crate::emulator::diagnostics::explain::Unanswered;
use crate::emulator::handles::callback::{Callback, CertificateCallback};
use crate::emulator::trace::Actor;
use crate::machine::{DueNotification, Event};
use crate::vocabulary::{FileRange, HResult, JobError, JobId, Notification, Recipient};

/// A program that a command line starts: given the job, program and parameters it returns the exit
/// code.
pub(crate) type Program = Arc<dyn Fn(JobId, &str, &str) -> u32 + Send + Sync>;

/// How many programs run at once, one inside the other if they call the emulator; more wait.
const MOST_PROGRAMS: usize = 16;

/// Something to be done with no lock held. Its ticket is good until the answer is no longer wanted:
/// the client was killed, or the service restarted.
pub(crate) struct PendingCall {
    pub(crate) job: JobId,
    pub(crate) ticket: u64,
    pub(crate) what: ClientCall,
}

pub(crate) enum ClientCall {
    /// Call the client's object.
    Notify {
        process: ProcessId,
        object: Arc<dyn Callback>,
        notification: Notification,
        error: Option<JobError>,
        ranges: Vec<FileRange>,
    },
    /// Start the client's program.
    Run { program: String, parameters: String, run: Option<Program> },
    /// Ask the client about a certificate.
    Check {
        process: ProcessId,
        object: Arc<dyn CertificateCallback>,
        server: Arc<str>,
        hash: Arc<[u8]>,
    },
}

/// Something that a client was asked and has not answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlightCall {
    job: JobId,
    /// Whose answer it is to be; none for programs.
    process: Option<ProcessId>,
    asked: CallKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CallKind {
    Notified(Notification, Recipient),
    Program { runs: bool },
    Check,
}

/// What a client answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClientReply {
    Returned(HResult),
    Exited(u32),
}

impl Engine {
    fn send(&mut self, job: JobId, process: Option<ProcessId>, asked: CallKind, what: ClientCall) {
        self.asked = self.asked.saturating_add(1);
        let ticket = self.asked;
        self.under_way.insert(ticket, InFlightCall { job, process, asked });
        self.errands.push_back(PendingCall { job, ticket, what });
    }

    /// A notification has begun: somebody is to be called.
    pub(crate) fn notify(&mut self, job: JobId, due: DueNotification, ranges: Vec<FileRange>) {
        let object = match due.recipient {
            Recipient::CommandLine => return self.start_program(job),
            Recipient::Callback => {
                self.registered.get(&job).and_then(|known| known.callback.clone())
            }
            Recipient::ComClass(class) => {
                self.classes.get(&class).cloned().and_then(|object| {
                    self.class_process(due.user).map(|process| (process, object))
                })
            }
        };
        let Some((process, object)) = object else {
            // Nobody is there to hear it: a class that no test serves.
            let code = HResult::REGDB_E_CLASSNOTREG;
            let event = Event::NotificationReturned(due.notification, code);
            self.tell(Actor::Service, job, event);
            return;
        };
        let now = self.service.job(job).and_then(|job| job.error().ok().copied());
        let error = now.or_else(|| self.registered.get(&job)?.last_error);
        let notification = due.notification;
        let asked = CallKind::Notified(notification, due.recipient);
        let what = ClientCall::Notify { process, object, notification, error, ranges };
        self.send(job, Some(process), asked, what);
    }

    fn start_program(&mut self, job: JobId) {
        let Some((program, parameters)) = self.service.job(job).map(|job| job.notify_cmd_line())
        else {
            return;
        };
        let (program, parameters) = (program.to_owned(), parameters.to_owned());
        let what = ClientCall::Run { program, parameters, run: self.program.clone() };
        self.send(job, None, CallKind::Program { runs: false }, what);
    }

    pub(crate) fn ask_about_certificate(&mut self, job: JobId, server: Arc<str>, hash: Arc<[u8]>) {
        let object = self.registered.get(&job).and_then(|known| known.certificates.clone());
        let Some((process, object)) = object else {
            let event = Event::CertificateChecked(HResult::RPC_S_SERVER_UNAVAILABLE);
            self.tell(Actor::Service, job, event);
            return;
        };
        let what = ClientCall::Check { process, object, server, hash };
        self.send(job, Some(process), CallKind::Check, what);
    }

    /// The next errand that may begin.
    pub(crate) fn next_errand(&mut self) -> Option<PendingCall> {
        let running = CallKind::Program { runs: true };
        let programs = self.under_way.values().filter(|call| call.asked == running).count();
        let may_begin = |errand: &PendingCall| {
            programs < MOST_PROGRAMS || !matches!(errand.what, ClientCall::Run { .. })
        };
        let place = self.errands.iter().position(may_begin)?;
        let errand = self.errands.remove(place)?;
        if let Some(call) = self.under_way.get_mut(&errand.ticket)
            && let CallKind::Program { runs } = &mut call.asked
        {
            *runs = true;
        }
        Some(errand)
    }

    /// Whether anybody still waits for that answer.
    pub(crate) fn is_wanted(&self, ticket: u64) -> bool {
        let call = self.under_way.get(&ticket);
        call.is_some_and(|call| call.process.is_none_or(|process| self.is_alive(process)))
    }

    /// A client answered. Who is not asked any more is not heard.
    pub(crate) fn end(&mut self, ticket: u64, answer: ClientReply) {
        let Some(call) = self.under_way.remove(&ticket) else { return };
        let event = match (call.asked, answer) {
            (CallKind::Notified(notification, _), ClientReply::Returned(code)) => {
                Event::NotificationReturned(notification, code)
            }
            (CallKind::Check, ClientReply::Returned(code)) => Event::CertificateChecked(code),
            (CallKind::Program { .. }, ClientReply::Exited(code)) => Event::ProgramExited(code),
            _ => return,
        };
        let actor = call.process.map_or(Actor::Program, |process| self.actor(process));
        self.tell(actor, call.job, event);
    }

    /// What clients have still to answer about a job.
    pub(crate) fn unanswered(&self, job: JobId) -> Vec<Unanswered> {
        let of_job = self.under_way.values().filter(|call| call.job == job);
        of_job
            .map(|call| match call.asked {
                CallKind::Notified(notification, _) => Unanswered::Callback(notification),
                CallKind::Program { .. } => Unanswered::Program,
                CallKind::Check => Unanswered::CertificateCheck,
            })
            .collect()
    }

    pub(crate) fn calls_of(&self, process: ProcessId) -> Vec<u64> {
        let of_process = self.under_way.iter().filter(|(_, call)| call.process == Some(process));
        of_process.map(|(ticket, _)| *ticket).collect()
    }

    pub(crate) fn forget_calls_of_objects(&mut self, job: JobId) {
        self.under_way.retain(|_, call| {
            let of_object = match call.asked {
                CallKind::Notified(_, recipient) => recipient == Recipient::Callback,
                CallKind::Check => true,
                CallKind::Program { .. } => false,
            };
            call.job != job || !of_object
        });
    }
}
