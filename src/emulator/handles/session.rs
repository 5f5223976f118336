//! The session handle: the connection of a client's process to BITS, and lists of jobs.

use std::hash::Hash;
use std::time::Duration;

use super::emulator::{Emulator, LockedEngine};
use super::job::Job;
use super::job_list::Jobs;
use super::user::User;
use crate::emulator::engine::ProcessId;
use crate::emulator::engine::hooks::HookedCall;
use crate::emulator::engine::service_host::Connection;
use crate::emulator::engine::until::Until;
use crate::emulator::trace::Process;
use crate::vocabulary::{Error, HResult, JobId, JobType, Method};

/// Connections.
impl Emulator {
    /// Connects a new process of a user to BITS. The user is logged on from then on.
    ///
    /// # Panics
    ///
    /// If connecting fails because the test ordered it, where [`try_connect`](Self::try_connect) returns
    /// the code.
    #[must_use]
    #[track_caller]
    pub fn connect(&self, user: impl Into<User>) -> Session {
        connected(self.try_connect(user))
    }

    /// Connects a new process of a user to BITS, as [`connect`](Self::connect), where connecting may fail.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, Hook, Method, User};
    ///
    /// let emulator = Emulator::new();
    /// let disabled = HResult::ERROR_SERVICE_DISABLED;
    /// emulator.hook(Hook::fail(Method::CoCreateInstance, disabled));
    /// let refusal = emulator.try_connect(User::new("alice")).unwrap_err();
    /// assert_eq!(refusal.code(), disabled);
    /// assert!(emulator.try_connect(User::new("alice")).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// The code of a [`Hook`](crate::Hook) on [`Method::CoCreateInstance`](crate::Method::CoCreateInstance):
    /// whichever the test wants (CREATE-20). Of a [stopped](Self::stop) service, that of calls.
    #[doc(alias = "CoCreateInstance")]
    pub fn try_connect(&self, user: impl Into<User>) -> Result<Session, Error> {
        self.start_process(&user.into(), true)
    }

    /// A process of a user that connects; hooks may act before and after.
    fn start_process(&self, user: &User, logs_on: bool) -> Result<Session, Error> {
        let met = {
            let mut engine = self.lock();
            let sid = engine.accounts.sid_of(&user.account);
            engine.hooks.meet(&HookedCall::to_connect(sid, None))
        };
        self.act(&met.before, None);
        let started = self.lock().start_process(user, logs_on, met.failure_to_connect());
        self.act(&met.after, started.as_ref().ok().copied());
        self.lock().state.recent_calls.note(None, started.as_ref().err().copied());
        Ok(Session { emulator: self.clone(), process: started? })
    }

    /// Connects a new process that another user started as that user, by `RunAs`. That is no logon: the
    /// user's jobs wait until the user is logged on in another way (NET-03), and until then the user can
    /// neither add files nor complete a job (NET-21). The same holds for a scheduled task that runs whether
    /// or not the user is logged on, for winrs and SSH, and for a service under a user's account.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, JobState, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// let svc = User::new("svc");
    /// let job = emulator.run_as(svc.clone()).create_job("update", JobType::Download)?;
    /// let add = || job.add_file("https://example.com/app.exe", r"C:\app\app.exe");
    /// assert_eq!(add().unwrap_err().code(), HResult::ERROR_NOT_LOGGED_ON);
    /// assert_eq!(job.state()?, JobState::Suspended);
    /// emulator.log_on(&svc);
    /// add()?;
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`connect`](Self::connect).
    #[must_use]
    #[track_caller]
    pub fn run_as(&self, user: impl Into<User>) -> Session {
        connected(self.start_process(&user.into(), false))
    }
}

#[track_caller]
#[allow(clippy::panic, reason = "a test that ordered the failure asks for it by another method")]
fn connected(session: Result<Session, Error>) -> Session {
    match session {
        Ok(session) => session,
        Err(error) => panic!("{error}; a test that ordered this calls try_connect"),
    }
}

/// The handle of a client's process and its connection to BITS (`IBackgroundCopyManager`). Clones are
/// handles of the same process. Its jobs outlive it (LIFE-29).
///
/// Calls fail with the [errors of every call](Job#errors-of-every-call).
#[doc(alias = "IBackgroundCopyManager")]
#[derive(Clone)]
pub struct Session {
    pub(super) emulator: Emulator,
    pub(super) process: ProcessId,
}

impl Session {
    pub(crate) const fn process(&self) -> ProcessId {
        self.process
    }

