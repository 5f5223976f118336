//! Clocks: how virtual time passes while clients call.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::vocabulary::JobId;

/// How virtual time passes while clients call, of [all jobs](crate::Emulator::set_clock) or of
/// [one](crate::Emulator::set_clock_of). Nothing is skipped and nothing forced: however a clock goes,
/// jobs take as much virtual time as BITS would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Clock {
    /// Time passes only by [`advance`](crate::Emulator::advance) and its like, among them
    /// [`step_forward`](crate::Emulator::step_forward), which moves a job from state to state.
    #[default]
    Manual,
    /// Each call of a client lets this much time pass before it: a loop of poll and sleep comes to its
    /// end without sleeping.
    PerCall(Duration),
    /// Each call of a client, and each [`tick`](crate::Emulator::tick), lets the time pass before it that
    /// has passed in the real world since the last one, multiplied by this speed: for a demonstration, or
    /// for an application that really waits. Tests that go by it are as reliable as their computer is
    /// quick.
    RealTime(u32),
    /// Each call on a job finds it as it is once it is no longer QUEUED, CONNECTING or TRANSFERRING. A
    /// retry comes at its time, for which [`advance`](crate::Emulator::advance) is needed.
    UntilRest,
    /// Each n-th `GetState` of a job finds it in the next state; 0 counts as 1.
    EachPoll(u32),
}

/// The clock of all jobs, those of single jobs, and the polls counted for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Clocks {
    of_all: Clock,
    of_jobs: BTreeMap<JobId, Clock>,
    polls: BTreeMap<JobId, u32>,
}

impl Clocks {
    pub(crate) fn set_all(&mut self, clock: Clock) {
        *self = Self { of_all: clock, ..Self::default() };
    }

    pub(crate) fn set_one(&mut self, job: JobId, clock: Clock) {
        self.polls.remove(&job);
        self.of_jobs.insert(job, clock);
    }

    pub(crate) fn follow_real_time(&self) -> bool {
        let is_real = |clock: &Clock| matches!(clock, Clock::RealTime(_));
        is_real(&self.of_all) || self.of_jobs.values().any(is_real)
    }

    /// Forgets a job that is gone.
    pub(crate) fn forget(&mut self, job: JobId) {
        self.polls.remove(&job);
        self.of_jobs.remove(&job);
    }

    /// The clock that a call goes by, on a job or on none.
    pub(crate) fn for_call(&self, job: Option<JobId>) -> Clock {
        job.and_then(|job| self.of_jobs.get(&job)).copied().unwrap_or(self.of_all)
    }

    /// Counts a `GetState` of a job; true if it is the one of that number, after which counting starts
    /// again.
    pub(crate) fn count_poll(&mut self, job: JobId, number: u32) -> bool {
        let polls = self.polls.entry(job).or_default();
        *polls = polls.saturating_add(1);
        let is_due = *polls >= number;
        if is_due {
            self.polls.remove(&job);
        }
        is_due
    }
}
