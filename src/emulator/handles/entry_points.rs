//! Entry points: the one place each through which calls of handles, waits, client code and observations
//! pass.
//!
//! | function | what passes it |
//! |---|---|
//! | [`Emulator::enter_call`] | every call of a method of BITS, from a session, a job or a file |
//! | [`Emulator::pass_time`] | every sleep, tick and wait, of a client, a test or a clock |
//! | [`Emulator::run_client_code`] | every callback, program and certificate check |
//! | [`Emulator::observe`] | every look at the clock, the servers and the disk, and what a test does to these |
//!
//! The first three are entered with no lock held and before any time passes for them. What a test does
//! to users, network, policies and clocks passes none of them: it takes no time and is no choice of a
//! client. Nor do connecting, anew or not, and the end of a process, which are no methods of BITS;
//! [`Job::id`], which is known to the handle; the getters of a copied list or error; and the drop of a
//! client's object, which runs on the thread that released it after the lock is free.

use chrono::{DateTime, Utc};

use super::callback::ClientObject;
use super::emulator::{Emulator, LockedEngine};
use super::file::File;
use super::job::Job;
use super::state::ReentrancyGuard;
use crate::emulator::engine::Engine;
use crate::emulator::engine::client_calls::{ClientCall, ClientCode, ClientReply};
use crate::emulator::engine::service_host::Connection;
use crate::emulator::time::clock::Clock;
use crate::emulator::time::run_report::RunReport;
use crate::emulator::trace::Process;
use crate::vocabulary::{Error, HResult, JobId, JobState, Method, Notification};

/// The exit code of a program that panicked.
const PANICKED: u32 = 101;

/// How long time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// To an instant; what happens at it still happens.
    Instant(DateTime<Utc>),
    /// Until nothing is left to happen but the removal of idle jobs.
    Idle,
    /// Until a job has left that state.
    StateLeft(JobId, Option<JobState>),
    /// Until a job is in that state, or over.
    State(JobId, JobState),
    /// Until a job is neither in its turn nor waits for one.
    AtRest(JobId),
}

impl Until {
    fn is_reached(self, engine: &Engine) -> bool {
        match self {
            Self::Instant(_) | Self::Idle => false,
            Self::StateLeft(job, before) => engine.state_of(job) != before,
            Self::State(job, state) => {
                engine.state_of(job).is_none_or(|is| is == state || is.is_final())
            }
            Self::AtRest(job) => !engine.state_of(job).is_some_and(has_turn_or_waits),
        }
    }
}

const fn has_turn_or_waits(state: JobState) -> bool {
    matches!(state, JobState::Queued) || state.is_active()
}

/// A wait that is under way. It ends also if a panic leaves it.
struct Wait<'emulator>(&'emulator Emulator);

impl<'emulator> Wait<'emulator> {
    fn begin(emulator: &'emulator Emulator) -> Self {
        emulator.lock().begin_wait();
        Self(emulator)
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.lock().end_wait();
    }
}

impl Emulator {
    /// A call through a connection of a process: time passes before it as the clock says, hooks may make it
    /// fail or lose its reply, and in between it is carried out under the lock.
    pub(crate) fn enter_call<T>(
        &self,
        connection: Connection,
        job: Option<JobId>,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.pass_time_before_call(job, method);
        self.enter_method(connection, job, method, call)
    }

    /// A method for which no time passes.
    pub(crate) fn enter_method<T>(
        &self,
        connection: Connection,
        job: Option<JobId>,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut engine = self.lock();
        let (by, lost_reply) = engine.check_call(connection, job, method)?;
        let done = call(&mut engine, &by)?;
        match lost_reply {
            Some(code) => Err(engine.record_lost_call(&by, job, method, code)),
            None => Ok(done),
        }
    }

    fn pass_time_before_call(&self, job: Option<JobId>, method: Method) {
        let clock = self.lock().clocks.for_call(job);
        match (clock, job) {
            (Clock::UntilRest, Some(job)) => {
                self.pass_time(Until::AtRest(job));
            }
            (Clock::EachPoll(number), Some(job)) if method == Method::GetState => {
                let before = self.lock().state_before_poll(job, number);
                if before.is_some() {
                    self.pass_time(Until::StateLeft(job, before));
                }
            }
            _ => self.pass_time_by_clock(clock),
        }
    }