    /// Returns the handle of the same process in a [fork](Emulator::fork) of its emulator.
    #[must_use]
    pub fn counterpart(&self, fork: &Emulator) -> Self {
        Self { emulator: fork.clone(), process: self.process }
    }

    /// Connects the process to the service anew, after the service ended (LIFE-32). Sessions of the process
    /// are alive again, its jobs, files and lists from before are not: jobs are found again by their ids.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, JobState, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// let session = emulator.connect(User::new("alice"));
    /// let job = session.create_job("update", JobType::Download)?;
    ///
    /// emulator.restart();
    /// assert_eq!(job.state().unwrap_err().code(), HResult::RPC_S_SERVER_UNAVAILABLE);
    /// session.reconnect()?;
    /// assert!(job.state().is_err());
    /// assert_eq!(session.job(job.id())?.state()?, JobState::Suspended);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Emulator::try_connect`], and [`Error::Disconnected`] once the session was killed.
    pub fn reconnect(&self) -> Result<(), Error> {
        let met = {
            let mut engine = self.emulator.lock();
            let user = engine.user_of(self.process)?;
            engine.hooks.meet(&HookedCall::to_connect(user, Some(self.process)))
        };
        self.emulator.act(&met.before, Some(self.process));
        let connected = {
            let mut engine = self.emulator.lock();
            engine.user_of(self.process)?;
            engine.connect(self.process, met.failure_to_connect())
        };
        self.emulator.act(&met.after, Some(self.process));
        self.emulator.lock().state.recent_calls.note(None, connected.as_ref().err().copied());
        self.emulator.tell(self.process, &connected.as_ref().map_err(Error::code));
        connected
    }

    /// Creates a job of this user, in the state SUSPENDED (CREATE-01).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for a name of more than 256 characters (CREATE-05),
    /// `BG_E_TOO_MANY_JOBS_PER_USER` and `BG_E_TOO_MANY_JOBS_PER_MACHINE` (CREATE-08),
    /// `E_ACCESSDENIED` for a restricted token (CREATE-16).
    #[doc(alias = "CreateJob")]
    pub fn create_job(&self, display_name: &str, job_type: JobType) -> Result<Job, Error> {
        let name = Some(display_name.into());
        self.enter_call(None, Method::CreateJob, |engine, _| {
            let created = engine.create_job(self.process, name, job_type)?;
            engine.drop_unheld_jobs();
            engine.state.recent_calls.touch(created);
            Ok(self.hold(engine, created))
        })
    }

    /// Returns a job by its id, after a crash for instance.
    ///
    /// # Errors
    ///
    /// `BG_E_NOT_FOUND` if the queue has no such job (CREATE-11, CREATE-12), `E_ACCESSDENIED` if the
    /// user may not have it (SEC-02, SEC-04).
    #[doc(alias = "GetJob")]
    pub fn job(&self, id: JobId) -> Result<Job, Error> {
        self.enter_call(Some(id), Method::GetJob, |engine, by| {
            match engine.service.open(&by.token, id) {
                Ok(_) => Ok(self.hold(engine, id)),
                Err(error) => Err(engine.record_open_refusal(by, Method::GetJob, Some(id), error)),
            }
        })
    }

    /// A handle of a job, got through the connection that the process has now.
    fn hold(&self, engine: &mut LockedEngine<'_>, id: JobId) -> Job {
        let connection = engine.host.connection_of(self.process);
        Job::new(self.emulator.clone(), connection, id, engine.reference(id))
    }

    fn enter_call<T: Hash>(
        &self,
        job: Option<JobId>,
        method: Method,
        call: impl FnOnce(&mut LockedEngine<'_>, &Process) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let connection = Connection::latest_of(self.process);
        self.emulator.enter_call(connection, job.into(), method, call)
    }

    /// Returns the jobs of this user. The list is as it was at this call, each job in it as it is now
    /// (CREATE-14).
    #[doc(alias = "EnumJobs")]
    pub fn jobs(&self) -> Result<Jobs, Error> {
        self.enumerate(false)
    }

    /// Returns the jobs of all users (`BG_JOB_ENUM_ALL_USERS`).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` unless the user is an elevated administrator (CREATE-13).
    #[doc(alias = "EnumJobs")]
    pub fn jobs_of_all_users(&self) -> Result<Jobs, Error> {
        self.enumerate(true)
    }

    fn enumerate(&self, all_users: bool) -> Result<Jobs, Error> {
        let list = self.enter_call(None, Method::EnumJobs, |engine, by| {
            let listed = engine.service.enumerate(&by.token, all_users);
            let ids = listed
                .map_err(|error| engine.record_open_refusal(by, Method::EnumJobs, None, error))?;
            Ok(ids.into_iter().map(|id| self.hold(engine, id)).collect())
        })?;
        Ok(Jobs::new(list))
    }

    /// Returns the text of a code.
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for language 0, `0x80070717` for one without text (ERR-13).
    #[doc(alias = "GetErrorDescription")]
    pub fn error_description(&self, code: HResult, language: u16) -> Result<&'static str, Error> {
        self.enter_call(None, Method::GetErrorDescription, |_, _| code.description(language))
    }

