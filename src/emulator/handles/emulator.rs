//! The emulator itself: its clock, its world and its users.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::disk::Disk;
use super::file::File;
use super::job::Job;
use super::lock::{Guard, ReentrancyGuard};
use super::server::Server;
use super::session::Session;
use super::user::User;
use crate::emulator::diagnostics::event_log::LogEvent;
use crate::emulator::engine::client_calls::{ClientCall, ClientReply, PendingCall};
use crate::emulator::engine::hooks::HookOutcome;
use crate::emulator::engine::{Engine, ProcessId};
use crate::emulator::trace::{Process, Trace};
use crate::service::Policies;
use crate::vocabulary::{Error, HResult, JobId, Method, Notification, Readings, Sid};

/// When [`run_until_idle`](Emulator::run_until_idle) gives up: so many steps in a row in which no job
/// changed its state and no server was met.
const MOST_STEPS_OF_NO_AVAIL: u64 = 30_000;
/// The exit code of a program that panicked.
const PANICKED: u32 = 101;

/// A BITS inside the test: virtual time, servers, disk, users and faults are under its control. Clones
/// share one emulator, and may be used from any number of threads.
///
/// By itself nothing happens: calls let the clock act ([`Clock`](crate::emulator::Clock)), or the test does
/// ([`advance`](Self::advance), [`run_until_idle`](Self::run_until_idle)). Callbacks run on the thread
/// that lets it act, with no lock held, so that they may call whatever they like.
///
/// ```
/// use std::time::Duration;
/// use bits_emulator::{Completion, Emulator, HResult, JobState, JobType, User};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(503).times(2);
///
/// let session = emulator.connect(User::new("alice"));
/// let job = session.create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.set_minimum_retry_delay(Duration::from_secs(60))?;
/// job.resume()?;
///
/// emulator.advance(Duration::from_secs(30));
/// assert_eq!(job.state()?, JobState::TransientError);
/// assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_503);
///
/// emulator.run_until_idle();
/// assert_eq!(job.complete()?, Completion::All);
/// assert!(emulator.disk().exists(r"C:\app\app.exe"));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
#[derive(Clone)]
pub struct Emulator {
    shared: Arc<Mutex<Engine>>,
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

impl Emulator {
    /// An emulator without servers, users and jobs, under the documented readings and policies; its
    /// clock stands at 2024-01-01 00:00:00.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Readings::documented(), Policies::default())
    }

    /// An emulator that answers open questions as given.
    #[must_use]
    pub fn with_readings(readings: Readings) -> Self {
        Self::with(readings, Policies::default())
    }

    /// An emulator with those readings, of a computer with those policies.
    #[must_use]
    pub fn with(readings: Readings, policies: Policies) -> Self {
        Self { shared: Arc::new(Mutex::new(Engine::new(readings, policies))) }
    }

