//! A job at an instant, as a state of a model.

use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use crate::machine::{CanonicalState, Deadline, Input, JobStateMachine, Outcome};
use crate::vocabulary::Error;

/// A job at an instant. Two are equal if the jobs behave alike from then on, so that the states of a model are
/// finite in number although time goes on: see [`CanonicalState`].
///
/// For a model of your own, [`instant_of`](Self::instant_of) says when an input can happen, and [`after`](Self::after)
/// what comes of it.
///
/// ```
/// use bits_emulator::explore::model::jobs::TimedJob;
/// use bits_emulator::machine::{Call, Deadline, Input, JobOptions, JobStateMachine};
/// use chrono::{DateTime, TimeDelta};
///
/// let now = DateTime::UNIX_EPOCH;
/// let job = TimedJob::new(JobStateMachine::new(JobOptions::default(), now), now);
/// let removed = Input::Deadline(Deadline::Inactivity);
/// let in_90_days = job.instant_of(&removed).unwrap();
/// assert_eq!(in_90_days - now, TimeDelta::days(90));
///
/// let (job, outcome) = job.after(removed, in_90_days);
/// assert!(outcome.is_ok() && job.machine().state().is_final());
/// ```
#[derive(Clone)]
pub struct TimedJob {
    machine: JobStateMachine,
    now: DateTime<Utc>,
    key: CanonicalState,
}

impl TimedJob {
    /// Returns a job at an instant.
    #[must_use]
    pub fn new(machine: JobStateMachine, now: DateTime<Utc>) -> Self {
        let key = machine.canonical_state(now);
        Self { machine, now, key }
    }

    /// Returns the job. What does not decide its future (its error count, its times, its name) is as it was when the
    /// state was first reached.
    #[must_use]
    pub const fn machine(&self) -> &JobStateMachine {
        &self.machine
    }

    /// Returns the instant.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Returns when the next deadline acts, and which it is. A deadline that has passed
    /// acts now.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(DateTime<Utc>, Deadline)> {
        self.machine.next_deadline().map(|(at, next)| (at.max(self.now), next))
    }

    /// Returns whether a deadline is due, which acts before anything else.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.next_deadline().is_some_and(|(at, _)| at <= self.now)
    }

    /// Returns when an input can happen: the next deadline at its time, anything else now. `None` for other
    /// deadlines, and while a deadline is due that acts first.
    #[must_use]
    pub fn instant_of(&self, input: &Input) -> Option<DateTime<Utc>> {
        match input {
            Input::Deadline(deadline) => {
                self.next_deadline().filter(|(_, next)| next == deadline).map(|(at, _)| at)
            }
            Input::Call(_) | Input::CallBy(..) | Input::Event(_) => {
                (!self.is_due()).then_some(self.now)
            }
        }
    }

    /// Returns the job after an input at an instant, and what came of it.
    pub fn after(&self, input: Input, now: DateTime<Utc>) -> (Self, Result<Outcome, Error>) {
        let mut machine = self.machine.clone();
        let result = machine.apply(input, now);
        (Self::new(machine, now), result)
    }

    /// Returns the job at a later instant.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Self {
        if now == self.now { self.clone() } else { Self::new(self.machine.clone(), now) }
    }
}

impl PartialEq for TimedJob {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for TimedJob {}

impl Hash for TimedJob {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.key.hash(hasher);
    }
}

impl fmt::Debug for TimedJob {
    /// Writes the state of the job.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimedJob").field(&self.machine.state()).finish()
    }
}
