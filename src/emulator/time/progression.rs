//! How quickly a job goes on from state to state, whatever time that takes.

use std::collections::BTreeMap;

use crate::emulator::handles::emulator::Emulator;
use crate::vocabulary::{JobId, JobState, Method};

/// How a job goes on from state to state when its client looks. Nothing is passed over and nothing
/// forced: as much virtual time passes as BITS would take, and for all jobs.
///
/// By hand goes a job with [`step_forward`](Emulator::step_forward), under [`Clock::Manual`], by which
/// looking alone changes nothing.
///
/// [`Clock::Manual`]: crate::emulator::Clock::Manual
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Progression {
    /// As the [`Clock`](crate::emulator::Clock) lets time pass.
    #[default]
    OnTime,
    /// Each call on the job finds it as it is once it is neither QUEUED nor CONNECTING nor TRANSFERRING
    /// any more. A retry comes at its time.
    AtOnce,
    /// Each so many-th `GetState` of the job finds it in the state after; 0 counts as 1.
    EachPoll(u32),
}

/// How each job goes on, and how often it was looked at.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    usual: Progression,
    jobs: BTreeMap<JobId, Progression>,
    looks: BTreeMap<JobId, u32>,
}

/// What is to be waited for before a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    UntilAtRest,
    UntilNextState,
}

impl Pace {
    fn wait(&mut self, job: JobId, method: Method) -> Option<Wait> {
        match self.jobs.get(&job).copied().unwrap_or(self.usual) {
            Progression::OnTime => None,
            Progression::AtOnce => Some(Wait::UntilAtRest),
            Progression::EachPoll(_) if method != Method::GetState => None,
            Progression::EachPoll(number) => {
                let looks = self.looks.entry(job).or_default();
                *looks = looks.saturating_add(1);
                if *looks < number {
                    return None;
                }
                self.looks.remove(&job);
                Some(Wait::UntilNextState)
            }
        }
    }
}

/// From state to state.
impl Emulator {
    /// How all jobs go on from now on, those included that are created later.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobState, JobType, Progression, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20);
    /// let session = emulator.connect(User::new("alice"));
    /// let job = session.create_job("update", JobType::Download)?;
    /// job.add_file("https://example.com/app.exe", r"C:\app\app.exe")?;
    /// job.resume()?;
    ///
    /// // Every second look finds another state.
    /// emulator.set_progression(Progression::EachPoll(2));
    /// let mut states = Vec::new();
    /// while states.last() != Some(&JobState::Transferred) {
    ///     states.push(job.state()?);
    /// }
    /// use JobState::{Connecting, Queued, Transferred, Transferring};
    /// assert_eq!(states, [Queued, Connecting, Connecting, Transferring, Transferring, Transferred]);
    /// # Ok::<(), bits_emulator::Error>(())
    /// ```
    pub fn set_progression(&self, progression: Progression) {
        self.lock().pace = Pace { usual: progression, ..Pace::default() };
    }

    /// How one job goes on from now on, whatever the others do.
    pub fn set_progression_of(&self, job: impl Into<JobId>, progression: Progression) {
        let job = job.into();
        let mut engine = self.lock();
        engine.pace.looks.remove(&job);
        engine.pace.jobs.insert(job, progression);
    }

    /// Lets time pass until that job is in another state, or nothing happens any more as with
    /// [`run_until_idle`](Self::run_until_idle). True if it is in another.
    ///
    /// ```
    /// use bits_emulator::{Emulator, JobState, JobType, User};
    ///
    /// let emulator = Emulator::new();
    /// emulator.server("https://example.com").file("/app.exe", 10 << 20).fails(503);
    /// let job = emulator.connect(User::new("alice")).create_job("update", JobType::Download)?;
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
    pub fn step_forward(&self, job: impl Into<JobId>) -> bool {
        let job = job.into();
        let before = self.state_of(job);
        self.run_while(|engine| engine.service.job(job).map(|job| job.state()) == before);
        self.state_of(job) != before
    }

    fn state_of(&self, job: JobId) -> Option<JobState> {
        self.lock().service.job(job).map(|job| job.state())
    }

    /// Before a call on a job.
    pub(crate) fn progress(&self, job: JobId, method: Method) {
        let wait = {
            let mut engine = self.lock();
            let state = engine.service.job(job).map(|job| job.state());
            // Looking at a job that waits for its client is no reason for others to go on.
            let by_itself = |state| has_turn(state) || state == JobState::TransientError;
            if !state.is_some_and(by_itself) {
                return;
            }
            engine.pace.wait(job, method)
        };
        match wait {
            None => {}
            Some(Wait::UntilNextState) => {
                self.step_forward(job);
            }
            Some(Wait::UntilAtRest) => {
                self.run_while(|engine| {
                    let state = engine.service.job(job).map(|job| job.state());
                    state.is_some_and(has_turn)
                });
            }
        }
    }
}

/// Whether a job is transferred, or waits for its turn.
const fn has_turn(state: JobState) -> bool {
    matches!(state, JobState::Queued | JobState::Connecting | JobState::Transferring)
}