    /// Lets time pass, and happen what happens by itself until then, client code included. A wait that is
    /// not for an instant gives up if a job is kept going without gain.
    pub(crate) fn pass_time(&self, until: Until) -> RunReport {
        let _wait = Wait::begin(self);
        let mut busy_job = None;
        loop {
            let limit = {
                let engine = self.lock();
                busy_job = busy_job.or_else(|| engine.busy_job());
                match until {
                    Until::Instant(limit) => limit,
                    Until::Idle | Until::StateLeft(..) | Until::State(..) | Until::AtRest(_) => {
                        let next = engine.next_instant_of_interest();
                        match next.filter(|_| busy_job.is_none() && !until.is_reached(&engine)) {
                            Some(next) => next,
                            None => break,
                        }
                    }
                }
            };
            if !self.run_next_step(limit) {
                break;
            }
        }
        RunReport { at_rest: self.lock().next_instant_of_interest().is_none(), busy_job }
    }

    /// One step at or before that instant, and what clients do about it. Calls that waited for others
    /// to end come after.
    fn run_next_step(&self, until: DateTime<Utc>) -> bool {
        let (stepped, mut next) = {
            let mut engine = self.lock();
            (engine.run_next_step(until), engine.begin_client_call())
        };
        while let Some((ticket, call, object)) = next {
            self.run_client_code(ticket, call, object);
            next = self.lock().begin_client_call();
        }
        stepped
    }

    /// Runs a callback, a program or a certificate check, unless its reply is no longer awaited. It may
    /// call the emulator; if it panics, it has failed.
    fn run_client_code(&self, ticket: u64, call: ClientCall, object: Option<ClientObject>) {
        if !self.lock().is_awaited(ticket) {
            return;
        }
        let job = |process| {
            let connection = self.lock().host.called(process);
            let reference = self.lock().reference(call.job);
            Job::new(self.clone(), connection, call.job, reference)
        };
        let reply = match (call.code, object) {
            (
                ClientCode::Callback { process, due, error, ranges, .. },
                Some(ClientObject::Callback(object)),
            ) => {
                let job = job(process);
                let file = |index| File::new(job.clone(), index);
                returned(|| match due.notification {
                    Notification::JobTransferred => object.job_transferred(&job),
                    Notification::JobError => {
                        error.map_or(HResult::S_OK, |error| object.job_error(&job, &error))
                    }
                    Notification::JobModification => object.job_modification(&job),
                    Notification::FileTransferred(index) => {
                        object.file_transferred(&job, &file(index))
                    }
                    Notification::FileRangesTransferred(index) => {
                        object.file_ranges_transferred(&job, &file(index), &ranges)
                    }
                })
            }
            (
                ClientCode::CertificateCheck { process, server, hash, .. },
                Some(ClientObject::CertificateCallback(object)),
            ) => returned(|| object.validate_server_certificate(&job(process), &server, &hash)),
            (ClientCode::Program { program, parameters, .. }, Some(ClientObject::Program(run))) => {
                let run = || run(call.job, &program, &parameters);
                ClientReply::Exited(contain_panic(run).unwrap_or(PANICKED))
            }
            // By default command lines do nothing. Objects are kept until they were called.
            (ClientCode::Program { .. }, _) => ClientReply::Exited(0),
            (ClientCode::Callback { .. } | ClientCode::CertificateCheck { .. }, _) => {
                ClientReply::Returned(HResult::RPC_S_SERVER_UNAVAILABLE)
            }
        };
        self.lock().finish_client_call(ticket, reply);
    }

    /// Looks at the emulated computer, or changes it, outside of any call: no time passes. The closure
    /// may be the test's, and must not call an emulator.
    pub(crate) fn observe<T>(&self, look: impl FnOnce(&mut Engine) -> T) -> T {
        let mut engine = self.lock();
        let _guard = ReentrancyGuard::begin();
        look(&mut engine)
    }
}

/// What an object returned; one that panicked has failed.
fn returned(call: impl FnOnce() -> HResult) -> ClientReply {
    ClientReply::Returned(contain_panic(call).unwrap_or(HResult::RPC_E_SERVERFAULT))
}

fn contain_panic<T>(call: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).ok()
}
