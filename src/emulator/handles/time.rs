//! Virtual time in the hands of a test: its clocks, and how it lets time pass.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::emulator::Emulator;
use super::job_ref::JobRef;
use super::refusals::{self, Forbidden};
use crate::emulator::engine::until::Until;
use crate::emulator::time::clock::Clock;
use crate::emulator::time::real_clock::RealTime;
use crate::emulator::time::run_report::RunReport;

/// Clocks.
impl Emulator {
    /// Sets how time passes while clients call, for all jobs: those with a clock of their own and those
    /// that are created later included. [Real time](Clock::RealTime) passes from now on.
    ///
    /// ```
    /// use bits_emulator::{Clock, Emulator, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let session = emulator.connect("alice");
    /// let job = session.create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    ///
    /// // Every second poll finds another state.
    /// emulator.set_clock(Clock::EachPoll(2));
    /// let mut states = Vec::new();
    /// while states.last() != Some(&JobState::Transferred) {
    ///     states.push(job.state()?);
    /// }
    /// use JobState::{Connecting, Queued, Transferred, Transferring};
    /// assert_eq!(states, [Queued, Connecting, Connecting, Transferring, Transferring, Transferred]);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn set_clock(&self, clock: Clock) {
        clock.ask("set_clock");
        self.follow_real_time(clock);
        self.lock().clocks.set_all(clock);
    }

    /// Sets how time passes while clients call one job, whatever the clock of the others.
    ///
    /// # Panics
    ///
    /// If the job is one of [another emulator](crate::emulator::JobRef).
    #[track_caller]
    pub fn set_clock_of<'job>(&self, job: impl Into<JobRef<'job>>, clock: Clock) {
        clock.ask("set_clock_of");
        let job = self.expect_id_of(job);
        self.follow_real_time(clock);
        self.lock().clocks.set_one(job, clock);
    }

    fn follow_real_time(&self, clock: Clock) {
        if let Clock::RealTime(_) = clock {
            self.real_time_passed();
        }
    }

    /// Sets the source of [`Clock::RealTime`], the time since some instant, in place of the clock of the
    /// computer: a test need not depend on a clock that it does not control. The closure must not call
    /// an emulator.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use std::time::Duration;
    /// use bits_emulator::{Clock, Emulator};
    ///
    /// let emulator = Emulator::new();
    /// let seconds = Arc::new(AtomicU64::new(0));
    /// let watch = Arc::clone(&seconds);
    /// emulator.set_time_source(move || Duration::from_secs(watch.load(Ordering::Relaxed)));
    /// emulator.set_clock(Clock::RealTime(60));
    ///
    /// let begin = emulator.now();
    /// seconds.store(2, Ordering::Relaxed);
    /// emulator.tick();
    /// assert_eq!((emulator.now() - begin).num_minutes(), 2);
    /// ```
    pub fn set_time_source(&self, source: impl Fn() -> Duration + Send + Sync + 'static) {
        refusals::ask(Forbidden::RealTime("set_time_source"));
        let seen = source();
        let real_time = RealTime::follow(Arc::new(source), seen);
        // Dropping the former source may call the emulator, so the lock has to be free by then.
        let _former = std::mem::replace(&mut self.lock().state.real_time, real_time);
    }

    /// Lets as much time pass as the clock lets pass for one call. For an application that waits for its
    /// callbacks and calls nothing meanwhile: they run on the thread that calls this, again and again.
    pub fn tick(&self) {
        refusals::ask(Forbidden::PassingTime("tick"));
        let clock = self.lock().clocks.for_call(None);
        self.pass_time_by_clock(clock);
    }

    /// Lets time pass as a clock says for a call that is on no job.
    pub(crate) fn pass_time_by_clock(&self, clock: Clock) {
        match clock {
            Clock::Manual | Clock::UntilRest | Clock::EachPoll(_) => {}
            Clock::PerCall(duration) => {
                self.pass(duration);
            }
            Clock::RealTime(speed) => {
                self.pass(self.real_time_passed().saturating_mul(speed));
            }
        }
    }

    /// The source is the test's, and is asked with no lock held.
    fn real_time_passed(&self) -> Duration {
        let source = Arc::clone(&self.lock().state.real_time.source);
        let now = source();
        self.lock().state.real_time.passed(now)
    }
}

