//! The emulator handle: a BITS inside a test, and what can be read of it.

use std::sync::{Arc, PoisonError, TryLockError};
use std::thread;

use chrono::{DateTime, Utc};

use super::callback::ClientObject;
use super::driver::Driver;
use super::shared::Shared;
use super::state::{EngineGuard, ReentrancyGuard, State};
use super::user::User;
use crate::emulator::diagnostics::log_event::LogEvent;
use crate::emulator::engine::{Engine, default_start};
use crate::emulator::trace::Trace;
use crate::service::{FirstInFirstOut, Policies};
use crate::vocabulary::{Readings, Sid};

/// The engine, locked, with the objects of clients beside it.
pub(crate) type LockedEngine<'emulator> = EngineGuard<'emulator, ClientObject, AnyDriver>;

/// What drives the clients of an emulator.
pub(crate) type AnyDriver = dyn Driver<Emulator>;

/// An emulated BITS inside a test, which controls its virtual time, servers, disk, users and faults. Clones
/// are handles of the same emulator, for any number of threads; [`fork`](Self::fork) makes a copy.
///
/// By itself nothing happens: calls let the clock act ([`Clock`](crate::emulator::Clock)), or the test does
/// ([`advance`](Self::advance), [`run_until_idle`](Self::run_until_idle)). Callbacks run on the thread
/// that lets it act, with no lock held, so that they may call any method.
///
/// ```
/// use std::time::Duration;
/// use bits_emulator::{Completion, Emulator, Fault, HResult, JobState, JobType};
///
/// let emulator = Emulator::new();
/// emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(Fault::http(503).times(2));
///
/// let session = emulator.connect("alice");
/// let job = session.create_job("update", JobType::Download)?;
/// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
/// job.set_minimum_retry_delay(Duration::from_secs(60))?;
/// job.resume()?;
///
/// emulator.advance(Duration::from_secs(30));
/// assert_eq!(job.state()?, JobState::TransientError);
/// assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_503);
///
/// assert!(emulator.run_until_idle().is_at_rest());
/// assert_eq!(job.complete()?, Completion::All);
/// assert!(emulator.disk().exists(r"C:\app\app.exe"));
/// # Ok::<(), bits_emulator::Error>(())
/// ```
pub struct Emulator {
    shared: Arc<Shared<ClientObject, AnyDriver>>,
    /// Whether it is the handle that the test was given first.
    is_first: bool,
}

impl Clone for Emulator {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), is_first: false }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.is_first && thread::panicking() {
            self.shared.tell_failure();
        }
    }
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new()
    }
}

/// Two are equal if they are handles of the same emulator; a [fork](Emulator::fork) is another.
impl PartialEq for Emulator {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for Emulator {}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

impl Emulator {
    /// Creates an emulator without servers, users and jobs, under the documented readings and policies;
    /// its clock stands at 2024-01-01 00:00:00.
    #[must_use]
    pub fn new() -> Self {
        Self::with_policies(Readings::documented(), Policies::default())
    }

    /// Creates an emulator with these answers to open questions.
    #[must_use]
    pub fn with_readings(readings: Readings) -> Self {
        Self::with_policies(readings, Policies::default())
    }

    /// Creates an emulator with these readings, of a computer with these policies.
    #[must_use]
    pub fn with_policies(readings: Readings, policies: Policies) -> Self {
        Self::of_state(State::new(Engine::new(default_start(), readings, policies)))
    }

    fn of_state(state: State<ClientObject, AnyDriver>) -> Self {
        Self { shared: Arc::new(Shared::new(state)), is_first: true }
    }

    /// Creates an independent copy of the whole emulated computer, trace and disk included: what happens
    /// to one afterwards does not happen to the other, and with the same calls both have the same trace.
    /// (A clone, on the other hand, is a second handle of the same emulator.)
    ///
    /// Handles stay with the emulator that they came from. The processes live on in the copy under their
    /// numbers: [`Session::counterpart`](crate::Session::counterpart) and
    /// [`Job::counterpart`](crate::Job::counterpart) are their handles there. Callback objects, programs
    /// and classes are registered in both; the jobs and files that the copy passes them are the copy's. The
    /// [chooser](Self::set_chooser) is cloned, and a [time source](Self::set_time_source) is followed by
    /// each for itself.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    ///
    /// let copy = emulator.fork();
    /// job.counterpart(&copy).resume()?;
    /// assert!(copy.run_until_idle().is_at_rest());
    /// assert_eq!(job.counterpart(&copy).state()?, JobState::Transferred);
    /// assert_eq!(job.state()?, JobState::Suspended);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If something could not be copied: a callback, a program or a certificate check is running, a
    /// client has a [file open](crate::disk::Disk::open), or the disk is in a [real
    /// directory](crate::disk::DiskState::in_directory).
    #[must_use]
    #[track_caller]
    pub fn fork(&self) -> Self {
        let (state, obstacle) = {
            let engine = self.lock();
            let _guard = ReentrancyGuard::begin();
            (engine.state.fork(), engine.obstacle_to_copying())
        };
        assert!(
            obstacle.is_none(),
            "an emulator cannot be forked while {}",
            obstacle.unwrap_or("")
        );
        Self::of_state(state)
    }

    /// A [copy](Self::fork) that makes all choices by default, unless code of clients or of the test is part of
    /// the state, or something cannot be copied.
    pub(crate) fn plain_fork(&self) -> Option<Self> {
        let engine = self.lock();
        let is_plain = engine.obstacle_to_copying().is_none() && engine.state.is_plain();
        let mut state = is_plain.then(|| engine.state.fork())?;
        state.chooser = Box::new(FirstInFirstOut);
        Some(Self::of_state(state))
    }

    /// Locks the engine. No code of a client runs while the lock is held, so that no panic can leave the
    /// engine in the middle of a step.
    pub(crate) fn lock(&self) -> LockedEngine<'_> {
        assert!(
            !ReentrancyGuard::is_active(),
            "a closure that looks at servers or disk of an emulator must not call an emulator: \
             it would wait for itself; call it before or afterwards"
        );
        EngineGuard::new(self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Locks the engine if that needs no waiting.
    pub(crate) fn try_lock(&self) -> Option<LockedEngine<'_>> {
        match self.shared.try_lock() {
            Ok(state) => Some(EngineGuard::new(state)),
            Err(TryLockError::Poisoned(state)) => Some(EngineGuard::new(state.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Returns the account of a user, by which owners and access control lists name it
    /// ([`Acl`](crate::server::Acl)).
    #[must_use]
    pub fn sid(&self, user: impl Into<User>) -> Sid {
        let user = user.into();
        self.lock().accounts.sid_of(&user.account)
    }

    /// Returns the present time, by the steady clock of the service.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.observe(|engine| engine.now())
    }

    /// Returns the execution trace: a copy of the latest 100,000 steps.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.lock().recorder.trace()
    }

    /// Returns the event log that Windows would have written about jobs: its latest 100,000 entries.
    #[must_use]
    pub fn event_log(&self) -> Vec<LogEvent> {
        self.lock().recorder.log.entries()
    }

    /// Sets how many steps the trace keeps, the latest ones; 0 keeps none. A step that concerns several jobs
    /// counts once for each. The event log keeps as many entries.
    pub fn set_trace_capacity(&self, steps: usize) {
        self.lock().recorder.set_capacity(steps);
    }
}