    /// Ends the client's process, as a crash does, even in the middle of a callback: its handles are dead,
    /// its callbacks gone, and its jobs stay (NOTIFY-18). Connecting again is a new session.
    ///
    /// The error object of a job goes with the last of its applications: the processes that created the
    /// job, took it over or registered a callback (ERR-07, unless
    /// [`ClientExit::Keep`](crate::readings::ClientExit::Keep)). A process that only looks at a job or
    /// changes it is none.
    ///
    /// ```
    /// use bits_emulator::{Emulator, HResult, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com");
    /// let session = emulator.connect(User::new("alice"));
    /// let job = session.create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    /// assert!(emulator.run_until_idle().is_at_rest());
    ///
    /// let monitor = emulator.connect(User::new("alice"));
    /// assert_eq!(monitor.job(job.id())?.error()?.code(), HResult::BG_E_HTTP_ERROR_404);
    /// monitor.kill();
    /// assert_eq!(job.error()?.code(), HResult::BG_E_HTTP_ERROR_404);
    ///
    /// session.kill();
    /// let adopted = emulator.connect(User::new("alice")).job(job.id())?;
    /// let refusal = adopted.error().unwrap_err();
    /// assert_eq!(refusal.code(), HResult::BG_E_ERROR_INFORMATION_UNAVAILABLE);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn kill(&self) {
        self.emulator.lock().end_process(self.process);
    }

    /// Lets a thread of the process sleep: that much virtual time passes, under any
    /// [`Clock`](crate::emulator::Clock). A loop of poll and sleep is the same in the application and in
    /// its test.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bits_emulator::{Emulator, Error, JobState, JobType, Session, User};
    ///
    /// /// What the application does; outside of tests it calls `std::thread::sleep`.
    /// fn fetch(session: &Session, sleep: impl Fn(Duration)) -> Result<JobState, Error> {
    ///     let job = session.create_job("update", JobType::Download)?;
    ///     job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    ///     job.resume()?;
    ///     loop {
    ///         match job.state()? {
    ///             JobState::Queued | JobState::Connecting | JobState::Transferring => {
    ///                 sleep(Duration::from_secs(1));
    ///             }
    ///             state => return Ok(state),
    ///         }
    ///     }
    /// }
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let session = emulator.connect(User::new("alice"));
    /// assert_eq!(fetch(&session, |time| session.sleep(time))?, JobState::Transferred);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn sleep(&self, duration: Duration) {
        let until = self.emulator.instant_in(duration);
        self.emulator.wait_of(self.process, Until::Instant(until));
    }

    /// Waits until BITS has called an object of the process, a callback or a certificate check, but no
    /// longer than that much virtual time, and returns whether it did. A call since the last wait counts:
    /// like an event that a callback sets and a thread of the client waits for, none is missed.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::time::Duration;
    /// use bits_emulator::{Callback, Emulator, HResult, Job, JobState, JobType, User};
    ///
    /// struct Finisher;
    ///
    /// impl Callback for Finisher {
    ///     fn job_transferred(&self, job: &Job) -> HResult {
    ///         job.complete().map_or_else(|error| error.code(), |_| HResult::S_OK)
    ///     }
    /// }
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let session = emulator.connect(User::new("alice"));
    /// let job = session.create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.set_notify_interface(Finisher)?;
    /// job.resume()?;
    /// assert!(session.wait(Duration::from_secs(60)));
    /// assert_eq!(job.state()?, JobState::Acknowledged);
    /// assert!(!session.wait(Duration::from_secs(60)), "nothing more is told");
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    #[must_use = "it says whether the client was called, or the time ran out"]
    pub fn wait(&self, timeout: Duration) -> bool {
        let until = self.emulator.instant_in(timeout);
        self.emulator.wait_of(self.process, Until::Called(self.process, until));
        self.emulator.lock().take_was_called(self.process)
    }

    /// Returns whether the process still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let is_alive = self.emulator.lock().is_alive(self.process);
        self.emulator.tell(self.process, &is_alive);
        is_alive
    }
}