/// Polls.
impl Emulator {
    /// Sets how often a session may repeat a call on one job or file while nothing happens and no time
    /// passes: 100,000 times by default, a hundred times as often where several threads use the emulator;
    /// `None` sets no limit.
    ///
    /// A client that polls under a [clock](crate::Clock) that stands would never come to its end; the call
    /// that reaches the limit panics and says so.
    ///
    /// ```should_panic
    /// use bits_emulator::{Emulator, JobState, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.set_poll_limit(Some(1_000));
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
    /// while job.state()? != JobState::Transferred {} // panics: the clock stands
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn set_poll_limit(&self, limit: Option<u32>) {
        self.lock().state.polls.set_limit(limit);
    }
}

/// The passing of time.
impl Emulator {
    /// Lets time pass, and happen what happens by itself until then, including at that instant. It always
    /// returns: a job that is kept going without end is named in the report, which may be left unread, because
    /// the time has passed all the same.
    pub fn advance(&self, duration: Duration) -> RunReport {
        refusals::ask(Forbidden::PassingTime("advance"));
        self.pass(duration)
    }

    /// Lets time pass that a test, a clock or a hook ordered beforehand.
    pub(super) fn pass(&self, duration: Duration) -> RunReport {
        self.pass_time(Until::Instant(self.instant_in(duration)))
    }

    /// The instant after that much time from now, or the last there is.
    pub(crate) fn instant_in(&self, duration: Duration) -> DateTime<Utc> {
        let by = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        self.now().checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Lets time pass until that instant; for one in the past only what is due now happens.
    pub fn advance_to(&self, until: DateTime<Utc>) -> RunReport {
        refusals::ask(Forbidden::PassingTime("advance_to"));
        self.pass_time(Until::Instant(until))
    }

    /// Lets time pass until nothing is left to happen but the removal of idle jobs: until every job is
    /// transferred, has failed for good, or waits for a client, a user or the network. Callbacks that run on
    /// other threads just now are not waited for.
    ///
    /// It always returns. A job that is kept going without end is named in the report: a client whose
    /// callback always fails is notified again and again, and one that resumes its job whenever it fails
    /// brings it to fail again. The wait gives up after 10,000 steps in a row that brought no byte beyond
    /// the highest so far, no state that the job had not had, and no time towards a deadline that ends it.
    #[must_use = "the report says whether every job came to rest"]
    pub fn run_until_idle(&self) -> RunReport {
        refusals::ask(Forbidden::PassingTime("run_until_idle"));
        self.pass_time(Until::Idle)
    }

    /// Lets time pass until that job is in another state, or nothing is left to happen as with
    /// [`run_until_idle`](Self::run_until_idle). True if it is in another state.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobState, JobType};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(503);
    /// let job = emulator.connect("alice").create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    ///
    /// use JobState::{Connecting, Queued, Transferred, Transferring, TransientError};
    /// for state in [Connecting, TransientError, Queued, Connecting, Transferring, Transferred] {
    ///     assert!(emulator.step_forward(&job));
    ///     assert_eq!(job.state()?, state);
    /// }
    /// assert!(!emulator.step_forward(&job), "it waits for its client");
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the job is one of [another emulator](crate::emulator::JobRef).
    #[must_use = "false means that the job stays as it is"]
    #[track_caller]
    pub fn step_forward<'job>(&self, job: impl Into<JobRef<'job>>) -> bool {
        refusals::ask(Forbidden::PassingTime("step_forward"));
        let job = self.expect_id_of(job);
        let before = self.lock().state_of(job);
        self.pass_time(Until::StateLeft(job, before));
        self.lock().state_of(job) != before
    }
}