    /// Nothing of a client runs while the lock is held, so that no panic can leave the engine in the
    /// middle of a step.
    pub(crate) fn lock(&self) -> Guard<'_> {
        assert!(
            !ReentrancyGuard::is_under_way(),
            "a closure that looks at servers or disk of an emulator must not call an emulator: \
             it would wait for itself; call it before or afterwards"
        );
        Guard::new(self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets a closure of the test look at the world.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Engine) -> T) -> T {
        let mut engine = self.lock();
        let _looking = ReentrancyGuard::begin();
        look(&mut engine)
    }

    /// A process of a user connects to BITS. The user is logged on from then on.
    #[must_use]
    pub fn connect(&self, user: User) -> Session {
        let process = self.lock().start_process(&user, true);
        Session::new(self.clone(), process)
    }

    /// A process that somebody else started as that user, by `RunAs`, connects to BITS. That is no
    /// logon: the user's jobs wait until the user is logged on in another way (NET-03).
    #[must_use]
    pub fn run_as(&self, user: User) -> Session {
        let process = self.lock().start_process(&user, false);
        Session::new(self.clone(), process)
    }

    /// The account of a user, by which owners and access control lists name it
    /// ([`Acl`](crate::server::Acl)).
    #[must_use]
    pub fn sid(&self, user: &User) -> Sid {
        self.lock().sid(&user.account)
    }

    /// A server, by its origin: scheme and host. It exists from then on; any other name is not
    /// resolved.
    pub fn server(&self, origin: &str) -> Server {
        Server::new(self.clone(), origin)
    }

    /// The disk.
    #[must_use]
    pub fn disk(&self) -> Disk {
        Disk::new(self.clone())
    }

    /// What time it is, by the steady clock of the service.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.lock().now()
    }

    /// Everything that happened so far, or rather the latest 100,000 steps of it, as it is now.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.lock().recorder.trace()
    }

    /// The event log that Windows would have written, as far as it is about jobs: its latest 100,000
    /// entries.
    #[must_use]
    pub fn event_log(&self) -> Vec<LogEvent> {
        self.lock().recorder.event_log()
    }

    /// How many steps the trace keeps from now on, the latest ones; 0 keeps none. A step that
    /// concerns several jobs counts once for each. The event log keeps as many entries.
    pub fn keep_trace_of(&self, steps: usize) {
        self.lock().recorder.set_limit(steps);
    }

    /// Lets time pass, and happen what happens by itself until then, at that instant too.
    pub fn advance(&self, duration: Duration) {
        let by = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        let until = self.now().checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.advance_to(until);
    }

    /// Lets time pass until that instant; one in the past only lets happen what happens now.
    pub fn advance_to(&self, until: DateTime<Utc>) {
        while self.step(until) {}
    }

    /// Lets time pass until nothing happens any more but the removal of jobs that nobody looks after:
    /// until every job is transferred, failed for good, or waits for somebody. True if it came to that.
    /// Callbacks in which other threads are just now are not waited for.
    ///
    /// False if clients never rest: one whose callback always fails is told again and again, one that
    /// changes its job whenever it hears of a change hears of that too. After 30,000 such steps
    /// in a row it ends there.
    pub fn run_until_idle(&self) -> bool {
        self.run_while(|_| true)
    }

    /// As [`run_until_idle`](Self::run_until_idle), as long as that holds.
    pub(crate) fn run_while(&self, holds: impl Fn(&Engine) -> bool) -> bool {
        // What callbacks wait for runs inside, and its steps count here too.
        let begun = self.lock().steps;
        loop {
            let next = {
                let engine = self.lock();
                if !holds(&engine) {
                    return true;
                }
                if engine.steps_of_no_avail_after(begun) > MOST_STEPS_OF_NO_AVAIL {
                    return false;
                }
                engine.next_instant_of_interest()
            };
            let Some(next) = next else { return true };
            if !self.step(next) {
                return true;
            }
        }
    }

    /// One step at or before that instant, and what clients do about it. What waited for others to end
    /// comes after.
    fn step(&self, until: DateTime<Utc>) -> bool {
        let (stepped, mut next) = {
            let mut engine = self.lock();
            (engine.step(until), engine.next_errand())
        };
        while let Some(errand) = next {
            self.run(errand);
            next = self.lock().next_errand();
        }
        stepped
    }

    fn run(&self, PendingCall { job, ticket, what }: PendingCall) {
        if !self.lock().is_wanted(ticket) {
            return;
        }
        let answer = match what {
            ClientCall::Notify { process, object, notification, error, ranges } => {
                let job = Job::new(self.clone(), process, job);
                let file = |index| File::new(job.clone(), index);
                guarded(|| match notification {
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
            ClientCall::Check { process, object, server, hash } => {
                let job = Job::new(self.clone(), process, job);
                guarded(|| object.validate_server_certificate(&job, &server, &hash))
            }
            ClientCall::Run { program, parameters, run } => {
                let run = || run.map_or(0, |run| run(job, &program, &parameters));
                ClientReply::Exited(contained(run).unwrap_or(PANICKED))
            }
        };
        self.lock().end(ticket, answer);
    }

    /// A call of a process: time passes before it as the clock says, and hooks have their say.
    pub(crate) fn enter<T>(
        &self,
        process: ProcessId,
        job: Option<JobId>,
        method: Method,
        call: impl FnOnce(&mut Engine, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.tick();
        if let Some(job) = job {
            self.progress(job, method);
        }
        let mut engine = self.lock();
        let (by, fate) = engine.admit(process, job, method)?;
        let done = call(&mut engine, &by)?;
        match fate {
            HookOutcome::LosesItsAnswer(code) => Err(engine.lose_call(&by, job, method, code)),
            HookOutcome::GoesOn | HookOutcome::Fails(_) => Ok(done),
        }
    }
}

/// A callback that panics has failed, and takes nothing else along.
fn guarded(call: impl FnOnce() -> HResult) -> ClientReply {
    ClientReply::Returned(contained(call).unwrap_or(HResult::RPC_E_SERVERFAULT))
}

fn contained<T>(call: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).ok()
}
